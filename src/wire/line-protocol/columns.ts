/** Growing columns of the points of one body: what the readers of lines fill and the batch is made of. */
import type { Column, FieldColumn, FieldType, MeasurementBatch, PointBatch, PointFault, Tag } from '../../domain/series.js';
import { compareUtf8 } from '../../domain/utf8-order.js';
import { wordsOf } from './int64.js';

/** What things cost that a batch has, when they are copied, stored and logged; a value costs one. */
const WEIGHT_OF_ROW = 2;
const WEIGHT_OF_TAG = 4;
const WEIGHT_OF_COLUMN = 20;
const WEIGHT_OF_MEASUREMENT = 50;

/** Sums up what is added to a batch. */
interface Scale {
  weight: number;
}

/** Most bodies of one line stay with it, and their arrays need no cutting. */
const FIRST_CAPACITY = 1;
const NO_BYTES = new Uint8Array(0);
const NO_WORDS = new Int32Array(0);
const NO_FLOATS = new Float64Array(0);

/** Values of one type of one field. Only the array of its type is in use. */
export class ColumnBuilder {
  readonly type: FieldType;
  valid: Uint8Array = NO_BYTES;
  validCount = 0;
  floats: Float64Array = NO_FLOATS;
  /** Integers, signed and unsigned, as pairs of words. */
  words: Int32Array = NO_WORDS;
  bytes: Uint8Array = NO_BYTES;
  readonly strings: string[] = [];

  constructor(type: FieldType, capacity: number) {
    this.type = type;
    this.grow(capacity);
  }

  grow(capacity: number): void {
    this.valid = grown(this.valid, new Uint8Array(capacity));
    if (this.type === 'float') this.floats = grown(this.floats, new Float64Array(capacity));
    else if (this.type === 'boolean') this.bytes = grown(this.bytes, new Uint8Array(capacity));
    else if (this.type !== 'string') this.words = grown(this.words, new Int32Array(capacity * 2));
  }

  mark(row: number): void {
    if (this.valid[row] === 1) return;
    this.valid[row] = 1;
    this.validCount++;
  }

  unmark(row: number): void {
    if (this.valid[row] === 0) return;
    this.valid[row] = 0;
    this.validCount--;
  }

  finish(rowCount: number): Column {
    const valid = this.validCount === rowCount ? undefined : cut(this.valid, rowCount);
    const { buffer } = this.words;
    switch (this.type) {
      case 'float':
        return { type: 'float', values: cut(this.floats, rowCount), valid };
      case 'integer':
        return { type: 'integer', values: new BigInt64Array(buffer, 0, rowCount), valid };
      case 'unsigned':
        return { type: 'unsigned', values: new BigUint64Array(buffer, 0, rowCount), valid };
      case 'boolean':
        return { type: 'boolean', values: cut(this.bytes, rowCount), valid };
      case 'string': {
        // A hole would be no string: rows without the field hold the empty one.
        for (let row = 0; row < rowCount; row++) if (this.valid[row] === 0) this.strings[row] = '';
        this.strings.length = rowCount;
        return { type: 'string', values: this.strings, valid };
      }
    }
  }
}

/** A field key and its columns, one for each type it is written with. */
export class FieldBuilder {
  readonly key: string;
  /** The key as it stands in a body, escapes included. */
  readonly raw: Uint8Array;
  readonly columns = new Map<FieldType, ColumnBuilder>();
  /** The column that was used last: nearly always the only one. */
  last: ColumnBuilder | undefined;
  readonly #measurement: MeasurementBuilder;

  constructor(measurement: MeasurementBuilder, key: string, raw: Uint8Array) {
    this.#measurement = measurement;
    this.key = key;
    this.raw = raw;
  }

  column(type: FieldType): ColumnBuilder {
    if (this.last?.type === type) return this.last;
    let column = this.columns.get(type);
    if (column === undefined) {
      column = new ColumnBuilder(type, this.#measurement.capacity);
      this.columns.set(type, column);
      this.#measurement.addColumn({ field: this, column });
    }
    this.last = column;
    return column;
  }
}

export interface FieldOfType {
  readonly field: FieldBuilder;
  readonly column: ColumnBuilder;
}

/** The points of one measurement. A row that was begun and not ended leaves no trace once its columns are unmarked. */
export class MeasurementBuilder {
  readonly name: string;
  capacity = FIRST_CAPACITY;
  rowCount = 0;
  times: BigInt64Array = new BigInt64Array(FIRST_CAPACITY);
  timeWords = wordsOf(this.times);
  tagSetOf = new Int32Array(FIRST_CAPACITY);
  positions = new Int32Array(FIRST_CAPACITY);
  readonly tagSets: (readonly Tag[])[] = [];
  readonly #tagSetIndex = new Map<string, number>();
  readonly fields = new Map<string, FieldBuilder>();
  /** In the order in which they were first seen. */
  readonly columns: FieldOfType[] = [];
  /** The fields of the previous line in its order: a guess at those of the next. */
  readonly sequence: FieldBuilder[] = [];
  readonly #scale: Scale;

