/**
 * Reads the usual lines straight from bytes into columns: plain field keys, numbers without exponent, whole booleans and closed strings,
 * an optional time, single blanks. Of every other line it says so and leaves it, untouched, to the exact reader; what it does accept, it
 * reads as that one would.
 */
import { randomInt } from 'node:crypto';
import { BACKSLASH, COMMA, EQUALS, HASH, MINUS, NEWLINE, NUL, POINT, QUOTE, SPACE, TAB, ZERO } from './ascii.js';
import type { BatchBuilder, ColumnBuilder, FieldBuilder, MeasurementBuilder } from './columns.js';
import { fieldsMax, LineFault, readKey, unescapeString } from './exact.js';
import { lowDigits, wordsOf, writeBigInt, writeDecimal, writeSafeInteger } from './int64.js';
import type { Precision } from './precision.js';
import { SeriesDictionary } from './series-dictionary.js';

/** The answer for a line that the exact reader must read. */
export const notUsual = -1;

/** So that clients cannot choose keys with the same hash, which would all have to be compared with each other. */
const HASH_SEED = randomInt(2 ** 32);
/** Longer keys go to the exact reader, which has the limits, and so do longer strings. */
const PLAIN_KEY_BYTES_MAX = 32_768;
const PLAIN_STRING_BYTES_MAX = 524_288;
/** Decimal digits that a double holds exactly. */
const EXACT_DIGITS = 15;
/** Digits of a 64-bit integer. */
const INTEGER_DIGITS_MAX = 19;
/** The first digits of a 19-digit number from which on it may be too large for 64 bits. */
const HIGH_MAX = 9_223_372_036;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
/** Zeros that make nanoseconds of digits; none do of minutes and hours, so that they never fit and are left to the exact reader. */
const ZEROS_OF_UNIT: Readonly<Record<Precision, number>> = { ns: 0, us: 3, ms: 6, s: 9, m: Infinity, h: Infinity };
const LETTER_F = 0x66;
const LETTER_I = 0x69;
const LETTER_T = 0x74;
const LETTER_U = 0x75;
const LOWER_CASE = 0x20;

export class FastReader {
  readonly #body: Buffer;
  readonly #batch: BatchBuilder;
  readonly #series: SeriesDictionary;
  /** Digits that a time lacks to be in nanoseconds. */
  readonly #timeZeros: number;
  readonly #defaultTime: Int32Array;
  /** Columns that the present line has written to. */
  readonly #touched: ColumnBuilder[] = [];
  #touchedCount = 0;
  /** Where the key or value ended that was read last. */
  #end = 0;

