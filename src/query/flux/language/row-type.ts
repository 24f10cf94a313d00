/**
 * What InfluxDB's type inference makes of a function of rows once the types of the columns are known: the types of what it computes, and
 * the conflicts that it reports before it looks at a single row.
 */
import type { Expression } from '../syntax/ast.js';
import type { ColumnType } from '../table/vector.js';
import { fluxError } from './errors.js';
import { memberName } from '../syntax/names.js';

const ARITHMETIC = new Set(['+', '-', '*', '/', '%']);
const CONVERSIONS: Readonly<Record<string, ColumnType>> = {
  float: 'float',
  int: 'int',
  uint: 'uint',
  string: 'string',
  bool: 'bool',
  time: 'time',
};

/** The type of a column of the row, by label. */
export type TypeOfColumn = (label: string) => ColumnType | undefined;

/**
 * The type of an expression, or undefined where it cannot be told from here (it may be anything, or a null).
 *
 * @throws DomainError `type conflict: float != int` for arithmetic with columns of other types than the expression asks for
 */
export function inferType(expression: Expression, row: string, typeOf: TypeOfColumn): ColumnType | undefined {
  switch (expression.type) {
    case 'ParenExpression':
      return inferType(expression.expression, row, typeOf);
    case 'IntegerLiteral':
      return 'int';
    case 'UnsignedIntegerLiteral':
      return 'uint';
    case 'FloatLiteral':
      return 'float';
    case 'StringLiteral':
    case 'StringExpression':
      return 'string';
    case 'BooleanLiteral':
      return 'bool';
    case 'DateTimeLiteral':
      return 'time';
    case 'Identifier':
      return expression.name === 'true' || expression.name === 'false' ? 'bool' : undefined;
    case 'MemberExpression':
      return expression.object.type === 'Identifier' && expression.object.name === row ? typeOf(memberName(expression)) : undefined;
    case 'UnaryExpression':
      return expression.operator === 'not' || expression.operator === 'exists' ? 'bool' : inferType(expression.argument, row, typeOf);
    case 'LogicalExpression':
      inferType(expression.left, row, typeOf);
      inferType(expression.right, row, typeOf);
      return 'bool';
    case 'ConditionalExpression': {
      const consequent = inferType(expression.consequent, row, typeOf);
      return consequent ?? inferType(expression.alternate, row, typeOf);
    }
    case 'BinaryExpression': {
      const left = inferType(expression.left, row, typeOf);
      const right = inferType(expression.right, row, typeOf);
      if (expression.operator === '^') return 'float';
      if (!ARITHMETIC.has(expression.operator)) return 'bool';
      if (left !== undefined && right !== undefined && left !== right) {
        // Which type is asked for and which is there: a column is what is there, unless both are columns.
        const asked = isMember(expression.left, row) && !isMember(expression.right, row) ? right : left;
        throw fluxError(`type conflict: ${asked} != ${asked === left ? right : left}`);
      }
      return left ?? right;
    }
    case 'CallExpression':
      return expression.callee.type === 'Identifier' ? CONVERSIONS[expression.callee.name] : undefined;
    default:
      return undefined;
  }
}

const isMember = (expression: Expression, row: string): boolean =>
  expression.type === 'MemberExpression' && expression.object.type === 'Identifier' && expression.object.name === row;
