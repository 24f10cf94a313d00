/** Annotated CSV read back into tables: what `csv.from` takes, and what a client makes of an answer. */
import { invalid } from '../domain/errors.js';
import type { Cell, ColumnType, KeyColumn, TableColumn } from '../domain/table.js';
import { parseTime } from '../domain/time.js';
import { VectorBuilder } from '../domain/vector-builder.js';
import { CsvReader } from './csv-reader.js';

export interface DecodedTable {
  /** The name of the result it belongs to. */
  readonly result: string;
  readonly key: readonly KeyColumn[];
  readonly columns: readonly TableColumn[];
  readonly rowCount: number;
}

export interface DecodeOptions {
  /** Without annotations: the first record names the columns, all of them texts of one table. */
  readonly raw?: boolean | undefined;
  readonly delimiter?: string | undefined;
}

/** @throws DomainError `invalid` for what is no annotated CSV, and with its message for an error that stands in it */
export function* decodeAnnotatedCsv(text: string, options: DecodeOptions = {}): Iterable<DecodedTable> {
  const reader = new CsvReader({ delimiter: options.delimiter });
  const decoder = newDecoder(options);
  for (const record of reader.push(text)) yield* decoder.push(record);
  for (const record of reader.end()) yield* decoder.push(record);
  yield* decoder.end();
}

/** The same for a text that comes in pieces; a table is handed out once it is whole. */
export async function* decodeAnnotatedCsvStream(pieces: AsyncIterable<string>, options: DecodeOptions = {}): AsyncIterable<DecodedTable> {
  const reader = new CsvReader({ delimiter: options.delimiter });
  const decoder = newDecoder(options);
  for await (const piece of pieces) for (const record of reader.push(piece)) yield* decoder.push(record);
  for (const record of reader.end()) yield* decoder.push(record);
  yield* decoder.end();
}

interface Decoder {
  push(record: readonly string[]): Iterable<DecodedTable>;
  end(): Iterable<DecodedTable>;
}

const newDecoder = ({ raw = false }: DecodeOptions): Decoder => (raw ? new RawDecoder() : new AnnotatedDecoder());

const DEFAULT_RESULT = '_result';

const FIELD_COUNT = 'wrong number of fields';

class RawDecoder implements Decoder {
  private builders: { readonly label: string; readonly builder: VectorBuilder }[] | undefined;
  private rowCount = 0;

  *push(record: readonly string[]): Iterable<DecodedTable> {
    if (this.builders === undefined) {
      this.builders = record.map((label) => ({ label, builder: new VectorBuilder('string') }));
      return;
    }
    if (record.length !== this.builders.length) throw invalid(FIELD_COUNT);
    for (const [i, { builder }] of this.builders.entries()) builder.push(record[i] === '' ? null : (record[i] as string));
    this.rowCount++;
    yield* [];
  }

  *end(): Iterable<DecodedTable> {
    if (this.builders === undefined) return;
    const columns = this.builders.map(({ label, builder }): TableColumn => ({ label, type: 'string', vector: builder.build() }));
    yield { result: DEFAULT_RESULT, key: [], columns, rowCount: this.rowCount };
  }
}

interface ColumnShape {
  readonly label: string;
  readonly type: ColumnType;
  readonly inKey: boolean;
  /** What an empty cell stands for. */
  readonly fallback: Cell;
}

/** What annotations and header say of the tables below them. */
interface Shape {
  readonly result: string;
  readonly tableId: string;
  readonly columns: readonly ColumnShape[];
  readonly fieldCount: number;
}

interface Annotations {
  datatype?: readonly string[];
  group?: readonly string[];
  default?: readonly string[];
  fieldCount: number;
}

/** Annotation, result and table stand before the columns. */
const FIRST_COLUMN = 3;
const PREFIX = '#';

const isAnnotation = (name: string | undefined): name is 'datatype' | 'group' | 'default' =>
  name === 'datatype' || name === 'group' || name === 'default';

class AnnotatedDecoder implements Decoder {
  private annotations: Annotations | undefined;
  private shape: Shape | undefined;
  private table: TableUnderWay | undefined;
  private isError = false;

  *push(record: readonly string[]): Iterable<DecodedTable> {
    if (this.isError) throw invalid(record[1] ?? 'unknown error');
    // Above a table, InfluxDB knows its annotations without their sign, too.
    if (record[0]?.startsWith(PREFIX) === true || (this.shape === undefined && isAnnotation(record[0]))) {
      if (this.shape !== undefined) yield* this.endShape();
      this.annotate(record);
    } else if (this.shape === undefined) {
      this.header(record);
    } else {
      yield* this.row(record, this.shape);
    }
  }

  *end(): Iterable<DecodedTable> {
    if (this.shape !== undefined) yield* this.endShape();
    else if (this.annotations !== undefined) throw invalid('missing expected header row');
  }

  private annotate(record: readonly string[]): void {
    this.annotations ??= { fieldCount: record.length };
    if (record.length !== this.annotations.fieldCount) throw invalid(`failed to read annotations: ${FIELD_COUNT}`);
    const [first = ''] = record;
    const name = first.startsWith(PREFIX) ? first.slice(PREFIX.length) : first;
    if (isAnnotation(name)) this.annotations[name] = record;
  }

