/**
 * Bessel functions of whole order, which JavaScript lacks. Orders below the argument are reached by recurrence upwards, the others by
 * recurrence downwards from an order whose value vanishes; large arguments have their asymptotic series.
 */
import { fluxError } from '../../language/errors.js';

const EULER_GAMMA = 0.5772156649015329;
/** From here on the asymptotic series of orders 0 and 1 is exact to the last digits. */
const ASYMPTOTIC_MIN = 25;
const ASYMPTOTIC_TERMS_MAX = 60;
/** No recurrence takes more steps: a script cannot keep its thread busy with one call. */
const ORDER_MAX = 10_000_000;

type Order = 0 | 1;

/** Both kinds for a large argument: J and Y of order 0 or 1. */
function asymptotic(order: Order, x: number): { readonly j: number; readonly y: number } {
  let p = 0;
  let q = 0;
  let term = 1;
  for (let k = 0; k < ASYMPTOTIC_TERMS_MAX; k++) {
    const sign = k % 4 < 2 ? 1 : -1;
    if (k % 2 === 0) p += sign * term;
    else q += sign * term;
    const next = (term * (4 * order * order - (2 * k + 1) ** 2)) / (8 * x * (k + 1));
    if (Math.abs(next) < Number.EPSILON / 16 || Math.abs(next) > Math.abs(term)) break;
    term = next;
  }
  const size = Math.sqrt(1 / (Math.PI * x));
  const sine = Math.sin(x);
  const cosine = Math.cos(x);
  // The angle is x - π/4 - order·π/2: taken apart, so that no digit of x is lost.
  const [c, s] = order === 0 ? [cosine + sine, sine - cosine] : [sine - cosine, -(cosine + sine)];
  return { j: size * (p * c - q * s), y: size * (p * s + q * c) };
}

/** J of every order from 0 to at least 1, for an argument that is not large: what is above the last one counts as 0. */
function ladder(x: number, orderMin = 1): Float64Array {
  const top = 2 * Math.ceil((Math.max(orderMin, x) + 24 + 2 * Math.sqrt(Math.max(orderMin, x))) / 2);
  const values = new Float64Array(top + 2);
  values[top] = 1e-300;
  let sum = 0;
  for (let n = top; n > 0; n--) {
    values[n - 1] = ((2 * n) / x) * (values[n] as number) - (values[n + 1] as number);
    if (Math.abs(values[n - 1] as number) > 1e250) for (let i = n - 1; i <= top; i++) values[i] = (values[i] as number) * 1e-250;
  }
  for (let n = 2; n <= top; n += 2) sum += 2 * (values[n] as number);
  sum += values[0] as number;
  return values.map((value) => value / sum);
}

/** Below, the first terms of the series are all there is, and a ladder would leave the range of floats. */
const TINY = 1e-5;

export function j0(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size === Infinity) return 0;
  if (size < TINY) return 1 - (x * x) / 4;
  return size < ASYMPTOTIC_MIN ? (ladder(size)[0] as number) : asymptotic(0, size).j;
}

export function j1(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(x)) return x;
  if (size === Infinity) return 0;
  if (size < TINY) return (x / 2) * (1 - (x * x) / 8);
  return Math.sign(x) * (size < ASYMPTOTIC_MIN ? (ladder(size)[1] as number) : asymptotic(1, size).j);
}

export function y0(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return 0;
  if (x < TINY) return (2 / Math.PI) * (Math.log(x / 2) + EULER_GAMMA) * (1 - (x * x) / 4);
  if (x >= ASYMPTOTIC_MIN) return asymptotic(0, x).y;
  const j = ladder(x);
  let sum = 0;
  for (let k = 1; 2 * k < j.length; k++) sum += ((k % 2 === 0 ? 1 : -1) * (j[2 * k] as number)) / k;
  return (2 / Math.PI) * (Math.log(x / 2) + EULER_GAMMA) * (j[0] as number) - (4 / Math.PI) * sum;
}

export function y1(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return -Infinity;
  if (x === Infinity) return 0;
  if (x < TINY) return -2 / Math.PI / x + (x / Math.PI) * (Math.log(x / 2) + EULER_GAMMA - 0.5);
  if (x >= ASYMPTOTIC_MIN) return asymptotic(1, x).y;
  const j = ladder(x);
  let sum = 0;
  for (let k = 1; 2 * k + 1 < j.length; k++) sum += ((k % 2 === 0 ? 1 : -1) * (2 * k + 1) * (j[2 * k + 1] as number)) / (k * (k + 1));
  const [zeroth, first] = [j[0] as number, j[1] as number];
  return (2 / Math.PI) * ((Math.log(x / 2) + EULER_GAMMA - 1) * first - zeroth / x - sum);
}

/** From orders 0 and 1 to order `n`, upwards. */
function upwards(n: number, x: number, zeroth: number, first: number): number {
  let [before, value] = [zeroth, first];
  for (let order = 1; order < n && value !== -Infinity; order++) [before, value] = [value, ((2 * order) / x) * value - before];
  return value;
}

function checkOrder(n: bigint): number {
  const order = Number(n < 0n ? -n : n);
  if (order > ORDER_MAX) throw fluxError(`the order of a Bessel function may be at most ${ORDER_MAX}`);
  return order;
}

export function jn(n: bigint, x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) === Infinity) return 0;
  const order = checkOrder(n);
  // Odd orders change their sign with that of the argument, and with that of the order.
  const sign = order % 2 === 1 && n < 0n !== x < 0 ? -1 : 1;
  const size = Math.abs(x);
  if (order === 0) return j0(size);
  if (order === 1) return sign * j1(size);
  if (size === 0) return 0;
  return sign * (order <= size ? upwards(order, size, j0(size), j1(size)) : aboveArgument(order, size));
}

/** J of an order above its argument. */
function aboveArgument(order: number, x: number): number {
  // (x/2)^n / n!: where that vanishes, so does the function, which is smaller.
  let leading = 1;
  for (let k = 1; k <= order && leading > 0; k++) leading *= x / 2 / k;
  if (leading === 0) return 0;
  if (x < 1e-3) return leading * (1 - (x * x) / 4 / (order + 1));
  return ladder(x, order)[order] as number;
}

export function yn(n: bigint, x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === Infinity) return 0;
  const order = checkOrder(n);
  const sign = n < 0n && order % 2 === 1 ? -1 : 1;
  if (x === 0) return -sign * Infinity;
  if (order === 0) return y0(x);
  return sign * upwards(order, x, y0(x), y1(x));
}
