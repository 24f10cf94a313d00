/** When authorizations expire, how long an organization lets its tokens live at most, and which warning of an expiry was given. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('authorizations').addColumn('expires_at_ms', 'bigint').execute();
  await db.schema.alterTable('authorizations').addColumn('expiry_warned_days', 'integer').execute();
  await db.schema
    .createIndex('authorizations_by_expiry')
    .on('authorizations')
    .column('expires_at_ms')
    .where(sql.ref('expires_at_ms'), 'is not', null)
    .execute();
  await db.schema.alterTable('organizations').addColumn('token_lifetime_max_ms', 'bigint').execute();
}
