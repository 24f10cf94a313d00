/** Points of one measurement on their way to the log and to memory: columns that cost what their values cost, not rows by fields. */
import type { Column, MeasurementBatch, Tag } from '../domain/series.js';

export interface PartField {
  readonly key: string;
  /** Without nulls. */
  readonly column: Column;
  /** The rows that the values are of, ascending; undefined: value i is of row i, and there is one for each row. */
  readonly rows: Int32Array | undefined;
}

export interface Part {
  readonly measurement: string;
  readonly rowCount: number;
  readonly times: BigInt64Array;
  /** Row -> index into `tagSets`. */
  readonly tagSetOf: Int32Array;
  readonly tagSets: readonly (readonly Tag[])[];
  readonly fields: readonly PartField[];
}

export function partOf({ measurement, rowCount, times, tagSetOf, tagSets, fields }: MeasurementBatch): Part {
  return {
    measurement,
    rowCount,
    times,
    tagSetOf,
    tagSets,
    fields: fields.map(({ key, column }) => {
      if (column.valid === undefined) return { key, column, rows: undefined };
      const rows = validRows(column.valid);
      return rows.length === rowCount
        ? { key, column: { ...column, valid: undefined }, rows: undefined }
        : { key, column: pick(column, rows), rows };
    }),
  };
}

function validRows(valid: Uint8Array): Int32Array {
  let count = 0;
  for (const bit of valid) count += bit;
  const rows = new Int32Array(count);
  for (let row = valid.indexOf(1), i = 0; row !== -1; row = valid.indexOf(1, row + 1)) rows[i++] = row;
  return rows;
}

function pick(column: Column, rows: Int32Array): Column {
  switch (column.type) {
    case 'string': {
      const { values } = column;
      return { type: 'string', values: Array.from(rows, (row) => values[row] as string) };
    }
    case 'float':
      return { type: 'float', values: pickInto(new Float64Array(rows.length), column.values, rows) };
    case 'integer':
      return { type: 'integer', values: pickInto(new BigInt64Array(rows.length), column.values, rows) };
    case 'unsigned':
      return { type: 'unsigned', values: pickInto(new BigUint64Array(rows.length), column.values, rows) };
    case 'boolean':
      return { type: 'boolean', values: pickInto(new Uint8Array(rows.length), column.values, rows) };
  }
}

function pickInto<T extends Float64Array | BigInt64Array | BigUint64Array | Uint8Array>(to: T, from: T, rows: Int32Array): T {
  for (let i = 0; i < rows.length; i++) to[i] = from[rows[i] as number] as never;
  return to;
}
