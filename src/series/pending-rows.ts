/** Rows of one measurement in memory, in the order of writing, until they are drained into its table. */
import type { Column, FieldType, MeasurementBatch } from '../domain/series.js';

const FIRST_CAPACITY = 16;
/** What a row costs beside its values: time, series and place in the order. */
const ROW_BYTES = 16;
const CELL_BYTES = 9;

/** Values of one field. Only the array of its type is in use; numbers of 64 bits are pairs of words, low half first. */
export class PendingColumn {
  readonly type: FieldType;
  valid: Uint8Array;
  /** Floats and integers as their bits. */
  words: Int32Array;
  bytes: Uint8Array;
  readonly strings: string[] = [];

  constructor(type: FieldType, capacity: number) {
    this.type = type;
    this.valid = new Uint8Array(capacity);
    this.words = new Int32Array(type === 'string' || type === 'boolean' ? 0 : capacity * 2);
    this.bytes = new Uint8Array(type === 'boolean' ? capacity : 0);
  }

  grow(capacity: number): void {
    this.valid = grown(this.valid, new Uint8Array(capacity));
    if (this.words.length > 0) this.words = grown(this.words, new Int32Array(capacity * 2));
    if (this.bytes.length > 0) this.bytes = grown(this.bytes, new Uint8Array(capacity));
  }

  /** Puts a column's values at rows `row` and on. */
  put(row: number, rowCount: number, column: Column): number {
    if (column.valid === undefined) this.valid.fill(1, row, row + rowCount);
    else this.valid.set(column.valid, row);
    switch (column.type) {
      case 'boolean':
        this.bytes.set(column.values, row);
        return 0;
      case 'string': {
        let characters = 0;
        for (let i = 0; i < rowCount; i++) {
          const text = column.values[i] as string;
          this.strings[row + i] = text;
          characters += text.length;
        }
        return characters;
      }
      case 'float':
      case 'integer':
      case 'unsigned': {
        const { buffer, byteOffset } = column.values;
        this.words.set(new Int32Array(buffer, byteOffset, rowCount * 2), row * 2);
        return 0;
      }
    }
  }

  /** Copies the value of one row over that of another. */
  move(from: number, to: number): void {
    this.valid[to] = 1;
    if (this.type === 'string') {
      this.strings[to] = this.strings[from] as string;
    } else if (this.type === 'boolean') {
      this.bytes[to] = this.bytes[from] as number;
    } else {
      this.words[to * 2] = this.words[from * 2] as number;
      this.words[to * 2 + 1] = this.words[from * 2 + 1] as number;
    }
  }
}

export class PendingRows {
  rowCount = 0;
  /** An estimate of the memory in use. */
  byteCount = 0;
  #capacity = 0;
  times = new BigInt64Array(0);
  timeWords = new Int32Array(0);
  series = new Int32Array(0);
  /** Field index -> its values, with holes for fields that no row has. */
  readonly columns: (PendingColumn | undefined)[] = [];

  /**
   * @param seriesOf index into the batch's tag sets -> series id
   * @param fieldIndexes for each of the batch's fields
   */
  append(batch: MeasurementBatch, seriesOf: Int32Array, fieldIndexes: readonly number[]): void {
    const { rowCount } = batch;
    const start = this.rowCount;
    this.#reserve(start + rowCount);
    this.times.set(batch.times, start);
    for (let i = 0; i < rowCount; i++) this.series[start + i] = seriesOf[batch.tagSetOf[i] as number] as number;
    let characters = 0;
    for (const [i, { column }] of batch.fields.entries()) {
      const index = fieldIndexes[i] as number;
      const pending = (this.columns[index] ??= new PendingColumn(column.type, this.#capacity));
      characters += pending.put(start, rowCount, column);
    }
    this.rowCount += rowCount;
    this.byteCount += rowCount * (ROW_BYTES + CELL_BYTES * batch.fields.length) + 2 * characters;
  }

  #reserve(rowCount: number): void {
    if (rowCount <= this.#capacity) return;
    this.#capacity = Math.max(rowCount, this.#capacity * 2, FIRST_CAPACITY);
    this.times = grown(this.times, new BigInt64Array(this.#capacity));
    this.timeWords = new Int32Array(this.times.buffer);
    this.series = grown(this.series, new Int32Array(this.#capacity));
    for (const column of this.columns) column?.grow(this.#capacity);
  }

  /**
   * The rows by series and, within a series, by time, each time once: of rows with one series and time, the last takes over what only
   * earlier ones have, field by field. Changes the values of such rows.
   */
  sort(seriesCount: number): Int32Array {
    const { rowCount, series } = this;
    const starts = new Int32Array(seriesCount + 1);
    for (let row = 0; row < rowCount; row++) (starts[(series[row] as number) + 1] as number)++;
    for (let id = 0; id < seriesCount; id++) (starts[id + 1] as number) += starts[id] as number;
    const order = new Int32Array(rowCount);
    const cursors = starts.slice(0, seriesCount);
    for (let row = 0; row < rowCount; row++) order[(cursors[series[row] as number] as number)++] = row;
    let length = 0;
    for (let id = 0; id < seriesCount; id++) {
      const start = starts[id] as number;
      const end = starts[id + 1] as number;
      if (start === end) continue;
      if (this.#isAscending(order, start, end)) {
        if (length < start) order.copyWithin(length, start, end);
        length += end - start;
      } else {
        length = this.#sortSeries(order, start, end, length);
      }
    }
    return order.subarray(0, length);
  }

  #isAscending(order: Int32Array, start: number, end: number): boolean {
    const words = this.timeWords;
    let previous = order[start] as number;
    for (let i = start + 1; i < end; i++) {
      const row = order[i] as number;
      const high = words[row * 2 + 1] as number;
      const previousHigh = words[previous * 2 + 1] as number;
      if (high < previousHigh) return false;
      if (high === previousHigh && (words[row * 2] as number) >>> 0 <= (words[previous * 2] as number) >>> 0) return false;
      previous = row;
    }
    return true;
  }

  /** Writes the sorted and merged rows of order[start, end) to order[to, ...) and says where they end. */
  #sortSeries(order: Int32Array, start: number, end: number, to: number): number {
    const { times, timeWords } = this;
    const rows = order.slice(start, end).sort((a, b) => {
      const high = (timeWords[a * 2 + 1] as number) - (timeWords[b * 2 + 1] as number);
      return high || ((timeWords[a * 2] as number) >>> 0) - ((timeWords[b * 2] as number) >>> 0) || a - b;
    });
    let length = to;
    for (let i = 0; i < rows.length;) {
      let last = i;
      while (last + 1 < rows.length && times[rows[last + 1] as number] === times[rows[i] as number]) last++;
      order[length++] = this.#mergeRows(rows.subarray(i, last + 1));
      i = last + 1;
    }
    return length;
  }

  #mergeRows(rows: Int32Array): number {
    const target = rows[rows.length - 1] as number;
    for (const column of this.columns) {
      if (column === undefined) continue;
      for (let i = rows.length - 1; i >= 0; i--) {
        const row = rows[i] as number;
        if (column.valid[row] !== 1) continue;
        if (row !== target) column.move(row, target);
        break;
      }
    }
    return target;
  }
}

function grown<T extends Uint8Array | Int32Array | BigInt64Array>(from: T, to: T): T {
  (to as { set(array: T): void }).set(from);
  return to;
}
