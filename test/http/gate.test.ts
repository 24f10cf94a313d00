/** The gate: however the path of a route is written, nobody gets further by it than by the plain one; and what nobody asked for is not read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { meantPath, originForm } from '../../src/http/paths.js';
import { rows } from '../matrix/rows.js';
import { ANONYMOUS, type World } from '../matrix/personas.js';
import { RawRequest, type RawAnswer } from '../support/raw-request.js';
import { startTestServer, type TestServer } from '../support/server.js';

const hex = (char: string): string => char.charCodeAt(0).toString(16);
const escapeAll = (path: string, upper: boolean): string =>
  path.replace(/[a-zA-Z0-9]/g, (char) => `%${upper ? hex(char).toUpperCase() : hex(char)}`);

/** Other ways to write a path that begins with a slash. */
const FORMS: Readonly<Record<string, (path: string) => string>> = {
  'a letter escaped': (path) => path.replace(/[a-z]/, (char) => `%${hex(char)}`),
  'the last letter escaped': (path) => path.replace(/[a-z0-9]$/i, (char) => `%${hex(char)}`),
  'all letters escaped': (path) => escapeAll(path, false),
  'in capital escapes': (path) => escapeAll(path, true),
  'escaped twice': (path) => escapeAll(path, true).replaceAll('%', '%25'),
  'its slashes escaped': (path) => `/${path.slice(1).replaceAll('/', '%2f')}`,
  'an escape that is none': (path) => `${path}%zz`,
  'a byte that is no UTF-8': (path) => `${path}%ff`,
  'a NUL behind it': (path) => `${path}%00`,
  'in absolute form': (path) => `http://localhost${path}`,
  'in absolute form of elsewhere': (path) => `https://user:word@elsewhere.example:1${path}`,
  'in absolute form, escaped': (path) => `HTTP://localhost${escapeAll(path, false)}`,
  'two slashes before it': (path) => `/${path}`,
  'two slashes in it': (path) => `/${path.slice(1).replace('/', '//')}`,
  'a slash behind it': (path) => `${path}/`,
  'dots in it': (path) => `/.${path}`,
  'a way round to it': (path) => `/assets/..${path}`,
  'an escaped way round to it': (path) => `/assets/%2e%2e${path}`,
  'backslashes in it': (path) => `/${path.slice(1).replaceAll('/', '\\')}`,
  'in capital letters': (path) => path.toUpperCase(),
  'a semicolon behind it': (path) => `${path};x=y`,
  'a fragment behind it': (path) => `${path}#x`,
};

let server: TestServer;
/** Rows make what is theirs under names with a number that no other has. */
let n = 0;
let world: World;

beforeAll(async () => {
  server = await startTestServer();
  const { client } = server;
  const setUp = await client.setUp();
  const as = setUp.operator;
  const otherOrgId = (await client.post('/api/v2/orgs', { as, json: { name: 'beta' } })).json.id;
  const bucket = async (orgID: string, name: string): Promise<string> =>
    (await client.post('/api/v2/buckets', { as, json: { orgID, name } })).json.id;
  const [otherBucketId, secondBucketId] = [await bucket(otherOrgId, 'other'), await bucket(setUp.orgId, 'second')];
  world = { ...setUp, client, otherOrgId, otherBucketId, secondBucketId };
});
afterAll(() => server.stop());

async function ask(method: string, target: string, headers: Record<string, string>): Promise<RawAnswer | undefined> {
  const raw = new RawRequest(server.url);
  raw.sendHead(method, target, headers);
  const answer = method === 'HEAD' ? await headOf(raw) : await raw.answer();
  raw.destroy();
  return answer;
}

