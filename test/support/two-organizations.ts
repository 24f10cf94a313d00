/** A real store for unit tests of the heart: two organizations, their users, a bucket each, and actors with exactly the rights they are given. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenActor } from '../../src/domain/actor.js';
import { newBucket } from './new-bucket.js';
import type { AuthorizationId, BucketId, OrganizationId, UserId } from '../../src/domain/id.js';
import { createIdGenerator } from '../../src/domain/id.js';
import { operatorPermissions, ownerPermissions, permissionById, PermissionSet, type Permission } from '../../src/domain/permission.js';
import type { Store } from '../../src/domain/store.js';
import type { Status } from '../../src/domain/user.js';
import { bucketKind } from '../../src/kinds/buckets.js';
import { openSqliteStore } from '../../src/store/sqlite.js';

export const ACME = 'acacacacacacac01' as OrganizationId;
export const BETA = 'bebebebebebebe02' as OrganizationId;
export const NOBODYS = '00000000000000ff' as OrganizationId;
/** Ann belongs to acme, Ben to beta; Cat is inactive. */
export const ANN = 'aaaaaaaaaaaaaa01' as UserId;
export const BEN = 'bbbbbbbbbbbbbb02' as UserId;
export const CAT = 'cccccccccccccc03' as UserId;
export const HOME = 'b0b0b0b0b0b0b001' as BucketId;
export const OFFICE = 'b0b0b0b0b0b0b002' as BucketId;

/** What the clock shows at first. */
export const START_MS = 1_700_000_000_000;

const OWN_TOKEN = 'eeeeeeeeeeeeee01' as AuthorizationId;

export class TwoOrganizations {
  readonly store: Store;
  readonly ids = createIdGenerator(
    () => this.nowMs,
    () => 0,
  );
  nowMs = START_MS;
  readonly clock = (): number => this.nowMs;
  readonly #directory: string;

  private constructor(directory: string, store: Store) {
    this.#directory = directory;
    this.store = store;
  }

  static async open(): Promise<TwoOrganizations> {
    const directory = mkdtempSync(join(tmpdir(), 'two-organizations-'));
    const world = new TwoOrganizations(directory, await openSqliteStore(directory));
    await world.store.transaction(async (writer) => {
      for (const [id, name] of [
        [ACME, 'acme'],
        [BETA, 'beta'],
      ] as const) {
        await writer.insertOrganization({ id, name, description: '', createdAtMs: 0, updatedAtMs: 0 });
      }
      await writer.insertUser({ id: ANN, name: 'ann', status: 'active' });
      await writer.insertUser({ id: BEN, name: 'ben', status: 'active' });
      await writer.insertUser({ id: CAT, name: 'cat', status: 'inactive' });
      await writer.resources(bucketKind).insert(newBucket(HOME, ACME, 'home'));
      await writer.resources(bucketKind).insert(newBucket(OFFICE, BETA, 'office'));
    });
    return world;
  }

  async close(): Promise<void> {
    await this.store.close();
    rmSync(this.#directory, { recursive: true });
  }

  /** Somebody who came with a token that is stored with these permissions. */
  async actor(
    permissions: readonly Permission[],
    { userId = ANN, status = 'active', id = OWN_TOKEN }: { userId?: UserId; status?: Status; id?: AuthorizationId } = {},
  ): Promise<TokenActor> {
    await this.store.transaction(async (writer) => {
      await writer.deleteAuthorization(id);
      await writer.insertAuthorization({
        id,
        orgID: ACME,
        userID: userId,
        status,
        description: 'the own token',
        permissions,
        secret: { kind: 'token', tokens: [{ hash: `hash of ${id}`, createdAtMs: 0 }] },
        createdAtMs: 0,
        updatedAtMs: 0,
      });
    });
    const request = { id: 'request', address: '192.0.2.1' };
    return { kind: 'token', userId, orgId: ACME, authorizationId: id, permissions: new PermissionSet(permissions), status, request };
  }

  operator = (): Promise<TokenActor> => this.actor(operatorPermissions());

  /** An owner of acme who may also write their own user, as every owner may by signing in. */
  owner = (): Promise<TokenActor> =>
    this.actor([...ownerPermissions(ACME), permissionById('read', 'users', ANN), permissionById('write', 'users', ANN)]);
}
