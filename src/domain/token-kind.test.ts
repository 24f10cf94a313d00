import { describe, expect, it } from 'vitest';
import type { OrganizationId } from './id.js';
import { operatorPermissions, ownerPermissions, permissionById, permissionInOrganization, type Permission } from './permission.js';
import { tokenKindOf } from './token-kind.js';

const own = '0000000000000001' as OrganizationId;
const other = '0000000000000002' as OrganizationId;
const bucket: Permission = { action: 'read', resource: { type: 'buckets', id: '0000000000000009', orgID: own } };

describe('tokenKindOf', () => {
  it('knows an operator by all that he holds, and by nothing less', () => {
    expect(tokenKindOf(operatorPermissions(), own)).toBe('operator');
    expect(tokenKindOf([...operatorPermissions(), bucket], own)).toBe('operator');
    const less = operatorPermissions().filter(({ action, resource }) => !(action === 'write' && resource.type === 'orgs'));
    // All of every organization but the writing of organizations is still all of its own one.
    expect(tokenKindOf(less, own)).toBe('all-access');
  });

  it('calls everything in its own organization all access, whatever it may do with the organization and with users', () => {
    const all = ownerPermissions(own);
    expect(tokenKindOf(all, own)).toBe('all-access');
    const asPagesMakeIt = [
      ...all.filter(({ resource }) => resource.type !== 'users' && resource.type !== 'orgs'),
      permissionById('read', 'orgs', own),
      permissionById('write', 'users', '0000000000000005'),
    ];
    expect(tokenKindOf(asPagesMakeIt, own)).toBe('all-access');
    expect(tokenKindOf(asPagesMakeIt, other)).toBe('custom');
    for (const missing of asPagesMakeIt.filter(({ resource }) => resource.type !== 'users')) {
      expect(
        tokenKindOf(
          asPagesMakeIt.filter((permission) => permission !== missing),
          own,
        ),
      ).toBe('custom');
    }
  });

  it('tells buckets alone from anything else', () => {
    expect(tokenKindOf([bucket], own)).toBe('read-write');
    expect(tokenKindOf([permissionInOrganization('write', 'buckets', own), bucket], own)).toBe('read-write');
    expect(tokenKindOf([bucket, permissionInOrganization('read', 'tasks', own)], own)).toBe('custom');
  });
});
