/** The mathematical functions of InfluxQL, with the results of Go's library. */

/** ln 2 / ln 10, to more digits than the quotient of two doubles has. */
const LOG10_OF_2 = 0.301029995663981195;

/** Go takes exponent and fraction apart first, so powers of two are exact. */
function log2(x: number): number {
  if (!(x > 0) || x === Infinity) return Math.log(x);
  let exponent = Math.max(-1022, Math.floor(Math.log2(x)) + 1);
  let fraction = x / 2 ** exponent;
  while (fraction >= 1) {
    fraction /= 2;
    exponent++;
  }
  while (fraction < 0.5) {
    fraction *= 2;
    exponent--;
  }
  return fraction === 0.5 ? exponent - 1 : Math.log(fraction) * Math.LOG2E + exponent;
}

/** Away from zero at the half, unlike JavaScript's. */
function round(x: number): number {
  const whole = Math.trunc(x);
  return Math.abs(x - whole) >= 0.5 ? whole + Math.sign(x) : whole;
}

type FloatFunction = (x: number) => number;

/** Functions that make a float of any number. */
const TO_FLOAT: Readonly<Record<string, FloatFunction>> = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  exp: Math.exp,
  ln: Math.log,
  log2,
  log10: (x) => log2(x) * LOG10_OF_2,
  sqrt: Math.sqrt,
};

/** Functions that leave the type of a number as it is; whole numbers stay as they are but for `abs`. */
const KEEPS_TYPE: Readonly<Record<string, FloatFunction>> = { abs: Math.abs, floor: Math.floor, ceil: Math.ceil, round };

const OF_TWO: Readonly<Record<string, (x: number, y: number) => number>> = {
  atan2: Math.atan2,
  log: (x, base) => Math.log(x) / Math.log(base),
  pow,
};

/** Go has 1 for these where JavaScript has NaN. */
function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1;
  return x ** y;
}

export type MathFunction =
  | { readonly kind: 'toFloat' | 'keepsType'; readonly of: FloatFunction }
  | { readonly kind: 'ofTwo'; readonly of: (x: number, y: number) => number };

export function findMathFunction(name: string): MathFunction | undefined {
  if (Object.hasOwn(TO_FLOAT, name)) return { kind: 'toFloat', of: TO_FLOAT[name] as FloatFunction };
  if (Object.hasOwn(KEEPS_TYPE, name)) return { kind: 'keepsType', of: KEEPS_TYPE[name] as FloatFunction };
  if (Object.hasOwn(OF_TWO, name)) return { kind: 'ofTwo', of: OF_TWO[name] as (x: number, y: number) => number };
  return undefined;
}

export const isMathFunction = (name: string): boolean => findMathFunction(name) !== undefined;

export const absoluteInt64 = (value: bigint): bigint => BigInt.asIntN(64, value < 0n ? -value : value);
