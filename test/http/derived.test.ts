/** Derived tokens over HTTP: weaker than their parent in what they grant, from where, and for how long. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { deriveToken, type Caveat } from '../../src/auth/derived-tokens.js';
import { Secret } from '../../src/auth/secret.js';
import { noteSecret } from '../support/artifacts.js';
import { startTestServer, type SetUp, type TestServer } from '../support/server.js';

let server: TestServer;
let world: SetUp;
let aheadMs = 0;

beforeAll(async () => {
  server = await startTestServer({ clock: () => Date.now() + aheadMs });
  world = await server.client.setUp();
  await server.client.post('/api/v2/buckets', { as: world.operator, json: { orgID: world.orgId, name: 'other', retentionRules: [] } });
});
afterAll(() => server.stop());

const derive = (parent: string, caveat: Caveat): string => {
  const derived = deriveToken(new Secret(parent), caveat).reveal();
  noteSecret(derived, 'a derived token');
  return derived;
};
const write = async (token: string, bucket = 'data'): Promise<number> =>
  (await server.client.post(`/api/v2/write?org=acme&bucket=${bucket}`, { as: { token }, body: 'm f=1' })).status;
const read = async (token: string, bucket = 'data'): Promise<number> => {
  const query = `from(bucket: "${bucket}") |> range(start: -1h)`;
  return (await server.client.post('/api/v2/query?org=acme', { as: { token }, json: { query } })).status;
};
const WRITE_DATA: Caveat = { permissions: [{ action: 'write', bucket: 'data' }] };

it('an operator token gives one that does one thing, and nothing else', async () => {
  const derived = derive(world.operator.token, WRITE_DATA);
  expect(await write(derived)).toBe(204);
  expect(await write(derived, 'other')).toBeGreaterThanOrEqual(400);
  expect(await read(derived)).toBeGreaterThanOrEqual(400);
  for (const path of ['/api/v2/authorizations', '/api/v2/users', '/api/v2/tasks']) {
    const { status, json } = await server.client.get(path, { as: { token: derived } });
    expect(status >= 400 || Object.values(json as object).every((list) => !Array.isArray(list) || list.length === 0)).toBe(true);
  }
  const permissions = [{ action: 'write', resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId } }];
  const made = await server.client.post('/api/v2/authorizations', { as: { token: derived }, json: { orgID: world.orgId, permissions } });
  expect(made.status).toBeGreaterThanOrEqual(400);
  const own = (await server.client.get('/api/v2/me/authorization', { as: { token: derived } })).json;
  expect(own).toMatchObject({ id: world.authorizationId, token: '', permissions: [{ action: 'write', resource: { id: world.bucketId } }] });
  expect(own.permissions).toHaveLength(1);
  const rotated = await server.client.post(`/api/v2/authorizations/${world.authorizationId}/rotate`, { as: { token: derived }, json: {} });
  expect(rotated.status).toBeGreaterThanOrEqual(400);
});

it('counts only from its networks and only for its time', async () => {
  const [near, far] = [derive(world.operator.token, { cidrs: ['127.0.0.0/8'] }), derive(world.operator.token, { cidrs: ['10.0.0.0/8'] })];
  expect([await write(near), await write(far), await write(derive(near, { cidrs: ['10.0.0.0/8'] }))]).toEqual([204, 401, 401]);
  const brief = derive(world.operator.token, { expiresAtMs: Date.now() + aheadMs + 60_000 });
  const longer = derive(brief, { expiresAtMs: Date.now() + aheadMs + 600_000 });
  expect([await write(brief), await write(longer)]).toEqual([204, 204]);
  aheadMs += 61_000;
  expect([await write(brief), await write(longer)]).toEqual([401, 401]);
});

it('means a bucket by its name', async () => {
  const derived = derive(world.operator.token, WRITE_DATA);
  expect(await write(derived)).toBe(204);
  const rename = (name: string) => server.client.patch(`/api/v2/buckets/${world.bucketId}`, { as: world.operator, json: { name } });
  await rename('renamed');
  expect(await write(derived, 'renamed')).toBeGreaterThanOrEqual(400);
  await rename('data');
  expect(await write(derived)).toBe(204);
});

it('ends with its parent: inactive, rotated, deleted', async () => {
  const permissions = [{ action: 'write', resource: { type: 'buckets', orgID: world.orgId } }];
  const { id, token } = await server.client.createToken(world.operator, world.orgId, permissions);
  const derived = derive(derive(token, WRITE_DATA), { cidrs: ['127.0.0.1'] });
  const change = (status: string) => server.client.patch(`/api/v2/authorizations/${id}`, { as: world.operator, json: { status } });
  expect(await write(derived)).toBe(204);
  await change('inactive');
  // As its parent is answered then.
  expect([await write(derived), await write(token)]).toEqual([403, 403]);
  await change('active');
  expect(await write(derived)).toBe(204);
  const { json } = await server.client.post(`/api/v2/authorizations/${id}/rotate`, { as: world.operator, json: { graceSeconds: 0 } });
  expect(await write(derived)).toBe(401);
  const again = derive(json.token, WRITE_DATA);
  expect(await write(again)).toBe(204);
  await server.client.delete(`/api/v2/authorizations/${id}`, { as: world.operator });
  expect(await write(again)).toBe(401);
  expect(server.log()).not.toContain('sld_');
});
