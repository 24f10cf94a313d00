/** The predicate of a delete request: tag rules joined by AND, in InfluxDB's language (its package `predicate`). */
import { DomainError, invalid } from '../domain/errors.js';
import type { Predicate, Subject } from '../domain/series.js';

/** Rules and brackets nest no deeper than this. */
const DEPTH_MAX = 100;

type Kind = 'identifier' | 'string' | 'number' | 'and' | 'or' | 'operator' | 'open' | 'close' | 'end' | 'other';

interface Token {
  readonly kind: Kind;
  /** What it says: without quotes, escapes resolved. */
  readonly text: string;
  /** Characters before it. */
  readonly position: number;
}

const PATTERNS: readonly (readonly [Kind, RegExp])[] = [
  ['identifier', /"(?:[^"\\]|\\.)*"/y],
  ['string', /'(?:[^'\\]|\\.)*'/y],
  ['number', /-?\d+(?:\.\d+)?(?:[a-zµ]+)?/y],
  ['operator', /=~|!~|!=|<>|>=|<=|[=<>]/y],
  ['open', /\(/y],
  ['close', /\)/y],
  ['identifier', /[\p{L}_][\p{L}\p{N}_.:-]*/uy],
  ['other', /./suy],
];

class Scanner {
  readonly #text: string;
  #position = 0;
  /** Go's scanner has looked one character beyond the end of a bare word, which shows in positions. */
  #lookedBeyond = false;
  #pushedBack: Token | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  next(): Token {
    const token = this.#pushedBack ?? this.#scan();
    this.#pushedBack = undefined;
    return token;
  }

  pushBack(token: Token): void {
    this.#pushedBack = token;
  }

  #scan(): Token {
    while (/\s/.test(this.#text[this.#position] ?? '')) this.#position++;
    const position = this.#position;
    if (position >= this.#text.length) return { kind: 'end', text: 'EOF', position: position + (this.#lookedBeyond ? 1 : 0) };
    for (const [kind, pattern] of PATTERNS) {
      pattern.lastIndex = position;
      const match = pattern.exec(this.#text)?.[0];
      if (match === undefined) continue;
      this.#position += match.length;
      const isBare = kind === 'identifier' && !match.startsWith('"');
      this.#lookedBeyond = isBare || kind === 'number';
      if (isBare && /^and$/i.test(match)) return { kind: 'and', text: match, position };
      if (isBare && /^or$/i.test(match)) return { kind: 'or', text: match, position };
      const isQuoted = kind === 'string' || (kind === 'identifier' && !isBare);
      return { kind, text: isQuoted ? match.slice(1, -1).replace(/\\(.)/gs, '$1') : match, position };
    }
    throw new Error('the last pattern takes any character');
  }
}

/**
 * @returns the predicate; undefined for an empty text, which means everything
 * @throws DomainError `invalid`, in InfluxDB's words, or `not implemented` for a rule about fields
 */
export function parseDeletePredicate(text: string): Predicate | undefined {
  if (text.trim() === '') return undefined;
  return parseRules(new Scanner(text), 0);
}

function parseRules(scanner: Scanner, depth: number): Predicate {
  if (depth > DEPTH_MAX) throw invalid(`the predicate is nested more than ${DEPTH_MAX} levels deep`);
  const operands: Predicate[] = [];
  let expectsRule = true;
  for (;;) {
    const token = scanner.next();
    switch (token.kind) {
      case 'open':
        operands.push(parseRules(scanner, depth + 1));
        expectsRule = false;
        break;
      case 'identifier':
        if (!expectsRule) throw invalid(`bad logical expression, at position ${token.position}`);
        scanner.pushBack(token);
        operands.push(parseRule(scanner));
        expectsRule = false;
        break;
      case 'and':
        if (expectsRule) throw invalid(`bad logical expression, at position ${token.position}`);
        expectsRule = true;
        break;
      case 'or':
        throw invalid(`the logical operator OR is not supported yet at position ${token.position}`);
      case 'close':
      case 'end':
        if (token.kind === 'close' && depth === 0) throw invalid('extra ) seen');
        if (token.kind === 'end' && depth > 0) throw invalid('extra ( seen');
        if (expectsRule) throw invalid(`bad logical expression, at position ${token.position}`);
        return operands.length === 1 && operands[0] !== undefined ? operands[0] : { op: 'and', operands };
      default:
        throw invalid(`bad logical expression, at position ${token.position}`);
    }
  }
}

function parseRule(scanner: Scanner): Predicate {
  const key = scanner.next().text;
  const operator = scanner.next();
  if (operator.text === '=~' || operator.text === '!~') {
    throw invalid(`operator: "${operator.text}" at position: ${operator.position} is not supported yet`);
  }
  if (operator.kind !== 'operator' || !['=', '!=', '<>'].includes(operator.text)) {
    throw invalid(`invalid operator "${operator.text}" at position: ${operator.position}`);
  }
  const value = scanner.next();
  if (value.kind !== 'identifier' && value.kind !== 'number') {
    throw invalid(`bad tag value: "${value.kind === 'end' ? '' : value.text}", at position ${value.position}`);
  }
  if (key === '_field') throw new DomainError('not implemented', 'delete by field is not supported');
  const subject: Subject = key === '_measurement' ? { kind: 'measurement' } : { kind: 'tag', key };
  // A tag that is absent and one that is empty are the same to InfluxDB's storage.
  const equals: Predicate =
    value.text === ''
      ? { op: 'not', operand: { op: 'exists', subject } }
      : { op: 'compare', subject, comparison: '==', literal: value.text };
  return operator.text === '=' ? equals : { op: 'not', operand: equals };
}
