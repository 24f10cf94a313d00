/**
 * Predicates on their way from a thread that works to the one that answers, where the engine asks them of every series: patterns travel as
 * their source, and what would take that thread long does not travel at all, but is asked by the thread that works.
 */
import { holds } from '../domain/comparison.js';
import { DomainError } from '../domain/errors.js';
import type { Pattern, Predicate, SeriesTable, Subject } from '../domain/series.js';
import { compareUtf8 } from '../domain/utf8-order.js';
import { Regexp } from '../query/flux/language/regexp.js';

/** A predicate whose patterns have nothing but their source. */
export type SentPredicate = { readonly sent: Predicate };

/** Work on one thread for others: steps of patterns, and comparisons, that a read may cost there. */
const STEPS_MAX = 1_000_000;
/** Texts whose answer is kept: tags come again and again. */
const KEPT_TEXTS_MAX = 10_000;
/** Characters of a pattern, and parts of a predicate, that are sent at all. */
const PATTERN_LENGTH_MAX = 256;
const PATTERN_SIZE_MAX = 1_000;
const PARTS_MAX = 500;

/** What a pattern that costs too much ends with; the asker goes on by itself. */
export const PATTERN_TOO_COSTLY = 'the pattern takes too long for the thread that answers';

export interface SplitPredicate {
  /** For the engine. */
  readonly sent: SentPredicate | undefined;
  /** For the thread that works. */
  readonly kept: Predicate | undefined;
}

/** @param keepsPatterns whether patterns of names and tags have been found to be too costly for the engine */
export function splitPredicate(predicate: Predicate | undefined, keepsPatterns: boolean): SplitPredicate {
  if (predicate === undefined) return { sent: undefined, kept: undefined };
  const operands = predicate.op === 'and' ? predicate.operands : [predicate];
  // What asks of values is answered by the engine alone, in threads of its own.
  const isKept = (operand: Predicate): boolean =>
    !asksValues(operand) && (countParts(operand) > PARTS_MAX || hasPattern(operand, (pattern) => keepsPatterns || isCostly(pattern)));
  const kept = operands.filter(isKept);
  const sent = operands.filter((operand) => !kept.includes(operand));
  return { sent: sent.length === 0 ? undefined : { sent: bare({ op: 'and', operands: sent }) }, kept: allOf(kept) };
}

const allOf = (operands: readonly Predicate[]): Predicate | undefined => (operands.length === 0 ? undefined : { op: 'and', operands });

const isCostly = (pattern: Pattern): boolean =>
  pattern.source.length > PATTERN_LENGTH_MAX || (pattern instanceof Regexp && pattern.size > PATTERN_SIZE_MAX);

function some(predicate: Predicate, holds: (leaf: Predicate) => boolean): boolean {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return predicate.operands.some((operand) => some(operand, holds));
    case 'not':
      return some(predicate.operand, holds);
    default:
      return holds(predicate);
  }
}

const asksValues = (predicate: Predicate): boolean => some(predicate, (leaf) => 'subject' in leaf && leaf.subject.kind === 'value');
const hasPattern = (predicate: Predicate, fits: (pattern: Pattern) => boolean): boolean =>
  some(predicate, (leaf) => leaf.op === 'match' && fits(leaf.pattern));

function countParts(predicate: Predicate): number {
  let count = 0;
  some(predicate, () => ++count > PARTS_MAX);
  return count;
}

/** Only what can be copied. */
function bare(predicate: Predicate): Predicate {
  switch (predicate.op) {
    case 'and':
    case 'or':
      return { op: predicate.op, operands: predicate.operands.map(bare) };
    case 'not':
      return { op: 'not', operand: bare(predicate.operand) };
    case 'match':
      return { ...predicate, pattern: { source: predicate.pattern.source } as Pattern };
    default:
      return predicate;
  }
}

/** The predicate as an engine takes it; its patterns give up when they have cost too much. */
export function receivePredicate(sent: SentPredicate | undefined): Predicate | undefined {
  if (sent === undefined) return undefined;
  const budget = { steps: STEPS_MAX };
  const receive = (predicate: Predicate): Predicate => {
    switch (predicate.op) {
      case 'and':
      case 'or':
        return { op: predicate.op, operands: predicate.operands.map(receive) };
      case 'not':
        return { op: 'not', operand: receive(predicate.operand) };
      case 'match':
        return { ...predicate, pattern: new BudgetedPattern(predicate.pattern.source, budget) };
      default:
        return predicate;
    }
  };
  return receive(sent.sent);
}

class BudgetedPattern implements Pattern {
  readonly source: string;
  private readonly pattern: Regexp;
  private readonly budget: { steps: number };
  private readonly known = new Map<string, boolean>();

  constructor(source: string, budget: { steps: number }) {
    this.source = source;
    this.pattern = new Regexp(source);
    this.budget = budget;
  }

  test(text: string): boolean {
    let isMatch = this.known.get(text);
    if (isMatch !== undefined) return isMatch;
    this.budget.steps -= this.pattern.size * (text.length + 1);
    if (this.budget.steps < 0) throw new DomainError('unprocessable entity', PATTERN_TOO_COSTLY);
    isMatch = this.pattern.test(text);
    if (this.known.size < KEPT_TEXTS_MAX) this.known.set(text, isMatch);
    return isMatch;
  }
}

/** Whether a series fits; absent tags equal nothing and match nothing, as an engine has it. */
export function fits(predicate: Predicate, series: Pick<SeriesTable, 'measurement' | 'field' | 'tags'>): boolean {
  switch (predicate.op) {
    case 'and':
      return predicate.operands.every((operand) => fits(operand, series));
    case 'or':
      return predicate.operands.some((operand) => fits(operand, series));
    case 'not':
      return !fits(predicate.operand, series);
    case 'exists':
      return textOf(predicate.subject, series) !== undefined;
    case 'match': {
      const text = textOf(predicate.subject, series);
      return text !== undefined && predicate.pattern.test(text);
    }
    case 'compare': {
      const text = textOf(predicate.subject, series);
      return (
        text !== undefined && typeof predicate.literal === 'string' && holds(predicate.comparison, compareUtf8(text, predicate.literal))
      );
    }
  }
}

function textOf(subject: Subject, { measurement, field, tags }: Pick<SeriesTable, 'measurement' | 'field' | 'tags'>): string | undefined {
  switch (subject.kind) {
    case 'measurement':
      return measurement;
    case 'field':
      return field;
    case 'tag':
      return tags.find(([key]) => key === subject.key)?.[1];
    case 'value':
      return undefined;
  }
}
