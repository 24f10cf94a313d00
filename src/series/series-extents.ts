/** For each series of a measurement, where in time its stored rows lie, and how many there are at most. */

/** Indexed by series id; a series that is beyond the end, or has no row, has nothing stored. A loose value counts as a row. */
export interface SeriesExtents {
  first: BigInt64Array;
  last: BigInt64Array;
  /** Merged rows are counted as if they were further ones. */
  rowsAtMost: Float64Array;
  /** The same for values of a field, by its index; only for columns that were asked for. */
  readonly fields: Map<number, FieldExtents>;
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

/** Of what has no value: later than all times, and before all. */
export const NO_FIRST = 2n ** 63n - 1n;
export const NO_LAST = -(2n ** 63n) + 1n;

/** Indexed by series id. A series without a value has its first after its last. */
export class FieldExtents {
  first = new BigInt64Array(0);
  last = new BigInt64Array(0);

  note(series: number, first: bigint, last: bigint): void {
    if (series >= this.first.length) this.#grow(series + 1);
    if (first < (this.first[series] as bigint)) this.first[series] = first;
    if (last > (this.last[series] as bigint)) this.last[series] = last;
  }

  /** Whether a series has values in a range; undefined where it has values before and after, and none that is known within. */
  hasValues(series: number, startNs: bigint, stopNs: bigint): boolean | undefined {
    const first = this.first[series] ?? NO_FIRST;
    const last = this.last[series] ?? NO_LAST;
    if (first > last || first >= stopNs || last < startNs) return false;
    return first >= startNs || last < stopNs ? true : undefined;
  }

  #grow(count: number): void {
    const { length } = this.first;
    const capacity = Math.max(count, length * 2);
    const first = new BigInt64Array(capacity).fill(NO_FIRST, length);
    const last = new BigInt64Array(capacity).fill(NO_LAST, length);
    first.set(this.first);
    last.set(this.last);
    this.first = first;
    this.last = last;
  }
}
