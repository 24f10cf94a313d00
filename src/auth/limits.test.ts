import { describe, expect, it } from 'vitest';
import { newServerDirectory } from '../../test/support/artifacts.js';
import type { TokenActor } from '../domain/actor.js';
import type { Constraints } from '../domain/constraints.js';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import { NO_PERMISSIONS } from '../domain/permission.js';
import { openSqliteStore } from '../store/sqlite.js';
import { RequestRates } from './request-rates.js';
import { WrittenBytes } from './written-bytes.js';

const ID = '00000000000000a1' as AuthorizationId;
const actorWith = (constraints: Constraints, authorizationId = ID): TokenActor => ({
  kind: 'token',
  userId: '00000000000000c1' as UserId,
  orgId: '00000000000000b1' as OrganizationId,
  authorizationId,
  permissions: NO_PERMISSIONS,
  status: 'active',
  constraints,
  request: { id: '', address: '' },
});

describe('requests in a second', () => {
  it('are as many as the burst at once, and then one after each pause; each token is counted by itself', () => {
    let now = 0;
    const rates = new RequestRates(() => now);
    const actor = actorWith({ requestsPerSecond: 4, burst: 3 });
    const admitted = (count: number): number =>
      Array.from({ length: count }, () => rates.admit(actor)).filter((refused) => refused === undefined).length;
    expect(admitted(10)).toBe(3);
    expect(rates.admit(actorWith({ requestsPerSecond: 1 }, '00000000000000a2' as AuthorizationId))).toBeUndefined();
    now += 249;
    expect(admitted(10)).toBe(0);
    now += 1;
    expect(admitted(10)).toBe(1);
    now += 60_000;
    expect(admitted(10)).toBe(3);
    expect(rates.admit(actor)?.retryAfterSeconds).toBe(1);
    let count = 0;
    for (let ms = 0; ms < 10_000; ms += 7) {
      now += 7;
      if (rates.admit(actor) === undefined) count++;
    }
    expect(count).toBeGreaterThanOrEqual(39);
    expect(count).toBeLessThanOrEqual(41);
  });

  it('may be fewer than one', () => {
    let now = 0;
    const rates = new RequestRates(() => now);
    const actor = actorWith({ requestsPerSecond: 0.1 });
    expect(rates.admit(actor)).toBeUndefined();
    expect(rates.admit(actor)?.retryAfterSeconds).toBe(10);
    now = 10_000;
    expect(rates.admit(actor)).toBeUndefined();
  });

  it('are not counted without a limit', () => {
    const rates = new RequestRates(() => 0);
    for (let i = 0; i < 100; i++) expect(rates.admit(actorWith({ cidrs: ['10.0.0.0/8'] }))).toBeUndefined();
  });
});

describe('bytes in a day', () => {
  const DAY_MS = 86_400_000;

  it('are never more than the limit, over restarts, servers and requests at the same time, and begin again at midnight', async () => {
    const directory = newServerDirectory();
    let now = 100 * DAY_MS + 1000;
    let store = await openSqliteStore(directory, 'store.sqlite');
    await store.transaction((writer) =>
      writer.insertAuthorization({
        id: ID,
        orgID: '00000000000000b1' as OrganizationId,
        userID: '00000000000000c1' as UserId,
        status: 'active',
        description: '',
        permissions: [],
        constraints: { writtenBytesPerDay: 10_000 },
        secret: { kind: 'token', tokens: [] },
        createdAtMs: 1,
        updatedAtMs: 1,
      }),
    );
    const actor = actorWith({ writtenBytesPerDay: 10_000 });
    let written = 0;
    const spend = async (bytes: WrittenBytes, size: number): Promise<boolean> => {
      try {
        await bytes.take(actor, size);
        written += size;
        return true;
      } catch (error) {
        expect(error).toMatchObject({ code: 'too many requests', retryAfterSeconds: (DAY_MS - 1000) / 1000 });
        return false;
      }
    };
    const [one, other] = [new WrittenBytes(store, () => now), new WrittenBytes(store, () => now)];
    await Promise.all(Array.from({ length: 40 }, (_, i) => spend(i % 2 === 0 ? one : other, 90)));
    expect(written).toBe(3600);
    await store.close();
    store = await openSqliteStore(directory, 'store.sqlite');
    const again = new WrittenBytes(store, () => now);
    let refused = 0;
    for (let i = 0; i < 400; i++) if (!(await spend(again, 17))) refused++;
    expect(refused).toBeGreaterThan(0);
    // What was set aside and not used when the server stopped is lost: at most a share of each server, and what is smaller than a body.
    expect(written).toBeLessThanOrEqual(10_000);
    expect(written).toBeGreaterThan(10_000 - 2 * 200);
    await expect(again.take(actor, 10_001)).rejects.toMatchObject({ code: 'request too large' });
    now += DAY_MS - 1000;
    expect(await again.take(actor, 10_000)).toBeUndefined();
    await store.transaction((writer) => writer.deleteAuthorization(ID));
    await store.close();
    await expect(again.take(actor, 5)).rejects.toThrow();
  });
});
