/** Points are read, written and deleted with the right to do so, in whichever language it is asked for; what is refused changes nothing. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestResponse, type TestServer } from '../support/server.js';

let server: TestServer;
let world: SetUp;
/** Tokens by what they hold of the bucket `data`; `both` holds both of it. */
const tokens: Record<string, Credentials> = {};

beforeAll(async () => {
  server = await startTestServer();
  const { client } = server;
  world = await client.setUp();
  const { operator, orgId, bucketId } = world;
  const otherOrgId = (await client.post('/api/v2/orgs', { as: operator, json: { name: 'beta' } })).json.id;
  for (const orgID of [orgId, otherOrgId]) await client.post('/api/v2/buckets', { as: operator, json: { orgID, name: 'second' } });
  const held = (action: string) => ({ action, resource: { type: 'buckets', id: bucketId, orgID: orgId } });
  tokens.reader = await client.createToken(operator, orgId, [held('read')]);
  tokens.writer = await client.createToken(operator, orgId, [held('write')]);
  tokens.both = await client.createToken(operator, orgId, [held('read'), held('write')]);
  tokens.inactive = await client.createToken(operator, orgId, [held('read'), held('write')], { status: 'inactive' });
  await client.post('/api/v2/write?org=acme&bucket=data', { as: operator, body: 'm v=1 1\nm v=2 2' });
});
afterAll(() => server.stop());

const flux = (as: Credentials, body: string): Promise<TestResponse> =>
  server.client.post('/api/v2/query?org=acme', { as, headers: { 'content-type': 'application/vnd.flux' }, body });

const countIn = async (bucket: string, org = 'acme'): Promise<number> => {
  const body = `from(bucket: "${bucket}") |> range(start: 0) |> filter(fn: (r) => r._measurement == "m") |> group() |> count()`;
  const headers = { 'content-type': 'application/vnd.flux' };
  const { text } = await server.client.post(`/api/v2/query?org=${org}`, { as: world.operator, headers, body });
  return Number(/,(\d+)\r\n/.exec(text)?.[1] ?? 0);
};

const copyTo = (target: string): string => `from(bucket: "data") |> range(start: 0) |> to(${target})`;

describe('to() of Flux', () => {
  it.each([
    ['reader', 'bucket: "data"', 'user not authorized to write'],
    ['both', 'bucket: "second"', 'user not authorized to write'],
    ['both', 'bucket: "second", org: "acme"', 'could not find org'],
  ])('of %s into %s is refused', async (name, target, message) => {
    const { status, text } = await flux(tokens[name], copyTo(target));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(text).toContain(message);
    expect([await countIn('data'), await countIn('second')]).toEqual([2, 0]);
  });

  it.each([
    ['both', 'bucket: "second", org: "beta"'],
    ['both', 'bucketID: "0123456789abcdef"'],
    ['inactive', 'bucket: "data"'],
    ['writer', 'bucket: "second"'],
  ])('of %s into %s writes nothing', async (name, target) => {
    const { status } = await flux(tokens[name], copyTo(target));
    expect(status).toBeGreaterThanOrEqual(400);
    expect([await countIn('second'), await countIn('second', 'beta')]).toEqual([0, 0]);
  });

  it('of a token that may read and write is done', async () => {
    const script =
      'import "array" array.from(rows: [{_time: 1970-01-02T00:00:00Z, _measurement: "n", _field: "v", _value: 1.0}]) |> to(bucket: "data")';
    expect((await flux(tokens.both, script)).status).toBe(200);
    // It writes what it makes itself, without a right to read.
    expect((await flux(tokens.writer, script)).status).toBe(200);
  });
});

describe('InfluxQL', () => {
  const ask = (as: Credentials, statement: string): Promise<TestResponse> =>
    server.client.post(`/query?db=data&q=${encodeURIComponent(statement)}`, { as });

  it.each([['DELETE FROM m'], ['DELETE WHERE time < 2'], ['DROP MEASUREMENT m'], ['DELETE FROM m; DROP MEASUREMENT m']])(
    '%s of a token that may only read fails and deletes nothing',
    async (statement) => {
      const { status, json } = await ask(tokens.reader, statement);
      expect(status).toBe(200);
      for (const result of json.results) expect(result.error).toBe('insufficient permissions');
      expect(await countIn('data')).toBe(2);
    },
  );

  it.each([['writer'], ['inactive']])('deletes nothing for %s, to whom there is no such database', async (name) => {
    for (const statement of ['DELETE FROM m', 'DROP MEASUREMENT m']) await ask(tokens[name], statement);
    expect(await countIn('data')).toBe(2);
  });

  it('deletes for a token that may read and write', async () => {
    for (const statement of ['DELETE FROM gone', 'DROP MEASUREMENT gone']) {
      await server.client.post('/api/v2/write?org=acme&bucket=data', { as: world.operator, body: 'gone v=1 1' });
      const seen = async () => (await ask(tokens.both, 'SELECT v FROM gone')).json.results[0].series !== undefined;
      expect(await seen()).toBe(true);
      await ask(tokens.reader, statement);
      expect(await seen()).toBe(true);
      await ask(tokens.both, statement);
      expect(await seen()).toBe(false);
    }
    expect(await countIn('data')).toBe(2);
  });
});
