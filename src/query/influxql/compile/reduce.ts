/** Expressions made smaller: what has only literals is worked out, as InfluxDB does before it runs a statement. */
import type { Zone } from '../../flux/language/zone.js';
import { binary, type Binary, type Call, type Expr, isLiteral, type Literal } from '../syntax/ast.js';
import type { Operator } from '../syntax/token.js';
import { absoluteInt64, findMathFunction } from './math.js';
import { isTimeLiteral, parseTimeLiteral } from './time-literal.js';

/** What is known when an expression is made smaller. */
export interface Known {
  /** What `now()` is; undefined where it stays as it is. */
  readonly now?: bigint | undefined;
  /** Where the clocks of times without an offset hang; undefined for UTC. */
  readonly zone?: Zone | undefined;
  /** Whether mathematical functions of literals are worked out. */
  readonly math?: boolean;
}

export function reduce(expr: Expr, known: Known = {}): Expr {
  const reduced = reduceInner(expr, known);
  return reduced.kind === 'paren' ? reduced.inner : reduced;
}

function reduceInner(expr: Expr, known: Known): Expr {
  switch (expr.kind) {
    case 'binary':
      return reduceBinary(expr, known);
    case 'call':
      return reduceCall(expr, known);
    case 'paren': {
      const inner = reduceInner(expr.inner, known);
      return inner.kind === 'binary' ? { kind: 'paren', inner } : inner;
    }
    default:
      return expr;
  }
}

function reduceCall(expr: Call, known: Known): Expr {
  const args = expr.args.map((arg) => reduceInner(arg, known));
  if (known.now !== undefined && expr.name === 'now' && args.length === 0) return { kind: 'time', value: known.now };
  if (known.math === true && args.every(isLiteral)) {
    const result = computeCall(expr.name, args);
    if (result !== undefined) return result;
  }
  return { ...expr, args };
}

const NIL: Literal = { kind: 'nil' };

/** A mathematical function of literals; nil where they are no numbers, undefined where it is no such function. */
function computeCall(name: string, args: readonly Literal[]): Literal | undefined {
  const found = findMathFunction(name);
  if (found === undefined || args.length !== (found.kind === 'ofTwo' ? 2 : 1)) return undefined;
  const [x = NIL, y = NIL] = args;
  if (found.kind === 'keepsType' && (x.kind === 'integer' || x.kind === 'unsigned')) {
    return name === 'abs' && x.kind === 'integer' ? integer(absoluteInt64(x.value)) : x;
  }
  const a = numberOf(x);
  if (found.kind !== 'ofTwo') return a === undefined ? NIL : number(found.of(a));
  const b = numberOf(y);
  return a === undefined || b === undefined ? NIL : number(found.of(a, b));
}

const numberOf = (literal: Literal): number | undefined =>
  literal.kind === 'number' || literal.kind === 'integer' || literal.kind === 'unsigned' ? Number(literal.value) : undefined;

function reduceBinary(expr: Binary, known: Known): Expr {
  const { operator } = expr;
  const left = reduceInner(expr.left, known);
  const right = reduceInner(expr.right, known);
  if (operator === 'AND' || operator === 'OR') {
    // The value that decides whatever the other side is.
    const deciding = operator === 'OR';
    if (isBoolean(left, deciding) || isBoolean(right, deciding)) return boolean(deciding);
    if (isBoolean(left, !deciding)) return right;
    if (isBoolean(right, !deciding)) return left;
  }
  if (isLiteral(left) && isLiteral(right)) {
    const folded = fold(operator, left, right, known.zone);
    if (folded !== undefined) return folded;
  }
  return binary(operator, left, right);
}

const isBoolean = (expr: Expr, value: boolean): boolean => expr.kind === 'boolean' && expr.value === value;

