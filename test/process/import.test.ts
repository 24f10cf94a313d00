/** `sluiced import`: what an InfluxDB 2.9.1 held and answered is here afterwards; what is in the way or damaged changes nothing. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { extractShard, readBackup } from '../../src/influxdb-files/backup/backup.js';
import { newServerDirectory, noteSecret, PLAIN_FILE } from '../support/artifacts.js';
import { makeBolt, type BoltTree } from '../support/influxdb/bolt-writer.js';
import { makeTombstone, makeTsm, makeWal } from '../support/influxdb/tsm-writer.js';
import {
  answerOf,
  expectAnswers,
  expectEverybodyIn,
  facts,
  FIXTURE,
  noteFixtureSecrets,
  OPERATOR,
  tokenOf,
} from '../support/influxdb/world.js';
import { runBinary, startProcess, type Outcome } from '../support/process.js';

const runImport = (source: string, directory: string, ...flags: string[]): Promise<Outcome> =>
  runBinary('sluiced', ['import', '--influxdb', source, '--data-dir', join(directory, 'data'), ...flags]);

async function importTo(source: string, directory: string, ...flags: string[]): Promise<any> {
  const { code, stdout, stderr } = await runImport(source, directory, '--json', ...flags);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

/** Of the metadata; the engine's file changes whenever it is opened. */
const storeDigest = (directory: string): string =>
  createHash('sha256')
    .update(readFileSync(join(directory, 'data/sluice.sqlite')))
    .digest('hex');

const COUNTS = {
  organizations: 2,
  users: 4,
  passwords: 4,
  buckets: 7,
  dashboards: 0,
  notificationEndpoints: 0,
  checks: 0,
  notificationRules: 0,
  tasks: 0,
  notebooks: 0,
  annotations: 0,
  remotes: 0,
  replications: 0,
  variables: 0,
  telegrafs: 0,
  scrapers: 0,
  sources: 0,
  memberships: 5,
  labels: 1,
  'labels on buckets': 1,
  'labels on other resources': 0,
  'DBRP mappings': 1,
  tokens: 7,
  'v1 authorizations': 1,
  secrets: 0,
  shards: 11,
};
const countsOf = (kind: 'added' | 'present'): unknown =>
  Object.fromEntries(Object.entries(COUNTS).map(([noun, count]) => [noun, { added: 0, present: 0, [kind]: count }]));

let secrets: string[];
beforeAll(() => {
  secrets = noteFixtureSecrets();
});

/** Of copies of what InfluxDB wrote, which may hold tokens in the clear; not among what servers leave behind. */
const sources = mkdtempSync(join(tmpdir(), 'influxdb-'));
afterAll(() => {
  rmSync(sources, { recursive: true });
});
const newSource = (): string => mkdtempSync(join(sources, 'source-'));

describe.each(['plain', 'hashed'] as const)('an InfluxDB with %s tokens', (kind) => {
  it('moves in from a backup: users, tokens, points', async () => {
    const directory = newServerDirectory();
    const report = await importTo(join(FIXTURE, kind, 'backup'), directory);
    expect(report).toMatchObject({ dryRun: false, changesAnything: true, source: 'backup', counts: countsOf('added') });
    expect(report).toMatchObject({ changed: [], leftOut: [], leftovers: [] });
    expect(
      report.points.map(({ organization, bucket, shardCount, valueCount }: any) => [organization, bucket, shardCount, valueCount]),
    ).toEqual([
      ['globex', 'iot', 1, 800],
      ['acme', 'archive', 7, 40],
      ['acme', 'metrics', 3, 15_500],
    ]);
    const server = await startProcess({ directory });
    await expectAnswers(server.client);
    await expectAnswers(server.client, await server.client.signIn('admin', facts.users.admin ?? ''));
    await expectEverybodyIn(server.client);
    const { orgs } = (await server.client.get('/api/v2/orgs', { as: OPERATOR })).json;
    expect(orgs.map(({ name }: any) => name).sort()).toEqual(facts.organisations);
    const { buckets } = (await server.client.get('/api/v2/buckets?limit=100', { as: OPERATOR })).json;
    const byName = (name: string): any => buckets.find((bucket: any) => bucket.name === name);
    expect(byName('archive').retentionRules).toMatchObject([{ everySeconds: facts.buckets.archive?.retentionSeconds }]);
    expect(byName('metrics').labels.map(({ name }: any) => name)).toEqual(['production']);
    await server.stop();
  });

  it('moves in from its data folder, and again from its file, which changes nothing', async () => {
    const directory = newServerDirectory();
    expect(await importTo(join(FIXTURE, kind), directory)).toMatchObject({ source: 'data folder', counts: countsOf('added'), points: [] });
    const before = storeDigest(directory);
    expect(await importTo(join(FIXTURE, kind, 'influxd.bolt'), directory)).toMatchObject({
      changesAnything: false,
      counts: countsOf('present'),
    });
    expect(storeDigest(directory)).toBe(before);
    const server = await startProcess({ directory });
    for (const name of ['operator', 'read two buckets', 'all access'])
      expect([name, (await server.client.get('/api/v2/buckets', { as: tokenOf(name) })).status]).toEqual([name, 200]);
    await server.stop();
    // The points may come later.
    const report = await importTo(join(FIXTURE, kind, 'backup'), directory);
    expect(report.points.map(({ outcome }: any) => outcome)).toEqual(['added', 'added', 'added']);
    const again = await startProcess({ directory });
    await expectAnswers(again.client);
    await expectEverybodyIn(again.client);
    await again.stop();
  });
});

