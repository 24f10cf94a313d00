/** The sealed secrets of organizations. */
import type { StoreWriter } from '../domain/store.js';
import type { Database, RecordChange } from './database.js';

type Methods = Pick<StoreWriter, 'listSecretKeys' | 'findSealedSecret' | 'putSecret' | 'deleteSecret'>;

export const secretQueries = (db: Database, record: RecordChange): Methods => ({
  async listSecretKeys(orgID) {
    const rows = await db.selectFrom('secrets').select('key').where('organization_id', '=', orgID).orderBy('key').execute();
    return rows.map((row) => row.key);
  },

  async findSealedSecret(orgID, key) {
    const row = await db
      .selectFrom('secrets')
      .select('sealed')
      .where('organization_id', '=', orgID)
      .where('key', '=', key)
      .executeTakeFirst();
    return row?.sealed;
  },

  async putSecret(orgID, key, sealed) {
    await db
      .insertInto('secrets')
      .values({ organization_id: orgID, key, sealed })
      .onConflict((conflict) => conflict.columns(['organization_id', 'key']).doUpdateSet({ sealed }))
      .execute();
    record({ noun: 'secret', kind: 'update', id: orgID });
  },

  async deleteSecret(orgID, key) {
    const { numDeletedRows } = await db
      .deleteFrom('secrets')
      .where('organization_id', '=', orgID)
      .where('key', '=', key)
      .executeTakeFirst();
    if (numDeletedRows > 0n) record({ noun: 'secret', kind: 'delete', id: orgID });
    return numDeletedRows > 0n;
  },
});
