/** What somebody with few rights, or with rights of another kind, does not get by asking in another way. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestClient, type TestServer } from '../support/server.js';

let server: TestServer;
let client: TestClient;
let world: SetUp;
let operator: Credentials;

beforeAll(async () => {
  server = await startTestServer();
  ({ client } = server);
  world = await client.setUp();
  ({ operator } = world);
});
afterAll(() => server.stop());

const createV1 = async (as: Credentials, token: string, json: object): Promise<string> => {
  const answer = await client.post('/private/legacy/authorizations', { as, json: { orgID: world.orgId, token, ...json } });
  expect(answer.status).toBe(201);
  return answer.json.id;
};
const allIn = (orgID: string, types: readonly string[]) =>
  types.flatMap((type) =>
    ['read', 'write'].map((action) => ({ action, resource: type === 'users' ? { type, id: world.userId } : { type, orgID } })),
  );

describe('the password of a v1 authorization', () => {
  it('that reaches every organization is not set by a token of all that is in one', async () => {
    const everywhere = await createV1(operator, 'everywhere', { permissions: [{ action: 'read', resource: { type: 'buckets' } }] });
    const here = await createV1(operator, 'here', { permissions: [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }] });
    const allAccess = await client.createToken(operator, world.orgId, allIn(world.orgId, ['authorizations', 'buckets', 'users']));
    const set = (as: Credentials, id: string) =>
      client.post(`/private/legacy/authorizations/${id}/password`, { as, json: { password: 'given-passw0rd' } });
    const ask = (name: string) => client.get('/query?db=data&q=SHOW%20MEASUREMENTS', { as: { basic: [name, 'given-passw0rd'] } });

    expect((await set(allAccess, everywhere)).status).toBe(403);
    expect((await ask('everywhere')).status).toBe(401);
    expect((await set(allAccess, here)).status).toBe(204);
    expect((await ask('here')).status).toBe(200);
    expect((await set(operator, everywhere)).status).toBe(204);
    expect((await ask('everywhere')).status).toBe(200);
  });
});

describe('GET /api/v2/users?name=', () => {
  it('shows a weak token nobody, whether there is such a user or not', async () => {
    await client.createUser(operator, 'hidden');
    const id = (await client.get('/api/v2/users?name=hidden', { as: operator })).json.users[0].id as string;
    const weak = await client.createToken(operator, world.orgId, [
      { action: 'read', resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId } },
    ]);
    for (const query of ['name=hidden', `id=${id}`, `name=hidden&id=${id}`]) {
      const { status, json } = await client.get(`/api/v2/users?${query}`, { as: weak });
      expect([query, status, json.users]).toEqual([query, 200, []]);
    }
    expect((await client.get('/api/v2/users?name=nobody', { as: weak })).status).toBe(404);
    expect((await client.get(`/api/v2/users/${id}`, { as: weak })).status).toBe(401);
  });
});

describe('a session', () => {
  it('has nothing from a v1 authorization of its user, and all from a token', async () => {
    const userID = await client.createUser(operator, 'agent', 'agent-passw0rd');
    const permissions = allIn(world.orgId, ['buckets']);
    await createV1(operator, 'agent', { userID, permissions });
    const session = await client.signIn('agent', 'agent-passw0rd');
    const seen = async (): Promise<unknown[]> => {
      const [buckets, own] = [
        await client.get('/api/v2/buckets', { as: session }),
        await client.get('/api/v2/me/permissions', { as: session }),
      ];
      const write = await client.post('/api/v2/write?org=acme&bucket=data', { as: session, body: 'm v=1 1' });
      const types = new Set((own.json as { resource: { type: string } }[]).map(({ resource }) => resource.type));
      return [buckets.json.buckets.length > 0, write.status, [...types].sort()];
    };
    expect(await seen()).toEqual([false, 403, ['users']]);
    await client.createToken(operator, world.orgId, permissions, { userID });
    expect(await seen()).toEqual([true, 204, ['buckets', 'users']]);
  });
});
