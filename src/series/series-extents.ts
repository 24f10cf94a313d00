/** For each series of a measurement, where in time its stored rows lie, and how many there are at most. */

/** Indexed by series id; a series that is beyond the end, or has no row, has nothing stored. A loose value counts as a row. */
export interface SeriesExtents {
  first: BigInt64Array;
  last: BigInt64Array;
  /** Merged rows are counted as if they were further ones. */
  rowsAtMost: Float64Array;
}

/** Notes rows of a series. */
export function noteRows(extents: SeriesExtents, series: number, first: bigint, last: bigint, count: number): void {
  const before = extents.rowsAtMost[series] as number;
  if (before === 0 || first < (extents.first[series] as bigint)) extents.first[series] = first;
  if (before === 0 || last > (extents.last[series] as bigint)) extents.last[series] = last;
  extents.rowsAtMost[series] = before + count;
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
