/** Points that are older than their bucket keeps: InfluxDB does not store them and says so. */
import { pickRows } from './point-batch.js';
import type { MeasurementBatch, PointBatch, Tag } from './series.js';
import { formatTime } from './time.js';

export interface RetentionCut {
  /** The points within the retention period. */
  readonly batch: PointBatch;
  /** Undefined where all points are. */
  readonly dropped: RetentionDrop | undefined;
}

/** Points that were taken out. */
export interface RetentionDrop {
  readonly count: number;
  readonly oldest: DroppedPoint;
  readonly newest: DroppedPoint;
}

interface DroppedPoint {
  readonly timeNs: bigint;
  /** As written in line protocol. */
  readonly seriesKey: string;
}

/** The combined drops of two consecutive parts of a body. */
export function addDrops(a: RetentionDrop | undefined, b: RetentionDrop | undefined): RetentionDrop | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    count: a.count + b.count,
    oldest: b.oldest.timeNs < a.oldest.timeNs ? b.oldest : a.oldest,
    newest: b.newest.timeNs > a.newest.timeNs ? b.newest : a.newest,
  };
}

/**
 * InfluxDB's words: `dropped 2 points outside retention policy of duration 1h0m0s - oldest point ..., newest point ...`. Its answer is
 * 422 `failure writing points to database: partial write: <reason> dropped=<count> for database: <bucket id> for retention policy: autogen`,
 * unless the engine drops some of the other points: then it reports only those.
 */
export function describeDrop({ count, oldest, newest }: RetentionDrop, nowNs: bigint, retentionSeconds: number): string {
  const boundNs = boundOf(nowNs, retentionSeconds);
  return (
    `dropped ${count} points outside retention policy of duration ${formatRetention(retentionSeconds)}` +
    ` - oldest ${describe(oldest, boundNs)}, newest ${describe(newest, boundNs)}`
  );
}

const boundOf = (nowNs: bigint, retentionSeconds: number): bigint => nowNs - BigInt(retentionSeconds) * 1_000_000_000n;

/**
 * Removes points that are older than the bucket's retention period.
 *
 * @param retentionSeconds zero where it keeps everything
 */
export function cutToRetention(batch: PointBatch, nowNs: bigint, retentionSeconds: number): RetentionCut {
  if (retentionSeconds === 0) return { batch, dropped: undefined };
  const boundNs = boundOf(nowNs, retentionSeconds);
  const parts = batch.measurements.map((part) => split(part, boundNs));
  const old = parts.flatMap(({ part, oldRows }) => oldRows.map((row): OldPoint => ({ part, row, timeNs: part.times[row] as bigint })));
  const [first] = old;
  if (first === undefined) return { batch, dropped: undefined };
  const measurements = parts.map(({ part, oldRows, youngRows }) => (oldRows.length === 0 ? part : pickRows(part, youngRows)));
  const oldest = old.reduce((a, b) => (b.timeNs < a.timeNs ? b : a), first);
  const newest = old.reduce((a, b) => (b.timeNs > a.timeNs ? b : a), first);
  return {
    batch: { ...batch, measurements: measurements.filter(({ rowCount }) => rowCount > 0), rowCount: batch.rowCount - old.length },
    dropped: { count: old.length, oldest: keyed(oldest), newest: keyed(newest) },
  };
}

interface OldPoint {
  readonly part: MeasurementBatch;
  readonly row: number;
  readonly timeNs: bigint;
}

function split(part: MeasurementBatch, boundNs: bigint): { part: MeasurementBatch; oldRows: number[]; youngRows: number[] } {
  const oldRows: number[] = [];
  for (let row = 0; row < part.rowCount; row++) if ((part.times[row] as bigint) < boundNs) oldRows.push(row);
  if (oldRows.length === 0) return { part, oldRows, youngRows: [] };
  const old = new Set(oldRows);
  const youngRows = Array.from({ length: part.rowCount }, (_, row) => row).filter((row) => !old.has(row));
  return { part, oldRows, youngRows };
}

/** As Go prints durations of an hour and more, which is the least that a bucket can keep. */
function formatRetention(seconds: number): string {
  return `${Math.floor(seconds / 3600)}h${Math.floor(seconds / 60) % 60}m${seconds % 60}s`;
}

function keyed({ part, row, timeNs }: OldPoint): DroppedPoint {
  const tags = part.tagSets[part.tagSetOf[row] as number] as readonly Tag[];
  const seriesKey = [
    escape(part.measurement, /[, ]/g),
    ...tags.map(([tag, value]) => `${escape(tag, /[, =]/g)}=${escape(value, /[, =]/g)}`),
  ].join();
  return { timeNs, seriesKey };
}

function describe({ timeNs, seriesKey }: DroppedPoint, boundNs: bigint): string {
  return `point ${seriesKey} at ${formatTime(timeNs)} dropped because it violates a Retention Policy Lower Bound at ${formatTime(boundNs)}`;
}

function escape(text: string, special: RegExp): string {
  return text.replace(special, '\\$&');
}