describe('a second import', () => {
  it('changes nothing and says so, also where points were deleted since', async () => {
    const directory = newServerDirectory();
    const backup = join(FIXTURE, 'plain/backup');
    await importTo(backup, directory);
    const server = await startProcess({ directory });
    const removed = await server.client.post('/api/v2/delete?org=acme&bucket=metrics', {
      as: OPERATOR,
      json: { start: '1970-01-01T00:00:00Z', stop: '2030-01-01T00:00:00Z', predicate: '_measurement="cpu"' },
    });
    expect(removed.status).toBe(204);
    await server.stop();
    const before = storeDigest(directory);
    const again = await runImport(backup, directory);
    expect([again.code, again.stderr]).toEqual([0, '']);
    expect(again.stdout).toContain('Nothing was changed: all of it is here already.');
    expect(again.stdout).toContain('it holds points already');
    expect(storeDigest(directory)).toBe(before);
    // The tokens of both forms of the source are the same.
    expect(await importTo(join(FIXTURE, 'hashed/backup'), directory)).toMatchObject({ changesAnything: false });
    const flux = 'from(bucket: "metrics") |> range(start: 0, stop: 2030-01-01T00:00:00Z) |> filter(fn: (r) => r._measurement == "cpu")';
    const restarted = await startProcess({ directory });
    expect((await answerOf(restarted.client, OPERATOR, 'acme', flux)).trim()).toBe('');
    await restarted.stop();
    expect(await importTo(backup, directory, '--merge-points')).toMatchObject({ changesAnything: true });
    const merged = await startProcess({ directory });
    await expectAnswers(merged.client);
    await merged.stop();
  });
});

describe('a dry run', () => {
  it('tells what would come, and changes nothing', async () => {
    const directory = newServerDirectory();
    const report = await importTo(join(FIXTURE, 'plain/backup'), directory, '--dry-run');
    expect(report).toMatchObject({ dryRun: true, counts: countsOf('added') });
    expect(report.points.map(({ valueCount }: any) => valueCount)).toEqual([800, 40, 15_500]);
    expect(existsSync(join(directory, 'data'))).toBe(false);

    const server = await startProcess({ directory });
    await server.client.setUp({ username: 'owner', org: 'home' });
    await server.stop();
    const before = storeDigest(directory);
    const text = await runImport(join(FIXTURE, 'plain/backup'), directory, '--dry-run');
    expect([text.code, text.stderr]).toEqual([0, '']);
    expect(text.stdout).toContain('This was a dry run: nothing was changed.');
    expect(text.stdout).toMatch(/acme\/metrics\s+3\s+15500/);
    expect(storeDigest(directory)).toBe(before);
    expect(readdirSync(join(directory, 'data')).filter((name) => name.startsWith('temporary-'))).toEqual([]);
    for (const secret of secrets) expect(text.stdout + JSON.stringify(report)).not.toContain(secret);
    expect(text.stdout + JSON.stringify(report)).not.toMatch(/\$influxdb2-|\$2[aby]\$/);
  });
});

