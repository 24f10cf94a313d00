/**
 * A request that is on its way while its token, session or right ends: every route of the table that takes a body, for every way in which
 * somebody can end. Nothing of it may happen, and its answer is that to one who comes now.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '../../src/kinds/index.js';
import { rows } from '../matrix/rows.js';
import { ANONYMOUS, type World } from '../matrix/personas.js';
import { RawRequest } from '../support/raw-request.js';
import { startTestServer, type TestServer } from '../support/server.js';

const WAIT_MS = 60_000;
/** Time for the first half of a body to be there. */
const ARRIVAL_MS = 15;
/** Time for a route that streams to say no to the headers alone. */
const EARLY_MS = 500;
const HOUR_MS = 3_600_000;

/** Somebody who may do everything, and what ends him. */
interface Ending {
  readonly headers: Record<string, string>;
  readonly end: () => Promise<unknown>;
}

let server: TestServer;
let world: World;
let aheadMs = 0;
let count = 0;

beforeAll(async () => {
  server = await startTestServer({ clock: () => Date.now() + aheadMs });
  const { client } = server;
  const setUp = await client.setUp();
  // It stores once when the server began to look.
  await server.services.usage.flush();
  const { operator, orgId } = setUp;
  const create = async (path: string, json: unknown): Promise<string> => (await client.post(path, { as: operator, json })).json.id;
  const otherOrgId = await create('/api/v2/orgs', { name: 'beta' });
  world = {
    ...setUp,
    client,
    otherOrgId,
    otherBucketId: await create('/api/v2/buckets', { orgID: otherOrgId, name: 'other' }),
    secondBucketId: await create('/api/v2/buckets', { orgID: orgId, name: 'second' }),
  };
  for (const bucket of ['data', 'second']) await client.post(`/api/v2/write?org=acme&bucket=${bucket}`, { as: operator, body: 'm v=1 1' });
});
afterAll(() => server.stop());

const everything = async (): Promise<unknown[]> =>
  (await world.client.get('/api/v2/resources', { as: world.operator })).json
    .filter((type: string) => type !== 'instance')
    .flatMap((type: string) => ['read', 'write'].map((action) => ({ action, resource: { type } })));

const asOperator = (method: string, path: string, json?: unknown) => world.client.send(method, path, { as: world.operator, json });

async function newToken(): Promise<{ id: string; userID: string; headers: Record<string, string> }> {
  const userID = await world.client.createUser(world.operator, `ending ${++count}`);
  const { id, token } = await world.client.createToken(world.operator, world.orgId, await everything(), { userID });
  return { id, userID, headers: { authorization: `Token ${token}` } };
}

async function newSession(): Promise<{ userID: string; headers: Record<string, string> }> {
  const [name, password] = [`ending ${++count}`, `passw0rd-${count}`];
  const userID = await world.client.createUser(world.operator, name, password);
  await asOperator('POST', `/api/v2/orgs/${world.orgId}/owners`, { id: userID });
  const { session } = await world.client.signIn(name, password);
  return { userID, headers: { cookie: `influxdb-oss-session=${session}` } };
}

async function newV1(): Promise<{ path: string; headers: Record<string, string> }> {
  const [token, password] = [`ending ${++count}`, `passw0rd-${count}`];
  const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'buckets', orgID: world.orgId } }));
  const { json } = await asOperator('POST', '/private/legacy/authorizations', { orgID: world.orgId, token, permissions });
  const path = `/private/legacy/authorizations/${json.id}`;
  await asOperator('POST', `${path}/password`, { password });
  return { path, headers: { authorization: `Basic ${Buffer.from(`${token}:${password}`).toString('base64')}` } };
}

const tokenWay = (end: (token: { id: string; userID: string }) => Promise<unknown>) => async (): Promise<Ending> => {
  const token = await newToken();
  return { headers: token.headers, end: () => end(token) };
};
const sessionWay =
  (end: (session: { userID: string; headers: Record<string, string> }) => Promise<unknown>) => async (): Promise<Ending> => {
    const session = await newSession();
    return { headers: session.headers, end: () => end(session) };
  };
