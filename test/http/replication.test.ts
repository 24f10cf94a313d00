/** Replications: what is written here arrives on another server, by every way of writing; and who may send whose points where. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver, type Receiver } from '../support/receiver.js';
import { startTestServer, type SetUp, type TestServer } from '../support/server.js';

const FLUX = { 'content-type': 'application/vnd.flux' };

let here: TestServer;
let there: TestServer;
let own: SetUp;
let other: SetUp;
let remoteId: string;
let n = 0;

beforeAll(async () => {
  there = await startTestServer();
  other = await there.client.setUp({ org: 'far', bucket: 'copies' });
  here = await startTestServer({ flags: ['--outgoing-allow', 'localhost'] });
  own = await here.client.setUp();
  remoteId = await newRemote();
});
afterAll(async () => {
  await here.stop();
  await there.stop();
});

async function make(path: string, json: object, as = own.operator): Promise<string> {
  const made = await here.client.post(path, { as, json: { orgID: own.orgId, ...json } });
  expect([made.status, made.text.slice(0, 200)]).toEqual([201, expect.anything()]);
  return made.json.id;
}
const newRemote = (change: object = {}): Promise<string> =>
  make('/api/v2/remotes', {
    name: `remote ${n++}`,
    remoteURL: there.url,
    remoteAPIToken: other.operator.token,
    remoteOrgID: other.orgId,
    ...change,
  });
const newBucket = (): Promise<string> => make('/api/v2/buckets', { name: `bucket ${n++}` });
const newReplication = (localBucketID: string, change: object = {}): Promise<string> =>
  make('/api/v2/replications', { name: `replication ${n++}`, remoteID: remoteId, localBucketID, remoteBucketName: 'copies', ...change });
const show = async (id: string): Promise<any> => (await here.client.get(`/api/v2/replications/${id}`, { as: own.operator })).json;
const write = (bucketId: string, body: string) =>
  here.client.post(`/api/v2/write?orgID=${own.orgId}&bucket=${bucketId}`, { as: own.operator, body });

/** The lines of a measurement on a server, as `time,field,tags,value`. */
async function rowsOf(server: TestServer, setUp: SetUp, bucket: string, measurement: string): Promise<string[]> {
  const body = `from(bucket: "${bucket}") |> range(start: 0) |> filter(fn: (r) => r._measurement == "${measurement}")
    |> map(fn: (r) => ({line: "\${uint(v: r._time)} \${r._field} \${r._value}"})) |> group() |> sort(columns: ["line"])`;
  const { text } = await server.client.post(`/api/v2/query?orgID=${setUp.orgId}`, { as: setUp.operator, headers: FLUX, body });
  return [...text.matchAll(/,_result,\d+,(.*)\r/g)].map(([, line = '']) => line);
}
const arrived = (measurement: string): Promise<string[]> => rowsOf(there, other, 'copies', measurement);

