/** Conditions asked of series: what their tags decide, and what is left to ask of their points. */
import type { FieldType, Predicate, Tag } from '../../../domain/series.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { binary, type Binary, type Expr, type VarRef } from '../syntax/ast.js';
import type { Operator } from '../syntax/token.js';

/** Whether a name in a condition is a field of the measurement; all others are tags. */
export type IsField = (reference: VarRef) => boolean;

/** True where every point of a series fits, false where none does, else what is to be asked of its points. */
export type Verdict = boolean | Expr;

export const tagValue = (tags: readonly Tag[], key: string): string => {
  for (const [name, value] of tags) if (name === key) return value;
  return '';
};

export function judgeSeries(condition: Expr, tags: readonly Tag[], isField: IsField): Verdict {
  switch (condition.kind) {
    case 'boolean':
      return condition.value;
    case 'paren':
      return judgeSeries(condition.inner, tags, isField);
    case 'binary': {
      const { operator } = condition;
      if (operator !== 'AND' && operator !== 'OR') return judgeLeaf(condition, tags, isField);
      const deciding = operator === 'OR';
      const left = judgeSeries(condition.left, tags, isField);
      if (left === deciding) return deciding;
      const right = judgeSeries(condition.right, tags, isField);
      if (right === deciding) return deciding;
      if (typeof left === 'boolean') return right;
      return typeof right === 'boolean' ? left : binary(operator, left, right);
    }
    default:
      return false;
  }
}

/** A comparison of a tag with something that needs no point: the tag's key, and what it is compared with. */
interface TagComparison {
  readonly key: string;
  readonly operator: Operator;
  readonly other: Expr;
}

function asTagComparison({ operator, left, right }: Binary, isField: IsField): TagComparison | undefined {
  const [reference, other] = left.kind === 'varRef' ? [left, right] : [right, left];
  if (reference.kind !== 'varRef' || isField(reference)) return undefined;
  if (other.kind === 'varRef' ? isField(other) : other.kind !== 'string' && other.kind !== 'regex') return undefined;
  const mirrored = left.kind === 'varRef' ? operator : (MIRRORED[operator] ?? operator);
  return { key: reference.name, operator: mirrored, other };
}

const MIRRORED: Readonly<Partial<Record<Operator, Operator>>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function judgeLeaf(leaf: Binary, tags: readonly Tag[], isField: IsField): Verdict {
  const comparison = asTagComparison(leaf, isField);
  if (comparison === undefined) return leaf;
  const value = tagValue(tags, comparison.key);
  const { operator, other } = comparison;
  if (other.kind === 'regex') {
    if (operator !== '=~' && operator !== '!~') return false;
    return other.pattern.test(value) === (operator === '=~');
  }
  const otherValue = other.kind === 'varRef' ? tagValue(tags, other.name) : other.kind === 'string' ? other.value : '';
  switch (operator) {
    case '=':
      return value === otherValue;
    case '!=':
      return value !== otherValue;
    case '<':
      return compareUtf8(value, otherValue) < 0;
    case '<=':
      return compareUtf8(value, otherValue) <= 0;
    case '>':
      return compareUtf8(value, otherValue) > 0;
    case '>=':
      return compareUtf8(value, otherValue) >= 0;
    default:
      return false;
  }
}

/**
 * A predicate that every series fulfils which a condition lets pass, so that an engine need not read the others; undefined where it would
 * leave out none.
 */
export function tagPredicate(condition: Expr, isField: IsField): Predicate | undefined {
  switch (condition.kind) {
    case 'paren':
      return tagPredicate(condition.inner, isField);
    case 'binary': {
      const { operator } = condition;
      if (operator !== 'AND' && operator !== 'OR') return predicateOfLeaf(condition, isField);
      const left = tagPredicate(condition.left, isField);
      const right = tagPredicate(condition.right, isField);
      if (left === undefined || right === undefined) return operator === 'AND' ? (left ?? right) : undefined;
      return { op: operator === 'AND' ? 'and' : 'or', operands: [left, right] };
    }
    default:
      return undefined;
  }
}

