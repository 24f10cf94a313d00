/** `buckets`: the buckets that the caller may read, as a table. */
import { notFound } from '../../../../domain/errors.js';
import { TableStream } from '../../execute/table-stream.js';
import type { SourceTable } from '../../execute/runnable-node.js';
import type { RunContext } from '../../execute/run-context.js';
import { columnOf, constantColumn } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import { vectorOf } from '../../table/vector.js';
import { native } from '../native.js';
import { refuseOtherServers } from './from.js';

export const buckets = native((args, context) => {
  refuseOtherServers(args, 'buckets');
  return new TableStream({ spec: { kind: 'source' }, inputs: [], site: context.site, bounds: undefined, produce: bucketTable });
});

async function* bucketTable({ environment }: RunContext): AsyncIterable<SourceTable> {
  const found = await environment.listReadableBuckets();
  const { organizationId } = environment;
  if (found.length === 0) throw notFound(`no buckets found in organization ${organizationId}`);
  const columns = [
    columnOf(
      'name',
      vectorOf(
        'string',
        found.map(({ name }) => name),
      ),
    ),
    columnOf(
      'id',
      vectorOf(
        'string',
        found.map(({ id }) => id),
      ),
    ),
    constantColumn('organizationID', 'string', organizationId, found.length),
    constantColumn('retentionPolicy', 'string', '', found.length),
    columnOf(
      'retentionPeriod',
      vectorOf(
        'int',
        found.map(({ retentionPeriodNs }) => retentionPeriodNs),
      ),
    ),
  ];
  const key = new GroupKey([{ label: 'organizationID', type: 'string', value: organizationId }]);
  yield { chunk: { key, columns, rowCount: found.length }, last: true };
}
