/**
 * Permissions from before an orgID beside an id counted, stored here, in a backup or by InfluxDB: they open only what matches both, and are
 * named once, in the log of the start or of the restore.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorPermissions } from '../../src/domain/permission.js';
import { takeBackup } from '../support/backup.js';
import { makeBolt } from '../support/influxdb/bolt-writer.js';
import { startTestServer, type Credentials, type SetUp, type TestClient, type TestServer } from '../support/server.js';

const NARROWED = 'grant less than before';

/** What the log says of narrowed permissions. */
const linesOf = (server: TestServer): any[] =>
  server
    .log()
    .split('\n')
    .filter((line) => line.includes(NARROWED))
    .map((line) => JSON.parse(line));

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; n < 500 && !condition(); n++) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(condition()).toBe(true);
}

/** Puts permissions into a store as an earlier version would have. */
function store(server: TestServer, id: string, permissions: (string | null)[][]): void {
  const database = new Sqlite(join(server.dataDirectory, 'sluice.sqlite'));
  database.prepare('DELETE FROM authorization_permissions WHERE authorization_id = ?').run(id);
  const insert = database.prepare('INSERT INTO authorization_permissions VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)');
  for (const [position, permission] of permissions.entries()) insert.run(id, position, ...permission);
  database.prepare('UPDATE authorizations SET permission_count = ? WHERE id = ?').run(permissions.length, id);
  database.prepare("DELETE FROM facts WHERE name = 'narrowed permissions'").run();
  database.close();
}

const isTold = (server: TestServer): boolean => {
  const database = new Sqlite(join(server.dataDirectory, 'sluice.sqlite'), { readonly: true });
  const row = database.prepare("SELECT value FROM facts WHERE name = 'narrowed permissions'").get();
  database.close();
  return row !== undefined;
};

interface World extends SetUp {
  readonly betaId: string;
  readonly betaBucketId: string;
  readonly thiefId: string;
  readonly thief: Credentials;
  readonly honestId: string;
  readonly honest: Credentials;
}

async function createWorld(client: TestClient): Promise<World> {
  const setUp = await client.setUp();
  const as = setUp.operator;
  const betaId = (await client.post('/api/v2/orgs', { as, json: { name: 'beta' } })).json.id;
  const betaBucketId = (await client.post('/api/v2/buckets', { as, json: { orgID: betaId, name: 'own' } })).json.id;
  const read = [{ action: 'read', resource: { type: 'buckets', orgID: betaId } }];
  const thief = await client.createToken(as, betaId, read);
  const honest = await client.createToken(as, betaId, read);
  return { ...setUp, betaId, betaBucketId, thiefId: thief.id, thief, honestId: honest.id, honest };
}

/** As the owner of beta could have made them. */
const stolen = ({ userId, bucketId, orgId, betaId }: World): (string | null)[][] => [
  ['write', 'users', userId, betaId],
  ['read', 'buckets', bucketId, betaId],
  ['write', 'orgs', orgId, betaId],
  ['write', 'orgs', null, betaId],
];
const fair = ({ betaBucketId, betaId }: World): (string | null)[][] => [
  ['read', 'buckets', betaBucketId, betaId],
  ['read', 'buckets', '00000000000000aa', betaId],
  ['read', 'orgs', betaId, betaId],
  ['read', 'users', null, betaId],
  ['read', 'tasks', '00000000000000ab', betaId],
];

async function expectNarrow(client: TestClient, world: World): Promise<void> {
  const { thief, honest, userId, orgId, bucketId, betaId, betaBucketId } = world;
  const password = { json: { password: 'taken-passw0rd' } };
  expect((await client.post(`/api/v2/users/${userId}/password`, { as: thief, ...password })).status).toBe(401);
  expect((await client.get(`/api/v2/buckets/${bucketId}`, { as: thief })).status).toBe(401);
  expect((await client.get('/api/v2/buckets', { as: thief })).json.buckets).toEqual([]);
  expect((await client.patch(`/api/v2/orgs/${orgId}`, { as: thief, json: {} })).status).toBe(401);
  expect((await client.get(`/api/v2/buckets/${betaBucketId}`, { as: honest })).status).toBe(200);
  expect((await client.get(`/api/v2/orgs/${betaId}`, { as: honest })).status).toBe(200);
}

const textsOf = ({ userId, bucketId, orgId, betaId }: World): string[] => [
  `write:orgs/${betaId}/users/${userId}`,
  `read:orgs/${betaId}/buckets/${bucketId}`,
  `write:orgs/${betaId}/orgs/${orgId}`,
  `write:orgs/${betaId}/orgs`,
];