async function headOf(raw: RawRequest): Promise<RawAnswer | undefined> {
  for (let i = 0; i < 500 && !raw.text.includes('\r\n\r\n'); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  const status = Number(raw.text.split(' ')[1]);
  return Number.isNaN(status) ? undefined : { status, headers: new Map(), text: '' };
}

/** Of a request without credentials: let in to the route, refused, or told that there is nothing here. */
const isRefusal = (status: number | undefined): boolean => status === 401 || status === 403;

describe.each(Object.entries(FORMS))('a path with %s', (_, write) => {
  it('opens nothing that the plain one does not', { timeout: 120_000 }, async () => {
    const wrong: unknown[] = [];
    for (const [name, row] of Object.entries(rows)) {
      const [method = ''] = name.split(' ');
      // Made up: what is behind it has no part in this.
      const { path } = /:id|:name|:userID/.test(name)
        ? { path: name.split(' ')[1]!.replaceAll(/:\w+/g, '0123456789abcdef') }
        : await row(world, ++n, ANONYMOUS);
      const [plain = '', query] = path.split('?');
      const target = write(plain) + (query === undefined ? '' : `?${query}`);
      const open = server.routes.some((route) => route.access === 'open' && `${route.method} ${route.path}` === name);
      for (const headers of [{}, { 'content-length': '100000000' }, { 'transfer-encoding': 'chunked' }] as Record<string, string>[]) {
        if ('content-length' in headers || 'transfer-encoding' in headers) if (open) continue;
        const late = await ask(method, target, headers);
        const status = late?.status;
        // An open path in other letters is any other path; a body of a closed one is not waited for.
        const right = open ? status !== undefined && status < 500 : isRefusal(status);
        if (!right) wrong.push({ name, target, headers, status, text: late?.text });
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('paths that nobody has', () => {
  it.each([
    '/api/v2/nothing',
    '/api/v2nothing',
    '/api/v2/authorizations/1/2/3/4',
    '/API/V2/nothing',
    '//api//v2//nothing',
    '/x/../api/v2/nothing',
    '/private/nothing',
    '/v1/nothing',
    '/WRITE',
    '//query',
    '/api\\v2\\nothing',
    '/api/v2/%',
    `/api/v2/buckets/${'x'.repeat(2000)}`,
    `/api/v2/buckets/${'%2561'.repeat(800)}`,
  ])('is refused without credentials: %s', async (path) => {
    for (const method of ['GET', 'POST', 'DELETE', 'PROPFIND']) {
      const answer = await ask(method, path, {});
      expect([method, answer?.status]).toEqual([method, 401]);
      expect(JSON.parse(answer?.text ?? '')).toMatchObject({ code: 'unauthorized' });
    }
  });

  it('is told apart with credentials only', async () => {
    const headers = { authorization: `Token ${world.operator.token}` };
    expect(JSON.parse((await ask('GET', '/api/v2/nothing', headers))?.text ?? '')).toEqual({
      code: 'not found',
      message: 'path not found',
    });
    expect((await ask('GET', '/api/v2/buckets/a/b/c', headers))?.text).toBe('404 page not found\n');
    expect((await ask('GET', '/nothing', {}))?.status).toBe(404);
    expect((await ask('POST', '/nothing', { 'content-length': '1000000' }))?.status).toBe(404);
  });

  it('is the same in absolute form as in the plain one', async () => {
    const headers = { authorization: `Token ${world.operator.token}` };
    const plain = await ask('GET', '/api/v2/buckets?limit=1', headers);
    expect(plain?.status).toBe(200);
    expect((await ask('GET', 'http://localhost/api/v2/buckets?limit=1', headers))?.text).toBe(plain?.text);
  });
});

it.each([
  ['/api/v2/me', '/api/v2/me'],
  ['//API/./v2/x/../me/', '/api/v2/me'],
  ['/%2561pi\\v2;a=b/me%20', '/api/v2/me'],
  ['/../../api/v2', '/api/v2'],
])('means by %s the path %s', (path, meant) => {
  expect(meantPath(path)).toBe(meant);
});

it.each([
  ['/a?b', '/a?b'],
  ['http://h/a?b', '/a?b'],
  ['http://h', '/'],
  ['http://h?b', '/?b'],
  ['*', '*'],
])('takes the target %s for %s', (target, origin) => {
  expect(originForm(target)).toBe(origin);
});
