/** Signing in: guessing is slow and tells nothing, sessions outlive a restart, and end when a password changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestClient, type TestServer } from '../support/server.js';

const MINUTE_MS = 60_000;

describe('passwords and sessions', () => {
  let server: TestServer;
  let client: TestClient;
  let world: SetUp;
  let operator: Credentials;
  let now = Date.now();
  const clock = () => now;

  beforeAll(async () => {
    server = await startTestServer({ clock });
    ({ client } = server);
    world = await client.setUp();
    ({ operator } = world);
  });
  afterAll(() => server.stop());

  const signIn = (name: string, password: string) => client.post('/api/v2/signin', { as: { basic: [name, password] } });
  const isSignedIn = async (session: Credentials): Promise<boolean> => (await client.get('/api/v2/me', { as: session })).status === 200;

  it('answer alike for an unknown user, a user without password and a wrong password', async () => {
    await client.createUser(operator, 'nopass');
    const answers = [];
    for (const name of ['admin', 'nobody', 'nopass']) {
      const { status, text, headers } = await signIn(name, 'wrong-passw0rd');
      answers.push([status, text, headers.get('set-cookie'), headers.get('x-platform-error-code')]);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toEqual([401, '{"code":"unauthorized","message":"unauthorized access"}', null, 'unauthorized']);
  });

  it('make one who guesses wait after five failures, for known and unknown users, and let others in', async () => {
    await client.createUser(operator, 'guessed', 'guessed-passw0rd');
    for (const name of ['guessed', 'ghost']) {
      for (let i = 0; i < 5; i++) expect((await signIn(name, `wrong-passw0rd-${i}`)).status).toBe(401);
      const blocked = await signIn(name, 'guessed-passw0rd');
      expect([blocked.status, blocked.json.code, blocked.headers.get('retry-after')]).toEqual([429, 'too many requests', '5']);
    }
    expect((await signIn('admin', 'admin-passw0rd')).status).toBe(204);
    now += 5000;
    expect((await signIn('guessed', 'wrong-passw0rd')).status).toBe(401);
    expect((await signIn('guessed', 'guessed-passw0rd')).headers.get('retry-after')).toBe('10');
    now += 10_000;
    expect((await signIn('guessed', 'guessed-passw0rd')).status).toBe(204);
    expect((await signIn('guessed', 'wrong-passw0rd')).status).toBe(401);
  });

  it('end the user’s other sessions when the password changes, and no one else’s', async () => {
    const id = await client.createUser(operator, 'pat', 'pat-passw0rd');
    const [one, two, admin] = [
      await client.signIn('pat', 'pat-passw0rd'),
      await client.signIn('pat', 'pat-passw0rd'),
      await client.signIn('admin', 'admin-passw0rd'),
    ];
    const basic = `Basic ${Buffer.from('pat:pat-passw0rd').toString('base64')}`;
    const wrong = `Basic ${Buffer.from('pat:not-passw0rd').toString('base64')}`;
    const change = (authorization: string) =>
      client.put('/api/v2/me/password', { as: one, headers: { authorization }, json: { password: 'pat-passw0rd-2' } });
    expect((await change(wrong)).json).toEqual({ code: 'forbidden', message: 'your username or password is incorrect' });
    expect((await change(basic)).status).toBe(204);
    expect([await isSignedIn(one), await isSignedIn(two), await isSignedIn(admin)]).toEqual([true, false, true]);
    await client.post(`/api/v2/users/${id}/password`, { as: operator, json: { password: 'pat-passw0rd-3' } });
    expect(await isSignedIn(one)).toBe(false);
  });

  it('want the old password by Basic to change it', async () => {
    const session = await client.signIn('admin', 'admin-passw0rd');
    const answer = await client.put('/api/v2/me/password', { as: session, json: { password: 'new-passw0rd-1' } });
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid']);
  });

  it('slide on with use, and end an hour after the last', async () => {
    const session = await client.signIn('admin', 'admin-passw0rd');
    for (let i = 0; i < 5; i++) {
      now += 59 * MINUTE_MS;
      expect(await isSignedIn(session)).toBe(true);
    }
    now += 61 * MINUTE_MS;
    expect(await isSignedIn(session)).toBe(false);
  });

  it('end 30 days after signing in, however much they are used', async () => {
    const session = await client.signIn('admin', 'admin-passw0rd');
    const signedInAt = now;
    const usedEveryMs = 59 * MINUTE_MS;
    const capMs = 30 * 24 * 60 * MINUTE_MS;
    do now += usedEveryMs;
    while ((await isSignedIn(session)) && now - signedInAt <= capMs + usedEveryMs);
    // It was always used before its end, so that nothing but the cap has ended it.
    expect(now - signedInAt).toBeGreaterThanOrEqual(capMs);
    expect(now - signedInAt).toBeLessThan(capMs + usedEveryMs);
    expect(await isSignedIn(session)).toBe(false);
  });

  it('outlive a restart', async () => {
    const session = await client.signIn('admin', 'admin-passw0rd');
    await server.stop();
    server = await startTestServer({ clock, directory: server.directory });
    ({ client } = server);
    expect(await isSignedIn(session)).toBe(true);
    expect((await client.post('/api/v2/signout', { as: session })).status).toBe(204);
    expect(await isSignedIn(session)).toBe(false);
  });

  it('know no Basic authentication for anything else', async () => {
    expect((await client.get('/api/v2/me', { as: { basic: ['admin', 'admin-passw0rd'] } })).status).toBe(401);
  });
});

describe('--session-renew-disabled', () => {
  it('ends a session after its length, used or not', async () => {
    let now = Date.now();
    const server = await startTestServer({ clock: () => now, flags: ['--session-length', '10', '--session-renew-disabled'] });
    await server.client.setUp();
    const session = await server.client.signIn('admin', 'admin-passw0rd');
    now += 9 * MINUTE_MS;
    expect((await server.client.get('/api/v2/me', { as: session })).status).toBe(200);
    now += 2 * MINUTE_MS;
    expect((await server.client.get('/api/v2/me', { as: session })).status).toBe(401);
    await server.stop();
  });
});
