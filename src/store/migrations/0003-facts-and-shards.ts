/** What a store knows of itself, and the numbers under which parts of buckets are backed up. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('facts')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('shards')
    .addColumn('id', 'bigint', (c) => c.primaryKey())
    .addColumn('bucket_id', 'text', (c) => c.notNull())
    .addColumn('start_ns', 'text', (c) => c.notNull())
    .addColumn('stop_ns', 'text', (c) => c.notNull())
    .addUniqueConstraint('shards_place', ['bucket_id', 'start_ns', 'stop_ns'])
    .execute();
}
