/** Scripts that come again are answered without being evaluated: every time by what the caller may read, and what is stored, then. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type SetUp, type TestClient, type TestResponse, type TestServer } from '../support/server.js';

const SCRIPT = 'from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "m" and r._field == "f") |> last()';

let server: TestServer;
let client: TestClient;
let setUp: SetUp;

beforeAll(async () => {
  server = await startTestServer();
  ({ client } = server);
  setUp = await client.setUp();
});
afterAll(() => server.stop());

const ask = (token: string, script = SCRIPT): Promise<TestResponse> =>
  client.post('/api/v2/query?org=acme', { as: { token }, headers: { 'content-type': 'application/vnd.flux' }, body: script });
const write = async (line: string): Promise<void> => {
  expect((await client.post('/api/v2/write?org=acme&bucket=data', { as: setUp.operator, body: line })).status).toBe(204);
};
const tokenFor = async (bucketId: string): Promise<{ id: string; token: string }> => {
  const { operator, orgId } = setUp;
  return client.createToken(operator, orgId, [{ action: 'read', resource: { type: 'buckets', id: bucketId, orgID: orgId } }]);
};

it('shows what was acknowledged before each time', async () => {
  const { token } = await tokenFor(setUp.bucketId);
  for (let i = 1; i <= 5; i++) {
    await write(`m,t=a f=${i}`);
    const { status, text } = await ask(token);
    expect(status).toBe(200);
    expect(text).toContain(`,${i},f,m,a`);
  }
  await client.post('/api/v2/delete?org=acme&bucket=data', {
    as: setUp.operator,
    json: { start: '1970-01-01T00:00:00Z', stop: '2100-01-01T00:00:00Z' },
  });
  expect((await ask(token)).text.trim()).toBe('');
});

it('is nothing that another token of the same user could use, nor the same one when it is revoked', async () => {
  await write('m,t=secret f=1');
  const { operator, orgId, bucketId } = setUp;
  const reader = await tokenFor(bucketId);
  for (let i = 0; i < 3; i++) expect((await ask(reader.token)).text).toContain('secret');
  const other = (await client.post('/api/v2/buckets', { as: operator, json: { orgID: orgId, name: 'other' } })).json as { id: string };
  const stranger = await tokenFor(other.id);
  const refused = await ask(stranger.token);
  expect(refused.status).toBe(404);
  expect(refused.text).not.toContain('secret');
  expect(refused.text).toContain('could not find bucket');
  expect((await client.patch(`/api/v2/authorizations/${reader.id}`, { as: operator, json: { status: 'inactive' } })).status).toBe(200);
  expect((await ask(reader.token)).status).toBeGreaterThanOrEqual(400);
});

it('means the bucket that has the name then, and ends with it', async () => {
  await write('m,t=a f=1');
  const { operator, orgId } = setUp;
  const script = SCRIPT.replace('"data"', '"moving"');
  const create = async (): Promise<string> =>
    ((await client.post('/api/v2/buckets', { as: operator, json: { orgID: orgId, name: 'moving' } })).json as { id: string }).id;
  const first = await create();
  for (let i = 0; i < 3; i++) expect((await ask(operator.token, script)).text.trim()).toBe('');
  expect((await client.delete(`/api/v2/buckets/${first}`, { as: operator })).status).toBe(204);
  expect((await ask(operator.token, script)).status).toBe(404);
  await create();
  await client.post('/api/v2/write?org=acme&bucket=moving', { as: operator, body: 'm,t=new f=7' });
  expect((await ask(operator.token, script)).text).toContain(',7,f,m,new');
});
