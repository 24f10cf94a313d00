/** What tokens that are derived from a token are checked with. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('authorization_secrets').addColumn('derivation', 'text').execute();
}
