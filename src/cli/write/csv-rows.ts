/** CSV in pieces made into rows with their line numbers, as Go's encoding/csv reads it: strict about quotes, passing blank lines over. */

export interface CsvRow {
  readonly cells: readonly string[];
  /** Of its last line; the first is 1. */
  readonly line: number;
}

const QUOTE = '"';

export class CsvRows {
  /** May be changed between rows. */
  delimiter = ',';
  private rest = '';
  private line = 1;

  /** @throws Error in Go's words */
  *push(piece: string): Generator<CsvRow> {
    yield* this.read(this.rest + piece, false);
  }

  /** The last row may have no line break. @throws Error in Go's words */
  *end(): Generator<CsvRow> {
    yield* this.read(this.rest, true);
  }

  private *read(text: string, isWhole: boolean): Generator<CsvRow> {
    let at = 0;
    while (at < text.length) {
      const end = endOfRow(text, at);
      if (end === undefined && !isWhole) break;
      const row = text.slice(at, end ?? text.length);
      at = end === undefined ? text.length : end + 1;
      const breaks = countBreaks(row);
      const content = row.endsWith('\r') ? row.slice(0, -1) : row;
      const first = this.line;
      this.line += breaks + 1;
      if (content !== '') yield { cells: this.split(content.replaceAll('\r\n', '\n'), first), line: first + breaks };
    }
    this.rest = text.slice(at);
  }

  private split(row: string, line: number): string[] {
    if (!row.includes(QUOTE)) return row.split(this.delimiter);
    const cells: string[] = [];
    for (let at = 0; ; at++) {
      if (row[at] === QUOTE) {
        const end = endOfQuotes(row, at + 1);
        if (end === undefined) throw parseError(line, row.length + 1, 'extraneous or missing " in quoted-field');
        if (end + 1 < row.length && row[end + 1] !== this.delimiter)
          throw parseError(line, end + 1, 'extraneous or missing " in quoted-field');
        cells.push(row.slice(at + 1, end).replaceAll('""', QUOTE));
        at = end + 1;
      } else {
        const next = row.indexOf(this.delimiter, at);
        const end = next < 0 ? row.length : next;
        const cell = row.slice(at, end);
        if (cell.includes(QUOTE)) throw parseError(line, at + cell.indexOf(QUOTE) + 1, 'bare " in non-quoted-field');
        cells.push(cell);
        at = end;
      }
      if (at >= row.length) return cells;
    }
  }
}

const parseError = (line: number, column: number, reason: string): Error =>
  new Error(`parse error on line ${line}, column ${column}: ${reason}`);

/** Where the line break is that ends the row: the first that is not between quotes. Undefined: not in this text. */
function endOfRow(text: string, from: number): number | undefined {
  let quotes = text.indexOf(QUOTE, from);
  let lineBreak = text.indexOf('\n', from);
  while (lineBreak >= 0 && quotes >= 0 && quotes < lineBreak) {
    const close = text.indexOf(QUOTE, quotes + 1);
    if (close < 0) return undefined;
    if (close > lineBreak) lineBreak = text.indexOf('\n', close);
    quotes = text.indexOf(QUOTE, close + 1);
  }
  return lineBreak < 0 ? undefined : lineBreak;
}

function endOfQuotes(row: string, from: number): number | undefined {
  for (let at = row.indexOf(QUOTE, from); at >= 0; at = row.indexOf(QUOTE, at + 2)) if (row[at + 1] !== QUOTE) return at;
  return undefined;
}

function countBreaks(row: string): number {
  let count = 0;
  for (let at = row.indexOf('\n'); at >= 0; at = row.indexOf('\n', at + 1)) count++;
  return count;
}

/** A row as CSV, as Go's encoding/csv writes it. */
export const formatCsvRow = (cells: readonly string[], delimiter: string): string =>
  `${cells.map((cell) => (needsQuotes(cell, delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter)}\n`;

const needsQuotes = (cell: string, delimiter: string): boolean =>
  cell !== '' && (cell.includes(delimiter) || /["\r\n]|^\s/.test(cell) || cell === '\\.');
