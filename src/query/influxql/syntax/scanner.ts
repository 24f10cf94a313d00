/** Text to tokens. Where InfluxDB's scanner has ways of its own (positions, quotes within words, numbers), this one has the same. */
import { findKeyword, type Token, type TokenKind } from './token.js';
import type { Place } from './syntax-error.js';

const isBlank = (char: string): boolean => char === ' ' || char === '\t' || char === '\n';
const isDigit = (char: string): boolean => char >= '0' && char <= '9' && char.length === 1;
const isLetter = (char: string): boolean => char.length === 1 && ((char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z'));
const isWordCharacter = (char: string): boolean => isLetter(char) || isDigit(char) || char === '_';
const isUnitCharacter = (char: string): boolean => isLetter(char) || char === 'µ';

/** What is read at the end; a NUL in the text ends it as well. */
const END = '';

const SINGLE: ReadonlySet<string> = new Set(['+', '*', '%', '&', '|', '^', '(', ')', ',', ';']);

export class Scanner {
  private readonly text: string;
  /** Of the character that is read next. Beyond the end it goes on counting, since messages show how often the end was read. */
  private next = 0;

  constructor(text: string) {
    this.text = text.replace(/\r\n?/g, '\n');
  }

  /** Where an offset is for people. InfluxDB counts code points, and the end twice where it is read twice. */
  placeOf(position: number): Place {
    const before = this.text.slice(0, position);
    const line = before.split('\n').length;
    const inLine = before.slice(before.lastIndexOf('\n') + 1);
    return { line, char: Array.from(inLine).length + (position > this.text.length ? 1 : 0) + 1 };
  }

  /** The character that is read next, which is then read already where it is the end. */
  peek(): string {
    const char = this.read();
    if (char !== END) this.unread();
    return char;
  }

  scan(): Token {
    const position = this.next;
    const char = this.read();
    const token = (kind: TokenKind, text = ''): Token => ({ kind, text, position });
    if (isBlank(char)) {
      const blanks = char + this.readWhile(isBlank);
      this.passEnd();
      return token('WS', blanks);
    }
    if (isLetter(char) || char === '_' || char === '"') {
      this.unread();
      return this.scanWord(true);
    }
    if (isDigit(char)) return this.scanNumber();
    if (SINGLE.has(char)) return token(char as TokenKind);
    switch (char) {
      case END:
        return token('EOF');
      case "'":
        return this.scanString();
      case '.':
        return isDigit(this.peekOne()) ? this.scanNumber() : token('.');
      case '$': {
        const { kind, text } = this.scanWord(false);
        return token(kind === 'IDENT' ? 'BOUNDPARAM' : kind, `$${text}`);
      }
      case '-':
        if (!this.accept('-')) return token('-');
        this.readWhile((c) => c !== '\n' && c !== END);
        this.read();
        return token('COMMENT');
      case '/':
        if (!this.accept('*')) return token('/');
        return token(this.skipComment() ? 'COMMENT' : 'ILLEGAL');
      case '=':
        return token(this.accept('~') ? '=~' : '=');
      case '!':
        if (this.accept('=')) return token('!=');
        return this.accept('~') ? token('!~') : token('ILLEGAL', '!');
      case '>':
        return token(this.accept('=') ? '>=' : '>');
      case '<':
        if (this.accept('=')) return token('<=');
        return token(this.accept('>') ? '!=' : '<');
      case ':':
        return token(this.accept(':') ? '::' : ':');
      default:
        return token('ILLEGAL', char);
    }
  }

  /** A regular expression with its slashes. The next character is the first slash. */
  scanRegex(): Token {
    const position = this.before(this.next);
    let source = '';
    this.read();
    for (;;) {
      const char = this.read();
      if (char === '/') return { kind: 'REGEX', text: source, position };
      if (char === END || char === '\n') return { kind: 'BADREGEX', text: '', position };
      source += char === '\\' && this.accept('/') ? '/' : char;
    }
  }

  private read(): string {
    const at = this.next;
    if (at >= this.text.length) {
      this.next++;
      return END;
    }
    const code = this.text.codePointAt(at) as number;
    this.next = at + (code > 0xffff ? 2 : 1);
    return code === 0 ? END : String.fromCodePoint(code);
  }

  private unread(): void {
    this.next = this.before(this.next);
  }

  /** The offset of the character before an offset. */
  private before(offset: number): number {
    const previous = Math.max(0, offset - 1);
    const isLow = (this.text.charCodeAt(previous) & 0xfc00) === 0xdc00;
    return isLow && previous > 0 && (this.text.charCodeAt(previous - 1) & 0xfc00) === 0xd800 ? previous - 1 : previous;
  }

  private peekOne(): string {
    const char = this.read();
    this.unread();
    return char;
  }

  private accept(char: string): boolean {
    if (this.read() === char) return true;
    this.unread();
    return false;
  }

  private readWhile(fits: (char: string) => boolean): string {
    let read = '';
    for (;;) {
      const char = this.read();
      if (char === END || !fits(char)) {
        this.unread();
        return read;
      }
      read += char;
    }
  }

  /** Reads the end where it is next: InfluxDB looks for it behind words and blanks, which shows in positions. */
  private passEnd(): void {
    if (this.read() !== END) this.unread();
  }

  private skipComment(): boolean {
    let previous = END;
    for (;;) {
      const char = this.read();
      if (char === END) return false;
      if (previous === '*' && char === '/') return true;
      previous = char;
    }
  }

  private scanWord(withKeywords: boolean): Token {
    const position = this.next;
    let word = '';
    for (;;) {
      const char = this.peekOne();
      if (char === '"') {
        // A quoted word takes the place of what stands right before it.
        this.read();
        const quoted = this.scanString();
        return quoted.kind === 'STRING' ? { kind: 'IDENT', text: quoted.text, position } : quoted;
      }
      if (!isWordCharacter(char)) break;
      word += this.readWhile(isWordCharacter);
    }
    this.passEnd();
    const keyword = withKeywords ? findKeyword(word) : undefined;
    return keyword === undefined ? { kind: 'IDENT', text: word, position } : { kind: keyword, text: '', position };
  }

  /** A text in quotes of either kind, the first of which has been read. */
  private scanString(): Token {
    this.unread();
    const position = this.before(this.next);
    const quote = this.read();
    let text = '';
    for (;;) {
      const char = this.read();
      if (char === quote) return { kind: 'STRING', text, position };
      if (char === END || char === '\n') return { kind: 'BADSTRING', text, position };
      if (char !== '\\') {
        text += char;
        continue;
      }
      const at = this.next;
      const escaped = this.read();
      if (escaped === 'n') text += '\n';
      else if (escaped === '\\' || escaped === '"' || escaped === "'") text += escaped;
      else return { kind: 'BADESCAPE', text: `\\${escaped}`, position: at };
    }
  }

  /** A number or duration whose first character (a digit, or a dot before one) has been read. */
  private scanNumber(): Token {
    this.unread();
    const position = this.next;
    let text = this.readWhile(isDigit);
    if (this.accept('.')) {
      const fraction = this.readWhile(isDigit);
      if (fraction !== '') text += `.${fraction}`;
      return { kind: 'NUMBER', text, position };
    }
    if (!isUnitCharacter(this.peekOne())) return { kind: 'INTEGER', text, position };
    text += this.readWhile((char) => isUnitCharacter(char) || isDigit(char));
    return { kind: 'DURATIONVAL', text, position };
  }
}
