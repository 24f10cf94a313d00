/** Tokens with a name, and tokens that take the place of others. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestServer } from '../support/server.js';

let server: TestServer;
let world: SetUp;
let aheadMs = 0;

beforeAll(async () => {
  server = await startTestServer({ clock: () => Date.now() + aheadMs });
  world = await server.client.setUp();
});
afterAll(() => server.stop());

const BASE = '/api/v2/authorizations';
const permissions = () => [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }];
const create = (more: object = {}) =>
  server.client.post(BASE, { as: world.operator, json: { orgID: world.orgId, permissions: permissions(), ...more } });
const made = async (more: object = {}): Promise<{ id: string; token: string }> => (await create(more)).json;
const find = async (id: string) => (await server.client.get(`${BASE}/${id}`, { as: world.operator })).json;
const patch = (id: string, json: object) => server.client.patch(`${BASE}/${id}`, { as: world.operator, json });
const replace = (id: string, json: object, as: Credentials = world.operator) => server.client.post(`${BASE}/${id}/replace`, { as, json });
const use = async ({ token }: { token: string }): Promise<number> => (await server.client.get('/api/v2/buckets', { as: { token } })).status;

describe('a name', () => {
  it('is shown where there is one, and found by', async () => {
    const { id } = await made({ name: 'telegraf' });
    expect(await find(id)).toMatchObject({ name: 'telegraf' });
    expect(await find((await made()).id)).not.toHaveProperty('name');
    const listed = await server.client.get(`${BASE}?name=telegraf`, { as: world.operator });
    expect(listed.json.authorizations.map((one: { id: string }) => one.id)).toEqual([id]);
    expect((await server.client.get(`${BASE}?name=tele`, { as: world.operator })).json.authorizations).toEqual([]);
  });

  it('belongs to one token of an organization, and is free again when that one has gone', async () => {
    const first = await made({ name: 'one' });
    const taken = await create({ name: 'one' });
    expect([taken.status, taken.json.message]).toEqual([422, 'an authorization with the name "one" already exists']);
    const second = await made();
    expect((await patch(second.id, { name: 'one' })).status).toBe(422);
    expect((await patch(first.id, { name: 'one', description: 'same' })).json).toMatchObject({ name: 'one', description: 'same' });
    expect((await patch(first.id, { description: 'still' })).json.name).toBe('one');
    expect((await patch(first.id, { name: '' })).json).not.toHaveProperty('name');
    expect((await patch(second.id, { name: 'one' })).json.name).toBe('one');
    await server.client.delete(`${BASE}/${second.id}`, { as: world.operator });
    expect((await create({ name: 'one' })).status).toBe(201);
    const beta = (await server.client.post('/api/v2/orgs', { as: world.operator, json: { name: 'beta' } })).json.id;
    expect(
      (await create({ orgID: beta, permissions: [{ action: 'read', resource: { type: 'buckets', orgID: beta } }], name: 'one' })).status,
    ).toBe(201);
  });

  it('is free again when the user of its token has gone', async () => {
    const user = (await server.client.post('/api/v2/users', { as: world.operator, json: { name: 'leaves' } })).json.id;
    expect((await create({ name: 'of a user', userID: user })).status).toBe(201);
    await server.client.delete(`/api/v2/users/${user}`, { as: world.operator });
    expect((await create({ name: 'of a user' })).status).toBe(201);
  });

  it.each(['x'.repeat(257), 'a\u0000b', 'a\u200bb', 5, ['x']])('cannot be %j', async (name) => {
    expect((await create({ name })).status).toBe(400);
  });

  it('of two requests at once goes to one', async () => {
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => create({ name: 'raced' })))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, ...Array.from({ length: 7 }, () => 422)]);
  });

  it('is none of an authorization of the v1-compatible API', async () => {
    const json = { orgID: world.orgId, token: 'agent', permissions: permissions(), name: 'v1' };
    expect((await server.client.post('/private/legacy/authorizations', { as: world.operator, json })).json).not.toHaveProperty('name');
    expect((await create({ name: 'v1' })).status).toBe(201);
  });
});

describe('a token that is replaced', () => {
  it('gives its name away, and ends when the grace time is over', async () => {
    const [old, next] = [await made({ name: 'sensor' }), await made({ name: 'sensor (next)' })];
    const { status, json } = await replace(old.id, { authorizationID: next.id, graceSeconds: 60 });
    expect([status, json.id, json.name, json.token]).toEqual([200, next.id, 'sensor', '']);
    expect(await find(old.id)).toMatchObject({ description: ' (replaced)' });
    expect(await find(old.id)).not.toHaveProperty('name');
    expect([await use(old), await use(next)]).toEqual([200, 200]);
    aheadMs += 61_000;
    expect([await use(old), await use(next)]).toEqual([401, 200]);
    expect((await create({ name: 'sensor (next)' })).status).toBe(201);
  });

  it('is deleted at once without a grace time, and never lives longer than before', async () => {
    const [old, next] = [await made({ name: 'gone' }), await made()];
    expect((await replace(old.id, { authorizationID: next.id, graceSeconds: 0 })).status).toBe(200);
    expect([await use(old), (await server.client.get(`${BASE}/${old.id}`, { as: world.operator })).status]).toEqual([401, 404]);
    const [short, after] = [await made({ name: 'short', expiresIn: '1m' }), await made()];
    const { expiresAt } = await find(short.id);
    expect((await replace(short.id, { authorizationID: after.id })).status).toBe(200);
    expect((await find(short.id)).expiresAt).toBe(expiresAt);
  });

  it('stays as it was if it cannot be', async () => {
    const [old, next, nameless] = [await made({ name: 'stays' }), await made(), await made()];
    const { token: foreign } = await made();
    expect((await replace(old.id, {})).status).toBe(400);
    expect((await replace(old.id, { authorizationID: old.id })).status).toBe(400);
    expect((await replace(old.id, { authorizationID: next.id, graceSeconds: -1 })).status).toBe(400);
    expect((await replace(old.id, { authorizationID: '0000000000000001' })).status).toBe(404);
    expect((await replace(nameless.id, { authorizationID: next.id })).status).toBe(422);
    expect((await replace(old.id, { authorizationID: next.id }, { token: foreign })).status).toBe(401);
    expect(await find(old.id)).toMatchObject({ name: 'stays' });
    expect(await use(old)).toBe(200);
  });

  it('is not one of every organization, for who is no operator', async () => {
    const everything = await made({ permissions: [{ action: 'read', resource: { type: 'orgs' } }], name: 'wide' });
    const writer = await made({
      permissions: [
        { action: 'write', resource: { type: 'authorizations', orgID: world.orgId } },
        { action: 'write', resource: { type: 'users', id: world.userId } },
      ],
    });
    const next = await made();
    expect((await replace(everything.id, { authorizationID: next.id }, writer)).status).toBe(403);
  });
});
