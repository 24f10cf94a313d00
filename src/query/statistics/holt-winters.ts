/** Forecasts by the method of Holt and Winters: damped trend, multiplicative seasons, parameters fitted to the data. */
import { minimize } from './nelder-mead.js';

/** Where the search for each of the four weights begins; all combinations are tried. */
const FIRST_WEIGHTS = [0.3, 0.7] as const;
const FIRST_SHARE = 0.5;
const EPSILON = 1e-4;

/** Weights of level, trend and season, the damping of the trend, then the first level and trend; after them the seasons. */
const WEIGHT_COUNT = 4;
const LEVEL = 4;
const TREND = 5;
const SEASONS = 6;

export interface ForecastOptions {
  /** Values after the last one. */
  readonly count: number;
  /** Values of a season; less than 2 for none. */
  readonly seasonLength: number;
  /** Awaited often. */
  readonly pause: () => Promise<void>;
}

export interface Forecast {
  /** A fitted value for each that was given, then the forecast. */
  readonly values: Float64Array;
  /** The sum of the squares of what the fitted values miss. */
  readonly squaredError: number;
}

/** Bytes that a forecast takes, for an account of memory. */
export function bytesOfForecast(
  length: number,
  { count, seasonLength }: { readonly count: number; readonly seasonLength: number },
): number {
  const parameters = SEASONS + (seasonLength < 2 ? 0 : seasonLength);
  return 8 * (2 * length + count + parameters * (parameters + 5));
}

/** @param known at even distances, NaN where there is no value; at least two, and at least a season */
export async function forecast(known: Float64Array, { count, seasonLength, pause }: ForecastOptions): Promise<Forecast> {
  const seasons = seasonLength < 2 ? 0 : seasonLength;
  const parameters = firstParameters(known, seasons);
  const error = (point: Float64Array): number => squaredError(known, run(known, 0, point));
  let best: { value: number; at: Float64Array } | undefined;
  for (const weights of combinations()) {
    parameters.set(weights);
    const found = await minimize(error, parameters, { epsilon: EPSILON, scale: 1, pause });
    if (best === undefined || found.value < best.value) best = found;
  }
  const { value, at } = best as { value: number; at: Float64Array };
  await pause();
  return { values: run(known, count, at), squaredError: value };
}

function* combinations(): Generator<readonly number[], void> {
  for (const level of FIRST_WEIGHTS)
    for (const trend of FIRST_WEIGHTS)
      for (const season of FIRST_WEIGHTS) for (const damping of FIRST_WEIGHTS) yield [level, trend, season, damping];
}

function firstParameters(known: Float64Array, seasons: number): Float64Array {
  const parameters = new Float64Array(SEASONS + seasons);
  const at = (place: number): number => known[place] ?? NaN;
  let level = 0;
  let trend = 0;
  if (seasons === 0) {
    level = FIRST_SHARE * at(0);
    if (!Number.isNaN(at(1))) trend = FIRST_SHARE * (at(1) - at(0));
  } else {
    for (let i = 0; i < seasons; i++) if (!Number.isNaN(at(i))) level += (1 / seasons) * at(i);
    for (let i = 0; i < seasons && seasons + i < known.length; i++) {
      const rise = at(seasons + i) - at(i);
      if (!Number.isNaN(rise)) trend += (1 / (seasons * seasons)) * rise;
    }
  }
  parameters[LEVEL] = level;
  parameters[TREND] = trend;
  for (let i = 0; i < seasons; i++) parameters[SEASONS + i] = Number.isNaN(at(i)) ? 0 : at(i) / level;
  return parameters;
}

/** Follows the recurrence over the known values and `count` more. It keeps the weights within [0, 1], and the latest seasons, in place. */
function run(known: Float64Array, count: number, parameters: Float64Array): Float64Array {
  for (let i = 0; i < WEIGHT_COUNT; i++) parameters[i] = Math.max(0, Math.min(1, parameters[i] as number));
  const [alpha, beta, gamma, phi] = parameters as unknown as readonly [number, number, number, number];
  let level = parameters[LEVEL] as number;
  let trend = parameters[TREND] as number;
  const seasons = parameters.subarray(SEASONS);
  const m = seasons.length;
  const values = new Float64Array(known.length + count);
  let value = known[0] as number;
  let damping = phi;
  values[0] = value;
  for (let t = 1; t < values.length; t++) {
    // Seasons are written over as they are passed: the place moves by two in each step.
    const place = m === 0 ? 0 : (2 * t - 2) % m;
    const season = m === 0 ? 1 : (seasons[place] as number);
    const nextSeason = m === 0 ? 1 : (seasons[(place + (t % m)) % m] as number);
    const base = level + phi * trend;
    const nextLevel = alpha * (value / season) + (1 - alpha) * base;
    const nextTrend = beta * (nextLevel - level) + (1 - beta) * phi * trend;
    const ownSeason = gamma * (value / base) + (1 - gamma) * season;
    value = (nextLevel + damping * nextTrend) * nextSeason;
    level = nextLevel;
    trend = nextTrend;
    damping += power(phi, t);
    if (m > 0) seasons[place] = ownSeason;
    values[t] = value;
  }
  return values;
}

/** By squaring, as Go does, whose last digit may differ from that of `**`. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let rest = exponent, square = base; rest > 0; rest = Math.floor(rest / 2), square *= square) if (rest % 2 === 1) result *= square;
  return result;
}

function squaredError(known: Float64Array, fitted: Float64Array): number {
  let sum = 0;
  for (const [i, value] of known.entries()) {
    if (Number.isNaN(value)) continue;
    const miss = (fitted[i] as number) - value;
    if (Number.isNaN(miss)) return Infinity;
    sum += miss * miss;
  }
  return sum;
}
