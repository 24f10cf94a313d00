/** The types of expressions before anything is read, and what goes together. */
import { invalid } from '../../../domain/errors.js';
import { type Binary, type Call, type DataType, type Expr, isLiteral } from '../syntax/ast.js';
import { formatExpr } from '../syntax/format.js';
import type { Operator } from '../syntax/token.js';
import { findMathFunction } from './math.js';

/** From what wins where several fit (a field that is float here and integer there is float) to what loses. */
const BY_PRECEDENCE: readonly DataType[] = ['float', 'integer', 'unsigned', 'string', 'boolean', 'time', 'duration', 'tag', 'field'];

/** Of two types the one that wins; undefined (not known) loses against all. */
export function strongerType(a: DataType | undefined, b: DataType | undefined): DataType | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return BY_PRECEDENCE.indexOf(a) <= BY_PRECEDENCE.indexOf(b) ? a : b;
}

/** The type of a name that an expression does not give one; undefined where nothing has that name. */
export type TypeOf = (name: string) => DataType | undefined;

export const NO_TYPES: TypeOf = () => undefined;

/**
 * @returns undefined where the type cannot be known
 * @throws DomainError `invalid`, in InfluxDB's words, for what does not go together
 */
export function evaluateType(expr: Expr, typeOf: TypeOf): DataType | undefined {
  switch (expr.kind) {
    case 'varRef':
      return expr.type === undefined || expr.type === 'field' ? typeOf(expr.name) : expr.type;
    case 'call':
      return typeOfCall(expr, typeOf);
    case 'binary':
      return typeOfBinary(expr, typeOf);
    case 'paren':
      return evaluateType(expr.inner, typeOf);
    case 'number':
      return 'float';
    case 'integer':
    case 'unsigned':
    case 'string':
    case 'boolean':
      return expr.kind;
    default:
      return undefined;
  }
}

/** As `evaluateType`, but what does not go together has no type. */
export function findType(expr: Expr, typeOf: TypeOf): DataType | undefined {
  try {
    return evaluateType(expr, typeOf);
  } catch {
    return undefined;
  }
}

const FLOAT_RESULTS: ReadonlySet<string> = new Set([
  'mean',
  'median',
  'integral',
  'stddev',
  'derivative',
  'non_negative_derivative',
  'moving_average',
  'exponential_moving_average',
  'double_exponential_moving_average',
  'triple_exponential_moving_average',
  'relative_strength_index',
  'triple_exponential_derivative',
  'kaufmans_efficiency_ratio',
  'kaufmans_adaptive_moving_average',
  'chande_momentum_oscillator',
  'holt_winters',
  'holt_winters_with_fit',
]);

const isNumeric = (type: DataType | undefined): boolean =>
  type === undefined || type === 'float' || type === 'integer' || type === 'unsigned';

function typeOfCall({ name, args }: Call, typeOf: TypeOf): DataType | undefined {
  const [first] = args.map((arg) => evaluateType(arg, typeOf));
  if (name === 'count' || name === 'elapsed') return 'integer';
  if (FLOAT_RESULTS.has(name)) return 'float';
  const math = findMathFunction(name);
  return math === undefined || math.kind === 'keepsType' ? first : 'float';
}

function typeOfBinary(expr: Binary, typeOf: TypeOf): DataType | undefined {
  const left = evaluateType(expr.left, typeOf);
  const right = evaluateType(expr.right, typeOf);
  checkSigns(expr, left, right);
  if (left === undefined || right === undefined) return left ?? right;
  const type = resultType(expr.operator, left, right);
  if (type === undefined) throw typeError(expr, `incompatible types: ${left} and ${right}`);
  return type;
}

/** An unsigned value and an integer do not mix, unless the integer is a literal. */
function checkSigns(expr: Binary, left: DataType | undefined, right: DataType | undefined): void {
  const isMixed = (left === 'unsigned' && right === 'integer') || (left === 'integer' && right === 'unsigned');
  if (!isMixed) return;
  const [unsignedSide, integerSide] = left === 'unsigned' ? [expr.left, expr.right] : [expr.right, expr.left];
  if (isLiteral(unsignedSide)) throw typeError(expr, `cannot use ${expr.operator} with an integer and unsigned literal`);
  if (!isLiteral(integerSide)) {
    throw typeError(expr, `cannot use ${expr.operator} between an integer and unsigned, an explicit cast is required`);
  }
}

const typeError = (expr: Expr, message: string): Error => invalid(`type error: ${formatExpr(expr)}: ${message}`);

const BITWISE: ReadonlySet<Operator> = new Set(['&', '|', '^']);
const ARITHMETIC: ReadonlySet<Operator> = new Set(['+', '-', '*', '/', '%']);

function resultType(operator: Operator, left: DataType, right: DataType): DataType | undefined {
  if (operator === '=' || operator === '!=' || operator === '<' || operator === '<=' || operator === '>' || operator === '>=') {
    return 'boolean';
  }
  if (left === 'boolean' && right === 'boolean') return ARITHMETIC.has(operator) ? undefined : 'boolean';
  if (!isNumeric(left) || !isNumeric(right)) return undefined;
  if (left === 'float' || right === 'float') return ARITHMETIC.has(operator) ? 'float' : undefined;
  if (!ARITHMETIC.has(operator) && !BITWISE.has(operator)) return undefined;
  return left === 'unsigned' || right === 'unsigned' ? 'unsigned' : 'integer';
}