describe('a store that has others in it', () => {
  it('takes in what collides with nothing', async () => {
    const directory = newServerDirectory();
    const server = await startProcess({ directory });
    const { operator } = await server.client.setUp({ username: 'owner', org: 'home', bucket: 'metrics' });
    await server.client.post('/api/v2/write?org=home&bucket=metrics', { as: operator, body: 'm v=1 1' });
    await server.stop();
    expect(await importTo(join(FIXTURE, 'hashed/backup'), directory)).toMatchObject({ counts: countsOf('added') });
    const again = await startProcess({ directory });
    await expectAnswers(again.client);
    await expectEverybodyIn(again.client);
    const own = await answerOf(again.client, operator, 'home', 'from(bucket: "metrics") |> range(start: 0) |> count()');
    expect(own).toContain(',1,v,m');
    await again.stop();
  });

  it('refuses all of it, by name, where one thing collides', async () => {
    const directory = newServerDirectory();
    const server = await startProcess({ directory });
    await server.client.setUp({ username: 'grace', org: 'acme' });
    await server.stop();
    const before = storeDigest(directory);
    for (const flags of [[], ['--dry-run']]) {
      const { code, stdout, stderr } = await runImport(join(FIXTURE, 'hashed/backup'), directory, ...flags);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain('organization "acme" (another organization here has its name)');
      expect(stderr).toContain('user "grace" (another user here has this name)');
      expect(stderr).not.toContain('globex');
    }
    expect(storeDigest(directory)).toBe(before);
  });

  it('is refused while its server runs, by process', async () => {
    const server = await startProcess();
    const refused = await runImport(join(FIXTURE, 'plain'), server.directory);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(`(process ${server.child.pid})`);
    await server.stop();
  });
});

describe('tokens in the clear', () => {
  it('become hashes, or stay as they are where hashing is switched off', async () => {
    const directory = newServerDirectory();
    await importTo(join(FIXTURE, 'plain'), directory);
    const holds = (name: string): boolean => readFileSync(join(directory, 'data', name)).includes(OPERATOR.token);
    expect(readdirSync(join(directory, 'data')).filter((name) => statSync(join(directory, 'data', name)).isFile() && holds(name))).toEqual(
      [],
    );

    const plain = newServerDirectory();
    writeFileSync(join(plain, PLAIN_FILE), '');
    await importTo(join(FIXTURE, 'plain'), plain, '--use-hashed-tokens=false');
    const server = await startProcess({ directory: plain, flags: ['--use-hashed-tokens=false'] });
    const { authorizations } = (await server.client.get('/api/v2/authorizations', { as: OPERATOR })).json;
    expect(authorizations.map(({ token }: any) => token)).toContain(facts.tokens['read two buckets']);
    await server.stop();
  });
});

describe('kill -9', () => {
  it.each([0, 40, 120])('while it writes, after %i ms, leaves nothing or all, and the next import finishes', async (delayMs) => {
    const directory = newServerDirectory();
    const backup = join(FIXTURE, 'plain/backup');
    const argv = [join(import.meta.dirname, '../../bin/sluiced'), 'import', '--influxdb', backup, '--data-dir', join(directory, 'data')];
    const child = spawn(process.execPath, argv, { stdio: 'ignore', env: { TMPDIR: newSource() } });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    while (child.exitCode === null && !existsSync(join(directory, 'data/series/series.duckdb'))) await setTimeout(2);
    await setTimeout(delayMs);
    child.kill('SIGKILL');
    await ended;
    const { counts } = await importTo(backup, directory);
    expect([countsOf('added'), countsOf('present')]).toContainEqual(counts);
    const server = await startProcess({ directory });
    await expectAnswers(server.client);
    await server.stop();
  });
});

/** The folder in which an InfluxDB lives, with its points. */
async function makeDataFolder(): Promise<string> {
  const folder = newSource();
  cpSync(join(FIXTURE, 'hashed/influxd.bolt'), join(folder, 'influxd.bolt'));
  const backup = await readBackup(join(FIXTURE, 'hashed/backup'), () => undefined);
  for (const { bucketId, shards } of backup.buckets)
    for (const { id, member } of shards)
      await extractShard(backup.folder, member, join(folder, 'engine/data', bucketId, 'autogen', String(id)));
  return folder;
}

