/** Floats taken apart into bits, exponent and fraction. */

const view = new DataView(new ArrayBuffer(8));

export function bitsOf(value: number): bigint {
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

export function fromBits(bits: bigint): number {
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

const EXPONENT_BITS = 0x7ffn;
const FRACTION_SIZE = 52n;
const BIAS = 1022;
/** Brings a subnormal number into the range of normal ones. */
const SUBNORMAL_SHIFT = 52;
const SMALLEST_NORMAL = 2.2250738585072014e-308;

/** `value` as fraction * 2 ** exponent, the fraction's size in [0.5, 1). */
export function frexp(value: number): { readonly fraction: number; readonly exponent: number } {
  if (value === 0 || !Number.isFinite(value)) return { fraction: value, exponent: 0 };
  const isSubnormal = Math.abs(value) < SMALLEST_NORMAL;
  const bits = bitsOf(isSubnormal ? value * 2 ** SUBNORMAL_SHIFT : value);
  const exponent = Number((bits >> FRACTION_SIZE) & EXPONENT_BITS) - BIAS - (isSubnormal ? SUBNORMAL_SHIFT : 0);
  const fraction = fromBits((bits & ~(EXPONENT_BITS << FRACTION_SIZE)) | (BigInt(BIAS) << FRACTION_SIZE));
  return { fraction, exponent };
}

/** Large exponents in steps, so that what lies between does not overflow. */
export function ldexp(fraction: number, exponent: number): number {
  const clamped = Math.max(-2200, Math.min(2200, exponent));
  const step = Math.trunc(clamped / 3);
  return fraction * 2 ** step * 2 ** step * 2 ** (clamped - 2 * step);
}

/** The next float after `x` in the direction of `y`. */
export function nextAfter(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.NaN;
  if (x === y) return x;
  if (x === 0) return Math.sign(y) * Number.MIN_VALUE;
  return fromBits(bitsOf(x) + (y > x === x > 0 ? 1n : -1n));
}
