/** What ends by a limit, and what goes away with what it belongs to: queries, points that are too old, points of a bucket or an organization. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDbEngine } from '../../src/series/duckdb.js';
import { startTestServer, type SetUp, type TestClient, type TestServer } from '../support/server.js';
import { WORST_FLUX } from '../support/worst-scripts.js';

const FLUX = { 'content-type': 'application/vnd.flux' };
const HOUR_S = 3_600;

describe('limits of queries', () => {
  let server: TestServer;
  let client: TestClient;
  let world: SetUp;

  beforeAll(async () => {
    server = await startTestServer({ flags: ['--query-memory-bytes=2MiB'] });
    ({ client } = server);
    world = await client.setUp();
    const lines = Array.from({ length: 60_000 }, (_, i) => `m,t=${i % 3} v=${i},s="a text of some length, number ${i}" ${i + 1}`);
    expect((await client.post('/api/v2/write?org=acme&bucket=data', { as: world.operator, body: lines.join('\n') })).status).toBe(204);
  });
  afterAll(() => server.stop());

  const flux = (body: string) => client.post('/api/v2/query?org=acme', { as: world.operator, headers: FLUX, body });
  const influxql = (q: string) => client.get(`/query?${new URLSearchParams({ db: 'data', q }).toString()}`, { as: world.operator });

  it('a script that needs too much memory ends, and the next one is answered', async () => {
    const { text } = await flux('from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._field == "s") |> group() |> sort()');
    expect(text).toContain('memory');
    expect((await flux('from(bucket: "data") |> range(start: 0) |> count()')).status).toBe(200);
  });

  it('a statement that needs too much memory ends, and the next one is answered', async () => {
    expect((await influxql('SELECT distinct(s) FROM m')).text).toContain('memory');
    const { text } = await influxql('SELECT count(v) FROM m');
    expect(text).toContain('60000');
  });
});

it('a script that takes too long ends, and says which option would have let it go on', async () => {
  const server = await startTestServer({ flags: ['--query-timeout=1500ms'] });
  const { operator } = await server.client.setUp();
  const body = WORST_FLUX['index in rows'] as string;
  const { status, json } = await server.client.post('/api/v2/query?org=acme', { as: operator, headers: FLUX, body });
  expect([status, json.code]).toEqual([503, 'unavailable']);
  expect(json.message).toContain('longer than the 1500 ms of --query-timeout');
  const next = await server.client.post('/api/v2/query?org=acme', { as: operator, headers: FLUX, body: 'buckets()' });
  expect(next.status).toBe(200);
  await server.stop();
});

describe('points', () => {
  it('that are older than a bucket keeps are not written, and those beside them are', async () => {
    const server = await startTestServer();
    const { client } = server;
    const { operator, orgId } = await client.setUp();
    const retentionRules = [{ type: 'expire', everySeconds: HOUR_S }];
    await client.post('/api/v2/buckets', { as: operator, json: { orgID: orgId, name: 'short', retentionRules } });
    const nowS = Math.floor(Date.now() / 1000);
    const body = `m v=1 ${nowS - 2 * HOUR_S}\nm v=2 ${nowS}\nm v=3 ${nowS - 3 * HOUR_S}`;
    const answer = await client.post('/api/v2/write?org=acme&bucket=short&precision=s', { as: operator, body });
    expect(answer.status).toBe(422);
    expect(answer.json.message).toMatch(/dropped 2 points outside retention policy of duration 1h0m0s .* dropped=2 for database:/);
    const script = 'from(bucket: "short") |> range(start: 0) |> keep(columns: ["_value"])';
    const { text } = await client.post('/api/v2/query?org=acme', { as: operator, headers: FLUX, body: script });
    expect(text.trim().split('\r\n')).toEqual([',result,table,_value', ',_result,0,2']);
    await server.stop();
  });

  it('go with their bucket, and with their organization', async () => {
    const server = await startTestServer();
    const { client } = server;
    const { operator, orgId, bucketId } = await client.setUp();
    const otherOrgId = (await client.post('/api/v2/orgs', { as: operator, json: { name: 'beta' } })).json.id;
    const makeBucket = async (orgID: string): Promise<string> =>
      (await client.post('/api/v2/buckets', { as: operator, json: { orgID, name: 'gone', retentionRules: [] } })).json.id;
    const [own, foreign] = [await makeBucket(orgId), await makeBucket(otherOrgId)];
    for (const [orgID, bucket] of [
      [orgId, bucketId],
      [orgId, own],
      [otherOrgId, foreign],
    ]) {
      const { status } = await client.post(`/api/v2/write?orgID=${orgID}&bucket=${bucket}`, { as: operator, body: 'm v=1 1' });
      expect(status).toBe(204);
    }
    expect((await client.delete(`/api/v2/buckets/${own}`, { as: operator })).status).toBe(204);
    expect((await client.delete(`/api/v2/orgs/${otherOrgId}`, { as: operator })).status).toBe(204);
    await server.stop();
    const directory = join(server.directory, 'data', 'series');
    const engine = await openDuckDbEngine({ directory, memoryLimitBytes: 2 ** 27, threads: 1, onEvent: () => undefined });
    const left = await engine.listBuckets();
    await engine.close();
    expect(left).toContain(bucketId);
    expect(left).not.toContain(own);
    expect(left).not.toContain(foreign);
  });
});
