/** Durations as `influx` takes them: Go's, and whole weeks and days; shown as Go shows them. */
import { formatDuration, parseDuration } from '../config/duration.js';

const SECOND_NS = 1_000_000_000n;
const UNITS_NS: ReadonlyMap<string, bigint> = new Map([
  ['w', 604_800n * SECOND_NS],
  ['d', 86_400n * SECOND_NS],
  ['h', 3_600n * SECOND_NS],
  ['m', 60n * SECOND_NS],
  ['s', SECOND_NS],
  ['ms', 1_000_000n],
  ['us', 1_000n],
  ['\u00b5s', 1_000n],
  ['ns', 1n],
]);

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
  for (let rest = text.replace(/^-/, ''); rest !== '';) {
    const number = /^\d+/.exec(rest)?.[0];
    if (number === undefined) throw new Error(`invalid duration ${rest}`);
    rest = rest.slice(number.length);
    const unit = /^\p{L}+/u.exec(rest)?.[0];
    if (unit === undefined) throw new Error(`duration is missing a unit: ${text}`);
    const unitNs = UNITS_NS.get(unit);
    if (unitNs === undefined) {
      throw new Error('duration must be week(w), day(d), hour(h), min(m), sec(s), millisec(ms), microsec(us), or nanosec(ns)');
    }
    sum += BigInt(number) * unitNs;
    rest = rest.slice(unit.length);
  }
  return sum;
}

/** To the nearest second. */
export const readSeconds = (text: string | undefined): number => Number((readDuration(text) + SECOND_NS / 2n) / SECOND_NS);

export const formatSeconds = (seconds: number): string => formatDuration(BigInt(seconds) * SECOND_NS);
