/** Why a token may do something, or may not; and what other services ask about tokens. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestServer } from '../support/server.js';

let server: TestServer;
let world: SetUp;
let otherOrgId: string;
let aheadMs = 0;

beforeAll(async () => {
  server = await startTestServer({ clock: () => Date.now() + aheadMs });
  world = await server.client.setUp();
  otherOrgId = (await server.client.post('/api/v2/orgs', { as: world.operator, json: { name: 'beta' } })).json.id;
});
afterAll(() => server.stop());

const CHECK = '/api/v2/authorizations/check';
const make = async (permissions: object[], more: object = {}): Promise<{ id: string; token: string }> =>
  (await server.client.post('/api/v2/authorizations', { as: world.operator, json: { orgID: world.orgId, permissions, ...more } })).json;
const readData = () => ({ action: 'read', resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId } });
const allBuckets = (action: string) => ({ action, resource: { type: 'buckets', orgID: world.orgId } });
const readers = () => ['authorizations', 'users'].map((type) => ({ action: 'read', resource: { type } }));
const check = (as: Credentials, subject: object, action: string, resource: object) =>
  server.client.post(CHECK, { as, json: { ...subject, checks: [{ action, resource }] } });
const one = async (as: Credentials, subject: object, action: string, resource: object) =>
  (await check(as, subject, action, resource)).json.checks[0];

describe('a check', () => {
  it('names the permission that decides', async () => {
    const { id, token } = await make([allBuckets('read'), readData()]);
    const answer = await check({ token }, {}, 'read', { type: 'buckets', name: 'data' });
    expect(answer.json).toMatchObject({ authorizationID: id, userID: world.userId, orgID: world.orgId });
    expect(answer.json.checks).toEqual([
      {
        action: 'read',
        resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId, name: 'data' },
        allowed: true,
        decidedBy: { action: 'read', resource: { ...readData().resource, name: 'data', org: 'acme' } },
        grantableBy: [],
      },
    ]);
  });

  it('says what is missing, what comes closest, and who could give it as far as the asker may see them', async () => {
    const { id, token } = await make([readData()]);
    const resource = { type: 'buckets', name: 'data', orgID: world.orgId };
    expect(await one({ token }, {}, 'write', resource)).toMatchObject({
      allowed: false,
      decidedBy: 'no permission',
      nearest: { permission: readData(), lacks: ['action'] },
      grantableBy: [],
    });
    const asked = await one(world.operator, { authorizationID: id }, 'write', resource);
    expect(asked.grantableBy).toEqual([{ id: world.userId, name: 'admin' }]);
    expect(await one(world.operator, { token }, 'write', resource)).toEqual(asked);
    expect((await one({ token }, {}, 'read', { type: 'tasks', orgID: world.orgId })).nearest).toBeUndefined();
  });

  it('names the standing of a token that does not count', async () => {
    const resource = { type: 'buckets', id: world.bucketId };
    const inactive = await make([readData()], { status: 'inactive' });
    const expired = await make([readData()], { expiresIn: '1h' });
    const user = await server.client.createUser(world.operator, 'ann');
    const ofUser = await make([readData()], { userID: user });
    await server.client.patch(`/api/v2/users/${user}`, { as: world.operator, json: { status: 'inactive' } });
    aheadMs += 2 * 3_600_000;
    for (const [{ id, token }, reason] of [
      [inactive, 'inactive'],
      [expired, 'expired'],
      [ofUser, 'user inactive'],
    ] as const) {
      for (const subject of [{ authorizationID: id }, { token }]) {
        const answer = await one(world.operator, subject, 'read', resource);
        expect(answer).toMatchObject({ allowed: false, decidedBy: reason, nearest: { permission: readData(), lacks: [] } });
      }
    }
    expect(await one(inactive, {}, 'read', resource)).toMatchObject({ allowed: false, decidedBy: 'inactive' });
  });

  it('answers for an unknown and for a foreign authorization or token alike', async () => {
    const weak = await make([readData()]);
    const foreign = await make([readData()]);
    const answers = [];
    for (const subject of [
      { authorizationID: foreign.id },
      { authorizationID: 'aaaaaaaaaaaaaaaa' },
      { token: foreign.token },
      { token: 'no-such-token' },
    ]) {
      const { status, text } = await check(weak, subject, 'read', { type: 'buckets' });
      answers.push(`${status} ${text}`);
    }
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^404 /);
  });

  it('does not tell whether a hidden name stands for something', async () => {
    const weak = await make([{ action: 'read', resource: { type: 'labels', orgID: world.orgId } }]);
    const ask = (name: string) => one(weak, {}, 'read', { type: 'buckets', name, orgID: world.orgId });
    const [there, absent] = [await ask('data'), await ask('none')];
    expect({ ...there, resource: { ...there.resource, name: '' } }).toEqual({ ...absent, resource: { ...absent.resource, name: '' } });
    const inBeta = (org: string) => one(weak, {}, 'read', { type: 'buckets', name: 'data', org });
    expect((await inBeta('beta')).decidedBy).toBe((await inBeta('nowhere')).decidedBy);
    // Who could see it is told.
    const strong = await make([allBuckets('read')]);
    expect(await one(strong, {}, 'read', { type: 'buckets', name: 'none' })).toMatchObject({ allowed: false, decidedBy: 'not found' });
    expect(await one(strong, {}, 'read', { type: 'buckets', id: 'aaaaaaaaaaaaaaaa' })).toMatchObject({ decidedBy: 'not found' });
    // The organization of a resource is its own, whatever the question says.
    expect(await one(strong, {}, 'read', { type: 'buckets', id: world.bucketId, orgID: otherOrgId })).toMatchObject({ allowed: false });
  });

  it('does not count as a need of the permission', async () => {
    const { id, token } = await make([readData()]);
    await check({ token }, {}, 'read', { type: 'buckets', id: world.bucketId });
    const unused = async () =>
      (await server.client.get(`/api/v2/authorizations/${id}?include=usage`, { as: world.operator })).json.unusedPermissions;
    expect(await unused()).toHaveLength(1);
    await server.client.get(`/api/v2/authorize?action=read&type=buckets&id=${world.bucketId}`, { as: { token } });
    expect(await unused()).toHaveLength(0);
  });

  it.each([
    [{}],
    [{ checks: [] }],
    [{ checks: [{ action: 'read', resource: { type: 'cheese' } }] }],
    [{ checks: [{ action: 'eat', resource: { type: 'buckets' } }] }],
    [{ checks: [{ action: 'read', resource: { type: 'buckets', nmae: 'x' } }] }],
    [{ checks: [{ action: 'read', resource: { type: 'tasks', name: 'x' } }] }],
    [{ checks: [{ action: 'read', resource: { type: 'buckets', id: 'x' } }] }],
    [{ checks: 'all' }],
    [{ authorizationID: 'aaaaaaaaaaaaaaaa', token: 'no-such-token', checks: [{ action: 'read', resource: { type: 'buckets' } }] }],
    [{ checks: Array.from({ length: 101 }, () => ({ action: 'read', resource: { type: 'buckets' } })) }],
  ])('refuses %j', async (json) => {
    expect((await server.client.post(CHECK, { as: world.operator, json })).status).toBe(400);
  });

  it('takes a hundred questions of a token with ten thousand permissions', async () => {
    const ids = Array.from({ length: 10_000 }, (_, i) => (i + 4096).toString(16).padStart(16, '0'));
    const { token } = await make(ids.map((id) => ({ action: 'read', resource: { type: 'buckets', id, orgID: world.orgId } })));
    const checks = ids.slice(-100).map((id) => ({ action: 'write', resource: { type: 'buckets', id } }));
    const { json } = await server.client.post(CHECK, { as: { token }, json: { checks } });
    expect(json.checks.map(({ nearest }: any) => nearest.permission.resource.id)).toEqual(ids.slice(-100));
  });
});

const form = (path: string, as: Credentials | undefined, body: string) =>
  server.client.post(path, { ...(as && { as }), body, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
const tokenForm = (token: string): string => new URLSearchParams({ token, token_type_hint: 'access_token' }).toString();

describe('introspection', () => {
  const introspect = async (as: Credentials, token: string) => (await form('/api/v2/introspect', as, tokenForm(token))).json;

  it('tells what a token is, to who may read it and to the token itself', async () => {
    const { id, token } = await make([readData()], { expiresIn: '1h' });
    const told = await introspect(world.operator, token);
    expect(told).toEqual({
      active: true,
      scope: `read:orgs/${world.orgId}/buckets/${world.bucketId}`,
      client_id: id,
      username: 'admin',
      token_type: 'Bearer',
      exp: expect.any(Number),
      iat: expect.any(Number),
      sub: world.userId,
      orgID: world.orgId,
      org: 'acme',
    });
    expect(told.exp - told.iat).toBe(3600);
    expect(await introspect({ token }, token)).toEqual(told);
    expect(await introspect(await make(readers()), token)).toEqual(told);
  });

  it('tells nothing else of tokens that do not count, or are hidden', async () => {
    const asked = await make([readData()], { expiresIn: '1h' });
    expect(await introspect(await make([readData()]), asked.token)).toEqual({ active: false });
    expect(await introspect(world.operator, 'unknown')).toEqual({ active: false });
    aheadMs += 2 * 3_600_000;
    expect(await introspect(world.operator, asked.token)).toEqual({ active: false });
    const inactive = await make([readData()], { status: 'inactive' });
    expect(await introspect(world.operator, inactive.token)).toEqual({ active: false });
    expect((await form('/api/v2/introspect', undefined, tokenForm(asked.token))).status).toBe(401);
  });

  it.each(['', 'token=', 'token=a&token=b', 'other=a'])('needs one token, not %j', async (body) => {
    for (const path of ['/api/v2/introspect', '/api/v2/revoke']) {
      const { status, json } = await form(path, world.operator, body);
      expect([status, json.error]).toEqual([400, 'invalid_request']);
    }
  });
});

describe('revocation', () => {
  const revoke = async (as: Credentials, token: string) => (await form('/api/v2/revoke', as, tokenForm(token))).status;
  const works = async (token: string): Promise<boolean> => (await server.client.get('/api/v2/buckets', { as: { token } })).status === 200;

  it('ends a token for who may delete it, and for the token itself', async () => {
    const { token } = await make([readData()]);
    expect([await works(token), await revoke(world.operator, token), await works(token)]).toEqual([true, 200, false]);
    const own = await make([readData()]);
    expect([await revoke(own, own.token), await works(own.token)]).toEqual([200, false]);
    const inactive = await make([readData()], { status: 'inactive' });
    expect(await revoke(inactive, inactive.token)).toBe(200);
    expect((await server.client.get(`/api/v2/authorizations/${inactive.id}`, { as: world.operator })).status).toBe(404);
  });

  it('ends nothing for others, who are told nothing about hidden tokens', async () => {
    const { token } = await make([readData()]);
    expect(await revoke(await make([readData()]), token)).toBe(200);
    expect(await revoke(world.operator, 'unknown')).toBe(200);
    expect(await revoke(await make(readers()), token)).toBe(401);
    // An all-access token cannot end an operator token.
    const owner = await make(
      ['read', 'write'].flatMap((action) => [
        { action, resource: { type: 'authorizations', orgID: world.orgId } },
        { action, resource: { type: 'users', id: world.userId } },
      ]),
    );
    expect(await revoke(owner, world.operator.token)).toBe(403);
    expect([await works(token), await works(world.operator.token)]).toEqual([true, true]);
  });

  it('ends the secret before a rotation alone', async () => {
    const { id, token } = await make([readData()]);
    const rotated = (await server.client.post(`/api/v2/authorizations/${id}/rotate`, { as: world.operator })).json.token;
    expect([await revoke({ token }, token), await works(token), await works(rotated)]).toEqual([200, false, true]);
    expect([await revoke({ token: rotated }, rotated), await works(rotated)]).toEqual([200, false]);
  });
});

describe('forward authentication', () => {
  const admit = (as: Credentials | undefined, query: string, method = 'GET') =>
    server.client.send(method, `/api/v2/authorize?${query}`, as && { as });
  const DATA = 'type=buckets&name=data&org=acme';

  it.each(['GET', 'HEAD'])('lets pass, or not, by %s', async (method) => {
    const { id, token } = await make([readData()]);
    const passed = await admit({ token }, `action=read&${DATA}`, method);
    expect([passed.status, passed.text]).toEqual([204, '']);
    const told = {
      'x-sluice-user': 'admin',
      'x-sluice-user-id': world.userId,
      'x-sluice-org': 'acme',
      'x-sluice-org-id': world.orgId,
      'x-sluice-authorization-id': id,
    };
    expect(Object.fromEntries(passed.headers)).toMatchObject(told);
    const refused = await admit({ token }, `action=write&${DATA}`, method);
    expect(refused.status).toBe(403);
    expect(Object.fromEntries(refused.headers)).toMatchObject({ ...told, 'x-sluice-reason': 'no permission' });
    expect((await admit(undefined, `action=read&${DATA}`, method)).status).toBe(401);
    expect((await admit({ token: 'unknown' }, `action=read&${DATA}`, method)).status).toBe(401);
    expect((await admit({ token }, 'action=read', method)).status).toBe(400);
  });

  it('is refused with a reason, and takes sessions', async () => {
    const inactive = await make([readData()], { status: 'inactive' });
    expect((await admit(inactive, `action=read&${DATA}`)).headers.get('x-sluice-reason')).toBe('inactive');
    const reader = await make([allBuckets('read')]);
    const absent = await admit(reader, 'action=read&type=buckets&name=none&org=acme');
    expect([absent.status, absent.headers.get('x-sluice-reason')]).toEqual([403, 'not found']);
    const { session } = await server.client.signIn('admin', 'admin-passw0rd');
    const passed = await admit({ session }, `action=write&${DATA}`);
    expect([passed.status, passed.headers.get('x-sluice-user'), passed.headers.get('x-sluice-org')]).toEqual([204, 'admin', null]);
  });

  it('writes names of any letters into headers', async () => {
    const user = (await server.client.post('/api/v2/users', { as: world.operator, json: { name: 'Zoë 50% 日本' } })).json.id;
    const { token } = await make([readData()], { userID: user });
    const header = (await admit({ token }, `action=read&${DATA}`)).headers.get('x-sluice-user') ?? '';
    expect(header).toBe('Zo%C3%AB 50%25 %E6%97%A5%E6%9C%AC');
    expect(decodeURIComponent(header)).toBe('Zoë 50% 日本');
  });
});
