/** Tokens that expire: what may be asked for, what an expired one opens, the organization's cap, warnings, and when one is deleted. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type SetUp, type TestResponse, type TestServer } from '../support/server.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let server: TestServer;
let world: SetUp;
let aheadMs: number;
const now = (): number => Date.now() + aheadMs;
const inFuture = (ms: number): string => new Date(now() + ms).toISOString();

beforeEach(async () => {
  aheadMs = 0;
  server = await startTestServer({ clock: now });
  world = await server.client.setUp();
});
afterEach(() => server.stop());

const readBuckets = () => [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }];
const create = (more: Record<string, unknown>, permissions: unknown[] = readBuckets()): Promise<TestResponse> =>
  server.client.post('/api/v2/authorizations', { as: world.operator, json: { orgID: world.orgId, permissions, ...more } });
const tokenCount = async (): Promise<number> =>
  (await server.client.get('/api/v2/authorizations', { as: world.operator })).json.authorizations.length;
const use = async (token: string): Promise<number> => (await server.client.get('/api/v2/buckets', { as: { token } })).status;
const everything = async (): Promise<unknown[]> =>
  (await server.client.get('/api/v2/resources', { as: world.operator })).json
    .filter((type: string) => type !== 'instance')
    .flatMap((type: string) => ['read', 'write'].map((action) => ({ action, resource: { type } })));

describe('a token with an expiry', () => {
  it('shows it, opens until then, and is unknown from then on; the log says why', async () => {
    const { status, json } = await create({ expiresIn: '36h' });
    expect(status).toBe(201);
    expect(Date.parse(json.expiresAt) - Date.parse(json.createdAt)).toBe(36 * HOUR_MS);
    const { authorizations } = (await server.client.get('/api/v2/authorizations', { as: world.operator })).json;
    expect(authorizations.map(({ expiresAt }: { expiresAt?: string }) => expiresAt)).toEqual([undefined, json.expiresAt]);
    expect('expiresAt' in authorizations[0]).toBe(false);

    expect(await use(json.token)).toBe(200);
    aheadMs = Date.parse(json.expiresAt) - Date.now() - 2000;
    expect(await use(json.token)).toBe(200);
    aheadMs += 2001;
    const refused = await server.client.get('/api/v2/buckets', { as: { token: json.token } });
    const unknown = await server.client.get('/api/v2/buckets', { as: { token: 'never-seen' } });
    expect([refused.status, refused.text]).toEqual([unknown.status, unknown.text]);
    const line = server
      .log()
      .split('\n')
      .find((each) => each.includes('"reason":"expired"'));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ authorizationID: json.id, status: 401 });
  });

  it.each([
    ['both', { expiresAt: '2099-01-01T00:00:00Z', expiresIn: '90d' }, /not both/],
    ['the past', { expiresAt: '2001-01-01T00:00:00Z' }, /in the future/],
    ['no duration', { expiresIn: 'soon' }, /expiresIn must be a duration/],
    ['a duration of nothing', { expiresIn: '0d' }, /expiresIn must be a duration/],
    ['a negative duration', { expiresIn: '-3d' }, /expiresIn must be a duration/],
    ['no time', { expiresAt: 'tomorrow' }, /RFC 3339/],
    ['a number', { expiresIn: 90 }, /must be a string/],
    ['centuries', { expiresIn: '99999w' }, /100 years/],
    ['a distant time', { expiresAt: '9999-12-31T00:00:00Z' }, /100 years/],
  ])('is not created with %s', async (_, expiry, message) => {
    const { status, json } = await create(expiry);
    expect([status, json.code]).toEqual([400, 'invalid']);
    expect(json.message).toMatch(message);
    expect(await tokenCount()).toBe(1);
  });

  it('can be changed to expire earlier, and never later', async () => {
    const { id, token, expiresAt } = (await create({ expiresIn: '10d' })).json;
    const patch = (json: Record<string, unknown>) => server.client.patch(`/api/v2/authorizations/${id}`, { as: world.operator, json });
    expect((await patch({ description: 'x' })).json.expiresAt).toBe(expiresAt);
    for (const later of [{ expiresIn: '11d' }, { expiresAt: inFuture(20 * DAY_MS) }, { expiresAt: null }, { expiresIn: '-1d' }]) {
      expect((await patch(later)).status).toBe(400);
    }
    const nearer = (await patch({ expiresIn: '1h' })).json.expiresAt;
    expect(Date.parse(nearer)).toBeLessThan(now() + HOUR_MS + 1000);
    aheadMs = HOUR_MS + 1000;
    expect(await use(token)).toBe(401);
    // One without an expiry can get one.
    const other = (await create({})).json.id;
    const set = await server.client.patch(`/api/v2/authorizations/${other}`, { as: world.operator, json: { expiresIn: '5m' } });
    expect(set.json.expiresAt).toBeDefined();
  });

  it('takes effect for v1 passwords and for sessions, which have the permissions of tokens', async () => {
    const { client } = server;
    const made = await client.post('/private/legacy/authorizations', {
      as: world.operator,
      json: { orgID: world.orgId, token: 'agent', permissions: readBuckets(), expiresIn: '1h' },
    });
    expect(made.json.expiresAt).toBeDefined();
    await client.post(`/private/legacy/authorizations/${made.json.id}/password`, {
      as: world.operator,
      json: { password: 'agent-passw0rd' },
    });
    const asAgent = () => client.get('/query?db=data&q=SHOW+DATABASES&u=agent&p=agent-passw0rd');
    expect((await asAgent()).status).toBe(200);

    const userID = await client.createUser(world.operator, 'eve', 'eve-passw0rd');
    await create({ userID, expiresIn: '10m' });
    const session = await client.signIn('eve', 'eve-passw0rd');
    const buckets = async () => (await client.get(`/api/v2/buckets?orgID=${world.orgId}`, { as: session })).json.buckets.length;
    expect(await buckets()).toBeGreaterThan(0);
    aheadMs = 15 * 60_000;
    expect(await buckets()).toBe(0);
    aheadMs = HOUR_MS + 1000;
    expect((await asAgent()).status).toBe(401);
  });

  it('counts as inactive where it is asked what takes effect, and is found by when it expires', async () => {
    await create({ expiresIn: '1h', description: 'soon' });
    await create({ expiresIn: '30d', description: 'later' });
    const list = async (query: string) =>
      (await server.client.get(`/api/v2/authorizations?${query}`, { as: world.operator })).json.authorizations.map(
        ({ description }: { description: string }) => description,
      );
    expect(await list('expiring=14d')).toEqual(['soon']);
    expect(await list('expiring=60d')).toEqual(['soon', 'later']);
    expect((await server.client.get('/api/v2/authorizations?expiring=x', { as: world.operator })).status).toBe(400);
    aheadMs = 2 * HOUR_MS;
    expect(await list('expiring=60d')).toEqual(['later']);
    expect(await list('status=inactive&effective=true')).toEqual(['soon']);
    expect(await list('status=active&effective=true&search=soon')).toEqual([]);
  });

  it('ends a request that is on its way when it is brought nearer, or over', async () => {
    const { id, token } = (await create({ expiresIn: '1h' }, [{ action: 'write', resource: { type: 'labels', orgID: world.orgId } }])).json;
    const label = (name: string) => server.client.post('/api/v2/labels', { as: { token }, json: { orgID: world.orgId, name } });
    expect((await label('one')).status).toBe(201);
    await server.client.patch(`/api/v2/authorizations/${id}`, { as: world.operator, json: { expiresAt: inFuture(1000) } });
    aheadMs = 1001;
    expect((await label('two')).status).toBe(401);
  });
});

describe('the longest lifetime of an organization', () => {
  const cap = (tokenLifetimeMax: unknown, as: { token: string } = world.operator) =>
    server.client.patch(`/api/v2/orgs/${world.orgId}`, { as, json: { tokenLifetimeMax } });

  it('limits new tokens, gives one to those that ask for none, and exempts operators, who are told', async () => {
    const before = (await create({})).json;
    expect((await cap('90d')).json.tokenLifetimeMax).toBe('90d');
    const given = (await create({})).json;
    expect(Date.parse(given.expiresAt) - Date.parse(given.createdAt)).toBe(90 * DAY_MS);
    expect((await create({ expiresIn: '90d' })).status).toBe(201);
    const beyond = await create({ expiresIn: '91d' });
    expect([beyond.status, beyond.json.message]).toEqual([400, 'the organization allows tokens a lifetime of at most 90d']);
    const operator = (await create({}, await everything())).json;
    expect([operator.expiresAt, operator.exemptFromTokenLifetimeMax]).toEqual([undefined, true]);
    // What is there stays as it was.
    expect((await server.client.get(`/api/v2/authorizations/${before.id}`, { as: world.operator })).json.expiresAt).toBeUndefined();

    const removed = await cap(null);
    expect('tokenLifetimeMax' in removed.json).toBe(false);
    expect((await create({})).json.expiresAt).toBeUndefined();
  });

  it('is set by operators alone, and only to a duration', async () => {
    const owner = await server.client.createToken(world.operator, world.orgId, [
      { action: 'write', resource: { type: 'orgs', id: world.orgId } },
      { action: 'read', resource: { type: 'orgs', id: world.orgId } },
    ]);
    expect((await server.client.patch(`/api/v2/orgs/${world.orgId}`, { as: owner, json: { description: 'mine' } })).status).toBe(200);
    for (const value of ['90d', null]) expect((await cap(value, owner)).status).toBe(401);
    for (const value of ['', 'x', '0s', 7]) expect((await cap(value)).status).toBe(400);
    expect((await server.client.get(`/api/v2/orgs/${world.orgId}`, { as: world.operator })).json.tokenLifetimeMax).toBeUndefined();
  });
});

describe('the server', () => {
  it('counts what expires soon in its metrics', async () => {
    for (const expiresIn of ['12h', '2d', '10d', '100d']) await create({ expiresIn });
    const { text } = await server.client.get('/metrics');
    expect([...text.matchAll(/^sluice_tokens_expiring\{within="(\w+)"\} (\d+)$/gm)].map(([, within, count]) => [within, count])).toEqual([
      ['14d', '3'],
      ['3d', '2'],
      ['1d', '1'],
    ]);
  });
});
