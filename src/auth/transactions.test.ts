/** Between the moment at which an actor was asked and the commit anything may happen: what has been taken away by then is not used. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemActor, type SessionActor, type TokenActor } from '../domain/actor.js';
import type { Authorization } from '../domain/authorization.js';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import { PermissionSet, permissionInOrganization, type Permission } from '../domain/permission.js';
import type { Store, StoreWriter } from '../domain/store.js';
import { openSqliteStore } from '../store/sqlite.js';
import { authorize, type Clearance } from './authorize.js';
import { permissionsOfUser } from './roles.js';
import { transactionBy } from './transactions.js';

const id = <T extends string>(n: number): T => n.toString(16).padStart(16, '0') as T;
const [USER, ORG, TOKEN, OTHER_TOKEN] = [id<UserId>(1), id<OrganizationId>(2), id<AuthorizationId>(3), id<AuthorizationId>(4)];
const SESSION_ENDS_AT_MS = 1000;
const request = { id: 'r', address: '192.0.2.1' };
const right = permissionInOrganization('write', 'labels', ORG);
const toBuckets = permissionInOrganization('write', 'buckets', ORG);

const authorization = (own: AuthorizationId, permissions: Permission[]): Authorization => ({
  id: own,
  orgID: ORG,
  userID: USER,
  status: 'active',
  description: '',
  permissions,
  secret: { kind: 'token', tokens: [{ hash: `hash ${own}`, createdAtMs: 0 }] },
  createdAtMs: 0,
  updatedAtMs: 0,
});

let directory: string;
let store: Store;
let now: number;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'transactions-'));
  store = await openSqliteStore(directory);
  now = 0;
  await store.transaction(async (writer) => {
    await writer.insertUser({ id: USER, name: 'ann', status: 'active' });
    await writer.insertOrganization({ id: ORG, name: 'acme', description: '', createdAtMs: 0, updatedAtMs: 0 });
    await writer.insertAuthorization(authorization(TOKEN, [right]));
    await writer.insertAuthorization(authorization(OTHER_TOKEN, [toBuckets]));
    await writer.insertSession({ hash: 's', userId: USER, createdAtMs: 0, expiresAtMs: SESSION_ENDS_AT_MS });
    await writer.insertMembership({ resourceType: 'orgs', resourceId: ORG, userId: USER, role: 'owner' });
  });
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const token = (): TokenActor => ({
  kind: 'token',
  userId: USER,
  orgId: ORG,
  authorizationId: TOKEN,
  permissions: new PermissionSet([right]),
  status: 'active',
  request,
});
const session = async (): Promise<SessionActor> => {
  const { permissions } = await permissionsOfUser(store, USER, now);
  return { kind: 'session', userId: USER, sessionHash: 's', permissions, request };
};

/** Renames the organization in the actor's name. @returns the name that it has then, or why it was refused */
async function rename(clearance: Clearance): Promise<string> {
  try {
    await transactionBy({ store, clock: () => now }, clearance, async (writer) => {
      await writer.updateOrganization({ id: ORG, name: 'renamed', description: '', createdAtMs: 0, updatedAtMs: 0 });
    });
  } catch (error) {
    expect((await store.findOrganization(ORG))?.name).toBe('acme');
    return error instanceof Error ? error.message : 'refused';
  }
  return (await store.findOrganization(ORG))?.name ?? 'gone';
}

type Change = (writer: StoreWriter) => Promise<unknown>;
const setUser = (status: 'active' | 'inactive') => (writer: StoreWriter) => writer.updateUser({ id: USER, name: 'ann', status });
const nothing: Change = () => Promise.resolve();

describe('a token', () => {
  it.each<[string, string, Change]>([
    ['nothing happens', 'renamed', nothing],
    ['another token of its user is deleted', 'renamed', (writer) => writer.deleteAuthorization(OTHER_TOKEN)],
    ['its user loses a role', 'renamed', (writer) => writer.deleteMembership('orgs', ORG, USER, 'owner')],
    [
      'it is made inactive',
      'token is inactive',
      (writer) => writer.updateAuthorization(TOKEN, { status: 'inactive', description: '', updatedAtMs: 1 }),
    ],
    ['it is deleted', 'unauthorized access', (writer) => writer.deleteAuthorization(TOKEN)],
    ['its user is made inactive', 'User is inactive', setUser('inactive')],
    ['its user is deleted', 'User is inactive', (writer) => writer.deleteUser(USER, 5)],
    [
      'it is deleted with an inactive user',
      'User is inactive',
      async (writer) => {
        await writer.deleteAuthorization(TOKEN);
        await setUser('inactive')(writer);
      },
    ],
  ])('when %s: %s', async (_, expected, change) => {
    const clearance = authorize(token(), right);
    await store.transaction(async (writer) => {
      await change(writer);
    });
    expect(await rename(clearance)).toBe(expected);
  });
});

describe('a session', () => {
  it.each<[string, string, Change, number]>([
    ['nothing happens', 'renamed', nothing, 0],
    ['its last moment comes', 'renamed', nothing, SESSION_ENDS_AT_MS - 1],
    ['its time is over', 'unauthorized access', nothing, SESSION_ENDS_AT_MS],
    ['it is signed out', 'unauthorized access', (writer) => writer.deleteSession('s'), 0],
    ['its user is made inactive', 'User is inactive', setUser('inactive'), 0],
    ['its user is deleted', 'User is inactive', (writer) => writer.deleteUser(USER, 5), 0],
    ['its user loses the role, and has a token for it', 'renamed', (writer) => writer.deleteMembership('orgs', ORG, USER, 'owner'), 0],
    ['its user loses the token, and has a role for it', 'renamed', (writer) => writer.deleteAuthorization(TOKEN), 0],
    [
      'its user loses both',
      `write:orgs/${ORG}/labels is unauthorized`,
      async (writer) => {
        await writer.deleteMembership('orgs', ORG, USER, 'owner');
        await writer.deleteAuthorization(TOKEN);
      },
      0,
    ],
    [
      'its user loses the role, and the token is inactive',
      `write:orgs/${ORG}/labels is unauthorized`,
      async (writer) => {
        await writer.deleteMembership('orgs', ORG, USER, 'owner');
        await writer.updateAuthorization(TOKEN, { status: 'inactive', description: '', updatedAtMs: 1 });
      },
      0,
    ],
  ])('when %s: %s', async (_, expected, change, later) => {
    const clearance = authorize(await session(), right);
    await store.transaction(async (writer) => {
      await change(writer);
    });
    now = later;
    expect(await rename(clearance)).toBe(expected);
  });
});

it('asks for every right of a clearance, also for those that come last', async () => {
  const clearance = authorize(await session(), right, toBuckets);
  await store.transaction(async (writer) => {
    await writer.deleteMembership('orgs', ORG, USER, 'owner');
    await writer.deleteAuthorization(OTHER_TOKEN);
  });
  expect(await rename(clearance)).toBe(`write:orgs/${ORG}/buckets is unauthorized`);
});

it('gives no clearance for what is not held', async () => {
  expect(() => authorize(token(), right, toBuckets)).toThrow(`write:orgs/${ORG}/buckets is unauthorized`);
  expect(() => authorize({ ...token(), status: 'inactive' }, right)).toThrow('token is inactive');
  expect(authorize(await session(), right, toBuckets).rights).toEqual([right, toBuckets]);
});

it('asks the server itself for nothing but its rights', async () => {
  await store.transaction((writer) => writer.deleteUser(USER, 5));
  expect(await rename(authorize(systemActor('housekeeping'), right))).toBe('renamed');
});
