/** Lists and counts of authorizations in the metadata store. */
import { sql, type ExpressionBuilder, type SqlBool } from 'kysely';
import type { Authorization } from '../domain/authorization.js';
import type { AuthorizationFilter, AuthorizationOrder, OpenedResource, StoreWriter } from '../domain/store.js';
import type { TokenKind } from '../domain/token-kind.js';
import type { Status } from '../domain/user.js';
import { AUTHORIZATION_COLUMNS, partsOf, type WholeRow } from './authorization-records.js';
import { cut, pageBy, within } from './paging.js';
import type { Database } from './database.js';
import type { Tables } from './tables.js';

type Methods = Pick<StoreWriter, 'listAuthorizations' | 'countAuthorizations' | 'listActiveTokensOfUser'>;

/** @param decode a row of a page */
export const authorizationLists = (db: Database, decode: (row: WholeRow) => Authorization): Methods => ({
  async listAuthorizations(filter, page, order = 'createdAt') {
    const { tokenKind, status, effectiveAtMs } = filter;
    const statusColumn = effectiveAtMs === undefined ? ORDER_COLUMNS.status : effectiveStatus(effectiveAtMs);
    let query = selectWithin(db, filter);
    if (tokenKind !== undefined) query = query.where('token_kind', '=', tokenKind);
    if (status !== undefined) query = query.where(statusColumn, '=', status);
    if (order === 'createdAt') {
      const rows = await pageBy(query.select(AUTHORIZATION_COLUMNS).select(partsOf), 'authorizations.id', page, page.after).execute();
      return rows.map((row) => decode(row as WholeRow));
    }
    const direction = page.descending ? 'desc' : 'asc';
    const column = order === 'status' ? statusColumn : ORDER_COLUMNS[order];
    const sorted = cut(query.selectAll('authorizations').orderBy(column, direction).orderBy('authorizations.id'), page);
    // Permissions are read of the page alone, not of all that is sorted to find it.
    const rows = await db
      .selectFrom(sorted.as('authorizations'))
      .select(AUTHORIZATION_COLUMNS)
      .select(partsOf)
      .orderBy(column, direction)
      .orderBy('authorizations.id')
      .execute();
    return rows.map((row) => decode(row as WholeRow));
  },

  async countAuthorizations(filter) {
    const { effectiveAtMs } = filter;
    const status = effectiveAtMs === undefined ? sql.ref<string>(ORDER_COLUMNS.status) : effectiveStatus(effectiveAtMs);
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
      .select(AUTHORIZATION_COLUMNS)
      .select(partsOf)
      .where('user_id', '=', userId)
      .where('status', '=', 'active')
      .where('v1_user', 'is', null)
      .where('ended_at_ms', 'is', null)
      .orderBy('id')
      .execute();
    return rows.map((row) => decode(row as WholeRow));
  },
});

const ORDER_COLUMNS = {
  updatedAt: 'authorizations.updated_at_ms',
  description: 'authorizations.description_key',
  kind: 'authorizations.token_kind',
  status: 'authorizations.status',
  user: sql<string>`(select users.name_key from users where users.id = authorizations.user_id)`,
} as const satisfies { readonly [order in Exclude<AuthorizationOrder, 'createdAt'>]: unknown };

/** Inactive users are few: they are looked up once, however many tokens there are. */
const effectiveStatus = (nowMs: number) => sql<string>`case
  when authorizations.expires_at_ms <= ${sql.lit(nowMs)} then 'inactive'
  when authorizations.user_id in (select users.id from users where users.status <> 'active') then 'inactive'
  else authorizations.status end`;

/** Nearly all are: written so that no engine takes the index of v1 users to find them, and sorts a million of them for a page of twenty. */
const IS_TOKEN = sql<SqlBool>`case when v1_user is null then 1 else 0 end = 1`;

/** Those that are there, may be seen and pass the filters but those of kind and status. */
function selectWithin(
  db: Database,
  { kind, id, orgID, userID, name, search, expires, unusedSinceMs, opens, readable, readableUsers }: AuthorizationFilter,
) {
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
  if (name !== undefined) query = query.where('authorizations.name', '=', name);
  if (search !== undefined) {
    const key = search.toLowerCase();
    const pattern = `%${key.replace(/[\\%_]/g, '\\$&')}%`;
    query = query.where((eb) => eb.or([sql<boolean>`description_key like ${pattern} escape '\\'`, eb('id', '=', key)]));
  }
  if (expires !== undefined) query = query.where('expires_at_ms', '>', expires.afterMs).where('expires_at_ms', '<=', expires.untilMs);
  if (unusedSinceMs !== undefined) {
    const lastUse = sql`(select max(used_at_ms) from authorization_uses where authorization_id = authorizations.id)`;
    query = query.where('created_at_ms', '<', unusedSinceMs).where(sql<number>`coalesce(${lastUse}, 0)`, '<', unusedSinceMs);
  }
  if (opens !== undefined) query = query.where((eb) => opensResource(eb, opens));
  return query;
}

/** Its id in its organization or alone, all of its type in its organization, or all there are: four places in the index of what is granted. */
function opensResource(eb: ExpressionBuilder<Tables, 'authorizations'>, { type, id: resourceId, orgID, actions }: OpenedResource) {
  const held = (id: string | null, organization: string | null) =>
    eb
      .selectFrom('authorization_permissions')
      .select('authorization_id')
      .where('type', '=', type)
      .where('resource_id', id === null ? 'is' : '=', id)
      .where('organization_id', organization === null ? 'is' : '=', organization)
      .where('action', 'in', actions);
  const places = held(resourceId, orgID).unionAll(held(resourceId, null)).unionAll(held(null, orgID)).unionAll(held(null, null));
  return eb('authorizations.id', 'in', places);
}