/** A predicate that exactly those series fulfil which a condition on tags lets pass; undefined where an engine cannot tell. */
export function exactTagPredicate(condition: Expr): Predicate | undefined {
  switch (condition.kind) {
    case 'paren':
      return exactTagPredicate(condition.inner);
    case 'binary': {
      const { operator } = condition;
      if (operator !== 'AND' && operator !== 'OR') return predicateOfLeaf(condition, () => false);
      const left = exactTagPredicate(condition.left);
      const right = exactTagPredicate(condition.right);
      return left && right && { op: operator === 'AND' ? 'and' : 'or', operands: [left, right] };
    }
    default:
      return undefined;
  }
}

/** A tag that a series does not have is the empty string to InfluxQL, and nothing to an engine. */
function predicateOfLeaf(leaf: Binary, isField: IsField): Predicate | undefined {
  const comparison = asTagComparison(leaf, isField);
  if (comparison === undefined) return undefined;
  const { key, operator, other } = comparison;
  const subject = { kind: 'tag', key } as const;
  const exists: Predicate = { op: 'exists', subject };
  const isAbsent: Predicate = { op: 'not', operand: exists };
  if (other.kind === 'string' && (operator === '=' || operator === '!=')) {
    if (other.value === '') return operator === '=' ? isAbsent : exists;
    const equals: Predicate = { op: 'compare', subject, comparison: '==', literal: other.value };
    return operator === '=' ? equals : { op: 'not', operand: equals };
  }
  if (other.kind === 'regex' && (operator === '=~' || operator === '!~')) {
    const matches: Predicate = { op: 'match', subject, pattern: other.pattern };
    const matchesAbsent = other.pattern.test('');
    const fits: Predicate = matchesAbsent ? { op: 'or', operands: [matches, isAbsent] } : matches;
    return operator === '=~' ? fits : { op: 'not', operand: fits };
  }
  return undefined;
}

/** The condition on the values of one field, as an engine asks it; undefined where only points as wholes can tell. */
export function valuePredicate(condition: Expr, field: string, type: FieldType): Predicate | undefined {
  switch (condition.kind) {
    case 'paren':
      return valuePredicate(condition.inner, field, type);
    case 'binary': {
      const { operator } = condition;
      if (operator !== 'AND' && operator !== 'OR') return predicateOfValue(condition, field, type);
      const left = valuePredicate(condition.left, field, type);
      const right = valuePredicate(condition.right, field, type);
      return left && right && { op: operator === 'AND' ? 'and' : 'or', operands: [left, right] };
    }
    default:
      return undefined;
  }
}

const COMPARISONS = { '=': '==', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const;

function predicateOfValue({ operator, left, right }: Binary, field: string, type: FieldType): Predicate | undefined {
  const [reference, literal] = left.kind === 'varRef' ? [left, right] : [right, left];
  if (reference.kind !== 'varRef' || reference.name !== field) return undefined;
  const subject = { kind: 'value' } as const;
  if (literal.kind === 'regex') {
    if (type !== 'string' || (operator !== '=~' && operator !== '!~')) return undefined;
    const match: Predicate = { op: 'match', subject, pattern: literal.pattern };
    return operator === '=~' ? match : { op: 'not', operand: match };
  }
  const mirrored = left.kind === 'varRef' ? operator : (MIRRORED[operator] ?? operator);
  if (!(mirrored in COMPARISONS)) return undefined;
  const comparison = COMPARISONS[mirrored as keyof typeof COMPARISONS];
  const isEquality = comparison === '==' || comparison === '!=';
  switch (literal.kind) {
    case 'number':
    case 'integer':
      return { op: 'compare', subject, comparison, literal: literal.value };
    case 'string':
    case 'boolean':
      // InfluxQL has no order of texts and booleans.
      return isEquality ? { op: 'compare', subject, comparison, literal: literal.value } : undefined;
    default:
      return undefined;
  }
}
