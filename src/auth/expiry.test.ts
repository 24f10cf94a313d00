/** What the server does about expiries by itself: one warning for each threshold, and the deletion of what expired long ago. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BEN, HOME, START_MS, TwoOrganizations, ACME } from '../../test/support/two-organizations.js';
import type { AuthorizationId } from '../domain/id.js';
import { operatorPermissions } from '../domain/permission.js';
import { createExpiry, expiryOfChanged, expiryOfNew } from './expiry.js';
import { generateToken, hashToken } from './token.js';

const DAY_MS = 86_400_000;
let world: TwoOrganizations;

beforeEach(async () => {
  world = await TwoOrganizations.open();
});
afterEach(() => world.close());

async function insert(expiresAtMs: number | undefined, status: 'active' | 'inactive' = 'active'): Promise<AuthorizationId> {
  const id = world.ids<AuthorizationId>();
  world.nowMs++;
  await world.store.transaction((writer) =>
    writer.insertAuthorization({
      id,
      orgID: ACME,
      userID: BEN,
      status,
      description: '',
      permissions: [{ action: 'read', resource: { type: 'buckets', id: HOME } } as const],
      secret: { kind: 'token', tokens: [{ hash: hashToken(generateToken()), createdAtMs: 0 }] },
      expiresAtMs,
      createdAtMs: 0,
      updatedAtMs: 0,
    }),
  );
  return id;
}

describe('warnings', () => {
  it('are given 14, 3 and 1 days before, each once, and by a server that starts later only the nearest', async () => {
    const expiry = createExpiry(world);
    const id = await insert(START_MS + 20 * DAY_MS);
    await insert(undefined);
    await insert(START_MS + 2 * DAY_MS, 'inactive');
    const warnedAt = async (day: number) => {
      world.nowMs = START_MS + day * DAY_MS;
      return (await expiry.takeWarnings()).map((warning) => [warning.id, warning.days]);
    };
    expect(await warnedAt(5)).toEqual([]);
    expect(await warnedAt(6)).toEqual([[id, 14]]);
    expect(await warnedAt(16)).toEqual([]);
    expect(await warnedAt(17)).toEqual([[id, 3]]);
    expect(await warnedAt(19)).toEqual([[id, 1]]);
    expect(await warnedAt(19.9)).toEqual([]);
    expect(await warnedAt(20)).toEqual([]);
    const late = await insert(START_MS + 20 * DAY_MS + DAY_MS / 2);
    expect(await createExpiry(world).takeWarnings()).toMatchObject([{ id: late, days: 1 }]);
  });

  it('are given for any number of tokens', async () => {
    for (let i = 0; i < 1050; i++) await insert(START_MS + 2 * DAY_MS);
    expect(await createExpiry(world).takeWarnings()).toHaveLength(1050);
    expect(await createExpiry(world).takeWarnings()).toEqual([]);
    expect([...(await createExpiry(world).count())]).toEqual([
      [14, 1050],
      [3, 1050],
      [1, 0],
    ]);
  });
});

it('is recorded in the audit log, once, as is the deletion', async () => {
  const expired = await insert(START_MS + DAY_MS);
  await insert(START_MS + 40 * DAY_MS);
  world.nowMs = START_MS + DAY_MS;
  expect(await createExpiry(world).noteExpired()).toBe(1);
  expect(await createExpiry(world).noteExpired()).toBe(0);
  await createExpiry(world).removeExpired(0);
  const records = await world.store.listAudit({ resourceId: expired }, { limit: 10 });
  expect(records).toMatchObject([
    { action: 'authorization.expired', actor: { kind: 'system', name: 'expiry' }, orgID: ACME },
    { action: 'authorization.deleted', reason: 'it had expired' },
  ]);
});

it('deletes what expired longer ago than it is kept, and nothing else', async () => {
  const expired = await insert(START_MS + DAY_MS);
  const kept = [await insert(START_MS + 40 * DAY_MS), await insert(undefined)];
  const find = (id: AuthorizationId) => world.store.findAuthorization(id);
  world.nowMs = START_MS + 30 * DAY_MS;
  expect(await createExpiry(world).removeExpired(30 * DAY_MS)).toBe(0);
  world.nowMs = START_MS + 31 * DAY_MS;
  expect(await createExpiry(world).removeExpired(30 * DAY_MS)).toBe(1);
  expect(await find(expired)).toBeUndefined();
  for (const id of kept) expect(await find(id)).toBeDefined();
});

describe('the expiry of a new token', () => {
  const some = [{ action: 'read', resource: { type: 'buckets', id: HOME } } as const];

  it('is what is asked for, up to the cap', () => {
    expect(expiryOfNew({}, some, undefined, 1000)).toEqual({ expiresAtMs: undefined, isExempt: false });
    expect(expiryOfNew({ lifetimeMs: 5 }, some, undefined, 1000)).toEqual({ expiresAtMs: 1005, isExempt: false });
    expect(expiryOfNew({}, some, 100, 1000)).toEqual({ expiresAtMs: 1100, isExempt: false });
    expect(expiryOfNew({ expiresAtMs: 1100 }, some, 100, 1000)).toEqual({ expiresAtMs: 1100, isExempt: false });
    expect(() => expiryOfNew({ expiresAtMs: 1101 }, some, 100, 1000)).toThrow('at most');
    expect(() => expiryOfNew({ expiresAtMs: 1000 }, some, undefined, 1000)).toThrow('future');
  });

  it('is exempt from the cap for operators, who may still ask for one', () => {
    const operator = operatorPermissions();
    expect(expiryOfNew({}, operator, 100, 1000)).toEqual({ expiresAtMs: undefined, isExempt: true });
    expect(expiryOfNew({ lifetimeMs: 200 }, operator, 100, 1000)).toEqual({ expiresAtMs: 1200, isExempt: true });
    expect(expiryOfNew({ lifetimeMs: 50 }, operator, 100, 1000)).toEqual({ expiresAtMs: 1050, isExempt: false });
    expect(() => expiryOfNew({ expiresAtMs: 999 }, operator, undefined, 1000)).toThrow('future');
  });

  it('only comes nearer by a change', () => {
    expect(expiryOfChanged(undefined, {}, 1000)).toBeUndefined();
    expect(expiryOfChanged(2000, {}, 1000)).toBe(2000);
    expect(expiryOfChanged(undefined, { lifetimeMs: 5 }, 1000)).toBe(1005);
    expect(expiryOfChanged(2000, { expiresAtMs: 2000 }, 1000)).toBe(2000);
    expect(() => expiryOfChanged(2000, { expiresAtMs: 2001 }, 1000)).toThrow('nearer');
    expect(() => expiryOfChanged(2000, { expiresAtMs: 1000 }, 1000)).toThrow('future');
  });
});
