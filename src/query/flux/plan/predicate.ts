/** Which parts of a `filter` storage can decide, as InfluxDB splits them, and what they are as a predicate of the series engine. */
import type { Comparison, Predicate, Subject } from '../../../domain/series.js';
import { keyName, memberName } from '../syntax/names.js';
import { Regexp } from '../language/regexp.js';
import type { FunctionValue, Value } from '../language/value.js';
import { isRecord } from '../language/value.js';
import { withoutParens } from '../language/vectorizable.js';
import type { BinaryExpression, Expression, FunctionExpression } from '../syntax/ast.js';

export interface SplitFilter {
  /** Undefined where storage can decide nothing. */
  readonly pushed: Predicate | undefined;
  /** What is left to decide; undefined where nothing is. */
  readonly rest: Expression | undefined;
}

/** Splits the body of a filter at its `and`s. */
export function splitFilter({ definition }: FunctionValue): SplitFilter | undefined {
  if (definition === undefined) return undefined;
  const body = bodyExpression(definition.expression);
  const [param] = definition.expression.params;
  if (body === undefined || param === undefined || definition.expression.params.length !== 1) return undefined;
  return split(body, { name: keyName(param), lookUp: definition.lookUp });
}

/** The row that a filter looks at, and what other names in it stand for. */
interface RowScope {
  readonly name: string;
  readonly lookUp: (name: string) => Value | undefined;
}

/** The expression of a function that has nothing but a result. */
export function bodyExpression({ body }: FunctionExpression): Expression | undefined {
  if (body.type !== 'Block') return body;
  const [statement] = body.body;
  return body.body.length === 1 && statement?.type === 'ReturnStatement' ? statement.argument : undefined;
}

/** Whether a filter lets every row through. */
export function isTrivialFilter({ definition }: FunctionValue): boolean {
  const body = definition === undefined ? undefined : bodyExpression(definition.expression);
  if (body === undefined) return false;
  const expression = withoutParens(body);
  return (expression.type === 'Identifier' && expression.name === 'true') || (expression.type === 'BooleanLiteral' && expression.value);
}

function split(expression: Expression, row: RowScope): SplitFilter {
  const inner = withoutParens(expression);
  if (inner.type === 'LogicalExpression' && inner.operator === 'and') {
    const left = split(inner.left, row);
    const right = split(inner.right, row);
    const rest =
      left.rest !== undefined && right.rest !== undefined ? { ...inner, left: left.rest, right: right.rest } : (left.rest ?? right.rest);
    return { pushed: allOf(left.pushed, right.pushed), rest };
  }
  const pushed = toPredicate(inner, row);
  return pushed === undefined ? { pushed: undefined, rest: inner } : { pushed, rest: undefined };
}

export function allOf(a: Predicate | undefined, b: Predicate | undefined): Predicate | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const operands = [a, b].flatMap((predicate) => (predicate.op === 'and' ? predicate.operands : [predicate]));
  return { op: 'and', operands };
}

function toPredicate(expression: Expression, row: RowScope): Predicate | undefined {
  const inner = withoutParens(expression);
  switch (inner.type) {
    case 'LogicalExpression': {
      const left = toPredicate(inner.left, row);
      const right = toPredicate(inner.right, row);
      if (left === undefined || right === undefined) return undefined;
      return { op: inner.operator === 'or' ? 'or' : 'and', operands: [left, right] };
    }
    case 'UnaryExpression': {
      if (inner.operator === 'exists') {
        const subject = subjectOf(inner.argument, row);
        return subject === undefined || subject.kind === 'value' ? undefined : { op: 'exists', subject };
      }
      const argument = withoutParens(inner.argument);
      if (inner.operator !== 'not' || argument.type !== 'UnaryExpression') return undefined;
      const operand = toPredicate(argument, row);
      return operand === undefined ? undefined : { op: 'not', operand };
    }
    case 'BinaryExpression':
      return comparisonOf(inner, row);
    default:
      return undefined;
  }
}

const TAG_OPERATORS = new Set(['==', '!=', '=~', '!~']);
const VALUE_OPERATORS = new Set([...TAG_OPERATORS, '<', '<=', '>', '>=']);

