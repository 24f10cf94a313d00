/** Organizations in the metadata store. */
import type { OrganizationId } from '../domain/id.js';
import { organizationNameKey, type Organization } from '../domain/organization.js';
import type { StoreWriter } from '../domain/store.js';
import { deleteResources } from './cascade.js';
import { pageBy, within } from './paging.js';
import { prepare } from './prepared.js';
import type { Database, RecordChange } from './database.js';
import type { Tables } from './tables.js';

type Methods = Pick<
  StoreWriter,
  | 'findOrganization'
  | 'findOrganizationByName'
  | 'listOrganizations'
  | 'insertOrganization'
  | 'updateOrganization'
  | 'deleteOrganization'
  | 'hasAnyUserOrOrganization'
>;

export const organizationQueries = (db: Database, record: RecordChange): Methods => ({
  findOrganization: findById(db),

  async findOrganizationByName(name) {
    const key = organizationNameKey(name);
    return decode(await db.selectFrom('organizations').selectAll().where('name_key', '=', key).executeTakeFirst());
  },

  async listOrganizations(filter, page) {
    const { id, name, memberId } = filter;
    let query = db
      .selectFrom('organizations')
      .selectAll()
      .where((eb) => within(eb, filter.readable, 'organizations.id', undefined));
    if (id !== undefined) query = query.where('id', '=', id);
    if (name !== undefined) query = query.where('name_key', '=', organizationNameKey(name));
    if (memberId !== undefined) {
      query = query.where('id', 'in', (eb) =>
        eb.selectFrom('memberships').select('resource_id').where('resource_type', '=', 'orgs').where('user_id', '=', memberId),
      );
    }
    const rows = await pageBy(query, 'organizations.id', page, page.after).execute();
    return rows.map(decodeRow);
  },

  async insertOrganization(organization) {
    await db.insertInto('organizations').values(encode(organization)).execute();
    record({ noun: 'organization', kind: 'insert', id: organization.id });
  },

  async updateOrganization(organization) {
    const { id, ...columns } = encode(organization);
    const { numUpdatedRows } = await db.updateTable('organizations').set(columns).where('id', '=', id).executeTakeFirst();
    if (numUpdatedRows > 0n) record({ noun: 'organization', kind: 'update', id });
    return numUpdatedRows > 0n;
  },

  async deleteOrganization(id, deletedAtMs) {
    await deleteResources(db, record, { orgID: id }, deletedAtMs);
    await db.deleteFrom('memberships').where('resource_type', '=', 'orgs').where('resource_id', '=', id).execute();
    await db.deleteFrom('secrets').where('organization_id', '=', id).execute();
    const { numDeletedRows } = await db.deleteFrom('organizations').where('id', '=', id).executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    for (const noun of ['organization', 'membership', 'secret'] as const) record({ noun, kind: 'delete', id });
    return true;
  },

  async hasAnyUserOrOrganization() {
    const organization = await db.selectFrom('organizations').select('id').limit(1).executeTakeFirst();
    const user = await db.selectFrom('users').select('id').limit(1).executeTakeFirst();
    return organization !== undefined || user !== undefined;
  },
});

function findById(db: Database): Methods['findOrganization'] {
  const byId = prepare(db, () => db.selectFrom('organizations').selectAll().where('id', '=', ''));
  return async (id) => decode((await byId([id]))[0]);
}

const encode = (organization: Organization): Tables['organizations'] => ({
  id: organization.id,
  name: organization.name,
  name_key: organizationNameKey(organization.name),
  description: organization.description,
  token_lifetime_max_ms: organization.tokenLifetimeMaxMs ?? null,
  created_at_ms: organization.createdAtMs,
  updated_at_ms: organization.updatedAtMs,
});

const decodeRow = (row: Tables['organizations']): Organization => ({
  id: row.id as OrganizationId,
  name: row.name,
  description: row.description,
  tokenLifetimeMaxMs: row.token_lifetime_max_ms ?? undefined,
  createdAtMs: row.created_at_ms,
  updatedAtMs: row.updated_at_ms,
});

const decode = (row: Tables['organizations'] | undefined): Organization | undefined => row && decodeRow(row);
