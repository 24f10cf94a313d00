/** What is noted of uses while they cannot be stored. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { TokenActor } from '../domain/actor.js';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import { permissionInOrganization, PermissionSet } from '../domain/permission.js';
import type { Store } from '../domain/store.js';
import { openSqliteStore } from '../store/sqlite.js';
import { PermissionNeeds } from './permission-needs.js';
import { TokenUsage } from './usage.js';

const ORG = '00000000000000a1' as OrganizationId;
const READ = permissionInOrganization('read', 'buckets', ORG);
const idOf = (n: number): AuthorizationId => (n + 1).toString(16).padStart(16, '0') as AuthorizationId;

const actor = (n: number): TokenActor => ({
  kind: 'token',
  userId: '00000000000000b1' as UserId,
  orgId: ORG,
  authorizationId: idOf(n),
  secretId: `$influxdb2-sha256$${n}`,
  permissions: new PermissionSet([READ]),
  needs: new PermissionNeeds([READ]),
  status: 'active',
  request: { id: 'r', address: '192.0.2.1' },
});

it('keeps the last use of each secret, and the permissions needed, until the store works again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'usage-'));
  const real = await openSqliteStore(directory);
  let isFull = true;
  const store: Store = {
    ...real,
    transaction: (work) => (isFull ? Promise.reject(new Error('the disk is full')) : real.transaction(work)),
  };
  const actors = [0, 1, 2].map(actor);
  for (const { authorizationId: id, userId: userID, orgId: orgID, secretId } of actors) {
    const tokens = [{ hash: secretId ?? '', createdAtMs: 0 }];
    const record = { id, userID, orgID, permissions: [READ], secret: { kind: 'token' as const, tokens }, createdAtMs: 0, updatedAtMs: 0 };
    await real.transaction((writer) => writer.insertAuthorization({ ...record, status: 'active', description: '' }));
  }
  let nowMs = 60_000;
  const usage = new TokenUsage(store, () => nowMs);
  for (let minute = 0; minute < 5; minute++, nowMs += 60_000) {
    for (const each of actors) {
      usage.note(each, 'GET', '/api/v2/buckets');
      each.needs?.noteNeed(READ);
    }
    await expect(usage.flush()).rejects.toThrow('the disk is full');
  }
  isFull = false;
  await usage.flush();
  for (const { authorizationId } of actors) {
    expect((await real.listUses(authorizationId)).map(({ usedAtMs }) => usedAtMs)).toEqual([300_000]);
    expect(await real.listPermissionUses(authorizationId)).toEqual([{ authorizationId, position: 0, neededAtMs: 0 }]);
  }
  await real.close();
  rmSync(directory, { recursive: true });
});
