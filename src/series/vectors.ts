/**
 * Typed arrays into DuckDB's vectors and out of them, without an object per value.
 *
 * The binding's functions are used as they are: the classes above them set and get one value at a time.
 */
import { BIGINT, BOOLEAN, DOUBLE, DuckDBDataChunk, type DuckDBType, INTEGER, UBIGINT, VARCHAR } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { FieldType } from '../domain/series.js';
import { FIELD_TYPES } from './field-types.js';
import type { LooseValues } from './loose-values.js';
import type { PendingColumn, PendingRows, SortedOrder } from './pending-rows.js';

/** Rows of a full chunk. */
export const chunkRows = duckdb.vector_size();

export const sqlTypes: Readonly<Record<FieldType, string>> = {
  float: 'DOUBLE',
  integer: 'BIGINT',
  unsigned: 'UBIGINT',
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
};

const VECTOR_TYPES: Readonly<Record<FieldType, DuckDBType>> = {
  float: DOUBLE,
  integer: BIGINT,
  unsigned: UBIGINT,
  string: VARCHAR,
  boolean: BOOLEAN,
};

/** A column of a table that rows are appended to; without values where the rows have none. */
export interface AppendedColumn {
  readonly type: FieldType;
  readonly values: PendingColumn | undefined;
}

const NONE = -1;
const wordScratch = new Int32Array(chunkRows * 2);
const integerScratch = new Int32Array(chunkRows);
const byteScratch = new Uint8Array(chunkRows);
const validityScratch = new Uint8Array(chunkRows / 8);

/**
 * Rows chunk by chunk, for a table whose columns are time, series and those given. A chunk is valid until the next is asked for.
 *
 * @param order of `sorted`, or a part of it
 */
export function* fillChunks(
  rows: PendingRows,
  { order, targetOf }: SortedOrder,
  columns: readonly AppendedColumn[],
): IterableIterator<DuckDBDataChunk> {
  const chunk = DuckDBDataChunk.create([BIGINT, INTEGER, ...columns.map(({ type }) => VECTOR_TYPES[type])]);
  const places = placesOf(rows, { order, targetOf }, columns);
  for (let start = 0; start < order.length; start += chunkRows) {
    const end = Math.min(start + chunkRows, order.length);
    const part = order.subarray(start, end);
    chunk.reset();
    chunk.rowCount = part.length;
    gatherWords(rows.timeWords, part);
    copyInto(vectorOf(chunk, 0), wordScratch.subarray(0, part.length * 2));
    for (let i = 0; i < part.length; i++) integerScratch[i] = rows.series[part[i] as number] as number;
    copyInto(vectorOf(chunk, 1), integerScratch.subarray(0, part.length));
    for (const [i, { values }] of columns.entries())
      fillVector(vectorOf(chunk, i + 2), values, places[i]?.subarray(start, end), part.length);
    yield chunk;
  }
}

/** For each column and each row of the order, which value it is. */
function placesOf(rows: PendingRows, { order, targetOf }: SortedOrder, columns: readonly AppendedColumn[]): (Int32Array | undefined)[] {
  let positionOf: Int32Array | undefined;
  return columns.map(({ values }) => {
    if (values === undefined) return undefined;
    // Every row has a value, and each stands for itself.
    if (values.rows === undefined && targetOf === undefined && values.count === rows.rowCount) return order;
    positionOf ??= positionsIn(order, rows.rowCount);
    const places = new Int32Array(order.length).fill(NONE);
    for (let value = 0; value < values.count; value++) {
      const row = values.rowOf(value);
      const position = positionOf[targetOf === undefined ? row : (targetOf[row] as number)] as number;
      if (position !== NONE) places[position] = value;
    }
    return places;
  });
}

function positionsIn(order: Int32Array, rowCount: number): Int32Array {
  const positions = new Int32Array(rowCount).fill(NONE);
  for (let i = 0; i < order.length; i++) positions[order[i] as number] = i;
  return positions;
}

function vectorOf(chunk: DuckDBDataChunk, index: number): duckdb.Vector {
  return duckdb.data_chunk_get_vector(chunk.chunk, index);
}

/** @param places which value stands in each row; undefined where there is none at all */
function fillVector(vector: duckdb.Vector, column: PendingColumn | undefined, places: Int32Array | undefined, rowCount: number): void {
  const presentCount = places === undefined ? 0 : markPresent(places);
  if (presentCount < rowCount) {
    if (presentCount === 0) validityScratch.fill(0);
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, validityScratch.buffer, 0, Math.ceil(rowCount / 64) * 8);
  }
  if (column === undefined || places === undefined || presentCount === 0) return;
  if (column.type === 'string') {
    for (let i = 0; i < places.length; i++) {
      const place = places[i] as number;
      if (place !== NONE) duckdb.vector_assign_string_element_len(vector, i, Buffer.from(column.strings[place] as string, 'utf8'));
    }
  } else if (column.type === 'boolean') {
    for (let i = 0; i < places.length; i++)
      byteScratch[i] = (places[i] as number) === NONE ? 0 : (column.bytes[places[i] as number] as number);
    copyInto(vector, byteScratch.subarray(0, places.length));
  } else {
    gatherWords(column.words, places);
    copyInto(vector, wordScratch.subarray(0, places.length * 2));
  }
}

