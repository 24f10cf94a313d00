/** The names in a tree, whether they are written as identifiers or as strings. */
import type { Expression, MemberExpression, Property } from './ast.js';

export const keyName = ({ key }: Property): string => (key.type === 'StringLiteral' ? key.value : (key as { name: string }).name);

export const memberName = ({ property }: MemberExpression): string =>
  property.type === 'StringLiteral' ? property.value : (property as { name: string }).name;

/** What a call calls, as error messages name it. */
export function calleeName(callee: Expression): string {
  if (callee.type === 'Identifier') return callee.name;
  if (callee.type === 'MemberExpression') return memberName(callee);
  return '<anonymous>';
}
