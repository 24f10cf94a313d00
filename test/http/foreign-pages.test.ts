/** A browser sends the cookie of a session along with what any page of the same host asks for: what such a page changes is refused. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawRequest } from '../support/raw-request.js';
import { startTestServer, type Credentials, type SetUp, type TestServer } from '../support/server.js';

let server: TestServer;
let world: SetUp;
let session: string;
let n = 0;

beforeAll(async () => {
  server = await startTestServer();
  world = await server.client.setUp();
  ({ session } = await server.client.signIn('admin', 'admin-passw0rd'));
});
afterAll(() => server.stop());

/** Sends a request with every header as it is given, `Host` among them. @returns the status, and whether a bucket was made by it */
async function createBucket(headers: Record<string, string>): Promise<{ status: number | undefined; text: string; isMade: boolean }> {
  const name = `bucket-${++n}`;
  const body = JSON.stringify({ orgID: world.orgId, name });
  const raw = new RawRequest(server.url);
  raw.sendHead('POST', '/api/v2/buckets', { 'content-length': String(body.length), ...headers });
  raw.send(body);
  const answer = await raw.answer();
  raw.destroy();
  const found = await server.client.get(`/api/v2/buckets?name=${name}`, { as: world.operator });
  return { status: answer?.status, text: answer?.text ?? '', isMade: found.json.buckets.length > 0 };
}

const HOST = 'db.example:8086';
const cookie = () => ({ host: HOST, cookie: `influxdb-oss-session=${session}` });

describe('a change by a cookie', () => {
  it.each([
    ['another host', { origin: 'http://evil.example' }],
    ['the same host on another port', { origin: 'http://db.example:3000' }],
    ['the host without its port', { origin: 'http://db.example' }],
    ['a host that begins like it', { origin: `http://${HOST}.evil.example` }],
    ['a host that ends like it', { origin: `http://evil-${HOST}` }],
    ['a host that has it in its path', { origin: `http://evil.example/${HOST}` }],
    ['a host that has it as a user', { origin: `http://${HOST}@evil.example` }],
    ['a page that hides where it is', { origin: 'null' }],
    ['nothing', { origin: '' }],
    ['another site, as the browser says', { 'sec-fetch-site': 'cross-site' }],
    ['another port, as the browser says', { 'sec-fetch-site': 'same-site', origin: `http://${HOST}` }],
    ['a word that no browser says', { 'sec-fetch-site': 'Same-Origin' }],
  ])('from %s is refused', async (_, headers) => {
    const { status, text, isMade } = await createBucket({ ...cookie(), ...headers });
    expect([status, isMade]).toEqual([403, false]);
    expect(JSON.parse(text)).toMatchObject({ code: 'forbidden' });
  });

  it.each([
    ['its own origin', { origin: `http://${HOST}` }],
    ['its own origin in capitals', { origin: `HTTPS://${HOST.toUpperCase()}`.replace('HTTPS', 'https') }],
    ['its own origin, as the browser says', { 'sec-fetch-site': 'same-origin' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['what is no browser', {}],
  ])('from %s is done', async (_, headers) => {
    expect(await createBucket({ ...cookie(), ...headers })).toMatchObject({ status: 201, isMade: true });
  });

  it('is refused for every method that changes, before the body is read', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const raw = new RawRequest(server.url);
      raw.sendHead(method, `/api/v2/buckets/${world.bucketId}`, {
        ...cookie(),
        origin: 'http://evil.example',
        'content-length': '1000000',
      });
      expect([method, (await raw.answer())?.status]).toEqual([method, 403]);
      raw.destroy();
    }
    expect((await server.client.get(`/api/v2/buckets/${world.bucketId}`, { as: world.operator })).status).toBe(200);
  });

  it('by a token is done, whichever page sends it: no browser adds a token', async () => {
    const headers = { host: HOST, origin: 'http://evil.example', authorization: `Token ${world.operator.token}` };
    expect(await createBucket({ ...headers, cookie: `influxdb-oss-session=${session}` })).toMatchObject({ status: 201, isMade: true });
  });
});

describe('the cookie of a session', () => {
  it.each([
    ['a name that ends like its', () => `xinfluxdb-oss-session=${session}`],
    ['a name that begins like its', () => `influxdb-oss-session2=${session}`],
    ['a name in capitals', () => `INFLUXDB-OSS-SESSION=${session}`],
    ['the key in the value of another', () => `other=influxdb-oss-session=${session}`],
    ['part of the key', () => `influxdb-oss-session=${session.slice(0, -1)}`],
    ['more than the key', () => `influxdb-oss-session=${session}x`],
    ['the key in capitals', () => `influxdb-oss-session=${session.toUpperCase()}`],
  ])('with %s opens nothing', async (_, header) => {
    expect((await server.client.get('/api/v2/me', { headers: { cookie: header() } })).status).toBe(401);
  });

  it('is found among others', async () => {
    const cookie = `a=b; xinfluxdb-oss-session=no; influxdb-oss-session=${session}; c=d`;
    expect((await server.client.get('/api/v2/me', { headers: { cookie } })).status).toBe(200);
  });
});

describe('a page of another origin', () => {
  it('is told what it asks for, and may not use the session of who looks at it', async () => {
    const ask = (as: Credentials) => server.client.get('/api/v2/me', { as, headers: { origin: 'http://evil.example' } });
    const answer = await ask({ session });
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://evil.example');
    // Without this header a browser keeps an answer that was asked for with a cookie from the page.
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });
});
