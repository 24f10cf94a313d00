/** Expressions over columns, with the rules that InfluxDB has for values that are not there or do not go together. */
import type { Column } from '../../../domain/series.js';
import { absoluteInt64, findMathFunction } from '../compile/math.js';
import type { Binary, Call, Expr } from '../syntax/ast.js';
import type { Operator } from '../syntax/token.js';
import { castColumn, constantColumn } from './column.js';

export interface Evaluation {
  /** The column of a name; undefined where it is null in every row. */
  readonly columnOf: (name: string) => Column | undefined;
  readonly rowCount: number;
  /** Whether integers divide to floats, as they do in SELECT, but not in conditions. */
  readonly dividesToFloat: boolean;
  /** Whether a name without a value is false beside a boolean, as it is everywhere but in conditions on what is stored. */
  readonly nullNameIsFalse: boolean;
}

/** @returns undefined where the result is null in every row */
export function evaluate(expr: Expr, evaluation: Evaluation): Column | undefined {
  const { rowCount } = evaluation;
  switch (expr.kind) {
    case 'varRef':
      return evaluation.columnOf(expr.name);
    case 'paren':
      return evaluate(expr.inner, evaluation);
    case 'number':
      return constantColumn('float', expr.value, rowCount);
    case 'integer':
    case 'unsigned':
    case 'string':
    case 'boolean':
      return constantColumn(expr.kind, expr.value, rowCount);
    case 'binary':
      return evaluateBinary(expr, evaluation);
    case 'call':
      return evaluateCall(expr, evaluation);
    default:
      return undefined;
  }
}

/** 1 in the rows where a condition is true. */
export function evaluateCondition(condition: Expr, evaluation: Evaluation): Uint8Array {
  const column = evaluate(condition, evaluation);
  if (column?.type !== 'boolean') return new Uint8Array(evaluation.rowCount);
  if (column.valid === undefined) return column.values;
  return column.values.map((value, row) => value & (column.valid?.[row] ?? 1));
}

function evaluateBinary(expr: Binary, evaluation: Evaluation): Column | undefined {
  const { operator } = expr;
  const { rowCount } = evaluation;
  const left = evaluate(expr.left, evaluation);
  if (operator === '=~' || operator === '!~') return matchPattern(left, expr, rowCount);
  const right = evaluate(expr.right, evaluation);
  if (left?.type === 'boolean' || right?.type === 'boolean') return combineBooleans(expr, left, right, evaluation);
  if (left !== undefined && right !== undefined) {
    if (isNumeric(left) && isNumeric(right)) return combineNumbers(operator, left, right, evaluation);
    if (left.type === 'string' && right.type === 'string' && (operator === '=' || operator === '!=')) {
      const [a, b] = [left.values, right.values];
      return compareRows(left, right, (row) => (a[row] === b[row]) === (operator === '='));
    }
  }
  return isComparison(operator) ? allFalse(rowCount) : undefined;
}

const isComparison = (operator: Operator): boolean =>
  operator === '=' || operator === '!=' || operator === '<' || operator === '<=' || operator === '>' || operator === '>=';

const allFalse = (rowCount: number): Column => ({ type: 'boolean', values: new Uint8Array(rowCount) });

type NumericColumn = Column & { readonly type: 'float' | 'integer' | 'unsigned' };

const isNumeric = (column: Column): column is NumericColumn => column.type !== 'string' && column.type !== 'boolean';

/** Rows in which both sides have a value. */
function bothValid(left: Column, right: Column): Uint8Array | undefined {
  if (left.valid === undefined) return right.valid;
  const { valid } = right;
  return valid === undefined ? left.valid : left.valid.map((value, row) => value & (valid[row] as number));
}

/** A comparison is false where a side is null. */
function compareRows(left: Column, right: Column, fits: (row: number) => boolean): Column {
  const valid = bothValid(left, right);
  const values = new Uint8Array(left.values.length);
  for (let row = 0; row < values.length; row++) if (valid?.[row] !== 0 && fits(row)) values[row] = 1;
  return { type: 'boolean', values };
}

function matchPattern(left: Column | undefined, { operator, right }: Binary, rowCount: number): Column | undefined {
  if (left?.type !== 'string' || right.kind !== 'regex') return undefined;
  const wanted = operator === '=~';
  const values = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    if (left.valid?.[row] !== 0 && right.pattern.test(left.values[row] as string) === wanted) values[row] = 1;
  }
  return { type: 'boolean', values, valid: left.valid };
}

/** Where one side is a boolean, the other may be false where it is null; anything else does not go with it. */
function combineBooleans(
  { operator, left: leftExpr, right: rightExpr }: Binary,
  left: Column | undefined,
  right: Column | undefined,
  { rowCount, nullNameIsFalse }: Evaluation,
): Column | undefined {
  const combine = BOOLEAN_OPERATORS[operator];
  if ((left !== undefined && left.type !== 'boolean') || (right !== undefined && right.type !== 'boolean') || combine === undefined) {
    return isComparison(operator) || left?.type === 'boolean' ? allFalse(rowCount) : undefined;
  }
  const isFalse = (expr: Expr): boolean => nullNameIsFalse || expr.kind !== 'varRef';
  const [leftIsFalse, rightIsFalse] = [isFalse(leftExpr), isFalse(rightExpr)];
  const values = new Uint8Array(rowCount);
  let valid: Uint8Array | undefined;
  for (let row = 0; row < rowCount; row++) {
    const hasLeft = left !== undefined && left.valid?.[row] !== 0;
    const hasRight = right !== undefined && right.valid?.[row] !== 0;
    if (hasLeft ? hasRight || rightIsFalse : hasRight && leftIsFalse) {
      values[row] = combine(hasLeft ? (left.values[row] as number) : 0, hasRight ? (right.values[row] as number) : 0);
    } else if (!hasLeft && !isComparison(operator)) {
      valid ??= new Uint8Array(rowCount).fill(1);
      valid[row] = 0;
    }
  }
  return { type: 'boolean', values, valid };
}

