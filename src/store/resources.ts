/** Resources of organizations in the metadata store: the queries of every kind, written once. */
import type { Field } from '../domain/field.js';
import type { Id, OrganizationId } from '../domain/id.js';
import type { Owned, ResourceOrder, ResourceWriter, StoredKind, StoredType } from '../domain/kind.js';
import type { Scope } from '../domain/permission.js';
import type { StoreWriter } from '../domain/store.js';
import { deleteResources } from './cascade.js';
import { pageBy, within } from './paging.js';
import type { Database, RecordChange, TellDamage } from './database.js';
import { readJson } from './stored-json.js';
import type { Tables } from './tables.js';

type Row = Tables['resources'];
type Methods = Pick<StoreWriter, 'resources' | 'findOrganizationOf'>;

export const resourceQueries = (db: Database, record: RecordChange, tellDamage: TellDamage): Methods => ({
  resources: (kind) => queriesOf(kind, db, record, tellDamage),

  async findOrganizationOf(type, id) {
    const row = await db.selectFrom('resources').select('organization_id').where('type', '=', type).where('id', '=', id).executeTakeFirst();
    return row?.organization_id as OrganizationId | undefined;
  },
});

function queriesOf<T extends Owned>(kind: StoredKind<T>, db: Database, record: RecordChange, tellDamage: TellDamage): ResourceWriter<T> {
  const { type } = kind;
  const keyOf = (name: string): string | undefined => kind.uniqueKey?.(name);
  const rows = () => db.selectFrom('resources').selectAll().where('type', '=', type);
  const decode = (row: Row): T => decodeRow(kind, row, tellDamage);

  return {
    async find(id) {
      const row = await rows().where('id', '=', id).executeTakeFirst();
      return row && decode(row);
    },

    async findByName(orgID, name) {
      const row = await rows()
        .where('organization_id', '=', orgID)
        .where('name_key', '=', keyOf(name) ?? name)
        .executeTakeFirst();
      return row && decode(row);
    },

    async list(filter, page, order = 'id') {
      const { readable, readableOrganizations, ids, orgID, name } = filter;
      let query = rows();
      query =
        readableOrganizations === undefined
          ? query.where((eb) => within(eb, readable, 'resources.id', 'resources.organization_id'))
          : query.where((eb) =>
              eb.or([
                eb.and([eb('is_read_with_organization', '=', 0), within(eb, readable, 'resources.id', 'resources.organization_id')]),
                eb.and([
                  eb('is_read_with_organization', '=', 1),
                  within(eb, readableOrganizations, 'resources.organization_id', undefined),
                ]),
              ]),
            );
      if (ids !== undefined) query = query.where((eb) => within(eb, scopeOfIds(ids), 'resources.id', undefined));
      if (orgID !== undefined) query = query.where('organization_id', '=', orgID);
      if (name !== undefined) {
        const key = keyOf(name);
        query = key === undefined ? query.where('name', '=', name) : query.where('name_key', '=', key);
      }
      // Of many with one name, or one time, the order is that of their ids.
      const column = COLUMNS[order];
      let paged = pageBy(query, column, page, await valueBehind(db, type, order, page.after));
      if (order !== 'id') paged = paged.orderBy('id', page.descending ? 'desc' : 'asc');
      return (await paged.execute()).map(decode);
    },

    async listOf(orgID) {
      return (await rows().where('organization_id', '=', orgID).orderBy('id').execute()).map(decode);
    },

    async insert(resource) {
      await db.insertInto('resources').values(encode(kind, resource)).execute();
      // The points of a bucket that is there again stay.
      if (type === 'buckets') await db.deleteFrom('tombstones').where('bucket_id', '=', resource.id).execute();
      record({ noun: type, kind: 'insert', id: resource.id });
    },

    async update(resource) {
      const { id, ...columns } = encode(kind, resource);
      const { numUpdatedRows } = await db
        .updateTable('resources')
        .set(columns)
        .where('type', '=', type)
        .where('id', '=', id)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) record({ noun: type, kind: 'update', id });
      return numUpdatedRows > 0n;
    },

    delete: (id, deletedAtMs) => deleteResources(db, record, { type, id }, deletedAtMs),
  };
}

const scopeOfIds = (ids: readonly Id[]): Scope => ({ everything: false, organizationIds: [], ids, placedIds: [] });

const COLUMNS = {
  id: 'resources.id',
  name: 'resources.name',
  createdAt: 'resources.created_at_ms',
  updatedAt: 'resources.updated_at_ms',
} as const satisfies Record<ResourceOrder, string>;

/** What the resource with this id is ordered by. Many may have one time, so that a page is not told to start behind one of them. */
async function valueBehind(db: Database, type: StoredType, order: ResourceOrder, id: Id | undefined): Promise<string | undefined> {
  if (id === undefined || order === 'id') return id;
  if (order !== 'name') return undefined;
  const row = await db.selectFrom('resources').select('name').where('type', '=', type).where('id', '=', id).executeTakeFirst();
  return row?.name;
}

/** Properties that have a column of their own. */
const COLUMN_PROPERTIES: readonly string[] = ['id', 'orgID', 'name', 'createdAtMs', 'updatedAtMs'] satisfies (keyof Owned)[];

function encode<T extends Owned>(kind: StoredKind<T>, resource: T): Row {
  const name = kind.nameOf?.(resource) ?? resource.name ?? '';
  const fields = Object.entries(resource).filter(([property]) => !COLUMN_PROPERTIES.includes(property));
  return {
    type: kind.type,
    id: resource.id,
    organization_id: resource.orgID,
    name,
    name_key: kind.uniqueKey?.(name) ?? null,
    parent_id: kind.parentOf?.(resource) ?? null,
    is_read_with_organization: kind.isReadWithOrganization?.(resource) === true ? 1 : 0,
    created_at_ms: resource.createdAtMs ?? 0,
    updated_at_ms: resource.updatedAtMs ?? 0,
    document: JSON.stringify(Object.fromEntries(fields)),
  };
}

/** What is damaged takes the value that its field has for this case, so that one record fails no list. */
function decodeRow<T extends Owned>(kind: StoredKind<T>, row: Row, tellDamage: TellDamage): T {
  const document = readJson(row.document, isObject);
  const known: Readonly<Record<string, unknown>> = {
    ...document,
    name: row.name,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
  let isWhole = document !== undefined;
  const properties = (Object.entries(kind.fields) as [string, Field<unknown>][]).map(([property, field]) => {
    const value = known[property];
    if (field.is(value)) return [property, value];
    isWhole = false;
    return [property, field.fallback];
  });
  if (!isWhole) tellDamage({ noun: row.type as StoredType, id: row.id, problem: 'its document cannot be read' });
  return { id: row.id, orgID: row.organization_id, ...(Object.fromEntries(properties) as object) } as unknown as T;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
