/** One connection to a SQLite file, as SQL and as queries. */
import Sqlite from 'better-sqlite3';
import { Kysely, SqliteDialect, type SqliteDatabase } from 'kysely';
import { BoundedMap } from '../bounded/bounded-map.js';
import type { Tables } from './tables.js';

/** Statements that are kept prepared per connection. */
const PREPARED_STATEMENTS_MAX = 200;
/** How long a statement waits for another process that writes. */
const BUSY_TIMEOUT_MS = 5000;

export interface Connection {
  readonly database: Sqlite.Database;
  readonly kysely: Kysely<Tables>;
}

/** @throws Error naming the file when it is no database */
export function openConnection(file: string, prepare: (database: Sqlite.Database) => unknown): Connection {
  const database = new Sqlite(file);
  try {
    database.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    prepare(database);
  } catch (cause) {
    database.close();
    throw new Error(`${file} is not a readable Sluice store: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
  return { database, kysely: new Kysely<Tables>({ dialect: new SqliteDialect({ database: keepPrepared(database) }) }) };
}

/** Kysely prepares each query again; there are few texts, and their statements can be kept. */
function keepPrepared(database: Sqlite.Database): SqliteDatabase {
  const statements = new BoundedMap<string, Sqlite.Statement>(PREPARED_STATEMENTS_MAX);
  return {
    close: () => void database.close(),
    prepare(text) {
      let statement = statements.get(text);
      if (statement === undefined) {
        statements.set(text, (statement = database.prepare(text)));
      }
      return statement;
    },
  };
}
