/** The worst scripts: each ends by a limit that says what it is, and everybody else is answered meanwhile. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Credentials, startTestServer, type TestResponse, type TestServer } from '../support/server.js';
import { LIMIT, WORST_FLUX, WORST_INFLUXQL } from '../support/worst-scripts.js';

/** What all of it may make this process grow by: two threads with a heap each, and what lies beside it. */
const GROWTH_BYTES_MAX = 2 * 1024 ** 3;

let server: TestServer;
let operator: { readonly token: string };
let ben: { readonly token: string };
let restingBytes: number;
let peakBytes = 0;

beforeAll(async () => {
  server = await startTestServer({ flags: ['--query-timeout=6s', '--query-memory-bytes=64MiB', '--query-max-memory-bytes=160MiB'] });
  const { client } = server;
  const setUp = await client.setUp();
  operator = setUp.operator;
  const userID = await client.createUser(operator, 'ben');
  ben = await client.createToken(operator, setUp.orgId, [{ action: 'read', resource: { type: 'buckets', orgID: setUp.orgId } }], {
    userID,
  });
  await write(Array.from({ length: 2000 }, (_, i) => `m,t=a${i % 50} f=${i},s="text ${i}" ${i + 1}`).join('\n'));
  await flux('from(bucket: "data") |> range(start: 0) |> last()', operator);
  restingBytes = process.memoryUsage.rss();
});

afterAll(() => server.stop());

const write = async (body: string): Promise<void> => {
  expect((await server.client.post('/api/v2/write?org=acme&bucket=data', { as: operator, body })).status).toBe(204);
};
const flux = (body: string, as: Credentials): Promise<TestResponse> =>
  server.client.post('/api/v2/query?org=acme', { as, body, headers: { 'content-type': 'application/vnd.flux' } });
const influxql = (body: string, as: Credentials): Promise<TestResponse> =>
  server.client.post('/query?db=data', { as, body, headers: { 'content-type': 'application/vnd.influxql' } });

/** What others do, again and again, while something runs. @returns how often each was answered */
async function meanwhile<T>(work: Promise<T>): Promise<{ readonly result: T; readonly answers: number }> {
  const progress = { isOver: false };
  let answers = 0;
  const others = (async () => {
    while (!progress.isOver) {
      expect((await server.client.get('/health')).status).toBe(200);
      expect((await server.client.get('/api/v2/me', { as: operator })).status).toBe(200);
      await write('probe,host=a usage=1');
      peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
      answers++;
    }
  })();
  const result = await work.finally(() => {
    progress.isOver = true;
  });
  await others;
  return { result, answers };
}

describe('a script that is made to stop the server', { timeout: 60_000 }, () => {
  it.each(Object.entries(WORST_FLUX))('%s', async (_name, script) => {
    const { result, answers } = await meanwhile(flux(script, ben));
    if (result.status !== 200) expect(result.text).toMatch(LIMIT);
    expect([200, 400, 422, 503]).toContain(result.status);
    expect(answers).toBeGreaterThan(0);
  });

  it.each(Object.entries(WORST_INFLUXQL))('%s', async (_name, statements) => {
    const { result } = await meanwhile(influxql(statements, ben));
    expect([200, 400]).toContain(result.status);
    expect(result.text).toMatch(/limit|nests more|longer/);
  });

  it('leaves room for the queries of others while several run', async () => {
    const long = WORST_FLUX['index in rows'] as string;
    const { result } = await meanwhile(
      Promise.all([
        ...Array.from({ length: 4 }, () => flux(long, ben)),
        (async () => {
          for (let i = 0; i < 10; i++) {
            const { status, text } = await flux('from(bucket: "data") |> range(start: 0) |> last()', operator);
            expect([status, text.includes('_value')]).toEqual([200, true]);
          }
        })(),
      ]),
    );
    expect(result.slice(0, 4).map((answer) => (answer as TestResponse).status)).toEqual([503, 503, 503, 503]);
  });

  it('does nothing at all for somebody who may do nothing', async () => {
    const { client } = server;
    const orgID = (await client.get('/api/v2/orgs', { as: operator })).json.orgs[0].id;
    const permissions = [{ action: 'read', resource: { type: 'buckets', orgID } }];
    const inactive = await client.createToken(operator, orgID, permissions, { status: 'inactive' });
    const strange = await client.createToken(operator, orgID, [{ action: 'read', resource: { type: 'tasks', orgID } }]);
    for (const as of [inactive, strange]) {
      const none = await flux('import "array"\narray.from(rows: [{_value: 1}])', as);
      expect([none.status, none.json.message]).toEqual([404, `no buckets found in organization ${orgID}`]);
      const named = await flux(`from(bucket: "data") |> range(start: 0) ${'|> map(fn: (r) => r) '.repeat(20)}`, as);
      expect([named.status, named.json.message]).toEqual([404, 'failed to initialize execute state: could not find bucket "data"']);
    }
  });

  it('took no more memory than there is', () => {
    expect(peakBytes - restingBytes).toBeLessThan(GROWTH_BYTES_MAX);
    const failures = server
      .log()
      .split('\n')
      .filter((line) => line.includes('"level":50') && !line.includes('ms of --query-timeout'));
    expect(failures).toEqual([]);
  });
});
