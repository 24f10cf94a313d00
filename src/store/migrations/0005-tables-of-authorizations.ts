/** Permissions and secrets of authorizations have tables of their own, to be found by index; an authorization may have several secrets. */
import { sql, type Kysely } from 'kysely';
import { isAction, isResourceType } from '../../domain/permission.js';
import { prepareRows } from '../prepared.js';
import { readJson } from '../stored-json.js';
import { clustered } from './clustered.js';

interface Permission {
  authorization_id: string;
  position: number;
  action: string;
  type: string;
  resource_id: string | null;
  organization_id: string | null;
  stated_organization_id: string | null;
}

interface Schema {
  authorizations: { id: string; permissions: string };
  authorization_permissions: Permission;
  authorizations_next: { id: string; permission_count: number };
}

/** Authorizations that are read at once. */
const ROWS_PER_PAGE = 1000;
/** Permissions that are kept in memory before they are written. */
const ROWS_PER_TURN = 20_000;

export async function up(db: Kysely<Schema>): Promise<void> {
  await createTables(db);
  const unreadable = await movePermissions(db);
  await sql`insert into authorization_secrets (authorization_id, scheme, hash, plain_token, created_at_ms, expires_at_ms)
    select id, case when hash like '$influxdb2-sha512$%' then 'sha512' else 'sha256' end, hash, plain_token, created_at_ms, null
    from authorizations where hash is not null`.execute(db);
  await sql`insert into authorization_secrets (authorization_id, scheme, hash, plain_token, created_at_ms, expires_at_ms)
    select id, 'password', v1_password_hash, null, updated_at_ms, null
    from authorizations where v1_user is not null and v1_password_hash is not null`.execute(db);
  await sql`insert into authorizations_next (id, organization_id, user_id, status, description, description_key, token_kind,
      permission_count, is_unscoped, v1_user, ended_at_ms, created_at_ms, updated_at_ms)
    select id, organization_id, user_id, status, description, description_key, token_kind,
      (select count(*) from authorization_permissions where authorization_id = id), is_unscoped, v1_user, ended_at_ms, created_at_ms, updated_at_ms
    from authorizations order by id`.execute(db);
  // They go on granting nothing, and being told of.
  for (const id of unreadable) await db.updateTable('authorizations_next').set({ permission_count: -1 }).where('id', '=', id).execute();
  await db.schema.dropTable('authorizations').execute();
  await db.schema.alterTable('authorizations_next').renameTo('authorizations').execute();
  await createIndexes(db);
}

