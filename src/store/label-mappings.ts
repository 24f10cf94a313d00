/** Which labels are on which resources. */
import type { LabelId } from '../domain/id.js';
import type { StoreWriter } from '../domain/store.js';
import type { Database, RecordChange } from './database.js';

type Methods = Pick<StoreWriter, 'listLabelIdsOn' | 'insertLabelMapping' | 'deleteLabelMapping'>;

export const labelMappingQueries = (db: Database, record: RecordChange): Methods => ({
  async listLabelIdsOn(type, resourceId) {
    const rows = await db
      .selectFrom('label_mappings')
      .select('label_id')
      .where('resource_type', '=', type)
      .where('resource_id', '=', resourceId)
      .orderBy('label_id')
      .execute();
    return rows.map((row) => row.label_id as LabelId);
  },

  async insertLabelMapping({ labelId, resourceType, resourceId }) {
    const { numInsertedOrUpdatedRows = 0n } = await db
      .insertInto('label_mappings')
      .values({ label_id: labelId, resource_type: resourceType, resource_id: resourceId })
      .onConflict((conflict) => conflict.columns(['resource_type', 'resource_id', 'label_id']).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows > 0n) record({ noun: 'label mapping', kind: 'insert', id: resourceId });
    return numInsertedOrUpdatedRows > 0n;
  },

  async deleteLabelMapping({ labelId, resourceType, resourceId }) {
    const { numDeletedRows } = await db
      .deleteFrom('label_mappings')
      .where('label_id', '=', labelId)
      .where('resource_type', '=', resourceType)
      .where('resource_id', '=', resourceId)
      .executeTakeFirst();
    if (numDeletedRows > 0n) record({ noun: 'label mapping', kind: 'delete', id: resourceId });
    return numDeletedRows > 0n;
  },
});
