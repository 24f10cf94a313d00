/** The id that a user has at a service that signs them in, as InfluxDB's API has it; empty for none. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('users')
    .addColumn('oauth_id', 'text', (c) => c.notNull().defaultTo(sql`''`))
    .execute();
}