async function createTables(db: Kysely<Schema>): Promise<void> {
  await clustered(db, db.schema.createTable('authorization_permissions'))
    .addColumn('authorization_id', 'text', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('resource_id', 'text')
    .addColumn('organization_id', 'text')
    .addColumn('stated_organization_id', 'text')
    .addPrimaryKeyConstraint('authorization_permissions_key', ['authorization_id', 'position'])
    .execute();
  await clustered(db, db.schema.createTable('authorization_secrets'))
    .addColumn('authorization_id', 'text', (c) => c.notNull())
    .addColumn('scheme', 'text', (c) => c.notNull())
    .addColumn('hash', 'text', (c) => c.notNull())
    .addColumn('plain_token', 'text')
    .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
    .addColumn('expires_at_ms', 'bigint')
    .addPrimaryKeyConstraint('authorization_secrets_key', ['authorization_id', 'hash'])
    .execute();
  await clustered(db, db.schema.createTable('authorizations_next'))
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('organization_id', 'text', (c) => c.notNull())
    .addColumn('user_id', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('description_key', 'text', (c) => c.notNull())
    .addColumn('token_kind', 'text', (c) => c.notNull())
    .addColumn('permission_count', 'integer', (c) => c.notNull())
    .addColumn('is_unscoped', 'integer', (c) => c.notNull())
    .addColumn('v1_user', 'text')
    .addColumn('ended_at_ms', 'bigint')
    .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
    .addColumn('updated_at_ms', 'bigint', (c) => c.notNull())
    .execute();
}

async function createIndexes(db: Kysely<Schema>): Promise<void> {
  // Of the v1-compatible API alone: nearly all authorizations are tokens, and cost nothing here.
  await db.schema
    .createIndex('authorizations_by_v1_user')
    .on('authorizations')
    .column('v1_user')
    .unique()
    .where(sql.ref('v1_user'), 'is not', null)
    .execute();
  await db.schema.createIndex('authorizations_by_user').on('authorizations').columns(['user_id', 'id']).execute();
  await db.schema.createIndex('authorizations_by_organization').on('authorizations').columns(['organization_id', 'id']).execute();
  // Of buckets alone: nobody searches for those of other types, and an operator token has 46 of which 2 are for buckets.
  await db.schema
    .createIndex('authorization_permissions_by_bucket')
    .on('authorization_permissions')
    .columns(['resource_id', 'organization_id', 'action', 'authorization_id'])
    .where(sql.ref('type'), '=', sql.lit('buckets'))
    .execute();
  // Passwords are salted, and looked up by the name that goes with them.
  await db.schema
    .createIndex('authorization_secrets_by_hash')
    .on('authorization_secrets')
    .column('hash')
    .unique()
    .where(sql.ref('scheme'), '<>', sql.lit('password'))
    .execute();
  // The start asks for plain tokens, of which there are none or few.
  await db.schema
    .createIndex('authorization_secrets_plain')
    .on('authorization_secrets')
    .column('hash')
    .where(sql.ref('plain_token'), 'is not', null)
    .execute();
}

/** @returns the ids of those whose permissions cannot be read */
async function movePermissions(db: Kysely<Schema>): Promise<string[]> {
  const insert = prepareRows(db, (count) =>
    db.insertInto('authorization_permissions').values(Array.from({ length: count }, () => SOME_PERMISSION)),
  );
  const unreadable: string[] = [];
  for (let after = ''; ;) {
    const page = await db
      .selectFrom('authorizations')
      .select(['id', 'permissions'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(ROWS_PER_PAGE)
      .execute();
    let rows: unknown[][] = [];
    for (const { id, permissions } of page) {
      const stored = readJson(permissions, areStoredPermissions);
      if (stored === undefined) unreadable.push(id);
      else for (const [position, permission] of stored.entries()) rows.push(encode(id, position, permission));
      if (rows.length < ROWS_PER_TURN) continue;
      await insert(rows);
      rows = [];
    }
    await insert(rows);
    if (page.length < ROWS_PER_PAGE) return unreadable;
    after = page.at(-1)?.id ?? after;
  }
}

const SOME_PERMISSION: Permission = {
  authorization_id: '',
  position: 0,
  action: '',
  type: '',
  resource_id: '',
  organization_id: '',
  stated_organization_id: '',
};

/** As they were stored before: action, type, id, orgID, and where a client gave one that means nothing, that. */
type StoredPermission = [string, string, string | null, string | null, string?];

/** The values in the order of the columns. */
const encode = (id: string, position: number, [action, type, resource, organization, stated]: StoredPermission): unknown[] => [
  id,
  position,
  action,
  type,
  resource,
  organization,
  stated ?? null,
];

const isIdOrNull = (value: unknown): boolean => value === null || (typeof value === 'string' && /^[0-9a-f]{16}$/.test(value));

const areStoredPermissions = (value: unknown): value is StoredPermission[] =>
  Array.isArray(value) &&
  value.every(
    (stored) =>
      Array.isArray(stored) &&
      isAction(String(stored[0])) &&
      isResourceType(String(stored[1])) &&
      isIdOrNull(stored[2]) &&
      isIdOrNull(stored[3]) &&
      (stored[4] === undefined || isIdOrNull(stored[4])),
  );
