import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Id, OrganizationId } from './id.js';
import { intersectPermissions } from './permission-intersection.js';
import { PermissionSet, type Permission } from './permission.js';
import { intersectMatches, isPointMatch, isWithinMatch, type PointMatch } from './point-match.js';
import { boundAt } from './time-bound.js';

const NOW_NS = 1_800_000_000_000_000_000n;
const texts = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 });
const bounds = fc.array(fc.constantFrom('1h', '1d', '30d', '2026-12-01T00:00:00Z', '2027-01-10T00:00:00Z'), { minLength: 1, maxLength: 2 });
const matches = fc.record(
  { measurement: texts, tags: fc.dictionary(fc.constantFrom('x', 'y'), texts), since: bounds, until: bounds },
  { requiredKeys: [] },
) as fc.Arbitrary<PointMatch>;

interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly timeNs: bigint;
}
const points = fc.record({
  measurement: fc.constantFrom('a', 'b', 'c'),
  tags: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('a', 'b', 'c')),
  timeNs: fc.integer({ min: 0, max: 60 * 24 }).map((hours) => NOW_NS - BigInt(hours) * 3_600_000_000_000n),
});

const fulfils = ({ measurement, tags, timeNs }: Point, match: PointMatch): boolean =>
  (match.measurement === undefined || match.measurement.includes(measurement)) &&
  Object.entries(match.tags ?? {}).every(([key, values]) => values.includes(tags[key] ?? '')) &&
  (match.since ?? []).every((bound) => timeNs >= boundAt(bound, NOW_NS)) &&
  (match.until ?? []).every((bound) => timeNs < boundAt(bound, NOW_NS));

describe('a match of points', () => {
  it('is within another only if each of its points is', () => {
    fc.assert(
      fc.property(matches, matches, points, (inner, outer, point) => {
        if (isWithinMatch(inner, outer) && fulfils(point, inner)) expect(fulfils(point, outer)).toBe(true);
        expect(isWithinMatch(inner, inner)).toBe(true);
        expect(isWithinMatch(inner, {})).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('has in common with another exactly the points of both', () => {
    fc.assert(
      fc.property(matches, matches, points, (a, b, point) => {
        const both = intersectMatches(a, b);
        expect(both !== undefined && fulfils(point, both)).toBe(fulfils(point, a) && fulfils(point, b));
        if (both !== undefined) expect(isPointMatch(JSON.parse(JSON.stringify(both)))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('permissions with a match', () => {
  const bucket = '00000000000000a1' as Id;
  const orgID = '00000000000000b1' as OrganizationId;
  const resources = fc.constantFrom<Permission['resource']>(
    { type: 'buckets' },
    { type: 'buckets', orgID },
    { type: 'buckets', id: bucket },
    { type: 'buckets', id: bucket, orgID },
    { type: 'buckets', id: '00000000000000a2', orgID },
    { type: 'buckets', orgID: '00000000000000b2' as OrganizationId },
    { type: 'tasks', orgID },
  );
  const permissions = fc
    .record({ action: fc.constantFrom('read', 'write'), resource: resources, match: fc.option(matches, { nil: undefined }) })
    .map(({ match, ...permission }) =>
      permission.resource.type === 'buckets' && match !== undefined ? { ...permission, match } : permission,
    ) as fc.Arbitrary<Permission>;
  const sets = fc.array(permissions, { maxLength: 5 });
  const actions = fc.constantFrom('read' as const, 'write' as const);

  const opens = (set: PermissionSet, action: 'read' | 'write', point: Point): boolean => {
    const of = set.pointsOf(action, bucket, orgID);
    return of === 'all' || of.some((match) => fulfils(point, match));
  };

  it('cover neither a bucket nor all of its points', () => {
    const set = new PermissionSet([{ action: 'write', resource: { type: 'buckets', orgID }, match: { measurement: ['a'] } }]);
    const asked: Permission = { action: 'write', resource: { type: 'buckets', id: bucket, orgID } };
    expect(set.covers(asked)).toBe(false);
    expect(set.covers({ ...asked, somePoints: true } as Permission)).toBe(true);
    expect(set.covers({ ...asked, action: 'read', somePoints: true } as Permission)).toBe(false);
    expect(set.covers({ ...asked, match: { measurement: ['a'], tags: { x: ['a'] } } })).toBe(true);
    expect(set.covers({ ...asked, match: { measurement: ['b'] } })).toBe(false);
    expect(set.covers({ ...asked, match: {} })).toBe(false);
    expect(set.grant(asked, orgID)).toBeUndefined();
  });

  it('are granted only within those that are held: no grant opens another point', () => {
    fc.assert(
      fc.property(sets, permissions, points, actions, (held, asked, point, action) => {
        const granted = new PermissionSet(held).grant(asked, orgID);
        if (granted !== undefined && opens(new PermissionSet([granted]), action, point)) {
          expect(opens(new PermissionSet(held), action, point)).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('intersect to the points of both sets', () => {
    fc.assert(
      fc.property(sets, sets, points, actions, (one, other, point, action) => {
        const both = [new PermissionSet(one), new PermissionSet(other)].every((set) => opens(set, action, point));
        expect(opens(intersectPermissions(one, other), action, point)).toBe(both);
      }),
      { numRuns: 3000 },
    );
  });
});
