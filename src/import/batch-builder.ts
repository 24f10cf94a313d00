/** Collects rows of many series into the columns of one batch. */
import type { Column, FieldColumn, FieldType, MeasurementBatch, PointBatch, Tag } from '../domain/series.js';
import type { FieldCells, RowChunk } from './series-rows.js';

const FIRST_CAPACITY = 256;
/** What a row costs beside its values, and a value. */
const ROW_BYTES = 16;
const CELL_BYTES = 9;

export class BatchBuilder {
  readonly #measurements = new Map<string, MeasurementBuilder>();
  rowCount = 0;
  /** An estimate of the memory in use. */
  byteCount = 0;

  append(measurement: string, tags: readonly Tag[], chunk: RowChunk): void {
    let builder = this.#measurements.get(measurement);
    if (builder === undefined) this.#measurements.set(measurement, (builder = new MeasurementBuilder(measurement)));
    this.byteCount += builder.append(tags, chunk);
    this.rowCount += chunk.times.length;
  }

  /** The builder must not be used afterwards. */
  build(): PointBatch {
    return { measurements: Array.from(this.#measurements.values(), (builder) => builder.build()), rowCount: this.rowCount };
  }
}

class MeasurementBuilder {
  readonly #measurement: string;
  #rowCount = 0;
  #capacity = FIRST_CAPACITY;
  #times = new BigInt64Array(FIRST_CAPACITY);
  #tagSetOf = new Int32Array(FIRST_CAPACITY);
  readonly #tagSets: (readonly Tag[])[] = [];
  readonly #columns = new Map<string, ColumnBuilder>();

  constructor(measurement: string) {
    this.#measurement = measurement;
  }

  /** @returns about how many bytes more there are */
  append(tags: readonly Tag[], { times, fields }: RowChunk): number {
    const start = this.#rowCount;
    const end = start + times.length;
    this.#reserve(end);
    this.#times.set(times, start);
    if (this.#tagSets.at(-1) !== tags) this.#tagSets.push(tags);
    this.#tagSetOf.fill(this.#tagSets.length - 1, start, end);
    let byteCount = times.length * (ROW_BYTES + CELL_BYTES * fields.length);
    for (const cells of fields) {
      let column = this.#columns.get(cells.key);
      if (column === undefined) this.#columns.set(cells.key, (column = new ColumnBuilder(cells.values.type, this.#capacity)));
      byteCount += column.put(start, end, cells);
    }
    this.#rowCount = end;
    return byteCount;
  }

  build(): MeasurementBatch {
    const rowCount = this.#rowCount;
    return {
      measurement: this.#measurement,
      rowCount,
      times: this.#times.subarray(0, rowCount),
      tagSetOf: this.#tagSetOf.subarray(0, rowCount),
      tagSets: this.#tagSets,
      fields: Array.from(this.#columns, ([key, column]): FieldColumn => ({ key, column: column.build(rowCount) })),
      // Single points are not reported.
      positions: new Int32Array(rowCount),
    };
  }

  #reserve(rowCount: number): void {
    if (rowCount <= this.#capacity) return;
    while (this.#capacity < rowCount) this.#capacity *= 2;
    this.#times = grown(this.#times, new BigInt64Array(this.#capacity));
    this.#tagSetOf = grown(this.#tagSetOf, new Int32Array(this.#capacity));
    for (const column of this.#columns.values()) column.grow(this.#capacity);
  }
}

/** Numbers of 64 bits are copied as pairs of words, whatever they are: one alone would be an object, and bits that are no float could change. */
class ColumnBuilder {
  readonly #type: FieldType;
  #words: Int32Array<ArrayBuffer>;
  #bytes: Uint8Array;
  readonly #strings: string[] = [];
  /** Undefined as long as no row is without a value. */
  #valid: Uint8Array | undefined;
  #capacity: number;
  /** Rows whose cells are decided. */
  #end = 0;

  constructor(type: FieldType, capacity: number) {
    this.#type = type;
    this.#capacity = capacity;
    this.#words = new Int32Array(type === 'string' || type === 'boolean' ? 0 : capacity * 2);
    this.#bytes = new Uint8Array(type === 'boolean' ? capacity : 0);
  }

  grow(capacity: number): void {
    this.#capacity = capacity;
    if (this.#words.length > 0) this.#words = grown(this.#words, new Int32Array(capacity * 2));
    if (this.#bytes.length > 0) this.#bytes = grown(this.#bytes, new Uint8Array(capacity));
    if (this.#valid !== undefined) this.#valid = grown(this.#valid, new Uint8Array(capacity));
  }

  /** @returns how many bytes its texts have */
  put(start: number, end: number, cells: FieldCells): number {
    this.#leaveEmpty(start);
    this.#end = end;
    if (cells.rows !== undefined) {
      this.#valid ??= new Uint8Array(this.#capacity).fill(1, 0, start);
      return this.#scatter(start, end, cells, cells.rows, this.#valid);
    }
    this.#valid?.fill(1, start, end);
    return this.#copy(start, cells);
  }

  #copy(start: number, { values: { type, values }, from, count }: FieldCells): number {
    if (type === 'boolean') {
      this.#bytes.set(values.subarray(from, from + count), start);
      return 0;
    }
    if (type !== 'string') {
      this.#words.set(wordsOf(values).subarray(from * 2, (from + count) * 2), start * 2);
      return 0;
    }
    let characters = 0;
    for (let i = 0; i < count; i++) {
      const text = values[from + i] as string;
      this.#strings.push(text);
      characters += text.length;
    }
    return 2 * characters;
  }

  #scatter(start: number, end: number, { values: { type, values }, from, count }: FieldCells, rows: Int32Array, valid: Uint8Array): number {
    for (let i = 0; i < count; i++) valid[start + (rows[i] as number)] = 1;
    if (type === 'boolean') {
      for (let i = 0; i < count; i++) this.#bytes[start + (rows[i] as number)] = values[from + i] as number;
      return 0;
    }
    if (type !== 'string') {
      const words = wordsOf(values);
      for (let i = 0; i < count; i++) {
        const target = (start + (rows[i] as number)) * 2;
        this.#words[target] = words[(from + i) * 2] as number;
        this.#words[target + 1] = words[(from + i) * 2 + 1] as number;
      }
      return 0;
    }
    for (let row = start; row < end; row++) this.#strings.push('');
    let characters = 0;
    for (let i = 0; i < count; i++) {
      const text = values[from + i] as string;
      this.#strings[start + (rows[i] as number)] = text;
      characters += text.length;
    }
    return 2 * characters;
  }

  #leaveEmpty(end: number): void {
    if (this.#end === end) return;
    this.#valid ??= new Uint8Array(this.#capacity).fill(1, 0, this.#end);
    if (this.#type === 'string') for (let row = this.#end; row < end; row++) this.#strings.push('');
    this.#end = end;
  }

  build(rowCount: number): Column {
    this.#leaveEmpty(rowCount);
    const valid = this.#valid?.subarray(0, rowCount);
    const { buffer } = this.#words;
    switch (this.#type) {
      case 'float':
        return { type: 'float', values: new Float64Array(buffer, 0, rowCount), valid };
      case 'integer':
        return { type: 'integer', values: new BigInt64Array(buffer, 0, rowCount), valid };
      case 'unsigned':
        return { type: 'unsigned', values: new BigUint64Array(buffer, 0, rowCount), valid };
      case 'boolean':
        return { type: 'boolean', values: this.#bytes.subarray(0, rowCount), valid };
      case 'string':
        return { type: 'string', values: this.#strings, valid };
    }
  }
}

const wordsOf = ({ buffer, byteOffset, length }: Float64Array | BigInt64Array | BigUint64Array): Int32Array =>
  new Int32Array(buffer, byteOffset, length * 2);

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