  constructor(body: Buffer, batch: BatchBuilder, precision: Precision, defaultTimeNs: bigint) {
    this.#body = body;
    this.#batch = batch;
    this.#series = new SeriesDictionary(body);
    this.#timeZeros = ZEROS_OF_UNIT[precision];
    this.#defaultTime = wordsOf(new BigInt64Array(1));
    writeBigInt(this.#defaultTime, 0, defaultTimeNs);
  }

  /** Where the next line starts, or `notUsual`. */
  read(start: number): number {
    const body = this.#body;
    const length = body.length;
    let byte = body[start] as number;
    if (byte === NEWLINE) return start + 1;
    if (byte === SPACE || byte === TAB || byte === NUL || byte === HASH || byte === COMMA) return notUsual;

    let hash = HASH_SEED;
    let previous = 0;
    let i = start;
    for (; i < length; i++) {
      byte = body[i] as number;
      if (byte === SPACE && previous !== BACKSLASH) break;
      // A doubled backslash escapes or not, depending on who looks at it.
      if (byte === NEWLINE || (byte === BACKSLASH && previous === BACKSLASH)) return notUsual;
      hash = Math.imul(hash ^ byte, 0x01000193);
      previous = byte;
    }
    if (i - start > PLAIN_KEY_BYTES_MAX) return notUsual;
    const entry = this.#findSeries(start, i, hash);
    if (entry < 0) return notUsual;
    const measurement = this.#series.measurement(entry);
    measurement.beginRow();
    this.#touchedCount = 0;
    i = this.#readFields(measurement, i + 1);
    if (i >= 0) i = this.#readTime(measurement, i);
    if (i < 0) {
      for (let k = 0; k < this.#touchedCount; k++) (this.#touched[k] as ColumnBuilder).unmark(measurement.rowCount);
      return notUsual;
    }
    measurement.endRow(this.#series.tagSet(entry), this.#batch.pointCount++);
    return i;
  }

  #findSeries(start: number, end: number, hash: number): number {
    const known = this.#series.find(start, end, hash);
    if (known >= 0) return known;
    try {
      const key = readKey(this.#body.subarray(start, end + 1));
      if (key.end !== end - start) return -1;
      const measurement = this.#batch.measurement(key.measurement);
      return this.#series.add(start, end, hash, measurement, measurement.tagSet(key.tags));
    } catch (error) {
      if (error instanceof LineFault) return -1;
      throw error;
    }
  }

  /** Where the fields end: at a blank, a line break or the end of the body; or `notUsual`. */
  #readFields(measurement: MeasurementBuilder, start: number): number {
    const body = this.#body;
    const length = body.length;
    const row = measurement.rowCount;
    const { sequence } = measurement;
    let i = start;
    for (let k = 0; k < fieldsMax; k++) {
      let field = sequence[k];
      if (field !== undefined && this.#isKey(field.raw, i)) {
        i += field.raw.length + 1;
      } else {
        field = this.#readKey(measurement, i);
        if (field === undefined) return notUsual;
        sequence[k] = field;
        i = this.#end + 1;
      }
      const column = this.#readValue(field, row, i);
      if (column === undefined) return notUsual;
      column.mark(row);
      this.#touched[this.#touchedCount++] = column;
      i = this.#end;
      if (i >= length) return i;
      const byte = body[i];
      if (byte === COMMA) i++;
      else return byte === SPACE || byte === NEWLINE ? i : notUsual;
    }
    return notUsual;
  }

  #isKey(raw: Uint8Array, start: number): boolean {
    const body = this.#body;
    const { length } = raw;
    for (let k = 0; k < length; k++) if (body[start + k] !== raw[k]) return false;
    return body[start + length] === EQUALS;
  }

  #readKey(measurement: MeasurementBuilder, start: number): FieldBuilder | undefined {
    const body = this.#body;
    let i = start;
    for (; ; i++) {
      const byte = body[i];
      if (byte === EQUALS) break;
      if (byte === undefined || byte === SPACE || byte === COMMA || byte === NEWLINE || byte === BACKSLASH || byte === TAB || byte === NUL)
        return undefined;
    }
    if (i === start || i - start > PLAIN_KEY_BYTES_MAX / 2) return undefined;
    this.#end = i;
    const key = body.toString('utf8', start, i);
    return key === 'time' ? undefined : measurement.field(key, () => body.subarray(start, i));
  }

