/** What the log keeps of a batch: the bucket and, measurement by measurement, its columns; enough to store it again. */
import type { BucketId } from '../domain/id.js';
import type { Column, FieldColumn, FieldType, MeasurementBatch, Tag } from '../domain/series.js';
import type { ByteReader, ByteWriter } from './byte-writer.js';

const TYPES: readonly FieldType[] = ['float', 'integer', 'unsigned', 'string', 'boolean'];

export interface LogRecord {
  readonly bucketId: BucketId;
  readonly measurements: readonly MeasurementBatch[];
}

export function writeRecord(writer: ByteWriter, { bucketId, measurements }: LogRecord): void {
  writer.text(bucketId);
  writer.uint32(measurements.length);
  for (const part of measurements) writeMeasurement(writer, part);
}

export function readRecord(reader: ByteReader): LogRecord {
  const bucketId = reader.text() as BucketId;
  const measurements = Array.from({ length: reader.uint32() }, () => readMeasurement(reader));
  return { bucketId, measurements };
}

function writeMeasurement(writer: ByteWriter, part: MeasurementBatch): void {
  writer.text(part.measurement);
  writer.uint32(part.rowCount);
  writer.uint32(part.tagSets.length);
  for (const tags of part.tagSets) {
    writer.uint32(tags.length);
    for (const [key, value] of tags) {
      writer.text(key);
      writer.text(value);
    }
  }
  writer.array(part.times);
  writer.array(part.tagSetOf);
  writer.uint32(part.fields.length);
  for (const { key, column } of part.fields) {
    writer.text(key);
    writer.uint8(TYPES.indexOf(column.type));
    writer.uint8(column.valid === undefined ? 0 : 1);
    if (column.valid !== undefined) writer.array(column.valid);
    if (column.type === 'string') for (const text of column.values) writer.text(text);
    else writer.array(column.values);
  }
}

function readMeasurement(reader: ByteReader): MeasurementBatch {
  const measurement = reader.text();
  const rowCount = reader.uint32();
  const tagSets = Array.from({ length: reader.uint32() }, () => readTags(reader));
  const times = reader.array(new BigInt64Array(rowCount));
  const tagSetOf = reader.array(new Int32Array(rowCount));
  const fields = Array.from({ length: reader.uint32() }, () => readField(reader, rowCount));
  // Positions serve to report faults only, and what is in the log has none.
  return { measurement, rowCount, times, tagSetOf, tagSets, fields, positions: new Int32Array(rowCount) };
}

function readTags(reader: ByteReader): Tag[] {
  return Array.from({ length: reader.uint32() }, (): Tag => [reader.text(), reader.text()]);
}

function readField(reader: ByteReader, rowCount: number): FieldColumn {
  const key = reader.text();
  const type = TYPES[reader.uint8()];
  const valid = reader.uint8() === 1 ? reader.array(new Uint8Array(rowCount)) : undefined;
  return { key, column: readColumn(reader, type, rowCount, valid) };
}

function readColumn(reader: ByteReader, type: FieldType | undefined, rowCount: number, valid: Uint8Array | undefined): Column {
  switch (type) {
    case 'float':
      return { type, values: reader.array(new Float64Array(rowCount)), valid };
    case 'integer':
      return { type, values: reader.array(new BigInt64Array(rowCount)), valid };
    case 'unsigned':
      return { type, values: reader.array(new BigUint64Array(rowCount)), valid };
    case 'boolean':
      return { type, values: reader.array(new Uint8Array(rowCount)), valid };
    case 'string':
      return { type, values: Array.from({ length: rowCount }, () => reader.text()), valid };
    case undefined:
      throw new RangeError('the record has a field of no known type');
  }
}
