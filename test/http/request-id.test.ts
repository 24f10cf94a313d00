/** A request is called in the log what its client calls it, as long as that can be nothing but a name. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { REQUEST_ID_LENGTH_MAX } from '../../src/http/request-id.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let operator: { token: string };

beforeAll(async () => {
  server = await startTestServer();
  ({ operator } = await server.client.setUp());
});
afterAll(() => server.stop());

const linesOf = (id: string): Record<string, unknown>[] =>
  server
    .log()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ requestId }) => requestId === id);

const longest = 'i'.repeat(REQUEST_ID_LENGTH_MAX);

it.each([['5f1b6c1e-8d0c-4c36-8d24-6c1f1ad0b7a2'], ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'], ['a.b_c:d'], [longest]])(
  'keeps %s, and sends it back',
  async (id) => {
    for (const as of [operator, undefined]) {
      const answer = await server.client.get('/api/v2/me', { as, headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toBe(id);
    }
    expect(linesOf(id).map(({ status }) => status)).toEqual([200, 401]);
  },
);

it.each([[`${longest}i`], ['a b'], ['a/b'], ['a"b'], ['abc='], ['é'], ['{"a":1}'], ['']])('does not take %j', async (id) => {
  const before = server.log().length;
  const answer = await server.client.get('/api/v2/me', { headers: { 'x-request-id': id } });
  expect(answer.status).toBe(401);
  expect(answer.headers.get('x-request-id')).toBeNull();
  const line = JSON.parse(server.log().slice(before).trim()) as Record<string, unknown>;
  expect(line.requestId).toMatch(/^[0-9a-f-]{36}$/);
});

it('gives each request another id where the client gives none, and does not send it', async () => {
  const before = server.log().length;
  for (let i = 0; i < 3; i++) expect((await server.client.get('/api/v2/me')).headers.get('x-request-id')).toBeNull();
  const lines = server.log().slice(before).trim().split('\n');
  expect(new Set(lines.map((line) => (JSON.parse(line) as Record<string, unknown>).requestId)).size).toBe(3);
});

it('names a query that failed after its answer had begun', async () => {
  const id = 'late-failure';
  const body =
    'import "array" array.from(rows: [{_value: 1}]) |> yield(name: "a") array.from(rows: [{_value: 1}]) |> map(fn: (r) => ({_value: 1 / 0})) |> yield(name: "b")';
  const headers = { 'content-type': 'application/vnd.flux', 'x-request-id': id };
  await server.client.post('/api/v2/query?org=acme', { as: operator, headers, body });
  expect(linesOf(id).map(({ msg }) => msg)).toEqual(['a query failed after its answer had begun', 'answered']);
});
