/** `from`: the series of a bucket. */
import { fluxError } from '../../language/errors.js';
import { TableStream } from '../../execute/table-stream.js';
import type { BucketReference } from '../../plan/node.js';
import type { Arguments } from '../native.js';
import { native } from '../native.js';

export const from = native((args, context) => {
  refuseOtherServers(args, 'from');
  const bucket = bucketReference(args);
  return new TableStream({ spec: { kind: 'from', bucket }, inputs: [], site: context.site, bounds: undefined });
});

export function bucketReference(args: Arguments): BucketReference {
  const name = args.has('bucket') ? args.string('bucket') : undefined;
  const id = args.has('bucketID') ? args.string('bucketID') : undefined;
  if (name === undefined && id === undefined) throw fluxError('must specify bucket or bucketID');
  if (name !== undefined && id !== undefined) throw fluxError('must specify only one of bucket or bucketID');
  return { name, id };
}

/** No script reaches the network; nor does it read what belongs to another organization. */
export function refuseOtherServers(args: Arguments, name: string): void {
  if (args.has('host')) throw fluxError(`${name} cannot read from another server; remove the argument host`);
  if (args.has('org') || args.has('orgID')) {
    throw fluxError(
      'reads from the storage engine cannot read from a separate organization; please specify a host or remove the organization',
    );
  }
}
