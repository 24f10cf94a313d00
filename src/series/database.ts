/**
 * DuckDB's file, opened without a log of DuckDB's own: what is on the disk is the last checkpoint, whole, and nothing else. What came after
 * it is in our log (write-ahead-log.ts), from where it is put in again.
 */
import { existsSync } from 'node:fs';
import { chmod, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DomainError } from '../domain/errors.js';
import { Connection } from './connection.js';
import { syncDirectory } from './write-ahead-log.js';

export interface DatabaseOptions {
  readonly directory: string;
  readonly memoryLimitBytes: number;
  readonly threads: number;
}

export class Database {
  readonly #instance: DuckDBInstance;

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  /**
   * @param prepare makes what a new file must hold
   * @throws DomainError `internal error` where the file is damaged, of another version or in use
   */
  static async open(options: DatabaseOptions, prepare: (connection: Connection) => Promise<void>): Promise<Database> {
    const file = fileIn(options.directory);
    if (!existsSync(file)) await createFile(file, options, prepare);
    const database = await attach(file, options);
    await chmod(file, 0o600);
    return database;
  }

  async connect(): Promise<Connection> {
    const duckdb = await this.#instance.connect();
    await duckdb.run('USE points');
    return new Connection(duckdb);
  }

  close(): void {
    this.#instance.closeSync();
  }
}

export function fileIn(directory: string): string {
  return path.join(directory, 'series.duckdb');
}

/** DuckDB cannot open a file whose making was cut off: it is made under another name, and has its own when it is whole. */
async function createFile(file: string, options: DatabaseOptions, prepare: (connection: Connection) => Promise<void>): Promise<void> {
  const draft = `${file}.new`;
  for (const name of [draft, `${draft}.wal`]) await rm(name, { force: true });
  const database = await attach(draft, options);
  try {
    const connection = await database.connect();
    await prepare(connection);
    await connection.run('CHECKPOINT points');
    connection.close();
  } finally {
    database.close();
  }
  await rename(draft, file);
  await syncDirectory(path.dirname(file));
}

async function attach(file: string, { directory, memoryLimitBytes, threads }: DatabaseOptions): Promise<Database> {
  let instance: DuckDBInstance | undefined;
  let duckdb: DuckDBConnection | undefined;
  try {
    instance = await DuckDBInstance.create(':memory:', {
      memory_limit: `${Math.ceil(memoryLimitBytes / 1024)}KiB`,
      threads: String(threads),
      temp_directory: path.join(directory, 'tmp'),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    duckdb = await instance.connect();
    // Checkpoints are ours alone to make: one that DuckDB makes when it is closed, or ends with the process, has another position in our log
    // and other numbers of rows than it says.
    await duckdb.run('PRAGMA disable_checkpoint_on_shutdown');
    await duckdb.run("SET checkpoint_threshold = '1 TiB'");
    await duckdb.run(`ATTACH '${file.replaceAll("'", "''")}' AS points (RECOVERY_MODE no_wal_writes)`);
    await duckdb.run('SET enable_external_access = false');
    duckdb.closeSync();
    return new Database(instance);
  } catch (cause) {
    duckdb?.closeSync();
    instance?.closeSync();
    throw unopenable(file, cause);
  }
}

export function unopenable(file: string, cause: unknown): DomainError {
  return new DomainError(
    'internal error',
    `the time-series file ${file} cannot be opened: it is damaged, of another version or in use; stop the other process or restore a backup`,
    { cause },
  );
}
