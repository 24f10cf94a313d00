/** The inverses of the error functions. */
import { erf, erfc } from './special.js';

/** From a first guess of three digits, two steps are enough. */
const STEPS = 3;

/** Halley's method: `miss` is how far the error function is too high at `y`. */
function refine(y: number, miss: (y: number) => number): number {
  for (let i = 0; i < STEPS; i++) {
    const step = miss(y) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-y * y));
    if (!Number.isFinite(step)) break;
    y -= step / (1 + y * step);
  }
  return y;
}

const GUESS = 0.147;

/** Winitzki's approximation, from the logarithm of 1 - x². */
function guess(logarithm: number): number {
  const half = 2 / (Math.PI * GUESS) + logarithm / 2;
  return Math.sqrt(Math.sqrt(half * half - logarithm / GUESS) - half);
}

/** Near 1 the error function is flat: what is missing to 1 says more. */
const FLAT_MIN = 0.5;

export function erfinv(x: number): number {
  if (Number.isNaN(x) || Math.abs(x) > 1) return Number.NaN;
  if (x === 0) return x;
  const size = Math.abs(x);
  if (size === 1) return x * Infinity;
  const first = guess(Math.log1p(-size * size));
  const missing = 1 - size;
  return Math.sign(x) * refine(first, size < FLAT_MIN ? (y) => erf(y) - size : (y) => missing - erfc(y));
}

/** As precise near 0 as `1 - x` is: what is too small for that gives infinity, as in InfluxDB. */
export const erfcinv = (x: number): number => erfinv(1 - x);
