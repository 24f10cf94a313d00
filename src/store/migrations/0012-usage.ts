/** When each secret of an authorization was used last, from where and for what. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('authorization_uses')
    .addColumn('authorization_id', 'text', (c) => c.notNull())
    // Empty for the password of an authorization of the v1-compatible API.
    .addColumn('secret_hash', 'text', (c) => c.notNull())
    .addColumn('used_at_ms', 'bigint', (c) => c.notNull())
    .addColumn('address', 'text', (c) => c.notNull())
    .addColumn('operation', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('authorization_uses_key', ['authorization_id', 'secret_hash'])
    .execute();
}
