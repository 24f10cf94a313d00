/** `databases`: the databases and retention policies that the caller may read, as a table. */
import { notFound } from '../../../../domain/errors.js';
import type { SourceTable } from '../../execute/runnable-node.js';
import type { RunContext } from '../../execute/run-context.js';
import { TableStream } from '../../execute/table-stream.js';
import { fluxError } from '../../language/errors.js';
import { columnOf, constantColumn } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import type { Cell, ColumnType } from '../../table/vector.js';
import { vectorOf } from '../../table/vector.js';
import { native } from '../native.js';

export const databases = native((args, context) => {
  if (args.has('host')) throw fluxError('databases cannot list those of another server; remove the argument host');
  if (args.has('org') || args.has('orgID'))
    throw fluxError('buckets cannot list from a separate organization; please specify a host or remove the organization');
  return new TableStream({ spec: { kind: 'source' }, inputs: [], site: context.site, bounds: undefined, produce: databaseTable });
});

async function* databaseTable({ environment }: RunContext): AsyncIterable<SourceTable> {
  const found = await environment.listReadableDatabases();
  if (found.length === 0) throw notFound('no 1.x databases found');
  const { organizationId } = environment;
  const column = (label: string, type: ColumnType, cell: (one: (typeof found)[number]) => Cell) =>
    columnOf(label, vectorOf(type, found.map(cell)));
  const columns = [
    constantColumn('organizationID', 'string', organizationId, found.length),
    column('databaseName', 'string', ({ database }) => database),
    column('retentionPolicy', 'string', ({ retentionPolicy }) => retentionPolicy),
    column('retentionPeriod', 'int', ({ retentionPeriodNs }) => retentionPeriodNs),
    column('default', 'bool', ({ isDefault }) => isDefault),
    // Not as the signature in InfluxDB's library says, but as its tables are.
    column('bucketId', 'string', ({ bucketId }) => bucketId),
  ];
  const key = new GroupKey([{ label: 'organizationID', type: 'string', value: organizationId }]);
  yield { chunk: { key, columns, rowCount: found.length }, last: true };
}
