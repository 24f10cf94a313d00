/** Tombstones in the metadata store: the only orders by which the points of a bucket are deleted. */
import type { BucketId } from '../domain/id.js';
import type { StoreWriter } from '../domain/store.js';
import type { Database } from './database.js';

type Methods = Pick<StoreWriter, 'listTombstones' | 'putTombstone' | 'deleteTombstone'>;

export const tombstoneQueries = (db: Database): Methods => ({
  async listTombstones() {
    const rows = await db.selectFrom('tombstones').selectAll().orderBy('bucket_id').execute();
    return rows.map(({ bucket_id, deleted_at_ms }) => ({ bucketId: bucket_id as BucketId, deletedAtMs: deleted_at_ms }));
  },

  async putTombstone({ bucketId, deletedAtMs }) {
    await db
      .insertInto('tombstones')
      .values({ bucket_id: bucketId, deleted_at_ms: deletedAtMs })
      .onConflict((conflict) => conflict.column('bucket_id').doUpdateSet({ deleted_at_ms: deletedAtMs }))
      .execute();
  },

  async deleteTombstone(bucketId) {
    await db.deleteFrom('tombstones').where('bucket_id', '=', bucketId).execute();
  },
});
