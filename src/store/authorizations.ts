/** Authorizations in the metadata store. */
import { sql, type ExpressionBuilder, type SqlBool } from 'kysely';
import { unscopedPermissions, type Authorization, type StoredSecret } from '../domain/authorization.js';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import { isAction, isResourceType, type Action, type Permission, type ResourceType } from '../domain/permission.js';
import type { AuthorizationFilter, AuthorizationOrder, OpenedBucket, StoreWriter } from '../domain/store.js';
import { tokenKindOf, type TokenKind } from '../domain/token-kind.js';
import type { Status } from '../domain/user.js';
import { factQueries } from './facts.js';
import { cut, pageBy, within } from './paging.js';
import type { Database, RecordChange, TellDamage } from './database.js';
import { readJson } from './stored-json.js';
import type { Tables } from './tables.js';

type Methods = Pick<
  StoreWriter,
  | 'findAuthorization'
  | 'findAuthorizationStanding'
  | 'findAuthorizationByHash'
  | 'findAuthorizationByV1User'
  | 'listAuthorizations'
  | 'countAuthorizations'
  | 'listActiveTokensOfUser'
  | 'countTokens'
  | 'forgetPlainTokens'
  | 'eraseTokenHashes'
  | 'insertAuthorization'
  | 'insertAuthorizations'
  | 'updateAuthorization'
  | 'deleteAuthorization'
>;

export const authorizationQueries = (db: Database, record: RecordChange, tellDamage: TellDamage): Methods => ({
  async findAuthorization(id) {
    return decode(await db.selectFrom('authorizations').selectAll().where('id', '=', id).executeTakeFirst(), tellDamage);
  },

  async findAuthorizationStanding(id) {
    const row = await db.selectFrom('authorizations').select(['status', 'ended_at_ms']).where('id', '=', id).executeTakeFirst();
    return row && { status: row.status as Status, endedAtMs: row.ended_at_ms ?? undefined };
  },

  async findAuthorizationByHash(hash) {
    return decode(await db.selectFrom('authorizations').selectAll().where('hash', '=', hash).executeTakeFirst(), tellDamage);
  },

  async findAuthorizationByV1User(userName) {
    return decode(await db.selectFrom('authorizations').selectAll().where('v1_user', '=', userName).executeTakeFirst(), tellDamage);
  },

  async listAuthorizations(filter, page, order = 'createdAt') {
    const { tokenKind, status, effective } = filter;
    const statusColumn = effective === true ? EFFECTIVE_STATUS : ORDER_COLUMNS.status;
    let query = selectWithin(db, filter).selectAll('authorizations');
    if (tokenKind !== undefined) query = query.where('token_kind', '=', tokenKind);
    if (status !== undefined) query = query.where(statusColumn, '=', status);
    if (order === 'createdAt')
      return (await pageBy(query, 'authorizations.id', page, page.after).execute()).map((row) => decodeRow(row, tellDamage));
    const direction = page.descending ? 'desc' : 'asc';
    const sorted = query.orderBy(order === 'status' ? statusColumn : ORDER_COLUMNS[order], direction).orderBy('authorizations.id');
    return (await cut(sorted, page).execute()).map((row) => decodeRow(row, tellDamage));
  },

  async countAuthorizations(filter) {
    const status = filter.effective === true ? EFFECTIVE_STATUS : sql.ref<string>(ORDER_COLUMNS.status);
    const rows = await selectWithin(db, filter)
      .select(['token_kind', status.as('status'), (eb) => eb.fn.countAll().as('count')])
      .groupBy(['token_kind', status])
      .orderBy('token_kind')
      .orderBy(status)
      .execute();
    return rows.map((row) => ({ tokenKind: row.token_kind as TokenKind, status: row.status as Status, count: Number(row.count) }));
  },

  async listActiveTokensOfUser(userId) {
    const rows = await db
      .selectFrom('authorizations')
      .selectAll()
      .where('user_id', '=', userId)
      .where('status', '=', 'active')
      .where('v1_user', 'is', null)
      .where('ended_at_ms', 'is', null)
      .orderBy('id')
      .execute();
    return rows.map((row) => decodeRow(row, tellDamage));
  },

  async countTokens() {
    const isPlain = sql<number>`plain_token is not null`;
    const variant = sql<string | null>`case when hash like '$influxdb2-sha512$%' then 'sha512' when hash is not null then 'sha256' end`;
    const rows = await db
      .selectFrom('authorizations')
      .select([isPlain.as('is_plain'), variant.as('variant'), (eb) => eb.fn.countAll().as('count')])
      .where('v1_user', 'is', null)
      .where('ended_at_ms', 'is', null)
      .groupBy([isPlain, variant])
      .execute();
    const sum = (of: (row: (typeof rows)[number]) => boolean): number => rows.filter(of).reduce((n, { count }) => n + Number(count), 0);
    const hashed = rows.filter((row) => !row.is_plain && row.variant !== null).map((row) => [row.variant ?? '', Number(row.count)]);
    return {
      plain: sum((row) => Boolean(row.is_plain)),
      hashed: Object.fromEntries(hashed) as { readonly [variant: string]: number },
      erased: sum((row) => !row.is_plain && row.variant === null),
    };
  },

  async forgetPlainTokens(limit) {
    const { numUpdatedRows } = await db
      .updateTable('authorizations')
      .set({ plain_token: null })
      .where('id', 'in', (eb) => eb.selectFrom('authorizations').select('id').where('plain_token', 'is not', null).limit(limit))
      .executeTakeFirst();
    return Number(numUpdatedRows);
  },

  async eraseTokenHashes() {
    const { numUpdatedRows } = await db
      .updateTable('authorizations')
      .set({ hash: null })
      .where('plain_token', 'is', null)
      .where('hash', 'is not', null)
      .executeTakeFirst();
    if (numUpdatedRows > 0n) record({ noun: 'user', kind: 'update', id: '' });
    return Number(numUpdatedRows);
  },

  async insertAuthorization(authorization) {
    await notePlain(db, authorization);
    await db.insertInto('authorizations').values(encode(authorization)).execute();
    record({ noun: 'authorization', kind: 'insert', id: authorization.id });
  },

  async insertAuthorizations(authorizations) {
    const plain = authorizations.find(({ secret }) => secret.kind === 'token' && secret.plainToken !== undefined);
    if (plain !== undefined) await notePlain(db, plain);
    const inserted: AuthorizationId[] = [];
    for (let start = 0; start < authorizations.length; start += ROWS_PER_INSERT) {
      const rows = await db
        .insertInto('authorizations')
        .values(authorizations.slice(start, start + ROWS_PER_INSERT).map(encode))
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .execute();
      for (const { id } of rows) {
        inserted.push(id as AuthorizationId);
        record({ noun: 'authorization', kind: 'insert', id });
      }
    }
    return inserted;
  },

  async updateAuthorization(authorization) {
    await notePlain(db, authorization);
    const { id, ...columns } = encode(authorization);
    const { numUpdatedRows } = await db.updateTable('authorizations').set(columns).where('id', '=', id).executeTakeFirst();
    if (numUpdatedRows > 0n) record({ noun: 'authorization', kind: 'update', id });
    return numUpdatedRows > 0n;
  },

  async deleteAuthorization(id) {
    const { numDeletedRows } = await db.deleteFrom('authorizations').where('id', '=', id).executeTakeFirst();
    if (numDeletedRows > 0n) record({ noun: 'authorization', kind: 'delete', id });
    return numDeletedRows > 0n;
  },
});

