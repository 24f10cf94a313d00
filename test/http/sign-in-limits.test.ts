/** Guessing passwords: what is counted, who has to wait for it, and who must not. Addresses are those that a trusted proxy tells. */
import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { startTestServer, type Credentials, type SetUp, type TestClient, type TestResponse, type TestServer } from '../support/server.js';

const FLAGS = ['--trusted-proxies', '127.0.0.1'];
const RIGHT = 'right-passw0rd';

let server: TestServer;
let client: TestClient;
let world: SetUp;
let operator: Credentials;
let now = Date.now();
const clock = () => now;

const start = async (directory?: string): Promise<void> => {
  server = await startTestServer({ clock, flags: FLAGS, ...(directory === undefined ? {} : { directory }) });
  ({ client } = server);
};

beforeAll(async () => {
  await start();
  world = await client.setUp();
  ({ operator } = world);
});
afterAll(() => server.stop());

const from = (address: string) => ({ 'x-forwarded-for': address });
const signIn = (address: string, name: string, password: string): Promise<TestResponse> =>
  client.post('/api/v2/signin', { as: { basic: [name, password] }, headers: from(address) });
const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => work(i)));
const tally = (answers: readonly { status: number }[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};

describe('sign-ins at the same time', () => {
  it('let five guesses of 65 pass, as they would one after the other', async () => {
    await client.createUser(operator, 'guessed', RIGHT);
    expect(tally(await times(65, (i) => signIn('192.0.2.1', 'guessed', `wrong-passw0rd-${i}`)))).toEqual({ 401: 5, 429: 60 });
    expect((await signIn('192.0.2.1', 'guessed', RIGHT)).status).toBe(429);
    expect((await signIn('192.0.2.2', 'guessed', RIGHT)).status).toBe(204);
  });

  it('are one guess when they are the same, and all right when it is', async () => {
    await client.createUser(operator, 'parallel', RIGHT);
    expect(tally(await times(65, () => signIn('192.0.2.3', 'parallel', RIGHT)))).toEqual({ 204: 65 });
  });

  it('are counted per address over all names: IPv6 by /64, IPv4 in both spellings', async () => {
    const guesses = await times(120, (i) => signIn(`2001:db8:0:1::${i + 1}`, `nobody ${i}`, 'wrong-passw0rd'));
    expect(tally(guesses)).toEqual({ 401: 50, 429: 70 });
    expect((await signIn('2001:db8:0:1:ffff::1', 'parallel', RIGHT)).status).toBe(429);
    expect((await signIn('2001:db8:0:2::1', 'parallel', RIGHT)).status).toBe(204);
    now += 15_000;
    expect((await signIn('2001:db8:0:1::9', 'parallel', RIGHT)).status).toBe(204);

    for (let i = 0; i < 5; i++) await signIn(i % 2 === 0 ? '192.0.2.4' : '::ffff:192.0.2.4', 'mapped', `wrong-passw0rd-${i}`);
    expect((await signIn('192.0.2.4', 'mapped', 'wrong-passw0rd')).status).toBe(429);
  });

  it('of strangers under made-up names take no turn from others, and are refused alone', async () => {
    const ended: string[] = [];
    const flood = times(400, async (i) => {
      const answer = await signIn('192.0.2.5', `made up ${i}`, `wrong-passw0rd-${i}`);
      ended.push('flood');
      return answer;
    });
    const others = await times(20, async (i) => {
      const answer = await signIn(`198.51.100.${i}`, 'parallel', RIGHT);
      ended.push('other');
      return answer;
    });
    expect(tally(others)).toEqual({ 204: 20 });
    const { 401: checked = 0, ...refused } = tally(await flood);
    expect([checked, refused]).toEqual([50, { 429: 350 }]);
  });

  it('count with the changes of a password, which ask for the old one', async () => {
    const id = await client.createUser(operator, 'changing', RIGHT);
    const session = await client.signIn('changing', RIGHT);
    const change = (password: string) => {
      const authorization = `Basic ${Buffer.from(`x:${password}`).toString('base64')}`;
      return client.put('/api/v2/me/password', {
        as: session,
        headers: { ...from('192.0.2.6'), authorization },
        json: { password: 'next-passw0rd' },
      });
    };
    expect(tally(await times(20, (i) => change(`wrong-passw0rd-${i}`)))).toEqual({ 403: 5, 429: 15 });
    expect((await signIn('192.0.2.6', 'changing', RIGHT)).status).toBe(429);
    expect((await client.get(`/api/v2/users/${id}`, { as: session })).status).toBe(200);
  });
});

describe('agents of the v1-compatible API', () => {
  let id = '';
  const V1 = '/private/legacy/authorizations';
  const query = (address: string, password: string, name = 'agent') =>
    client.get(`/query?db=data&q=${encodeURIComponent('SHOW DATABASES')}`, { as: { basic: [name, password] }, headers: from(address) });
  const guess = async (address: string): Promise<void> => {
    for (let i = 0; i < 8; i++) await query(address, `wrong-passw0rd-${i}`);
  };
  const setPassword = (password: string) => client.post(`${V1}/${id}/password`, { as: operator, json: { password } });

  beforeAll(async () => {
    const permissions = [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }];
    const made = await client.post(V1, { as: operator, json: { orgID: world.orgId, token: 'agent', permissions } });
    expect(made.status).toBe(201);
    ({ id } = made.json);
    await setPassword(RIGHT);
  });

  it('start all at once, and are not taken for guesses', async () => {
    expect(tally(await times(60, () => query('203.0.113.1', RIGHT)))).toEqual({ 200: 60 });
  });

  it('are let in while others guess from their address, whatever else changes', async () => {
    expect((await query('203.0.113.2', RIGHT)).status).toBe(200);
    await guess('203.0.113.2');
    const other = await client.createToken(operator, world.orgId, [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }]);
    await client.patch(`/api/v2/authorizations/${other.id}`, { as: operator, json: { status: 'inactive' } });
    const user = await client.createUser(operator, 'unrelated');
    await client.patch(`/api/v2/users/${user}`, { as: operator, json: { name: 'renamed' } });
    await client.patch(`${V1}/${id}`, { as: operator, json: { description: 'the same password' } });
    expect((await query('203.0.113.2', RIGHT)).status).toBe(200);
    // From where it was never right, a guess is a guess, or the limits were none.
    await guess('203.0.113.3');
    expect((await query('203.0.113.3', RIGHT)).status).toBe(429);
    expect((await query('203.0.113.2', 'wrong-passw0rd')).status).toBe(429);
  });

  it('are refused when they or their user are switched off, and let in again when they are back', async () => {
    const userID = await client.createUser(operator, 'keeper');
    const permissions = [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }];
    const json = { orgID: world.orgId, userID, token: 'kept agent', permissions };
    const made = await client.post(V1, { as: operator, json });
    await client.post(`${V1}/${made.json.id}/password`, { as: operator, json: { password: RIGHT } });
    const ask = () => query('203.0.113.4', RIGHT, 'kept agent');
    expect((await ask()).status).toBe(200);
    for (let i = 0; i < 8; i++) await query('203.0.113.4', `wrong-passw0rd-${i}`, 'kept agent');
    for (const [path, refused] of [
      [`${V1}/${made.json.id}`, 401],
      [`/api/v2/users/${userID}`, 401],
    ] as const) {
      await client.patch(path, { as: operator, json: { status: 'inactive' } });
      expect((await ask()).status).toBe(refused);
      await client.patch(path, { as: operator, json: { status: 'active' } });
      expect((await ask()).status).toBe(200);
    }
    await client.delete(`${V1}/${made.json.id}`, { as: operator });
    expect((await ask()).status).toBe(429);
  });

  it('are refused with the old password from the moment at which they have a new one', async () => {
    expect((await query('203.0.113.5', RIGHT)).status).toBe(200);
    await setPassword('second-passw0rd');
    expect((await query('203.0.113.5', RIGHT)).status).toBe(401);
    expect((await query('203.0.113.5', 'second-passw0rd')).status).toBe(200);
    // The same again is another hash.
    await setPassword('second-passw0rd');
    expect((await query('203.0.113.5', 'second-passw0rd')).status).toBe(200);
    await setPassword(RIGHT);
  });

  it('are checked once more after a restart, and nothing is left of what was guessed', async () => {
    await guess('203.0.113.6');
    await server.stop();
    await start(server.directory);
    expect((await query('203.0.113.6', RIGHT)).status).toBe(200);
  });
});

