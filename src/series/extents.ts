/** Where in time the stored rows of each series lie: tells late rows from others, and which tables a range cannot touch. */
import type { Measurement } from './catalog.js';
import type { Session } from './session.js';

/** Indexed by series id; a series that is beyond the end, or has no row, has nothing stored. */
export interface SeriesExtents {
  first: BigInt64Array;
  last: BigInt64Array;
  /** Merged rows are counted as if they were further ones. */
  rowsAtMost: Float64Array;
}

/** A measurement as a reader finds it: what drains bring after that does not concern him. */
export interface Readable {
  readonly measurement: Measurement;
  readonly extents: SeriesExtents;
  readonly fieldCount: number;
}

/** Asks the table, once; later drains keep the answer up to date. Not to be run beside a drain. */
export async function loadExtents(session: Session, measurement: Measurement): Promise<SeriesExtents> {
  if (measurement.extents !== undefined) return measurement.extents;
  const extents: SeriesExtents = { first: new BigInt64Array(0), last: new BigInt64Array(0), rowsAtMost: new Float64Array(0) };
  const rows = measurement.hasTable
    ? await session.rows(`SELECT series, min(time), max(time), count(*) FROM ${measurement.table} GROUP BY series`)
    : [];
  growExtents(extents, measurement.series.length);
  for (const [series, first, last, count] of rows as [number, bigint, bigint, bigint][]) {
    extents.first[series] = first;
    extents.last[series] = last;
    extents.rowsAtMost[series] = Number(count);
  }
  measurement.extents = extents;
  return extents;
}

export function growExtents(extents: SeriesExtents, seriesCount: number): void {
  if (extents.rowsAtMost.length >= seriesCount) return;
  const capacity = Math.max(seriesCount, extents.rowsAtMost.length * 2);
  extents.first = copyTo(extents.first, new BigInt64Array(capacity));
  extents.last = copyTo(extents.last, new BigInt64Array(capacity));
  extents.rowsAtMost = copyTo(extents.rowsAtMost, new Float64Array(capacity));
}

function copyTo<T extends BigInt64Array | Float64Array>(from: T, to: T): T {
  (to as { set(array: T): void }).set(from);
  return to;
}
