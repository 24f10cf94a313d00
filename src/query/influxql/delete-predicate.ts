/**
 * The predicate of a delete request: rules about tags, joined by AND. What InfluxDB takes and what it refuses, in its words; where it
 * takes a text and forgets a part of it, the text is refused here.
 *
 * InfluxDB reads the text twice, as rules and as an expression of InfluxQL, and takes what passes both; so does this.
 */
import { DomainError, invalid } from '../../domain/errors.js';
import { quoteGo } from '../../domain/go-quote.js';
import type { Predicate, Subject } from '../../domain/series.js';
import { parseExpr } from './syntax/expressions.js';
import { Parser } from './syntax/parser.js';
import { Scanner } from './syntax/scanner.js';
import { PREFIX as SYNTAX_PREFIX } from './syntax/syntax-error.js';
import { describeToken, type Token, type TokenKind } from './syntax/token.js';

/** Brackets within each other. */
const NESTING_MAX = 100;
/** Bytes of a body are limited already; each rule is asked of every series. */
const RULES_MAX = 1_000;

const RULES_PREFIX = 'error decoding json body: ';
const EXPRESSION_PREFIX = 'invalid request; error parsing predicate: ';

/**
 * @returns the predicate; undefined for an empty text, which means everything
 * @throws DomainError `invalid`, in InfluxDB's words, or `not implemented` for a rule about fields
 */
export function parseDeletePredicate(text: string): Predicate | undefined {
  if (text === '') return undefined;
  // InfluxDB stops reading there, and deletes by what came before.
  if (text.includes('\0')) throw refused('a predicate must not contain NUL');
  const reader = new RuleReader(text);
  const predicate = reader.read();
  refuseOtherwise(text);
  if (reader.asksOfFields) throw new DomainError('not implemented', 'delete by field is not supported');
  // What is left has passed as an expression, so that something must be there.
  if (predicate === undefined || reader.isLoose) throw refused('bad logical expression');
  return predicate;
}

/** The second reading: durations, numbers and the like that InfluxQL does not know. */
function refuseOtherwise(text: string): void {
  try {
    parseExpr(new Parser(text, new Map()));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw invalid(EXPRESSION_PREFIX + error.message.replace(SYNTAX_PREFIX, ''));
  }
}

const refused = (message: string): DomainError => invalid(RULES_PREFIX + message);

/** The first reading. */
class RuleReader {
  /** A rule asks of `_field`. */
  asksOfFields = false;
  /** An AND has no rule beside it: the second reading has the words for it. */
  isLoose = false;
  readonly #scanner: Scanner;
  #putBack: Token | undefined;
  #openCount = 0;
  #ruleCount = 0;
  /** Two rules stand side by side: InfluxDB says so, or takes the text and forgets one of them. */
  #lacksAnd = false;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  read(): Predicate | undefined {
    const predicate = this.#rules();
    if (this.#lacksAnd) throw refused(`the logical operator '\\x00' is invalid`);
    return predicate;
  }

  /** Rules up to the bracket that closes them, or to the end; undefined where there are none. */
  #rules(): Predicate | undefined {
    const operands: Predicate[] = [];
    let isJoined = true;
    for (;;) {
      const token = this.#next();
      let operand: Predicate | undefined;
      switch (token.kind) {
        case 'NUMBER':
        case 'INTEGER':
        case 'NAME':
        case 'IDENT':
          operand = this.#rule(token);
          break;
        case '(':
          operand = this.#bracket();
          break;
        case 'AND':
          this.isLoose ||= isJoined;
          isJoined = true;
          if (operands.length > 1) this.#expectOperand();
          continue;
        case ')':
        case 'EOF':
          if (token.kind === 'EOF') this.#putBack = token;
          else if (--this.#openCount < 0) throw refused('extra ) seen');
          this.isLoose ||= isJoined;
          return all(operands);
        case 'OR':
          throw refused(`the logical operator OR is not supported yet at position ${this.#positionOf(token)}`);
        default:
          throw refused(`bad logical expression, at position ${this.#positionOf(token)}`);
      }
      this.#lacksAnd ||= !isJoined;
      isJoined = false;
      if (operand !== undefined) operands.push(operand);
    }
  }

  #bracket(): Predicate | undefined {
    const before = this.#openCount++;
    if (before >= NESTING_MAX) throw refused(`the predicate is nested more than ${NESTING_MAX} levels deep`);
    const operand = this.#rules();
    if (this.#openCount !== before) throw refused('extra ( seen');
    return operand;
  }

  /** From the third operand on, InfluxDB looks at what stands behind an AND. */
  #expectOperand(): void {
    const token = this.#next();
    this.#putBack = token;
    if (token.kind !== '(' && token.kind !== 'IDENT' && token.kind !== 'NAME') throw this.#badKey(token);
  }

  #rule(key: Token): Predicate {
    if (++this.#ruleCount > RULES_MAX) throw refused(`the predicate has more than ${RULES_MAX} rules`);
    if (key.kind !== 'IDENT' && key.kind !== 'NAME') throw this.#badKey(key);
    const operator = this.#next();
    if (operator.kind === '=~' || operator.kind === '!~') {
      throw refused(`operator: "${operator.kind}" at position: ${this.#positionOf(operator)} is not supported yet`);
    }
    if (operator.kind !== '=' && operator.kind !== '!=') {
      throw refused(`invalid operator "${describeToken({ ...operator, text: '' })}" at position: ${this.#positionOf(operator)}`);
    }
    const literal = this.#value();
    if (key.text === '_field') this.asksOfFields = true;
    const subject: Subject = key.text === '_measurement' ? { kind: 'measurement' } : { kind: 'tag', key: key.text };
    // Both comparisons fail where the tag is absent: nothing is deleted for what it does not have.
    return { op: 'compare', subject, comparison: operator.kind === '=' ? '==' : '!=', literal };
  }

  #value(): string {
    let sign = '';
    for (;;) {
      const token = this.#next();
      if (token.kind === '-') sign += '-';
      else if (VALUE_KINDS.has(token.kind)) return sign + token.text;
      else if (token.kind === 'TRUE' || token.kind === 'FALSE') return token.kind.toLowerCase();
      else throw refused(`bad tag value: ${quoteGo(token.text)}, at position ${this.#positionOf(token)}`);
    }
  }

  #next(): Token {
    const token = this.#putBack ?? this.#scanner.scan();
    this.#putBack = undefined;
    return token.kind === 'WS' ? this.#scanner.scan() : token;
  }

  #badKey(token: Token): DomainError {
    return refused(`bad tag key, at position ${this.#positionOf(token)}`);
  }

  /** In its line, from zero. */
  #positionOf({ position }: Token): number {
    return this.#scanner.placeOf(position).char - 1;
  }
}

const VALUE_KINDS: ReadonlySet<TokenKind> = new Set(['IDENT', 'NUMBER', 'INTEGER', 'DURATIONVAL']);

function all(operands: readonly Predicate[]): Predicate | undefined {
  return operands.length > 1 ? { op: 'and', operands } : operands[0];
}
