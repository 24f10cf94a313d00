/** `secrets.get` in Flux: for tokens that may read the organization's secrets, and nowhere but in the answer. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestServer } from '../support/server.js';

const VALUE = 'flux-secret-value-8c1f';

let server: TestServer;
let world: SetUp;

beforeAll(async () => {
  server = await startTestServer();
  world = await server.client.setUp();
  await server.client.patch(`/api/v2/orgs/${world.orgId}/secrets`, { as: world.operator, json: { key: VALUE } });
});
afterAll(() => server.stop());

const query = (expression: string, as: Credentials = world.operator) =>
  server.client.post('/api/v2/query?org=acme', {
    as,
    headers: { 'content-type': 'application/vnd.flux' },
    body: `import "influxdata/influxdb/secrets"\nimport "array"\n${expression}`,
  });
const tokenFor = (...types: string[]) =>
  server.client.createToken(
    world.operator,
    world.orgId,
    types.map((type) => ({ action: 'read', resource: { type, orgID: world.orgId } })),
  );

describe('secrets.get', () => {
  it('answers with the value, also in a function that is applied to rows', async () => {
    expect((await query('array.from(rows: [{v: secrets.get(key: "key")}])')).text).toContain(`,${VALUE}`);
    expect((await query('array.from(rows: [{a: 1}]) |> map(fn: (r) => ({v: secrets.get(key: "key")}))')).text).toContain(`,${VALUE}`);
  });

  it('is for tokens that may read secrets of the organization', async () => {
    const allowed = await tokenFor('buckets', 'secrets');
    expect((await query('array.from(rows: [{v: secrets.get(key: "key")}])', allowed)).text).toContain(VALUE);
    const refused = await tokenFor('buckets', 'authorizations');
    for (const key of ['key', 'missing']) {
      const answer = await query(`array.from(rows: [{v: secrets.get(key: "${key}")}])`, refused);
      expect([answer.status, answer.json]).toEqual([
        401,
        {
          code: 'unauthorized',
          message: `error calling function "get" @3:23-3:${key === 'key' ? 46 : 50}: read:orgs/${world.orgId}/secrets is unauthorized`,
        },
      ]);
    }
  });

  it('cannot be tried out: a refusal that is caught holds nothing', async () => {
    const refused = await tokenFor('buckets');
    const script = 'import "experimental"\narray.from(rows: [{v: experimental.catch(fn: () => secrets.get(key: "key")).msg}])';
    const answer = await query(script, refused);
    expect(answer.text).toContain('secrets is unauthorized');
    expect(answer.text).not.toContain(VALUE);
  });

  it('says that a secret is not there', async () => {
    const answer = await query('array.from(rows: [{v: secrets.get(key: "missing")}])');
    expect([answer.status, answer.json.message]).toEqual([404, 'error calling function "get" @3:23-3:50: secret not found']);
  });

  it('knows the secrets of no other organization', async () => {
    await server.client.post('/api/v2/orgs', { as: world.operator, json: { name: 'other' } });
    const answer = await server.client.post('/api/v2/query?org=other', {
      as: world.operator,
      headers: { 'content-type': 'application/vnd.flux' },
      body: 'import "influxdata/influxdb/secrets"\nimport "array"\narray.from(rows: [{v: secrets.get(key: "key")}])',
    });
    expect(answer.status).toBe(404);
  });

  it('shows in no error, and in no line of the log', async () => {
    for (const expression of [
      'array.from(rows: [{v: int(v: secrets.get(key: "key"))}])',
      'array.from(rows: [{a: 1}]) |> map(fn: (r) => ({v: int(v: secrets.get(key: "key"))}))',
      'array.from(rows: [{a: 1}]) |> map(fn: (r) => ({v: die(msg: "x" + secrets.get(key: "key"))}))',
      'from(bucket: secrets.get(key: "key")) |> range(start: 0)',
    ]) {
      const answer = await query(expression);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.text).toContain('[secret]');
      expect(answer.text).not.toContain(VALUE);
    }
    expect(server.log()).not.toContain(VALUE);
  });
});