const boolean = (value: boolean): Literal => ({ kind: 'boolean', value });
const number = (value: number): Literal => ({ kind: 'number', value });
const integer = (value: bigint): Literal => ({ kind: 'integer', value: BigInt.asIntN(64, value) });
const unsigned = (value: bigint): Literal => ({ kind: 'unsigned', value: BigInt.asUintN(64, value) });
const duration = (value: bigint): Literal => ({ kind: 'duration', value: BigInt.asIntN(64, value) });
const time = (value: bigint): Literal => ({ kind: 'time', value });

/** The result of an operator; undefined where the two do not go together, and stay as they are. */
function fold(operator: Operator, left: Literal, right: Literal, zone: Zone | undefined): Literal | undefined {
  if (left.kind === 'nil') return operator === '=' || operator === '!=' ? boolean(false) : undefined;
  if (right.kind === 'nil') {
    if (left.kind === 'unsigned' || left.kind === 'regex') return undefined;
    return left.kind !== 'string' || operator === '=' || operator === '!=' ? boolean(false) : undefined;
  }
  switch (left.kind) {
    case 'boolean':
      return right.kind === 'boolean' ? foldBooleans(operator, left.value, right.value) : undefined;
    case 'number':
    case 'integer':
    case 'unsigned':
      return foldNumber(operator, left, right, zone);
    case 'duration':
      return foldDuration(operator, left.value, right, zone);
    case 'time':
      return foldTime(operator, left.value, right, zone);
    case 'string':
      return foldString(operator, left.value, right, zone);
    case 'regex':
      return undefined;
  }
}

function foldBooleans(operator: Operator, left: boolean, right: boolean): Literal | undefined {
  switch (operator) {
    case '=':
      return boolean(left === right);
    case '!=':
    case '^':
      return boolean(left !== right);
    case 'AND':
    case '&':
      return boolean(left && right);
    case 'OR':
    case '|':
      return boolean(left || right);
    default:
      return undefined;
  }
}

function compare<T extends number | bigint>(operator: Operator, left: T, right: T): Literal | undefined {
  switch (operator) {
    case '=':
      return boolean(left === right);
    case '!=':
      return boolean(left !== right);
    case '<':
      return boolean(left < right);
    case '<=':
      return boolean(left <= right);
    case '>':
      return boolean(left > right);
    case '>=':
      return boolean(left >= right);
    default:
      return undefined;
  }
}

type NumericLiteral = Literal & { readonly kind: 'number' | 'integer' | 'unsigned' };

const isNumeric = (literal: Literal): literal is NumericLiteral =>
  literal.kind === 'number' || literal.kind === 'integer' || literal.kind === 'unsigned';

function foldNumber(operator: Operator, left: NumericLiteral, right: Literal, zone: Zone | undefined): Literal | undefined {
  if (!isNumeric(right)) return left.kind === 'integer' ? foldTimestamp(operator, left.value, right, zone) : undefined;
  if (left.kind === 'number' || right.kind === 'number') return foldFloats(operator, Number(left.value), Number(right.value));
  if (left.kind === 'integer' && right.kind === 'integer') return foldIntegers(operator, left.value, right.value);
  return foldUnsigned(operator, left.value, right.value);
}

function foldFloats(operator: Operator, left: number, right: number): Literal | undefined {
  switch (operator) {
    case '+':
      return number(left + right);
    case '-':
      return number(left - right);
    case '*':
      return number(left * right);
    case '/':
      return number(right === 0 ? 0 : left / right);
    case '%':
      return number(left % right);
    default:
      return compare(operator, left, right);
  }
}

function foldIntegers(operator: Operator, left: bigint, right: bigint): Literal | undefined {
  switch (operator) {
    case '+':
      return integer(left + right);
    case '-':
      return integer(left - right);
    case '*':
      return integer(left * right);
    case '/':
      return number(right === 0n ? 0 : Number(left) / Number(right));
    case '%':
      return integer(right === 0n ? 0n : left % right);
    case '&':
      return integer(left & right);
    case '|':
      return integer(left | right);
    case '^':
      return integer(left ^ right);
    default:
      return compare(operator, left, right);
  }
}

