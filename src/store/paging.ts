/** Pages and scopes as SQL, the same for every table. */
import { sql, type ExpressionBuilder, type ExpressionWrapper, type RawBuilder, type SelectQueryBuilder, type SqlBool } from 'kysely';
import type { Page } from '../domain/page.js';
import type { PlacedId, Scope } from '../domain/permission.js';
import type { Tables } from './tables.js';

/** Orders by a unique column and cuts the page out. `after` is the value of that column behind which the page starts. */
export function pageBy<Table extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  column: string,
  page: Page,
  after: string | undefined,
): SelectQueryBuilder<Tables, Table, Row> {
  const reference = sql.ref<string>(column);
  let paged = query.orderBy(reference, page.descending ? 'desc' : 'asc');
  if (after !== undefined) paged = paged.where(reference, page.descending ? '<' : '>', after);
  return cut(paged, page);
}

/** Cuts the page out of what is in order already. */
export function cut<Table extends keyof Tables, Row>(
  query: SelectQueryBuilder<Tables, Table, Row>,
  { limit, offset }: Page,
): SelectQueryBuilder<Tables, Table, Row> {
  if (limit !== undefined) return query.limit(limit).offset(offset);
  // An offset without a limit is not SQL that every engine knows.
  return offset > 0 ? query.limit(Number.MAX_SAFE_INTEGER).offset(offset) : query;
}

/** Lies in one of the scope's organizations, is one of its ids, or one of those that count in their organization only. */
export function within<Table extends keyof Tables>(
  eb: ExpressionBuilder<Tables, Table>,
  scope: Scope,
  idColumn: string,
  organizationColumn: string | undefined,
): ExpressionWrapper<Tables, Table, SqlBool> {
  if (scope.everything) return eb.and([]);
  const parts = [];
  if (organizationColumn !== undefined) {
    parts.push(...isOneOf(eb, sql.ref<string>(organizationColumn), scope.organizationIds));
    parts.push(...isPlacedIn(eb, idColumn, organizationColumn, scope.placedIds));
  }
  parts.push(...isOneOf(eb, sql.ref<string>(idColumn), scope.ids));
  return eb.or(parts);
}

/** More values than this would not fit into the parameters that engines allow in one statement. */
const LISTED_VALUES_MAX = 5000;

/** The ids alone find the rows by their index. */
function isPlacedIn<Table extends keyof Tables>(
  eb: ExpressionBuilder<Tables, Table>,
  idColumn: string,
  organizationColumn: string,
  placed: readonly PlacedId[],
): ExpressionWrapper<Tables, Table, SqlBool>[] {
  if (placed.length === 0) return [];
  const id = sql.ref<string>(idColumn);
  const both = sql<string>`${id} || ${sql.ref<string>(organizationColumn)}`;
  const ids = [...new Set(placed.map((one) => one.id))];
  const pairs = placed.map((one) => one.id + one.orgID);
  return [eb.and([...isOneOf(eb, id, ids), ...isOneOf(eb, both, pairs)])];
}

function isOneOf<Table extends keyof Tables>(
  eb: ExpressionBuilder<Tables, Table>,
  column: RawBuilder<string>,
  values: readonly string[],
): ExpressionWrapper<Tables, Table, SqlBool>[] {
  if (values.length === 0) return [];
  if (values.length <= LISTED_VALUES_MAX) return [eb(column, 'in', values)];
  // Ids have one length and no wildcards, so that one long text can be searched for each of them.
  return [eb(sql<string>`${values.join(',')}`, 'like', sql<string>`'%' || ${column} || '%'`)];
}
