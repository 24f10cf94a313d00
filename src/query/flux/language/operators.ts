/** What Flux's operators do with values: which types go together, how integers wrap, and that a null makes a null. */
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { Duration } from './duration.js';
import { fluxError } from './errors.js';
import { Regexp } from './regexp.js';
import type { Value } from './value.js';
import { withinTextLength } from './text-length.js';
import { Time, Unsigned, isArray, isRecord, typeName } from './value.js';

export type BinaryOperation = (left: Value, right: Value) => Value;

const wrapInt = (value: bigint): bigint => BigInt.asIntN(64, value);
const wrapUint = (value: bigint): Unsigned => new Unsigned(BigInt.asUintN(64, value));

function unsupported(left: Value, operator: string, right: Value): Error {
  return fluxError(`unsupported binary expression ${typeName(left)} ${operator} ${typeName(right)}`);
}

function arithmetic(
  operator: string,
  ints: (a: bigint, b: bigint) => bigint,
  floats: (a: number, b: number) => number,
  others?: (a: Value, b: Value) => Value | undefined,
): BinaryOperation {
  return (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return floats(left, right);
    if (typeof left === 'bigint' && typeof right === 'bigint') return wrapInt(ints(left, right));
    if (left === null || right === null) return null;
    if (left instanceof Unsigned && right instanceof Unsigned) return wrapUint(ints(left.value, right.value));
    const result = others?.(left, right);
    if (result === undefined) throw unsupported(left, operator, right);
    return result;
  };
}

function divide(a: bigint, b: bigint): bigint {
  if (b === 0n) throw fluxError('cannot divide by zero');
  return a / b;
}

function remainder(a: bigint, b: bigint): bigint {
  if (b === 0n) throw fluxError('cannot mod zero');
  return a % b;
}

/**
 * Orders two values that Flux can compare: below, at or above zero, NaN where a NaN is among them; undefined for types that do not go
 * together. JavaScript compares bigints with numbers exactly.
 */
export function compareValues(left: Value, right: Value): number | undefined {
  const a = left instanceof Unsigned ? left.value : left;
  const b = right instanceof Unsigned ? right.value : right;
  if ((typeof a === 'number' || typeof a === 'bigint') && (typeof b === 'number' || typeof b === 'bigint')) {
    return a < b ? -1 : a > b ? 1 : a == b ? 0 : Number.NaN;
  }
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : compareUtf8(a, b);
  if (a instanceof Time && b instanceof Time) return a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0;
  return undefined;
}

function equals(left: Value, right: Value): boolean | undefined {
  const order = compareValues(left, right);
  if (order !== undefined) return order === 0;
  if (typeof left === 'boolean' && typeof right === 'boolean') return left === right;
  if (left instanceof Duration && right instanceof Duration) return left.equals(right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right) === 0;
  if (isArray(left) && isArray(right)) return left.length === right.length && left.every((item, i) => sameValue(item, right[i] as Value));
  if (isRecord(left) && isRecord(right)) {
    const labels = [...left.labels()];
    return (
      labels.length === [...right.labels()].length && labels.every((label) => sameValue(left.get(label) ?? null, right.get(label) ?? null))
    );
  }
  return undefined;
}

const sameValue = (left: Value, right: Value): boolean => (left === null || right === null ? left === right : equals(left, right) === true);

function equality(operator: '==' | '!='): BinaryOperation {
  const wanted = operator === '==';
  return (left, right) => {
    if (typeof left === 'string' && typeof right === 'string') return (left === right) === wanted;
    if (left === null || right === null) return null;
    const equal = equals(left, right);
    if (equal === undefined) throw unsupported(left, operator, right);
    return equal === wanted;
  };
}

function ordering(operator: string, holds: (order: number) => boolean): BinaryOperation {
  return (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return holds(left - right);
    if (left === null || right === null) return null;
    const order = compareValues(left, right);
    if (order === undefined) throw unsupported(left, operator, right);
    return holds(order);
  };
}

function matching(operator: '=~' | '!~'): BinaryOperation {
  const wanted = operator === '=~';
  return (left, right) => {
    if (left === null || right === null) return null;
    if (typeof left !== 'string' || !(right instanceof Regexp)) throw unsupported(left, operator, right);
    return right.test(left) === wanted;
  };
}

function addOthers(left: Value, right: Value): Value | undefined {
  if (typeof left === 'string' && typeof right === 'string') return withinTextLength(left + right);
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.months + right.months, left.ns + right.ns);
  return undefined;
}

function subtractOthers(left: Value, right: Value): Value | undefined {
  if (left instanceof Duration && right instanceof Duration) return new Duration(left.months - right.months, left.ns - right.ns);
  return undefined;
}

const raise: BinaryOperation = (left, right) => {
  if (left === null || right === null) return null;
  const sameType = typeName(left) === typeName(right);
  const a = left instanceof Unsigned ? left.value : left;
  const b = right instanceof Unsigned ? right.value : right;
  const numeric = (value: Value): value is number | bigint => typeof value === 'number' || typeof value === 'bigint';
  if (!sameType || !numeric(a) || !numeric(b)) throw unsupported(left, '^', right);
  return Number(a) ** Number(b);
};

export const BINARY_OPERATIONS: Readonly<Record<string, BinaryOperation>> = {
  '+': arithmetic(
    '+',
    (a, b) => a + b,
    (a, b) => a + b,
    addOthers,
  ),
  '-': arithmetic(
    '-',
    (a, b) => a - b,
    (a, b) => a - b,
    subtractOthers,
  ),
  '*': arithmetic(
    '*',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  '/': arithmetic('/', divide, (a, b) => a / b),
  '%': arithmetic('%', remainder, (a, b) => a % b),
  '^': raise,
  '==': equality('=='),
  '!=': equality('!='),
  '<': ordering('<', (order) => order < 0),
  '<=': ordering('<=', (order) => order <= 0),
  '>': ordering('>', (order) => order > 0),
  '>=': ordering('>=', (order) => order >= 0),
  '=~': matching('=~'),
  '!~': matching('!~'),
};

export function negate(value: Value): Value {
  if (value === null) return null;
  if (typeof value === 'number') return -value;
  if (typeof value === 'bigint') return wrapInt(-value);
  if (value instanceof Duration) return value.negated();
  throw fluxError(`operand to unary expression is not a number value, got ${typeName(value)}`);
}

export function invert(value: Value): Value {
  if (value === null) return null;
  if (typeof value === 'boolean') return !value;
  throw fluxError(`operand to unary expression is not a boolean value, got ${typeName(value)}`);
}