/** Of the shards of `metrics` the first, with the times that it spans. */
async function findShard(folder: string): Promise<{ readonly place: string; readonly dataPath: string; readonly startNs: bigint }> {
  const { buckets } = await readBackup(join(FIXTURE, 'hashed/backup'), () => undefined);
  const { bucketId, shards } = buckets.find(({ bucketName }) => bucketName === 'metrics')!;
  const { id, startNs } = shards[0]!;
  const place = join(bucketId, 'autogen', String(id));
  return { place, dataPath: join(folder, 'engine/data', place), startNs };
}

describe('a data folder with points', () => {
  it('brings them: files, deletions, and what was not in files yet', async () => {
    const directory = newServerDirectory();
    const folder = await makeDataFolder();
    await importTo(folder, directory);
    const server = await startProcess({ directory });
    await expectAnswers(server.client);
    await server.stop();

    const { place, dataPath, startNs } = await findShard(folder);
    const key = 'extra,host=a#!~#v';
    const times = [startNs + 1n, startNs + 2n, startNs + 3n];
    writeFileSync(join(dataPath, '000000900-000000001.tsm'), makeTsm([{ key, blocks: [{ type: 'float', times, values: [1, 2, 3] }] }]));
    writeFileSync(
      join(dataPath, '000000900-000000001.tombstone'),
      makeTombstone(4, [{ key, firstNs: startNs + 2n, lastNs: startNs + 2n }]),
    );
    mkdirSync(join(folder, 'engine/wal', place), { recursive: true });
    const late = { type: 'float', times: [startNs + 3n, startNs + 4n], values: [30, 40] } as const;
    writeFileSync(join(folder, 'engine/wal', place, '_00001.wal'), makeWal([{ kind: 'write', series: [{ key, points: late }] }]));
    // InfluxDB has dropped this one and not yet deleted its files.
    cpSync(dataPath, join(dataPath, '..', '4711'), { recursive: true });

    const fresh = newServerDirectory();
    const report = await importTo(folder, fresh);
    expect(report.leftOut).toMatchObject([{ kind: 'shard', count: 1, reason: 'InfluxDB has dropped it' }]);
    const second = await startProcess({ directory: fresh });
    const flux = 'from(bucket: "metrics") |> range(start: 0, stop: 2030-01-01T00:00:00Z) |> filter(fn: (r) => r._measurement == "extra")';
    const lines = (await answerOf(second.client, OPERATOR, 'acme', `${flux} |> keep(columns: ["_value"])`)).trim().split('\n');
    expect(lines.map((line) => line.split(',').at(-1))).toEqual(['_value', '1', '30', '40']);
    await second.stop();
  });

  it('may be elsewhere', async () => {
    const folder = await makeDataFolder();
    const elsewhere = newSource();
    cpSync(join(folder, 'engine'), join(elsewhere, 'points'), { recursive: true });
    rmSync(join(folder, 'engine'), { recursive: true });
    const report = await importTo(folder, newServerDirectory(), '--dry-run', '--engine-path', join(elsewhere, 'points'));
    expect(report.points).toHaveLength(3);
  });

  it('is refused while InfluxDB runs on it', async () => {
    const folder = await makeDataFolder();
    const bolt = join(folder, 'influxd.bolt');
    // What InfluxDB does to its file.
    const holder = spawn('flock', ['-x', bolt, '-c', 'echo held; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    const refused = await runImport(folder, newServerDirectory());
    holder.kill();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`${bolt}: InfluxDB runs on it (process `)]);
  });
});

