/** Parts of batches of points. */
import type { Column, MeasurementBatch, PointBatch } from './series.js';

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

/** About as many bytes as its points have as line protocol. */
export const lineBytesOf = ({ measurements }: PointBatch): number => measurements.reduce((sum, part) => sum + lineBytesOfPart(part), 0);

/** Of a time in nanoseconds and what separates the parts of a line, and of a value that is no text. */
const FRAME_BYTES = 22;
const VALUE_BYTES = 8;

function lineBytesOfPart({ measurement, rowCount, tagSets, tagSetOf, fields }: MeasurementBatch): number {
  const tagBytes = tagSets.map((tags) => tags.reduce((sum, [key, value]) => sum + key.length + value.length + 2, 0));
  let bytes = rowCount * (measurement.length + FRAME_BYTES);
  for (let row = 0; row < rowCount; row++) bytes += tagBytes[tagSetOf[row] as number] ?? 0;
  for (const { key, column } of fields) {
    for (let row = 0; row < rowCount; row++) {
      if (!hasValue(column, row)) continue;
      bytes += key.length + 2 + (column.type === 'string' ? (column.values[row] as string).length + 2 : VALUE_BYTES);
    }
  }
  return bytes;
}
