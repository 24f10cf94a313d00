/** A series carried on into the future by the damped method of Holt and Winters: a level, a trend that fades, and seasons. */
import type { Turn } from '../../execute/turn.js';
import { minimize } from './nelder-mead.js';

export interface ForecastOptions {
  /** How many values to foretell. */
  readonly count: number;
  /** Of a season; below 2 there are none. */
  readonly seasonLength: number;
  /** Whether the values that the model makes of the known ones come first. */
  readonly withFit: boolean;
}

export interface Forecast {
  readonly values: readonly number[];
  /** The sum of the squares of the model's errors. */
  readonly error: number;
}

const GUESSES = [0.3, 0.7];
const WEIGHT = 0.5;
const SEARCH = { epsilon: 1e-4, idleRoundsMax: 100 };
/** Where in the parameters of a model what stands: three weights, the damping, the first level and trend, the seasons. */
const PHI = 3;
const LEVEL = 4;
const TREND = 5;
const SEASONS = 6;

/** @param series values at equal distances; undefined where one is missing, which the first is not */
export function forecast(series: readonly (number | undefined)[], options: ForecastOptions, turn: Turn): Forecast {
  const { count, seasonLength } = options;
  const isSeasonal = seasonLength >= 2;
  if (series.length < 2 || (isSeasonal && series.length < seasonLength) || count <= 0) return { values: [], error: 0 };
  const start = isSeasonal ? seasonalStart(series, seasonLength) : plainStart(series);
  const errorOf = (parameters: readonly number[]): number => {
    turn.check(series.length);
    let error = 0;
    run(series, [...parameters], { ...options, count: 0, withFit: true }).forEach((value, i) => {
      const known = series[i];
      if (known !== undefined) error += (value - known) * (value - known);
    });
    return error;
  };
  let best: { at: readonly number[]; value: number } | undefined;
  for (const alpha of GUESSES) {
    for (const beta of GUESSES) {
      for (const gamma of GUESSES) {
        for (const phi of GUESSES) {
          const found = minimize(errorOf, [alpha, beta, gamma, phi, ...start], SEARCH);
          if (best === undefined || found.value < best.value) best = found;
        }
      }
    }
  }
  const { at, value } = best as { at: readonly number[]; value: number };
  return { values: run(series, [...at], options), error: value };
}

function plainStart(series: readonly (number | undefined)[]): number[] {
  const [first = 0, second] = series;
  return [WEIGHT * first, second === undefined ? 0 : WEIGHT * (second - first)];
}

function seasonalStart(series: readonly (number | undefined)[], length: number): number[] {
  let level = 0;
  let trend = 0;
  for (let i = 0; i < length; i++) {
    const value = series[i];
    const later = series[length + i];
    if (value === undefined) continue;
    level += (1 / length) * value;
    if (later !== undefined) trend += (1 / (length * length)) * (later - value);
  }
  const seasons = series.slice(0, length).map((value) => (value === undefined ? 1 : value / level));
  return [level, trend, ...seasons];
}

/** The values of a model; `parameters` is used up. */
function run(series: readonly (number | undefined)[], parameters: number[], { count, seasonLength, withFit }: ForecastOptions): number[] {
  for (let i = 0; i <= PHI; i++) parameters[i] = Math.min(Math.max(parameters[i] as number, 0), 1);
  const [alpha, beta, gamma, phi] = parameters as [number, number, number, number];
  const isSeasonal = seasonLength >= 2;
  let value = series[0] ?? 0;
  let level = parameters[LEVEL] as number;
  let trend = parameters[TREND] as number;
  let damping = phi;
  const values: number[] = withFit ? [value] : [];
  for (let t = 1, offset = seasonLength - 1; t < series.length + count; t++) {
    let season = 1;
    let next = 1;
    if (isSeasonal) {
      season = parameters[SEASONS + ((t - seasonLength + offset) % seasonLength)] as number;
      next = parameters[SEASONS + ((t - seasonLength + (t % seasonLength) + offset) % seasonLength)] as number;
    }
    const before = level;
    level = alpha * (value / season) + (1 - alpha) * (before + phi * trend);
    const steeper = beta * (level - before) + (1 - beta) * phi * trend;
    const seasonal = gamma * (value / (before + phi * trend)) + (1 - gamma) * season;
    trend = steeper;
    value = (level + damping * trend) * next;
    damping += phi ** t;
    if (isSeasonal) {
      parameters[SEASONS + ((t + offset) % seasonLength)] = seasonal;
      offset++;
    }
    if (withFit || t >= series.length) values.push(value);
  }
  return values;
}