describe('what cannot be brought along', () => {
  const ORG = '00000000000000a1';
  const USER = '00000000000000b1';
  const GONE = '00000000000000ff';
  const token = (id: string, more: object): string =>
    JSON.stringify({ id, orgID: ORG, userID: USER, status: 'active', hashedToken: hashOf(id), permissions: [], ...more });
  const hashOf = (text: string): string =>
    `$influxdb2-sha256$${createHash('sha256').update(text).digest('base64').replaceAll('+', '-').replaceAll('/', '_')}`;
  const T = ['00000000000000c1', '00000000000000c2', '00000000000000c3'] as const;
  const KINDS = ['dashboards', 'scrapers', 'tasks', 'checks', 'notificationEndpoints', 'notificationRules'];
  const READS = [...KINDS, 'notebooks', 'annotations', 'remotes', 'replications'].map((type) => ({
    action: 'read',
    resource: { type, orgID: ORG },
  }));
  const [DASHBOARD, CELL, BUCKET] = ['00000000000000d1', '00000000000000d2', '00000000000000d3'];
  const dashboard = { id: DASHBOARD, orgID: ORG, name: 'load', cells: [{ id: CELL, x: 1, y: 2, w: 3, h: 4 }], meta: {} };
  const scraper = { orgID: ORG, type: 'prometheus', url: 'http://127.0.0.1:1' };
  const [TASK, CHECK, CHECK_TASK, RULE] = ['00000000000000e1', '00000000000000e2', '00000000000000e3', '00000000000000e4'];
  const [RULE_TASK, ENDPOINT, STREAM] = ['00000000000000e5', '00000000000000e6', '00000000000000e7'];
  const owned = { orgID: ORG, ownerID: USER, createdAt: '2026-11-28T09:28:42.6Z', updatedAt: '2026-11-28T09:28:42.6Z' };
  const query = { text: 'from(bucket: "data") |> range(start: -1m) |> filter(fn: (r) => r._field == "f")', editMode: 'builder' };
  const CHECK_FLUX = `option task = {name: "dead", every: 1m}\n\n${query.text}`;
  const endpoint = {
    ...{ id: ENDPOINT, name: 'hook', status: 'active', url: 'http://127.0.0.1:1', type: 'http', method: 'POST', authMethod: 'bearer' },
    ...{ ...owned, token: `secret: ${ENDPOINT}-token`, username: '', password: '', contentTemplate: '' },
  };
  const check = {
    ...{ ...owned, id: CHECK, name: 'dead', type: 'deadman', query, taskID: CHECK_TASK, every: '1m', tags: null },
    ...{ statusMessageTemplate: 'gone', timeSince: '90s', staleTime: '10m', reportZero: true, level: 'CRIT' },
  };
  const rule = {
    ...{ ...owned, id: RULE, name: 'call', type: 'http', endpointID: ENDPOINT, taskID: RULE_TASK, every: '10m', runbookLink: '' },
    ...{ tagRules: [], statusRules: [{ currentLevel: 'CRIT', previousLevel: null }] },
  };
  const task = {
    ...{ ...owned, id: TASK, type: 'system', name: 'hourly', status: 'active', every: '1h', offset: 300_000_000_000 },
    flux: 'option task = {name: "hourly", every: 1h, offset: 5m}\nfrom(bucket: "data") |> range(start: -1h)',
    latestScheduled: '2026-11-28T09:00:00Z',
  };
  const SQL = `
    CREATE TABLE notebooks (id TEXT, org_id TEXT, name TEXT, spec TEXT, created_at TIMESTAMP, updated_at TIMESTAMP);
    INSERT INTO notebooks VALUES ('${T[0]}', '${ORG}', 'book', '{"a":[1]}', '2026-11-28 09:28:43.485404076+00:00', '2026-11-28 09:28:43.4+00:00');
    CREATE TABLE streams (id TEXT, org_id TEXT, name TEXT, description TEXT, created_at TIMESTAMP, updated_at TIMESTAMP);
    INSERT INTO streams VALUES ('${STREAM}', '${ORG}', 'deploys', 'all', '2026-11-28 09:28:43+00:00', '2026-11-28 09:28:43+00:00');
    CREATE TABLE annotations (id TEXT, org_id TEXT, stream_id TEXT, summary TEXT, message TEXT, stickers TEXT, lower TIMESTAMP, upper TIMESTAMP);
    INSERT INTO annotations VALUES
      ('${T[1]}', '${ORG}', '${STREAM}', 'out', 'v2', '["k=v=w"]', '2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z'),
      ('${T[2]}', '${ORG}', '${GONE}', 'lost', '', '[]', '2026-11-20T10:00:00Z', '2026-11-20T11:00:00Z');
    CREATE TABLE remotes (id TEXT, org_id TEXT, name TEXT, description TEXT, remote_url TEXT, remote_api_token TEXT, remote_org_id TEXT,
      allow_insecure_tls BOOLEAN, created_at TIMESTAMP, updated_at TIMESTAMP);
    INSERT INTO remotes VALUES ('${T[0]}', '${ORG}', 'far', NULL, 'http://127.0.0.1:1', '${noteSecret('a-token-of-a-remote', 'the token of an imported remote')}', NULL, 1, 'datetime(''now'')', '');
    CREATE TABLE replications (id TEXT, org_id TEXT, name TEXT, description TEXT, remote_id TEXT, local_bucket_id TEXT, remote_bucket_id TEXT,
      remote_bucket_name TEXT, max_queue_size_bytes INTEGER, max_age_seconds INTEGER, drop_non_retryable_data BOOLEAN);
    INSERT INTO replications VALUES
      ('${T[0]}', '${ORG}', 'copy', NULL, '${T[0]}', '${BUCKET}', NULL, 'there', 67108860, 5, 1),
      ('${T[1]}', '${ORG}', 'lost', NULL, '${T[0]}', '${GONE}', '${GONE}', '', 67108860, 0, 0);`;
  const world: BoltTree = {
    bucketsv1: { [BUCKET]: JSON.stringify({ id: BUCKET, orgID: ORG, name: 'data', retentionPeriod: 0 }) },
    dashboardsv2: { [DASHBOARD]: JSON.stringify(dashboard), [T[0]]: '{}' },
    dashboardcellviewsv1: {
      [DASHBOARD + CELL]: JSON.stringify({ id: CELL, name: 'note', properties: { shape: 'chronograf-v2', type: 'markdown', note: '#' } }),
    },
    scraperv2: {
      [T[0]]: JSON.stringify({ ...scraper, id: T[0], name: 'kept', bucketID: BUCKET }),
      [T[1]]: JSON.stringify({ ...scraper, id: T[1], name: 'lost', bucketID: GONE }),
    },
    organizationsv1: { [ORG]: JSON.stringify({ id: ORG, name: 'acme' }) },
    usersv1: { [USER]: JSON.stringify({ id: USER, name: 'admin', status: 'active' }), '00000000000000b2': '{"id":' },
    authorizationsv1: { [T[0]]: token(T[0], { permissions: READS }), [T[1]]: token(T[1], { userID: GONE }), [T[2]]: token(T[2], {}) },
    authorizationhashedindexv1: { [hashOf(T[0])]: T[0], [hashOf(T[1])]: T[1] },
    notificationEndpointv1: { [ENDPOINT]: JSON.stringify(endpoint) },
    checksv1: { [CHECK]: JSON.stringify(check), [T[1]]: '{}' },
    notificationRulev1: {
      [RULE]: JSON.stringify(rule),
      [T[0]]: JSON.stringify({ ...rule, id: T[0], name: 'lost', endpointID: GONE, taskID: T[1] }),
    },
    tasksv1: {
      [TASK]: JSON.stringify(task),
      [CHECK_TASK]: JSON.stringify({ ...task, id: CHECK_TASK, type: 'deadman', name: 'dead', status: 'inactive', flux: CHECK_FLUX }),
      [RULE_TASK]: JSON.stringify({ ...task, id: RULE_TASK, type: 'http', name: 'call' }),
      [T[1]]: JSON.stringify({ ...task, id: T[1], type: 'http', name: 'lost' }),
      [`${TASK}/latestCompleted`]: '{}',
    },
    v1_pkger_stacks: { [T[0]]: '{}' },
    secretsv1: {
      [`${ORG}key`]: Buffer.from('a-secret-value').toString('base64'),
      [`${ORG}${ENDPOINT}-token`]: Buffer.from('a-secret-of-an-endpoint').toString('base64'),
    },
  };

  it('is told with numbers and reasons; the rest comes', async () => {
    const folder = newSource();
    writeFileSync(join(folder, 'influxd.bolt'), makeBolt(world));
    const sql = new Sqlite(join(folder, 'influxd.sqlite'));
    sql.exec(SQL);
    sql.close();
    const directory = newServerDirectory();
    const report = await importTo(folder, directory);
    expect(report.counts).toMatchObject({ organizations: { added: 1 }, users: { added: 1 }, tokens: { added: 2 }, secrets: { added: 2 } });
    expect(report.leftOut).toEqual(
      expect.arrayContaining([
        { kind: 'token', reason: 'its user is not here', count: 1, examples: [T[1]] },
        { kind: 'dashboards', reason: 'it has no id', count: 1, examples: ['without a name'] },
        { kind: 'scrapers', reason: 'its bucket is not here', count: 1, examples: ['lost'] },
        { kind: 'checks', reason: 'it has no id', count: 1, examples: ['without a name'] },
        { kind: 'notificationRules', reason: 'its notification endpoint is not here', count: 1, examples: ['lost'] },
        { kind: 'tasks', reason: 'the notification rule that it belongs to is not here', count: 1, examples: ['lost'] },
        { kind: 'annotations', reason: 'its stream is not here', count: 1, examples: [T[2]] },
        { kind: 'replications', reason: 'its bucket is not here', count: 1, examples: ['lost'] },
        expect.objectContaining({ kind: 'user', count: 1, examples: ['00000000000000b2'] }),
      ]),
    );
    expect(report.changed).toMatchObject([
      { kind: 'scrapers', count: 1, examples: ['kept'] },
      { kind: 'token', count: 1, examples: [T[2]] },
    ]);
    const reason = 'they are not taken over';
    expect(report.leftovers).toEqual([{ kind: 'template stacks', count: 1, reason }]);
    expect(await importTo(folder, directory)).toMatchObject({ changesAnything: false });
    const server = await startProcess({ directory });
    const as = (value: string) => ({ as: { token: value } });
    const statuses = await Promise.all(T.map(async (value) => (await server.client.get('/api/v2/authorizations', as(value))).status));
    expect(statuses).toEqual([200, 401, 401]);
    const { json } = await server.client.get(`/api/v2/dashboards/${DASHBOARD}?include=properties`, as(T[0]));
    expect(json.cells).toMatchObject([{ id: CELL, x: 1, h: 4, name: 'note', properties: { type: 'markdown', note: '#' } }]);
    expect((await server.client.get('/api/v2/scrapers', as(T[0]))).json.configurations).toMatchObject([{ name: 'kept', bucket: 'data' }]);
    const read = async (path: string): Promise<any> => (await server.client.get(`/api/v2${path}orgID=${ORG}`, as(T[0]))).json;
    const { tasks } = await read('/tasks?');
    expect(tasks).toMatchObject([
      { id: TASK, name: 'hourly', ownerID: USER, every: '1h', offset: '5m', status: 'active', flux: task.flux },
    ]);
    const { checks } = await read('/checks?');
    expect(checks).toMatchObject([{ id: CHECK, type: 'deadman', taskID: CHECK_TASK, timeSince: '90s', level: 'CRIT', status: 'inactive' }]);
    const { notificationRules } = await read('/notificationRules?');
    expect(notificationRules).toMatchObject([{ id: RULE, endpointID: ENDPOINT, taskID: RULE_TASK, status: 'active' }]);
    const { notificationEndpoints } = await read('/notificationEndpoints?');
    expect(notificationEndpoints).toMatchObject([{ id: ENDPOINT, token: `secret: ${ENDPOINT}-token`, authMethod: 'bearer' }]);
    expect((await read('private/notebooks?')).flows).toMatchObject([{ name: 'book', spec: { a: [1] } }]);
    expect(await read('private/streams?')).toMatchObject([{ id: STREAM, stream: 'deploys', description: 'all' }]);
    expect(await read('private/annotations?')).toMatchObject([
      { stream: 'deploys', annotations: [{ id: T[1], summary: 'out', stickers: { k: 'v=w' }, endTime: '2026-11-20T11:00:00Z' }] },
    ]);
    expect((await read('/remotes?')).remotes).toMatchObject([{ name: 'far', allowInsecureTLS: true, remoteOrgID: null }]);
    expect((await read('/replications?')).replications).toMatchObject([
      { name: 'copy', remoteID: T[0], localBucketID: BUCKET, RemoteBucketName: 'there', maxAgeSeconds: 60, dropNonRetryableData: true },
    ]);
    await server.stop();
  });

  it('is a newer InfluxDB as a whole, which is said', async () => {
    const folder = newSource();
    const bolt = join(folder, 'influxd.bolt');
    writeFileSync(bolt, makeBolt({ ...world, migrationsv1: { '0000000000000030': '{"name":"something new"}' } }));
    const { code, stderr } = await runImport(folder, newServerDirectory());
    expect([code, stderr]).toEqual([1, expect.stringContaining(`${bolt}: was written by a newer InfluxDB`)]);
  });
});

