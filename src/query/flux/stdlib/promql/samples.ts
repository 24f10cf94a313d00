/** What Prometheus makes of the samples of a range: one value of each table, or no table where there are too few samples. */
import { wholeTablesCollected } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { constantColumn, findColumn, keyColumns } from '../../table/chunk.js';
import type { ColumnType, Vector } from '../../table/vector.js';
import { cellAt } from '../../table/vector.js';
import type { Arguments, Native } from '../native.js';
import { step } from '../native.js';

const NS_PER_SECOND = 1e9;

interface Sample {
  readonly ns: bigint;
  readonly value: number;
}

/** Seconds between two moments. */
const secondsBetween = (from: bigint, to: bigint): number => Number(to - from) / NS_PER_SECOND;

export function columnOfType(table: Chunk, label: string, type: ColumnType): Vector {
  const column = findColumn(table.columns, label);
  if (column === undefined) throw fluxError(`${label} column not found`);
  if (column.type !== type) throw fluxError(`${label} column is not of type ${type}`);
  return column.vector;
}

function keyTime({ key }: Chunk, label: string): bigint {
  const column = key.column(label);
  if (column?.type !== 'time' || column.value === null) throw fluxError(`${label} column is not of time type`);
  return column.value as bigint;
}

function samplesOf(table: Chunk): readonly Sample[] {
  const times = columnOfType(table, '_time', 'time');
  const values = columnOfType(table, '_value', 'float');
  const samples: Sample[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const ns = cellAt(times, row) as bigint | null;
    const value = cellAt(values, row) as number | null;
    if (ns !== null && value !== null) samples.push({ ns, value });
  }
  return samples;
}

function valuesOf(table: Chunk): readonly number[] {
  const vector = columnOfType(table, '_value', 'float');
  const values: number[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const value = cellAt(vector, row) as number | null;
    if (value !== null) values.push(value);
  }
  return values;
}

type Calculation = (table: Chunk) => number | undefined;

/** One row with the group key and a value. */
const calculated = (calculationOf: (args: Arguments) => Calculation): Native =>
  step((args) => {
    const calculate = calculationOf(args);
    return {
      create: ({ memory }) =>
        wholeTablesCollected(memory, (table, emit) => {
          const value = calculate(table);
          if (value === undefined) return;
          emit({ key: table.key, columns: [...keyColumns(table.key, 1), constantColumn('_value', 'float', value, 1)], rowCount: 1 });
        }),
    };
  });

/** How often a value is followed by one that counts. */
const countOfPairs = (counts: (previous: number, current: number) => boolean): Native =>
  calculated(() => (table) => {
    const values = valuesOf(table);
    return values.length === 0 ? undefined : values.filter((value, i) => i > 0 && counts(values[i - 1] as number, value)).length;
  });

export const changes = countOfPairs((previous, current) => current !== previous && !(Number.isNaN(current) && Number.isNaN(previous)));

/** A counter that has become smaller has begun anew. */
export const resets = countOfPairs((previous, current) => current < previous);

/** `irate` and `idelta`: of the last two samples. */
export const instantRate = calculated((args) => {
  const isRate = args.bool('isRate', false);
  return (table) => {
    const [previous, last] = samplesOf(table).slice(-2);
    if (previous === undefined || last === undefined || previous.ns === last.ns) return undefined;
    const change = isRate && last.value < previous.value ? last.value : last.value - previous.value;
    return isRate ? change / secondsBetween(previous.ns, last.ns) : change;
  };
});

/** `rate`, `increase` and `delta`: the change of all samples, carried on to the ends of the range. */
export const extrapolatedRate = calculated((args) => {
  const isCounter = args.bool('isCounter', false);
  const isRate = args.bool('isRate', false);
  return (table) => {
    const start = keyTime(table, '_start');
    const stop = keyTime(table, '_stop');
    const samples = samplesOf(table);
    const first = samples[0];
    const last = samples.at(-1);
    if (first === undefined || last === undefined || samples.length < 2) return undefined;
    const lost = isCounter ? lostByResets(samples) : 0;
    const change = last.value - first.value + lost;
    const sampled = secondsBetween(first.ns, last.ns);
    const between = sampled / (samples.length - 1);
    let toStart = secondsBetween(start, first.ns);
    // No counter has been negative: it is not carried back beyond its zero.
    if (isCounter && change > 0 && first.value >= 0) toStart = Math.min(toStart, sampled * (first.value / change));
    const toStop = secondsBetween(last.ns, stop);
    // Where the next sample would have been in the range, the change goes on to its end; otherwise half the way to that sample.
    const beyond = (distance: number): number => (distance < between * 1.1 ? distance : between / 2);
    const whole = change * ((sampled + beyond(toStart) + beyond(toStop)) / sampled);
    return isRate ? whole / secondsBetween(start, stop) : whole;
  };
});

function lostByResets(samples: readonly Sample[]): number {
  let lost = 0;
  let previous = 0;
  for (const { value } of samples) {
    if (value < previous) lost += previous;
    previous = value;
  }
  return lost;
}

/** `deriv` and `predict_linear`: the slope of the line that fits best, or where it leads. */
export const linearRegression = calculated((args) => {
  const predicts = args.bool('predict', false);
  const fromNow = args.float('fromNow', 0);
  return (table) => {
    const samples = samplesOf(table);
    const [first] = samples;
    if (first === undefined || samples.length < 2) return undefined;
    const origin = predicts ? keyTime(table, '_stop') : first.ns;
    let [sumX, sumY, sumXY, sumX2] = [0, 0, 0, 0];
    for (const { ns, value } of samples) {
      const x = secondsBetween(origin, ns);
      sumX += x;
      sumY += value;
      sumXY += x * value;
      sumX2 += x * x;
    }
    const n = samples.length;
    const slope = (sumXY - (sumX * sumY) / n) / (sumX2 - (sumX * sumX) / n);
    return predicts ? slope * fromNow + (sumY / n - (slope * sumX) / n) : slope;
  };
});

/** `holt_winters`: the last value, smoothed together with its trend. */
export const holtWinters = calculated((args) => {
  const smoothing = args.float('smoothingFactor', 0);
  const trending = args.float('trendFactor', 0);
  return (table) => {
    if (smoothing <= 0 || smoothing >= 1) throw fluxError(`invalid smoothing factor. Expected: 0 < sf < 1, got: ${smoothing.toFixed(6)}`);
    if (trending <= 0 || trending >= 1) throw fluxError(`invalid trend factor. Expected: 0 < tf < 1, got: ${trending.toFixed(6)}`);
    const values = samplesOf(table).map(({ value }) => value);
    const [first, second] = values;
    if (first === undefined || second === undefined) return undefined;
    let previous = 0;
    let smoothed = first;
    let trend = second - first;
    for (let i = 1; i < values.length; i++) {
      if (i > 1) trend = trending * (smoothed - previous) + (1 - trending) * trend;
      previous = smoothed;
      smoothed = smoothing * (values[i] as number) + (1 - smoothing) * (smoothed + trend);
    }
    return smoothed;
  };
});
