/** Bodies that do not come, that nobody wants, and what is said of the server's own failures. */
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawRequest } from '../support/raw-request.js';
import { startTestServer, type SetUp, type TestServer } from '../support/server.js';

const BODY_TIME_MS = 1_500;
const WAIT_MS = 20_000;

let server: TestServer;
let world: SetUp;

beforeAll(async () => {
  server = await startTestServer({ flags: ['--http-body-timeout', `${BODY_TIME_MS}ms`] });
  world = await server.client.setUp();
});
afterAll(() => server.stop());

const operator = () => ({ authorization: `Token ${world.operator.token}` });

/** Sends a byte now and then until it is answered. */
async function trickle(raw: RawRequest): Promise<Awaited<ReturnType<RawRequest['answer']>>> {
  for (let i = 0; i < WAIT_MS / 100; i++) {
    raw.send(' ');
    const answer = await raw.answer(100);
    if (answer !== undefined || raw.isClosed) return answer;
  }
  return undefined;
}

describe('a body that comes byte by byte', () => {
  it.each([
    ['POST', '/api/v2/setup', false],
    ['POST', '/api/v2/signin', false],
    ['POST', '/api/v2/signout', false],
    ['POST', '/health', false],
    ['POST', '/api/v2/buckets', true],
    ['POST', '/api/v2/query', true],
    ['PATCH', '/api/v2/users/0123456789abcdef', true],
  ])('has a time: %s %s', async (method, path, isKnown) => {
    for (const length of [{ 'content-length': '60000' }, { 'transfer-encoding': 'chunked' }] as Record<string, string>[]) {
      const raw = new RawRequest(server.url);
      raw.sendHead(method, path, { ...(isKnown ? operator() : {}), ...length });
      if ('transfer-encoding' in length) raw.send('3e8\r\n');
      const startedAt = performance.now();
      const answer = await trickle(raw);
      expect([answer?.status, JSON.parse(answer?.text ?? '{}')]).toEqual([
        408,
        { code: 'invalid', message: 'the body of the request took too long to arrive' },
      ]);
      expect(performance.now() - startedAt).toBeGreaterThan(BODY_TIME_MS / 2);
      expect(await raw.closes(2_000)).toBe(true);
    }
  });

  it('may take longer in a write, and not pause', async () => {
    const raw = new RawRequest(server.url);
    const lines = 'm v=1 1\n'.repeat(40);
    raw.sendHead('POST', '/api/v2/write?org=acme&bucket=data', { ...operator(), 'content-length': String(lines.length) });
    for (let i = 0; i < 40; i++) {
      raw.send(lines.slice(i * 8, i * 8 + 8));
      await new Promise((resolve) => setTimeout(resolve, (BODY_TIME_MS * 2) / 40));
    }
    expect((await raw.answer(WAIT_MS))?.status).toBe(204);
    raw.destroy();
    const still = new RawRequest(server.url);
    still.sendHead('POST', '/api/v2/write?org=acme&bucket=data', { ...operator(), 'content-length': '100' });
    still.send('m v=1');
    expect((await still.answer(WAIT_MS))?.status).toBe(408);
  });

  it('has to come steadily in a restore, which is received while it is handled', async () => {
    const raw = new RawRequest(server.url);
    raw.sendHead('POST', '/api/v2/restore/kv', { ...operator(), 'content-length': '100000000' });
    const answer = await trickle(raw);
    expect(answer?.status).toBe(408);
    expect(await raw.closes(2_000)).toBe(true);
  });

  it('is not taken from strangers in more than a few bytes', async () => {
    const answer = await server.client.post('/api/v2/signin', { body: 'x'.repeat(100_000) });
    expect([answer.status, answer.json.code]).toEqual([413, 'request too large']);
  });
});

