/** Backup and restore over HTTP: what comes back, what a broken upload changes, and how a restore is undone. */
import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restoreAll, shardsOf, takeBackup } from '../support/backup.js';
import { startTestServer, type SetUp, type TestClient, type TestServer } from '../support/server.js';

const LINES = `cpu,host=a\\,b,region=eu usage=1.5,on=true,n=-7i,u=18446744073709551615u,t="a \\"text\\", ä" 1700000000000000000
cpu,host=a\\,b,region=eu usage=2.5 1700000000000000001
cpu,host=c usage=-0.0 -1
mem free=9007199254740993i 1800000000000000000`;

const QUERY = 'from(bucket: "data") |> range(start: 1900-01-01T00:00:00Z, stop: 2100-01-01T00:00:00Z)';

async function read(client: TestClient, as: { token: string }, org = 'acme', script = QUERY): Promise<string> {
  const { text } = await client.post(`/api/v2/query?org=${org}`, { as, headers: { 'content-type': 'application/vnd.flux' }, body: script });
  return text;
}

describe('a backup', () => {
  let source: TestServer;
  let setUp: SetUp;
  let reader: string;

  beforeAll(async () => {
    source = await startTestServer();
    const { client } = source;
    setUp = await client.setUp();
    const { operator, orgId, bucketId } = setUp;
    reader = (await client.createToken(operator, orgId, [{ action: 'read', resource: { type: 'buckets', id: bucketId, orgID: orgId } }]))
      .token;
    await client.patch(`/api/v2/orgs/${orgId}/secrets`, { as: operator, json: { key: 'a-sealed-value' } });
    const written = await client.post('/api/v2/write?org=acme&bucket=data', { as: operator, body: LINES });
    expect(written.status).toBe(204);
  });
  afterAll(() => source.stop());

  it('comes back as a whole on a fresh server: tokens, users, points, and values that were sealed', async () => {
    const backup = await takeBackup(source.url, setUp.operator.token);
    expect(shardsOf(backup.buckets)).toHaveLength(3);
    expect(Buffer.from(backup.kv).includes(setUp.operator.token)).toBe(false);
    expect(Buffer.from(backup.sql).includes('a-sealed-value')).toBe(false);
    const target = await startTestServer();
    const other = await target.client.setUp({ username: 'other', org: 'elsewhere', bucket: 'x' });
    await target.client.post('/api/v2/write?org=elsewhere&bucket=x', { as: other.operator, body: 'm v=1 1' });
    await restoreAll(target.client, other.operator, setUp.operator, backup);
    expect(await read(target.client, { token: reader })).toBe(await read(source.client, { token: reader }));
    expect((await target.client.get('/api/v2/buckets', { as: other.operator })).status).toBe(401);
    await target.client.signIn('admin', 'admin-passw0rd');
    expect(target.log()).toContain('a restore has replaced the store');
    expect(target.log()).not.toContain('cannot be opened');
    expect((await target.client.get(`/api/v2/orgs/${setUp.orgId}/secrets`, { as: setUp.operator })).json.secrets).toEqual(['key']);

    // It goes on like any other server, also after a restart.
    expect((await target.client.post('/api/v2/write?org=acme&bucket=data', { as: setUp.operator, body: 'later v=1 1' })).status).toBe(204);
    const whole = await read(target.client, { token: reader });
    await target.stop();
    const again = await startTestServer({ directory: target.directory });
    expect(await read(again.client, { token: reader })).toBe(whole);
    await again.stop();

    // What was there before is put back by the copy, with its points.
    const names = readdirSync(target.dataDirectory);
    const copy = names.find((name) => name.startsWith('sluice.sqlite.replaced-'))!;
    expect(statSync(join(target.dataDirectory, copy)).mode & 0o777).toBe(0o600);
    expect(names.filter((name) => name.startsWith('temporary-'))).toEqual([]);
    copyFileSync(join(target.dataDirectory, copy), join(target.dataDirectory, 'sluice.sqlite'));
    const undone = await startTestServer({ directory: target.directory });
    const script = 'from(bucket: "x") |> range(start: 1970-01-01T00:00:00Z, stop: 1971-01-01T00:00:00Z) |> count()';
    expect(await read(undone.client, other.operator, 'elsewhere', script)).toContain(',_result,0');
    expect((await undone.client.get('/api/v2/me', { as: setUp.operator })).status).toBe(401);
    await undone.stop();
  });

  it('comes back into the server that made it, and undoes what was changed since', async () => {
    const backup = await takeBackup(source.url, setUp.operator.token);
    const before = await read(source.client, { token: reader });
    await source.client.post('/api/v2/write?org=acme&bucket=data', { as: setUp.operator, body: 'since v=1 1' });
    await source.client.post('/api/v2/buckets', { as: setUp.operator, json: { orgID: setUp.orgId, name: 'since' } });
    await restoreAll(source.client, setUp.operator, setUp.operator, backup);
    expect(await read(source.client, { token: reader })).toBe(before);
    expect((await source.client.get('/api/v2/buckets?name=since', { as: setUp.operator })).json.buckets).toEqual([]);
  });

  it('gives single buckets back under another name', async () => {
    const { client } = source;
    const backup = await takeBackup(source.url, setUp.operator.token);
    const bucket = backup.buckets.find(({ bucketName }) => bucketName === 'data');
    const made = await client.post('/api/v2/restore/bucketMetadata', { as: setUp.operator, json: { ...bucket, bucketName: 'copy' } });
    expect(made.status).toBe(201);
    for (const { oldId, newId } of made.json.shardMappings as { oldId: number; newId: number }[]) {
      const body = gzipSync(backup.shards.get(oldId)!);
      const sent = await client.post(`/api/v2/restore/shards/${newId}`, {
        as: setUp.operator,
        body,
        headers: { 'content-encoding': 'gzip' },
      });
      expect(sent.status).toBe(200);
    }
    const copied = await read(client, setUp.operator, 'acme', QUERY.replace('"data"', '"copy"'));
    expect(copied).toBe(await read(client, setUp.operator));
  });

  it('changes nothing when it is broken', async () => {
    const { client } = source;
    const backup = await takeBackup(source.url, setUp.operator.token);
    const before = await read(client, { token: reader });
    const [[shardId, shard]] = [...backup.shards] as [[number, Uint8Array]];
    const flipped = Uint8Array.from(shard);
    flipped[600] = (flipped[600] as number) ^ 0xff;
    const flippedStore = Uint8Array.from(backup.kv);
    flippedStore.fill(0x55, 4096, 12_288);
    const refusals: [string, Uint8Array, Record<string, string>?][] = [
      ['/api/v2/restore/kv', Buffer.from('junk')],
      ['/api/v2/restore/kv', new Uint8Array(0)],
      ['/api/v2/restore/kv', backup.kv.subarray(0, 5000)],
      ['/api/v2/restore/kv', flippedStore],
      ['/api/v2/restore/kv', backup.kv, { 'content-encoding': 'gzip' }],
      ['/api/v2/restore/kv', gzipSync(backup.kv).subarray(0, 2000), { 'content-encoding': 'gzip' }],
      ['/api/v2/restore/sql', Buffer.from('junk')],
      [`/api/v2/restore/shards/${shardId}`, Buffer.from('junk')],
      [`/api/v2/restore/shards/${shardId}`, shard.subarray(0, shard.length - 1500)],
      [`/api/v2/restore/shards/${shardId}`, flipped],
      [`/api/v2/restore/shards/x`, shard],
    ];
    for (const [path, body, headers] of refusals) {
      const { status, json } = await client.post(path, { as: setUp.operator, body, headers: headers ?? {} });
      expect([path, body.length, status]).toEqual([path, body.length, 400]);
      expect(json.message).not.toContain(source.dataDirectory);
    }
    expect(await read(client, { token: reader })).toBe(before);
    expect(readdirSync(source.dataDirectory).filter((name) => name.startsWith('temporary-'))).toEqual([]);
    expect((await client.post('/api/v2/restore/shards/999', { as: setUp.operator, body: shard })).json.message).toBe('shard 999 not found');
  });

  it('ends every session: those of the server that is replaced, and those of the backup', async () => {
    const inBackup = await source.client.signIn('admin', 'admin-passw0rd');
    const backup = await takeBackup(source.url, setUp.operator.token);
    const target = await startTestServer();
    const other = await target.client.setUp();
    const before = await target.client.signIn('admin', 'admin-passw0rd');
    const me = async (client: TestClient, as: { session: string }) => (await client.get('/api/v2/me', { as })).status;
    expect([await me(target.client, before), await me(source.client, inBackup)]).toEqual([200, 200]);
    await restoreAll(target.client, other.operator, setUp.operator, backup);
    expect([await me(target.client, before), await me(target.client, inBackup)]).toEqual([401, 401]);
    expect(await me(target.client, await target.client.signIn('admin', 'admin-passw0rd'))).toBe(200);
    await target.stop();
  });

  it('comes back once at a time: a second restore is refused while the first goes on, and the first is not disturbed', async () => {
    const { kv } = await takeBackup(source.url, setUp.operator.token);
    const target = await startTestServer();
    const other = await target.client.setUp();
    const half = Math.floor(kv.length / 2);
    let sendRest: () => void = () => undefined;
    const first = fetch(`${target.url}/api/v2/restore/kv`, {
      method: 'POST',
      headers: { authorization: `Token ${other.operator.token}` },
      duplex: 'half',
      body: new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(kv.subarray(0, half));
          sendRest = () => {
            controller.enqueue(kv.subarray(half));
            controller.close();
          };
        },
      }),
    });
    // It has begun when what it receives is in a folder.
    while (!readdirSync(target.dataDirectory).some((name) => name.startsWith('temporary-'))) await new Promise((r) => setTimeout(r, 20));
    const second = await target.client.post('/api/v2/restore/kv', { as: other.operator, body: kv });
    expect([second.status, second.json.message]).toEqual([422, 'another restore is under way']);
    expect((await target.client.get('/api/v2/me', { as: other.operator })).status).toBe(200);
    sendRest();
    expect((await first).status).toBe(200);
    expect((await target.client.get('/api/v2/me', { as: setUp.operator })).status).toBe(200);
    // The place is free again.
    expect((await target.client.post('/api/v2/restore/kv', { as: setUp.operator, body: kv })).status).toBe(200);
    await target.stop();
  });

  it('is for operators, and says so', async () => {
    const refused = await source.client.get('/api/v2/backup/metadata', { as: { token: reader } });
    expect([refused.status, refused.json.message]).toEqual([401, 'read:authorizations is unauthorized']);
    expect(refused.headers.get('hint')).toBe('only an operator token may back up or restore');
  });

  it('of a server with tokens in the clear leaves none of them so in one that hashes', async () => {
    const plain = await startTestServer({ flags: ['--use-hashed-tokens=false'] });
    const plainSetUp = await plain.client.setUp();
    const backup = await takeBackup(plain.url, plainSetUp.operator.token);
    await plain.stop();
    expect(Buffer.from(backup.kv).includes(plainSetUp.operator.token)).toBe(true);
    const target = await startTestServer();
    const other = await target.client.setUp();
    // Clients take the token that they are told for the rest, so that they need to be given none.
    const { json } = await target.client.post('/api/v2/restore/kv', { as: other.operator, body: backup.kv });
    expect(json).toEqual({ token: plainSetUp.operator.token });
    expect((await target.client.get('/api/v2/me', { as: plainSetUp.operator })).status).toBe(200);
    await target.stop();
    for (const name of readdirSync(target.dataDirectory)) {
      const file = join(target.dataDirectory, name);
      if (statSync(file).isFile()) expect([name, readFileSync(file).includes(plainSetUp.operator.token)]).toEqual([name, false]);
    }
  });
});
