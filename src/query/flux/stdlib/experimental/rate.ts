/** Package `experimental/aggregate`: how fast counters grow, window by window. */
import { Duration } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import type { FunctionValue } from '../../language/value.js';
import { typeName } from '../../language/value.js';
import { TableStream } from '../../execute/table-stream.js';
import type { CallContext, Package } from '../native.js';
import { Pipe, pipeline } from '../native.js';
import { aggregateWindow } from '../universe/aggregate-window.js';
import { mean, sum } from '../universe/aggregates.js';
import { derivative } from '../universe/change.js';
import { group } from '../universe/group.js';
import { group as extendKey } from './columns.js';

const SECOND = Duration.ofNs(1_000_000_000n);

const rate = pipeline((args, pipe, context) =>
  pipe
    .to(derivative, { nonNegative: true, unit: args.duration('unit', SECOND) })
    .to(aggregateWindow, { every: args.required('every'), fn: sumOfMeans(args.strings('groupColumns', []), context) }),
);

/** Of each window the mean of every table; the means of one group are added up. */
const sumOfMeans = (columns: readonly string[], context: CallContext): FunctionValue => ({
  isFunction: true,
  pipeParameter: 'tables',
  call: (args) => {
    const stream = args.get('tables') ?? null;
    if (!(stream instanceof TableStream)) throw fluxError(`expected a stream of tables, got ${typeName(stream)}`);
    const { node } = new Pipe(stream.node, context)
      .to(mean, { column: args.get('column') })
      .to(group, { columns })
      .to(extendKey, { columns: ['_start', '_stop'], mode: 'extend' })
      .to(sum);
    return new TableStream(node);
  },
});

export const experimentalAggregate: Package = { rate };