describe('a replication', () => {
  it('sends what is written by either API and by Flux, but not what the bucket does not take', async () => {
    const bucketId = await newBucket();
    const id = await newReplication(bucketId);
    expect((await write(bucketId, 'cpu,host=a\\ b usage=1.5,n=2i,s="say \\"hi\\"" 1000')).status).toBe(204);
    expect((await write(bucketId, 'cpu,host=a\\ b usage="text" 2000\ncpu,host=c usage=3 3000')).status).toBe(422);
    await make('/api/v2/dbrps', { bucketID: bucketId, database: 'old', retention_policy: 'rp' });
    await here.client.post('/write?db=old&rp=rp', { as: own.operator, body: 'cpu usage=4 4000' });
    const rows = 'array.from(rows: [{_time: 1970-01-01T00:00:05Z, _measurement: "cpu", _field: "usage", _value: 5.0}])';
    const flux = `import "array" ${rows} |> to(bucketID: "${bucketId}", orgID: "${own.orgId}")`;
    expect((await here.client.post(`/api/v2/query?orgID=${own.orgId}`, { as: own.operator, headers: FLUX, body: flux })).status).toBe(200);
    const expected = ['1000 n 2', '1000 s say ""hi""', '1000 usage 1.5', '3000 usage 3', '4000 usage 4', '5000000000 usage 5'];
    await expect.poll(async () => (await arrived('cpu')).map((line) => line.replace(/^"|"$/g, ''))).toEqual(expected);
    await expect.poll(async () => (await show(id)).remainingBytesToBeSynced).toBe(0);
    expect(await show(id)).toMatchObject({ latestResponseCode: 204, latestErrorMessage: '', maxQueueSizeBytes: 67_108_860 });
  });

  it('sends large bodies in requests of 5,000 points', async () => {
    const bucketId = await newBucket();
    await newReplication(bucketId);
    const lines = Array.from({ length: 6_000 }, (_, i) => `large,host=h${i % 10} v=${i} ${i}`).join('\n');
    expect((await write(bucketId, lines)).status).toBe(204);
    const body = 'from(bucket: "copies") |> range(start: 0) |> filter(fn: (r) => r._measurement == "large") |> group() |> count()';
    const count = async (): Promise<string> =>
      (await there.client.post('/api/v2/query?org=far', { as: other.operator, headers: FLUX, body })).text;
    await expect.poll(count, { timeout: 20_000 }).toContain(',6000\r\n');
  });

  it('asks the other server for what InfluxDB would, and shows what is wrong, but not the token', async () => {
    const receiver: Receiver = await startReceiver((response) => response.writeHead(401).end(`{"message":"not with Token sesame-token"}`));
    try {
      const remoteID = await newRemote({ remoteURL: `${receiver.url}/behind/`, remoteAPIToken: 'sesame-token' });
      const bucketId = await newBucket();
      const id = await newReplication(bucketId, { remoteID, remoteBucketName: undefined, remoteBucketID: '0123456789abcdef' });
      await write(bucketId, 'm v=1 1');
      await expect.poll(async () => (await show(id)).latestResponseCode).toBe(401);
      expect((await show(id)).latestErrorMessage).toBe('invalid response code 401, must be 204: not with Token [secret]');
      expect(here.log()).not.toContain('sesame-token');
      const [{ path, headers, body }] = receiver.received as [(typeof receiver.received)[0]];
      expect(path).toBe(`/behind/api/v2/write?bucket=0123456789abcdef&precision=ns&org=${other.orgId}`);
      expect(headers).toMatchObject({ authorization: 'Token sesame-token', 'content-encoding': 'gzip' });
      expect(gunzipSync(body).toString()).toBe('m v=1 1\n');
    } finally {
      await receiver.close();
    }
  });

  it('is tried without being stored', async () => {
    const bucketId = await newBucket();
    const json = { orgID: own.orgId, name: 'tried', remoteID: remoteId, localBucketID: bucketId, remoteBucketName: 'copies' };
    const as = own.operator;
    expect((await here.client.post('/api/v2/replications?validate=true', { as, json })).status).toBe(204);
    const wrong = await here.client.post('/api/v2/replications?validate=true', { as, json: { ...json, remoteBucketName: 'none' } });
    expect([wrong.status, wrong.json.message]).toEqual([
      400,
      expect.stringContaining('replication parameters fail validation: invalid response code 404'),
    ]);
    expect((await here.client.get(`/api/v2/replications?orgID=${own.orgId}&name=tried`, { as })).json).toEqual({ replications: null });
    const path = `/api/v2/replications/${await newReplication(bucketId)}`;
    expect((await here.client.post(`${path}/validate`, { as })).status).toBe(204);
    expect((await here.client.patch(`${path}?validate=true`, { as, json: { remoteBucketName: 'none' } })).status).toBe(400);
    expect((await here.client.get(path, { as })).json.RemoteBucketName).toBe('copies');
  });

  it('goes with its bucket or its organization, and its queue with it; its remote stays while it is used', async () => {
    const folders = (): string[] => readdirSync(join(here.dataDirectory, 'replications'));
    const remoteID = await newRemote({ remoteURL: 'http://127.0.0.1:1' });
    const bucketId = await newBucket();
    const id = await newReplication(bucketId, { remoteID });
    await write(bucketId, 'm v=1 1');
    expect(folders()).toContain(id);
    const inUse = await here.client.delete(`/api/v2/remotes/${remoteID}`, { as: own.operator });
    expect([inUse.status, inUse.json.message]).toEqual([422, 'remote-connection cannot be deleted as a replication references it']);
    expect((await here.client.delete(`/api/v2/buckets/${bucketId}`, { as: own.operator })).status).toBe(204);
    await expect.poll(() => folders().includes(id)).toBe(false);
    expect((await here.client.delete(`/api/v2/remotes/${remoteID}`, { as: own.operator })).status).toBe(204);
    const orgID = (await here.client.post('/api/v2/orgs', { as: own.operator, json: { name: 'beta' } })).json.id;
    const theirs = await newReplication(await make('/api/v2/buckets', { orgID, name: 'b' }), {
      orgID,
      remoteID: await newRemote({ orgID }),
    });
    await here.client.delete(`/api/v2/orgs/${orgID}`, { as: own.operator });
    await expect.poll(() => existsSync(join(here.dataDirectory, 'replications', theirs))).toBe(false);
  });

  it('names nothing of another organization', async () => {
    const orgID = (await here.client.post('/api/v2/orgs', { as: own.operator, json: { name: 'gamma' } })).json.id;
    const bucketId = await make('/api/v2/buckets', { orgID, name: 'b' });
    const remoteID = await newRemote({ orgID });
    const ask = async (change: object): Promise<unknown> => {
      const json = { orgID: own.orgId, name: 'mixed', localBucketID: own.bucketId, remoteID: remoteId, remoteBucketName: 'x', ...change };
      const { status, json: answer } = await here.client.post('/api/v2/replications', { as: own.operator, json });
      return [status, answer.message];
    };
    expect(await ask({ localBucketID: bucketId })).toEqual([400, `local bucket "${bucketId}" not found: bucket not found`]);
    expect(await ask({ remoteID })).toEqual([400, `remote "${remoteID}" not found`]);
  });

  it('sends points nowhere that whoever says so may not read', async () => {
    const bucketId = await newBucket();
    const id = await newReplication(bucketId);
    const all = (action: string, type: string) => ({ action, resource: { type, orgID: own.orgId } });
    const tokenFor = async (...permissions: object[]) => {
      const { token } = await here.client.createToken(own.operator, own.orgId, permissions);
      return { token };
    };
    const changing = await tokenFor(all('write', 'replications'), all('read', 'remotes'), all('write', 'remotes'));
    const json = { orgID: own.orgId, name: 'taken away', localBucketID: bucketId, remoteID: remoteId, remoteBucketName: 'x' };
    const refusal = { code: 'unauthorized', message: `read:orgs/${own.orgId}/buckets/${bucketId} is unauthorized` };
    expect((await here.client.post('/api/v2/replications', { as: changing, json })).json).toEqual(refusal);
    const path = `/api/v2/replications/${id}`;
    expect((await here.client.patch(path, { as: changing, json: { name: 'renamed' } })).status).toBe(200);
    for (const change of [{ remoteID: await newRemote() }, { remoteBucketName: 'mine' }, { remoteBucketID: other.bucketId }]) {
      expect((await here.client.patch(path, { as: changing, json: change })).json).toEqual(refusal);
      expect((await here.client.patch(`${path}?validate=true`, { as: changing, json: change })).json).toEqual(refusal);
    }
    const remote = `/api/v2/remotes/${remoteId}`;
    expect((await here.client.patch(remote, { as: changing, json: { description: 'ours' } })).status).toBe(200);
    for (const change of [
      { remoteURL: 'http://elsewhere' },
      { remoteAPIToken: 'another-token-of-the-other-side' },
      { remoteOrgID: own.orgId },
      { allowInsecureTLS: true },
    ]) {
      const refused = await here.client.patch(remote, { as: changing, json: change });
      expect([refused.status, refused.json.message]).toEqual([401, expect.stringMatching(/^read:orgs\/.*\/buckets\/.* is unauthorized$/)]);
    }
    expect((await here.client.get(remote, { as: own.operator })).json).toMatchObject({ remoteURL: there.url, allowInsecureTLS: false });
  });

  it('goes on with what waited after a restart, and sends to the address that the remote has by then', async () => {
    const bucketId = await newBucket();
    const remoteID = await newRemote({ remoteURL: 'http://127.0.0.1:1' });
    const id = await newReplication(bucketId, { remoteID });
    await write(bucketId, 'late v=1 1');
    await expect.poll(async () => (await show(id)).latestResponseCode).toBe(0);
    expect((await show(id)).remainingBytesToBeSynced).toBeGreaterThan(0);
    await here.stop();
    here = await startTestServer({ flags: ['--outgoing-allow', 'localhost'], directory: here.directory });
    expect(await show(id)).toMatchObject({ latestResponseCode: 0 });
    expect((await show(id)).remainingBytesToBeSynced).toBeGreaterThan(0);
    const json = { remoteURL: there.url, remoteAPIToken: other.operator.token };
    expect((await here.client.patch(`/api/v2/remotes/${remoteID}`, { as: own.operator, json })).status).toBe(200);
    await expect.poll(() => arrived('late')).toEqual(['1 v 1']);
    await expect.poll(async () => (await show(id)).remainingBytesToBeSynced).toBe(0);
  });
});
