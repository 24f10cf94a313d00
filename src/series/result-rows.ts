/** Rows of an answer, gathered from chunks and laid out by series, so that a table of one field is a slice of columns. */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Column, FieldType } from '../domain/series.js';
import { type ReadColumn, readColumn, readIntegers } from './vectors.js';

/**
 * The columns of an answer: what tells series from one another, then the time where all fields share one, then each field, followed by its
 * time where not.
 */
export interface ResultLayout {
  /** Of columns with keys: one is the series itself. */
  readonly keyCount: number;
  /** The types of the fields that the columns were made of. */
  readonly sources: readonly FieldType[];
  readonly fields: readonly FieldType[];
  readonly sharesTimes: boolean;
}

interface GatheredChunk {
  readonly series: Int32Array;
  readonly columns: readonly ReadColumn[];
}

/** All values of one column, laid out by series. */
interface FlatColumn {
  readonly type: FieldType;
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly strings: string[];
  readonly valid: Uint8Array | undefined;
}

export interface FieldRows {
  readonly times: BigInt64Array;
  readonly values: Column;
}

/** Shorter runs of rows of one series are copied value by value. */
const SHORT_RUN = 8;
/** Where rows are fewer than one for so many series, no step may take each series one by one. */
const FEW = 16;

export class ResultRows {
  readonly #layout: ResultLayout;
  readonly #types: readonly FieldType[];
  #chunks: GatheredChunk[] = [];
  #rowCount = 0;
  /** Series id -> where its rows start; one more for the end of the last. */
  #starts = new Int32Array(1);
  #columns: FlatColumn[] = [];
  /** Series id -> its place, where few of many series have rows. */
  #numbers: Map<number, number> | undefined;

  constructor(layout: ResultLayout) {
    this.#layout = layout;
    const values = layout.fields.flatMap((type): FieldType[] => (layout.sharesTimes ? [type] : [type, 'integer']));
    this.#types = layout.sharesTimes ? ['integer', ...values] : values;
  }

  /** @param series of each row; where an answer has several keys, numbers that stand for them */
  add(chunk: DuckDBDataChunk, series = readIntegers(chunk, 0)): void {
    const { keyCount } = this.#layout;
    const columns = this.#types.map((type, i) => readColumn(chunk, i + keyCount, type));
    this.#chunks.push({ series, columns });
    this.#rowCount += chunk.rowCount;
  }

