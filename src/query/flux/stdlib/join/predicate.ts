/** The `on` of a join: which columns of the left and the right table must be equal. */
import { DomainError } from '../../../../domain/errors.js';
import { fluxError } from '../../language/errors.js';
import { memberName } from '../../syntax/names.js';
import type { FunctionValue } from '../../language/value.js';
import { withoutParens } from '../../language/vectorizable.js';
import { bodyExpression } from '../../plan/predicate.js';
import type { Expression } from '../../syntax/ast.js';

export interface ColumnPairs {
  readonly left: readonly string[];
  readonly right: readonly string[];
}

const unsupported = (reason: string): DomainError =>
  fluxError(`error in join function - some expressions are not yet supported in the \`on\` parameter: ${reason}`);

/** @throws DomainError for a function that is more than comparisons with `==` between the two sides, joined by `and` */
export function columnPairs({ definition }: FunctionValue): ColumnPairs {
  const body = definition === undefined ? undefined : bodyExpression(definition.expression);
  if (body === undefined) throw unsupported('function body should be a single logical expression that compares columns from each table');
  const pairs = [...comparisons(body)];
  return { left: pairs.map(([left]) => left), right: pairs.map(([, right]) => right) };
}

/** What is wrong with the function, for when the script is planned. */
export function faultOf(fn: FunctionValue): string | undefined {
  try {
    columnPairs(fn);
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return error.message;
    throw error;
  }
}

function* comparisons(expression: Expression): Iterable<readonly [left: string, right: string]> {
  const inner = withoutParens(expression);
  if (inner.type === 'LogicalExpression') {
    if (inner.operator !== 'and') throw unsupported(`unsupported operator in join predicate: ${inner.operator}`);
    yield* comparisons(inner.left);
    yield* comparisons(inner.right);
    return;
  }
  if (inner.type !== 'BinaryExpression') throw unsupported(`illegal expression type in join predicate: ${inner.type}`);
  if (inner.operator !== '==') throw unsupported(`unsupported operator in join predicate: ${inner.operator}`);
  const first = memberOf(inner.left, 'left');
  const second = memberOf(inner.right, 'right');
  if (first.object === 'l' && second.object === 'r') yield [first.label, second.label];
  else if (first.object === 'r' && second.object === 'l') yield [second.label, first.label];
  else throw unsupported('binary expression operands must reference `l` or `r` only, and may not reference the same object');
}

function memberOf(expression: Expression, side: string): { object: string; label: string } {
  const inner = withoutParens(expression);
  if (inner.type !== 'MemberExpression' || inner.object.type !== 'Identifier') {
    throw unsupported(`${side} side of comparison is not a member expression`);
  }
  return { object: inner.object.name, label: memberName(inner) };
}
