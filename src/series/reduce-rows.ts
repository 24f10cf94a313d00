/**
 * Aggregates of a few rows, made here: planning the SQL of an aggregate takes DuckDB longer than a few thousand rows take us. What comes
 * out is what the SQL in queries.ts gives, digit by digit; but DuckDB divides in 80 bits for a mean of integers, whose last digit may differ.
 */
import type { Aggregate, Column, Reduction } from '../domain/series.js';
import { firstWindowStart, type Windows } from './queries.js';
import type { FieldRows } from './result-rows.js';
import { type Scope, TIME_MIN } from './scope.js';

/** Rows of all series of a read together. */
export const REDUCED_HERE_MAX = 10_000;

type Reduced = Extract<Reduction, { kind: 'aggregate' | 'window' }>;

export const isReducible = (reduction: Reduction | undefined): reduction is Reduced =>
  reduction?.kind === 'aggregate' || reduction?.kind === 'window';

/** @param rows of one series and field, in the order of time, each with a value */
export function reduceRows(rows: FieldRows, reduction: Reduced, { range, stopNs }: Pick<Scope, 'range' | 'stopNs'>): FieldRows {
  const { aggregate } = reduction;
  if (reduction.kind === 'aggregate') return reduceGroups(rows, aggregate, Int32Array.of(0, rows.times.length), [stopNs]);
  const { ends, starts } = windowsOf(rows.times, firstWindowStart(range, reduction), reduction);
  return reduceGroups(rows, aggregate, ends, starts);
}

/** Where the windows that have rows begin among the rows, with the end of the last; and their starts in time. */
function windowsOf(times: BigInt64Array, first: bigint, { everyNs }: Windows): { readonly ends: Int32Array; readonly starts: bigint[] } {
  const words = new Uint32Array(times.buffer, times.byteOffset, times.length * 2);
  const ends = [0];
  const starts: bigint[] = [];
  for (let row = 0; row < times.length;) {
    const start = first + (((times[row] as bigint) - first) / everyNs) * everyNs;
    // A window that starts before all times is said to start with them.
    starts.push(start < TIME_MIN - 1n ? TIME_MIN - 1n : start);
    const stop = start + everyNs;
    if (stop > MAX) row = times.length;
    else {
      const high = Number(stop >> 32n);
      const low = Number(stop & 0xffffffffn);
      row++;
      // Compared as halves: a bigint for each row would cost more than all else.
      while (row < times.length && isBefore(words, row, high, low)) row++;
    }
    ends.push(row);
  }
  return { ends: Int32Array.from(ends), starts };
}

const MAX = 2n ** 63n - 1n;
const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
const HIGH = LITTLE_ENDIAN ? 1 : 0;

function isBefore(words: Uint32Array, row: number, high: number, low: number): boolean {
  const rowHigh = (words[row * 2 + HIGH] as number) | 0;
  return rowHigh < high || (rowHigh === high && (words[row * 2 + 1 - HIGH] as number) < low);
}

function reduceGroups({ times, values }: FieldRows, aggregate: Aggregate, ends: Int32Array, starts: readonly bigint[]): FieldRows {
  const count = ends.length - 1;
  if (aggregate === 'count' || aggregate === 'mean' || aggregate === 'sum') {
    return { times: BigInt64Array.from(starts), values: combined(values, aggregate, ends, count) };
  }
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) rows[i] = selected(values, aggregate, ends[i] as number, ends[i + 1] as number);
  return { times: BigInt64Array.from(rows, (row) => times[row] as bigint), values: pick(values, rows) };
}

function combined(values: Column, aggregate: 'count' | 'mean' | 'sum', ends: Int32Array, count: number): Column {
  const groups = Array.from({ length: count }, (_, i): [number, number] => [ends[i] as number, ends[i + 1] as number]);
  if (aggregate === 'count') return { type: 'integer', values: BigInt64Array.from(groups, ([from, to]) => BigInt(to - from)) };
  if (values.type === 'float') {
    const sums = Float64Array.from(groups, ([from, to]) => sumOfFloats(values.values, from, to));
    if (aggregate === 'mean') for (const [i, [from, to]] of groups.entries()) sums[i] = (sums[i] as number) / (to - from);
    return { type: 'float', values: sums };
  }
  if (values.type !== 'integer' && values.type !== 'unsigned') throw new Error(`${values.type} values have no ${aggregate}`);
  const sums = groups.map(([from, to]) => sumOfIntegers(values.values, from, to));
  if (aggregate === 'mean') return { type: 'float', values: Float64Array.from(groups, ([from, to], i) => Number(sums[i]) / (to - from)) };
  // Sums run over as they do in InfluxDB: a typed array keeps the low 64 bits.
  return values.type === 'integer'
    ? { type: 'integer', values: BigInt64Array.from(sums) }
    : { type: 'unsigned', values: BigUint64Array.from(sums) };
}

/** In the order of time, as its last digits depend on it. */
function sumOfFloats(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let row = from; row < to; row++) sum += values[row] as number;
  return sum;
}

function sumOfIntegers(values: BigInt64Array | BigUint64Array, from: number, to: number): bigint {
  let sum = 0n;
  for (let row = from; row < to; row++) sum += values[row] as bigint;
  return sum;
}

/** The row that a selector selects; of equal values the earliest. */
function selected({ type, values }: Column, aggregate: 'first' | 'last' | 'min' | 'max', from: number, to: number): number {
  if (aggregate === 'first') return from;
  if (aggregate === 'last') return to - 1;
  if (type === 'string' || type === 'boolean') throw new Error(`${type} values have no ${aggregate}`);
  let best = from;
  for (let row = from + 1; row < to; row++) {
    const one = values[row] as number | bigint;
    const other = values[best] as number | bigint;
    if (aggregate === 'min' ? isLess(one, other) : isLess(other, one)) best = row;
  }
  return best;
}

/** What is no number is more than every number, as DuckDB has it. */
const isLess = (a: number | bigint, b: number | bigint): boolean => a < b || (b !== b && a === a);

function pick(column: Column, rows: Int32Array): Column {
  switch (column.type) {
    case 'float':
      return { type: 'float', values: Float64Array.from(rows, (row) => column.values[row] as number) };
    case 'integer':
      return { type: 'integer', values: BigInt64Array.from(rows, (row) => column.values[row] as bigint) };
    case 'unsigned':
      return { type: 'unsigned', values: BigUint64Array.from(rows, (row) => column.values[row] as bigint) };
    case 'boolean':
      return { type: 'boolean', values: Uint8Array.from(rows, (row) => column.values[row] as number) };
    case 'string':
      return { type: 'string', values: Array.from(rows, (row) => column.values[row] as string) };
  }
}
