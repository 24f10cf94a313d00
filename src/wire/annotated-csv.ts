/** Annotated CSV as InfluxDB streams it: blocks of tables with one shape, each under its annotations and header. */
import { DomainError } from '../domain/errors.js';
import { formatFloat } from '../domain/float.js';
import type { Cell, ColumnType, TableColumn, TablePiece, Vector } from '../domain/table.js';
import { formatTime } from '../domain/time.js';
import { ByteWriter } from './byte-writer.js';
import { writeFloat } from './float-writer.js';
import { TimeWriter } from './time-writer.js';

export type Annotation = 'datatype' | 'group' | 'default';

export interface CsvDialect {
  readonly header: boolean;
  /** One byte. */
  readonly delimiter: string;
  /** In the order in which they are to come. */
  readonly annotations: readonly Annotation[];
}

export const DEFAULT_DIALECT: CsvDialect = { header: true, delimiter: ',', annotations: [] };

export interface NamedResult {
  readonly name: string;
  readonly pieces: AsyncIterable<TablePiece>;
}

const DATATYPES: Readonly<Record<ColumnType, string>> = {
  bool: 'boolean',
  int: 'long',
  uint: 'unsignedLong',
  float: 'double',
  string: 'string',
  time: 'dateTime:RFC3339',
};

/** Bytes that are collected before they are handed on. */
const FLUSH_BYTES = 64 * 1024;
const ROWS_AT_A_TIME = 256;

/**
 * Encodes results one after the other. An error before the first byte is thrown; one after it becomes a table `error,reference`, since the
 * answer has begun.
 *
 * @param onLateError told of an error that went into the answer
 */
export async function* encodeAnnotatedCsv(
  results: Iterable<NamedResult>,
  dialect: CsvDialect,
  onLateError: (error: unknown) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  const output = { hasBegun: false };
  const take = (): Uint8Array => {
    output.hasBegun = true;
    return writer.take();
  };
  try {
    for (const { name, pieces } of results) {
      const encoder = new ResultEncoder(name, dialect, writer);
      for await (const piece of pieces) {
        for (const written of encoder.encode(piece)) if (written >= FLUSH_BYTES) yield take();
      }
      writer.text('\r\n');
    }
  } catch (error) {
    if (!output.hasBegun && writer.length === 0) throw error;
    onLateError(error);
    writer.text('\r\n');
    writeError(writer, error instanceof DomainError ? error.message : 'internal error', dialect);
  }
  if (writer.length > 0) yield take();
}

/** The table that says that something went wrong. */
export function encodeCsvError(message: string, dialect: CsvDialect): Uint8Array {
  const writer = new ByteWriter();
  writeError(writer, message, dialect);
  return writer.take();
}

function writeError(writer: ByteWriter, message: string, { annotations, delimiter }: CsvDialect): void {
  for (const annotation of annotations) {
    const cells = { datatype: ['string', 'string'], group: ['true', 'true'], default: ['', ''] }[annotation];
    writer.text(line([`#${annotation}`, ...cells], delimiter));
  }
  writer.text(line(['', 'error', 'reference'], delimiter));
  writer.text(line(['', message, ''], delimiter));
}

const line = (cells: readonly string[], delimiter: string): string => `${cells.map((cell) => quote(cell, delimiter)).join(delimiter)}\r\n`;

