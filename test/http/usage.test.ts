/** When a token was used last, from where and for what; and which tokens nobody uses. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestServer, type SetUp, type TestServer } from '../support/server.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-03-01T12:00:30.000Z');

let server: TestServer;
let world: SetUp;
let nowMs: number;

beforeEach(async () => {
  nowMs = START_MS;
  server = await startTestServer({ clock: () => nowMs, flags: ['--trusted-proxies', '127.0.0.0/8'] });
  world = await server.client.setUp();
});
afterEach(() => server.stop());

const newToken = (action: 'read' | 'write' = 'read') =>
  server.client.createToken(world.operator, world.orgId, [{ action, resource: { type: 'buckets', orgID: world.orgId } }]);
const find = async (id: string) => (await server.client.get(`/api/v2/authorizations/${id}?include=usage`, { as: world.operator })).json;
const unused = async (time: string): Promise<string[]> =>
  (await server.client.get(`/api/v2/authorizations?unusedFor=${time}`, { as: world.operator })).json.authorizations.map(
    ({ id }: { id: string }) => id,
  );

it('is told to the minute, with the address and the template of the path, only to those who ask', async () => {
  const { id, token } = await newToken();
  expect('lastUsedAt' in (await find(id))).toBe(false);
  const headers = { 'x-forwarded-for': '203.0.113.9' };
  await server.client.get(`/api/v2/buckets/${world.bucketId}?secret=query`, { as: { token }, headers });
  expect(await find(id)).toMatchObject({
    lastUsedAt: '2026-03-01T12:00:00.000Z',
    lastUsedFrom: '203.0.113.9',
    lastUsedWith: 'GET /api/v2/buckets/:id',
  });
  const plain = (await server.client.get(`/api/v2/authorizations/${id}`, { as: world.operator })).json;
  expect(Object.keys(plain).filter((name) => name.startsWith('lastUsed'))).toEqual([]);
  const list = (await server.client.get('/api/v2/authorizations?include=usage', { as: world.operator })).json.authorizations;
  expect(list.map((each: { lastUsedWith?: string }) => each.lastUsedWith)).toEqual([expect.any(String), 'GET /api/v2/buckets/:id']);
  expect((await server.client.get('/api/v2/authorizations?include=everything', { as: world.operator })).status).toBe(400);
});

it('is the first use of a minute, and the next minute has its own', async () => {
  const { id, token } = await newToken();
  await server.client.get('/api/v2/buckets', { as: { token } });
  await server.client.get('/api/v2/labels', { as: { token } });
  expect((await find(id)).lastUsedWith).toBe('GET /api/v2/buckets');
  nowMs += MINUTE_MS;
  await server.client.get('/api/v2/labels', { as: { token } });
  expect(await find(id)).toMatchObject({ lastUsedAt: '2026-03-01T12:01:00.000Z', lastUsedWith: 'GET /api/v2/labels' });
});

it('does not count refused credentials and inactive tokens', async () => {
  const { id, token } = await newToken();
  await server.client.patch(`/api/v2/authorizations/${id}`, { as: world.operator, json: { status: 'inactive' } });
  await server.client.get('/api/v2/buckets', { as: { token } });
  expect('lastUsedAt' in (await find(id))).toBe(false);
});

it('survives a restart, and is gone with the token', async () => {
  const { id, token } = await newToken();
  await server.client.get('/api/v2/buckets', { as: { token } });
  await server.stop();
  server = await startTestServer({ clock: () => nowMs, directory: server.directory });
  expect((await find(id)).lastUsedWith).toBe('GET /api/v2/buckets');
  await server.client.get('/api/v2/buckets', { as: { token } });
  nowMs += MINUTE_MS;
  await server.client.get('/api/v2/buckets', { as: { token } });
  // Deleted before what was noted is stored.
  await server.client.delete(`/api/v2/authorizations/${id}`, { as: world.operator });
  await server.services.usage.flush();
  const kept = await server.client.get('/api/v2/authorizations?include=usage', { as: world.operator });
  expect(kept.json.authorizations.map((each: { id: string }) => each.id)).toEqual([world.authorizationId]);
});

it('finds the tokens that were neither made nor used for a time', async () => {
  const [busy, idle] = [await newToken(), await newToken()];
  expect(await unused('90d')).toEqual([]);
  nowMs += 100 * DAY_MS;
  const fresh = await newToken();
  await server.client.get('/api/v2/buckets', { as: { token: busy.token } });
  expect(await unused('90d')).toEqual([idle.id]);
  expect(await unused('101d')).toEqual([]);
  nowMs += 91 * DAY_MS;
  expect(await unused('90d')).toEqual([busy.id, idle.id, fresh.id]);
  expect((await server.client.get('/api/v2/authorizations?unusedFor=long', { as: world.operator })).status).toBe(400);
});

it('tells during the grace time of a rotation whether somebody still uses the old secret', async () => {
  const { id, token } = await newToken();
  const rotated = (await server.client.post(`/api/v2/authorizations/${id}/rotate`, { as: world.operator, json: { graceSeconds: 600 } }))
    .json;
  const graceEndsAt = new Date(nowMs + 600_000).toISOString();
  expect((await find(id)).previousSecret).toEqual({ expiresAt: graceEndsAt });
  await server.client.get('/api/v2/buckets', { as: { token } });
  nowMs += 2 * MINUTE_MS;
  await server.client.get('/api/v2/labels', { as: { token: rotated.token } });
  expect(await find(id)).toMatchObject({
    lastUsedAt: '2026-03-01T12:02:00.000Z',
    previousSecret: { expiresAt: graceEndsAt, lastUsedAt: '2026-03-01T12:00:00.000Z', lastUsedFrom: '127.0.0.1' },
  });
  nowMs += 10 * MINUTE_MS;
  expect('previousSecret' in (await find(id))).toBe(false);
});

it('is known of names and passwords of the v1-compatible API, too', async () => {
  const { client } = server;
  const permissions = [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }];
  const json = { orgID: world.orgId, token: 'agent', permissions };
  const { id } = (await client.post('/private/legacy/authorizations', { as: world.operator, json })).json;
  const password = { json: { password: 'agent-passw0rd' }, as: world.operator };
  await client.post(`/private/legacy/authorizations/${id}/password`, password);
  expect((await client.get('/query?db=data&q=SHOW+DATABASES&u=agent&p=agent-passw0rd')).status).toBe(200);
  const found = (await client.get(`/private/legacy/authorizations/${id}?include=usage`, { as: world.operator })).json;
  expect(found.lastUsedWith).toBe('GET /query');
});

it('names the permissions that no request has needed, and since when that is known', async () => {
  const { client } = server;
  const permissions = [
    ...(['read', 'write'] as const).map((action) => ({ action, resource: { type: 'buckets', orgID: world.orgId } })),
    { action: 'read', resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId } },
    { action: 'read', resource: { type: 'orgs', id: world.orgId } },
    { action: 'read', resource: { type: 'labels', orgID: world.orgId } },
  ];
  const { id, token } = await client.createToken(world.operator, world.orgId, permissions);
  const unusedOf = async (): Promise<string[]> =>
    (await find(id)).unusedPermissions.map(
      ({ action, resource }: { action: string; resource: { type: string; id?: string } }) =>
        `${action} ${resource.type}${resource.id === world.bucketId ? ' one' : ''}`,
    );
  expect(await unusedOf()).toEqual(['read buckets', 'write buckets', 'read buckets one', 'read orgs', 'read labels']);
  expect((await find(id)).unusedSince).toBe('2026-03-01T12:00:30.000Z');
  // The narrower of the two that would do.
  const query = (bucket: string) =>
    client.post(`/api/v2/query?orgID=${world.orgId}`, {
      as: { token },
      body: `from(bucket: "${bucket}") |> range(start: -1h)`,
      headers: { 'content-type': 'application/vnd.flux' },
    });
  expect((await query('data')).status).toBe(200);
  expect(await unusedOf()).toEqual(['read buckets', 'write buckets', 'read orgs', 'read labels']);
  // A question whether it may write is no write.
  expect((await client.get('/query?db=data&q=SHOW+MEASUREMENTS', { as: { token } })).status).toBe(200);
  expect((await client.get(`/api/v2/orgs/${world.orgId}`, { as: { token } })).status).toBe(200);
  expect(await unusedOf()).toEqual(['read buckets', 'write buckets', 'read labels']);
  await client.post('/query?db=data&q=DELETE+FROM+none', { as: { token } });
  expect(await unusedOf()).toEqual(['read buckets', 'read labels']);
  // Kept by a restart, and forgotten after 90 days.
  await server.stop();
  nowMs += 80 * DAY_MS;
  server = await startTestServer({ clock: () => nowMs, directory: server.directory });
  expect(await unusedOf()).toEqual(['read buckets', 'read labels']);
  nowMs += 12 * DAY_MS;
  expect(await unusedOf()).toHaveLength(5);
  expect((await find(id)).unusedSince).toBe('2026-03-03T12:00:30.000Z');
});
