import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Authorization } from '../domain/authorization.js';
import type { AuthorizationId, BucketId, LabelId, OrganizationId, UserId } from '../domain/id.js';
import type { StoreDamage } from '../domain/store.js';
import { EVERYTHING, NOTHING } from '../domain/permission.js';
import { WHOLE_LIST } from '../domain/page.js';
import { bucketKind } from '../kinds/buckets.js';
import { mappingKind } from '../kinds/dbrps.js';
import { labelKind } from '../kinds/labels.js';
import { collationContract } from './collation.contract.js';
import { migrationProvider } from './migrations/index.js';
import { rememberReads } from './remembered.js';
import { openSqliteStore, SQLITE_FILE } from './sqlite.js';
import { sharedStoreContract } from './shared-store.contract.js';
import { storeContract } from './store.contract.js';
import { storeFileContract } from './store-file.contract.js';

storeContract('SQLite', openSqliteStore);
storeFileContract('SQLite', openSqliteStore);
sharedStoreContract('SQLite', openSqliteStore);
collationContract('SQLite', openSqliteStore);
const openRemembered = async (directory: string) => rememberReads(await openSqliteStore(directory));
storeContract('SQLite, with its reads remembered', openRemembered);
storeFileContract('SQLite, with its reads remembered', openRemembered);

const orgID = '0000000000000001' as OrganizationId;

const authorizationOf = (id: string): Authorization => ({
  id: id as AuthorizationId,
  orgID,
  userID: '01' as UserId,
  status: 'active',
  description: '',
  permissions: [{ action: 'read', resource: { type: 'buckets', id: '0000000000000003', orgID } }],
  secret: { kind: 'token', tokens: [{ hash: `hash ${id}`, createdAtMs: 0 }] },
  createdAtMs: 0,
  updatedAtMs: 0,
});