/** Engines limit the values in one statement. */
const ROWS_PER_INSERT = 200;

/** Files must be purged when tokens were in the clear once, even if the server is stopped before all of them are hashed. */
async function notePlain(db: Database, { secret }: Authorization): Promise<void> {
  if (secret.kind === 'token' && secret.plainToken !== undefined) await factQueries(db).putFact('has held plain tokens', 'yes');
}

const ORDER_COLUMNS = {
  updatedAt: 'authorizations.updated_at_ms',
  description: 'authorizations.description_key',
  kind: 'authorizations.token_kind',
  status: 'authorizations.status',
  user: sql<string>`(select lower(users.name) from users where users.id = authorizations.user_id)`,
} as const satisfies { readonly [order in Exclude<AuthorizationOrder, 'createdAt'>]: unknown };

/** Inactive users are few: they are looked up once, however many tokens there are. */
const EFFECTIVE_STATUS = sql<string>`case when authorizations.user_id in (select users.id from users where users.status <> 'active')
  then 'inactive' else authorizations.status end`;

/** Nearly all are: written so that no engine takes the index of v1 users to find them, and sorts a million of them for a page of twenty. */
const IS_TOKEN = sql<SqlBool>`case when v1_user is null then 1 else 0 end = 1`;

/** Those that are there, may be seen and pass the filters but those of kind and status. */
function selectWithin(db: Database, { kind, id, orgID, userID, search, opens, readable, readableUsers }: AuthorizationFilter) {
  let query = db
    .selectFrom('authorizations')
    .where((eb) => within(eb, readable, 'authorizations.id', 'authorizations.organization_id'))
    .where((eb) => within(eb, readableUsers, 'authorizations.user_id', undefined))
    .where((eb) => (kind === 'v1' ? eb('v1_user', 'is not', null) : IS_TOKEN))
    .where('ended_at_ms', 'is', null)
    .where((eb) =>
      eb.or([eb('is_unscoped', '=', 1), eb('organization_id', 'in', eb.selectFrom('organizations').select('organizations.id'))]),
    );
  if (id !== undefined) query = query.where('id', '=', id);
  if (orgID !== undefined) query = query.where('organization_id', '=', orgID);
  if (userID !== undefined) query = query.where('user_id', '=', userID);
  if (search !== undefined) {
    const key = search.toLowerCase();
    const pattern = `%${key.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((eb) => eb.or([sql<boolean>`description_key like ${pattern} escape '\\'`, eb('id', '=', key)]));
  }
  if (opens !== undefined) query = query.where((eb) => opensBucket(eb, opens));
  return query;
}

/** Permissions are stored in one spelling and ids have no wildcards, so that what is granted can be searched for as text. */
const opensBucket = (eb: ExpressionBuilder<Tables, 'authorizations'>, { bucketId, orgID, actions }: OpenedBucket) =>
  eb.or(
    actions.flatMap((action) => [
      eb('permissions', 'like', `%["${action}","buckets","${bucketId}",null]%`),
      eb('permissions', 'like', `%["${action}","buckets","${bucketId}","${orgID}"]%`),
      eb('permissions', 'like', `%["${action}","buckets",null,"${orgID}"]%`),
      eb('permissions', 'like', `%["${action}","buckets",null,null]%`),
    ]),
  );

/** Action, type, id, orgID, and where a client gave one that means nothing, that. */
type StoredPermission = [Action, ResourceType, string | null, string | null, string?];

const encodePermission = ({ action, resource: { type, id, orgID, statedOrgID } }: Permission): StoredPermission => [
  action,
  type,
  id ?? null,
  orgID ?? null,
  ...((statedOrgID === undefined ? [] : [statedOrgID]) as [string?]),
];

const decodePermission = ([action, type, id, orgID, statedOrgID]: StoredPermission): Permission => ({
  action,
  resource: {
    type,
    id: id ?? undefined,
    orgID: (orgID as OrganizationId | null) ?? undefined,
    ...(statedOrgID === undefined ? {} : { statedOrgID: statedOrgID as OrganizationId }),
  },
});

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

type SecretColumns = Pick<Tables['authorizations'], 'hash' | 'plain_token' | 'v1_user' | 'v1_password_hash'>;

const encodeSecret = (secret: StoredSecret): SecretColumns =>
  secret.kind === 'token'
    ? { hash: secret.hash ?? null, plain_token: secret.plainToken ?? null, v1_user: null, v1_password_hash: null }
    : { hash: null, plain_token: null, v1_user: secret.userName, v1_password_hash: secret.passwordHash ?? null };

const decodeSecret = (row: SecretColumns): StoredSecret =>
  row.v1_user === null
    ? { kind: 'token', hash: row.hash ?? undefined, plainToken: row.plain_token ?? undefined }
    : { kind: 'v1', userName: row.v1_user, passwordHash: row.v1_password_hash ?? undefined };

const encode = (authorization: Authorization): Tables['authorizations'] => ({
  id: authorization.id,
  organization_id: authorization.orgID,
  user_id: authorization.userID,
  status: authorization.status,
  description: authorization.description,
  description_key: authorization.description.toLowerCase(),
  token_kind: tokenKindOf(authorization.permissions, authorization.orgID),
  permissions: JSON.stringify(authorization.permissions.map(encodePermission)),
  is_unscoped: unscopedPermissions(authorization.permissions).length > 0 ? 1 : 0,
  ...encodeSecret(authorization.secret),
  ended_at_ms: authorization.endedAtMs ?? null,
  created_at_ms: authorization.createdAtMs,
  updated_at_ms: authorization.updatedAtMs,
});

/** Permissions of which one cannot be read grant nothing: a flipped bit must not make a read a write. */
function decodeRow(row: Tables['authorizations'], tellDamage: TellDamage): Authorization {
  const permissions = readJson(row.permissions, areStoredPermissions);
  if (permissions === undefined) {
    tellDamage({ noun: 'authorization', id: row.id, problem: 'its permissions cannot be read: it grants nothing; create another one' });
  }
  return {
    id: row.id as AuthorizationId,
    orgID: row.organization_id as OrganizationId,
    userID: row.user_id as UserId,
    status: row.status as Status,
    description: row.description,
    permissions: (permissions ?? []).map(decodePermission),
    secret: decodeSecret(row),
    endedAtMs: row.ended_at_ms ?? undefined,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

const decode = (row: Tables['authorizations'] | undefined, tellDamage: TellDamage): Authorization | undefined =>
  row && decodeRow(row, tellDamage);
