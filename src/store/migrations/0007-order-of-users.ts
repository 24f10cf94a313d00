/** What lists are sorted by where they are sorted by users: a name in lower case, which engines make in different ways. */
import { sql, type Kysely } from 'kysely';

interface Schema {
  users: { id: string; name: string; name_key: string };
}

export async function up(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .alterTable('users')
    .addColumn('name_key', 'text', (c) => c.notNull().defaultTo(sql`''`))
    .execute();
  for (const { id, name } of await db.selectFrom('users').select(['id', 'name']).execute()) {
    await db.updateTable('users').set({ name_key: name.toLowerCase() }).where('id', '=', id).execute();
  }
}
