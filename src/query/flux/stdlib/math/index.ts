/** Package `math`. Where Go computes a function from others (`log2`, `log10`), so does this: the last digit shows in answers. */
import { PlainRecord, Unsigned } from '../../language/value.js';
import { fluxError } from '../../language/errors.js';
import type { RecordValue, Value } from '../../language/value.js';
import type { Native, Package } from '../native.js';
import { constant, native } from '../native.js';
import { j0, j1, jn, y0, y1, yn } from './bessel.js';
import { bitsOf, frexp, fromBits, ldexp, nextAfter } from './float-parts.js';
import { erfcinv, erfinv } from './inverse-error.js';
import { ofFloat, ofFloats } from './null-aware.js';
import { erf, erfc, gamma, lgamma } from './special.js';

const LOG10_OF_2 = 0.30102999566398119521;

function log2(x: number): number {
  const { fraction, exponent } = frexp(x);
  // Powers of two are exact.
  return fraction === 0.5 ? exponent - 1 : Math.log(fraction) * Math.LOG2E + exponent;
}

function round(x: number): number {
  const size = Math.abs(x);
  const whole = Math.floor(size);
  return size - whole >= 0.5 ? Math.sign(x) * (whole + 1) : x < 0 || Object.is(x, -0) ? -whole : whole;
}

function roundToEven(x: number): number {
  const whole = Math.floor(x);
  const rest = x - whole;
  if (rest !== 0.5) return round(x);
  const even = whole % 2 === 0 ? whole : whole + 1;
  return even === 0 && x < 0 ? -0 : even;
}

function logb(x: number): number {
  if (x === 0) return -Infinity;
  if (!Number.isFinite(x)) return Number.isNaN(x) ? x : Infinity;
  return frexp(x).exponent - 1;
}

/** What is left of `x` after the nearest whole multiple of `y`, the even one of two. */
function remainder(x: number, y: number): number {
  if (Number.isNaN(x) || Number.isNaN(y) || !Number.isFinite(x) || y === 0) return Number.NaN;
  if (!Number.isFinite(y)) return x;
  const size = Math.abs(y);
  let rest = Math.abs(x) % (2 * size);
  if (rest > size / 2) {
    rest -= size;
    if (rest >= size / 2) rest -= size;
  }
  const signed = x < 0 ? -rest : rest;
  return signed === 0 ? 0 * Math.sign(x) : signed;
}

const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0);

const INT32_MAX = 2n ** 31n - 1n;

function ilogb(x: number): bigint {
  if (x === 0) return -INT32_MAX - 1n;
  return Number.isFinite(x) ? BigInt(frexp(x).exponent - 1) : INT32_MAX;
}

function pow10(exponent: bigint): number {
  if (exponent < -323n) return 0;
  return exponent > 308n ? Infinity : Number(`1e${exponent}`);
}

/** A function of one float that gives a record. */
const recordOf = (name: string, argument: string, call: (x: number) => Readonly<Record<string, Value>>): Native =>
  native((args): RecordValue => {
    if (args.required(argument) === null) throw fluxError(`${name} does not support null values`);
    return PlainRecord.of(call(args.float(argument)));
  });

/** A function of a whole order and a float. */
const ofOrder = (call: (n: bigint, x: number) => number): Native =>
  native((args) => (args.required('n') === null || args.required('x') === null ? null : call(args.int('n'), args.float('x'))));

const toUint = (bits: bigint): Unsigned => new Unsigned(bits);

