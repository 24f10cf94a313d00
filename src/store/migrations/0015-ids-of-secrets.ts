/** Uses name the secret by the time of its creation: its hash can change, and is known to one place only. */
import { sql, type Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`update authorization_uses set secret_hash = coalesce(
    (select cast(created_at_ms as text) from authorization_secrets
      where authorization_secrets.authorization_id = authorization_uses.authorization_id
        and authorization_secrets.hash = authorization_uses.secret_hash),
    'ended ' || substr(secret_hash, 20, 8))
    where secret_hash <> ''`.execute(db);
  await db.schema.alterTable('authorization_uses').renameColumn('secret_hash', 'secret_id').execute();
}
