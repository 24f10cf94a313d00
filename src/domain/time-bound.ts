/** Bounds in time as tokens state them: a moment (RFC 3339), or a duration before now (`30d`). */
import { invalid } from './errors.js';
import { parseTime, TIME_MAX_NS, TIME_MIN_NS } from './time.js';
import { parseLifetime } from './token-lifetime.js';

type TimeBound = { readonly agoNs: bigint } | { readonly atNs: bigint };

const NS_PER_MS = 1_000_000n;

/** @throws DomainError `invalid`, naming the value */
function parseBound(text: string, what: string): TimeBound {
  const atNs = parseTime(text);
  if (atNs !== undefined) return { atNs: atNs < TIME_MIN_NS ? TIME_MIN_NS : atNs > TIME_MAX_NS ? TIME_MAX_NS : atNs };
  if (/^\d{4}-/.test(text)) throw invalid(`${what} must be a duration such as 30d, or a time as in RFC 3339, such as 2030-01-31T12:00:00Z`);
  return { agoNs: BigInt(parseLifetime(text, what)) * NS_PER_MS };
}

/** @throws DomainError `invalid` */
export function checkBound(text: string, what: string): void {
  parseBound(text, what);
}

/** @returns nanoseconds since 1970 */
export function boundAt(text: string, nowNs: bigint): bigint {
  const bound = parseBound(text, 'the bound');
  return 'atNs' in bound ? bound.atNs : nowNs - bound.agoNs;
}

/** Whether a bound is never before another. A duration and a moment change places one day: neither is within the other. */
export function isAtLeastAsLate(one: string, other: string): boolean {
  const [a, b] = [parseBound(one, 'the bound'), parseBound(other, 'the bound')];
  if ('atNs' in a) return 'atNs' in b && a.atNs >= b.atNs;
  return 'agoNs' in b && a.agoNs <= b.agoNs;
}

export const isAtLeastAsEarly = (one: string, other: string): boolean => isAtLeastAsLate(other, one);
