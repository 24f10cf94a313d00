/** On which day each permission of an authorization was needed last. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('permission_uses')
    .addColumn('authorization_id', 'text', (c) => c.notNull())
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('needed_at_ms', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('permission_uses_key', ['authorization_id', 'position'])
    .execute();
}
