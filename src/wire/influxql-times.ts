/** Times in results of InfluxQL: RFC 3339 with as many digits as there are, or counts of a unit since 1970. */
import type { TimeColumn } from '../domain/influxql-result.js';
import { formatTime } from '../domain/time.js';

const UNITS: Readonly<Record<string, bigint>> = {
  u: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Nanoseconds of the unit that `epoch` names. What names none means nanoseconds, and so do `ns` and (InfluxDB's rule) `us`. */
export const epochUnitNs = (epoch: string): bigint => (Object.hasOwn(UNITS, epoch) ? (UNITS[epoch] as bigint) : 1n);

/** In the clock of the column's zone. */
export function formatZonedTime({ values, offsetSecondsAt }: TimeColumn, row: number): string {
  const ns = values[row] as bigint;
  const offset = offsetSecondsAt?.(ns) ?? 0;
  if (offset === 0) return formatTime(ns);
  const local = formatTime(ns + BigInt(offset) * 1_000_000_000n).slice(0, -1);
  const minutes = Math.floor(Math.abs(offset) / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
