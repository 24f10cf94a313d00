/** Ranges of time as engines take them, and as InfluxDB's shard groups divide them. */
import type { TimeRange } from '../../../domain/series.js';
import { floorDivide } from '../../../domain/time.js';
import { type Bounds, MAX_TIME, MIN_TIME } from '../compile/condition.js';

/** From the beginning of the year 1, from which shard groups (and Go's truncated times) are counted, to 1970. */
export const GO_EPOCH_NS = 62_135_596_800_000_000_000n;

/** Half-open, or undefined for all time. */
export function rangeOf({ min, max }: Bounds): TimeRange | undefined | 'empty' {
  if (min === undefined && max === undefined) return undefined;
  const range = { startNs: min ?? MIN_TIME, stopNs: (max ?? MAX_TIME) + 1n };
  return range.startNs < range.stopNs ? range : 'empty';
}

export const shardStart = (time: bigint, everyNs: bigint): bigint => floorDivide(time + GO_EPOCH_NS, everyNs) * everyNs - GO_EPOCH_NS;

/** All of the shard groups that bounds touch: it is in them that InfluxDB looks for fields and tags. */
export function wholeShards(bounds: Bounds, everyNs: bigint): TimeRange | undefined | 'empty' {
  const range = rangeOf(bounds);
  if (range === undefined || range === 'empty') return range;
  const startNs = shardStart(range.startNs, everyNs);
  const stopNs = shardStart(range.stopNs - 1n, everyNs) + everyNs;
  return { startNs: startNs < MIN_TIME ? MIN_TIME : startNs, stopNs: stopNs > MAX_TIME ? MAX_TIME + 1n : stopNs };
}
