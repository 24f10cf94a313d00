/** The present in nanoseconds, as results and points without a time of their own show it. */
import type { Clock } from '../domain/id.js';

const NS_PER_MS = 1_000_000n;

let last = 0n;

/**
 * The milliseconds of a clock, with digits of the processor's counter behind them. While the clock shows one millisecond, each call gives a
 * later moment than the one before: two points without a time are two points.
 */
export function nowNs(clock: Clock): bigint {
  const startNs = BigInt(clock()) * NS_PER_MS;
  const ns = startNs + (process.hrtime.bigint() % NS_PER_MS);
  // Later moments than the next millisecond were given before the clock was set back.
  const isSetBack = last >= startNs + 2n * NS_PER_MS;
  last = !isSetBack && ns <= last ? last + 1n : ns;
  return last;
}