describe('permissions of an earlier version', () => {
  let server: TestServer;
  let world: World;

  beforeAll(async () => {
    server = await startTestServer();
    world = await createWorld(server.client);
    await until(() => isTold(server));
    await server.stop();
    expect(linesOf(server)).toEqual([]);
    store(server, world.thiefId, stolen(world));
    store(server, world.honestId, fair(world));
    server = await startTestServer({ directory: server.directory });
  });
  afterAll(() => server.stop());

  it('open what matches id and orgID, and nothing else', () => expectNarrow(server.client, world));

  it('are named in the log, those that change and no others, without a secret', async () => {
    await until(() => isTold(server));
    expect(linesOf(server)).toMatchObject([{ authorization: world.thiefId, permissions: textsOf(world) }, { count: 1 }]);
  });

  it('are named once', async () => {
    await server.stop();
    server = await startTestServer({ directory: server.directory });
    await expectNarrow(server.client, world);
    expect(linesOf(server)).toEqual([]);
  });

  it('are named when a backup brings them', async () => {
    await server.stop();
    store(server, world.thiefId, stolen(world));
    server = await startTestServer({ directory: server.directory });
    const { kv } = await takeBackup(server.url, world.operator.token);
    // The backup was taken before the store was looked through, or after it; an old one does not say that it was.
    const file = join(server.directory, 'backup.sqlite');
    writeFileSync(file, kv);
    const database = new Sqlite(file);
    database.prepare("DELETE FROM facts WHERE name = 'narrowed permissions'").run();
    database.pragma('journal_mode = DELETE');
    database.close();
    const other = await startTestServer();
    const { operator } = await other.client.setUp();
    const restored = await other.client.post('/api/v2/restore/kv', { as: operator, body: new Uint8Array(readFileSync(file)) });
    expect([restored.status, restored.text]).toEqual([200, expect.any(String)]);
    await expectNarrow(other.client, world);
    expect(linesOf(other)).toMatchObject([{ authorizations: [{ id: world.thiefId, permissions: textsOf(world) }], count: 1 }]);
    await other.stop();
  });
});

describe('permissions of an InfluxDB', () => {
  const [ACME, BETA, USER, BUCKET, THIEF, HONEST] = [
    '00000000000000a1',
    '00000000000000a2',
    '00000000000000b1',
    '00000000000000c1',
    '00000000000000d1',
    '00000000000000d2',
  ] as const;
  const OPERATOR = '00000000000000d3';
  const TOKEN = 'token of a thief';
  const hashOf = (token: string): string =>
    `$influxdb2-sha256$${createHash('sha256').update(token).digest('base64').replaceAll('+', '-').replaceAll('/', '_')}`;
  const permission = (action: string, type: string, id: string, orgID: string) => ({ action, resource: { type, id, orgID } });
  const record = (id: string, permissions: unknown[], more: object = {}): string =>
    JSON.stringify({ id, orgID: BETA, userID: USER, status: 'active', permissions, ...more });

  it('are narrowed alike, and named by the import', async () => {
    const bolt = makeBolt({
      organizationsv1: Object.fromEntries([ACME, BETA].map((id) => [id, JSON.stringify({ id, name: `org ${id}` })])),
      usersv1: { [USER]: JSON.stringify({ id: USER, name: 'admin', status: 'active' }) },
      bucketsv1: { [BUCKET]: JSON.stringify({ id: BUCKET, orgID: ACME, name: 'data', type: 0, retentionPeriod: 0 }) },
      authorizationsv1: {
        // Without an operator nothing is restored.
        [OPERATOR]: record(OPERATOR, operatorPermissions(), { hashedToken: hashOf('an operator token') }),
        [THIEF]: record(
          THIEF,
          [
            permission('write', 'users', USER, BETA),
            permission('read', 'buckets', BUCKET, BETA),
            permission('read', 'authorizations', HONEST, ACME),
          ],
          { hashedToken: hashOf(TOKEN) },
        ),
        [HONEST]: record(HONEST, [permission('read', 'orgs', BETA, BETA), permission('read', 'authorizations', THIEF, BETA)], {
          hashedToken: hashOf('an honest token'),
        }),
      },
      authorizationhashedindexv1: { [hashOf('an operator token')]: OPERATOR, [hashOf(TOKEN)]: THIEF, [hashOf('an honest token')]: HONEST },
    });
    const server = await startTestServer();
    const { client } = server;
    const { operator } = await client.setUp();
    const restored = await client.post('/api/v2/restore/kv', { as: operator, body: new Uint8Array(bolt) });
    expect([restored.status, restored.text]).toEqual([200, expect.any(String)]);
    const thief = { token: TOKEN };
    expect((await client.get(`/api/v2/me`, { as: thief })).status).toBe(401);
    expect((await client.get(`/api/v2/buckets/${BUCKET}`, { as: thief })).status).toBe(401);
    const log = server.log();
    for (const text of [
      `write:orgs/${BETA}/users/${USER}`,
      `read:orgs/${BETA}/buckets/${BUCKET}`,
      `read:orgs/${ACME}/authorizations/${HONEST}`,
    ])
      expect(log).toContain(`the permission ${text} of ${THIEF} opens less here`);
    expect(log.match(/opens less here/g)).toHaveLength(3);
    await server.stop();
  });
});
