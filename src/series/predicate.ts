/** Predicates, as far as names and tags decide them: what is left asks of values only. */
import { holds } from '../domain/comparison.js';
import type { Predicate, Subject } from '../domain/series.js';
import { compareUtf8 } from '../domain/utf8-order.js';

/** Decided, or what is still to be asked. */
export type Verdict = boolean | Predicate;

/** The text of a subject; null where it is absent, undefined where it is not known yet. */
export type Known = (subject: Subject) => string | null | undefined;

/** Decides what is known; two-valued: what is absent equals nothing, differs from nothing and matches nothing. */
export function decide(predicate: Predicate, known: Known): Verdict {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return decideAll(predicate, known);
    case 'not': {
      const verdict = decide(predicate.operand, known);
      if (typeof verdict === 'boolean') return !verdict;
      return verdict === predicate.operand ? predicate : { op: 'not', operand: verdict };
    }
    case 'compare': {
      const text = known(predicate.subject);
      if (text === undefined) return predicate;
      return text !== null && typeof predicate.literal === 'string' && holds(predicate.comparison, compareUtf8(text, predicate.literal));
    }
    case 'match': {
      const text = known(predicate.subject);
      if (text === undefined) return predicate;
      return text !== null && predicate.pattern.test(text);
    }
    case 'exists': {
      // A row is there because it has a value.
      if (predicate.subject.kind === 'value') return true;
      const text = known(predicate.subject);
      return text === undefined ? predicate : text !== null;
    }
  }
}

function decideAll(predicate: Predicate & { readonly op: 'and' | 'or' }, known: Known): Verdict {
  const isAnd = predicate.op === 'and';
  const open: Predicate[] = [];
  let isSame = true;
  for (const operand of predicate.operands) {
    const verdict = decide(operand, known);
    if (verdict === !isAnd) return !isAnd;
    isSame &&= verdict === operand;
    if (typeof verdict !== 'boolean') open.push(verdict);
  }
  if (isSame && open.length > 0) return predicate;
  const [only] = open;
  if (only === undefined) return isAnd;
  return open.length === 1 ? only : { op: predicate.op, operands: open };
}

export function mentions(predicate: Predicate, kind: Subject['kind']): boolean {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return predicate.operands.some((operand) => mentions(operand, kind));
    case 'not':
      return mentions(predicate.operand, kind);
    case 'compare':
    case 'match':
    case 'exists':
      return predicate.subject.kind === kind;
  }
}

/** Predicates with one key decide alike. */
export function predicateKey(predicate: Predicate): string {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return `${predicate.op}(${predicate.operands.map(predicateKey).join()})`;
    case 'not':
      return `not(${predicateKey(predicate.operand)})`;
    case 'compare': {
      const { literal, subject, comparison } = predicate;
      return `${JSON.stringify(subject)}${comparison}${typeof literal}${JSON.stringify(String(literal))}`;
    }
    case 'match':
      return `${JSON.stringify(predicate.subject)}~${JSON.stringify(predicate.pattern.source)}`;
    case 'exists':
      return `exists${JSON.stringify(predicate.subject)}`;
  }
}