  constructor(name: string, scale: Scale) {
    this.name = name;
    this.#scale = scale;
    scale.weight += WEIGHT_OF_MEASUREMENT;
  }

  addColumn(column: FieldOfType): void {
    this.columns.push(column);
    // Rows without the field have a place in its column, too.
    this.#scale.weight += WEIGHT_OF_COLUMN + this.rowCount;
  }

  /** The index of a tag set, which is given in the order of the line. */
  tagSet(tags: readonly Tag[]): number {
    const sorted = isSorted(tags) ? tags : [...tags].sort(([a], [b]) => compareUtf8(a, b));
    const key = sorted.length === 0 ? '' : JSON.stringify(sorted);
    let index = this.#tagSetIndex.get(key);
    if (index === undefined) {
      index = this.tagSets.push(sorted) - 1;
      this.#tagSetIndex.set(key, index);
      this.#scale.weight += WEIGHT_OF_TAG * (1 + sorted.length);
    }
    return index;
  }

  field(key: string, raw: () => Uint8Array): FieldBuilder {
    let field = this.fields.get(key);
    if (field === undefined) {
      field = new FieldBuilder(this, key, raw());
      this.fields.set(key, field);
    }
    return field;
  }

  /** Makes room for the row `rowCount`. */
  beginRow(): void {
    if (this.rowCount < this.capacity) return;
    this.capacity *= 2;
    this.times = grown(this.times, new BigInt64Array(this.capacity));
    this.timeWords = wordsOf(this.times);
    this.tagSetOf = grown(this.tagSetOf, new Int32Array(this.capacity));
    this.positions = grown(this.positions, new Int32Array(this.capacity));
    for (const { column } of this.columns) column.grow(this.capacity);
  }

  endRow(tagSet: number, position: number): void {
    this.tagSetOf[this.rowCount] = tagSet;
    this.positions[this.rowCount] = position;
    this.rowCount++;
    this.#scale.weight += WEIGHT_OF_ROW + this.columns.length;
  }

  finish(): MeasurementBatch {
    const { rowCount } = this;
    const fields: FieldColumn[] = [];
    for (const { field, column } of this.columns) {
      if (column.validCount > 0) fields.push({ key: field.key, column: column.finish(rowCount) });
    }
    return {
      measurement: this.name,
      rowCount,
      times: cut(this.times, rowCount),
      tagSetOf: cut(this.tagSetOf, rowCount),
      tagSets: this.tagSets,
      fields,
      positions: cut(this.positions, rowCount),
    };
  }
}

/** The points of a body, or of a slice of it. */
export class BatchBuilder implements Scale {
  weight = 0;
  readonly #measurements = new Map<string, MeasurementBuilder>();
  /** Points so far, dropped ones included: the position of the next. */
  pointCount = 0;
  #droppedCount = 0;
  #firstDropped: PointFault | undefined;
  #stripped: PointFault | undefined;

  measurement(name: string): MeasurementBuilder {
    let measurement = this.#measurements.get(name);
    if (measurement === undefined) {
      measurement = new MeasurementBuilder(name, this);
      this.#measurements.set(name, measurement);
    }
    return measurement;
  }

  drop(reason: string): void {
    this.#firstDropped ??= { position: this.pointCount, reason };
    this.#droppedCount++;
    this.pointCount++;
    this.weight += WEIGHT_OF_ROW;
  }

  /** Notes that the point that comes next lost its field `time`. */
  strip(reason: string): void {
    this.#stripped = { position: this.pointCount, reason };
  }

  finish(): PointBatch {
    const measurements = [...this.#measurements.values()].filter(({ rowCount }) => rowCount > 0).map((measurement) => measurement.finish());
    return {
      measurements,
      rowCount: measurements.reduce((sum, { rowCount }) => sum + rowCount, 0),
      dropped: this.#firstDropped && { count: this.#droppedCount, first: this.#firstDropped },
      stripped: this.#stripped,
    };
  }
}

function isSorted(tags: readonly Tag[]): boolean {
  return tags.every(([key], i) => i === 0 || compareUtf8((tags[i - 1] as Tag)[0], key) < 0);
}

type Numbers = Uint8Array | Int32Array | Float64Array | BigInt64Array;

function grown<T extends Numbers>(from: T, to: T): T {
  if (from.length > 0) (to as { set(array: T): void }).set(from);
  return to;
}

function cut<T extends Numbers>(array: T, length: number): T {
  return array.length === length ? array : (array.subarray(0, length) as T);
}
