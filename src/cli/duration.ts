/** Durations as `influx` takes them: Go's, and whole weeks and days; shown as Go shows them. */
import { formatDuration, NS_BY_UNIT, parseDuration, takeDurationPart } from '../domain/duration.js';

const SECOND_NS = 1_000_000_000n;
/**
 * @returns nanoseconds; 0 for nothing
 * @throws Error in `influx`'s words
 */
export function readDuration(text: string | undefined): bigint {
  if (text === undefined || text === '') return 0n;
  const ns = parseOrUndefined(text) ?? sumParts(text);
  if (ns < 0n || text.startsWith('-')) throw new Error('must be greater than 0');
  return ns;
}

function parseOrUndefined(text: string): bigint | undefined {
  try {
    return parseDuration(text);
  } catch {
    return undefined;
  }
}

function sumParts(text: string): bigint {
  let sum = 0n;
  for (let left = text.replace(/^-/, ''); left !== '';) {
    const { digits, unit, rest } = takeDurationPart(left);
    if (digits === '') throw new Error(`invalid duration ${left}`);
    if (unit === '') throw new Error(`duration is missing a unit: ${text}`);
    const unitNs = NS_BY_UNIT.get(unit);
    if (unitNs === undefined) {
      throw new Error('duration must be week(w), day(d), hour(h), min(m), sec(s), millisec(ms), microsec(us), or nanosec(ns)');
    }
    sum += BigInt(digits) * unitNs;
    left = rest;
  }
  return sum;
}

/** To the nearest second. */
export const readSeconds = (text: string | undefined): number => Number((readDuration(text) + SECOND_NS / 2n) / SECOND_NS);

export const formatSeconds = (seconds: number): string => formatDuration(BigInt(seconds) * SECOND_NS);
