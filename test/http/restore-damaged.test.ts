/** A damaged backup of metadata is refused, or all of it is there: never is it taken and nobody can get in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { takeBackup } from '../support/backup.js';
import { FIXTURE, noteFixtureSecrets, OPERATOR } from '../support/influxdb/world.js';
import { createRandom, type Random } from '../support/random.js';
import { startTestServer, type Credentials, type TestClient } from '../support/server.js';

const ROUNDS = Number(process.env.MUTATIONS ?? 25);
const PAGE = 4096;

beforeAll(() => {
  noteFixtureSecrets();
});

/** Some bytes changed, most of them where there is something; or the end cut off. */
function damage(bytes: Uint8Array, random: Random): Uint8Array {
  if (random.chance(0.1)) return bytes.slice(0, random.below(bytes.length));
  const changed = Uint8Array.from(bytes);
  for (let left = random.between(1, 3); left > 0;) {
    const at = random.chance(0.3) ? random.below(bytes.length / PAGE) * PAGE + random.below(200) : random.below(bytes.length);
    if (bytes[at] === 0 && random.chance(0.95)) continue;
    changed[at] = random.below(256);
    left--;
  }
  return changed;
}

/** How many there are of everything that an operator can list; `undefined` where he may not, or is none. */
async function countAll(client: TestClient, as: Credentials): Promise<Record<string, number> | undefined> {
  const counts: Record<string, number> = {};
  for (const noun of ['orgs', 'users', 'buckets', 'authorizations', 'labels']) {
    const { status, json } = await client.get(`/api/v2/${noun}${noun === 'labels' ? '' : '?limit=100'}`, { as });
    if (status !== 200) return undefined;
    counts[noun] = json[noun].length;
  }
  return counts;
}

/** What a restore calls the records of a noun. */
const KINDS_OF: Readonly<Record<string, readonly string[]>> = {
  orgs: ['organization'],
  users: ['user'],
  buckets: ['bucket'],
  authorizations: ['token', 'authorization'],
  labels: ['label'],
};

/** How many records of a noun a restore names as left out, in its line of the log: `{"kind": "token", "key": "2: ID, ID"}`. */
function countLeftOut(log: string, noun: string): number {
  return log
    .trim()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as { problems?: readonly { kind: string; key: string }[] }).problems ?? [])
    .filter(({ kind }) => KINDS_OF[noun]?.includes(kind))
    .reduce((sum, { key }) => sum + Number(/^(\d+): /.exec(key)?.[1] ?? 1), 0);
}

async function expectRefusedOrComplete(whole: Uint8Array, operatorOfBackup: Credentials, seed: number): Promise<void> {
  const random = createRandom(seed);
  const server = await startTestServer();
  const { client } = server;
  const here = (await client.setUp()).operator;
  const before = await countAll(client, here);
  // What is there after a whole restore; then back to what was here.
  const own = await takeBackup(server.url, here.token);
  expect((await client.post('/api/v2/restore/kv', { as: here, body: whole })).status).toBe(200);
  const complete = await countAll(client, operatorOfBackup);
  expect(complete).toBeDefined();
  const goBack = async (): Promise<void> => {
    expect((await client.post('/api/v2/restore/kv', { as: operatorOfBackup, body: own.kv })).status).toBe(200);
  };
  await goBack();
  let refusedCount = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const logged = server.log().length;
    const { status, text } = await client.post('/api/v2/restore/kv', { as: here, body: damage(whole, random) });
    const what = [seed, round, status, text];
    if (status === 200) {
      const found = await countAll(client, operatorOfBackup);
      expect([found !== undefined, what]).toEqual([true, what]);
      for (const [noun, count] of Object.entries(complete ?? {})) {
        const missing = count - (found?.[noun] ?? 0);
        // A changed letter in an id makes a record belong to an organization or a user that does not exist, as orphans in InfluxDB do.
        const named = missing === 0 ? 0 : countLeftOut(server.log().slice(logged), noun);
        expect([noun, missing, missing <= named, what]).toEqual([noun, missing, true, what]);
      }
      await goBack();
    } else {
      refusedCount++;
      expect([status, what]).toEqual([400, what]);
      expect([await countAll(client, here), what]).toEqual([before, what]);
    }
  }
  expect(refusedCount).toBeGreaterThan(0);
  await server.stop();
}

describe('damaged metadata', () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);

  it.each(['plain', 'hashed'])('of an InfluxDB with %s tokens are refused, or complete', { timeout: 300_000 }, async (kind) => {
    await expectRefusedOrComplete(new Uint8Array(readFileSync(join(FIXTURE, kind, 'influxd.bolt'))), OPERATOR, seed);
  });

  it('without an active operator token are refused', async () => {
    const server = await startTestServer();
    const { client } = server;
    const world = await client.setUp();
    const backups: [string, Uint8Array][] = [];
    const other = await startTestServer();
    const there = await other.client.setUp();
    const spare = await other.client.createToken(there.operator, there.orgId, await operatorPermissions(other.client, there.operator));
    await other.client.patch(`/api/v2/authorizations/${there.authorizationId}`, {
      as: { token: spare.token },
      json: { status: 'inactive' },
    });
    backups.push(['whole', (await takeBackup(other.url, spare.token)).kv]);
    const taken = Buffer.from((await takeBackup(other.url, spare.token)).kv);
    await other.stop();
    const { default: Sqlite } = await import('better-sqlite3');
    for (const [name, change] of [
      ['inactive', "UPDATE authorizations SET status = 'inactive'"],
      ['of an inactive user', "UPDATE users SET status = 'inactive'"],
      ['ended', 'UPDATE authorizations SET ended_at_ms = 1'],
      ['without a hash', 'DELETE FROM authorization_secrets'],
      ['expired', 'UPDATE authorization_secrets SET expires_at_ms = 1'],
      ['narrower', "DELETE FROM authorization_permissions WHERE type <> 'buckets'; UPDATE authorizations SET permission_count = 2"],
      ['with a permission that cannot be read', "UPDATE authorization_permissions SET type = 'nonsense' WHERE position = 3"],
      ['without a permission that it had', 'DELETE FROM authorization_permissions WHERE position = 3'],
    ] as const) {
      const database = new Sqlite(taken);
      database.exec(change);
      backups.push([name, new Uint8Array(database.serialize())]);
      database.close();
    }
    const [whole, ...others] = backups;
    for (const [name, kv] of others) {
      const { status, json } = await client.post('/api/v2/restore/kv', { as: world.operator, body: kv });
      expect([name, status, json.code]).toEqual([name, 400, 'invalid']);
      expect((await client.get('/api/v2/authorizations', { as: world.operator })).status).toBe(200);
    }
    expect((await client.post('/api/v2/restore/kv', { as: world.operator, body: whole![1] })).status).toBe(200);
    await server.stop();
  });
});

async function operatorPermissions(client: TestClient, as: Credentials): Promise<unknown[]> {
  return (await client.get('/api/v2/authorizations', { as })).json.authorizations[0].permissions;
}
