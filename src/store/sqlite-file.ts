/** Operations on the file of a SQLite store as a whole: copy it, replace its content, rewrite it. */
import { closeSync, openSync, rmSync } from 'node:fs';
import Sqlite from 'better-sqlite3';

/** Pages that are copied before other work has its turn. */
const PAGES_PER_TURN = 1000;

/** Copies what is committed at this moment. Writers do not wait, and what they write meanwhile is not in the copy. */
export async function copyDatabase(file: string, copy: string): Promise<void> {
  closeSync(openSync(copy, 'wx', 0o600));
  const source = new Sqlite(file, { readonly: true });
  try {
    source.exec('BEGIN');
    source.prepare('SELECT count(*) FROM sqlite_master').get();
    await source.backup(copy, { progress: () => PAGES_PER_TURN });
  } catch (error) {
    rmSync(copy, { force: true });
    throw error;
  } finally {
    source.close();
  }
  // One file, without a log beside it.
  const copied = new Sqlite(copy);
  copied.pragma('journal_mode = DELETE');
  copied.close();
}

/** What is said of this file to those who have it open, and what has happened to it: another file says it of others. */
const OF_THIS_FILE: readonly string[] = ['changes', 'audit', 'audit_head', 'refused_requests'];

/**
 * Replaces the rows of every table, but those of this file's own history, by those of a file with the same tables, in one transaction.
 *
 * @param finish what belongs into the same transaction
 */
export async function replaceContent(database: Sqlite.Database, other: string, finish: () => Promise<void>): Promise<void> {
  database.prepare('ATTACH ? AS other').run(other);
  try {
    database.exec('BEGIN IMMEDIATE');
    const tables = database.prepare("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").pluck().all();
    for (const table of tables as string[]) {
      if (OF_THIS_FILE.includes(table)) continue;
      const columns = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
      const list = columns.map((column) => `"${column}"`).join(', ');
      database.exec(`DELETE FROM main."${table}"; INSERT INTO main."${table}" (${list}) SELECT ${list} FROM other."${table}"`);
    }
    await finish();
    database.exec('COMMIT');
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
    database.exec('DETACH other');
  }
}

/** Rewrites the file without the pages that are free, and empties the log beside it. */
export function rewriteDatabase(database: Sqlite.Database): void {
  database.exec('VACUUM');
  database.pragma('wal_checkpoint(TRUNCATE)');
}
