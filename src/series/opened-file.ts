/** DuckDB's file as it is open. */
import type { Catalog } from './catalog.js';
import { createState, loadState } from './catalog-store.js';
import { Database, type DatabaseOptions, fileIn, unopenable } from './database.js';
import type { Semaphore } from './semaphore.js';
import type { Connection } from './connection.js';
import { ConnectionPool } from './connection-pool.js';

/** Reads that are under way. */
const openReadsMax = 128;

export interface OpenedFile {
  readonly database: Database;
  /** Used by one piece of work at a time. */
  readonly writer: Connection;
  readonly readers: ConnectionPool;
  readonly catalog: Catalog;
  /** The first segment of the log that the file does not have. */
  readonly nextSegment: number;
}

/** @throws DomainError `internal error` where the file is damaged, of another version or in use */
export async function openFile(options: DatabaseOptions): Promise<OpenedFile> {
  const database = await Database.open(options, createState);
  try {
    const writer = await database.connect();
    const { catalog, nextSegment } = await loadState(writer);
    return { database, writer, readers: new ConnectionPool(database, openReadsMax), catalog, nextSegment };
  } catch (cause) {
    database.close();
    throw unopenable(fileIn(options.directory), cause);
  }
}

/** Interrupts reads, waits for them, and closes all. */
export async function closeFile({ readers, writer, database }: OpenedFile, queries: Semaphore): Promise<void> {
  await readers.close(queries);
  writer.close();
  database.close();
}
