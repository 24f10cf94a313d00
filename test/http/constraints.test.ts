/** Tokens that are narrower than InfluxDB's: what may be asked for, what is shown, what they open, and that none makes a wider one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type SetUp, type TestResponse, type TestServer } from '../support/server.js';

let server: TestServer;
let world: SetUp;

beforeAll(async () => {
  server = await startTestServer();
  world = await server.client.setUp();
});
afterAll(() => server.stop());

const bucketPermission = (action: string, more: Record<string, unknown> = {}) => ({
  action,
  resource: { type: 'buckets', orgID: world.orgId },
  ...more,
});
const create = (more: Record<string, unknown>, permissions?: unknown[], as: { token: string } = world.operator): Promise<TestResponse> =>
  server.client.post('/api/v2/authorizations', {
    as,
    json: { orgID: world.orgId, permissions: permissions ?? [bucketPermission('read')], ...more },
  });
const everything = async (): Promise<unknown[]> =>
  (await server.client.get('/api/v2/resources', { as: world.operator })).json
    .filter((type: string) => type !== 'instance')
    .flatMap((type: string) => ['read', 'write'].map((action) => ({ action, resource: { type } })));

describe('constraints', () => {
  it.each([
    ['an empty list', { cidrs: [] }, /cidrs must hold 1 to 100/],
    ['no network', { cidrs: ['office'] }, /cidrs must hold networks/],
    ['a text', { cidrs: '10.0.0.0/8' }, /cidrs must be a list/],
    ['a misspelled limit', { cidr: ['10.0.0.0/8'] }, /constraints.cidr is unknown/],
    ['no requests', { requestsPerSecond: 0 }, /requestsPerSecond must be a number from/],
    ['a text for a number', { requestsPerSecond: '5' }, /requestsPerSecond must be a number/],
    ['a burst alone', { burst: 5 }, /burst needs requestsPerSecond/],
    ['a part of a request', { requestsPerSecond: 1, burst: 1.5 }, /burst must be a whole number/],
    ['no bytes', { writtenBytesPerDay: 0 }, /writtenBytesPerDay must be at least 1/],
    ['no time', { readSince: 'yesterday' }, /readSince must be a duration/],
    ['a date that is none', { readSince: '2030-02-31T00:00:00Z' }, /readSince must be a duration such as 30d, or a time/],
    ['a window of nothing', { readSince: '1h', readUntil: '2h' }, /readSince must be before readUntil/],
  ])('refuse %s, and nothing is made', async (_, constraints, message) => {
    const count = async () => (await server.client.get('/api/v2/authorizations', { as: world.operator })).json.authorizations.length;
    const before = await count();
    const { status, json } = await create({ constraints });
    expect([status, json.code]).toEqual([400, 'invalid']);
    expect(json.message).toMatch(message);
    expect(await count()).toBe(before);
  });

  it('are shown where there are some, and only there', async () => {
    const none = (await create({})).json;
    expect('constraints' in none).toBe(false);
    expect('constraints' in (await create({ constraints: {} })).json).toBe(false);
    const { json } = await create({ constraints: { cidrs: ['10.0.0.0/8', '2001:db8::/32'] } });
    expect(json.constraints).toEqual({ cidrs: ['10.0.0.0/8', '2001:db8::/32'] });
    expect((await server.client.get(`/api/v2/authorizations/${json.id}`, { as: world.operator })).json.constraints).toEqual(
      json.constraints,
    );
    const { authorizations } = (await server.client.get('/api/v2/authorizations', { as: world.operator })).json;
    expect(authorizations.find(({ id }: { id: string }) => id === json.id).constraints).toEqual(json.constraints);
    const rotated = await server.client.post(`/api/v2/authorizations/${json.id}/rotate`, { as: world.operator });
    expect(rotated.json.constraints).toEqual(json.constraints);
  });
});

describe('a token with networks', () => {
  const useIn = (token: string, path: string) => server.client.get(path, { as: { token } });

  it('opens from within them, and from elsewhere is unknown; the log says why', async () => {
    const near = (await create({ constraints: { cidrs: ['127.0.0.0/8', '::1'] } })).json;
    const far = (await create({ constraints: { cidrs: ['10.0.0.0/8'] } })).json;
    expect((await useIn(near.token, '/api/v2/buckets')).status).toBe(200);
    for (const path of ['/api/v2/buckets', '/api/v2/nowhere', '/api/v2/me']) {
      const refused = await useIn(far.token, path);
      const unknown = await useIn('never-seen', path);
      expect([refused.status, refused.text]).toEqual([unknown.status, unknown.text]);
    }
    const line = server
      .log()
      .split('\n')
      .find((each) => each.includes('"reason":"address not allowed"'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ authorizationID: far.id, status: 401 });
  });

  it('so for the v1-compatible API, whether the token or a name and password', async () => {
    const far = (await create({ constraints: { cidrs: ['10.0.0.0/8'] } })).json;
    expect((await server.client.get('/query?q=SHOW+DATABASES', { as: { token: far.token } })).status).toBe(401);
    for (const [cidr, status] of [
      ['10.0.0.0/8', 401],
      ['127.0.0.1', 200],
    ] as const) {
      const name = `agent-${status}`;
      const { json } = await server.client.post('/private/legacy/authorizations', {
        as: world.operator,
        json: { token: name, orgID: world.orgId, permissions: [bucketPermission('read')], constraints: { cidrs: [cidr] } },
      });
      expect(json.constraints).toEqual({ cidrs: [cidr] });
      await server.client.post(`/private/legacy/authorizations/${json.id}/password`, {
        as: world.operator,
        json: { password: 'agents-passw0rd' },
      });
      expect((await server.client.get('/query?q=SHOW+DATABASES', { as: { basic: [name, 'agents-passw0rd'] } })).status).toBe(status);
    }
  });

  it('makes only tokens for its own networks, takes over no other, and sets no passwords', async () => {
    const networks = { cidrs: ['127.0.0.0/8'] };
    const parent = (await create({ constraints: networks }, await everything())).json;
    const child = (more: Record<string, unknown>) => create(more, undefined, parent);
    expect((await child({})).json.constraints).toEqual(networks);
    expect((await child({ constraints: { cidrs: ['127.0.0.1'] } })).json.constraints).toEqual({ cidrs: ['127.0.0.1'] });
    expect((await child({ constraints: { cidrs: ['0.0.0.0/0'] } })).status).toBe(403);
    const rotate = (id: string) => server.client.post(`/api/v2/authorizations/${id}/rotate`, { as: parent, json: {} });
    const free = (await create({})).json;
    expect((await rotate(free.id)).status).toBe(403);
    expect((await rotate(parent.id)).status).toBe(201);
    const password = await server.client.post(`/api/v2/users/${world.userId}/password`, {
      as: parent,
      json: { password: 'another-passw0rd' },
    });
    expect(password.status).toBe(403);
  });

  it('adds nothing to the sessions of its user', async () => {
    const userID = await server.client.createUser(world.operator, 'eve', 'eves-passw0rd');
    const session = await server.client.signIn('eve', 'eves-passw0rd');
    const buckets = async () => (await server.client.get('/api/v2/buckets', { as: session })).json.buckets.length;
    await create({ userID, constraints: { cidrs: ['127.0.0.1'] } });
    expect(await buckets()).toBe(0);
    await create({ userID });
    expect(await buckets()).toBeGreaterThan(0);
  });
});
