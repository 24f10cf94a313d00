/** Rows of one measurement in memory, in the order of writing, until they are drained. What they take grows with their values. */
import type { Column, FieldType, Tag } from '../domain/series.js';
import type { Part, PartField } from './parts.js';

/** Shared by all that is empty: there may be a hundred thousand measurements. */
const NO_WORDS = new Int32Array(0);
const NO_BYTES = new Uint8Array(0);
const NO_TIMES = new BigInt64Array(0);
const FIRST_CAPACITY = 16;
/** Where rows are fewer than one for so many series, no step may take each series one by one. */
const FEW = 16;
/** What a row costs beside its values: time, series and place in the order. */
const ROW_BYTES = 16;
/** What a value costs, with the number of its row. */
const VALUE_BYTES = 12;
/** What a measurement with waiting rows, and each of its columns, cost besides. */
const MEASUREMENT_BYTES = 512;
const COLUMN_BYTES = 256;

/** Values of one field. Only the array of its type is in use; numbers of 64 bits are pairs of words, low half first. */
export class PendingColumn {
  readonly type: FieldType;
  count = 0;
  /** Value -> its row, ascending; undefined as long as value i is of row i. */
  rows: Int32Array | undefined;
  words = NO_WORDS;
  bytes = NO_BYTES;
  readonly strings: string[] = [];

  constructor(type: FieldType) {
    this.type = type;
  }

  /** Adds values for rows from `start` on and says how many characters they have. */
  append(start: number, { column, rows }: PartField): number {
    const from = this.count;
    const to = from + column.values.length;
    if (rows !== undefined || this.rows !== undefined || from !== start) this.#addRows(start, rows, to);
    this.count = to;
    return this.#put(column, from, to);
  }

  #addRows(start: number, rows: Int32Array | undefined, to: number): void {
    const from = this.count;
    const known = (this.rows ??= Int32Array.from({ length: from }, (_, i) => i));
    if (known.length < to) this.rows = grown(known, new Int32Array(Math.max(to, from * 2, FIRST_CAPACITY)));
    for (let i = from; i < to; i++) this.rows[i] = start + (rows === undefined ? i - from : (rows[i - from] as number));
  }

  #put(column: Column, from: number, to: number): number {
    switch (column.type) {
      case 'boolean':
        if (this.bytes.length < to) this.bytes = grown(this.bytes, new Uint8Array(Math.max(to, from * 2, FIRST_CAPACITY)));
        this.bytes.set(column.values, from);
        return 0;
      case 'string': {
        let characters = 0;
        for (const text of column.values) {
          this.strings.push(text);
          characters += text.length;
        }
        return characters;
      }
      case 'float':
      case 'integer':
      case 'unsigned': {
        if (this.words.length < to * 2) this.words = grown(this.words, new Int32Array(Math.max(to, from * 2, FIRST_CAPACITY) * 2));
        const { buffer, byteOffset, length } = column.values;
        this.words.set(new Int32Array(buffer, byteOffset, length * 2), from * 2);
        return 0;
      }
    }
  }

  rowOf(value: number): number {
    return this.rows === undefined ? value : (this.rows[value] as number);
  }

  /** The values as a column. */
  toColumn(): Column {
    const words = this.words.slice(0, this.count * 2).buffer;
    switch (this.type) {
      case 'float':
        return { type: 'float', values: new Float64Array(words) };
      case 'integer':
        return { type: 'integer', values: new BigInt64Array(words) };
      case 'unsigned':
        return { type: 'unsigned', values: new BigUint64Array(words) };
      case 'boolean':
        return { type: 'boolean', values: this.bytes.slice(0, this.count) };
      case 'string':
        return { type: 'string', values: this.strings };
    }
  }
}

/** Rows by series and, within a series, by time, each time once. */
export interface SortedOrder {
  readonly order: Int32Array;
  /** Row -> the row with the same series and time that stands for it in the order: the last; undefined where no two are alike. */
  readonly targetOf: Int32Array | undefined;
}

export class PendingRows {
  rowCount = 0;
  /** An estimate of the memory in use. */
  byteCount = 0;
  #capacity = 0;
  times = NO_TIMES;
  timeWords = NO_WORDS;
  series = NO_WORDS;
  /** Field index -> its values, with holes for fields that no row has. */
  readonly columns: (PendingColumn | undefined)[] = [];

