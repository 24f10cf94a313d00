/** Where a request comes from: what `X-Forwarded-For` says counts only from a proxy that is trusted, and only as far as proxies are. */
import { afterEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
afterEach(() => server.stop());

const start = async (flags: readonly string[]): Promise<void> => {
  server = await startTestServer({ flags });
  await server.client.setUp();
};

/** The address under which the server knows who sent these headers. */
async function addressOf(headers: Record<string, string>): Promise<unknown> {
  const before = server.log().length;
  await server.client.get('/api/v2/me', { headers });
  return (JSON.parse(server.log().slice(before).trim()) as Record<string, unknown>).address;
}

const guess = async (name: string, forwarded: string): Promise<number> => {
  const as = { basic: [name, 'wrong-passw0rd'] as [string, string] };
  return (await server.client.post('/api/v2/signin', { as, headers: { 'x-forwarded-for': forwarded } })).status;
};

describe('without a trusted proxy', () => {
  it('a forged address changes nothing, whatever it looks like', async () => {
    await start([]);
    for (const forged of ['192.0.2.7', '::1', '192.0.2.7, 192.0.2.8', '127.0.0.1', 'unknown', '']) {
      expect(await addressOf({ 'x-forwarded-for': forged })).toBe('127.0.0.1');
    }
    expect(await addressOf({ forwarded: 'for=192.0.2.7', 'x-real-ip': '192.0.2.7' })).toBe('127.0.0.1');
  });

  it('another address with each guess gives nobody more guesses', async () => {
    await start([]);
    const statuses: number[] = [];
    for (let i = 1; i <= 8; i++) statuses.push(await guess('admin', `192.0.2.${i}`));
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  });

  it('a forged protocol and host do not make a cookie for TLS, or a page of another origin one of ours', async () => {
    await start([]);
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' };
    const signedIn = await server.client.post('/api/v2/signin', { as: { basic: ['admin', 'admin-passw0rd'] }, headers });
    expect(signedIn.headers.get('set-cookie')).not.toContain('Secure');
    const session = await server.client.signIn('admin', 'admin-passw0rd');
    const change = { as: session, json: { name: 'made' }, headers: { ...headers, origin: 'https://evil.example' } };
    expect((await server.client.post('/api/v2/orgs', change)).status).toBe(403);
  });
});

describe('behind a trusted proxy', () => {
  it('the address that the proxy adds counts, and not what its client had written before it', async () => {
    await start(['--trusted-proxies', '127.0.0.1']);
    expect(await addressOf({})).toBe('127.0.0.1');
    expect(await addressOf({ 'x-forwarded-for': '192.0.2.7' })).toBe('192.0.2.7');
    // A proxy appends: the last address is the one that it has seen.
    expect(await addressOf({ 'x-forwarded-for': '198.51.100.1, 192.0.2.7' })).toBe('192.0.2.7');
    expect(await addressOf({ 'x-forwarded-for': '127.0.0.1, 192.0.2.7' })).toBe('192.0.2.7');
  });

  it('a client that makes up addresses before its own has no more guesses', async () => {
    await start(['--trusted-proxies', '127.0.0.1']);
    const statuses: number[] = [];
    for (let i = 1; i <= 7; i++) statuses.push(await guess('admin', `198.51.100.${i}, 192.0.2.7`));
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect(await guess('admin', '192.0.2.8')).toBe(401);
  });

  it('an address that is not trusted is not believed', async () => {
    await start(['--trusted-proxies', '10.0.0.0/8']);
    expect(await addressOf({ 'x-forwarded-for': '192.0.2.7' })).toBe('127.0.0.1');
  });
});
