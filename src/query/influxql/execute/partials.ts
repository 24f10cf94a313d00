/** Aggregates that are made series by series and then brought together, so that an engine can do the first half. */
import type { Aggregate, Column, FieldType } from '../../../domain/series.js';
import { gatherRows, reverseRows, type Rows } from './block.js';
import { ColumnBuilder, gatherFromColumns, isValid, type Value, valueAt } from './column.js';
import type { PartialRows } from './read-reduced.js';
import { checkArgument, compareValues, isBefore, type IsBefore, wrap } from './reducers.js';
import type { Windows } from './windows.js';

const AGGREGATES: ReadonlySet<string> = new Set<Aggregate>(['count', 'sum', 'mean', 'min', 'max', 'first', 'last']);

export const isPartialAggregate = (name: string): name is Aggregate => AGGREGATES.has(name);

const isSelection = (aggregate: Aggregate): boolean => aggregate !== 'count' && aggregate !== 'sum' && aggregate !== 'mean';

export function resultTypeOf(aggregate: Aggregate, type: FieldType): FieldType {
  if (aggregate === 'count') return 'integer';
  return aggregate === 'mean' ? 'float' : type;
}

/** Half-open ranges of rows that lie in one window each; rows are in the order of time, in either direction. */
export function* rowsByWindow(times: BigInt64Array, windows: Windows): Generator<readonly [from: number, to: number, start: bigint], void> {
  for (let from = 0; from < times.length;) {
    const { start, stop } = windows.of(times[from] as bigint);
    let to = from + 1;
    while (to < times.length && (times[to] as bigint) >= start && (times[to] as bigint) < stop) to++;
    yield [from, to, start];
    from = to;
  }
}

/** For each window of a series that has points the aggregate of them, as an engine would make it. */
export function reduceRows(rows: Rows, aggregate: Aggregate, windows: Windows): PartialRows {
  const { times, value } = rows;
  if (value === undefined) return { times: new BigInt64Array(0), value, aux: rows.aux, weights: undefined };
  checkArgument(aggregate, value.type);
  return isSelection(aggregate) ? selectRows(rows, value, isBefore(aggregate), windows) : aggregateRows(times, value, aggregate, windows);
}

function selectRows(rows: Rows, value: Column, before: IsBefore, windows: Windows): PartialRows {
  const { times } = rows;
  const selected: number[] = [];
  for (const [from, to] of rowsByWindow(times, windows)) {
    let best = -1;
    for (let row = from; row < to; row++) {
      if (!isValid(value, row)) continue;
      if (best < 0 || before(times[row] as bigint, valueAt(value, row) as Value, times[best] as bigint, valueAt(value, best) as Value))
        best = row;
    }
    if (best >= 0) selected.push(best);
  }
  return { ...gatherRows(rows, Int32Array.from(selected)), weights: undefined };
}

function aggregateRows(times: BigInt64Array, value: Column, aggregate: Aggregate, windows: Windows): PartialRows {
  const starts: bigint[] = [];
  const counts: bigint[] = [];
  const results = new ColumnBuilder(resultTypeOf(aggregate, value.type));
  for (const [from, to, start] of rowsByWindow(times, windows)) {
    let count = 0;
    for (let row = from; row < to; row++) if (isValid(value, row)) count++;
    if (count === 0) continue;
    starts.push(start);
    counts.push(BigInt(count));
    if (aggregate === 'count') results.push(BigInt(count));
    else {
      const sum = sumOfRows(value, from, to);
      results.push(aggregate === 'mean' ? Number(sum) / count : sum);
    }
  }
  return { times: BigInt64Array.from(starts), value: results.build(), aux: [], weights: BigInt64Array.from(counts) };
}

function sumOfRows(column: Column, from: number, to: number): number | bigint {
  if (column.type === 'float') {
    let sum = 0;
    for (let row = from; row < to; row++) if (isValid(column, row)) sum += column.values[row] as number;
    return sum;
  }
  let sum = 0n;
  for (let row = from; row < to; row++) if (isValid(column, row)) sum += column.values[row] as bigint;
  return wrap(sum, column.type);
}

/** What is known of one window. */
interface Combined {
  time: bigint;
  value: Value;
  weight: bigint;
  /** Where the selected point came from. */
  input: number;
  row: number;
}

