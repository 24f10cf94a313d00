/** Buckets that were deleted and whose points may still be there. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tombstones')
    .addColumn('bucket_id', 'text', (c) => c.primaryKey())
    .addColumn('deleted_at_ms', 'bigint', (c) => c.notNull())
    .execute();
}
