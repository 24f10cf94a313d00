/** Durations as InfluxQL writes them: numbers with units, one after the other. */
import { NS_BY_UNIT, takeDurationPart } from '../../../domain/duration.js';

const MICROSECOND_NS = 1_000n;
const UNITS = ['w', 'd', 'h', 'm', 's', 'ms', 'u', 'ns'] as const;
const INT64_MAX = 2n ** 63n - 1n;

const lengthOf = (unit: string): bigint | undefined => {
  if (unit === 'u' || unit === 'µ') return MICROSECOND_NS;
  return (UNITS as readonly string[]).includes(unit) ? NS_BY_UNIT.get(unit) : undefined;
};

/**
 * Nanoseconds.
 *
 * @returns what is wrong, in InfluxDB's words, for a text that is no duration or a duration that does not fit 64 bits
 */
export function parseDuration(text: string): bigint | { readonly fault: string } {
  let total = 0n;
  let last = '';
  for (let left = text; left !== '' || last === '';) {
    const { digits, unit, rest } = takeDurationPart(left);
    const length = lengthOf(unit);
    if (digits === '' || length === undefined || BigInt(digits) > INT64_MAX) return { fault: 'invalid duration' };
    total += BigInt(digits) * length;
    last = `${BigInt(digits)}${unit}`;
    left = rest;
  }
  if (total > INT64_MAX) return { fault: `overflowed duration ${last}: choose a smaller duration or INF` };
  return total;
}

/** In the largest unit that divides it. */
export function formatDuration(ns: bigint): string {
  if (ns === 0n) return '0s';
  const unit = UNITS.find((each) => ns % (lengthOf(each) as bigint) === 0n) as string;
  return `${ns / (lengthOf(unit) as bigint)}${unit}`;
}
