/** Prefixed tokens, and reports of leaked ones: what is valid ends at once, and the answer tells nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPrefixedToken } from '../../src/auth/prefixed-tokens.js';
import { startTestServer, type SetUp, type TestServer } from '../support/server.js';

let server: TestServer;
let world: SetUp;
let aheadMs = 0;

beforeAll(async () => {
  server = await startTestServer({ clock: () => Date.now() + aheadMs, flags: ['--token-format=prefixed'] });
  world = await server.client.setUp();
});
afterAll(() => server.stop());

const BASE = '/api/v2/authorizations';
const create = (more = {}) =>
  server.client.createToken(world.operator, world.orgId, [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }], more);
const use = async (token: string): Promise<number> => (await server.client.get('/api/v2/buckets', { as: { token } })).status;
const canRead = async (token: string): Promise<boolean> =>
  (await server.client.get('/api/v2/buckets', { as: { token } })).json.buckets?.length > 0;
const find = async (id: string) => (await server.client.get(`${BASE}/${id}`, { as: world.operator })).json;
const rotate = async (id: string, json = {}): Promise<string> =>
  (await server.client.post(`${BASE}/${id}/rotate`, { as: world.operator, json })).json.token;
const activate = (id: string) => server.client.patch(`${BASE}/${id}`, { as: world.operator, json: { status: 'active' } });
/** Each from an hour later than the one before, so that none is refused for the number of them. */
const report = async (json: unknown) => {
  aheadMs += 3_600_000;
  return server.client.post(`${BASE}/leaked`, { json });
};

describe('the format of tokens', () => {
  it('is the one of the flag, at set-up too, or the one that is asked for', async () => {
    expect(world.operator.token).toMatch(/^slc_o_/);
    expect((await create()).token).toMatch(/^slc_r_[0-9A-Za-z]{49}$/);
    const { id, token } = await create({ tokenFormat: 'influxdb' });
    expect(token).toMatch(/^[\w-]{86}==$/);
    expect(isPrefixedToken(await rotate(id))).toBe(true);
    expect(await rotate(id, { tokenFormat: 'influxdb' })).toMatch(/^[\w-]{86}==$/);
    const wrong = await server.client.post(BASE, {
      as: world.operator,
      json: { orgID: world.orgId, tokenFormat: 'jwt', permissions: [{ action: 'read', resource: { type: 'buckets' } }] },
    });
    expect([wrong.status, wrong.json.message]).toEqual([400, 'tokenFormat must be one of influxdb, prefixed']);
  });

  it('has a checksum: a token with another one is refused, as an unknown one is, and the log says why', async () => {
    const { token } = await create();
    expect(await canRead(token)).toBe(true);
    const damaged = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    const [unknown, refused] = [
      await server.client.get('/api/v2/buckets', { as: { token: 'unknown' } }),
      await server.client.get('/api/v2/buckets', { as: { token: damaged } }),
    ];
    expect([refused.status, refused.text]).toEqual([unknown.status, unknown.text]);
    expect(refused.status).toBe(401);
    expect(server.log()).toContain('wrong checksum');
    expect((await server.client.post(`${BASE}/find`, { as: world.operator, json: { token: damaged } })).status).toBe(404);
  });
});

describe('a report of leaked tokens', () => {
  it('needs no credentials, and makes those that are valid inactive before it is answered', async () => {
    const [leaked, other] = [await create({ description: 'in a repository' }), await create()];
    expect([await canRead(leaked.token), await canRead(other.token)]).toEqual([true, true]);
    const { status, text } = await report({ tokens: ['nothing', leaked.token, leaked.token, ''] });
    expect([status, text]).toEqual([202, '']);
    expect([await canRead(leaked.token), await canRead(other.token)]).toEqual([false, true]);
    expect(await find(leaked.id)).toMatchObject({ status: 'inactive', leakedAt: expect.stringMatching(/Z$/) });
    expect(await find(other.id)).not.toHaveProperty('leakedAt');
    const line = server
      .log()
      .split('\n')
      .find((each) => each.includes('reported as leaked'));
    expect(JSON.parse(line ?? '')).toMatchObject({ authorizationID: leaked.id, description: 'in a repository', address: '127.0.0.1' });
  });

  it('is answered alike, whatever the strings are', async () => {
    const stored = '$influxdb2-sha256$ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0=';
    const answers = [
      await report(['x']),
      await report([]),
      await report({}),
      await report([stored, 'x'.repeat(100_000)]),
      await report([(await create()).token]),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['202 ']));
    for (const wrong of [[1], { tokens: 'x' }, { tokens: [null] }, null, 7, new Array(1001).fill('x')])
      expect((await report(wrong)).status).toBe(400);
    expect((await report(new Array(1000).fill(0).map((_, n) => `slc_r_${n}`.padEnd(88, 'x')))).status).toBe(202);
  });

  it('ends what can only come back with another secret', async () => {
    const { id, token } = await create();
    await report([token]);
    const refused = await activate(id);
    expect([refused.status, refused.json.message]).toEqual([422, 'its secret was reported as leaked: rotate it first']);
    const rotated = await rotate(id, { graceSeconds: 86_400 });
    expect(await find(id)).not.toHaveProperty('leakedAt');
    expect((await activate(id)).status).toBe(200);
    expect([await use(token), await canRead(rotated)]).toEqual([401, true]);
  });

  it('of the secret before a rotation ends that secret alone', async () => {
    const { id, token } = await create();
    const rotated = await rotate(id, { graceSeconds: 86_400 });
    expect(await canRead(token)).toBe(true);
    await report([token]);
    expect([await use(token), await canRead(rotated)]).toEqual([401, true]);
    expect(await find(id)).toMatchObject({ status: 'active' });
  });

  it('leaves what has expired as it is', async () => {
    const { id, token } = await create({ expiresIn: '15m' });
    await report([token]);
    expect(await find(id)).toMatchObject({ status: 'active' });
  });

  it('is refused after too many from one address', async () => {
    let refused: { status: number; headers: Headers } | undefined;
    for (let n = 0; n < 40 && refused?.status !== 429; n++) refused = await server.client.post(`${BASE}/leaked`, { json: ['x'] });
    expect(refused?.status).toBe(429);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    aheadMs += 60_000;
    expect((await server.client.post(`${BASE}/leaked`, { json: ['x'] })).status).toBe(202);
  });
});
