/** How the functions of chart analysis and forecasts may be called, in InfluxDB's words where they may not. */
import { invalid } from '../../../domain/errors.js';
import type { Expr } from '../syntax/ast.js';

/** By function: the words that its third argument may be; undefined where it takes none. */
const WARMUPS: Readonly<Record<string, readonly string[] | undefined>> = {
  exponential_moving_average: ['exponential', 'simple'],
  double_exponential_moving_average: ['exponential', 'simple'],
  triple_exponential_moving_average: ['exponential', 'simple'],
  triple_exponential_derivative: ['exponential', 'simple'],
  relative_strength_index: ['exponential', 'simple'],
  chande_momentum_oscillator: ['none', 'exponential', 'simple'],
  kaufmans_efficiency_ratio: undefined,
  kaufmans_adaptive_moving_average: undefined,
};

/** A greater period is a mistake, and would be memory that is kept for each series. */
const PERIOD_MAX = 1_000_000n;

/** @throws DomainError `invalid` */
export function checkIndicator(name: string, args: readonly Expr[]): void {
  const warmups = WARMUPS[name];
  const max = warmups === undefined ? 3 : 4;
  if (args.length < 2 || args.length > max) {
    throw invalid(`invalid number of arguments for ${name}, expected at least 2 but no more than ${max}, got ${args.length}`);
  }
  const [, period, hold, warmup] = args;
  if (period?.kind !== 'integer') throw invalid(`${name} period must be an integer`);
  if (period.value < 1n) throw invalid(`${name} period must be greater than or equal to 1`);
  if (period.value > PERIOD_MAX) throw invalid(`${name} period must be less than or equal to ${PERIOD_MAX}`);
  if (hold !== undefined) {
    if (hold.kind !== 'integer') throw invalid(`${name} hold period must be an integer`);
    const min = name === 'triple_exponential_derivative' ? 1n : 0n;
    if (hold.value < min && hold.value !== -1n) throw invalid(`${name} hold period must be greater than or equal to ${min}`);
  }
  if (warmup !== undefined && warmups !== undefined) {
    if (warmup.kind !== 'string') throw invalid(`${name} warmup type must be a string`);
    if (!warmups.includes(warmup.value)) {
      throw invalid(`${name} warmup type must be one of: ${warmups.map((word) => `'${word}'`).join(' ')}`);
    }
  }
  // InfluxDB stops the query with an index out of range.
  if (name === 'chande_momentum_oscillator' && period.value === 1n && (warmup?.kind !== 'string' || warmup.value === 'none')) {
    throw invalid(`${name} period must be greater than or equal to 2 without a warmup type`);
  }
}

/** @throws DomainError `invalid` */
export function checkForecast(name: string, args: readonly Expr[], hasInterval: boolean): void {
  if (args.length !== 3) throw invalid(`invalid number of arguments for ${name}, expected 3, got ${args.length}`);
  const [of, count, season] = args;
  if (count?.kind !== 'integer') throw invalid(`expected integer argument as second arg in ${name}`);
  if (count.value <= 0n) throw invalid(`second arg to ${name} must be greater than 0, got ${count.value}`);
  if (season?.kind !== 'integer') throw invalid(`expected integer argument as third arg in ${name}`);
  if (season.value < 0n) throw invalid(`third arg to ${name} cannot be negative, got ${season.value}`);
  if (of?.kind !== 'call') throw invalid(`must use aggregate function with ${name}`);
  if (!hasInterval) throw invalid(`${name} aggregate requires a GROUP BY interval`);
}
