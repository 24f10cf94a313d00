/** Tables of series made ready to go from one thread to another: their numbers in one buffer that changes hands, their texts in one each. */
import type { Column, FieldType, SeriesTable, Tag } from '../domain/series.js';

interface PackedTable {
  readonly measurement: string;
  readonly field: string;
  readonly tags: readonly Tag[];
  readonly type: FieldType;
  readonly rowCount: number;
  /** The texts, one after the other; the numbers say how long each is. */
  readonly text: string | undefined;
}

export interface PackedTables {
  readonly tables: readonly PackedTable[];
  readonly numbers: ArrayBuffer;
}

/** Rows of a table with texts that are packed at a time: putting them together takes time in proportion. */
const TEXT_ROWS_MAX = 8_192;

const WORD_BYTES = 8;
const padded = (bytes: number): number => Math.ceil(bytes / WORD_BYTES) * WORD_BYTES;

const valueBytes = ({ type, values }: Column): number => {
  if (type === 'boolean') return padded(values.length);
  return type === 'string' ? padded(values.length * 4) : values.length * WORD_BYTES;
};

/** A table as it is, or its parts where it may come in several. */
export function* partsOf(table: SeriesTable, isWhole: boolean): Iterable<SeriesTable> {
  const { values, times } = table;
  if (values.type !== 'string' || isWhole || times.length <= TEXT_ROWS_MAX) {
    yield table;
    return;
  }
  for (let from = 0; from < times.length; from += TEXT_ROWS_MAX) {
    const to = Math.min(from + TEXT_ROWS_MAX, times.length);
    yield { ...table, times: times.subarray(from, to), values: { type: 'string', values: values.values.slice(from, to) } };
  }
}

export class TablePacker {
  #tables: SeriesTable[] = [];
  #bytes = 0;

  /** Bytes that were added, texts included. */
  byteCount = 0;

  /** @param table whose rows all have a value, as those of an engine do */
  add(table: SeriesTable): void {
    const bytes = table.times.byteLength + valueBytes(table.values);
    this.#tables.push(table);
    this.#bytes += bytes;
    this.byteCount += bytes;
    if (table.values.type === 'string') for (const text of table.values.values) this.byteCount += text.length;
  }

  /** What was added since the last time. */
  take(): PackedTables {
    const numbers = new ArrayBuffer(this.#bytes);
    let at = 0;
    const tables = this.#tables.map(({ measurement, field, tags, times, values }): PackedTable => {
      new BigInt64Array(numbers, at, times.length).set(times);
      at += times.byteLength;
      copyValues(values, numbers, at);
      at += valueBytes(values);
      const text = values.type === 'string' ? values.values.join('') : undefined;
      return { measurement, field, tags, type: values.type, rowCount: times.length, text };
    });
    this.#tables = [];
    this.#bytes = this.byteCount = 0;
    return { tables, numbers };
  }
}

function copyValues({ type, values }: Column, into: ArrayBuffer, at: number): void {
  if (type === 'string') {
    const lengths = new Int32Array(into, at, values.length);
    for (let i = 0; i < values.length; i++) lengths[i] = (values[i] as string).length;
  } else {
    new Uint8Array(into, at, values.byteLength).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
}

export function* unpackTables({ tables, numbers }: PackedTables): Iterable<SeriesTable> {
  let at = 0;
  for (const { measurement, field, tags, type, rowCount, text } of tables) {
    const times = new BigInt64Array(numbers, at, rowCount);
    at += times.byteLength;
    const values = valuesAt(numbers, at, type, rowCount, text ?? '');
    at += valueBytes(values);
    yield { measurement, field, tags, times, values };
  }
}

function valuesAt(numbers: ArrayBuffer, at: number, type: FieldType, rowCount: number, text: string): Column {
  switch (type) {
    case 'float':
      return { type, values: new Float64Array(numbers, at, rowCount) };
    case 'integer':
      return { type, values: new BigInt64Array(numbers, at, rowCount) };
    case 'unsigned':
      return { type, values: new BigUint64Array(numbers, at, rowCount) };
    case 'boolean':
      return { type, values: new Uint8Array(numbers, at, rowCount) };
    case 'string': {
      const values: string[] = [];
      let from = 0;
      for (const length of new Int32Array(numbers, at, rowCount)) values.push(text.slice(from, (from += length)));
      return { type, values };
    }
  }
}
