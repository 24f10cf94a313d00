/** What roles and tokens add up to for a session. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACME, ANN, BEN, BETA, HOME, START_MS, TwoOrganizations } from '../../test/support/two-organizations.js';
import { systemActor } from '../domain/actor.js';
import type { AuthorizationId } from '../domain/id.js';
import {
  globalPermission,
  memberPermissions,
  ownerPermissions,
  permissionById,
  permissionInOrganization,
  type Permission,
} from '../domain/permission.js';
import type { Membership, Status } from '../domain/user.js';
import { listOwnPermissions, permissionsOfUser, rolePermissions } from './roles.js';

let world: TwoOrganizations;
beforeEach(async () => {
  world = await TwoOrganizations.open();
});
afterEach(() => world.close());

const add = (...memberships: Omit<Membership, 'userId'>[]): Promise<void> =>
  world.store.transaction(async (writer) => {
    for (const membership of memberships) await writer.insertMembership({ ...membership, userId: ANN });
  });
const themselves = [permissionById('read', 'users', ANN), permissionById('write', 'users', ANN)];

describe('the permissions of roles', () => {
  it('are those about oneself, without any role', async () => {
    expect(await rolePermissions(world.store, ANN)).toEqual(themselves);
  });

  it.each<[string, Omit<Membership, 'userId'>, Permission[]]>([
    ['an owner of an organization', { resourceType: 'orgs', resourceId: ACME, role: 'owner' }, ownerPermissions(ACME)],
    ['a member of an organization', { resourceType: 'orgs', resourceId: ACME, role: 'member' }, memberPermissions(ACME)],
    [
      'a member of a bucket',
      { resourceType: 'buckets', resourceId: HOME, role: 'member' },
      [{ action: 'read', resource: { type: 'buckets', id: HOME } }],
    ],
    ['an owner of a bucket', { resourceType: 'buckets', resourceId: HOME, role: 'owner' }, []],
    ['an owner of anything else', { resourceType: 'tasks', resourceId: HOME, role: 'owner' }, []],
    ['a member of anything else', { resourceType: 'tasks', resourceId: HOME, role: 'member' }, []],
  ])('of %s', async (_, membership, expected) => {
    await add(membership);
    expect(await rolePermissions(world.store, ANN)).toEqual([...expected, ...themselves]);
    expect(await rolePermissions(world.store, BEN)).toHaveLength(2);
  });

  it('begin with those of the server', async () => {
    await add(
      { resourceType: 'orgs', resourceId: BETA, role: 'member' },
      { resourceType: 'instance', resourceId: '0000000000000001', role: 'owner' },
    );
    expect(await rolePermissions(world.store, ANN)).toEqual([
      globalPermission('read', 'instance'),
      globalPermission('write', 'instance'),
      ...memberPermissions(BETA),
      ...themselves,
    ]);
  });
});

describe('a session', () => {
  const right = permissionInOrganization('write', 'buckets', BETA);
  const other = permissionInOrganization('read', 'tasks', BETA);
  const token = (n: number, permissions: Permission[], status: Status = 'active'): Promise<unknown> =>
    world.actor(permissions, { id: `000000000000000${n}` as AuthorizationId, status });
  const insertV1 = (): Promise<void> =>
    world.store.transaction((writer) =>
      writer.insertAuthorization({
        id: '0000000000000009' as AuthorizationId,
        orgID: ACME,
        userID: ANN,
        status: 'active',
        description: '',
        permissions: [right],
        secret: { kind: 'v1', userName: 'agent' },
        createdAtMs: 0,
        updatedAtMs: 0,
      }),
    );

  it('has the rights of the roles and of all active tokens', async () => {
    await add({ resourceType: 'orgs', resourceId: ACME, role: 'member' });
    await token(1, [right]);
    await token(2, [other]);
    await token(3, [globalPermission('write', 'orgs')], 'inactive');
    const { permissions, validUntilMs } = await permissionsOfUser(world.store, ANN, START_MS);
    expect(permissions.permissions).toEqual([...memberPermissions(ACME), ...themselves, right, other]);
    expect(validUntilMs).toBeUndefined();
  });

  it('has nothing of authorizations of the v1-compatible API', async () => {
    await insertV1();
    expect((await permissionsOfUser(world.store, ANN, START_MS)).permissions.permissions).toEqual(themselves);
  });

  it('has nothing of what was ended with its user', async () => {
    await token(1, [right]);
    await world.store.transaction((writer) => writer.deleteUser(ANN, 1));
    expect((await permissionsOfUser(world.store, ANN, START_MS)).permissions.permissions).toEqual(themselves);
  });
});

describe('one’s own permissions', () => {
  const right = permissionInOrganization('write', 'buckets', BETA);
  it('are listed once each', async () => {
    expect(listOwnPermissions(await world.actor([right, ...themselves, right]))).toEqual([right, ...themselves]);
  });

  it('are none with an inactive token', async () => {
    expect(listOwnPermissions(await world.actor([right], { status: 'inactive' }))).toEqual([]);
    expect(listOwnPermissions(systemActor('test'))).toHaveLength(2);
  });
});
