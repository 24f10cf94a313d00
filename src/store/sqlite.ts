/** The metadata store in one SQLite file: durable at each commit, private to its owner, one writer that shares its commits. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Migrator, type Kysely } from 'kysely';
import type { SealText } from '../domain/audit-chain.js';
import type { FileStore } from '../domain/store-file.js';
import { ALL_CHANGED, type Change, type StoreDamage, type StoreReader } from '../domain/store.js';
import { openChangeLog } from './change-log.js';
import { DamageList } from './damage-list.js';
import { followChanges } from './follow.js';
import { checkIntegrity, type IntegrityCheck } from './integrity.js';
import { migrationProvider } from './migrations/index.js';
import { createQueries } from './queries.js';
import { openConnection } from './sqlite-connection.js';
import { copyDatabase, replaceContent, rewriteDatabase } from './sqlite-file.js';
import { TransactionQueue } from './sqlite-transactions.js';
import type { Tables } from './tables.js';

export const SQLITE_FILE = 'sluice.sqlite';

/** Of a store whose audit log nobody has the key for: a copy, or a rehearsal. */
const unsealed: SealText = () => '';

/**
 * Opens or makes the store in a directory that exists and brings its schema up to date.
 *
 * @param sealAudit seals the records of the audit log
 * @throws Error naming the file when it is no store, is damaged, or was made by a later version
 */
export async function openSqliteStore(directory: string, name: string = SQLITE_FILE, sealAudit: SealText = unsealed): Promise<FileStore> {
  const file = join(directory, name);
  // SQLite gives its write-ahead log the mode of the file, so that making the file private makes all of it private.
  closeSync(openSync(file, 'a', 0o600));
  const writer = openConnection(file, (db) => {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('secure_delete = ON');
  });
  await migrate(writer.kysely, file);
  // A second connection, so that uncommitted changes of a transaction are not visible to others.
  const reader = openConnection(file, (db) => db.pragma('query_only = ON'));

  const listeners: ((changes: readonly Change[]) => void)[] = [];
  const damage = new DamageList();
  const tellDamage = (each: StoreDamage): void => {
    damage.add(each);
  };
  const tellChanges = (changes: readonly Change[]): void => {
    for (const listener of listeners) listener(changes);
  };
  const log = await openChangeLog(writer.kysely, reader.kysely);
  const transactions = new TransactionQueue(writer, log, tellChanges, tellDamage, sealAudit);
  const stopFollowing = followChanges(log, tellChanges);
  let check: IntegrityCheck | undefined;

  return {
    ...createQueries(reader.kysely, refuseToWrite, tellDamage, unsealed),
    transaction: (work) => transactions.run(work),
    onChange: (listener) => {
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
    replaceBy: (other, finish) =>
      transactions.exclusively(async (log, queries) => {
        await replaceContent(writer.database, other, async () => {
          await finish?.(queries);
          await log.append(ALL_CHANGED);
        });
        return ALL_CHANGED;
      }),
    async purge() {
      await transactions.settle();
      rewriteDatabase(writer.database);
    },
    async close() {
      await check?.stop();
      await stopFollowing();
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
export async function adoptSqliteStore(directory: string, name: string): Promise<FileStore> {
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
    return await look(createQueries(kysely, refuseToWrite, () => undefined, unsealed));
  } finally {
    await kysely.destroy();
  }
}

async function migrate(kysely: Kysely<Tables>, file: string): Promise<void> {
  // Their numbers were given before they were finished: a store of a day between has a later one without an earlier one.
  const { error } = await new Migrator({ db: kysely, provider: migrationProvider, allowUnorderedMigrations: true }).migrateToLatest();
  if (error !== undefined) throw new Error(`cannot bring ${file} up to date: ${messageOf(error)}`, { cause: error });
}

function refuseToWrite(): never {
  throw new Error('a change outside of a transaction');
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