  private header(record: readonly string[]): void {
    // The table of an error may come without annotations.
    if (record[1] === 'error') {
      this.isError = true;
      return;
    }
    const { annotations } = this;
    if (annotations?.datatype === undefined) {
      throw invalid(
        'missing expected annotation datatype. consider using the mode: "raw" for csv that is not expected to have annotations.',
      );
    }
    if (annotations.group === undefined) throw invalid('missing expected annotation group');
    if (annotations.default === undefined) throw invalid('missing expected annotation default');
    if (record.length !== annotations.fieldCount) throw invalid(`failed to read header row: ${FIELD_COUNT}`);
    const { datatype, group, default: defaults } = annotations;
    const columns = record.slice(FIRST_COLUMN).map((label, i): ColumnShape => {
      const at = i + FIRST_COLUMN;
      const type = typeOf(datatype[at] as string, label);
      return { label, type, inKey: group[at] === 'true', fallback: parseCell(type, defaults[at] as string, label) };
    });
    this.shape = { result: defaults[1] as string, tableId: defaults[2] as string, columns, fieldCount: record.length };
    this.annotations = undefined;
  }

  private *row(record: readonly string[], shape: Shape): Iterable<DecodedTable> {
    if (record.length !== shape.fieldCount) throw invalid(FIELD_COUNT);
    const id = record[2] === '' ? (this.table?.id ?? shape.tableId) : (record[2] as string);
    if (this.table !== undefined && this.table.id !== id) {
      yield this.table.build();
      this.table = undefined;
    }
    this.table ??= new TableUnderWay(id, shape, record[1] === '' ? shape.result : (record[1] as string));
    this.table.push(record);
  }

  /** A shape without a row is a table without rows. */
  private *endShape(): Iterable<DecodedTable> {
    const { table, shape } = this;
    this.table = undefined;
    this.shape = undefined;
    if (table !== undefined) yield table.build();
    else if (shape !== undefined) yield new TableUnderWay(shape.tableId, shape, shape.result).build();
  }
}

class TableUnderWay {
  readonly id: string;
  private readonly result: string;
  private readonly shape: Shape;
  private readonly builders: readonly VectorBuilder[];
  private key: readonly KeyColumn[] | undefined;
  private rowCount = 0;

  constructor(id: string, shape: Shape, result: string) {
    this.id = id;
    this.shape = shape;
    this.result = result;
    this.builders = shape.columns.map(({ type }) => new VectorBuilder(type));
  }

  push(record: readonly string[]): void {
    const cells = this.shape.columns.map(({ type, label, fallback }, i) => {
      const cell = record[i + FIRST_COLUMN] as string;
      return cell === '' ? fallback : parseCell(type, cell, label);
    });
    this.key ??= this.keyOf(cells);
    for (const [i, builder] of this.builders.entries()) builder.push(cells[i] as Cell);
    this.rowCount++;
  }

  build(): DecodedTable {
    const columns = this.shape.columns.map(({ label, type }, i): TableColumn => ({
      label,
      type,
      vector: (this.builders[i] as VectorBuilder).build(),
    }));
    const key = this.key ?? this.keyOf(this.shape.columns.map(({ fallback }) => fallback));
    return { result: this.result, key, columns, rowCount: this.rowCount };
  }

  private keyOf(cells: readonly Cell[]): KeyColumn[] {
    return this.shape.columns.flatMap(({ label, type, inKey }, i) => (inKey ? [{ label, type, value: cells[i] as Cell }] : []));
  }
}

function typeOf(datatype: string, label: string): ColumnType {
  switch (datatype) {
    case 'boolean':
      return 'bool';
    case 'long':
      return 'int';
    case 'unsignedLong':
      return 'uint';
    case 'double':
      return 'float';
    case 'string':
    case 'duration':
      return 'string';
  }
  if (datatype.startsWith('dateTime')) return 'time';
  throw invalid(`column "${label}" has invalid datatype: unsupported data type "${datatype}"`);
}

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;
const FLOAT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const FLOAT_WORDS: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, infinity: Infinity };

function parseCell(type: ColumnType, cell: string, label: string): Cell {
  if (cell === '') return null;
  const value = parsers[type](cell);
  if (value === undefined) throw invalid(`column "${label}": cannot read "${cell}" as ${type}`);
  return value;
}

const parsers: Readonly<Record<ColumnType, (cell: string) => Cell | undefined>> = {
  string: (cell) => cell,
  // As Go's ParseBool.
  bool: (cell) => (/^(1|t|T|true|True|TRUE)$/.test(cell) ? true : /^(0|f|F|false|False|FALSE)$/.test(cell) ? false : undefined),
  int: (cell) => parseInteger(cell, INT_MIN, INT_MAX),
  uint: (cell) => parseInteger(cell, 0n, UINT_MAX),
  float(cell) {
    if (FLOAT.test(cell)) return Number(cell);
    const word = FLOAT_WORDS[cell.replace(/^[+-]/, '').toLowerCase()];
    return word !== undefined && cell.startsWith('-') ? -word : word;
  },
  time: parseTime,
};

function parseInteger(cell: string, min: bigint, max: bigint): bigint | undefined {
  if (!/^[+-]?\d+$/.test(cell)) return undefined;
  const value = BigInt(cell.replace(/^\+/, ''));
  return value >= min && value <= max ? value : undefined;
}