export const math: Package = {
  pi: constant(Math.PI),
  e: constant(Math.E),
  phi: constant(1.618033988749895),
  sqrt2: constant(Math.SQRT2),
  sqrte: constant(1.6487212707001282),
  sqrtpi: constant(1.772453850905516),
  sqrtphi: constant(1.272019649514069),
  ln2: constant(Math.LN2),
  log2e: constant(Math.LOG2E),
  ln10: constant(Math.LN10),
  log10e: constant(Math.LOG10E),
  maxfloat: constant(Number.MAX_VALUE),
  smallestNonzeroFloat: constant(Number.MIN_VALUE),
  maxint: constant(2n ** 63n - 1n),
  minint: constant(-(2n ** 63n)),
  maxuint: constant(new Unsigned(2n ** 64n - 1n)),

  abs: ofFloat(Math.abs),
  acos: ofFloat(Math.acos),
  acosh: ofFloat(Math.acosh),
  asin: ofFloat(Math.asin),
  asinh: ofFloat(Math.asinh),
  atan: ofFloat(Math.atan),
  atan2: ofFloats(Math.atan2, 'y', 'x'),
  atanh: ofFloat(Math.atanh),
  cbrt: ofFloat(Math.cbrt),
  ceil: ofFloat(Math.ceil),
  copysign: ofFloats((x, y) => (isNegative(x) === isNegative(y) ? x : -x)),
  cos: ofFloat(Math.cos),
  cosh: ofFloat(Math.cosh),
  dim: ofFloats((x, y) => (x - y <= 0 ? 0 : x - y)),
  erf: ofFloat(erf),
  erfc: ofFloat(erfc),
  erfcinv: ofFloat(erfcinv),
  erfinv: ofFloat(erfinv),
  exp: ofFloat(Math.exp),
  exp2: ofFloat((x) => 2 ** x),
  expm1: ofFloat(Math.expm1),
  float64bits: ofFloat((f) => toUint(bitsOf(f)), 'f'),
  float64frombits: native((args) => {
    const bits = args.required('b');
    return bits instanceof Unsigned ? fromBits(bits.value) : null;
  }),
  floor: ofFloat(Math.floor),
  frexp: recordOf('frexp', 'f', (f) => {
    const { fraction, exponent } = frexp(f);
    return { frac: fraction, exp: BigInt(exponent) };
  }),
  gamma: ofFloat(gamma),
  hypot: ofFloats((p, q) => Math.hypot(p, q), 'p', 'q'),
  ilogb: ofFloat(ilogb),
  isInf: native((args) => {
    if (args.required('f') === null || args.required('sign') === null) return null;
    const value = args.float('f');
    const sign = args.int('sign');
    return (sign >= 0n && value === Infinity) || (sign <= 0n && value === -Infinity);
  }),
  isNaN: ofFloat(Number.isNaN, 'f'),
  j0: ofFloat(j0),
  j1: ofFloat(j1),
  jn: ofOrder(jn),
  ldexp: native((args) => {
    if (args.required('frac') === null || args.required('exp') === null) return null;
    return ldexp(args.float('frac'), Number(args.int('exp')));
  }),
  lgamma: recordOf('lgamma', 'x', (x) => {
    const found = lgamma(x);
    return { lgamma: found.lgamma, sign: BigInt(found.sign) };
  }),
  log: ofFloat(Math.log),
  log10: ofFloat((x) => log2(x) * LOG10_OF_2),
  log1p: ofFloat(Math.log1p),
  log2: ofFloat(log2),
  logb: ofFloat(logb),
  mInf: native((args) => (args.required('sign') === null ? null : args.int('sign') >= 0n ? Infinity : -Infinity)),
  mMax: ofFloats((x, y) => Math.max(x, y)),
  mMin: ofFloats((x, y) => Math.min(x, y)),
  mod: ofFloats((x, y) => x % y),
  modf: recordOf('modf', 'f', (f) => {
    const int = Math.trunc(f);
    return { int, frac: Number.isFinite(f) ? f - int : Number.NaN };
  }),
  NaN: native(() => Number.NaN),
  nextafter: ofFloats(nextAfter),
  pow: ofFloats((x, y) => (x === 1 ? 1 : Math.abs(x) === 1 && !Number.isFinite(y) && !Number.isNaN(y) ? 1 : x ** y)),
  pow10: native((args) => (args.required('n') === null ? null : pow10(args.int('n')))),
  remainder: ofFloats(remainder),
  round: ofFloat(round),
  roundtoeven: ofFloat(roundToEven),
  signbit: ofFloat(isNegative),
  sin: ofFloat(Math.sin),
  sincos: recordOf('sincos', 'x', (x) => ({ sin: Math.sin(x), cos: Math.cos(x) })),
  sinh: ofFloat(Math.sinh),
  sqrt: ofFloat(Math.sqrt),
  tan: ofFloat(Math.tan),
  tanh: ofFloat(Math.tanh),
  trunc: ofFloat(Math.trunc),
  y0: ofFloat(y0),
  y1: ofFloat(y1),
  yn: ofOrder(yn),
};
