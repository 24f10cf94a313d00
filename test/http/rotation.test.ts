/** Rotation: a new secret for the same authorization, a grace time for the one before, and not one request lost. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestServer } from '../support/server.js';

const HOUR_MS = 3_600_000;

let server: TestServer;
let world: SetUp;
let aheadMs: number;

beforeEach(async () => {
  aheadMs = 0;
  server = await startTestServer({ clock: () => Date.now() + aheadMs });
  world = await server.client.setUp();
});
afterEach(() => server.stop());

const readBuckets = () => [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }];
const create = (permissions: unknown[] = readBuckets(), more = {}) =>
  server.client.createToken(world.operator, world.orgId, permissions, more);
const rotate = (id: string, json?: unknown, as: Credentials = world.operator) =>
  server.client.post(`/api/v2/authorizations/${id}/rotate`, { as, ...(json === undefined ? {} : { json }) });
const endPrevious = (id: string, as: Credentials = world.operator) =>
  server.client.delete(`/api/v2/authorizations/${id}/previous-secret`, { as });
const use = async (token: string): Promise<number> => (await server.client.get('/api/v2/buckets', { as: { token } })).status;

describe('a rotation', () => {
  it('answers as a creation does, with the secret this once; the id and the permissions stay', async () => {
    const { id, token } = await create(undefined, { description: 'sensor', expiresIn: '90d' });
    const before = (await server.client.get(`/api/v2/authorizations/${id}`, { as: world.operator })).json;
    const { status, json } = await rotate(id);
    expect(status).toBe(201);
    const rotated = json.token;
    expect(rotated).not.toBe(token);
    expect(json).toEqual({ ...before, token: rotated, updatedAt: json.updatedAt });
    expect(before.token).toBe('');
    expect((await server.client.get(`/api/v2/authorizations/${id}`, { as: world.operator })).json.token).toBe('');
    expect(await use(rotated)).toBe(200);
  });

  it('keeps the old secret for the grace time, and not a moment longer', async () => {
    const { id, token } = await create();
    const rotated = (await rotate(id, { graceSeconds: 60 })).json.token;
    expect([await use(token), await use(rotated)]).toEqual([200, 200]);
    aheadMs = 58_000;
    expect(await use(token)).toBe(200);
    aheadMs = 61_000;
    expect([await use(token), await use(rotated)]).toEqual([401, 200]);
  });

  it('takes an hour by default', async () => {
    const { id, token } = await create();
    for (const body of [{}, undefined]) {
      const other = await create();
      await rotate(other.id, body);
      aheadMs += HOUR_MS - 5000;
      expect(await use(other.token)).toBe(200);
      aheadMs += 6000;
      expect(await use(other.token)).toBe(401);
    }
    await rotate(id, { graceSeconds: 0 });
    expect(await use(token)).toBe(401);
  });

  it('keeps two secrets at most: a second one ends the oldest', async () => {
    const { id, token } = await create();
    const second = (await rotate(id)).json.token;
    const third = (await rotate(id)).json.token;
    expect([await use(token), await use(second), await use(third)]).toEqual([401, 200, 200]);
  });

  it('does not outlive the expiry of the token, and is not a way around it', async () => {
    const { id, token } = await create(undefined, { expiresIn: '10m' });
    const rotated = (await rotate(id, { graceSeconds: 86_400 })).json.token;
    aheadMs = 11 * 60_000;
    expect([await use(token), await use(rotated)]).toEqual([401, 401]);
    expect((await rotate(id)).status).toBe(422);
  });

  it.each([-1, 1.5, 30 * 86_400 + 1, 'x'])('refuses a grace time of %j, and changes nothing', async (graceSeconds) => {
    const { id, token } = await create();
    expect((await rotate(id, { graceSeconds })).status).toBe(400);
    expect(await use(token)).toBe(200);
    expect((await endPrevious(id)).status).toBe(404);
  });

  it('of an inactive token leaves it inactive', async () => {
    const { id } = await create(undefined, { status: 'inactive' });
    const { json } = await rotate(id);
    expect(json.status).toBe('inactive');
    expect((await server.client.get('/api/v2/authorizations', { as: { token: json.token } })).json.authorizations ?? []).toEqual([]);
  });

  it('is for those who can change the authorization and hold what it grants', async () => {
    const { client } = server;
    const writer = await create([
      { action: 'write', resource: { type: 'authorizations', orgID: world.orgId } },
      { action: 'write', resource: { type: 'users', id: world.userId } },
    ]);
    const { id, token } = await create();
    // Who may change it and does not hold its permissions.
    expect((await rotate(id, {}, writer)).status).toBe(403);
    // Who holds them and may not change it.
    expect((await rotate(id, {}, { token })).status).toBe(401);
    expect((await rotate(world.authorizationId, {}, writer)).status).toBe(403);
    expect((await rotate('0000000000000001')).status).toBe(404);
    expect((await client.post(`/api/v2/authorizations/${id}/rotate`, { json: {} })).status).toBe(401);
    // A token of the v1-compatible API has a password.
    const v1 = await client.post('/private/legacy/authorizations', {
      as: world.operator,
      json: { orgID: world.orgId, token: 'agent', permissions: readBuckets() },
    });
    expect((await rotate(v1.json.id)).status).toBe(404);
    expect(await use(token)).toBe(200);
  });

  it('by the token itself works, and its new secret goes on', async () => {
    const rotated = (await rotate(world.authorizationId, { graceSeconds: 0 })).json.token;
    expect(await use(world.operator.token)).toBe(401);
    expect((await rotate(world.authorizationId, {}, { token: rotated })).status).toBe(201);
  });
});

describe('a rotation that awaits confirmation', () => {
  const confirm = (id: string, json: unknown = {}, as: Credentials = world.operator) =>
    server.client.post(`/api/v2/authorizations/${id}/confirm-rotation`, { as, json });
  const usage = async (id: string) =>
    (await server.client.get(`/api/v2/authorizations/${id}?include=usage`, { as: world.operator })).json.previousSecret;

  it('leaves the old secret without an end, until the grace time after the confirmation is over', async () => {
    const { id, token } = await create();
    const rotated = (await rotate(id, { awaitConfirmation: true })).json.token;
    aheadMs = 60 * 86_400_000;
    expect([await use(token), await use(rotated)]).toEqual([200, 200]);
    expect((await usage(id)).expiresAt).toBeUndefined();
    expect((await confirm(id, { graceSeconds: 60 })).status).toBe(200);
    expect(Date.parse((await usage(id)).expiresAt)).toBeGreaterThan(Date.now() + aheadMs);
    expect([await use(token), await use(rotated)]).toEqual([200, 200]);
    aheadMs += 61_000;
    expect([await use(token), await use(rotated)]).toEqual([401, 200]);
    expect((await confirm(id)).status).toBe(404);
  });

  it('is undone by another one: its secret may have reached nobody', async () => {
    const { id, token } = await create();
    const lost = (await rotate(id, { awaitConfirmation: true })).json.token;
    const second = (await rotate(id, { awaitConfirmation: true })).json.token;
    expect([await use(token), await use(lost), await use(second)]).toEqual([200, 401, 200]);
    const third = (await rotate(id, { graceSeconds: 60 })).json.token;
    expect([await use(token), await use(second), await use(third)]).toEqual([200, 401, 200]);
    expect((await confirm(id)).status).toBe(404);
    aheadMs = 61_000;
    expect([await use(token), await use(third)]).toEqual([401, 200]);
  });

  it('ends with no grace time at all, or with the previous secret', async () => {
    for (const end of [(id: string) => confirm(id, { graceSeconds: 0 }), endPrevious]) {
      const { id, token } = await create();
      const rotated = (await rotate(id, { awaitConfirmation: true })).json.token;
      expect((await end(id)).status).toBeLessThan(300);
      expect([await use(token), await use(rotated)]).toEqual([401, 200]);
      expect((await confirm(id)).status).toBe(404);
    }
  });

  it('tells which of the two secrets was found', async () => {
    const { id, token } = await create();
    const rotated = (await rotate(id, { awaitConfirmation: true })).json.token;
    const find = async (one: string) =>
      (await server.client.post('/api/v2/authorizations/find', { as: world.operator, json: { token: one } })).json;
    expect(await find(token)).toMatchObject({ id, isPreviousSecret: true });
    expect(await find(rotated)).not.toHaveProperty('isPreviousSecret');
  });

  it.each([{ graceSeconds: -1 }, { graceSeconds: 30 * 86_400 + 1 }, { graceSeconds: 'x' }])('is not confirmed with %j', async (json) => {
    const { id, token } = await create();
    await rotate(id, { awaitConfirmation: true });
    expect((await confirm(id, json)).status).toBe(400);
    expect((await confirm(id, {}, { token })).status).toBe(401);
    expect((await usage(id)).expiresAt).toBeUndefined();
  });
});

describe('the previous secret', () => {
  it('ends early, and with it the requests that came with it', async () => {
    const { id, token } = await create();
    const rotated = (await rotate(id)).json.token;
    expect((await endPrevious(id)).status).toBe(204);
    expect([await use(token), await use(rotated)]).toEqual([401, 200]);
    expect((await endPrevious(id)).status).toBe(404);
  });

  it('cannot change anything in a transaction that begins before its end and commits after it', async () => {
    const { id, token } = await create([{ action: 'write', resource: { type: 'labels', orgID: world.orgId } }]);
    const label = (name: string) => server.client.post('/api/v2/labels', { as: { token }, json: { orgID: world.orgId, name } });
    const works = await Promise.all([
      ...Array.from({ length: 20 }, (_, i) => label(`before ${i}`)),
      rotate(id, { graceSeconds: 0 }),
      ...Array.from({ length: 20 }, (_, i) => label(`after ${i}`)),
    ]);
    const labels = (await server.client.get(`/api/v2/labels?orgID=${world.orgId}`, { as: world.operator })).json.labels;
    // What was answered with success is there, and nothing else is.
    expect(labels).toHaveLength(works.filter(({ status }) => status === 201).length - 1);
    expect((await label('late')).status).toBe(401);
  });
});

it('loses no request of a client that changes to the new secret within the grace time', async () => {
  const { id, token } = await create();
  let current = token;
  let isDone = false;
  const statuses = new Map<number, number>();
  const clients = Array.from({ length: 32 }, async () => {
    while (!isDone) {
      const status = await use(current);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  });
  for (let i = 0; i < 10; i++) {
    // A client has the new secret before the one that it uses is two rotations old.
    current = (await rotate(id, { graceSeconds: 600 })).json.token;
    for (const before = statuses.get(200) ?? 0; (statuses.get(200) ?? 0) < before + 64;) await new Promise(setImmediate);
  }
  isDone = true;
  await Promise.all(clients);
  expect([...statuses.keys()]).toEqual([200]);
});

it('stays as it was answered after a restart', async () => {
  const { id, token } = await create();
  const rotated = (await rotate(id)).json.token;
  await server.stop();
  server = await startTestServer({ clock: () => Date.now() + aheadMs, directory: server.directory });
  expect([await use(token), await use(rotated)]).toEqual([200, 200]);
});