describe('a body of a request that is refused', () => {
  it.each([
    [401, 'POST', '/api/v2/write?org=acme&bucket=data', false],
    [401, 'POST', '/api/v2/nothing', false],
    [401, 'POST', '/write?db=data', false],
    [401, 'GET', '/api/v2/me', false],
    [404, 'POST', '/nothing', false],
    [404, 'POST', '/api/v2/nothing', true],
    [405, 'PUT', '/api/v2/write', true],
    [405, 'POST', '/ping', false],
    [413, 'POST', '/api/v2/buckets', true],
  ])('is answered with %i before it is there, and taken in for a while only: %s %s', async (status, method, path, isKnown) => {
    const raw = new RawRequest(server.url);
    raw.sendHead(method, path, { ...(isKnown ? operator() : {}), 'content-length': String(2 ** 40) });
    expect((await raw.answer(WAIT_MS))?.status).toBe(status);
    const block = Buffer.alloc(64 * 1024);
    let sent = 0;
    for (let i = 0; i < 2_000 && !raw.isClosed; i++) {
      if (raw.send(block)) sent += block.length;
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await raw.closes(WAIT_MS)).toBe(true);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('is not asked for', async () => {
    const path = '/api/v2/write?org=acme&bucket=data';
    const headers = { expect: '100-continue', 'content-length': '7' };
    const stranger = new RawRequest(server.url);
    stranger.sendHead('POST', path, headers);
    expect((await stranger.answer(WAIT_MS))?.status).toBe(401);
    expect(await stranger.closes(WAIT_MS)).toBe(true);
    const known = new RawRequest(server.url);
    known.sendHead('POST', path, { ...operator(), ...headers });
    expect((await known.answer(WAIT_MS))?.status).toBe(100);
    known.send('m v=1 1');
    for (let i = 0; i < 500 && !known.text.includes(' 204 '); i++) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(known.text).toContain('HTTP/1.1 204');
    known.destroy();
  });

  it('is answered to the end where it is of no great size', async () => {
    const answer = await server.client.post('/api/v2/write?org=acme&bucket=data', { body: 'x'.repeat(2_000_000) });
    expect(answer.status).toBe(401);
    expect((await server.client.get('/api/v2/me', { as: world.operator })).status).toBe(200);
  });

  it('does not hold the connection when it does not come', { timeout: 30_000 }, async () => {
    const raw = new RawRequest(server.url);
    raw.sendHead('POST', '/api/v2/buckets', { 'content-length': '1000' });
    expect((await raw.answer(WAIT_MS))?.status).toBe(401);
    expect(await raw.closes(15_000)).toBe(true);
  });
});

describe('the headers of answers', () => {
  it('keep them out of caches and of guesses', async () => {
    const as = world.operator;
    for (const [method, path] of [
      ['GET', '/api/v2/me'],
      ['GET', '/api/v2/authorizations'],
      ['GET', '/api/v2/setup'],
      ['POST', '/api/v2/buckets'],
      ['GET', '/api/v2/nothing'],
      ['GET', '/api/v2/%zz'],
      ['GET', '/health'],
      ['GET', '/query?db=data&q=SHOW%20DATABASES'],
    ] as const) {
      for (const who of [as, undefined]) {
        const { headers } = await server.client.send(method, path, { as: who });
        expect([path, headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([path, 'no-store', 'nosniff']);
      }
    }
  });
});

describe('a failure of the server itself', () => {
  it('is in the log with its causes, and what was asked is not', async () => {
    const failing = await startTestServer();
    const { client } = failing;
    const { operator: as, orgId } = await client.setUp();
    // The store breaks under the running server.
    const database = new Sqlite(join(failing.dataDirectory, 'sluice.sqlite'));
    database.exec('DROP TABLE resources');
    database.close();
    const answer = await client.post('/api/v2/labels?secret=in-the-query', { as, json: { orgID: orgId, name: 'hunter2-passw0rd' } });
    expect([answer.status, answer.json.code]).toEqual([500, 'internal error']);
    const lines = failing
      .log()
      .split('\n')
      .filter((line) => line.includes('"internal error"'));
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? '') as { level: number; method: string; path: string; causes: { name: string; code?: string }[] };
    expect(line).toMatchObject({ level: 50, method: 'POST', path: '/api/v2/labels' });
    expect(line.causes[0]).toMatchObject({ name: 'SqliteError', code: 'SQLITE_ERROR' });
    expect(failing.log()).not.toMatch(/hunter2|in-the-query/);
    await failing.stop();
  });
});
