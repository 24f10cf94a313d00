/** Deleted spans of time, and points without those that lie in them. */
import type { Points } from './block.js';
import { pickPoints } from './pick.js';

/** Both ends are deleted too. Nanoseconds. */
export interface Span {
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

export const covers = ({ firstNs, lastNs }: Span, from: bigint, to: bigint): boolean => firstNs <= from && lastNs >= to;

/** What is left of points in the order of time; the same object where nothing is deleted. May be empty. */
export function withoutSpans(points: Points, spans: readonly Span[]): Points {
  const { times } = points;
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined) return points;
  const met = spans.filter(({ firstNs, lastNs }) => firstNs <= last && lastNs >= first);
  if (met.length === 0) return points;
  const isDeleted = new Uint8Array(times.length);
  for (const { firstNs, lastNs } of met) isDeleted.fill(1, firstIndexAfter(times, firstNs, true), firstIndexAfter(times, lastNs, false));
  const kept = Uint32Array.from(times, (_, index) => index).filter((index) => isDeleted[index] === 0);
  return kept.length === times.length ? points : pickPoints(points, kept);
}

/** The first index whose time is after `ns`, or `orAt` it. */
function firstIndexAfter(times: BigInt64Array, ns: bigint, orAt: boolean): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const time = times[middle] as bigint;
    if (time > ns || (orAt && time === ns)) high = middle;
    else low = middle + 1;
  }
  return low;
}