/** Loose values chunk by chunk, in the columns of their table. */
export function* fillLooseChunks(values: LooseValues): IterableIterator<DuckDBDataChunk> {
  const chunk = DuckDBDataChunk.create([INTEGER, INTEGER, BIGINT, INTEGER, ...FIELD_TYPES.map((type) => VECTOR_TYPES[type])]);
  for (let start = 0; start < values.count; start += chunkRows) {
    const end = Math.min(start + chunkRows, values.count);
    const rowCount = end - start;
    chunk.reset();
    chunk.rowCount = rowCount;
    for (const [i, integers] of [values.measurements, values.series, undefined, values.fields].entries()) {
      if (integers !== undefined) copyInto(vectorOf(chunk, i), integers.subarray(start, end));
    }
    copyInto(vectorOf(chunk, 2), values.timeWords.subarray(start * 2, end * 2));
    for (const [type, name] of FIELD_TYPES.entries()) {
      const vector = vectorOf(chunk, type + 4);
      validityScratch.fill(0);
      for (let i = 0; i < rowCount; i++) if (values.types[start + i] === type) (validityScratch[i >> 3] as number) |= 1 << (i & 7);
      duckdb.vector_ensure_validity_writable(vector);
      duckdb.copy_data_to_vector_validity(vector, 0, validityScratch.buffer, 0, Math.ceil(rowCount / 64) * 8);
      if (name === 'string') {
        for (let i = 0; i < rowCount; i++) {
          const text = values.strings[start + i];
          if (text !== undefined) duckdb.vector_assign_string_element_len(vector, i, Buffer.from(text, 'utf8'));
        }
      } else if (name === 'boolean') {
        for (let i = 0; i < rowCount; i++) byteScratch[i] = (values.words[(start + i) * 2] as number) & 1;
        copyInto(vector, byteScratch.subarray(0, rowCount));
      } else {
        copyInto(vector, values.words.subarray(start * 2, end * 2));
      }
    }
    yield chunk;
  }
}

function gatherWords(words: Int32Array, places: Int32Array): void {
  for (let i = 0; i < places.length; i++) {
    const place = places[i] as number;
    wordScratch[i * 2] = place === NONE ? 0 : (words[place * 2] as number);
    wordScratch[i * 2 + 1] = place === NONE ? 0 : (words[place * 2 + 1] as number);
  }
}

/** Sets a bit for each row with a value and counts them. */
function markPresent(places: Int32Array): number {
  validityScratch.fill(0);
  let count = 0;
  for (let i = 0; i < places.length; i++) {
    if (places[i] === NONE) continue;
    (validityScratch[i >> 3] as number) |= 1 << (i & 7);
    count++;
  }
  return count;
}

function copyInto(vector: duckdb.Vector, source: Int32Array | Uint8Array): void {
  duckdb.copy_data_to_vector(vector, 0, source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
}

/** Values of one column of a chunk, copied: they stay when the chunk goes. */
export interface ReadColumn {
  /** 64-bit numbers as words, booleans as bytes. */
  readonly words: Int32Array | undefined;
  readonly bytes: Uint8Array | undefined;
  readonly strings: readonly string[] | undefined;
  /** One byte a row, 1 where there is a value; undefined where every row has one. */
  readonly valid: Uint8Array | undefined;
}

export function readIntegers(chunk: DuckDBDataChunk, index: number): Int32Array {
  const bytes = duckdb.vector_get_data(vectorOf(chunk, index), chunk.rowCount * 4);
  return new Int32Array(bytes.buffer, bytes.byteOffset, chunk.rowCount).slice();
}

export function readLongs(chunk: DuckDBDataChunk, index: number): BigInt64Array {
  const bytes = duckdb.vector_get_data(vectorOf(chunk, index), chunk.rowCount * 8);
  return new BigInt64Array(bytes.buffer, bytes.byteOffset, chunk.rowCount).slice();
}

export function readColumn(chunk: DuckDBDataChunk, index: number, type: FieldType): ReadColumn {
  const vector = vectorOf(chunk, index);
  const { rowCount } = chunk;
  const valid = readValidity(vector, rowCount);
  if (type === 'string') return { words: undefined, bytes: undefined, strings: readStrings(vector, rowCount, valid), valid };
  if (type === 'boolean') return { words: undefined, bytes: duckdb.vector_get_data(vector, rowCount).slice(), strings: undefined, valid };
  const data = duckdb.vector_get_data(vector, rowCount * 8);
  return { words: new Int32Array(data.buffer, data.byteOffset, rowCount * 2).slice(), bytes: undefined, strings: undefined, valid };
}

function readValidity(vector: duckdb.Vector, rowCount: number): Uint8Array | undefined {
  // The binding's type leaves out that there are no bits where all values are valid.
  const bits = duckdb.vector_get_validity(vector, Math.ceil(rowCount / 64) * 8) as Uint8Array | null;
  if (bits === null) return undefined;
  const valid = new Uint8Array(rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    const bit = ((bits[row >> 3] as number) >> (row & 7)) & 1;
    valid[row] = bit;
    count += bit;
  }
  return count === rowCount ? undefined : valid;
}

/** A string is 16 bytes: its length, then the text where that has up to 12 bytes, else a prefix of 4 and a pointer. */
const STRING_BYTES = 16;
const INLINE_BYTES_MAX = 12;

function readStrings(vector: duckdb.Vector, rowCount: number, valid: Uint8Array | undefined): string[] {
  const data = duckdb.vector_get_data(vector, rowCount * STRING_BYTES);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  const strings = new Array<string>(rowCount);
  for (let row = 0; row < rowCount; row++) {
    const start = row * STRING_BYTES;
    if (valid !== undefined && valid[row] === 0) {
      strings[row] = '';
      continue;
    }
    const length = bytes.readUInt32LE(start);
    if (length <= INLINE_BYTES_MAX) {
      strings[row] = bytes.toString('utf8', start + 4, start + 4 + length);
    } else {
      const far = duckdb.get_data_from_pointer(bytes.buffer as ArrayBuffer, bytes.byteOffset + start + 8, length);
      strings[row] = Buffer.from(far.buffer, far.byteOffset, far.byteLength).toString('utf8');
    }
  }
  return strings;
}
