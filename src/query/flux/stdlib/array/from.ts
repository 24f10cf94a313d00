/** `array.from`: records as a table. */
import { fluxError } from '../../language/errors.js';
import type { RecordValue, Value } from '../../language/value.js';
import { cellOfValue, columnTypeOf, isRecord, typeName } from '../../language/value.js';
import { TableStream } from '../../execute/table-stream.js';
import type { CallSite } from '../../language/call-site.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import type { ColumnType } from '../../table/vector.js';
import { VectorBuilder } from '../../table/vector.js';
import { native } from '../native.js';

export const from = native((args, context) => {
  const rows = args.array('rows').map((row) => {
    if (isRecord(row)) return row;
    throw fluxError(`row data must be an array of records, got an array of ${typeName(row)}`);
  });
  const [first] = rows;
  if (first === undefined) throw fluxError('rows must be non-empty');
  return tableStream(tableOfRecords(rows, [...first.labels()]), context.site);
}, 'rows');

/** A stream of one table that is already there. */
export function tableStream(chunk: Chunk, site: CallSite | undefined): TableStream {
  return new TableStream({
    spec: { kind: 'source' },
    inputs: [],
    site,
    bounds: undefined,
    // eslint-disable-next-line @typescript-eslint/require-await -- a source that has nothing to wait for
    produce: async function* () {
      yield { chunk, last: true };
    },
  });
}

export const tableOfRecords = (rows: readonly RecordValue[], labels: readonly string[]): Chunk => ({
  key: GroupKey.EMPTY,
  columns: labels.map((label) =>
    columnOfValues(
      label,
      rows.map((row) => row.get(label) ?? null),
    ),
  ),
  rowCount: rows.length,
});

function columnOfValues(label: string, values: readonly Value[]): Column {
  const type = columnType(values);
  const builder = new VectorBuilder(type, values.length);
  for (const value of values) {
    if (value !== null && columnTypeOf(value) !== type) throw fluxError(`column "${label}" is both of type ${type} and ${typeName(value)}`);
    builder.push(cellOfValue(value));
  }
  return columnOf(label, builder.build());
}

/** The type of the first value that is not null. */
function columnType(values: readonly Value[]): ColumnType {
  const value = values.find((item) => item !== null);
  if (value === undefined) return 'string';
  const type = columnTypeOf(value);
  if (type === undefined) throw fluxError(`cannot represent the type ${typeName(value)} as column data`);
  return type;
}
