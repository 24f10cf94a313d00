/** Which rows a query is about: those of some series within a range. */
import type { TimeRange } from '../domain/series.js';
import type { Measurement } from './catalog.js';
import type { Readable } from './extents.js';

/** The first time that a point can have, and the first after all of them. */
export const TIME_MIN = -(2n ** 63n) + 2n;
export const TIME_END = 2n ** 63n - 1n;

export interface Scope {
  readonly measurement: Measurement;
  /** In the order of their keys. */
  readonly ids: Int32Array;
  /** No other series has rows in the range. */
  readonly isAll: boolean;
  /** What of the range that is asked for can hold rows of these series. */
  readonly range: TimeRange;
  /** The end of the range that is asked for. */
  readonly stopNs: bigint;
}

/** The part of a range in which points can be. */
export function clampRange({ startNs, stopNs }: TimeRange): TimeRange {
  return { startNs: startNs < TIME_MIN ? TIME_MIN : startNs, stopNs: stopNs > TIME_END ? TIME_END : stopNs };
}

/** Leaves out selected series that have no rows in a range, and the ends of the range where none has any; undefined where nothing is left. */
export function scopeOf(
  { measurement, extents }: Pick<Readable, 'measurement' | 'extents'>,
  selected: Int32Array,
  asked: TimeRange,
): Scope | undefined {
  const { first, last, rowsAtMost } = extents;
  const { startNs, stopNs } = clampRange(asked);
  let from = stopNs;
  let to = startNs;
  const ids = selected.filter((id) => {
    if (!((rowsAtMost[id] ?? 0) > 0)) return false;
    const begin = first[id] as bigint;
    const end = last[id] as bigint;
    if (begin >= stopNs || end < startNs) return false;
    if (begin < from) from = begin;
    if (end >= to) to = end + 1n;
    return true;
  });
  if (ids.length === 0) return undefined;
  const range = { startNs: from > startNs ? from : startNs, stopNs: to < stopNs ? to : stopNs };
  return { measurement, ids, isAll: selected.length === measurement.series.count, range, stopNs };
}
