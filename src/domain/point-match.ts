/** Which points of a bucket a permission covers, where it does not cover all of them. InfluxDB's permissions have no such limit. */
import type { Predicate } from './series.js';
import { isAtLeastAsEarly, isAtLeastAsLate } from './time-bound.js';

/** A point must fulfil every member that is there. */
export interface PointMatch {
  /** The measurement is one of these. */
  readonly measurement?: readonly string[] | undefined;
  /** Of each key here, the point has the tag, with one of these values. */
  readonly tags?: Readonly<Record<string, readonly string[]>> | undefined;
  /** The point is not older than any of these bounds: the `readSince` of a token. */
  readonly since?: readonly string[] | undefined;
  /** The point is older than each of these bounds. */
  readonly until?: readonly string[] | undefined;
}

/** Whether every point that fulfils `inner` fulfils `outer`, as far as the two say it. */
export function isWithinMatch(inner: PointMatch, outer: PointMatch): boolean {
  if (outer.measurement !== undefined && !isSubset(inner.measurement, outer.measurement)) return false;
  for (const [key, values] of Object.entries(outer.tags ?? {})) if (!isSubset(valuesOf(inner, key), values)) return false;
  return (
    (outer.since ?? []).every((bound) => (inner.since ?? []).some((own) => isAtLeastAsLate(own, bound))) &&
    (outer.until ?? []).every((bound) => (inner.until ?? []).some((own) => isAtLeastAsEarly(own, bound)))
  );
}

const valuesOf = ({ tags }: PointMatch, key: string): readonly string[] | undefined =>
  tags !== undefined && Object.hasOwn(tags, key) ? tags[key] : undefined;

const isSubset = (inner: readonly string[] | undefined, outer: readonly string[]): boolean =>
  inner !== undefined && inner.every((text) => outer.includes(text));

/** What the points of both fulfil; undefined where no point can. */
export function intersectMatches(a: PointMatch | undefined, b: PointMatch | undefined): PointMatch | undefined {
  if (a === undefined || b === undefined) return a ?? b ?? {};
  const measurement = common(a.measurement, b.measurement);
  const tags: [string, readonly string[]][] = [];
  for (const key of new Set([...Object.keys(a.tags ?? {}), ...Object.keys(b.tags ?? {})])) {
    tags.push([key, common(valuesOf(a, key), valuesOf(b, key)) ?? []]);
  }
  if (measurement?.length === 0 || tags.some(([, values]) => values.length === 0)) return undefined;
  return compact({
    measurement,
    tags: tags.length === 0 ? undefined : Object.fromEntries(tags),
    since: joined(a.since, b.since),
    until: joined(a.until, b.until),
  });
}

const common = (a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a.filter((text) => b.includes(text));

const joined = (a: readonly string[] = [], b: readonly string[] = []): readonly string[] | undefined =>
  a.length + b.length === 0 ? undefined : [...new Set([...a, ...b])];

/** Without members that are undefined, so that equal matches have equal JSON. */
export function compact({ measurement, tags, since, until }: PointMatch): PointMatch {
  return {
    ...(measurement !== undefined && { measurement }),
    ...(tags !== undefined && { tags }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
  };
}

/** True where it lets every point through. */
export const isUnlimited = ({ measurement, tags, since, until }: PointMatch): boolean =>
  measurement === undefined && Object.keys(tags ?? {}).length === 0 && (since ?? []).length === 0 && (until ?? []).length === 0;

/** Measurements and tags, as an engine asks for them; undefined where all fit. Times are bounds of a read, and not part of it. */
export function predicateOfMatch({ measurement, tags = {} }: PointMatch): Predicate | undefined {
  const operands: Predicate[] = [];
  if (measurement !== undefined) operands.push(anyOf({ kind: 'measurement' }, measurement));
  for (const [key, values] of Object.entries(tags)) operands.push(anyOf({ kind: 'tag', key }, values));
  return operands.length > 1 ? { op: 'and', operands } : operands[0];
}

const anyOf = (
  subject: { readonly kind: 'measurement' } | { readonly kind: 'tag'; readonly key: string },
  texts: readonly string[],
): Predicate => ({
  op: 'or',
  operands: texts.map((literal) => ({ op: 'compare', subject, comparison: '==', literal })),
});

const isStrings = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every((text) => typeof text === 'string');
const MEMBERS = ['measurement', 'tags', 'since', 'until'];

/** Whether a value that was stored is one. A member that is not known could be a limit. */
export function isPointMatch(value: unknown): value is PointMatch {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (Object.keys(value).some((key) => !MEMBERS.includes(key))) return false;
  const { measurement, tags, since, until } = value as Readonly<Record<string, unknown>>;
  return (
    [measurement, since, until].every((list) => list === undefined || isStrings(list)) &&
    (tags === undefined || (typeof tags === 'object' && tags !== null && !Array.isArray(tags) && Object.values(tags).every(isStrings)))
  );
}