  /** Writes the value and says to which column; undefined where it is no usual value. */
  #readValue(field: FieldBuilder, row: number, start: number): ColumnBuilder | undefined {
    const byte = this.#body[start];
    if (byte === undefined) return undefined;
    if (byte === QUOTE) return this.#readString(field, row, start + 1);
    if ((byte >= ZERO && byte <= ZERO + 9) || byte === MINUS || byte === POINT) return this.#readNumber(field, row, start);
    return this.#readBoolean(field, row, start, byte);
  }

  #readNumber(field: FieldBuilder, row: number, start: number): ColumnBuilder | undefined {
    const body = this.#body;
    const length = body.length;
    const negative = body[start] === MINUS;
    const digitsStart = negative ? start + 1 : start;
    let mantissa = 0;
    let point = -1;
    let byte = NEWLINE as number;
    let i = digitsStart;
    for (; i < length; i++) {
      byte = body[i] as number;
      if (byte >= ZERO && byte <= ZERO + 9) mantissa = mantissa * 10 + (byte - ZERO);
      else if (byte === POINT && point < 0) point = i;
      else break;
    }
    const digitCount = i - digitsStart - (point < 0 ? 0 : 1);
    if (digitCount === 0) return undefined;
    if (i < length && (byte === LETTER_I || byte === LETTER_U)) {
      this.#end = i + 1;
      if (point >= 0 || digitCount > INTEGER_DIGITS_MAX || (byte === LETTER_U && negative) || !this.#isValueEnd(i + 1)) return undefined;
      const column = field.column(byte === LETTER_I ? 'integer' : 'unsigned');
      if (digitCount <= EXACT_DIGITS) writeSafeInteger(column.words, row, mantissa, negative);
      else if (!this.#writeDigits(column.words, row, digitsStart, i, 0, negative)) return undefined;
      return column;
    }
    this.#end = i;
    if (!this.#isValueEnd(i)) return undefined;
    const column = field.column('float');
    const decimals = point < 0 ? 0 : i - point - 1;
    if (digitCount > EXACT_DIGITS) {
      const value = Number(body.toString('latin1', start, i));
      if (!Number.isFinite(value)) return undefined;
      column.floats[row] = value;
    } else {
      // Both are exact, so their quotient is the double next to the decimal number.
      const value = decimals === 0 ? mantissa : mantissa / (POWERS_OF_TEN[decimals] as number);
      column.floats[row] = negative ? -value : value;
    }
    return column;
  }

  #readBoolean(field: FieldBuilder, row: number, start: number, first: number): ColumnBuilder | undefined {
    const letter = first | LOWER_CASE;
    if (letter !== LETTER_T && letter !== LETTER_F) return undefined;
    const value = letter === LETTER_T;
    let end = start + 1;
    if (!this.#isValueEnd(end)) {
      end = start + (value ? 4 : 5);
      if (end > this.#body.length || !this.#isValueEnd(end)) return undefined;
      const word = this.#body.toString('latin1', start, end);
      const isSpelledRight = value
        ? word === 'true' || word === 'True' || word === 'TRUE'
        : word === 'false' || word === 'False' || word === 'FALSE';
      if (!isSpelledRight) return undefined;
    }
    this.#end = end;
    const column = field.column('boolean');
    column.bytes[row] = value ? 1 : 0;
    return column;
  }

  #readString(field: FieldBuilder, row: number, start: number): ColumnBuilder | undefined {
    const body = this.#body;
    const length = body.length;
    let escaped = false;
    let i = start;
    for (; i < length; i++) {
      const byte = body[i];
      if (byte === QUOTE) break;
      if (byte !== BACKSLASH) continue;
      i++;
      escaped = true;
    }
    if (i >= length || i - start > PLAIN_STRING_BYTES_MAX || !this.#isValueEnd(i + 1)) return undefined;
    this.#end = i + 1;
    const text = body.toString('utf8', start, i);
    const column = field.column('string');
    column.strings[row] = escaped ? unescapeString(text) : text;
    return column;
  }

  #isValueEnd(i: number): boolean {
    const byte = this.#body[i];
    return byte === COMMA || byte === SPACE || byte === NEWLINE || byte === undefined;
  }

  /** From the end of the fields to the start of the next line. */
  #readTime(measurement: MeasurementBuilder, fieldsEnd: number): number {
    const body = this.#body;
    const length = body.length;
    const { timeWords, rowCount } = measurement;
    let i = fieldsEnd;
    while (i < length && body[i] === SPACE) i++;
    if (i >= length || body[i] === NEWLINE) {
      timeWords[rowCount * 2] = this.#defaultTime[0] as number;
      timeWords[rowCount * 2 + 1] = this.#defaultTime[1] as number;
      return i + 1;
    }
    const negative = body[i] === MINUS;
    if (negative) i++;
    const digitsStart = i;
    while (i < length && isDigit(body[i] as number)) i++;
    const digitCount = i - digitsStart;
    if (digitCount === 0 || digitCount + this.#timeZeros > INTEGER_DIGITS_MAX) return notUsual;
    if (!this.#writeDigits(timeWords, rowCount, digitsStart, i, this.#timeZeros, negative)) return notUsual;
    while (i < length && body[i] === SPACE) i++;
    return i >= length || body[i] === NEWLINE ? i + 1 : notUsual;
  }

  /** Writes digits with zeros after them, at most 19 in all; false where that might be more than 64 bits hold. */
  #writeDigits(words: Int32Array, row: number, start: number, end: number, zeros: number, negative: boolean): boolean {
    const body = this.#body;
    const split = Math.max(start, end - (lowDigits - zeros));
    let high = 0;
    for (let i = start; i < split; i++) high = high * 10 + ((body[i] as number) - ZERO);
    let low = 0;
    for (let i = split; i < end; i++) low = low * 10 + ((body[i] as number) - ZERO);
    if (high >= HIGH_MAX) return false;
    writeDecimal(words, row, high, low * (POWERS_OF_TEN[zeros] as number), negative);
    return true;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}
