/**
 * Loose values: those of measurements that are small, and of fields that few points have. They lie in one table for all measurements, a
 * row a value, since DuckDB pays for each table and column, however small.
 */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { FieldType } from '../domain/series.js';
import type { Field, Measurement } from './catalog.js';
import { readIntegers } from './vectors.js';

export const LOOSE_TABLE = `CREATE TABLE loose (measurement INTEGER, series INTEGER, time BIGINT, field INTEGER,
  f DOUBLE, i BIGINT, u UBIGINT, s VARCHAR, b BOOLEAN)`;

export const LOOSE_KEYS = 'measurement, series, field';
export const LOOSE_KEY_COUNT = 3;

/** The column of `loose` that has the values of a type. */
export const LOOSE_COLUMNS: Readonly<Record<FieldType, string>> = { float: 'f', integer: 'i', unsigned: 'u', string: 's', boolean: 'b' };

/** Measurements in one list of a statement. */
const listedMax = 10_000;

/** Conditions that together hold for all rows of these measurements, each for some of them. */
export function* measurementLists(measurements: readonly Measurement[], column = 'measurement'): IterableIterator<string> {
  for (let start = 0; start < measurements.length; start += listedMax) {
    const ids = measurements.slice(start, start + listedMax).map(({ id }) => id);
    yield ids.length === 1 ? `${column} = ${ids[0]}` : `${column} IN (${ids.join()})`;
  }
}

export const isLoose = ({ hasColumn }: Field): boolean => !hasColumn;

/** Gives each series and field of an answer a small number, in the order of appearance. */
export class Slots {
  count = 0;
  readonly #byMeasurement = new Map<number, Map<number, number>>();

  find(measurement: number, series: number, field: number): number | undefined {
    return this.#byMeasurement.get(measurement)?.get(keyOf(series, field));
  }

  /** The slot of each row. */
  ofRows(chunk: DuckDBDataChunk): Int32Array {
    const measurements = readIntegers(chunk, 0);
    const series = readIntegers(chunk, 1);
    const fields = readIntegers(chunk, 2);
    const slots = new Int32Array(measurements.length);
    for (let row = 0; row < slots.length; row++) {
      const isSame =
        row > 0 && series[row] === series[row - 1] && fields[row] === fields[row - 1] && measurements[row] === measurements[row - 1];
      slots[row] = isSame
        ? (slots[row - 1] as number)
        : this.#slot(measurements[row] as number, series[row] as number, fields[row] as number);
    }
    return slots;
  }

  #slot(measurement: number, series: number, field: number): number {
    let slots = this.#byMeasurement.get(measurement);
    if (slots === undefined) {
      slots = new Map();
      this.#byMeasurement.set(measurement, slots);
    }
    const key = keyOf(series, field);
    let slot = slots.get(key);
    if (slot === undefined) {
      slot = this.count++;
      slots.set(key, slot);
    }
    return slot;
  }
}

const FIELDS_MAX = 2 ** 21;

function keyOf(series: number, field: number): number {
  return series * FIELDS_MAX + field;
}
