/** Functions that make one row, or a few, of all the rows in a window. */
import type { Column, FieldType } from '../../../domain/series.js';
import { invalid } from '../../../domain/errors.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import type { Call } from '../syntax/ast.js';
import { isValid, type Value, valueAt } from './column.js';

/** A row that a function makes. */
export interface Made {
  /** Undefined for the beginning of the window. */
  readonly time: bigint | undefined;
  readonly value: Value;
  /** Of a selected point: where it stands among the points of the window; undefined where the row is no point. */
  readonly point: number | undefined;
}

/** The points of a window that have a value, in the order of time (descending in descending queries). */
export interface Points {
  readonly times: readonly bigint[];
  readonly values: readonly Value[];
}

export interface Reducer {
  readonly resultType: FieldType;
  /** @param points at least one */
  reduce(points: Points): readonly Made[];
}

/**
 * @param type of the field
 * @throws DomainError `invalid` for a type that a function does not take
 */
export function reducerOf({ name, args }: Call, type: FieldType): Reducer {
  const number = (at: number): number => {
    const arg = args[at];
    return arg?.kind === 'integer' || arg?.kind === 'number' ? Number(arg.value) : 0;
  };
  checkArgument(name, type);
  switch (name) {
    case 'count':
      return { resultType: 'integer', reduce: ({ values }) => aggregated(BigInt(values.length)) };
    case 'sum':
      return { resultType: type, reduce: ({ values }) => aggregated(sumOf(values, type)) };
    case 'mean':
      return { resultType: 'float', reduce: ({ values }) => aggregated(Number(sumOf(values, type)) / values.length) };
    case 'min':
    case 'max':
    case 'first':
    case 'last':
      return { resultType: type, reduce: selector(isBefore(name)) };
    case 'median':
      return { resultType: 'float', reduce: median };
    case 'mode':
      return { resultType: type, reduce: type === 'boolean' ? modeOfBooleans : mode };
    case 'stddev':
      return { resultType: 'float', reduce: ({ values }) => aggregated(standardDeviation(values.map(Number))) };
    case 'spread':
      return { resultType: type, reduce: ({ values }) => aggregated(spread(values)) };
    case 'percentile':
      return { resultType: type, reduce: (points) => percentile(points, number(1)) };
    case 'distinct':
      return { resultType: type, reduce: distinct };
    case 'sample':
      return { resultType: type, reduce: (points) => sample(points, number(1)) };
    case 'top':
    case 'bottom':
      return { resultType: type, reduce: (points) => ranked(points, number(args.length - 1), name === 'top') };
    default:
      throw invalid(`unsupported call: ${name}`);
  }
}

/** The functions that take only numbers, by the names that InfluxDB's messages have for them. */
const OF_NUMBERS: Readonly<Record<string, string>> = {
  sum: 'sum',
  mean: 'mean',
  median: 'median',
  stddev: 'stddev',
  spread: 'spread',
  percentile: 'percentile',
  top: 'top',
  bottom: 'bottom',
  derivative: 'derivative',
  non_negative_derivative: 'derivative',
  difference: 'difference',
  non_negative_difference: 'difference',
  moving_average: 'moving average',
  cumulative_sum: 'cumulative sum',
  integral: 'integral',
  exponential_moving_average: 'exponential moving average',
  double_exponential_moving_average: 'double exponential moving average',
  triple_exponential_moving_average: 'triple exponential moving average',
  triple_exponential_derivative: 'triple exponential derivative',
  relative_strength_index: 'relative strength index',
  chande_momentum_oscillator: 'chande momentum oscillator',
  kaufmans_efficiency_ratio: 'kaufmans efficiency ratio',
  kaufmans_adaptive_moving_average: 'kaufmans adaptive moving average',
  // InfluxDB's own slip of the pen.
  holt_winters: 'elapsed',
  holt_winters_with_fit: 'elapsed',
};