const v1Way = (end: (path: string) => Promise<unknown>) => async (): Promise<Ending> => {
  const { path, headers } = await newV1();
  return { headers, end: () => end(path) };
};

/** Way -> how one who can end so is made. `isKnown`: he is known still, and may do less. */
const WAYS: Record<string, { make: () => Promise<Ending>; kind: 'token' | 'session' | 'v1'; isKnown?: true }> = {
  'the token is deleted': { kind: 'token', make: tokenWay(({ id }) => asOperator('DELETE', `/api/v2/authorizations/${id}`)) },
  'the token is made inactive': {
    kind: 'token',
    isKnown: true,
    make: tokenWay(({ id }) => asOperator('PATCH', `/api/v2/authorizations/${id}`, { status: 'inactive' })),
  },
  'its user is made inactive': {
    kind: 'token',
    make: tokenWay(({ userID }) => asOperator('PATCH', `/api/v2/users/${userID}`, { status: 'inactive' })),
  },
  'its user is deleted': { kind: 'token', make: tokenWay(({ userID }) => asOperator('DELETE', `/api/v2/users/${userID}`)) },
  'the session is signed out': {
    kind: 'session',
    make: sessionWay(({ headers }) => world.client.post('/api/v2/signout', { headers })),
  },
  'the session’s user is made inactive': {
    kind: 'session',
    make: sessionWay(({ userID }) => asOperator('PATCH', `/api/v2/users/${userID}`, { status: 'inactive' })),
  },
  'the session’s user gets another password': {
    kind: 'session',
    make: sessionWay(({ userID }) => asOperator('POST', `/api/v2/users/${userID}/password`, { password: 'another-passw0rd' })),
  },
  'the session runs out': {
    kind: 'session',
    make: sessionWay(() => {
      aheadMs += 2 * HOUR_MS;
      return asOperator('PATCH', `/api/v2/orgs/${world.orgId}`, { description: `${aheadMs}` });
    }),
  },
  'the user’s role is taken away': {
    kind: 'session',
    isKnown: true,
    make: sessionWay(({ userID }) => asOperator('DELETE', `/api/v2/orgs/${world.orgId}/owners/${userID}`)),
  },
  'the v1 authorization is deleted': { kind: 'v1', make: v1Way((path) => asOperator('DELETE', path)) },
  'the v1 authorization is made inactive': { kind: 'v1', make: v1Way((path) => asOperator('PATCH', path, { status: 'inactive' })) },
  'the v1 authorization gets another password': {
    kind: 'v1',
    make: v1Way((path) => asOperator('POST', `${path}/password`, { password: 'another-passw0rd' })),
  },
};

/** When tokens and their permissions were used, and how much they wrote, is stored once a minute, and what is refused is recorded. */
const MOVES_BY_ITSELF: readonly string[] = [
  'authorization_uses',
  'permission_uses',
  'authorization_writes',
  'audit',
  'audit_head',
  'refused_requests',
];

/** All that is stored, but for what moves by itself. */
async function snapshot(): Promise<string> {
  const database = new Sqlite(join(server.dataDirectory, 'sluice.sqlite'), { readonly: true });
  const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
  const content = tables
    .filter((table) => !MOVES_BY_ITSELF.includes(table))
    .map((table) => [table, database.prepare(`SELECT * FROM "${table}"`).all()]);
  content.push(['audit', database.prepare("SELECT * FROM audit WHERE outcome = 'success'").all()]);
  database.close();
  const points = [];
  for (const bucket of ['data', 'second']) {
    const answer = await world.client.post('/api/v2/query?org=acme', {
      as: world.operator,
      headers: { 'content-type': 'application/vnd.flux' },
      body: `from(bucket: "${bucket}") |> range(start: 0, stop: 2100-01-01T00:00:00Z)`,
    });
    expect(answer.status).toBe(200);
    points.push(answer.text);
  }
  return JSON.stringify([content, points]);
}

