import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrganizationId } from './id.js';
import { intersectPermissions } from './permission-intersection.js';
import { PermissionSet, type Permission } from './permission.js';

const ids = ['00000000000000a1', '00000000000000a2', '00000000000000a3'];
const organizations = ['00000000000000b1', '00000000000000b2', '00000000000000a1'] as OrganizationId[];
const types = ['buckets', 'orgs', 'users', 'secrets'] as const;

const asked = fc.record({
  action: fc.constantFrom('read', 'write'),
  resource: fc.record({
    type: fc.constantFrom(...types),
    id: fc.option(fc.constantFrom(...ids), { nil: undefined }),
    orgID: fc.option(fc.constantFrom(...organizations), { nil: undefined }),
  }),
}) as fc.Arbitrary<Permission>;
const held = fc.oneof(
  { weight: 12, arbitrary: asked },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Permission>(
      { action: 'read', resource: { type: 'instance' } },
      { action: 'write', resource: { type: 'instance' } },
    ),
  },
);
const sets = fc.array(held, { maxLength: 6 });

describe('the intersection of permissions', () => {
  it('covers exactly what both cover', () => {
    fc.assert(
      fc.property(sets, sets, fc.array(asked, { minLength: 1, maxLength: 8 }), (one, other, questions) => {
        const common = intersectPermissions(one, other);
        const [first, second] = [new PermissionSet(one), new PermissionSet(other)];
        for (const question of questions) {
          expect(common.covers(question), JSON.stringify(question)).toBe(first.covers(question) && second.covers(question));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('of a set with itself is the set', () => {
    fc.assert(
      fc.property(sets, asked, (set, question) => {
        expect(intersectPermissions(set, set).covers(question)).toBe(new PermissionSet(set).covers(question));
      }),
    );
  });
});
