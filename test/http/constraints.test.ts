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

describe('a token with limits', () => {
  const write = (token: string, body: string, path = '/api/v2/write?org=acme&bucket=data') =>
    server.client.post(path, { as: { token }, body });

  it('makes so many requests, and is told when to come again', async () => {
    const { token } = (await create({ constraints: { requestsPerSecond: 0.5, burst: 3 } })).json;
    const answers = await Promise.all(Array.from({ length: 8 }, () => server.client.get('/api/v2/buckets', { as: { token } })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(5);
    expect(refused[0]?.json.code).toBe('too many requests');
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect((await server.client.get('/query?q=SHOW+DATABASES', { as: { token } })).status).toBe(429);
  });

  it('writes so many bytes a day, by either API and by a script', async () => {
    const permissions = ['read', 'write'].map((action) => bucketPermission(action));
    const { token } = (await create({ constraints: { writtenBytesPerDay: 100 } }, permissions)).json;
    expect((await write(token, 'bytes f=1 1')).status).toBe(204);
    expect((await write(token, `bytes s="${'x'.repeat(100)}"`)).status).toBe(413);
    expect((await write(token, 'bytes f=2 2', '/write?db=data')).status).toBe(204);
    const copy = (name: string) =>
      server.client.post('/api/v2/query?org=acme', {
        as: { token },
        headers: { 'content-type': 'application/vnd.flux' },
        body: `from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "bytes") |> set(key: "_measurement", value: "${name}") |> to(bucket: "data")`,
      });
    expect((await copy('m')).status).toBe(200);
    const refused = await write(token, `bytes f=3 ${'3'.repeat(10)}`);
    expect([refused.status, refused.json.code]).toEqual([429, 'too many requests']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const { text } = await copy('again');
    expect(text).toContain('today');
  });

  it('makes no other tokens, and takes over none but itself', async () => {
    const parent = (await create({ constraints: { requestsPerSecond: 100 } }, await everything())).json;
    expect((await create({}, undefined, parent)).json.message).toMatch(/cannot make or take over/);
    const other = (await create({})).json;
    const rotate = (id: string) => server.client.post(`/api/v2/authorizations/${id}/rotate`, { as: parent, json: {} });
    expect((await rotate(other.id)).status).toBe(403);
    expect((await rotate(parent.id)).status).toBe(201);
  });
});

describe('a token with a window of time, or a match', () => {
  it.each([
    ['no bucket', { resource: { type: 'tasks' } }, { measurement: ['m'] }, /match is for permissions of buckets only/],
    ['nothing', {}, {}, /match must name measurements or tags/],
    ['an empty list', {}, { measurement: [] }, /empty list/],
    ['an empty value', {}, { tags: { a: [''] } }, /must have 1 to/],
    ['no list', {}, { tags: { a: 'b' } }, /must be a list of strings/],
    ['another member', {}, { field: ['f'] }, /match.field is unknown/],
    ['a measurement as a tag', {}, { tags: { _measurement: ['m'] } }, /is no tag/],
    ['very many values', {}, { tags: { a: Array.from({ length: 1001 }, (_, i) => `v${i}`) } }, /1000 measurements and tags at the most/],
  ])('refuses %s', async (_, more, match, message) => {
    const { status, json } = await create({}, [bucketPermission('read', { ...more, match })]);
    expect(status).toBe(400);
    expect(json.message).toMatch(message);
  });

  it('shows its match, sees the bucket, and may not change it', async () => {
    const match = { measurement: ['cpu'], tags: { site: ['a', 'b'] } };
    const made = (await create({}, [bucketPermission('read', { match }), bucketPermission('write', { match })])).json;
    expect(made.permissions.map((permission: { match: unknown }) => permission.match)).toEqual([match, match]);
    const as = { token: made.token };
    const { buckets } = (await server.client.get('/api/v2/buckets', { as })).json;
    expect(buckets.map(({ name }: { name: string }) => name)).toEqual(['data']);
    expect((await server.client.get(`/api/v2/buckets/${world.bucketId}`, { as })).status).toBe(200);
    const path = `/api/v2/buckets/${world.bucketId}`;
    expect((await server.client.patch(path, { as, json: { name: 'other' } })).status).toBe(401);
    expect((await server.client.delete(path, { as })).status).toBe(401);
    expect((await server.client.post('/api/v2/buckets', { as, json: { orgID: world.orgId, name: 'new' } })).status).toBe(401);
  });

  it('grants only what lies within', async () => {
    const match = { measurement: ['cpu', 'mem'] };
    const others = ['read', 'write'].flatMap((action) => [
      { action, resource: { type: 'authorizations', orgID: world.orgId } },
      { action, resource: { type: 'users', id: world.userId } },
    ]);
    const matched = (await create({}, [bucketPermission('read', { match }), ...others])).json;
    const grant = async (parent: { token: string }, more: Record<string, unknown>, rest: Record<string, unknown> = {}) =>
      create(rest, [bucketPermission('read', more)], parent);
    expect((await grant(matched, {})).status).toBe(403);
    expect((await grant(matched, { match: { measurement: ['disk'] } })).status).toBe(403);
    expect((await grant(matched, { match: { tags: { site: ['a'] } } })).status).toBe(403);
    expect((await grant(matched, { match: { measurement: ['cpu'], tags: { site: ['a'] } } })).status).toBe(201);

    const windowed = (await create({ constraints: { readSince: '30d' } }, [bucketPermission('read'), ...others])).json;
    expect((await grant(windowed, {})).json.constraints).toEqual({ readSince: '30d' });
    expect((await grant(windowed, {}, { constraints: { readSince: '7d' } })).json.constraints).toEqual({ readSince: '7d' });
    expect((await grant(windowed, {}, { constraints: { readSince: '90d' } })).status).toBe(403);
    expect((await grant(windowed, {}, { constraints: { readSince: '2020-01-01T00:00:00Z' } })).status).toBe(403);
    const free = (await create({}, [bucketPermission('read')])).json;
    expect((await server.client.post(`/api/v2/authorizations/${free.id}/rotate`, { as: windowed })).status).toBe(403);
    expect((await server.client.post(`/api/v2/authorizations/${windowed.id}/rotate`, { as: windowed })).status).toBe(201);
  });

  it('backs nothing up, and its tasks read no more than it', async () => {
    await server.client.post('/api/v2/write?org=acme&bucket=data', {
      as: world.operator,
      body: `old,t=a f=1 1\nnew,t=a f=2 ${Date.now() - 60_000}000000`,
    });
    const limited = (await create({ constraints: { readSince: '1h' } }, await everything())).json;
    expect((await server.client.get('/api/v2/backup/metadata', { as: limited })).status).toBe(401);
    const { id: target } = (
      await server.client.post('/api/v2/buckets', { as: world.operator, json: { orgID: world.orgId, name: 'target' } })
    ).json;
    const flux = `option task = {name: "copy", every: 1h}
from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "old" or r._measurement == "new") |> to(bucketID: "${target}")`;
    const task = await server.client.post('/api/v2/tasks', { as: limited, json: { orgID: world.orgId, flux } });
    expect(task.status).toBe(201);
    const run = await server.client.post(`/api/v2/tasks/${task.json.id}/runs`, { as: world.operator, json: {} });
    const finished = async () =>
      (await server.client.get(`/api/v2/tasks/${task.json.id}/runs/${run.json.id}`, { as: world.operator })).json.status;
    await expect.poll(finished, { timeout: 10_000 }).toMatch(/success|failed/);
    expect(await finished()).toBe('success');
    const { text } = await server.client.post('/api/v2/query?org=acme', {
      as: world.operator,
      headers: { 'content-type': 'application/vnd.flux' },
      body: 'from(bucket: "target") |> range(start: 0)',
    });
    expect(text).toContain(',new,');
    expect(text).not.toContain(',old,');
  });
});
