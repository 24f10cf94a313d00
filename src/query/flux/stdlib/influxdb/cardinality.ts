/** `cardinality`: how many series a bucket holds. */
import { fluxError } from '../../language/errors.js';
import { TableStream } from '../../execute/table-stream.js';
import { readSource } from '../../execute/read.js';
import type { ReadSpec } from '../../plan/node.js';
import { isTrivialFilter, splitFilter } from '../../plan/predicate.js';
import type { Arguments } from '../native.js';
import { native } from '../native.js';
import { momentOf } from '../universe/range.js';
import { bucketReference, refuseOtherServers } from './from.js';

export const cardinality = native((args, context) => {
  refuseOtherServers(args, 'cardinality');
  const stop = args.get('stop');
  const range = {
    startNs: momentOf(args.required('start'), context.nowNs),
    stopNs: stop === undefined ? context.nowNs : momentOf(stop, context.nowNs),
  };
  const spec: ReadSpec = {
    kind: 'read',
    follows: { start: false, stop: false },
    bucket: bucketReference(args),
    range,
    predicate: predicateOf(args),
    shape: { kind: 'cardinality' },
  };
  return new TableStream({ spec, inputs: [], site: context.site, bounds: range, produce: readSource(spec) });
});

function predicateOf(args: Arguments): ReadSpec['predicate'] {
  if (!args.has('predicate')) return undefined;
  const fn = args.fn('predicate');
  if (isTrivialFilter(fn)) return undefined;
  const parts = splitFilter(fn);
  if (parts === undefined || parts.rest !== undefined) throw fluxError('predicate body cannot be pushed down');
  return parts.pushed;
}
