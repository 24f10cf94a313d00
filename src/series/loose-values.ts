/** Loose values on their way into their table. */
import { FIELD_TYPES } from './field-types.js';
import type { PendingColumn, PendingRows } from './pending-rows.js';

const FIRST_CAPACITY = 1024;

export class LooseValues {
  count = 0;
  /** Characters of all texts. */
  characters = 0;
  measurements = new Int32Array(FIRST_CAPACITY);
  series = new Int32Array(FIRST_CAPACITY);
  fields = new Int32Array(FIRST_CAPACITY);
  timeWords = new Int32Array(FIRST_CAPACITY * 2);
  types = new Uint8Array(FIRST_CAPACITY);
  /** Numbers as their bits, booleans as 0 and 1. */
  words = new Int32Array(FIRST_CAPACITY * 2);
  readonly strings: (string | undefined)[] = [];

  /** Adds a value of a column, as one of a row. */
  add(measurementId: number, fieldIndex: number, rows: PendingRows, row: number, column: PendingColumn, value: number): void {
    if (this.count === this.measurements.length) this.#grow();
    const i = this.count++;
    this.measurements[i] = measurementId;
    this.series[i] = rows.series[row] as number;
    this.fields[i] = fieldIndex;
    this.timeWords[i * 2] = rows.timeWords[row * 2] as number;
    this.timeWords[i * 2 + 1] = rows.timeWords[row * 2 + 1] as number;
    this.types[i] = FIELD_TYPES.indexOf(column.type);
    if (column.type === 'string') {
      const text = column.strings[value] as string;
      this.strings[i] = text;
      this.characters += text.length;
    } else if (column.type === 'boolean') {
      this.words[i * 2] = column.bytes[value] as number;
    } else {
      this.words[i * 2] = column.words[value * 2] as number;
      this.words[i * 2 + 1] = column.words[value * 2 + 1] as number;
    }
  }

  #grow(): void {
    const capacity = this.count * 2;
    this.measurements = copyTo(this.measurements, new Int32Array(capacity));
    this.series = copyTo(this.series, new Int32Array(capacity));
    this.fields = copyTo(this.fields, new Int32Array(capacity));
    this.timeWords = copyTo(this.timeWords, new Int32Array(capacity * 2));
    this.words = copyTo(this.words, new Int32Array(capacity * 2));
    const types = new Uint8Array(capacity);
    types.set(this.types);
    this.types = types;
  }
}

function copyTo(from: Int32Array<ArrayBuffer>, to: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  to.set(from);
  return to;
}
