/** The metadata store in one SQLite file: durable at each commit, private to its owner, one writer that shares its commits. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, Migrator, SqliteDialect, type SqliteDatabase } from 'kysely';
import { DuplicateError, type Change, type Store, type StoreWriter } from '../domain/store.js';
import { migrationProvider } from './migrations/index.js';
import { createQueries } from './queries.js';
import type { Tables } from './tables.js';

export const SQLITE_FILE = 'sluice.sqlite';

/** Statements that are kept prepared per connection. */
const PREPARED_STATEMENTS_MAX = 200;
/** Transactions that may share one commit. */
const TRANSACTIONS_PER_COMMIT_MAX = 256;

/**
 * Opens or makes the store in a directory that exists and brings its schema up to date.
 *
 * @throws Error naming the file when it is no store, is damaged, or was made by a later version
 */
export async function openSqliteStore(directory: string): Promise<Store> {
  const file = join(directory, SQLITE_FILE);
  // SQLite gives its write-ahead log the mode of the file, so that making the file private makes all of it private.
  closeSync(openSync(file, 'a', 0o600));
  const writer = openConnection(file, (db) => {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
  });
  await migrate(writer.kysely, file);
  // A second connection, so that what a transaction has not committed yet is seen by nobody else.
  const reader = openConnection(file, (db) => db.pragma('query_only = ON'));

  const listeners: ((changes: readonly Change[]) => void)[] = [];
  const transactions = new TransactionQueue(writer, (changes) => {
    for (const listener of listeners) listener(changes);
  });

  return {
    ...createQueries(reader.kysely, refuseToWrite),
    transaction: (work) => transactions.run(work),
    onCommit: (listener) => {
      listeners.push(listener);
    },
    async purge() {
      await transactions.settle();
      writer.database.exec('VACUUM');
      writer.database.pragma('wal_checkpoint(TRUNCATE)');
    },
    async close() {
      await transactions.settle();
      await reader.kysely.destroy();
      writer.database.pragma('wal_checkpoint(TRUNCATE)');
      await writer.kysely.destroy();
    },
  };
}

interface Connection {
  readonly database: Sqlite.Database;
  readonly kysely: Kysely<Tables>;
}

function openConnection(file: string, prepare: (database: Sqlite.Database) => unknown): Connection {
  const database = new Sqlite(file);
  try {
    database.pragma('busy_timeout = 5000');
    prepare(database);
  } catch (cause) {
    database.close();
    throw new Error(`${file} is not a readable Sluice store: ${messageOf(cause)}`, { cause });
  }
  return { database, kysely: new Kysely<Tables>({ dialect: new SqliteDialect({ database: keepPrepared(database) }) }) };
}

/** Kysely prepares anew for each query; the few texts that there are can stay prepared. */
function keepPrepared(database: Sqlite.Database): SqliteDatabase {
  const statements = new Map<string, Sqlite.Statement>();
  return {
    close: () => void database.close(),
    prepare(text) {
      let statement = statements.get(text);
      if (statement === undefined) {
        if (statements.size >= PREPARED_STATEMENTS_MAX) statements.clear();
        statements.set(text, (statement = database.prepare(text)));
      }
      return statement;
    },
  };
}

async function migrate(kysely: Kysely<Tables>, file: string): Promise<void> {
  const { error } = await new Migrator({ db: kysely, provider: migrationProvider }).migrateToLatest();
  if (error !== undefined) throw new Error(`cannot bring ${file} up to date: ${messageOf(error)}`, { cause: error });
}

function refuseToWrite(): never {
  throw new Error('a change outside of a transaction');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Job {
  readonly work: (writer: StoreWriter) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Runs transactions one after the other. Those that wait when a commit begins share it, each in a savepoint of its own: one that fails
 * leaves nothing and takes no other with it. A commit costs a wait for the disk, and this is what many clients at once pay it for.
 */
class TransactionQueue {
  readonly #connection: Connection;
  readonly #committed: (changes: readonly Change[]) => void;
  readonly #writer: StoreWriter;
  #changes: Change[] = [];
  #waiting: Job[] = [];
  #running: Promise<void> | undefined;

  constructor(connection: Connection, committed: (changes: readonly Change[]) => void) {
    this.#connection = connection;
    this.#committed = committed;
    this.#writer = createQueries(connection.kysely, (change) => this.#changes.push(change));
  }

  run<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as Job['resolve'], reject });
      this.#running ??= this.#drain();
    });
  }

  /** Waits until nothing runs or waits. */
  async settle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Requests that arrived together are handled in one turn of the event loop; behind it all of them wait here.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#commitTogether(this.#waiting.splice(0, TRANSACTIONS_PER_COMMIT_MAX));
    }
    this.#running = undefined;
  }

  async #commitTogether(jobs: readonly Job[]): Promise<void> {
    const { database } = this.#connection;
    const settle: (() => void)[] = [];
    this.#changes = [];
    try {
      database.exec('BEGIN IMMEDIATE');
      for (const job of jobs) settle.push(await this.#runInSavepoint(job));
      database.exec('COMMIT');
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      for (const job of jobs) job.reject(error);
      return;
    }
    if (this.#changes.length > 0) this.#committed(this.#changes);
    for (const tell of settle) tell();
  }

  /** @returns how to tell the caller, once the commit has succeeded */
  async #runInSavepoint(job: Job): Promise<() => void> {
    const { database } = this.#connection;
    const changeCount = this.#changes.length;
    database.exec('SAVEPOINT work');
    try {
      const value = await job.work(this.#writer);
      database.exec('RELEASE work');
      return () => {
        job.resolve(value);
      };
    } catch (error) {
      // A full disk ends the whole transaction by itself; then there is no savepoint to return to.
      if (!database.inTransaction) throw error;
      database.exec('ROLLBACK TO work');
      database.exec('RELEASE work');
      this.#changes.length = changeCount;
      return () => {
        job.reject(isDuplicate(error) ? new DuplicateError('must be unique', { cause: error }) : error);
      };
    }
  }
}

const isDuplicate = (error: unknown): boolean =>
  error instanceof Sqlite.SqliteError && (error.code === 'SQLITE_CONSTRAINT_UNIQUE' || error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY');
