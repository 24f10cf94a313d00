/**
 * What the log keeps: of a batch the bucket and, measurement by measurement, its columns, enough to store it again; of a deletion the
 * bucket, the range and the series.
 */
import type { BucketId } from '../domain/id.js';
import type { Column, FieldType, Tag, TimeRange } from '../domain/series.js';
import type { ByteReader, ByteWriter } from './byte-writer.js';
import { FIELD_TYPES } from './field-types.js';
import type { Part, PartField } from './parts.js';

/** A record of points begins with its bucket; others with an empty text and their kind. */
const REMOVAL = 1;
/** How the values of a field stand to the rows: one for each, with a byte a row that says whether there is one, or with row numbers. */
const WHOLE = 0;
const MASKED = 1;
const NUMBERED = 2;

export interface PointsRecord {
  readonly kind: 'points';
  readonly bucketId: BucketId;
  readonly measurements: readonly Part[];
}

/** The rows in a range of some series. */
export interface RemovalRecord {
  readonly kind: 'removal';
  readonly bucketId: BucketId;
  readonly range: TimeRange;
  readonly measurements: readonly RemovedSeries[];
}

export interface RemovedSeries {
  readonly measurement: string;
  /** Undefined: all series. */
  readonly tagSets: readonly (readonly Tag[])[] | undefined;
}

export type LogRecord = PointsRecord | RemovalRecord;

export function writeRecord(writer: ByteWriter, record: LogRecord): void {
  if (record.kind === 'removal') {
    writer.text('');
    writer.uint8(REMOVAL);
  }
  writer.text(record.bucketId);
  if (record.kind === 'removal') writer.array(BigInt64Array.of(record.range.startNs, record.range.stopNs));
  writer.uint32(record.measurements.length);
  if (record.kind === 'points') for (const part of record.measurements) writePart(writer, part);
  else for (const removed of record.measurements) writeRemoved(writer, removed);
}

export function readRecord(reader: ByteReader): LogRecord {
  const first = reader.text();
  if (first !== '') {
    return { kind: 'points', bucketId: first as BucketId, measurements: Array.from({ length: reader.uint32() }, () => readPart(reader)) };
  }
  const kind = reader.uint8();
  if (kind !== REMOVAL) throw new RangeError(`the record is of the unknown kind ${kind}`);
  const bucketId = reader.text() as BucketId;
  const [startNs = 0n, stopNs = 0n] = reader.array(new BigInt64Array(2));
  const measurements = Array.from({ length: reader.uint32() }, () => readRemoved(reader));
  return { kind: 'removal', bucketId, range: { startNs, stopNs }, measurements };
}

function writePart(writer: ByteWriter, part: Part): void {
  writer.text(part.measurement);
  writer.uint32(part.rowCount);
  writeTagSets(writer, part.tagSets);
  writer.array(part.times);
  writer.array(part.tagSetOf);
  writer.uint32(part.fields.length);
  for (const { key, column, rows } of part.fields) {
    writer.text(key);
    writer.uint8(FIELD_TYPES.indexOf(column.type));
    writer.uint8(rows === undefined ? WHOLE : NUMBERED);
    if (rows !== undefined) {
      writer.uint32(rows.length);
      writer.array(rows);
    }
    if (column.type === 'string') for (const text of column.values) writer.text(text);
    else writer.array(column.values);
  }
}

function readPart(reader: ByteReader): Part {
  const measurement = reader.text();
  const rowCount = reader.uint32();
  const tagSets = readTagSets(reader);
  const times = reader.array(new BigInt64Array(rowCount));
  const tagSetOf = reader.array(new Int32Array(rowCount));
  const fields = Array.from({ length: reader.uint32() }, () => readField(reader, rowCount));
  return { measurement, rowCount, times, tagSetOf, tagSets, fields };
}

function readField(reader: ByteReader, rowCount: number): PartField {
  const key = reader.text();
  const type = FIELD_TYPES[reader.uint8()];
  const form = reader.uint8();
  if (form === WHOLE) return { key, column: readColumn(reader, type, rowCount), rows: undefined };
  if (form === NUMBERED) {
    const rows = reader.array(new Int32Array(reader.uint32()));
    return { key, column: readColumn(reader, type, rows.length), rows };
  }
  if (form !== MASKED) throw new RangeError(`the values of a field have the unknown form ${form}`);
  const valid = reader.array(new Uint8Array(rowCount));
  return { key, ...maskedColumn(readColumn(reader, type, rowCount), valid) };
}

/** Earlier versions wrote a value for each row, also where there was none. */
function maskedColumn(column: Column, valid: Uint8Array): { column: Column; rows: Int32Array } {
  const rows = Int32Array.from([...valid.keys()].filter((row) => valid[row] === 1));
  const keep = (_: unknown, row: number): boolean => valid[row] === 1;
  switch (column.type) {
    case 'float':
      return { column: { type: 'float', values: column.values.filter(keep) }, rows };
    case 'integer':
      return { column: { type: 'integer', values: column.values.filter(keep) }, rows };
    case 'unsigned':
      return { column: { type: 'unsigned', values: column.values.filter(keep) }, rows };
    case 'boolean':
      return { column: { type: 'boolean', values: column.values.filter(keep) }, rows };
    case 'string':
      return { column: { type: 'string', values: column.values.filter(keep) }, rows };
  }
}

function readColumn(reader: ByteReader, type: FieldType | undefined, count: number): Column {
  switch (type) {
    case 'float':
      return { type, values: reader.array(new Float64Array(count)) };
    case 'integer':
      return { type, values: reader.array(new BigInt64Array(count)) };
    case 'unsigned':
      return { type, values: reader.array(new BigUint64Array(count)) };
    case 'boolean':
      return { type, values: reader.array(new Uint8Array(count)) };
    case 'string':
      return { type, values: Array.from({ length: count }, () => reader.text()) };
    case undefined:
      throw new RangeError('the record has a field of no known type');
  }
}

function writeRemoved(writer: ByteWriter, { measurement, tagSets }: RemovedSeries): void {
  writer.text(measurement);
  writer.uint8(tagSets === undefined ? 1 : 0);
  if (tagSets !== undefined) writeTagSets(writer, tagSets);
}

function readRemoved(reader: ByteReader): RemovedSeries {
  const measurement = reader.text();
  return { measurement, tagSets: reader.uint8() === 1 ? undefined : readTagSets(reader) };
}

function writeTagSets(writer: ByteWriter, tagSets: readonly (readonly Tag[])[]): void {
  writer.uint32(tagSets.length);
  for (const tags of tagSets) {
    writer.uint32(tags.length);
    for (const [key, value] of tags) {
      writer.text(key);
      writer.text(value);
    }
  }
}

function readTagSets(reader: ByteReader): Tag[][] {
  return Array.from({ length: reader.uint32() }, () => Array.from({ length: reader.uint32() }, (): Tag => [reader.text(), reader.text()]));
}
