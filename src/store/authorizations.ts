/** Authorizations in the metadata store. */
import { unscopedPermissions, type Authorization, type StoredSecret } from '../domain/authorization.js';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import type { Action, Permission, ResourceType } from '../domain/permission.js';
import type { StoreWriter } from '../domain/store.js';
import type { Status } from '../domain/user.js';
import { pageBy, within } from './paging.js';
import type { Database, Record } from './queries.js';
import type { Tables } from './tables.js';

type Methods = Pick<
  StoreWriter,
  | 'findAuthorization'
  | 'findAuthorizationByHash'
  | 'findAuthorizationByV1User'
  | 'listAuthorizations'
  | 'listActiveTokensOfUser'
  | 'listPlainAuthorizations'
  | 'insertAuthorization'
  | 'updateAuthorization'
  | 'deleteAuthorization'
>;

export const authorizationQueries = (db: Database, record: Record): Methods => ({
  async findAuthorization(id) {
    return decode(await db.selectFrom('authorizations').selectAll().where('id', '=', id).executeTakeFirst());
  },

  async findAuthorizationByHash(hash) {
    return decode(await db.selectFrom('authorizations').selectAll().where('hash', '=', hash).executeTakeFirst());
  },

  async findAuthorizationByV1User(userName) {
    return decode(await db.selectFrom('authorizations').selectAll().where('v1_user', '=', userName).executeTakeFirst());
  },

  async listAuthorizations(filter, page) {
    const { kind, id, orgID, userID, readable, readableUsers } = filter;
    let query = db
      .selectFrom('authorizations')
      .selectAll()
      .where((eb) => within(eb, readable, 'authorizations.id', 'authorizations.organization_id'))
      .where((eb) => within(eb, readableUsers, 'authorizations.user_id', undefined))
      .where('v1_user', kind === 'v1' ? 'is not' : 'is', null)
      .where('ended_at_ms', 'is', null)
      .where((eb) =>
        eb.or([eb('is_unscoped', '=', 1), eb('organization_id', 'in', eb.selectFrom('organizations').select('organizations.id'))]),
      );
    if (id !== undefined) query = query.where('id', '=', id);
    if (orgID !== undefined) query = query.where('organization_id', '=', orgID);
    if (userID !== undefined) query = query.where('user_id', '=', userID);
    const rows = await pageBy(query, 'authorizations.id', page, page.after).execute();
    return rows.map(decodeRow);
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
    return rows.map(decodeRow);
  },

  async listPlainAuthorizations(limit) {
    const rows = await db
      .selectFrom('authorizations')
      .selectAll()
      .where('plain_token', 'is not', null)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map(decodeRow);
  },

  async insertAuthorization(authorization) {
    await db.insertInto('authorizations').values(encode(authorization)).execute();
    record({ noun: 'authorization', kind: 'insert', id: authorization.id });
  },

  async updateAuthorization(authorization) {
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

type StoredPermission = [Action, ResourceType, string | null, string | null];

const encodePermission = ({ action, resource }: Permission): StoredPermission => [
  action,
  resource.type,
  resource.id ?? null,
  resource.orgID ?? null,
];

const decodePermission = ([action, type, id, orgID]: StoredPermission): Permission => ({
  action,
  resource: { type, id: id ?? undefined, orgID: (orgID as OrganizationId | null) ?? undefined },
});

type SecretColumns = Pick<Tables['authorizations'], 'hash' | 'plain_token' | 'v1_user' | 'v1_password_hash'>;

const encodeSecret = (secret: StoredSecret): SecretColumns =>
  secret.kind === 'token'
    ? { hash: secret.hash, plain_token: secret.plainToken ?? null, v1_user: null, v1_password_hash: null }
    : { hash: null, plain_token: null, v1_user: secret.userName, v1_password_hash: secret.passwordHash ?? null };

const decodeSecret = (row: SecretColumns): StoredSecret =>
  row.v1_user === null
    ? { kind: 'token', hash: row.hash ?? '', plainToken: row.plain_token ?? undefined }
    : { kind: 'v1', userName: row.v1_user, passwordHash: row.v1_password_hash ?? undefined };

const encode = (authorization: Authorization): Tables['authorizations'] => ({
  id: authorization.id,
  organization_id: authorization.orgID,
  user_id: authorization.userID,
  status: authorization.status,
  description: authorization.description,
  permissions: JSON.stringify(authorization.permissions.map(encodePermission)),
  is_unscoped: unscopedPermissions(authorization.permissions).length > 0 ? 1 : 0,
  ...encodeSecret(authorization.secret),
  ended_at_ms: authorization.endedAtMs ?? null,
  created_at_ms: authorization.createdAtMs,
  updated_at_ms: authorization.updatedAtMs,
});

const decodeRow = (row: Tables['authorizations']): Authorization => ({
  id: row.id as AuthorizationId,
  orgID: row.organization_id as OrganizationId,
  userID: row.user_id as UserId,
  status: row.status as Status,
  description: row.description,
  permissions: (JSON.parse(row.permissions) as StoredPermission[]).map(decodePermission),
  secret: decodeSecret(row),
  endedAtMs: row.ended_at_ms ?? undefined,
  createdAtMs: row.created_at_ms,
  updatedAtMs: row.updated_at_ms,
});

const decode = (row: Tables['authorizations'] | undefined): Authorization | undefined => row && decodeRow(row);
