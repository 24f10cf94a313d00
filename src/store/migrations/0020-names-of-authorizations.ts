/** Names that files of tokens know authorizations by; unique within an organization, and optional. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('authorizations').addColumn('name', 'text').execute();
  await db.schema
    .createIndex('authorizations_by_name')
    .unique()
    .on('authorizations')
    .columns(['organization_id', 'name'])
    .where(sql.ref('name'), 'is not', null)
    .execute();
}
