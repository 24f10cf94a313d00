/** Annotated CSV in pieces made into line protocol in pieces. */
import { messageOf } from '../failure.js';
import { log } from '../log.js';
import { CsvReader } from '../../wire/csv-reader.js';
import { formatCsvRow } from './format-csv-row.js';
import { CsvTable } from './csv-table.js';

/** Bytes that are gathered before they go on. */
const PIECE_LENGTH = 64 * 1024;

export interface CsvLinesOptions {
  readonly ignoresTypesInNames: boolean;
  readonly nanosecondsPerUnit: bigint;
  /** Rows that make no line are passed over with a message. */
  readonly skipsRows: boolean;
  readonly showsColumns: boolean;
  /** How many lines of the source come before the first that is read here. */
  readonly lineOffset: number;
  /** Takes rows that make no line. */
  readonly reject?: ((text: string) => void) | undefined;
}

/** @throws Error with the line and the column of the first row that makes no line, unless such rows are skipped */
export async function* csvLines(texts: AsyncIterable<string>, options: CsvLinesOptions): AsyncGenerator<Buffer> {
  const converter = new Converter(options);
  let piece = '';
  for await (const text of texts) {
    for (const row of converter.reader.push(text)) {
      piece += converter.convert(row);
      if (piece.length < PIECE_LENGTH) continue;
      yield Buffer.from(piece);
      piece = '';
    }
    if (piece !== '') yield Buffer.from(piece);
    piece = '';
  }
  for (const row of converter.reader.end()) piece += converter.convert(row);
  if (piece !== '') yield Buffer.from(piece);
}

class Converter {
  readonly reader = new CsvReader({ isStrict: true });
  readonly #options: CsvLinesOptions;
  readonly #table: CsvTable;
  #wasData = false;

  constructor(options: CsvLinesOptions) {
    this.#options = options;
    this.#table = new CsvTable({ ...options, warn: log });
  }

  /** @returns the line with its end; nothing for what is no data */
  convert(cells: readonly string[]): string {
    const lineHere = this.reader.line;
    const line = lineHere + this.#options.lineOffset;
    const [first = ''] = cells;
    if (lineHere === 1 && cells.length === 1 && /^sep=./.test(first)) {
      this.reader.delimiter = first.charAt(4);
      return '';
    }
    const isData = this.#table.addRow(cells);
    if (isData && !this.#wasData && this.#options.showsColumns) log(this.#table.describeColumns());
    this.#wasData = isData;
    if (!isData) {
      this.#warnOfReturns(cells, line);
      return '';
    }
    try {
      return `${this.#table.formatLine(cells, line)}\n`;
    } catch (error) {
      this.#reject(cells, `line ${line}: ${messageOf(error)}`);
      return '';
    }
  }

  #warnOfReturns(cells: readonly string[], line: number): void {
    if (!cells.some((cell) => /\r[^\n]/.test(cell))) return;
    log(`WARNING: line ${line}: standalone CR character found. Only CRLF and LF line endings are supported.`);
  }

  #reject(cells: readonly string[], reason: string): void {
    const { skipsRows, reject } = this.#options;
    if (!skipsRows && reject === undefined) throw new Error(reason);
    log(reason);
    reject?.(formatCsvRow([`# error : ${reason}`], this.reader.delimiter) + formatCsvRow(cells, this.reader.delimiter));
  }
}
