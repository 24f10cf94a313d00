/** Line protocol as InfluxDB 2.x reads it: a body of lines becomes columns, or one error that names every line that is wrong. */
import { DomainError, invalid } from '../domain/errors.js';
import type { PointBatch } from '../domain/series.js';
import { HASH, NEWLINE } from './line-protocol/ascii.js';
import { BatchBuilder, type ColumnBuilder } from './line-protocol/columns.js';
import { findLineEnd, LineFault, type LineField, type LinePoint, readLine, skipBlanks } from './line-protocol/exact.js';
import { FastReader, notUsual } from './line-protocol/fast.js';
import { writeBigInt } from './line-protocol/int64.js';
import { type Precision, truncateTime } from './line-protocol/precision.js';
import { quoteGo } from '../domain/go-quote.js';

export type { Precision } from './line-protocol/precision.js';

/** What a body may hold at most. */
export interface LineProtocolLimits {
  readonly pointsMax: number;
  readonly lineBytesMax: number;
  /** Of the message that lists the lines that are wrong; what goes beyond is counted. */
  readonly messageBytesMax: number;
}

export const lineProtocolLimits: LineProtocolLimits = {
  pointsMax: 10_000_000,
  lineBytesMax: 16 * 1024 * 1024,
  messageBytesMax: 1024 * 1024,
};

/** InfluxDB's limit (tsdb.MaxFieldValueLength): a point with a longer string is dropped, the rest lands. */
const stringBytesMax = 1_048_576;

/**
 * Reads a body.
 *
 * @param defaultTimeNs the time of points that have none, which is cut to whole units of the precision
 * @throws DomainError `invalid` with a line `unable to parse '<line>': <reason>` for every line that is wrong, in InfluxDB's words;
 *   `request too large` beyond the limits
 */
export function parseLineProtocol(
  body: Buffer,
  precision: Precision,
  defaultTimeNs: bigint,
  limits: LineProtocolLimits = lineProtocolLimits,
): PointBatch {
  const batch = new BatchBuilder();
  const presentNs = truncateTime(defaultTimeNs, precision);
  const fast = new FastReader(body, batch, precision, presentNs);
  const faults = new FaultList(limits.messageBytesMax);
  let start = 0;
  while (start < body.length) {
    let next = fast.read(start);
    if (next === notUsual) {
      const end = findLineEnd(body, start);
      next = end + 1;
      if (end - start <= limits.lineBytesMax) readUnusual(body.subarray(start, end), precision, presentNs, batch, faults);
    }
    if (next - 1 - start > limits.lineBytesMax) throw tooLarge(`a line is longer than ${limits.lineBytesMax} bytes`);
    if (batch.pointCount > limits.pointsMax)
      throw tooLarge(`there are more than ${limits.pointsMax} points: send them in several requests`);
    start = next;
  }
  faults.throwIfAny();
  return batch.finish();
}

function tooLarge(why: string): DomainError {
  return new DomainError('request too large', `points batch is too large: ${why}`);
}

function readUnusual(block: Buffer, precision: Precision, presentNs: bigint, batch: BatchBuilder, faults: FaultList): void {
  const start = skipBlanks(block, 0);
  if (start === block.length || block[start] === HASH) return;
  // A block ends with a line break only where that was escaped and the last byte of the body but one.
  const end = block[block.length - 1] === NEWLINE ? block.length - 1 : block.length;
  const line = block.subarray(start, end);
  try {
    addPoint(readLine(line, precision), presentNs, batch);
  } catch (error) {
    if (!(error instanceof LineFault)) throw error;
    faults.add(line, error.message);
  }
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

/** The message about lines that are wrong, which grows to its limit only. */
class FaultList {
  readonly #bytesMax: number;
  readonly #lines: string[] = [];
  #bytes = 0;
  #leftOut = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(line: Buffer, reason: string): void {
    if (this.#bytes + line.length > this.#bytesMax) {
      this.#leftOut++;
      return;
    }
    const text = `unable to parse '${line.toString('utf8')}': ${reason}`;
    this.#bytes += text.length;
    this.#lines.push(text);
  }

  throwIfAny(): void {
    if (this.#leftOut > 0) this.#lines.push(`unable to parse ${this.#leftOut} more lines`);
    if (this.#lines.length > 0) throw invalid(this.#lines.join('\n'));
  }
}
