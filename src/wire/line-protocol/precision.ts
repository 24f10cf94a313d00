/** The unit of a line's time, and the times that a point may have. */

export type Precision = 'ns' | 'us' | 'ms' | 's' | 'm' | 'h';

export const nsPerUnit: Readonly<Record<Precision, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** InfluxDB keeps the two lowest and the highest 64-bit integer for itself. */
export const timeMinNs = -9_223_372_036_854_775_806n;
export const timeMaxNs = 9_223_372_036_854_775_806n;

export function isInTimeRange(timeNs: bigint): boolean {
  return timeNs >= timeMinNs && timeNs <= timeMaxNs;
}

/** Cuts a time to whole units, as InfluxDB does with the present where a line has no time. */
export function truncateTime(timeNs: bigint, precision: Precision): bigint {
  const unit = nsPerUnit[precision];
  return timeNs - (((timeNs % unit) + unit) % unit);
}
