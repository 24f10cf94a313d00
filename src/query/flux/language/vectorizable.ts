/**
 * Which functions InfluxDB applies to whole columns instead of rows (libflux, semantic/vectorize.rs). It shows: such a `map` keeps the
 * order of columns, every other one sorts them by name.
 */
import type { Expression, FunctionExpression, ObjectExpression } from '../syntax/ast.js';
import { keyName, memberName } from '../syntax/names.js';

const OPERATORS = new Set(['+', '-', '*', '/', '%', '^', '==', '!=', '<', '<=', '>', '>=']);
const ROW = 'r';

export function isVectorizable({ params, body }: FunctionExpression): boolean {
  const [param] = params;
  if (params.length !== 1 || param === undefined || keyName(param) !== ROW || body.type === 'Block') return false;
  const record = withoutParens(body);
  return record.type === 'ObjectExpression' && isVectorizableRecord(record);
}

const isVectorizableRecord = ({ with: base, properties }: ObjectExpression): boolean =>
  (base === undefined || base === null || base.name === ROW) &&
  properties.every(({ value }) => value !== undefined && value !== null && isVectorizableExpression(value));

function isVectorizableExpression(expression: Expression): boolean {
  switch (expression.type) {
    case 'ParenExpression':
      return isVectorizableExpression(expression.expression);
    case 'IntegerLiteral':
    case 'FloatLiteral':
    case 'StringLiteral':
    case 'DateTimeLiteral':
      return true;
    case 'Identifier':
      return expression.name === 'true' || expression.name === 'false' || expression.name === ROW;
    case 'MemberExpression':
      return isVectorizableExpression(expression.object);
    case 'UnaryExpression':
      return isVectorizableExpression(expression.argument);
    case 'BinaryExpression':
      return OPERATORS.has(expression.operator) && isVectorizableExpression(expression.left) && isVectorizableExpression(expression.right);
    case 'LogicalExpression':
      return isVectorizableExpression(expression.left) && isVectorizableExpression(expression.right);
    case 'ConditionalExpression':
      return [expression.test, expression.consequent, expression.alternate].every(isVectorizableExpression);
    case 'CallExpression': {
      const [argument] = expression.arguments ?? [];
      if (expression.callee.type !== 'Identifier' || expression.callee.name !== 'float') return false;
      if (argument?.type !== 'ObjectExpression' || argument.properties.length !== 1) return false;
      const [{ value } = { value: undefined }] = argument.properties;
      return value !== undefined && value !== null && isVectorizableExpression(value);
    }
    default:
      return false;
  }
}

export function withoutParens(expression: Expression): Expression {
  return expression.type === 'ParenExpression' ? withoutParens(expression.expression) : expression;
}

/** The columns of the row that an expression of such a function mentions. */
export function columnsOf(expression: Expression): readonly string[] {
  switch (expression.type) {
    case 'ParenExpression':
      return columnsOf(expression.expression);
    case 'MemberExpression':
      return expression.object.type === 'Identifier' && expression.object.name === ROW ? [memberName(expression)] : [];
    case 'UnaryExpression':
      return columnsOf(expression.argument);
    case 'BinaryExpression':
    case 'LogicalExpression':
      return [...columnsOf(expression.left), ...columnsOf(expression.right)];
    case 'ConditionalExpression':
      return [expression.test, expression.consequent, expression.alternate].flatMap(columnsOf);
    case 'CallExpression':
      return (expression.arguments ?? []).flatMap(columnsOf);
    case 'ObjectExpression':
      return expression.properties.flatMap(({ value }) => (value ? columnsOf(value) : []));
    default:
      return [];
  }
}
