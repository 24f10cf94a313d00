/** /metrics by InfluxDB's names: what monitoring templates ask for is there, is right, and says nothing that it should not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type SetUp, type TestClient, type TestServer } from '../support/server.js';

const FLUX = { 'content-type': 'application/vnd.flux' };
/** A text that a client chooses. */
const CHOSEN = 'chosen-by-a-client';

describe('metrics', () => {
  let server: TestServer;
  let client: TestClient;
  let world: SetUp;

  beforeAll(async () => {
    server = await startTestServer();
    ({ client } = server);
    world = await client.setUp();
  });
  afterAll(() => server.stop());

  const read = async (): Promise<Map<string, number>> => {
    const { text } = await client.get('/metrics');
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
  };
  /** The sum of a family's samples whose labels hold all of these. */
  const sumOf = (samples: Map<string, number>, name: string, ...labels: string[]): number => {
    let sum = 0;
    for (const [key, value] of samples) {
      if ((key === name || key.startsWith(`${name}{`)) && labels.every((label) => key.includes(label))) sum += value;
    }
    return sum;
  };

  it('count organizations, buckets, users and tokens as they come and go', async () => {
    const before = await read();
    expect(sumOf(before, 'influxdb_organizations_total')).toBe(1);
    expect(sumOf(before, 'influxdb_users_total')).toBe(1);
    expect(sumOf(before, 'influxdb_tokens_total')).toBe(1);
    expect(sumOf(before, 'influxdb_buckets_total')).toBe(3);
    const as = world.operator;
    await client.post('/api/v2/buckets', { as, json: { orgID: world.orgId, name: 'more', retentionRules: [] } });
    await client.createToken(as, world.orgId, [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }]);
    await client.createUser(as, 'somebody');
    await expect
      .poll(async () => {
        const samples = await read();
        return ['users', 'tokens', 'buckets'].map((noun) => sumOf(samples, `influxdb_${noun}_total`));
      })
      .toEqual([2, 2, 4]);
  });

  it('tell the version and how long the server is up', async () => {
    const samples = await read();
    expect(sumOf(samples, 'influxdb_info', 'version="v2.9.1"', 'commit="sluice-')).toBe(1);
    expect(sumOf(samples, 'influxdb_uptime_seconds')).toBeGreaterThan(0);
  });

  it('count requests and their durations by route, never by the path that was sent', async () => {
    const as = world.operator;
    const before = await read();
    await client.get(`/api/v2/buckets/${world.bucketId}`, { as });
    await client.get(`/api/v2/buckets/${CHOSEN}`, { as });
    await client.get(`/api/v2/${CHOSEN}`, { as });
    const after = await read();
    const grown = (name: string, ...labels: string[]) => sumOf(after, name, ...labels) - sumOf(before, name, ...labels);
    const route = ['handler="platform"', 'method="GET"', 'path="/api/v2/buckets/:id"'];
    expect(grown('http_api_requests_total', ...route, 'response_code="200"', 'status="2XX"')).toBe(1);
    expect(grown('http_api_requests_total', ...route, 'status="4XX"')).toBe(1);
    expect(grown('http_api_request_duration_seconds_count', ...route)).toBe(2);
    expect(grown('http_api_request_duration_seconds_bucket', ...route, 'le="+Inf"')).toBe(2);
    expect(grown('http_api_request_duration_seconds_sum', ...route)).toBeGreaterThan(0);
    expect([...after.keys()].join('\n')).not.toContain(CHOSEN);
  });

  it('count points and bytes of writes', async () => {
    const as = world.operator;
    const write = (body: string) => client.post('/api/v2/write?org=acme&bucket=data', { as, body });
    const before = await read();
    const lines = `${CHOSEN},a=b v=1 1\n${CHOSEN},a=b v=2 2`;
    expect((await write(lines)).status).toBe(204);
    expect((await write(`${CHOSEN},a=b v=1i 3\n${CHOSEN},a=b v=4 4`)).status).toBe(422);
    expect((await write('broken')).status).toBe(400);
    const after = await read();
    const grown = (name: string, ...labels: string[]) => sumOf(after, name, ...labels) - sumOf(before, name, ...labels);
    expect(grown('storage_writer_req_points_sum')).toBe(4);
    expect(grown('storage_writer_req_points_count')).toBe(2);
    expect(grown('storage_writer_ok_points_sum')).toBe(3);
    expect(grown('storage_writer_dropped_points_sum')).toBe(1);
    expect(grown('http_write_request_count', 'endpoint="/api/v2/write"')).toBe(3);
    expect(grown('http_write_request_bytes', 'status="204"')).toBe(lines.length);
    expect(grown('http_write_response_bytes', 'status="204"')).toBe(0);
    expect(grown('http_write_response_bytes', 'status="422"')).toBeGreaterThan(50);
  });

  it('count queries, how they end, and what they cost', async () => {
    const as = world.operator;
    const ask = (body: string) => client.post('/api/v2/query?org=acme', { as, body, headers: { ...FLUX, 'accept-encoding': 'identity' } });
    const before = await read();
    const script = 'from(bucket: "data") |> range(start: 0)';
    const { status, text } = await ask(script);
    expect(status).toBe(200);
    expect((await ask('from(bucket: "data") |> range(start: 0) |> frob()')).status).toBe(400);
    const database = new URLSearchParams({ db: 'data', q: 'SELECT * FROM m; SELECT frob(v) FROM m' });
    expect((await client.get(`/query?${database.toString()}`, { as })).status).toBe(200);
    const after = await read();
    const grown = (name: string, ...labels: string[]) => sumOf(after, name, ...labels) - sumOf(before, name, ...labels);
    expect(grown('qc_requests_total', 'result="success"')).toBe(1);
    expect(grown('qc_requests_total', 'result="runtime_error"')).toBe(1);
    for (const name of ['qc_all', 'qc_queueing', 'qc_executing']) {
      expect(grown(`${name}_duration_seconds_count`)).toBe(2);
      expect(sumOf(after, `${name}_active`)).toBe(0);
    }
    expect(grown('influxql_service_requests_total')).toBe(1);
    expect(grown('influxql_service_executing_duration_seconds_count')).toBe(1);
    expect(grown('http_query_request_count', 'endpoint="/api/v2/query"', 'status="200"')).toBe(1);
    expect(grown('http_query_request_bytes', 'endpoint="/api/v2/query"', 'status="200"')).toBe(script.length);
    expect(grown('http_query_response_bytes', 'endpoint="/api/v2/query"', 'status="200"')).toBe(text.length);
  });

  it('hold no secret, and not the name of anything', async () => {
    const { text } = await client.get('/metrics');
    expect(text).not.toContain(world.operator.token);
    expect(text).not.toContain(CHOSEN);
    expect(text).not.toContain('acme');
  });
});
