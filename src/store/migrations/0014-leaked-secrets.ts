/** When a secret was reported as known to others. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('authorization_secrets').addColumn('leaked_at_ms', 'bigint').execute();
}
