/** CSV, record by record, as Go's encoding/csv reads it: strictly, or with lazy quotes, where a quote within a cell stands for itself. */

const QUOTE = '"';

export interface CsvReaderOptions {
  readonly delimiter?: string | undefined;
  /** Quotes where Go's reader refuses them are refused. */
  readonly isStrict?: boolean | undefined;
}

/** Takes a text in pieces, hands out records as they become complete. Blank lines are left out. */
export class CsvReader {
  /** May be changed between records. */
  delimiter: string;
  /** The number of the last line of the record that was handed out last; the first line is 1. */
  line = 0;

  private readonly isStrict: boolean;
  private record: string[] = [];
  private cell = '';
  private state: 'start of cell' | 'in cell' | 'in quotes' | 'after quote' = 'start of cell';
  /** A CR at the end of a piece, which may be half of a line break. */
  private heldReturn = false;
  /** The number of the line that is being read, and of the first of its record. */
  private currentLine = 1;
  private firstLine = 1;
  /** Letters of the record that came with earlier pieces, and where it begins in this one. */
  private earlierLength = 0;
  private start = 0;

  constructor({ delimiter = ',', isStrict = false }: CsvReaderOptions = {}) {
    this.delimiter = delimiter;
    this.isStrict = isStrict;
  }

  /** @throws Error in Go's words, where it is strict */
  *push(text: string): Iterable<readonly string[]> {
    let input = this.heldReturn ? `\r${text}` : text;
    this.heldReturn = input.endsWith('\r');
    if (this.heldReturn) input = input.slice(0, -1);
    yield* this.read(input.replaceAll('\r\n', '\n'));
  }

  /** The last record, which need not end with a line break. @throws Error in Go's words, where it is strict */
  *end(): Iterable<readonly string[]> {
    if (this.isStrict && this.state === 'in quotes') this.refuse(MISPLACED, 0);
    if (this.record.length > 0 || this.cell !== '' || this.state !== 'start of cell') yield this.endRecord();
  }

  private *read(input: string): Iterable<readonly string[]> {
    this.start = 0;
    let at = 0;
    while (at < input.length) {
      if (this.state === 'start of cell' || this.state === 'in cell') {
        if (this.state === 'start of cell' && input[at] === QUOTE) {
          this.state = 'in quotes';
          at++;
          continue;
        }
        const end = endOfCell(input, at, this.delimiter);
        const part = input.slice(at, end);
        if (this.isStrict && part.includes(QUOTE)) this.refuse(BARE, at + part.indexOf(QUOTE));
        this.cell += part;
        if (end > at) this.state = 'in cell';
        at = end;
      } else if (this.state === 'in quotes') {
        const end = input.indexOf(QUOTE, at);
        const part = input.slice(at, end < 0 ? input.length : end);
        this.cell += part;
        this.currentLine += countBreaks(part);
        if (end >= 0) this.state = 'after quote';
        at = end < 0 ? input.length : end + 1;
        continue;
      } else if (input[at] !== this.delimiter && input[at] !== '\n') {
        // A doubled quote, or one that is no end.
        if (input[at] === QUOTE) at++;
        else if (this.isStrict) this.refuse(MISPLACED, at - 1);
        this.cell += QUOTE;
        this.state = 'in quotes';
        continue;
      }
      if (at >= input.length) break;
      const isBreak = input[at] !== this.delimiter;
      at++;
      if (!isBreak) {
        this.endCell();
        continue;
      }
      const isBlank = this.record.length === 0 && this.state === 'start of cell';
      const record = isBlank ? undefined : this.endRecord();
      this.currentLine++;
      this.firstLine = this.currentLine;
      this.start = at;
      this.earlierLength = 0;
      if (record !== undefined) yield record;
    }
    this.earlierLength += input.length - this.start;
    this.start = 0;
  }

  private endCell(): void {
    this.record.push(this.cell);
    this.cell = '';
    this.state = 'start of cell';
  }

  private endRecord(): readonly string[] {
    this.endCell();
    const { record } = this;
    this.record = [];
    this.line = this.currentLine;
    return record;
  }

  private refuse(reason: string, at: number): never {
    throw new Error(`parse error on line ${this.firstLine}, column ${this.earlierLength + at - this.start + 1}: ${reason}`);
  }
}

const BARE = 'bare " in non-quoted-field';
const MISPLACED = 'extraneous or missing " in quoted-field';

const NEWLINE = '\n'.charCodeAt(0);

function endOfCell(input: string, from: number, delimiter: string): number {
  const delimiterCode = delimiter.charCodeAt(0);
  let at = from;
  for (; at < input.length; at++) {
    const code = input.charCodeAt(at);
    if (code === delimiterCode || code === NEWLINE) break;
  }
  return at;
}

function countBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

export function* readCsv(text: string, options?: CsvReaderOptions): Iterable<readonly string[]> {
  const reader = new CsvReader(options);
  yield* reader.push(text);
  yield* reader.end();
}