describe('passwords that moved in', () => {
  it('are right for all who ask at once, and rest as ours from then on', async () => {
    const id = await client.createUser(operator, 'moved', RIGHT);
    const made = await client.post('/private/legacy/authorizations', {
      as: operator,
      json: {
        orgID: world.orgId,
        token: 'moved agent',
        permissions: [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }],
      },
    });
    await server.stop();
    const foreign = await hashBcrypt(RIGHT, 10);
    const store = await openSqliteStore(server.dataDirectory);
    await store.transaction(async (writer) => {
      await writer.putPasswordHash(id as never, foreign);
      expect(await writer.putV1PasswordHash(made.json.id as never, foreign, 0)).toBe(true);
    });
    await store.close();
    await start(server.directory);
    const address = (i: number) => `198.18.0.${i}`;
    expect(tally(await times(30, (i) => signIn(address(i % 3), 'moved', RIGHT)))).toEqual({ 204: 30 });
    const query = (i: number) =>
      client.get('/query?db=data&q=SHOW+DATABASES', { as: { basic: ['moved agent', RIGHT] }, headers: from(address(i % 3)) });
    expect(tally(await times(30, query))).toEqual({ 200: 30 });
    await server.stop();
    const after = await openSqliteStore(server.dataDirectory);
    expect(await after.listPasswordHashForms()).toEqual(['$argon2']);
    await after.close();
    await start(server.directory);
    expect((await signIn(address(9), 'moved', RIGHT)).status).toBe(204);
    expect((await signIn(address(9), 'moved', 'wrong-passw0rd')).status).toBe(401);
  });
});
