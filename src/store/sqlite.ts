/** The metadata store in one SQLite file: durable at each commit, private to its owner, one writer that shares its commits. */
import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, Migrator, SqliteDialect, type SqliteDatabase } from 'kysely';
import {
  DuplicateError,
  type Change,
  type Noun,
  type Store,
  type StoreDamage,
  type StoreReader,
  type StoreWriter,
} from '../domain/store.js';
import { DamageList } from './damage-list.js';
import { checkIntegrity, type IntegrityCheck } from './integrity.js';
import { migrationProvider } from './migrations/index.js';
import { createQueries, type TellDamage } from './queries.js';
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
export async function openSqliteStore(directory: string, name: string = SQLITE_FILE): Promise<Store> {
  const file = join(directory, name);
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
  const damage = new DamageList();
  const tellDamage = (each: StoreDamage): void => {
    damage.add(each);
  };
  const transactions = new TransactionQueue(
    writer,
    (changes) => {
      for (const listener of listeners) listener(changes);
    },
    tellDamage,
  );
  let check: IntegrityCheck | undefined;

  return {
    ...createQueries(reader.kysely, refuseToWrite, tellDamage),
    transaction: (work) => transactions.run(work),
    onCommit: (listener) => {
      listeners.push(listener);
    },
    onDamage: (listener) => {
      damage.onAdd(listener);
    },
    async checkIntegrity() {
      check = checkIntegrity(file);
      for (const problem of await check.faults) tellDamage({ problem });
    },
    copyTo: (copy) => copyDatabase(file, copy),
    replaceBy: (other) =>
      transactions.exclusively(() => {
        replaceContent(writer.database, other);
        return NOUNS.map((noun) => ({ noun, kind: 'update', id: '' }));
      }),
    async purge() {
      await transactions.settle();
      writer.database.exec('VACUUM');
      writer.database.pragma('wal_checkpoint(TRUNCATE)');
    },
    async close() {
      await check?.stop();
      await transactions.settle();
      await reader.kysely.destroy();
      writer.database.pragma('wal_checkpoint(TRUNCATE)');
      await writer.kysely.destroy();
    },
  };
}

/**
 * Opens a store that came from elsewhere: what is no store is not made one.
 *
 * @throws Error when it is damaged, no store, or of a later version
 */
export async function adoptSqliteStore(directory: string, name: string): Promise<Store> {
  const file = join(directory, name);
  const { database, kysely } = openConnection(file, (db) => db.pragma('query_only = ON'));
  try {
    const objects = database.prepare("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").all() as {
      type: string;
      name: string;
    }[];
    const tables = new Set(objects.filter(({ type }) => type === 'table').map((object) => object.name));
    if (!tables.has('kysely_migration') || !tables.has('authorizations')) throw new Error(`${file} is no Sluice store`);
    if (objects.some(({ type }) => type !== 'table' && type !== 'index'))
      throw new Error(`${file} has things in it that no Sluice store has`);
    if (database.pragma('quick_check(1)', { simple: true }) !== 'ok') throw new Error(`${file} is damaged`);
  } finally {
    await kysely.destroy();
  }
  return openSqliteStore(directory, name);
}

/**
 * Looks into a store that a server may be running on, and changes nothing.
 *
 * @throws Error naming the file when it is no store or was left by another version
 */
export async function lookIntoSqliteStore<T>(file: string, look: (store: StoreReader) => Promise<T>): Promise<T> {
  const { kysely } = openConnection(file, (database) => database.pragma('query_only = ON'));
  try {
    const known = Object.keys(await migrationProvider.getMigrations());
    const seen = await new Migrator({ db: kysely, provider: migrationProvider }).getMigrations();
    if (seen.some(({ executedAt }) => executedAt === undefined) || seen.length !== known.length) {
      throw new Error(`${file} was left by another version; start the server once`);
    }
    return await look(createQueries(kysely, refuseToWrite, () => undefined));
  } finally {
    await kysely.destroy();
  }
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

/** Pages that are copied before others have their turn. */
const PAGES_PER_TURN = 1000;

/** Copies what is committed at this moment. Those who write meanwhile neither wait nor are seen. */
async function copyDatabase(file: string, copy: string): Promise<void> {
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

/** All that caches may know of. */
const NOUNS: readonly Noun[] = [
  'organization',
  'user',
  'password',
  'session',
  'membership',
  'bucket',
  'label',
  'mapping',
  'secret',
  'authorization',
];

function replaceContent(database: Sqlite.Database, other: string): void {
  database.prepare('ATTACH ? AS other').run(other);
  try {
    const tables = database.prepare("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").pluck().all();
    database.transaction(() => {
      for (const table of tables as string[]) {
        const columns = database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table) as string[];
        const list = columns.map((column) => `"${column}"`).join(', ');
        database.exec(`DELETE FROM main."${table}"; INSERT INTO main."${table}" (${list}) SELECT ${list} FROM other."${table}"`);
      }
    })();
  } finally {
    database.exec('DETACH other');
  }
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

  constructor(connection: Connection, committed: (changes: readonly Change[]) => void, tellDamage: TellDamage) {
    this.#connection = connection;
    this.#committed = committed;
    this.#writer = createQueries(connection.kysely, (change) => this.#changes.push(change), tellDamage);
  }

  run<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as Job['resolve'], reject });
      this.#running ??= this.#drain();
    });
  }

  /** Runs something between two commits. What it returns are changes to be told of. */
  async exclusively(work: () => readonly Change[]): Promise<void> {
    await this.settle();
    this.#committed(work());
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
