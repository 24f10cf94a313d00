/** What clients may leave out, write otherwise or write oddly, because InfluxDB takes it so. */
import { request, type IncomingHttpHeaders } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawRequest } from '../support/raw-request.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

describe('requests as clients write them', () => {
  let server: TestServer;
  let token: string;
  let orgID: string;

  /** Sends the headers to the letter, an empty content type as well. */
  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: string | Buffer): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const length: Record<string, number> = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
      const asked = request(server.url + path, { method, headers: { authorization: `Token ${token}`, ...length, ...headers } }, (reply) => {
        const pieces: Buffer[] = [];
        reply.on('data', (piece: Buffer) => pieces.push(piece));
        reply.on('end', () => {
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers, text: Buffer.concat(pieces).toString() });
        });
      });
      asked.on('error', reject);
      asked.end(body);
    });

  beforeAll(async () => {
    server = await startTestServer();
    const world = await server.client.setUp();
    token = world.operator.token;
    orgID = world.orgId;
  });
  afterAll(() => server.stop());

  describe.each(['', ' ', 'nonsense', 'text', ';;;', 'application/json; charset', 'text/plain, text/plain', '/', 'ä/ö'])(
    'with the content type %j',
    (contentType) => {
      const headers = { 'content-type': contentType };

      it('are taken by every route that takes a body', async () => {
        expect((await send('POST', `/api/v2/write?orgID=${orgID}&bucket=data`, headers, 'm v=1 1')).status).toBe(204);
        expect((await send('POST', '/write?db=data', headers, 'm v=1 1')).status).toBe(204);
        const query = JSON.stringify({ query: 'from(bucket: "data") |> range(start: 0)' });
        expect((await send('POST', `/api/v2/query?orgID=${orgID}`, headers, query)).status).toBe(200);
        const described = await send('POST', '/api/v2/authorizations', headers, JSON.stringify({ orgID, permissions: [] }));
        expect(described.text).toContain('permissions');
        expect((await send('POST', '/query?db=data&q=SHOW+MEASUREMENTS', headers, '')).text).toContain('"m"');
        const range = JSON.stringify({ start: '1970-01-01T00:00:00Z', stop: '1971-01-01T00:00:00Z' });
        expect((await send('POST', `/api/v2/delete?orgID=${orgID}&bucket=data`, headers, range)).status).toBe(204);
      });

      it('are taken zipped', async () => {
        const zipped = gzipSync('m v=1 1');
        const path = `/api/v2/write?orgID=${orgID}&bucket=data`;
        expect((await send('POST', path, { ...headers, 'content-encoding': 'gzip' }, zipped)).status).toBe(204);
      });
    },
  );

  it('are refused without a code of a framework', async () => {
    for (const path of ['/api/v2/%zz', '/query?db=data']) {
      const { text } = await send('POST', path, {}, 'x');
      expect(text).not.toMatch(/FST_|ERR_/);
    }
    expect((await send('GET', '/api/v2/%zz')).text).toContain('percent sign');
    const long = new RawRequest(server.url);
    long.sendHead('POST', '/api/v2/buckets', { authorization: `Token ${token}`, 'content-length': '2000000' });
    const answer = await long.answer();
    long.destroy();
    expect([answer?.status, answer?.text]).toEqual([413, expect.stringContaining('"the body is larger than this server takes"')]);
  });

  it.each([
    ['POST', '/api/v2/orgs', '', 'failed to unmarshal json: EOF'],
    ['POST', '/api/v2/buckets', '{', 'failed to unmarshal json: unexpected EOF'],
    ['POST', '/api/v2/buckets', '{"name":"x","orgID":"zz"}', 'failed to unmarshal json: id must have a length of 16 bytes'],
    ['POST', '/api/v2/labels', '', 'failed to unmarshal json: EOF'],
    ['PATCH', '/api/v2/orgs/:org/secrets', '', 'failed to unmarshal json: EOF'],
    ['POST', '/api/v2/orgs/:org/secrets/delete', '{', 'failed to unmarshal json: unexpected EOF'],
    ['POST', '/api/v2/orgs/:org/members', '{"id":"zz"}', 'id must have a length of 16 bytes'],
    ['POST', '/api/v2/users', '{}', 'key required'],
    ['POST', '/api/v2/dbrps', '{}', "either 'org' or 'orgID' must be provided"],
    ['POST', '/api/v2/authorizations', '', 'invalid json structure: EOF'],
  ])('are refused in the words of %s %s for %j', async (method, path, body, message) => {
    const { status, text } = await send(method, path.replace(':org', orgID), {}, body);
    expect([status, (JSON.parse(text) as { message: string }).message]).toEqual([400, message]);
  });

  it('list labels whatever is named as their organization', async () => {
    expect((await send('GET', '/api/v2/labels?orgID=zz')).status).toBe(200);
  });

  it('may carry text behind the JSON document', async () => {
    const { status } = await send('POST', '/api/v2/buckets', {}, `${JSON.stringify({ orgID, name: 'behind' })} and more`);
    expect(status).toBe(201);
  });

  it('may give a user an id of another service, which stays, whatever else changes', async () => {
    const { status, text } = await send('POST', '/api/v2/users', {}, JSON.stringify({ name: 'jane', oauthID: 'jane@example' }));
    const { id } = JSON.parse(text) as { id: string };
    expect([status, JSON.parse(text)]).toMatchObject([201, { name: 'jane', oauthID: 'jane@example', status: 'active' }]);
    await send('PATCH', `/api/v2/users/${id}`, {}, JSON.stringify({ name: 'joan' }));
    const { users } = JSON.parse((await send('GET', '/api/v2/users?name=joan')).text) as { users: unknown[] };
    expect(users).toMatchObject([{ id, name: 'joan', oauthID: 'jane@example' }]);
    expect((await send('POST', '/api/v2/users', {}, JSON.stringify({ name: 'jim', oauthID: '' }))).text).not.toContain('oauthID');
  });

  it.each(['/health', '/ready', '/metrics'])('look at %s with any method, as health checks do', async (path) => {
    const { text } = await send('GET', path);
    const head = await send('HEAD', path);
    expect([head.status, head.text]).toEqual([200, '']);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
    expect((await send('OPTIONS', path)).text.slice(0, 10)).toBe(text.slice(0, 10));
  });

  it('look at /ping with HEAD and OPTIONS', async () => {
    expect((await send('HEAD', '/ping')).status).toBe(204);
    expect((await send('OPTIONS', '/ping')).headers.allow).toBe('GET, HEAD, OPTIONS');
  });

  it.each(['/api/v2/write', '/api/v2/query', '/api/v2/delete'])('with a slash behind %s are sent to the path without it', async (path) => {
    const { status, headers, text } = await send('POST', `${path}/?orgID=${orgID}&bucket=data`, {}, 'm v=1 1');
    expect({ status, location: headers.location, text }).toEqual({
      status: 308,
      location: `${path}?orgID=${orgID}&bucket=data`,
      text: '',
    });
    expect((await send('POST', `${path}/`, { authorization: 'Token wrong' }, 'm v=1 1')).status).toBe(401);
    const other = await send('GET', `${path}/`);
    expect([other.status, other.text]).toEqual([404, '{"code":"not found","message":"path not found"}']);
  });
});
