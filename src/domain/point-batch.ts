/** Parts of batches of points. */
import type { Column, MeasurementBatch } from './series.js';

export function hasValue({ valid }: Column, row: number): boolean {
  return valid === undefined || valid[row] === 1;
}

/** The rows of a batch; columns without a value in them, which are those of a wrong type, are left out. */
export function pickRows(part: MeasurementBatch, rows: readonly number[]): MeasurementBatch {
  return {
    measurement: part.measurement,
    rowCount: rows.length,
    times: BigInt64Array.from(rows, (row) => part.times[row] as bigint),
    tagSetOf: Int32Array.from(rows, (row) => part.tagSetOf[row] as number),
    tagSets: part.tagSets,
    fields: part.fields
      .filter(({ column }) => rows.some((row) => hasValue(column, row)))
      .map(({ key, column }) => ({ key, column: pickValues(column, rows) })),
    positions: Int32Array.from(rows, (row) => part.positions[row] as number),
  };
}

function pickValues(column: Column, rows: readonly number[]): Column {
  const valid = column.valid && Uint8Array.from(rows, (row) => (column.valid as Uint8Array)[row] as number);
  switch (column.type) {
    case 'float':
      return { type: 'float', values: Float64Array.from(rows, (row) => column.values[row] as number), valid };
    case 'integer':
      return { type: 'integer', values: BigInt64Array.from(rows, (row) => column.values[row] as bigint), valid };
    case 'unsigned':
      return { type: 'unsigned', values: BigUint64Array.from(rows, (row) => column.values[row] as bigint), valid };
    case 'boolean':
      return { type: 'boolean', values: Uint8Array.from(rows, (row) => column.values[row] as number), valid };
    case 'string':
      return { type: 'string', values: rows.map((row) => column.values[row] as string), valid };
  }
}