const BOOLEAN_OPERATORS: Readonly<Partial<Record<Operator, (a: number, b: number) => number>>> = {
  AND: (a, b) => a & b,
  OR: (a, b) => a | b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '=': (a, b) => 1 - (a ^ b),
  '!=': (a, b) => a ^ b,
};

function combineNumbers(operator: Operator, left: NumericColumn, right: NumericColumn, { dividesToFloat }: Evaluation): Column | undefined {
  if (left.type === 'float' || right.type === 'float') {
    return combineFloats(operator, castColumn(left, 'float') as FloatColumn, castColumn(right, 'float') as FloatColumn);
  }
  if (isComparison(operator)) return compareIntegers(operator, left, right);
  if (left.type === 'integer' && right.type === 'integer' && operator === '/' && dividesToFloat) {
    return combineFloats(operator, castColumn(left, 'float') as FloatColumn, castColumn(right, 'float') as FloatColumn);
  }
  return combineIntegers(operator, left, right);
}

type FloatColumn = Column & { readonly type: 'float' };

const FLOAT_OPERATORS: Readonly<Partial<Record<Operator, (a: number, b: number) => number>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? 0 : a / b),
  '%': (a, b) => a % b,
};

const COMPARISONS: Readonly<Partial<Record<Operator, (a: number | bigint, b: number | bigint) => boolean>>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function combineFloats(operator: Operator, left: FloatColumn, right: FloatColumn): Column | undefined {
  const [a, b] = [left.values, right.values];
  const compare = COMPARISONS[operator];
  if (compare !== undefined) return compareRows(left, right, (row) => compare(a[row] as number, b[row] as number));
  const combine = FLOAT_OPERATORS[operator];
  if (combine === undefined) return undefined;
  const values = new Float64Array(a.length);
  for (let row = 0; row < values.length; row++) values[row] = combine(a[row] as number, b[row] as number);
  return { type: 'float', values, valid: bothValid(left, right) };
}

type WholeColumn = Column & { readonly type: 'integer' | 'unsigned' };

/** An integer is equal to an unsigned value that has the same bits; in order a negative one is below. */
function compareIntegers(operator: Operator, left: WholeColumn, right: WholeColumn): Column {
  const compare = COMPARISONS[operator] as (a: bigint, b: bigint) => boolean;
  const isEquality = operator === '=' || operator === '!=';
  const [a, b] =
    isEquality && left.type !== right.type
      ? [(castColumn(left, 'unsigned') as WholeColumn).values, (castColumn(right, 'unsigned') as WholeColumn).values]
      : [left.values, right.values];
  return compareRows(left, right, (row) => compare(a[row] as bigint, b[row] as bigint));
}

const INTEGER_OPERATORS: Readonly<Partial<Record<Operator, (a: bigint, b: bigint) => bigint>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0n ? 0n : a / b),
  '%': (a, b) => (b === 0n ? 0n : a % b),
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
};

function combineIntegers(operator: Operator, left: WholeColumn, right: WholeColumn): Column | undefined {
  const combine = INTEGER_OPERATORS[operator];
  if (combine === undefined) return undefined;
  const valid = bothValid(left, right);
  const type = left.type === 'integer' && right.type === 'integer' ? 'integer' : 'unsigned';
  const a = (castColumn(left, type) as WholeColumn).values;
  const b = (castColumn(right, type) as WholeColumn).values;
  // What does not fit 64 bits wraps where it is stored, as in Go.
  const values = type === 'integer' ? new BigInt64Array(a.length) : new BigUint64Array(a.length);
  for (let row = 0; row < values.length; row++) values[row] = combine(a[row] as bigint, b[row] as bigint);
  return { type, values, valid } as Column;
}

/** A mathematical function; others have become names by now. */
function evaluateCall({ name, args }: Call, evaluation: Evaluation): Column | undefined {
  const found = findMathFunction(name);
  const [x, y] = args.map((arg) => evaluate(arg, evaluation));
  if (found === undefined || x === undefined || !isNumeric(x)) return undefined;
  if (found.kind === 'keepsType' && x.type !== 'float') {
    return name === 'abs' && x.type === 'integer' ? { ...x, values: x.values.map(absoluteInt64) } : x;
  }
  const a = castColumn(x, 'float') as FloatColumn;
  if (found.kind !== 'ofTwo') return { ...a, values: a.values.map((value) => found.of(value)) };
  if (y === undefined || !isNumeric(y)) return undefined;
  const b = castColumn(y, 'float') as FloatColumn;
  const values = a.values.map((value, row) => found.of(value, b.values[row] as number));
  return { type: 'float', values, valid: bothValid(a, b) };
}
