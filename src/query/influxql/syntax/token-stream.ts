/** Tokens that can be put back, with bound parameters in their places. */
import { bindParameter, type BoundToken, type Parameters } from './parameters.js';
import { Scanner } from './scanner.js';
import { syntaxErrorAt, type Place } from './syntax-error.js';
import { describeToken, type Token, type TokenKind } from './token.js';
import type { DomainError } from '../../../domain/errors.js';

/** No rule puts back more tokens than this. */
const KEPT_TOKENS = 3;

export class TokenStream {
  private readonly scanner: Scanner;
  private readonly parameters: Parameters;
  /** The last tokens that were scanned, the newest last. */
  private readonly kept: Token[] = [];
  /** How many of those are to be read again. */
  private unread = 0;

  constructor(text: string, parameters: Parameters) {
    this.scanner = new Scanner(text);
    this.parameters = parameters;
  }

  /** The next token, blanks and comments included. */
  scan(): Token {
    return this.take(() => this.scanner.scan());
  }

  scanRegex(): Token {
    return this.take(() => this.scanner.scanRegex());
  }

  /** The next token that is neither blank nor comment. */
  next(): Token {
    for (;;) {
      const token = this.scan();
      if (token.kind !== 'WS' && token.kind !== 'COMMENT') return token;
    }
  }

  back(): void {
    this.unread++;
  }

  /** Whether the next token is of a kind; if so it is read. */
  accept(kind: TokenKind): boolean {
    if (this.next().kind === kind) return true;
    this.back();
    return false;
  }

  /** The next character that no token has been made of. */
  peekCharacter(): string {
    return this.scanner.peek();
  }

  skipBlanks(): void {
    if (this.scan().kind !== 'WS') this.back();
  }

  /** What is wrong with a parameter that no token could take the place of; undefined where there is no such parameter. */
  faultOfParameter(name: string): string | undefined {
    const bound = this.bound(name);
    return bound !== undefined && 'fault' in bound ? bound.fault : undefined;
  }

  /** The error of a token that is not among those that a rule expects. */
  unexpected(token: Token, ...expected: readonly string[]): DomainError {
    return syntaxErrorAt(`found ${describeToken(token)}, expected ${expected.join(', ')}`, this.placeOf(token));
  }

  errorAt(token: Token, message: string): DomainError {
    return syntaxErrorAt(message, this.placeOf(token));
  }

  private placeOf(token: Token): Place {
    return this.scanner.placeOf(token.position);
  }

  private take(scan: () => Token): Token {
    if (this.unread > 0) return this.bind(this.kept[this.kept.length - this.unread--] as Token);
    const token = scan();
    this.kept.push(token);
    if (this.kept.length > KEPT_TOKENS) this.kept.shift();
    return this.bind(token);
  }

  private bind(token: Token): Token {
    if (token.kind !== 'BOUNDPARAM') return token;
    const bound = this.bound(token.text.slice(1));
    return bound === undefined || 'fault' in bound ? token : { ...bound, position: token.position };
  }

  private bound(name: string): BoundToken | undefined {
    const value = this.parameters.get(name);
    return value === undefined ? undefined : bindParameter(value);
  }
}
