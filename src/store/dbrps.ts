/** DBRP mappings in the metadata store. */
import type { DbrpMapping } from '../domain/dbrp.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import type { StoreWriter } from '../domain/store.js';
import type { Database, RecordChange } from './database.js';
import type { Tables } from './tables.js';

type Methods = Pick<StoreWriter, 'findMapping' | 'listMappings' | 'insertMapping' | 'updateMapping' | 'deleteMapping'>;

export const dbrpQueries = (db: Database, record: RecordChange): Methods => ({
  async findMapping(id) {
    const row = await db.selectFrom('dbrp_mappings').selectAll().where('id', '=', id).executeTakeFirst();
    return row && decodeRow(row);
  },

  async listMappings(orgID) {
    const rows = await db.selectFrom('dbrp_mappings').selectAll().where('organization_id', '=', orgID).orderBy('id').execute();
    return rows.map(decodeRow);
  },

  async insertMapping(mapping) {
    await db.insertInto('dbrp_mappings').values(encode(mapping)).execute();
    record({ noun: 'mapping', kind: 'insert', id: mapping.id });
  },

  async updateMapping(mapping) {
    const { id, ...columns } = encode(mapping);
    const { numUpdatedRows } = await db.updateTable('dbrp_mappings').set(columns).where('id', '=', id).executeTakeFirst();
    if (numUpdatedRows > 0n) record({ noun: 'mapping', kind: 'update', id });
    return numUpdatedRows > 0n;
  },

  async deleteMapping(id) {
    const { numDeletedRows } = await db.deleteFrom('dbrp_mappings').where('id', '=', id).executeTakeFirst();
    if (numDeletedRows > 0n) record({ noun: 'mapping', kind: 'delete', id });
    return numDeletedRows > 0n;
  },
});

const encode = (mapping: DbrpMapping): Tables['dbrp_mappings'] => ({
  id: mapping.id,
  organization_id: mapping.orgID,
  bucket_id: mapping.bucketID,
  database: mapping.database,
  retention_policy: mapping.retentionPolicy,
  is_default: mapping.isDefault ? 1 : 0,
});

const decodeRow = (row: Tables['dbrp_mappings']): DbrpMapping => ({
  id: row.id,
  orgID: row.organization_id as OrganizationId,
  bucketID: row.bucket_id as BucketId,
  database: row.database,
  retentionPolicy: row.retention_policy,
  isDefault: row.is_default === 1,
  isVirtual: false,
});