describe('the SQLite file', () => {
  it('is private, with all that lies beside it', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'store-'));
    const store = await openSqliteStore(directory);
    await store.transaction((writer) => writer.insertUser({ id: '01' as UserId, name: 'ann', status: 'active' }));
    for (const file of readdirSync(directory)) expect([file, statSync(join(directory, file)).mode & 0o777]).toEqual([file, 0o600]);
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('is refused by name when it is no store', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'store-'));
    writeFileSync(join(directory, SQLITE_FILE), 'this is a text, and quite a long one at that, '.repeat(100));
    await expect(openSqliteStore(directory)).rejects.toThrow(`${SQLITE_FILE} is not a readable Sluice store`);
    rmSync(directory, { recursive: true });
  });

  it('that an earlier version left is searched and counted as if it had been written by this one', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'store-'));
    const earlier = new Kysely<never>({ dialect: new SqliteDialect({ database: new Sqlite(join(directory, SQLITE_FILE)) }) });
    const { error } = await new Migrator({ db: earlier, provider: migrationProvider }).migrateTo('0001-initial');
    expect(error).toBeUndefined();
    await earlier.destroy();
    const raw = new Sqlite(join(directory, SQLITE_FILE));
    raw.exec("INSERT INTO organizations VALUES ('01', 'acme', 'acme', '', 0, 0)");
    raw.exec(`INSERT INTO authorizations VALUES
      ('02', '01', '01', 'active', 'Wärme', '[["read","buckets","0000000000000003","0000000000000001"]]', 0, 'h', NULL, NULL, NULL, NULL, 0, 0)`);
    raw.close();
    const store = await openSqliteStore(directory);
    const filter = { kind: 'token', readable: EVERYTHING, readableUsers: EVERYTHING, search: 'WÄRME' } as const;
    expect((await store.listAuthorizations({ ...filter, tokenKind: 'read-write' }, WHOLE_LIST)).map(({ id }) => id)).toEqual(['02']);
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('that an earlier version left keeps every permission in its order, and every secret', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'store-'));
    const earlier = new Kysely<never>({ dialect: new SqliteDialect({ database: new Sqlite(join(directory, SQLITE_FILE)) }) });
    await new Migrator({ db: earlier, provider: migrationProvider }).migrateTo('0004-tombstones');
    await earlier.destroy();
    const raw = new Sqlite(join(directory, SQLITE_FILE));
    const [A, B] = ['000000000000000a', '000000000000000b'];
    raw.exec(`INSERT INTO organizations VALUES ('${orgID}', 'acme', 'acme', '', 0, 0); INSERT INTO users VALUES ('01', 'ann', 'active')`);
    const insert =
      raw.prepare(`INSERT INTO authorizations (id, organization_id, user_id, status, description, permissions, is_unscoped, hash,
      plain_token, v1_user, v1_password_hash, ended_at_ms, created_at_ms, updated_at_ms, description_key, token_kind)
      VALUES (?, '${orgID}', '01', 'active', 'D', ?, 0, ?, ?, ?, ?, NULL, 5, 6, 'd', 'read-write')`);
    const held = [
      ['write', 'buckets', B, orgID],
      ['read', 'buckets', A, null],
      ['read', 'users', '0000000000000001', null, orgID],
      ['read', 'orgs', null, null],
    ];
    const many = Array.from({ length: 2_345 }, (_, i) => ['read', 'buckets', i.toString(16).padStart(16, '0'), orgID]);
    insert.run('11', JSON.stringify(held), '$influxdb2-sha256$1', null, null, null);
    insert.run('12', JSON.stringify(many), '$influxdb2-sha512$2', 'plain', null, null);
    insert.run('13', '[["rfad","buckets",null,null]]', '$influxdb2-sha256$3', null, null, null);
    insert.run('14', '[]', null, null, null, null);
    insert.run('15', JSON.stringify(held), null, null, 'agent', '$2a$10$x');
    insert.run('16', JSON.stringify(held), null, null, 'no password', null);
    raw.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
      INSERT INTO authorizations SELECT 'x' || i, organization_id, user_id, status, description, permissions, is_unscoped, 'h' || i,
      plain_token, v1_user, v1_password_hash, ended_at_ms, created_at_ms, updated_at_ms, description_key, token_kind
      FROM authorizations, n WHERE id = '11'`);
    raw.close();

    const store = await openSqliteStore(directory);
    const told: StoreDamage[] = [];
    store.onDamage((each) => told.push(each));
    const find = (id: string) => store.findAuthorization(id as AuthorizationId);
    const permissions = [
      { action: 'write', resource: { type: 'buckets', id: B, orgID } },
      { action: 'read', resource: { type: 'buckets', id: A } },
      { action: 'read', resource: { type: 'users', id: '0000000000000001', statedOrgID: orgID } },
      { action: 'read', resource: { type: 'orgs' } },
    ];
    expect(await find('11')).toEqual({
      ...{ id: '11', orgID, userID: '01', status: 'active', description: 'D', permissions, createdAtMs: 5, updatedAtMs: 6 },
      secret: { kind: 'token', tokens: [{ hash: '$influxdb2-sha256$1', createdAtMs: 5 }] },
    });
    expect(await store.findAuthorizationByHash('$influxdb2-sha256$1')).toEqual(await find('11'));
    const large = await find('12');
    expect(large?.permissions.map(({ resource }) => resource.id)).toEqual(many.map(([, , id]) => id));
    expect(large?.secret).toEqual({ kind: 'token', tokens: [{ hash: '$influxdb2-sha512$2', plainToken: 'plain', createdAtMs: 5 }] });
    expect((await find('13'))?.permissions).toEqual([]);
    expect(told.map(({ id }) => id)).toEqual(['13']);
    expect((await find('14'))?.secret).toEqual({ kind: 'token', tokens: [] });
    expect((await store.findAuthorizationByV1User('agent'))?.secret).toEqual({ kind: 'v1', userName: 'agent', passwordHash: '$2a$10$x' });
    expect((await find('16'))?.secret).toEqual({ kind: 'v1', userName: 'no password' });
    expect((await find('x2500'))?.permissions).toEqual(permissions);
    expect(await store.countTokens()).toEqual({ plain: 1, hashed: { sha256: 2502 }, erased: 1 });
    const opens = { type: 'buckets', id: B as BucketId, orgID, actions: ['write'] } as const;
    const filter = { kind: 'token', readable: EVERYTHING, readableUsers: EVERYTHING } as const;
    expect((await store.countAuthorizations({ ...filter, opens })).map(({ count }) => count)).toEqual([2501]);
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('in which a permission was given to another authorization, or is missing, grants nothing by either', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'store-'));
    const store = await openSqliteStore(directory);
    const all = ['11', '12', '13'].map((id) => authorizationOf(id));
    await store.transaction((writer) => writer.insertAuthorizations(all));
    await store.close();
    const raw = new Sqlite(join(directory, SQLITE_FILE));
    raw.exec(`UPDATE authorization_permissions SET authorization_id = '12', position = 1 WHERE authorization_id = '11'`);
    raw.close();
    const damaged = await openSqliteStore(directory);
    const told: StoreDamage[] = [];
    damaged.onDamage((each) => told.push(each));
    for (const [id, count] of Object.entries({ 11: 0, 12: 0, 13: 1 })) {
      expect((await damaged.findAuthorization(id as AuthorizationId))?.permissions).toHaveLength(count);
    }
    expect(told.map(({ id }) => id)).toEqual(['11', '12']);
    await damaged.close();
    rmSync(directory, { recursive: true });
  });

  it('that an earlier version left has its buckets, labels and mappings as they were', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'store-'));
    const file = join(directory, SQLITE_FILE);
    const earlier = new Kysely<never>({ dialect: new SqliteDialect({ database: new Sqlite(file) }) });
    const { error } = await new Migrator({ db: earlier, provider: migrationProvider }).migrateTo('0007-order-of-users');
    expect(error).toBeUndefined();
    await earlier.destroy();
    const raw = new Sqlite(file);
    raw.exec(`
      INSERT INTO organizations VALUES ('${orgID}', 'acme', 'acme', '', 0, 0);
      INSERT INTO buckets VALUES ('b1', '${orgID}', 'user', 'Dätä', 'of "all"', 'rp', 7200, 3600, 5, 6), ('b2', '${orgID}', 'system', '_tasks', '', '', 0, 1, 7, 8);
      INSERT INTO labels VALUES ('l1', '${orgID}', ' Red', 'red', '{"color":"#f00"}'), ('l2', '${orgID}', 'damaged', 'damaged', '{"a":');
      INSERT INTO label_attachments (resource_id, label_id) VALUES ('b1', 'l1');
      INSERT INTO dbrp_mappings VALUES ('d1', '${orgID}', 'b1', 'db', 'autogen', 1)`);
    raw.close();
    const store = await openSqliteStore(directory);
    const times = { createdAtMs: 5, updatedAtMs: 6 };
    const bucket = { id: 'b1', orgID, type: 'user', name: 'Dätä', description: 'of "all"', retentionPolicyName: 'rp', ...times };
    expect(await store.resources(bucketKind).findByName(orgID, 'Dätä')).toEqual({
      ...bucket,
      retentionSeconds: 7200,
      shardGroupDurationSeconds: 3600,
    });
    const onlyItsOrganization = { readable: NOTHING, readableOrganizations: { ...NOTHING, ids: [orgID] } };
    expect((await store.resources(bucketKind).list(onlyItsOrganization, WHOLE_LIST)).map(({ id, type }) => [id, type])).toEqual([
      ['b2', 'system'],
    ]);
    expect(await store.resources(labelKind).listOf(orgID)).toEqual([
      { id: 'l1', orgID, name: ' Red', properties: { color: '#f00' } },
      { id: 'l2', orgID, name: 'damaged', properties: {} },
    ]);
    expect((await store.resources(labelKind).findByName(orgID, 'RED'))?.id).toBe('l1');
    expect(await store.listLabelIdsOn('buckets', 'b1')).toEqual(['l1']);
    const mapping = { database: 'db', retentionPolicy: 'autogen', isDefault: true, isVirtual: false };
    expect(await store.resources(mappingKind).listOf(orgID)).toEqual([{ id: 'd1', orgID, bucketID: 'b1', ...mapping }]);
    // What hangs on a bucket goes with it, also when it came from an earlier version.
    await store.transaction((writer) => writer.resources(bucketKind).delete('b1', 9));
    expect(await store.resources(mappingKind).listOf(orgID)).toEqual([]);
    expect(await store.listLabelIdsOn('buckets', 'b1')).toEqual([]);
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it('of which records are damaged goes on without them, and says which: what cannot be read grants nothing', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'store-'));
    const store = await openSqliteStore(directory);
    const all = ['11', '12', '13'].map((id) => authorizationOf(id));
    await store.transaction((writer) =>
      writer.insertOrganization({ id: orgID, name: 'acme', description: '', createdAtMs: 0, updatedAtMs: 0 }),
    );
    await store.transaction((writer) => writer.insertAuthorizations(all));
    await store.transaction((writer) =>
      writer.resources(labelKind).insert({ id: '21' as LabelId, orgID, name: 'l', properties: { a: 'b' } }),
    );
    await store.close();
    const raw = new Sqlite(join(directory, SQLITE_FILE));
    raw.exec(`UPDATE authorization_permissions SET action = 'rfad' WHERE authorization_id = '11'`);
    raw.exec(`UPDATE authorization_permissions SET resource_id = substr(resource_id, 2) WHERE authorization_id = '12'`);
    raw.exec(`UPDATE resources SET document = '{"properties":' WHERE type = 'labels'`);
    raw.close();
    const damaged = await openSqliteStore(directory);
    const told: StoreDamage[] = [];
    damaged.onDamage((each) => told.push(each));
    const filter = { kind: 'token', readable: EVERYTHING, readableUsers: EVERYTHING } as const;
    for (let round = 0; round < 2; round++) {
      const listed = await damaged.listAuthorizations(filter, WHOLE_LIST);
      expect(listed.map(({ id, permissions }) => [id, permissions.length])).toEqual([
        ['11', 0],
        ['12', 0],
        ['13', 1],
      ]);
      expect((await damaged.resources(labelKind).list({ readable: EVERYTHING }, WHOLE_LIST)).map(({ properties }) => properties)).toEqual([
        {},
      ]);
    }
    expect(told.map(({ noun, id }) => `${noun} ${id}`)).toEqual(['authorization 11', 'authorization 12', 'labels 21']);
    expect(JSON.stringify(told)).not.toContain('rfad');
    await damaged.checkIntegrity();
    expect(told).toHaveLength(3);
    await damaged.close();
    rmSync(directory, { recursive: true });
  });

  it('with a page that was overwritten is found out without anybody asking for what stands there', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'store-'));
    const file = join(directory, SQLITE_FILE);
    const store = await openSqliteStore(directory);
    const many = Array.from({ length: 3_000 }, (_, i) => authorizationOf(String(1_000 + i)));
    await store.transaction((writer) => writer.insertAuthorizations(many));
    await store.close();
    const bytes = readFileSync(file);
    // Behind the pages of the schema, which every start reads.
    writeFileSync(file, bytes.fill(0xa5, bytes.length >> 1, (bytes.length >> 1) + 8192));
    const damaged = await openSqliteStore(directory);
    const told: StoreDamage[] = [];
    damaged.onDamage((each) => told.push(each));
    await damaged.checkIntegrity();
    expect(told.length).toBeGreaterThan(0);
    expect(told.every(({ id }) => id === undefined)).toBe(true);
    await damaged.close();
    rmSync(directory, { recursive: true });
  });

  it('holds no trace of a plain token after it was overwritten and purged', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'store-'));
    const store = await openSqliteStore(directory);
    const isOnDisk = (text: string): boolean => readdirSync(directory).some((file) => readFileSync(join(directory, file)).includes(text));
    const tokens = [{ hash: 'h', plainToken: 'plain-token-value', createdAtMs: 0 }];
    await store.transaction((writer) => writer.insertAuthorization({ ...authorizationOf('01'), secret: { kind: 'token', tokens } }));
    expect(isOnDisk('plain-token-value')).toBe(true);
    expect(await store.transaction((writer) => writer.forgetPlainTokens(10))).toBe(1);
    await store.purge();
    expect(isOnDisk('plain-token-value')).toBe(false);
    await store.close();
    rmSync(directory, { recursive: true });
  });
});
