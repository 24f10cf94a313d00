/** CSV, record by record, as Go's reader takes it with lazy quotes: a quote within a cell stands for itself. */

const QUOTE = '"';

/** Takes a text in pieces, hands out records as they become complete. Blank lines are left out. */
export class CsvReader {
  private readonly delimiter: string;
  private record: string[] = [];
  private cell = '';
  private state: 'start of cell' | 'in cell' | 'in quotes' | 'after quote' = 'start of cell';
  /** A CR at the end of a piece, which may be half of a line break. */
  private heldReturn = false;

  constructor(delimiter = ',') {
    this.delimiter = delimiter;
  }

  *push(text: string): Iterable<readonly string[]> {
    let input = this.heldReturn ? `\r${text}` : text;
    this.heldReturn = input.endsWith('\r');
    if (this.heldReturn) input = input.slice(0, -1);
    yield* this.read(input.replaceAll('\r\n', '\n'));
  }

  /** The last record, which need not end with a line break. */
  *end(): Iterable<readonly string[]> {
    if (this.record.length > 0 || this.cell !== '' || this.state !== 'start of cell') yield this.endRecord();
  }

  private *read(input: string): Iterable<readonly string[]> {
    const { delimiter } = this;
    let at = 0;
    while (at < input.length) {
      if (this.state === 'start of cell' || this.state === 'in cell') {
        const letter = input[at] as string;
        if (this.state === 'start of cell' && letter === QUOTE) {
          this.state = 'in quotes';
          at++;
          continue;
        }
        const end = endOfCell(input, at, delimiter);
        this.cell += input.slice(at, end);
        if (end > at) this.state = 'in cell';
        at = end;
      } else if (this.state === 'in quotes') {
        const end = input.indexOf(QUOTE, at);
        this.cell += input.slice(at, end < 0 ? input.length : end);
        if (end >= 0) this.state = 'after quote';
        at = end < 0 ? input.length : end + 1;
        continue;
      } else if (input[at] !== delimiter && input[at] !== '\n') {
        // A doubled quote, or one that is no end.
        this.cell += QUOTE;
        if (input[at] === QUOTE) at++;
        this.state = 'in quotes';
        continue;
      }
      if (at >= input.length) return;
      if (input[at] === delimiter) this.endCell();
      else if (this.record.length > 0 || this.state !== 'start of cell') yield this.endRecord();
      at++;
    }
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
    return record;
  }
}

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

export function* readCsv(text: string, delimiter?: string): Iterable<readonly string[]> {
  const reader = new CsvReader(delimiter);
  yield* reader.push(text);
  yield* reader.end();
}