/** @throws DomainError `invalid`, in InfluxDB's words, for a type that a function does not take */
export function checkArgument(name: string, type: FieldType): void {
  const isNumeric = type !== 'string' && type !== 'boolean';
  const known = Object.hasOwn(OF_NUMBERS, name) ? OF_NUMBERS[name] : undefined;
  const isForecast = name === 'holt_winters' || name === 'holt_winters_with_fit';
  const refused =
    known !== undefined ? !isNumeric || (isForecast && type === 'unsigned') : (name === 'min' || name === 'max') && type === 'string';
  if (refused) throw invalid(`unsupported ${known ?? name} iterator type: *query.${type}InterruptIterator`);
}

const aggregated = (value: Value): readonly Made[] => [{ time: undefined, value, point: undefined }];

const pointAt = ({ times, values }: Points, point: number): Made => ({ time: times[point], value: values[point] as Value, point });

/** Below zero where the left value comes first; false comes before true, and texts are ordered by their bytes. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'string' || typeof b === 'string') return compareUtf8(a as string, b as string);
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sumOf(values: readonly Value[], type: FieldType): number | bigint {
  if (type === 'float') {
    let sum = 0;
    for (const value of values) sum += value as number;
    return sum;
  }
  let sum = 0n;
  for (const value of values) sum += value as bigint;
  return wrap(sum, type);
}

/** Sums that do not fit 64 bits wrap, as in Go. */
export const wrap = (value: bigint, type: FieldType): bigint =>
  type === 'unsigned' ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);

/** Whether one point is selected rather than another. */
export type IsBefore = (time: bigint, value: Value, otherTime: bigint, other: Value) => boolean;

export function isBefore(name: string): IsBefore {
  switch (name) {
    case 'min':
      return (time, value, otherTime, other) => {
        const order = compareValues(value, other);
        return order < 0 || (order === 0 && time < otherTime);
      };
    case 'max':
      return (time, value, otherTime, other) => {
        const order = compareValues(value, other);
        return order > 0 || (order === 0 && time < otherTime);
      };
    case 'first':
      // Of two points at one time the greater one; of booleans the false one.
      return (time, value, otherTime, other) => {
        if (time !== otherTime) return time < otherTime;
        return typeof value === 'boolean' ? !value && other === true : compareValues(value, other) > 0;
      };
    default:
      return (time, value, otherTime, other) => (time === otherTime ? compareValues(value, other) > 0 : time > otherTime);
  }
}

function selector(before: IsBefore): (points: Points) => readonly Made[] {
  return (points) => {
    const { times, values } = points;
    let best = 0;
    for (let i = 1; i < times.length; i++) {
      if (before(times[i] as bigint, values[i] as Value, times[best] as bigint, values[best] as Value)) best = i;
    }
    return [pointAt(points, best)];
  };
}

/** Places of points sorted by value, and as they come where values are equal. */
const byValue = ({ values }: Points): number[] =>
  [...values.keys()].sort((a, b) => compareValues(values[a] as Value, values[b] as Value) || a - b);

/** How much one number is above another: of whole numbers exactly, as long as that fits a double. */
export const distance = (a: Value, b: Value): number => (typeof a === 'bigint' ? Number(a - (b as bigint)) : (a as number) - (b as number));

function median(points: Points): readonly Made[] {
  const { values } = points;
  if (values.length === 1) return [{ ...pointAt(points, 0), value: Number(values[0]), point: undefined }];
  const sorted = values.toSorted(compareValues);
  const middle = sorted.length >> 1;
  const high = sorted[middle] as number | bigint;
  if (sorted.length % 2 === 1) return aggregated(Number(high));
  const low = sorted[middle - 1] as number | bigint;
  return aggregated(Number(low) + distance(high, low) / 2);
}

