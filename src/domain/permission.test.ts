import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrganizationId } from './id.js';
import {
  ACTIONS,
  ALL_RESOURCE_TYPES,
  formatPermission,
  globalPermission,
  memberPermissions,
  operatorPermissions,
  ownerPermissions,
  permissionById,
  permissionFor,
  permissionInOrganization,
  PermissionSet,
  type Permission,
} from './permission.js';

const ids = ['00000000000000a1', '00000000000000a2', '00000000000000a3'];
const orgs = ['00000000000000b1', '00000000000000b2'] as OrganizationId[];

const permission: fc.Arbitrary<Permission> = fc.record({
  action: fc.constantFrom(...ACTIONS),
  resource: fc.record(
    { type: fc.constantFrom(...ALL_RESOURCE_TYPES), id: fc.constantFrom(...ids), orgID: fc.constantFrom(...orgs) },
    { requiredKeys: ['type'] },
  ),
});

/** The rule of facts and documentation written down once more, as plainly as it can be. */
function coversPlainly(granted: Permission, asked: Permission): boolean {
  if (granted.action !== asked.action) return false;
  if (granted.resource.type === 'instance') return true;
  if (granted.resource.type !== asked.resource.type) return false;
  const { type, id } = asked.resource;
  // An organization lies in itself and a user nowhere, whatever is said beside the id.
  const place = id === undefined || (type !== 'orgs' && type !== 'users') ? asked.resource.orgID : type === 'orgs' ? id : undefined;
  if (granted.resource.id === undefined && granted.resource.orgID === undefined) return true;
  if (granted.resource.id !== undefined && granted.resource.id !== id) return false;
  if (granted.resource.orgID !== undefined && granted.resource.orgID !== place) return false;
  // An orgID alone opens neither an organization nor a user.
  return granted.resource.id !== undefined || id === undefined || (type !== 'orgs' && type !== 'users');
}

describe('PermissionSet', () => {
  it('covers what the plain rule covers, for every type', () => {
    fc.assert(
      fc.property(fc.array(permission, { maxLength: 8 }), permission, (granted, asked) => {
        expect(new PermissionSet(granted).covers(asked)).toBe(granted.some((one) => coversPlainly(one, asked)));
      }),
      { numRuns: 5000 },
    );
  });

  it('never denies more when a permission is added', () => {
    fc.assert(
      fc.property(fc.array(permission, { maxLength: 6 }), permission, permission, (granted, more, asked) => {
        if (new PermissionSet(granted).covers(asked)) expect(new PermissionSet([...granted, more]).covers(asked)).toBe(true);
      }),
    );
  });

  it('gives a scope that holds exactly what is covered', () => {
    fc.assert(
      fc.property(fc.array(permission, { maxLength: 8 }), permission, (granted, asked) => {
        const set = new PermissionSet(granted);
        const scope = set.scope(asked.action, asked.resource.type);
        const { type, id, orgID } = asked.resource;
        // A store asks of what is there, which has an id; of organizations and users it asks the id alone.
        fc.pre(id !== undefined && (orgID !== undefined || type === 'orgs' || type === 'users'));
        const place = type === 'orgs' || type === 'users' ? undefined : orgID;
        const within =
          scope.everything ||
          (place !== undefined && scope.organizationIds.includes(place)) ||
          scope.ids.includes(id) ||
          scope.placedIds.some((placed) => placed.id === id && placed.orgID === place);
        expect(within).toBe(set.covers(asked));
      }),
      { numRuns: 5000 },
    );
  });

  it('grants to others nothing but what it covers', () => {
    fc.assert(
      fc.property(
        fc.array(permission, { maxLength: 8 }),
        permission,
        fc.constantFrom(...orgs),
        permission,
        (held, asked, preferred, used) => {
          const set = new PermissionSet(held);
          const granted = set.grant(asked, preferred);
          if (granted !== undefined && new PermissionSet([granted]).covers(used)) expect(set.covers(used)).toBe(true);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it('grants what it covers as it was asked for', () => {
    fc.assert(
      fc.property(fc.array(permission, { maxLength: 8 }), permission, (held, asked) => {
        const set = new PermissionSet(held);
        if (set.covers(asked)) expect(set.grant(asked, orgs[0]!)).toEqual(asked);
      }),
    );
  });

  it('grants of an id that it holds in an organization that, and nothing beyond', () => {
    const [here, there] = orgs as [OrganizationId, OrganizationId];
    const set = new PermissionSet([permissionFor('read', 'buckets', ids[0]!, here)]);
    const byId: Permission = { action: 'read', resource: { type: 'buckets', id: ids[0]! } };
    expect(set.grant(byId, there)).toEqual(permissionFor('read', 'buckets', ids[0]!, here));
    expect(set.grant({ ...byId, action: 'write' }, here)).toBeUndefined();
    expect(set.grant(permissionFor('read', 'buckets', ids[0]!, there), there)).toBeUndefined();
  });

  it.each(['users', 'orgs'] as const)('never opens one of the %s by an organization', (type) => {
    const [here, there] = orgs as [OrganizationId, OrganizationId];
    const set = new PermissionSet([permissionInOrganization('write', type, here), permissionFor('write', type, here, there)]);
    expect(set.covers(permissionById('write', type, here))).toBe(false);
    expect(set.covers(permissionFor('write', type, here, here))).toBe(false);
    expect(set.grant(permissionById('write', type, here), here)).toBeUndefined();
    expect(set.scope('write', type)).toEqual({ everything: false, organizationIds: [], ids: [], placedIds: [] });
  });

  it('names the first missing permission', () => {
    const set = new PermissionSet(operatorPermissions().slice(0, -1));
    expect(set.firstMissing(operatorPermissions())).toEqual(globalPermission('write', 'replications'));
    expect(new PermissionSet(operatorPermissions()).firstMissing(operatorPermissions())).toBeUndefined();
  });

  it('lets instance cover everything of its action', () => {
    const set = new PermissionSet([globalPermission('read', 'instance')]);
    for (const type of ALL_RESOURCE_TYPES) {
      expect(set.covers(globalPermission('read', type))).toBe(true);
      expect(set.covers(globalPermission('write', type))).toBe(false);
    }
  });
});

describe('formatPermission', () => {
  const [org] = orgs as [OrganizationId];
  const id = ids[0]!;
  const cases: [Permission, string][] = [
    [permissionFor('write', 'buckets', id, org), `write:orgs/${org}/buckets/${id}`],
    [permissionInOrganization('read', 'buckets', org), `read:orgs/${org}/buckets`],
    [{ action: 'read', resource: { type: 'buckets', id } }, `read:buckets/${id}`],
    [globalPermission('read', 'buckets'), 'read:buckets'],
    [permissionById('write', 'orgs', id), `write:orgs/${id}`],
    [permissionFor('write', 'orgs', org, org), `write:orgs/${org}/orgs/${org}`],
  ];
  it.each(cases)('%j', (given, text) => {
    expect(formatPermission(given)).toBe(text);
  });
});

describe('roles', () => {
  const [org] = orgs as [OrganizationId];
  it('give an operator 44 permissions, an owner 44 and a member 22', () => {
    expect(operatorPermissions()).toHaveLength(44);
    expect(ownerPermissions(org)).toHaveLength(44);
    expect(memberPermissions(org)).toHaveLength(22);
    expect(memberPermissions(org)[3]).toEqual({ action: 'read', resource: { type: 'orgs', id: org } });
  });
});