function foldUnsigned(operator: Operator, left: bigint, right: bigint): Literal | undefined {
  // A negative integer is below every unsigned one, although it would not stay so if it were cast.
  const isOrder = operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
  if (isOrder && (left < 0n || right < 0n)) return compare(operator, left, right);
  const [a, b] = [BigInt.asUintN(64, left), BigInt.asUintN(64, right)];
  switch (operator) {
    case '+':
      return unsigned(a + b);
    case '-':
      return unsigned(a - b);
    case '*':
      return unsigned(a * b);
    case '/':
      return unsigned(b === 0n ? 0n : a / b);
    case '%':
      return unsigned(b === 0n ? 0n : a % b);
    default:
      return compare(operator, a, b);
  }
}

/** An integer beside a time or a duration: a time in nanoseconds, or so many of them. */
function foldTimestamp(operator: Operator, left: bigint, right: Literal, zone: Zone | undefined): Literal | undefined {
  if (right.kind === 'duration') {
    if (operator === '+') return time(left + right.value);
    return operator === '-' ? time(left - right.value) : undefined;
  }
  const instant = instantOf(right, zone);
  return instant === undefined ? undefined : foldDuration(operator, left, time(instant), zone);
}

function foldDuration(operator: Operator, left: bigint, right: Literal, zone: Zone | undefined): Literal | undefined {
  switch (right.kind) {
    case 'duration':
      if (operator === '+') return duration(left + right.value);
      return operator === '-' ? duration(left - right.value) : compare(operator, left, right.value);
    case 'number':
    case 'integer': {
      const factor = right.kind === 'integer' ? right.value : toInt64(right.value);
      if (operator === '*') return duration(left * factor);
      return operator === '/' ? duration(factor === 0n ? 0n : left / factor) : undefined;
    }
    default: {
      const instant = instantOf(right, zone);
      return instant !== undefined && operator === '+' ? time(instant + left) : undefined;
    }
  }
}

function foldTime(operator: Operator, left: bigint, right: Literal, zone: Zone | undefined): Literal | undefined {
  if (right.kind === 'duration' || right.kind === 'integer') {
    if (operator === '+') return time(left + right.value);
    return operator === '-' ? time(left - right.value) : undefined;
  }
  const instant = instantOf(right, zone);
  if (instant === undefined) return undefined;
  return operator === '-' ? duration(left - instant) : compare(operator, left, instant);
}

function foldString(operator: Operator, left: string, right: Literal, zone: Zone | undefined): Literal | undefined {
  const instant = isTimeLiteral(left) ? parseTimeLiteral(left, zone) : undefined;
  if (right.kind === 'string') {
    if (operator === '+') return { kind: 'string', value: left + right.value };
    if (operator === '=' || operator === '!=') {
      // One time may be written in two ways.
      const other = instantOf(right, zone);
      const equal = instant !== undefined && other !== undefined ? instant === other : left === right.value;
      return boolean(equal === (operator === '='));
    }
  }
  if (instant === undefined || right.kind === 'number' || right.kind === 'boolean' || right.kind === 'unsigned') return undefined;
  return foldTime(operator, instant, right, zone);
}

/** The time that a time or a text is. */
function instantOf(literal: Literal, zone: Zone | undefined): bigint | undefined {
  if (literal.kind === 'time') return literal.value;
  return literal.kind === 'string' && isTimeLiteral(literal.value) ? parseTimeLiteral(literal.value, zone) : undefined;
}

/** A float as Go converts it on most machines: beyond 64 bits the least integer. */
export function toInt64(value: number): bigint {
  const whole = Math.trunc(value);
  return Number.isFinite(whole) && whole >= -(2 ** 63) && whole < 2 ** 63 ? BigInt(whole) : -(2n ** 63n);
}
