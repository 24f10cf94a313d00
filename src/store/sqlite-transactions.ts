/** Runs the transactions of a SQLite store one after the other; those that wait at the same time share one commit. */
import Sqlite from 'better-sqlite3';
import type { SealText } from '../domain/audit-chain.js';
import { DuplicateError, type Change, type StoreWriter } from '../domain/store.js';
import type { ChangeLog } from './change-log.js';
import type { TellDamage } from './database.js';
import { createQueries } from './queries.js';
import type { Connection } from './sqlite-connection.js';

/** Transactions that may share one commit. */
const TRANSACTIONS_PER_COMMIT_MAX = 256;

interface Job {
  readonly work: (writer: StoreWriter) => Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Transactions that wait when a commit begins share it, each in a savepoint of its own: one that fails leaves nothing behind and does not
 * affect the others. A commit costs a wait for the disk; many clients at once pay for one.
 */
export class TransactionQueue {
  readonly #connection: Connection;
  readonly #committed: (changes: readonly Change[]) => void;
  readonly #log: ChangeLog;
  readonly #writer: StoreWriter;
  #changes: Change[] = [];
  #waiting: Job[] = [];
  #running: Promise<void> | undefined;

  constructor(
    connection: Connection,
    log: ChangeLog,
    committed: (changes: readonly Change[]) => void,
    tellDamage: TellDamage,
    sealAudit: SealText,
  ) {
    this.#connection = connection;
    this.#log = log;
    this.#committed = committed;
    this.#writer = {
      ...createQueries(connection.kysely, (change) => this.#changes.push(change), tellDamage, sealAudit),
      part: (work) => this.#inSavepoint(work),
    };
  }

  run<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as Job['resolve'], reject });
      this.#running ??= this.#drain();
    });
  }

  /** Runs a transaction of another form between two of these; what it returns are its changes. */
  async exclusively(work: (log: ChangeLog, writer: StoreWriter) => Promise<readonly Change[]>): Promise<void> {
    await this.settle();
    const told = work(this.#log, this.#writer).then(this.#committed);
    this.#running = told.catch(() => undefined).then(() => this.#drain());
    await told;
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
      if (this.#changes.length > 0) await this.#log.append(this.#changes);
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
    try {
      const value = await this.#inSavepoint(job.work);
      return () => {
        job.resolve(value);
      };
    } catch (error) {
      if (!this.#connection.database.inTransaction) throw error;
      return () => {
        job.reject(error);
      };
    }
  }

  async #inSavepoint<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T> {
    const { database } = this.#connection;
    const changeCount = this.#changes.length;
    database.exec('SAVEPOINT work');
    try {
      const value = await work(this.#writer);
      database.exec('RELEASE work');
      return value;
    } catch (error) {
      // A full disk ends the whole transaction by itself; then there is no savepoint to return to.
      if (!database.inTransaction) throw error;
      database.exec('ROLLBACK TO work');
      database.exec('RELEASE work');
      this.#changes.length = changeCount;
      throw isDuplicate(error) ? new DuplicateError('must be unique', { cause: error }) : error;
    }
  }
}

const isDuplicate = (error: unknown): boolean =>
  error instanceof Sqlite.SqliteError && (error.code === 'SQLITE_CONSTRAINT_UNIQUE' || error.code === 'SQLITE_CONSTRAINT_PRIMARYKEY');
