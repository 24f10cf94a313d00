/** Points as they lie in InfluxDB's files, written into the time-series engine: in large batches, with the fields of a series joined. */
import type { BucketId } from '../domain/id.js';
import type { FieldType, PointBatch, SeriesEngine } from '../domain/series.js';
import type { SeriesBlock } from '../influxdb-files/tsm/tsm-file.js';
import type { Points } from '../influxdb-files/tsm/block.js';
import { BatchBuilder } from './batch-builder.js';
import { convertPoints, type ChooseType } from './field-types.js';
import type { Findings } from './findings.js';
import { SeriesRows } from './series-rows.js';

/** What is needed of an engine. */
export type PointSink = Pick<SeriesEngine, 'write' | 'fieldType'>;

export interface PointsReport {
  /** Rows that were written; one that lies in two files counts twice. */
  readonly pointCount: number;
  /** Values of fields that were written. */
  readonly valueCount: number;
  /** Values that were given the type of their field. */
  readonly converted: readonly FieldChange[];
  /** Values that could not be. */
  readonly dropped: readonly FieldChange[];
  /** Points that the engine dropped, and its first reason: another write has given a field another type meanwhile. */
  readonly refused: { readonly count: number; readonly reason: string } | undefined;
}

export interface FieldChange {
  readonly measurement: string;
  readonly field: string;
  readonly from: FieldType;
  readonly to: FieldType;
  readonly valueCount: number;
}

/** A batch is written when it has so many rows or bytes. */
const BATCH_ROWS = 50_000;
const BATCH_BYTES_MAX = 16 * 1024 * 1024;
/** Rows of a series are written before all of them are known where its fields take more than this; the engine joins them later. */
const SERIES_BYTES_MAX = 64 * 1024 * 1024;
/** Blocks that are decoded before others have their turn. */
const BLOCKS_PER_TURN = 64;

/**
 * Writes blocks in their order: of two points at one time the later counts. All of them are durable when the promise is fulfilled; when it
 * is rejected, some may be. To write the same blocks again changes nothing.
 *
 * @param blocks fields of a series side by side; what they throw is thrown
 * @param choose the types of fields that the engine does not know yet
 */
export async function writeBlocks(
  engine: PointSink,
  bucketId: BucketId,
  blocks: Iterable<SeriesBlock>,
  choose: ChooseType = () => undefined,
): Promise<PointsReport> {
  const types = new FieldTypes(engine, bucketId, choose);
  const totals = { pointCount: 0, valueCount: 0, refusedCount: 0, reason: '' };
  let builder = new BatchBuilder();
  let written: Promise<void> = Promise.resolve();

  /** The next batch is put together while this one goes to the disk; two at once might be taken in the wrong order. */
  const send = async (batch: PointBatch): Promise<void> => {
    await written;
    written = engine.write(bucketId, batch).then(({ droppedCount, reason = '' }) => {
      totals.pointCount += batch.rowCount - droppedCount;
      totals.refusedCount += droppedCount;
      totals.reason ||= reason;
    });
    // It is waited for later, and must not end the process before.
    written.catch(() => undefined);
  };
  const take = async (rows: SeriesRows): Promise<void> => {
    for (const chunk of rows.chunks()) {
      builder.append(rows.measurement, rows.tags, chunk);
      if (builder.rowCount < BATCH_ROWS && builder.byteCount < BATCH_BYTES_MAX) continue;
      await send(builder.build());
      builder = new BatchBuilder();
    }
  };

  let rows: SeriesRows | undefined;
  let blockCount = 0;
  try {
    for (const block of blocks) {
      const type = types.known(block) ?? (await types.find(block));
      const points = types.fit(block, type);
      totals.valueCount += points.times.length;
      if (rows === undefined || !rows.isOf(block) || rows.byteCount > SERIES_BYTES_MAX || !rows.add(block.field, points)) {
        if (rows !== undefined) await take(rows);
        rows = new SeriesRows(block);
        rows.add(block.field, points);
      }
      if (++blockCount % BLOCKS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (rows !== undefined) await take(rows);
    if (builder.rowCount > 0) await send(builder.build());
  } finally {
    await written.catch(() => undefined);
  }
  await written;
  const { pointCount, valueCount, refusedCount, reason } = totals;
  return {
    pointCount,
    valueCount,
    converted: types.changes('converted'),
    dropped: types.changes('dropped'),
    refused: refusedCount === 0 ? undefined : { count: refusedCount, reason },
  };
}

/** @param place a bucket or shard, for messages */
export function noteChanges(place: string, { converted, dropped, refused }: PointsReport, changed: Findings, leftOut: Findings): void {
  const keyOf = ({ measurement, field }: FieldChange): string => `${place}: ${measurement}.${field}`;
  for (const change of converted) {
    const reason = `the field has the type ${change.to} here, not ${change.from}`;
    changed.add({ kind: 'value', key: keyOf(change), reason }, change.valueCount);
  }
  for (const change of dropped) {
    const reason = `the field has the type ${change.to} here, and holds no such ${change.from}`;
    leftOut.add({ kind: 'value', key: keyOf(change), reason }, change.valueCount);
  }
  if (refused !== undefined) leftOut.add({ kind: 'point', key: place, reason: refused.reason }, refused.count);
}

/** Gives values the type of their field, and keeps count of those that had another. */
class FieldTypes {
  readonly #engine: PointSink;
  readonly #bucketId: BucketId;
  readonly #choose: ChooseType;
  readonly #known = new Map<string, Map<string, FieldType>>();
  readonly #changes = new Map<string, { readonly change: Omit<FieldChange, 'valueCount'>; converted: number; dropped: number }>();

  constructor(engine: PointSink, bucketId: BucketId, choose: ChooseType) {
    this.#engine = engine;
    this.#bucketId = bucketId;
    this.#choose = choose;
  }

  known({ measurement, field }: SeriesBlock): FieldType | undefined {
    return this.#known.get(measurement)?.get(field);
  }

  /** The engine decides, then what was chosen, then the values themselves. */
  async find({ measurement, field, values }: SeriesBlock): Promise<FieldType> {
    const type = (await this.#engine.fieldType(this.#bucketId, measurement, field)) ?? this.#choose(measurement, field) ?? values.type;
    const fields = this.#known.get(measurement);
    if (fields === undefined) this.#known.set(measurement, new Map([[field, type]]));
    else fields.set(field, type);
    return type;
  }

  fit({ measurement, field, times, values }: SeriesBlock, type: FieldType): Points {
    if (type === values.type) return { times, values };
    const points = convertPoints({ times, values }, type);
    const key = JSON.stringify([measurement, field, values.type]);
    let counts = this.#changes.get(key);
    if (counts === undefined) {
      this.#changes.set(key, (counts = { change: { measurement, field, from: values.type, to: type }, converted: 0, dropped: 0 }));
    }
    counts.converted += points.times.length;
    counts.dropped += times.length - points.times.length;
    return points;
  }

  changes(kind: 'converted' | 'dropped'): FieldChange[] {
    return [...this.#changes.values()]
      .filter((counts) => counts[kind] > 0)
      .map(({ change, ...counts }) => ({ ...change, valueCount: counts[kind] }));
  }
}
