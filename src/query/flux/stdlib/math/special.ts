/** Functions of analysis that JavaScript lacks: error function and gamma function, to about 15 digits. */

const SQRT_PI = Math.sqrt(Math.PI);
/** Where the power series is still short and the continued fraction begins to converge fast. */
const SERIES_MAX = 2.5;
const TERMS_MAX = 200;

export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  if (size > SERIES_MAX) return Math.sign(x) * (1 - upperTail(size));
  let term = x;
  let sum = x;
  for (let n = 1; n < TERMS_MAX && Math.abs(term) > Number.EPSILON * Math.abs(sum) * 0.1; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / SQRT_PI) * sum;
}

export function erfc(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > SERIES_MAX) return upperTail(x);
  return x < -SERIES_MAX ? 2 - upperTail(-x) : 1 - erf(x);
}

/** erfc by its continued fraction, from the inside out. */
function upperTail(x: number): number {
  if (x === Infinity) return 0;
  let fraction = x;
  for (let n = TERMS_MAX; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / (SQRT_PI * fraction);
}

const LANCZOS_G = 7;
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

function lanczosSum(x: number): number {
  return LANCZOS.reduce((sum, coefficient, i) => (i === 0 ? coefficient : sum + coefficient / (x + i)), 0);
}

/** The largest argument whose factorial is exact in a float. */
const EXACT_MAX = 23;

export function gamma(x: number): number {
  if (x === 0) return Object.is(x, -0) ? -Infinity : Infinity;
  if (x === -Infinity || (x < 0 && Number.isInteger(x))) return Number.NaN;
  if (Number.isInteger(x) && x <= EXACT_MAX) {
    let product = 1;
    for (let factor = 2; factor < x; factor++) product *= factor;
    return product;
  }
  if (x > 171.7) return Infinity;
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  const shifted = x - 1;
  const base = shifted + LANCZOS_G + 0.5;
  const half = base ** ((shifted + 0.5) / 2);
  return Math.sqrt(2 * Math.PI) * half * Math.exp(-base) * half * lanczosSum(shifted);
}

/** The logarithm of the gamma function's size, and its sign. */
export function lgamma(x: number): { readonly lgamma: number; readonly sign: number } {
  if (Number.isNaN(x)) return { lgamma: x, sign: 1 };
  if (!Number.isFinite(x)) return { lgamma: Infinity, sign: 1 };
  if (x === 0) return { lgamma: Infinity, sign: Object.is(x, -0) ? -1 : 1 };
  if (x < 0 && Number.isInteger(x)) return { lgamma: Infinity, sign: 1 };
  if (x < 0.5) {
    const sine = Math.sin(Math.PI * x);
    return { lgamma: Math.log(Math.PI / Math.abs(sine)) - lgamma(1 - x).lgamma, sign: sine < 0 ? -1 : 1 };
  }
  if (x === 1 || x === 2) return { lgamma: 0, sign: 1 };
  const shifted = x - 1;
  const base = shifted + LANCZOS_G + 0.5;
  return { lgamma: 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(base) - base + Math.log(lanczosSum(shifted)), sign: 1 };
}
