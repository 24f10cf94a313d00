/** The rules that all statements share: names, numbers, lists, patterns, and how deep things may nest. */
import { Regexp } from '../../flux/language/regexp.js';
import type { RegexLiteral } from './ast.js';
import { parseDuration } from './duration.js';
import { quoteIdentifier } from './format.js';
import { syntaxError, syntaxErrorAt } from './syntax-error.js';
import { TokenStream } from './token-stream.js';
import type { Token, TokenKind } from './token.js';

/** Parentheses, calls and subqueries within each other. */
const NESTING_MAX = 200;

const REPLICATION_MAX = 2_147_483_647;

export class Parser extends TokenStream {
  private depth = 0;

  /** Parses what may hold itself. */
  nested<T>(parse: () => T): T {
    if (++this.depth > NESTING_MAX) throw syntaxError(`the query nests more than ${NESTING_MAX} levels deep; split it up`);
    try {
      return parse();
    } finally {
      this.depth--;
    }
  }

  expect(...kinds: readonly TokenKind[]): void {
    for (const kind of kinds) {
      const token = this.next();
      if (token.kind !== kind) throw this.unexpected(token, kind);
    }
  }

  identifier(): string {
    return this.textOf('IDENT', 'identifier');
  }

  string(): string {
    return this.textOf('STRING', 'string');
  }

  identifierList(): string[] {
    return this.list(() => this.identifier());
  }

  stringList(): string[] {
    return this.list(() => this.string());
  }

  list<T>(parse: () => T): T[] {
    const items = [parse()];
    while (this.accept(',')) items.push(parse());
    return items;
  }

  /** A replication factor. */
  positiveInteger(): void {
    const token = this.next();
    if (token.kind !== 'INTEGER') throw this.unexpected(token, 'integer');
    const value = BigInt(token.text);
    if (value < 1n || value > REPLICATION_MAX) {
      throw this.errorAt(token, `invalid value ${value}: must be 1 <= n <= ${REPLICATION_MAX}`);
    }
  }

  unsignedInteger(): void {
    const token = this.next();
    if (token.kind !== 'INTEGER') throw this.unexpected(token, 'integer');
    if (BigInt(token.text) >= 2n ** 64n) {
      throw this.errorAt(token, `strconv.ParseUint: parsing "${token.text}": value out of range`);
    }
  }

  /** Nanoseconds; 0 for INF. */
  duration(): bigint {
    const token = this.next();
    if (token.kind === 'INF') return 0n;
    if (token.kind !== 'DURATIONVAL') throw this.unexpected(token, 'duration');
    const duration = parseDuration(token.text);
    if (typeof duration !== 'bigint') throw this.errorAt(token, duration.fault);
    return duration;
  }

  /** The number after LIMIT and its like; 0 where the keyword is not there. */
  optionalCount(keyword: TokenKind): number {
    if (!this.accept(keyword)) return 0;
    const token = this.next();
    if (token.kind !== 'INTEGER') throw this.unexpected(token, 'integer');
    return Math.min(Number(token.text), Number.MAX_SAFE_INTEGER);
  }

  optionalDatabase(): string {
    return this.accept('ON') ? this.identifier() : '';
  }

  /** `a`, `a.b`, `a.b.c` or `a..c`; it ends before a pattern or a colon. */
  segments(): string[] {
    const segments = [this.identifier()];
    for (;;) {
      if (this.scan().kind !== '.') {
        this.back();
        break;
      }
      const char = this.peekCharacter();
      if (char === '/' || char === ':') break;
      if (char === '.') segments.push('');
      else segments.push(this.identifier());
    }
    if (segments.length > 3) {
      throw syntaxErrorAt(`too many segments in ${segments.map(quoteSegment).join('.')}`, { line: 1, char: 1 });
    }
    return segments;
  }

  /** A regular expression, where one is next. */
  optionalRegex(): RegexLiteral | undefined {
    if (/[ \t\n]/.test(this.peekCharacter())) this.skipBlanks();
    const char = this.peekCharacter();
    if (char === '$') {
      const { kind } = this.scan();
      this.back();
      if (kind !== 'REGEX') return undefined;
    } else if (char !== '/') return undefined;
    return this.regexOf(this.scanRegex());
  }

  regexOf(token: Token): RegexLiteral {
    if (token.kind === 'BADREGEX') throw this.errorAt(token, 'bad regex: ');
    if (token.kind !== 'REGEX') throw this.unexpected(token, 'regex');
    try {
      return { kind: 'regex', pattern: new Regexp(token.text) };
    } catch (error) {
      throw this.errorAt(token, error instanceof Error ? error.message : 'error parsing regexp');
    }
  }

  requiredRegex(): RegexLiteral {
    const regex = this.optionalRegex();
    if (regex === undefined) throw this.unexpected(this.next(), 'regex');
    return regex;
  }

  private textOf(kind: TokenKind, expected: string): string {
    const token = this.next();
    if (token.kind !== kind) throw this.unexpected(token, expected);
    return token.text;
  }
}

function quoteSegment(segment: string, index: number, { length }: readonly string[]): string {
  if (index === length - 1 || segment === '')
    return segment === '' && (index === 0 || index === length - 1) ? '""' : quoteIdentifier(segment);
  const quoted = quoteIdentifier(segment);
  return quoted.startsWith('"') ? quoted : `"${quoted}"`;
}
