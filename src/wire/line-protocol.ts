/** Line protocol as InfluxDB 2.x reads it: a body of lines becomes columns, or one error that names the lines that are wrong. */
import { DomainError } from '../domain/errors.js';
import { quoteGo } from '../domain/go-quote.js';
import type { PointBatch } from '../domain/series.js';
import { HASH, NEWLINE } from './line-protocol/ascii.js';
import { BatchBuilder, type ColumnBuilder } from './line-protocol/columns.js';
import { findLineEnd, LineFault, type LineField, type LinePoint, readLine, skipBlanks } from './line-protocol/exact.js';
import { FastReader, notUsual } from './line-protocol/fast.js';
import { FaultList } from './line-protocol/faults.js';
import { writeBigInt } from './line-protocol/int64.js';
import { type Precision, truncateTime } from './line-protocol/precision.js';

export type { Precision } from './line-protocol/precision.js';

/** What a body may hold at most, and what is handed on at once. */
export interface LineProtocolLimits {
  readonly pointsMax: number;
  readonly lineBytesMax: number;
  /** Lines that are wrong and are named; the body is not read beyond them. */
  readonly faultsMax: number;
  /** Of the message that names them. */
  readonly messageBytesMax: number;
  /** A slice ends with the line that exceeds one of these; the weight is about what storing it costs, see `BatchBuilder`. */
  readonly sliceBytesMax: number;
  readonly sliceWeightMax: number;
}

export const lineProtocolLimits: LineProtocolLimits = {
  pointsMax: 10_000_000,
  lineBytesMax: 16 * 1024 * 1024,
  faultsMax: 1_000,
  messageBytesMax: 1024 * 1024,
  sliceBytesMax: 1024 * 1024,
  sliceWeightMax: 100_000,
};

/** InfluxDB's limit (tsdb.MaxFieldValueLength): a point with a longer string is dropped, the rest lands. */
const stringBytesMax = 1_048_576;

/** How a body is to be read. */
export interface LineProtocolSettings {
  readonly precision: Precision;
  /** The time of points that have none, which is cut to whole units of the precision. */
  readonly defaultTimeNs: bigint;
}

/** How far a reader has come; another one can go on from there. */
export interface ReaderState {
  /** Where the next slice starts. */
  readonly position: number;
  readonly pointCount: number;
  /** What has been found wrong, see `FaultList`. */
  readonly faults: readonly string[];
}

const AT_START: ReaderState = { position: 0, pointCount: 0, faults: [] };

/**
 * Reads a body slice by slice. A line that is wrong refuses the whole body: nothing of it may be stored before all of it was read once
 * and `throwIfWrong` was asked.
 */
export class LineProtocolReader {
  readonly #body: Buffer;
  readonly #precision: Precision;
  readonly #presentNs: bigint;
  readonly #limits: LineProtocolLimits;
  readonly #faults: FaultList;
  #position: number;
  #pointCount: number;

  constructor(body: Buffer, { precision, defaultTimeNs }: LineProtocolSettings, limits = lineProtocolLimits, from = AT_START) {
    this.#body = body;
    this.#precision = precision;
    this.#presentNs = truncateTime(defaultTimeNs, precision);
    this.#limits = limits;
    this.#faults = new FaultList(limits.faultsMax, limits.messageBytesMax, from.faults);
    this.#position = from.position;
    this.#pointCount = from.pointCount;
  }

