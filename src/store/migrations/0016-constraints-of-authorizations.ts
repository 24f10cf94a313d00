/** What authorizations are limited to besides their permissions, and which points of a bucket a permission covers. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('authorizations').addColumn('constraints', 'text').execute();
  await db.schema.alterTable('authorization_permissions').addColumn('point_match', 'text').execute();
  await db.schema
    .createTable('authorization_writes')
    .addColumn('authorization_id', 'text', (c) => c.primaryKey())
    .addColumn('day', 'integer', (c) => c.notNull())
    .addColumn('bytes', 'bigint', (c) => c.notNull())
    .execute();
}