function comparisonOf({ operator, left, right }: BinaryExpression, row: RowScope): Predicate | undefined {
  const subject = subjectOf(left, row);
  const literal = literalOf(right, row);
  if (subject === undefined || literal === undefined) return undefined;
  const isValue = subject.kind === 'value';
  if (!(isValue ? VALUE_OPERATORS : TAG_OPERATORS).has(operator)) return undefined;
  // A missing tag is null and equals no text; storage does not tell it from an empty one.
  if (!isValue && operator === '==' && literal === '') return undefined;
  if (literal instanceof Regexp) return matchOf(subject, operator, literal);
  if (operator === '=~' || operator === '!~') return undefined;
  const compare: Predicate = { op: 'compare', subject, comparison: operator as Comparison, literal };
  if (subject.kind !== 'tag' || operator !== '!=') return compare;
  // `r.tag != "x"` holds for series without the tag, in storage; `r.tag != ""` asks for its presence.
  return literal === '' ? { op: 'exists', subject } : orMissing(subject, compare);
}

function matchOf(subject: Subject, operator: string, pattern: Regexp): Predicate | undefined {
  if (operator !== '=~' && operator !== '!~') return undefined;
  const match: Predicate = { op: 'match', subject, pattern };
  const predicate: Predicate = operator === '=~' ? match : { op: 'not', operand: match };
  if (subject.kind !== 'tag') return predicate;
  const fitsMissing = pattern.test('') === (operator === '=~');
  if (fitsMissing) return orMissing(subject, predicate);
  return operator === '=~' ? match : { op: 'and', operands: [{ op: 'exists', subject }, predicate] };
}

const orMissing = (subject: Subject, predicate: Predicate): Predicate => ({
  op: 'or',
  operands: [predicate, { op: 'not', operand: { op: 'exists', subject } }],
});

function subjectOf(expression: Expression, row: RowScope): Subject | undefined {
  const inner = withoutParens(expression);
  if (inner.type !== 'MemberExpression' || inner.object.type !== 'Identifier' || inner.object.name !== row.name) return undefined;
  const label = memberName(inner);
  switch (label) {
    case '_measurement':
      return { kind: 'measurement' };
    case '_field':
      return { kind: 'field' };
    case '_value':
      return { kind: 'value' };
    case '_time':
    case '_start':
    case '_stop':
      return undefined;
    default:
      return { kind: 'tag', key: label };
  }
}

type Literal = string | number | bigint | boolean | Regexp;

function literalOf(expression: Expression, row: RowScope): Literal | undefined {
  const inner = withoutParens(expression);
  switch (inner.type) {
    case 'StringLiteral':
      return inner.value;
    case 'IntegerLiteral':
      return BigInt(inner.value);
    case 'FloatLiteral':
      return inner.value;
    case 'BooleanLiteral':
      return inner.value;
    case 'RegexpLiteral':
      return new Regexp(inner.value);
    case 'Identifier':
    case 'MemberExpression':
      return literalOfValue(knownValue(inner, row));
    default:
      return undefined;
  }
}

/** What a name, or a property of a record, outside of the filter stands for. */
function knownValue(expression: Expression, row: RowScope): Value | undefined {
  const inner = withoutParens(expression);
  if (inner.type === 'Identifier') return inner.name === row.name ? undefined : row.lookUp(inner.name);
  if (inner.type !== 'MemberExpression') return undefined;
  const object = knownValue(inner.object, row);
  return isRecord(object) ? object.get(memberName(inner)) : undefined;
}

const literalOfValue = (value: Value | undefined): Literal | undefined =>
  value instanceof Regexp ||
  typeof value === 'string' ||
  typeof value === 'number' ||
  typeof value === 'bigint' ||
  typeof value === 'boolean'
    ? value
    : undefined;

/** Whether a predicate looks at values, not only at which series they belong to. */
export function looksAtValues(predicate: Predicate): boolean {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return predicate.operands.some(looksAtValues);
    case 'not':
      return looksAtValues(predicate.operand);
    default:
      return predicate.subject.kind === 'value';
  }
}
