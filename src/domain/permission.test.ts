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
  if (granted.resource.id === undefined && granted.resource.orgID === undefined) return true;
  if (granted.resource.id === undefined) return granted.resource.orgID === asked.resource.orgID;
  return granted.resource.id === asked.resource.id;
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
        const { id, orgID } = asked.resource;
        const within =
          scope.everything ||
          (orgID !== undefined && scope.organizationIds.includes(orgID)) ||
          (id !== undefined && scope.ids.includes(id));
        expect(within).toBe(set.covers(asked));
      }),
      { numRuns: 5000 },
    );
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