/** Go's rule: quotes where the delimiter, a quote or a line break is inside, or a blank comes first. Line breaks become CRLF. */
export function quote(cell: string, delimiter: string): string {
  if (cell === '') return cell;
  if (
    cell !== '\\.' &&
    !cell.includes(delimiter) &&
    !/["\r\n]/.test(cell) &&
    !/^[\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/.test(cell)
  )
    return cell;
  return `"${cell.replaceAll('"', '""').replaceAll('\r', '').replaceAll('\n', '\r\n')}"`;
}

/** Encodes the tables of one result. */
class ResultEncoder {
  private readonly name: string;
  private readonly dialect: CsvDialect;
  private readonly writer: ByteWriter;
  private readonly times = new TimeWriter();
  private tableNumber = -1;
  private shape: string | undefined;
  private lastWasEmpty = false;

  constructor(name: string, dialect: CsvDialect, writer: ByteWriter) {
    this.name = name;
    this.dialect = dialect;
    this.writer = writer;
  }

  /** Yields, after some rows each time, how many bytes wait to be taken. */
  *encode({ chunk, startsTable }: TablePiece): Iterable<number> {
    if (startsTable) this.beginTable(chunk);
    if (chunk.rowCount > 0) yield* this.rows(chunk);
    yield this.writer.length;
  }

  private beginTable({ key, columns, rowCount }: TablePiece['chunk']): void {
    this.tableNumber++;
    const isEmpty = rowCount === 0;
    const shape = JSON.stringify([key.columns.map(({ label, type }) => [label, type]), columns.map(({ label, type }) => [label, type])]);
    if (isEmpty || this.lastWasEmpty || shape !== this.shape) {
      if (this.shape !== undefined) this.writer.text('\r\n');
      this.schema(key.columns, columns, isEmpty);
    }
    this.shape = shape;
    this.lastWasEmpty = isEmpty;
  }

  private schema(key: TablePiece['chunk']['key']['columns'], columns: readonly TableColumn[], isEmpty: boolean): void {
    const { annotations, delimiter, header } = this.dialect;
    const valueOf = new Map(key.map(({ label, type, value }) => [label, formatCell(type, value)]));
    for (const annotation of annotations) {
      const cells = {
        datatype: () => ['string', 'long', ...columns.map(({ type }) => DATATYPES[type])],
        group: () => ['false', 'false', ...columns.map(({ label }) => String(valueOf.has(label)))],
        default: () => [
          this.name,
          isEmpty ? String(this.tableNumber) : '',
          ...columns.map(({ label }) => (isEmpty ? (valueOf.get(label) ?? '') : '')),
        ],
      }[annotation]();
      this.writer.text(line([`#${annotation}`, ...cells], delimiter));
    }
    if (header) this.writer.text(line(['', 'result', 'table', ...columns.map(({ label }) => label)], delimiter));
  }

  /** Cells that are the same in all rows are encoded once, together with the delimiters around them. */
  private *rows({ columns, rowCount }: TablePiece['chunk']): Iterable<number> {
    const { delimiter, annotations } = this.dialect;
    const { writer } = this;
    const cells: RowCell[] = [];
    let text = delimiter + (annotations.includes('default') ? '' : quote(this.name, delimiter)) + delimiter + String(this.tableNumber);
    for (const { vector } of columns) {
      text += delimiter;
      if (vector.form === 'constant') {
        text += quote(formatCell(vector.type, vector.value), delimiter);
        continue;
      }
      cells.push({ before: Buffer.from(text), write: this.cellWriter(vector) });
      text = '';
    }
    const after = Buffer.from(`${text}\r\n`);
    for (let from = 0; from < rowCount; from += ROWS_AT_A_TIME) {
      writeRows(writer, cells, after, from, Math.min(from + ROWS_AT_A_TIME, rowCount));
      yield writer.length;
    }
  }

  private cellWriter(vector: Exclude<Vector, { form: 'constant' }>): (row: number) => void {
    const { writer, times } = this;
    const { valid } = vector;
    const write = ((): ((row: number) => void) => {
      switch (vector.type) {
        case 'time':
          return times.writerOf(vector.values, writer);
        case 'float': {
          const { values } = vector;
          return (row) => {
            writeFloat(writer, values[row] as number);
          };
        }
        case 'int':
        case 'uint': {
          const { values } = vector;
          return (row) => {
            writer.ascii(String(values[row]));
          };
        }
        case 'bool': {
          const { values } = vector;
          return (row) => {
            writer.ascii(values[row] === 0 ? 'false' : 'true');
          };
        }
        case 'string':
          return stringWriter(vector.values, this.dialect.delimiter, writer);
      }
    })();
    return valid === undefined
      ? write
      : (row) => {
          if (valid[row] !== 0) write(row);
        };
  }
}

function writeRows(writer: ByteWriter, cells: readonly RowCell[], after: Uint8Array, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    for (const { before, write } of cells) {
      writer.bytes(before);
      write(row);
    }
    writer.bytes(after);
  }
}

interface RowCell {
  readonly before: Uint8Array;
  readonly write: (row: number) => void;
}

/** Texts repeat, most often: their encoding is kept while it does. */
function stringWriter(values: readonly string[], delimiter: string, writer: ByteWriter): (row: number) => void {
  let last: string | undefined;
  let encoded: Uint8Array = new Uint8Array();
  return (row) => {
    const value = values[row] as string;
    if (value !== last) {
      last = value;
      encoded = Buffer.from(quote(value, delimiter));
    }
    writer.bytes(encoded);
  };
}

/** A cell as CSV has it, without quotes. A null is an empty cell. */
export function formatCell(type: ColumnType, cell: Cell): string {
  if (cell === null) return '';
  switch (type) {
    case 'time':
      return formatTime(cell as bigint);
    case 'float':
      return formatFloat(cell as number);
    default:
      return String(cell);
  }
}
