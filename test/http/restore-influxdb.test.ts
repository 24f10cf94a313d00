/** What `influx restore` sends of a backup that an InfluxDB 2.9.1 made: afterwards this server answers as that one did. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { shardsOf } from '../support/backup.js';
import { expectAnswers, expectEverybodyIn, facts, FIXTURE, noteFixtureSecrets, OPERATOR } from '../support/influxdb/world.js';
import { startTestServer, type Credentials, type TestClient } from '../support/server.js';

interface Manifest {
  readonly kv: { readonly fileName: string };
  readonly sql: { readonly fileName: string };
  readonly buckets: readonly any[];
}

class InfluxBackup {
  readonly #folder: string;
  readonly manifest: Manifest;

  constructor(kind: 'plain' | 'hashed') {
    this.#folder = join(FIXTURE, kind, 'backup');
    const name = readdirSync(this.#folder).find((file) => file.endsWith('.manifest')) ?? '';
    this.manifest = JSON.parse(readFileSync(join(this.#folder, name), 'utf8')) as Manifest;
  }

  read({ fileName }: { readonly fileName: string }): Uint8Array {
    return new Uint8Array(readFileSync(join(this.#folder, fileName)));
  }
}

const send = async (client: TestClient, path: string, as: Credentials, body: Uint8Array): Promise<any> => {
  const { status, json, text } = await client.post(path, { as, body, headers: { 'content-encoding': 'gzip' } });
  expect([path, status, status === 200 ? '' : text]).toEqual([path, 200, '']);
  return json;
};

async function restoreFull(client: TestClient, before: Credentials, backup: InfluxBackup): Promise<any> {
  const answer = await send(client, '/api/v2/restore/kv', before, backup.read(backup.manifest.kv));
  await send(client, '/api/v2/restore/sql', OPERATOR, backup.read(backup.manifest.sql));
  for (const shard of shardsOf(backup.manifest.buckets) as { id: number; fileName: string }[])
    await send(client, `/api/v2/restore/shards/${shard.id}`, OPERATOR, backup.read(shard));
  return answer;
}

beforeAll(() => {
  noteFixtureSecrets();
});

describe.each(['plain', 'hashed'] as const)('a backup of an InfluxDB with %s tokens', (kind) => {
  it('comes back as a whole: users, tokens, points', async () => {
    const server = await startTestServer();
    const { operator } = await server.client.setUp();
    // A token in the clear is what the command goes on with.
    const token = kind === 'plain' ? OPERATOR.token : '';
    expect(await restoreFull(server.client, operator, new InfluxBackup(kind))).toEqual({ token });
    await expectAnswers(server.client);
    await expectEverybodyIn(server.client);
    expect((await server.client.get('/api/v2/buckets', { as: operator })).status).toBe(401);
    expect(server.log()).not.toContain('parts of a backup were not restored');
    await server.stop();
  });

  it('gives its buckets back, one by one, to a server that has a life of its own', async () => {
    const server = await startTestServer();
    const { client } = server;
    const { operator, orgId } = await client.setUp({ org: 'here' });
    const backup = new InfluxBackup(kind);
    for (const bucket of backup.manifest.buckets.filter(({ bucketName }) => !bucketName.startsWith('_'))) {
      const json = { ...bucket, organizationID: orgId, bucketName: `from ${bucket.bucketName}` };
      const made = await client.post('/api/v2/restore/bucketMetadata', { as: operator, json });
      expect(made.status).toBe(201);
      const shards = new Map((shardsOf([bucket]) as { id: number; fileName: string }[]).map((shard) => [shard.id, shard]));
      for (const { oldId, newId } of made.json.shardMappings as { oldId: number; newId: number }[])
        await send(client, `/api/v2/restore/shards/${newId}`, operator, backup.read(shards.get(oldId)!));
    }
    await expectAnswers(client, operator, (_org, flux) => ['here', flux.replace('bucket:"', 'bucket:"from ')]);
    const { buckets } = (await client.get('/api/v2/buckets?name=from%20archive', { as: operator })).json;
    expect(buckets[0].retentionRules).toMatchObject([{ everySeconds: facts.buckets.archive?.retentionSeconds }]);
    await server.stop();
  });
});

describe('a damaged backup', () => {
  it('changes nothing', async () => {
    const server = await startTestServer();
    const { client } = server;
    const { operator, orgId } = await client.setUp();
    const backup = new InfluxBackup('plain');
    const bolt = gunzipSync(backup.read(backup.manifest.kv));
    const flipped = Buffer.from(bolt);
    flipped.fill(0x55, 8192);
    for (const body of [bolt.subarray(0, bolt.length / 2), flipped]) {
      const { status, json } = await client.post('/api/v2/restore/kv', { as: operator, body: new Uint8Array(body) });
      expect([status, typeof json.message, json.message.includes(server.dataDirectory)]).toEqual([400, 'string', false]);
    }
    expect((await client.get(`/api/v2/orgs/${orgId}`, { as: operator })).json.name).toBe('acme');
    await server.stop();
  });
});