  /**
   * @param seriesOf index into the part's tag sets -> series id
   * @param fieldIndexes for each of the part's fields
   */
  append(part: Part, seriesOf: Int32Array, fieldIndexes: readonly number[]): void {
    const { rowCount } = part;
    const start = this.rowCount;
    this.#reserve(start + rowCount);
    this.times.set(part.times, start);
    for (let i = 0; i < rowCount; i++) this.series[start + i] = seriesOf[part.tagSetOf[i] as number] as number;
    if (start === 0) this.byteCount += MEASUREMENT_BYTES;
    this.byteCount += rowCount * ROW_BYTES;
    for (const [i, field] of part.fields.entries()) {
      const index = fieldIndexes[i] as number;
      let column = this.columns[index];
      if (column === undefined) {
        column = new PendingColumn(field.column.type);
        this.columns[index] = column;
        this.byteCount += COLUMN_BYTES;
      }
      this.byteCount += field.column.values.length * VALUE_BYTES + 2 * column.append(start, field);
    }
    this.rowCount += rowCount;
  }

  #reserve(rowCount: number): void {
    if (rowCount <= this.#capacity) return;
    this.#capacity = Math.max(rowCount, this.#capacity * 2, this.#capacity === 0 ? 1 : FIRST_CAPACITY);
    this.times = grown(this.times, new BigInt64Array(this.#capacity));
    this.timeWords = new Int32Array(this.times.buffer);
    this.series = grown(this.series, new Int32Array(this.#capacity));
  }

  /** The same rows as they came, to be logged once more. */
  toPart(measurement: string, tagsOf: (series: number) => readonly Tag[], keyOf: (field: number) => string): Part {
    const { rowCount } = this;
    const used = [...new Set(this.series.subarray(0, rowCount))];
    const places = new Map(used.map((series, i) => [series, i]));
    return {
      measurement,
      rowCount,
      times: this.times.subarray(0, rowCount),
      tagSetOf: Int32Array.from(this.series.subarray(0, rowCount), (series) => places.get(series) as number),
      tagSets: used.map(tagsOf),
      fields: [...this.columns.entries()].flatMap(([index, column]): PartField[] => {
        if (column === undefined) return [];
        const rows = column.rows?.subarray(0, column.count) ?? identity(column.count);
        return [{ key: keyOf(index), column: column.toColumn(), rows: column.count === rowCount ? undefined : rows }];
      }),
    };
  }

  sort(seriesCount: number): SortedOrder {
    const order = this.#orderBySeries(seriesCount);
    const targets: Targets = { of: undefined };
    let length = 0;
    for (let start = 0, end = 0; start < order.length; start = end) {
      const id = this.series[order[start] as number];
      while (end < order.length && this.series[order[end] as number] === id) end++;
      if (this.#isAscending(order, start, end)) {
        if (length < start) order.copyWithin(length, start, end);
        length += end - start;
      } else {
        length = this.#sortSeries(order, start, end, length, targets);
      }
    }
    return { order: order.subarray(0, length), targetOf: targets.of };
  }

  /** All rows, those of a series together and as they came. */
  #orderBySeries(seriesCount: number): Int32Array {
    const { rowCount, series } = this;
    if (rowCount * FEW < seriesCount) return identity(rowCount).sort((a, b) => (series[a] as number) - (series[b] as number) || a - b);
    const cursors = new Int32Array(seriesCount + 1);
    for (let row = 0; row < rowCount; row++) (cursors[(series[row] as number) + 1] as number)++;
    for (let id = 0; id < seriesCount; id++) (cursors[id + 1] as number) += cursors[id] as number;
    const order = new Int32Array(rowCount);
    for (let row = 0; row < rowCount; row++) order[(cursors[series[row] as number] as number)++] = row;
    return order;
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

  /** Writes the sorted rows of order[start, end), each time once, to order[to, ...) and says where they end. */
  #sortSeries(order: Int32Array, start: number, end: number, to: number, targets: Targets): number {
    const { times, timeWords } = this;
    const rows = order.slice(start, end).sort((a, b) => {
      const high = (timeWords[a * 2 + 1] as number) - (timeWords[b * 2 + 1] as number);
      return high || ((timeWords[a * 2] as number) >>> 0) - ((timeWords[b * 2] as number) >>> 0) || a - b;
    });
    let length = to;
    for (let i = 0; i < rows.length;) {
      let last = i;
      while (last + 1 < rows.length && times[rows[last + 1] as number] === times[rows[i] as number]) last++;
      const target = rows[last] as number;
      if (last > i) {
        targets.of ??= identity(this.rowCount);
        for (let k = i; k < last; k++) targets.of[rows[k] as number] = target;
      }
      order[length++] = target;
      i = last + 1;
    }
    return length;
  }
}

interface Targets {
  of: Int32Array | undefined;
}

function identity(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}

function grown<T extends Uint8Array | Int32Array | BigInt64Array>(from: T, to: T): T {
  (to as { set(array: T): void }).set(from);
  return to;
}