describe('bad input', () => {
  const copy = (part: string): string => {
    const folder = newSource();
    cpSync(join(FIXTURE, part), folder, { recursive: true });
    return folder;
  };
  const memberOf = (folder: string, pattern: RegExp): string => join(folder, readdirSync(folder).find((name) => pattern.test(name)) ?? '');
  const flip = (file: string, at: number): void => {
    const bytes = readFileSync(file);
    const index = at < 0 ? bytes.length + at : at;
    bytes[index] = (bytes[index] as number) ^ 0xff;
    writeFileSync(file, bytes);
  };
  const cut = (file: string): void => {
    truncateSync(file, Math.floor(statSync(file).size / 2));
  };
  /** Changes a folder and tells which file must be named. */
  const damages: Record<string, () => string | Promise<string>> = {
    'no such folder': () => join(newSource(), 'nowhere'),
    'an empty folder': () => newSource(),
    'a bolt file cut off': () => damage(copy('plain'), /bolt$/, cut),
    'an empty bolt file': () =>
      damage(copy('plain'), /bolt$/, (file) => {
        writeFileSync(file, '');
      }),
    'something else than a bolt file': () =>
      damage(copy('plain'), /bolt$/, (file) => {
        writeFileSync(file, 'junk '.repeat(10_000));
      }),
    'an SQLite file cut off': () => damage(copy('plain'), /sqlite$/, cut),
    'a manifest that is none': () => damage(copy('plain/backup'), /manifest$/, cut),
    'a backed up bolt file cut off': () => damage(copy('plain/backup'), /bolt\.gz$/, cut),
    'a backed up bolt file that is missing': () =>
      damage(copy('plain/backup'), /bolt\.gz$/, (file) => {
        rmSync(file);
      }),
    'a backed up bolt file with a wrong bit': () =>
      damage(copy('plain/backup'), /bolt\.gz$/, (file) => {
        flip(file, 5000);
      }),
    'a shard cut off': () => damage(copy('plain/backup'), /\.3\.tar\.gz$/, cut),
    'a shard with a wrong bit': () =>
      damage(copy('plain/backup'), /\.3\.tar\.gz$/, (file) => {
        flip(file, -300);
      }),
    'a TSM file with a wrong bit': async () => {
      const { dataPath } = await findShard(await makeDataFolder());
      return damage(dataPath, /tsm$/, (file) => {
        flip(file, 40);
      });
    },
    'a TSM file cut off': async () => {
      const { dataPath } = await findShard(await makeDataFolder());
      return damage(dataPath, /tsm$/, cut);
    },
  };
  function damage(folder: string, pattern: RegExp, change: (file: string) => void): string {
    const file = memberOf(folder, pattern);
    change(file);
    return file;
  }
  const sourceOf = (file: string): string => {
    const engine = file.indexOf('/engine/');
    if (engine >= 0) return file.slice(0, engine);
    return existsSync(file) && statSync(file).isDirectory() ? file : /\/nowhere$/.test(file) ? file : join(file, '..');
  };

  it.each(Object.keys(damages))('%s is refused by its name, and nothing is changed', async (name) => {
    const file = await (damages[name] as () => Promise<string>)();
    const directory = newServerDirectory();
    const refused = await runImport(sourceOf(file), directory);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain(`Error: ${file}: `);
    expect(refused.stderr).not.toMatch(/temporary-|sluice-import-/);
    expect(existsSync(join(directory, 'data'))).toBe(false);
  });

  it('changes nothing in a store that is there', async () => {
    const directory = newServerDirectory();
    await importTo(join(FIXTURE, 'plain'), directory);
    const before = storeDigest(directory);
    const file = damage(copy('plain/backup'), /\.3\.tar\.gz$/, cut);
    const refused = await runImport(join(file, '..'), directory);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(file)]);
    expect(storeDigest(directory)).toBe(before);
    const report = await importTo(join(FIXTURE, 'plain/backup'), directory, '--dry-run');
    expect(report.points.map(({ outcome }: any) => outcome)).toEqual(['added', 'added', 'added']);
  });

  it.each([[[]], [['--influxdb', 'x', 'more']], [['--influxdb']], [['--no-such-flag']]])('%j is refused', async (flags) => {
    const { code, stdout, stderr } = await runBinary('sluiced', ['import', ...flags]);
    expect([code, stdout, stderr.startsWith('Error: ')]).toEqual([1, '', true]);
  });
});