/** The most frequent value. Of several that come more than once it is one that began before another ended, or that ended first. */
function mode(points: Points): readonly Made[] {
  const { times, values } = points;
  let best = { count: 0, value: values[0] as Value, time: 0n };
  let run = { count: 0, value: values[0] as Value, time: 0n };
  for (const at of byValue(points)) {
    const value = values[at] as Value;
    const time = times[at] as bigint;
    if (run.count === 0 || value !== run.value) run = { count: 0, value, time };
    run.count++;
    const isBetter = run.count > best.count || (run.count === best.count && run.count > 1 && run.time <= best.time);
    if (isBetter) best = { count: run.count, value, time };
  }
  return aggregated(best.value);
}

function modeOfBooleans({ values }: Points): readonly Made[] {
  const trueCount = values.filter((value) => value === true).length;
  return aggregated(trueCount * 2 >= values.length);
}

/** Of a sample; null (not a number) for a single value. */
function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return NaN;
  let mean = 0;
  let count = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    count++;
    mean += (value - mean) / count;
  }
  let variance = 0;
  for (const value of values) if (!Number.isNaN(value)) variance += (value - mean) ** 2;
  return Math.sqrt(variance / (count - 1));
}

function spread(values: readonly Value[]): number | bigint {
  let min = values[0] as number;
  let max = min;
  for (const value of values as readonly number[]) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return max - min;
}

function percentile(points: Points, percent: number): readonly Made[] {
  const { length } = points.values;
  const place = Math.floor((length * percent) / 100 + 0.5) - 1;
  if (place < 0 || place >= length) return [];
  return [pointAt(points, byValue(points)[place] as number)];
}

/** Each value once, where it was first; values that were there at one time in their own order. */
function distinct(points: Points): readonly Made[] {
  const { times, values } = points;
  const seen = new Set<Value>();
  const made: Made[] = [];
  for (const [i, value] of values.entries()) {
    if (seen.has(value)) continue;
    seen.add(value);
    made.push({ time: times[i], value, point: undefined });
  }
  const ascending = (times[0] as bigint) <= (times.at(-1) as bigint);
  return made.sort((a, b) => {
    if (a.time !== b.time) return (a.time as bigint) < (b.time as bigint) === ascending ? -1 : 1;
    return compareValues(a.value, b.value);
  });
}

/** Points picked at random, each as likely as any other, in the order in which they came. */
function sample(points: Points, size: number): readonly Made[] {
  const { length } = points.times;
  const picked = [...points.times.keys()].slice(0, size);
  for (let i = size; i < length; i++) {
    const place = Math.floor(Math.random() * (i + 1));
    if (place < size) picked[place] = i;
  }
  return picked.sort((a, b) => a - b).map((point) => pointAt(points, point));
}

/** The greatest (or least) points; of equals the earlier ones. They come in the order of time, and the better ones first at one time. */
function ranked(points: Points, size: number, isTop: boolean): readonly Made[] {
  const { times, values } = points;
  const compareRank = (a: number, b: number): number => {
    const order = compareValues(values[a] as Value, values[b] as Value);
    if (order !== 0) return isTop ? -order : order;
    return compareValues(times[a] as bigint, times[b] as bigint) || a - b;
  };
  const best = [...times.keys()].sort(compareRank).slice(0, size);
  const descending = (times[0] as bigint) > (times.at(-1) as bigint);
  return best
    .map((point, rank) => ({ point, rank }))
    .sort((a, b) => {
      const order = compareValues(times[a.point] as bigint, times[b.point] as bigint);
      return (descending ? -order : order) || a.rank - b.rank;
    })
    .map(({ point }) => pointAt(points, point));
}

/** The points of rows that have a value, appended to lists. */
export function collectPoints(column: Column, times: BigInt64Array, row: number, into: { times: bigint[]; values: Value[] }): boolean {
  if (!isValid(column, row)) return false;
  into.times.push(times[row] as bigint);
  into.values.push(valueAt(column, row) as Value);
  return true;
}
