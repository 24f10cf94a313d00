/** Durations as InfluxQL writes them: numbers with units, one after the other. */

const MICROSECOND = 1_000n;
const MILLISECOND = 1_000_000n;
const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
const WEEK = 7n * DAY;

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  u: MICROSECOND,
  µ: MICROSECOND,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: WEEK,
};

const PARTS = /(\d+)(ns|ms|[uµsmhdw])/gy;
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Nanoseconds.
 *
 * @returns what is wrong, in InfluxDB's words, for a text that is no duration or a duration that does not fit 64 bits
 */
export function parseDuration(text: string): bigint | { readonly fault: string } {
  let total = 0n;
  let end = 0;
  let last = '';
  PARTS.lastIndex = 0;
  for (let match = PARTS.exec(text); match !== null; match = PARTS.exec(text)) {
    const [part, digits = '', unit = ''] = match;
    const count = BigInt(digits);
    if (count > INT64_MAX) return { fault: 'invalid duration' };
    total += count * (UNITS[unit] as bigint);
    last = `${count}${unit}`;
    end += part.length;
    PARTS.lastIndex = end;
  }
  if (end === 0 || end !== text.length) return { fault: 'invalid duration' };
  if (total > INT64_MAX) return { fault: `overflowed duration ${last}: choose a smaller duration or INF` };
  return total;
}

/** In the largest unit that divides it. */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return '0s';
  for (const unit of ['w', 'd', 'h', 'm', 's', 'ms', 'u']) {
    const length = UNITS[unit] as bigint;
    if (ns % length === 0n) return `${ns / length}${unit}`;
  }
  return `${ns}ns`;
}
