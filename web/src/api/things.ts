/** What there is of each type of resource, by name: for forms that choose single ones. */
import { queryOptions } from '@tanstack/react-query';
import type { ResourceType } from '../../../src/domain/permission.js';
import { ApiError, getJson, queryOf } from './http.js';
import { listTasks } from './tasks.js';

export interface Thing {
  readonly id: string;
  readonly name: string;
}

interface Row {
  readonly id: string;
  readonly name?: string;
  readonly description?: string;
  readonly database?: string;
  readonly retention_policy?: string;
}

/** Of the types that the server lists by name: where, and in which member. */
const LISTS = {
  dashboards: ['/api/v2/dashboards', 'dashboards'],
  tasks: ['/api/v2/tasks', 'tasks'],
  variables: ['/api/v2/variables', 'variables'],
  checks: ['/api/v2/checks', 'checks'],
  notificationEndpoints: ['/api/v2/notificationEndpoints', 'notificationEndpoints'],
  notificationRules: ['/api/v2/notificationRules', 'notificationRules'],
  labels: ['/api/v2/labels', 'labels'],
  scrapers: ['/api/v2/scrapers', 'configurations'],
  notebooks: ['/api/v2private/notebooks', 'flows'],
  remotes: ['/api/v2/remotes', 'remotes'],
  replications: ['/api/v2/replications', 'replications'],
  sources: ['/api/v2/sources', 'sources'],
  dbrp: ['/api/v2/dbrps', 'content'],
  authorizations: ['/api/v2/authorizations', 'authorizations'],
} as const satisfies Partial<Record<ResourceType, readonly [path: string, member: string]>>;

export type ListedType = keyof typeof LISTS;
export const LISTED_TYPES = Object.keys(LISTS) as ListedType[];
export const isListedType = (type: ResourceType): type is ListedType => type in LISTS;

/** Rows of a page, and the most that is fetched. */
const PAGE_ROWS = 100;
const THINGS_MAX = 5000;

export const thingsQuery = (orgID: string, type: ListedType) =>
  queryOptions({
    queryKey: ['things', orgID, type],
    queryFn: ({ signal }): Promise<readonly Thing[]> => (type === 'tasks' ? listTasks(orgID, signal) : listThings(orgID, type, signal)),
  });

/** Some lists come in pages and some as a whole, whatever is asked for. A server without a type has nothing of it. */
async function listThings(orgID: string, type: ListedType, signal: AbortSignal): Promise<readonly Thing[]> {
  const [path, member] = LISTS[type];
  const found = new Map<string, Thing>();
  try {
    for (let offset = 0; offset < THINGS_MAX; offset += PAGE_ROWS) {
      const body = await getJson<Record<string, Row[] | null>>(`${path}?${queryOf({ orgID, limit: PAGE_ROWS, offset })}`, signal);
      const rows = body[member] ?? [];
      const isNew = rows.some(({ id }) => !found.has(id));
      for (const row of rows) found.set(row.id, { id: row.id, name: nameOf(row) });
      if (!isNew || rows.length < PAGE_ROWS) break;
    }
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 405)) return [];
    throw error;
  }
  return [...found.values()];
}

const nameOf = ({ id, name, description, database, retention_policy: policy }: Row): string =>
  name || description || (database === undefined ? id : `${database}/${policy ?? ''}`);