/**
 * One row for each window of which any input has a row, in the order of time that is asked for. Its time is that of the selected point, or
 * the window's beginning.
 *
 * @param levels how often InfluxDB weighs means again, which shows in their last digits
 */
export function combinePartials(
  inputs: readonly PartialRows[],
  aggregate: Aggregate,
  windows: Windows,
  ascending: boolean,
  auxCount: number,
  levels: number,
): Rows | undefined {
  const type = inputs.find(({ value }) => value !== undefined)?.value?.type;
  if (type === undefined) return undefined;
  const [only] = inputs;
  // Where clocks change, windows of one series may begin in each other, and are one then.
  if (inputs.length === 1 && only?.value !== undefined && windows.isUniform)
    return oneSeries(only, only.value, aggregate, windows, ascending, levels);
  const before = isSelection(aggregate) ? isBefore(aggregate) : undefined;
  const byWindow = new Map<bigint, Combined>();
  for (const [input, { times, value, weights }] of inputs.entries()) {
    if (value === undefined) continue;
    for (let row = 0; row < times.length; row++) {
      const own = valueAt(value, row);
      if (own === undefined) continue;
      const time = times[row] as bigint;
      const { start } = windows.of(windows.hasInterval ? time : 0n);
      const known = byWindow.get(start);
      const weight = weights?.[row] ?? 1n;
      if (known === undefined) {
        const first = aggregate === 'mean' ? (own as number) * Number(weight) : own;
        byWindow.set(start, { time: before === undefined ? start : time, value: first, weight, input, row });
      } else if (before !== undefined) {
        if (before(time, own, known.time, known.value)) byWindow.set(start, { time, value: own, weight, input, row });
      } else {
        known.weight += weight;
        if (aggregate === 'mean') known.value = (known.value as number) + (own as number) * Number(weight);
        else known.value = add(known.value, own, type);
      }
    }
  }
  const rows = [...byWindow].sort(([a], [b]) => (ascending ? compareValues(a, b) : compareValues(b, a))).map(([, combined]) => combined);
  if (rows.length === 0) return undefined;
  const values = new ColumnBuilder(type, rows.length);
  for (const row of rows) values.push(aggregate === 'mean' ? meanOf(row.value as number, row.weight, levels) : row.value);
  const inputOf = Int32Array.from(rows, ({ input }) => input);
  const rowOf = Int32Array.from(rows, ({ row }) => row);
  return {
    times: BigInt64Array.from(rows, ({ time }) => time),
    value: values.build(),
    aux: Array.from({ length: auxCount }, (_, i) =>
      gatherFromColumns(
        inputs.map(({ aux }) => aux[i]),
        inputOf,
        rowOf,
      ),
    ),
  };
}

/** The rows of a single series, whose windows are all different. */
function oneSeries(
  rows: PartialRows,
  value: Column,
  aggregate: Aggregate,
  windows: Windows,
  ascending: boolean,
  levels: number,
): Rows | undefined {
  const { times, weights } = rows;
  const { length } = times;
  if (length === 0) return undefined;
  let placed: Rows = rows;
  if (!isSelection(aggregate)) {
    const weighed = aggregate === 'mean' && value.type === 'float' ? weighAgain(value.values, weights, levels) : undefined;
    // Windows of an engine begin where their rows say; without windows they say where the range ends.
    const starts = windows.hasInterval ? times : times.map(() => windows.of(0n).start);
    placed = { times: starts, value: weighed === undefined ? value : ({ ...value, values: weighed } as Column), aux: [] };
  }
  const isAscending = length === 1 || (times[0] as bigint) < (times[length - 1] as bigint);
  return length === 1 || isAscending === ascending ? placed : reverseRows(placed);
}

function weighAgain(means: Float64Array, weights: BigInt64Array | undefined, levels: number): Float64Array {
  return means.map((value, row) => meanOf(value * Number(weights?.[row] ?? 1n), weights?.[row] ?? 1n, levels));
}

const add = (a: Value, b: Value, type: FieldType): Value => {
  const sum = (a as number) + (b as number);
  return typeof sum === 'bigint' ? wrap(sum, type) : sum;
};

function meanOf(sum: number, weight: bigint, levels: number): number {
  const count = Number(weight);
  let mean = sum / count;
  for (let level = 1; level < levels && count > 1; level++) mean = (mean * count) / count;
  return mean;
}