/** Requests of the table with a body: the matrix has one for each route, and what has none in it gets one that nobody reads. */
const cases = Object.entries(rows).filter(([name]) => /^(POST|PUT|PATCH|DELETE) /.test(name));
const routeOf = (name: string) => server.routes.find((route) => `${route.method} ${route.path}` === name.replace(/ \[.*$/, ''));

async function requestOf(name: string): Promise<{ method: string; path: string; headers: Record<string, string>; body: Buffer }> {
  const [row] = cases.filter(([other]) => other === name).map(([, made]) => made);
  const { path, json, body, headers = {} } = await row!(world, ++count, ANONYMOUS);
  const bytes = json !== undefined ? Buffer.from(JSON.stringify(json)) : Buffer.from(body ?? 'nothing of note');
  const type = json !== undefined && !('content-type' in headers) ? { 'content-type': 'application/json' } : {};
  return { method: name.split(' ')[0] ?? '', path, headers: { ...type, ...headers }, body: bytes };
}

/**
 * A route is tried by one in so many ways, and so by a token and by a session at least; those of kinds are many and alike.
 * `REVOCATION=all` tries each by all of them.
 */
const [SHARE, KIND_SHARE] = process.env['REVOCATION'] === 'all' ? [1, 1] : [2, 4];
const isOfKind = (name: string): boolean => KINDS.some(({ path }) => name.includes(` ${path}`));

describe.each(Object.entries(WAYS).map(([way, ending], i) => [way, ending, i] as const))('when %s', (_, { make, kind, isKnown }, way) => {
  it('nothing of what is on its way happens', { timeout: 120_000 }, async () => {
    const wrong: unknown[] = [];
    let tried = 0;
    for (const [i, [name]] of cases.entries()) {
      const share = isOfKind(name) ? KIND_SHARE : SHARE;
      // There are few for the v1-compatible API: each is tried by all ways.
      if (kind !== 'v1' && i % share !== way % share) continue;
      const route = routeOf(name);
      if (route === undefined) throw new Error(`no route for ${name}`);
      const isFor = route.access === 'v1' ? kind !== 'session' : route.access === 'actor' && kind !== 'v1';
      if (!isFor) continue;
      tried++;
      const request = await requestOf(name);
      const { headers, end } = await make();
      const raw = new RawRequest(server.url);
      raw.sendHead(request.method, request.path, { ...request.headers, ...headers, 'content-length': String(request.body.length) });
      raw.send(request.body.subarray(0, request.body.length >> 1));
      await new Promise((resolve) => setTimeout(resolve, ARRIVAL_MS));
      // A route that takes its body as a stream says no before it has read any of it.
      const early = await raw.answer(route.streamsBody === true ? EARLY_MS : 0);
      await end();
      const before = await snapshot();
      raw.send(request.body.subarray(request.body.length >> 1));
      const answer = await raw.answer(WAIT_MS);
      raw.destroy();
      const after = await snapshot();
      const now = await world.client.send(request.method, request.path, {
        headers: { ...request.headers, ...headers },
        body: request.body,
      });
      const isRefused = isKnown === true || answer?.status === 401 || answer?.status === 403;
      const isRight = early === undefined ? isRefused && answer?.status === now.status : route.streamsBody === true && early.status >= 400;
      if (!isRight || before !== after) {
        wrong.push({ name, late: answer?.status, text: answer?.text, fresh: now.status, changed: before !== after });
      }
    }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(kind === 'v1' ? 2 : 20);
  });
});

describe('a restore whose token ends while it is received', () => {
  const download = async (path: string): Promise<Buffer> => {
    const answer = await fetch(server.url + path, {
      headers: { authorization: `Token ${world.operator.token}`, 'gzip-compression-level': 'none' },
    });
    expect(answer.status).toBe(200);
    return Buffer.from(await answer.arrayBuffer());
  };

  async function restoreWhile(path: string, body: Buffer): Promise<void> {
    const { id, headers } = await newToken();
    const raw = new RawRequest(server.url);
    raw.sendHead('POST', path, { ...headers, 'content-length': String(body.length) });
    raw.send(body.subarray(0, body.length - 10));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await raw.answer(0)).toBe(undefined);
    await asOperator('PATCH', `/api/v2/authorizations/${id}`, { status: 'inactive' });
    const before = await snapshot();
    // It is answered at once, and not when the rest comes.
    expect((await raw.answer(WAIT_MS))?.status).toBe(401);
    raw.send(body.subarray(body.length - 10));
    await new Promise((resolve) => setTimeout(resolve, 300));
    raw.destroy();
    expect(await snapshot()).toBe(before);
    expect(readdirSync(server.dataDirectory).filter((name) => /^temporary-|replaced|^series-/.test(name))).toEqual([]);
  }

  it('replaces nothing, and leaves nothing behind', async () => {
    await restoreWhile('/api/v2/restore/kv', await download('/api/v2/backup/kv'));
  });

  it('writes none of the points of a shard', async () => {
    const buckets = (await download('/api/v2/backup/metadata')).toString('latin1');
    const id = /"shards":\[\{"id":(\d+)/.exec(buckets)?.[1];
    const shard = await download(`/api/v2/backup/shards/${id}`);
    await asOperator('POST', '/api/v2/delete?org=acme&bucket=data', { start: '1970-01-01T00:00:00Z', stop: '2100-01-01T00:00:00Z' });
    await asOperator('POST', '/api/v2/delete?org=acme&bucket=second', { start: '1970-01-01T00:00:00Z', stop: '2100-01-01T00:00:00Z' });
    await restoreWhile(`/api/v2/restore/shards/${id}`, shard);
  });
});

describe('what is running when its token ends', () => {
  const LINES = 300_000;
  const SLOW = `import "strings"
from(bucket: "data") |> range(start: 0, stop: 2100-01-01T00:00:00Z) |> filter(fn: (r) => r._measurement == "big")
${'  |> map(fn: (r) => ({r with text: strings.toUpper(v: string(v: r._value) + "x")}))\n'.repeat(8)} |> count()`;
  const WIDE = 'from(bucket: "data") |> range(start: 0, stop: 2100-01-01T00:00:00Z) |> filter(fn: (r) => r._measurement == "big")';

  beforeAll(async () => {
    const lines = Array.from({ length: LINES }, (_, i) => `big v=${i} ${i + 1}`).join('\n');
    await world.client.post('/api/v2/write?org=acme&bucket=data', { as: world.operator, body: lines });
  });

  function start(headers: Record<string, string>, script: string): RawRequest {
    const raw = new RawRequest(server.url);
    const body = Buffer.from(script);
    raw.sendHead('POST', '/api/v2/query?org=acme', {
      ...headers,
      'content-type': 'application/vnd.flux',
      'content-length': String(body.length),
    });
    raw.send(body);
    return raw;
  }

  it('a query ends, and says so', async () => {
    const { id, headers } = await newToken();
    const raw = start(headers, SLOW);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(raw.text).toBe('');
    await asOperator('PATCH', `/api/v2/authorizations/${id}`, { status: 'inactive' });
    expect((await raw.answer(WAIT_MS))?.status).toBe(401);
    raw.destroy();
  });

  it('a query of another token goes on', async () => {
    const { headers } = await newToken();
    const other = await newToken();
    const raw = start(headers, SLOW);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await asOperator('DELETE', `/api/v2/authorizations/${other.id}`);
    expect((await raw.answer(WAIT_MS))?.status).toBe(200);
    raw.destroy();
  });

  it('an answer that is being read breaks off', async () => {
    const { id, headers } = await newToken();
    const raw = start(headers, WIDE);
    raw.pause();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await asOperator('DELETE', `/api/v2/authorizations/${id}`);
    raw.resume();
    expect(await raw.closes(WAIT_MS)).toBe(true);
    expect(raw.text.startsWith('HTTP/1.1 200')).toBe(true);
    expect(raw.text.endsWith('0\r\n\r\n')).toBe(false);
  });

  it('a token that ends itself is told so', async () => {
    const { id, headers } = await newToken();
    expect((await world.client.patch(`/api/v2/authorizations/${id}`, { headers, json: { status: 'inactive' } })).status).toBe(200);
    const other = await newToken();
    expect((await world.client.delete(`/api/v2/authorizations/${other.id}`, { headers: other.headers })).status).toBe(204);
    const { userID, headers: cookie } = await newSession();
    expect((await world.client.delete(`/api/v2/users/${userID}`, { headers: cookie })).status).toBe(204);
  });
});