  get state(): ReaderState {
    return { position: this.#position, pointCount: this.#pointCount, faults: this.#faults.texts };
  }

  get isAtEnd(): boolean {
    return this.#position >= this.#body.length;
  }

  /** @throws DomainError `request too large` beyond the limits */
  next(): PointBatch {
    const body = this.#body;
    const { lineBytesMax, pointsMax, sliceBytesMax, sliceWeightMax } = this.#limits;
    const batch = new BatchBuilder();
    const fast = new FastReader(body, batch, this.#precision, this.#presentNs);
    const sliceEnd = Math.min(body.length, this.#position + sliceBytesMax);
    let start = this.#position;
    while (start < sliceEnd && batch.weight < sliceWeightMax) {
      let next = fast.read(start);
      if (next === notUsual) {
        const end = findLineEnd(body, start);
        next = end + 1;
        if (end - start <= lineBytesMax) this.#readUnusual(body.subarray(start, end), batch);
      }
      if (next - 1 - start > lineBytesMax) throw tooLarge(`a line is longer than ${lineBytesMax} bytes`);
      start = this.#faults.isFull ? body.length : next;
    }
    this.#position = start;
    this.#pointCount += batch.pointCount;
    if (this.#pointCount > pointsMax) throw tooLarge(`there are more than ${pointsMax} points: send them in several requests`);
    return batch.finish();
  }

  /**
   * @throws DomainError `invalid` with a line `unable to parse '<line>': <reason>` for every line that is wrong, in InfluxDB's words, up to
   *   the limit
   */
  throwIfWrong(): void {
    this.#faults.throwIfAny();
  }

  #readUnusual(block: Buffer, batch: BatchBuilder): void {
    const start = skipBlanks(block, 0);
    if (start === block.length || block[start] === HASH) return;
    // A block ends with a line break only where that was escaped and the last byte of the body but one.
    const end = block[block.length - 1] === NEWLINE ? block.length - 1 : block.length;
    const line = block.subarray(start, end);
    try {
      addPoint(readLine(line, this.#precision), this.#presentNs, batch);
    } catch (error) {
      if (!(error instanceof LineFault)) throw error;
      this.#faults.add(line, error.message);
    }
  }
}

/**
 * Reads a body at once; of what is large, use `LineProtocolReader`.
 *
 * @throws DomainError `invalid` or `request too large`
 */
export function parseLineProtocol(
  body: Buffer,
  precision: Precision,
  defaultTimeNs: bigint,
  limits: Partial<LineProtocolLimits> = {},
): PointBatch {
  const whole = { ...lineProtocolLimits, sliceBytesMax: Infinity, sliceWeightMax: Infinity, ...limits };
  const reader = new LineProtocolReader(body, { precision, defaultTimeNs }, whole);
  const batch = reader.next();
  reader.throwIfWrong();
  return batch;
}

/**
 * Reads a body that is small, which is one slice nearly always.
 *
 * @throws DomainError `invalid` or `request too large`
 */
export function parseSlices(body: Buffer, settings: LineProtocolSettings): PointBatch[] {
  const reader = new LineProtocolReader(body, settings);
  const slices = [reader.next()];
  while (!reader.isAtEnd) slices.push(reader.next());
  reader.throwIfWrong();
  return slices;
}

function tooLarge(why: string): DomainError {
  return new DomainError('request too large', `points batch is too large: ${why}`);
}

function addPoint({ key, fields, timeNs }: LinePoint, presentNs: bigint, batch: BatchBuilder): void {
  const invalidTime = `invalid field name: input field "time" on measurement "${key.measurement}" is invalid`;
  const kept = fields.filter((field) => field.key !== 'time');
  if (kept.length === 0) {
    batch.drop(invalidTime);
    return;
  }
  const tooLong = kept.find(isTooLong);
  if (tooLong !== undefined) {
    const size = Buffer.byteLength(tooLong.value as string);
    batch.drop(`input field ${quoteGo(tooLong.key)} on measurement ${quoteGo(key.measurement)} is too long, ${size} > ${stringBytesMax}`);
    return;
  }
  if (kept.length < fields.length) batch.strip(`${invalidTime}. Field "time" has been stripped from point.`);
  const measurement = batch.measurement(key.measurement);
  measurement.beginRow();
  const row = measurement.rowCount;
  for (const field of kept) {
    const column = measurement.field(field.key, () => field.rawKey).column(field.type);
    writeValue(column, row, field.value);
    column.mark(row);
  }
  writeBigInt(measurement.timeWords, row, timeNs ?? presentNs);
  measurement.endRow(measurement.tagSet(key.tags), batch.pointCount++);
}

function isTooLong({ value }: LineField): boolean {
  return typeof value === 'string' && value.length * 3 > stringBytesMax && Buffer.byteLength(value) > stringBytesMax;
}

function writeValue(column: ColumnBuilder, row: number, value: LineField['value']): void {
  if (typeof value === 'number') column.floats[row] = value;
  else if (typeof value === 'bigint') writeBigInt(column.words, row, value);
  else if (typeof value === 'boolean') column.bytes[row] = value ? 1 : 0;
  else column.strings[row] = value;
}