  /** Lays the rows out; to be called once, after the last chunk. */
  arrange(knownSeriesCount: number): void {
    const seriesCount = this.#rowCount * FEW < knownSeriesCount ? this.#numberSeries() : knownSeriesCount;
    const starts = new Int32Array(seriesCount + 1);
    for (const { series } of this.#chunks) for (const id of series) (starts[id + 1] as number)++;
    for (let id = 0; id < seriesCount; id++) (starts[id + 1] as number) += starts[id] as number;
    this.#starts = starts;
    this.#columns = this.#types.map((type, i) => this.#newColumn(type, i));
    const cursors = starts.slice();
    for (const { series, columns } of this.#chunks) {
      for (let start = 0, end = 0; start < series.length; start = end) {
        const id = series[start] as number;
        while (end < series.length && series[end] === id) end++;
        const to = cursors[id] as number;
        cursors[id] = to + end - start;
        for (let i = 0; i < columns.length; i++) copyRun(columns[i] as ReadColumn, start, end, this.#columns[i] as FlatColumn, to);
      }
    }
    this.#chunks = [];
    if (this.#layout.sharesTimes) for (let id = 0; id < seriesCount; id++) this.#sortByTime(starts[id] as number, starts[id + 1] as number);
  }

  /** Gives each series that has rows a small number, and says how many there are. */
  #numberSeries(): number {
    const numbers = new Map<number, number>();
    for (const { series } of this.#chunks) {
      for (const [row, id] of series.entries()) {
        const known = numbers.get(id);
        series[row] = known ?? numbers.size;
        if (known === undefined) numbers.set(id, numbers.size);
      }
    }
    this.#numbers = numbers;
    return numbers.size;
  }

  #newColumn(type: FieldType, index: number): FlatColumn {
    const count = this.#rowCount;
    const hasNulls = this.#chunks.some(({ columns }) => columns[index]?.valid !== undefined);
    return {
      type,
      words: new Int32Array(type === 'string' || type === 'boolean' ? 0 : count * 2),
      bytes: new Uint8Array(type === 'boolean' ? count : 0),
      strings: type === 'string' ? new Array<string>(count) : [],
      valid: hasNulls ? new Uint8Array(count) : undefined,
    };
  }

  #sortByTime(start: number, end: number): void {
    const words = (this.#columns[0] as FlatColumn).words;
    if (isAscending(words, start, end)) return;
    const order = Int32Array.from({ length: end - start }, (_, i) => start + i).sort((a, b) => compareWords(words, a, b));
    for (const column of this.#columns) permute(column, order, start);
  }

  /** The rows of one field of one series in the order of time; undefined where there is none. */
  rowsOf(seriesId: number, fieldIndex: number): FieldRows | undefined {
    const number = this.#numbers === undefined ? seriesId : this.#numbers.get(seriesId);
    if (number === undefined) return undefined;
    const start = this.#starts[number] as number;
    const end = this.#starts[number + 1] as number;
    if (start === end) return undefined;
    const { sharesTimes } = this.#layout;
    const values = this.#columns[sharesTimes ? fieldIndex + 1 : fieldIndex * 2] as FlatColumn;
    const times = this.#columns[sharesTimes ? 0 : fieldIndex * 2 + 1] as FlatColumn;
    const rows = validRows(values.valid, start, end);
    if (rows === undefined) return { times: longs(times.words, start, end), values: sliceColumn(values, start, end) };
    if (rows.length === 0) return undefined;
    return { times: new BigInt64Array(pickWords(times.words, rows).buffer), values: pickColumn(values, rows) };
  }
}

function copyRun(from: ReadColumn, start: number, end: number, to: FlatColumn, at: number): void {
  if (from.words !== undefined) {
    if (end - start <= SHORT_RUN) for (let k = 0; k < (end - start) * 2; k++) to.words[at * 2 + k] = from.words[start * 2 + k] as number;
    else to.words.set(from.words.subarray(start * 2, end * 2), at * 2);
  } else if (from.bytes !== undefined) {
    to.bytes.set(from.bytes.subarray(start, end), at);
  } else if (from.strings !== undefined) {
    for (let k = start; k < end; k++) to.strings[at + k - start] = from.strings[k] as string;
  }
  if (to.valid === undefined) return;
  if (from.valid === undefined) to.valid.fill(1, at, at + end - start);
  else for (let k = start; k < end; k++) to.valid[at + k - start] = from.valid[k] as number;
}

function compareWords(words: Int32Array, a: number, b: number): number {
  const high = (words[a * 2 + 1] as number) - (words[b * 2 + 1] as number);
  return high || ((words[a * 2] as number) >>> 0) - ((words[b * 2] as number) >>> 0);
}

function isAscending(words: Int32Array, start: number, end: number): boolean {
  for (let row = start + 1; row < end; row++) if (compareWords(words, row - 1, row) > 0) return false;
  return true;
}

/** Puts the rows of `order` at `start` and on. */
function permute(column: FlatColumn, order: Int32Array, start: number): void {
  if (column.type === 'string') {
    const strings = Array.from(order, (row) => column.strings[row] as string);
    for (const [i, text] of strings.entries()) column.strings[start + i] = text;
  } else if (column.type === 'boolean') {
    column.bytes.set(
      Uint8Array.from(order, (row) => column.bytes[row] as number),
      start,
    );
  } else {
    column.words.set(pickWords(column.words, order), start * 2);
  }
  const { valid } = column;
  valid?.set(
    Uint8Array.from(order, (row) => valid[row] as number),
    start,
  );
}

/** The rows with a value, or undefined where all have one. */
function validRows(valid: Uint8Array | undefined, start: number, end: number): Int32Array | undefined {
  if (valid === undefined) return undefined;
  let count = 0;
  for (let row = start; row < end; row++) count += valid[row] as number;
  if (count === end - start) return undefined;
  const rows = new Int32Array(count);
  let i = 0;
  for (let row = start; row < end; row++) if (valid[row] === 1) rows[i++] = row;
  return rows;
}

function longs(words: Int32Array, start: number, end: number): BigInt64Array {
  return new BigInt64Array(words.buffer, words.byteOffset + start * 8, end - start);
}

function pickWords(words: Int32Array, rows: Int32Array): Int32Array<ArrayBuffer> {
  const picked = new Int32Array(rows.length * 2);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    picked[i * 2] = words[row * 2] as number;
    picked[i * 2 + 1] = words[row * 2 + 1] as number;
  }
  return picked;
}

function sliceColumn({ type, words, bytes, strings }: FlatColumn, start: number, end: number): Column {
  if (type === 'string') return { type, values: strings.slice(start, end) };
  if (type === 'boolean') return { type, values: bytes.subarray(start, end) };
  return numbers(type, words, start, end);
}

function pickColumn({ type, words, bytes, strings }: FlatColumn, rows: Int32Array): Column {
  if (type === 'string') return { type, values: Array.from(rows, (row) => strings[row] as string) };
  if (type === 'boolean') return { type, values: Uint8Array.from(rows, (row) => bytes[row] as number) };
  return numbers(type, pickWords(words, rows), 0, rows.length);
}

function numbers(type: 'float' | 'integer' | 'unsigned', { buffer, byteOffset }: Int32Array, start: number, end: number): Column {
  const offset = byteOffset + start * 8;
  const length = end - start;
  switch (type) {
    case 'float':
      return { type, values: new Float64Array(buffer, offset, length) };
    case 'integer':
      return { type, values: new BigInt64Array(buffer, offset, length) };
    case 'unsigned':
      return { type, values: new BigUint64Array(buffer, offset, length) };
  }
}
