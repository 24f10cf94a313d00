/**
 * DuckDB connections: one at a time per user, errors translated, reads abortable.
 *
 * No statement is kept: one with parameters is planned anew each time it runs (measured: 335 µs against 355 for its text), and one without
 * keeps the statistics of its first run, by which DuckDB leaves out rows that came later, or fails.
 */
import {
  DOUBLE,
  type DuckDBAppender,
  type DuckDBConnection,
  type DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
  VARCHAR,
} from '@duckdb/node-api';
import { DomainError } from '../domain/errors.js';

/** A value that goes into a statement beside its text: a VARCHAR or a DOUBLE. */
export type Parameter = string | number;

export class Connection {
  readonly duckdb: DuckDBConnection;

  constructor(duckdb: DuckDBConnection) {
    this.duckdb = duckdb;
  }

  async run(sql: string, parameters: readonly Parameter[] = []): Promise<void> {
    try {
      await this.duckdb.run(sql, [...parameters], parameters.map(typeOf));
    } catch (error) {
      throw translate(error);
    }
  }

  /** The rows of a small answer. */
  async rows(sql: string, parameters: readonly Parameter[] = []): Promise<DuckDBValue[][]> {
    try {
      return (await this.duckdb.runAndReadAll(sql, [...parameters], parameters.map(typeOf))).getRows();
    } catch (error) {
      throw translate(error);
    }
  }

  /** The chunks of a small answer, with one trip to DuckDB's threads instead of one for each step and chunk. */
  async all(sql: string, parameters: readonly Parameter[] = []): Promise<readonly DuckDBDataChunk[]> {
    try {
      const result = await (parameters.length === 0 ? this.duckdb.run(sql) : this.duckdb.run(sql, [...parameters], parameters.map(typeOf)));
      return Array.from({ length: result.chunkCount }, (_, i) => result.getChunk(i));
    } catch (error) {
      throw translate(error);
    }
  }

  /** The answer chunk by chunk, as it is made. A chunk is valid until the next is asked for. */
  async *chunks(sql: string, parameters: readonly Parameter[] = []): AsyncGenerator<DuckDBDataChunk, void, undefined> {
    try {
      const result = await this.duckdb.stream(sql, [...parameters], parameters.map(typeOf));
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk;
      }
    } catch (error) {
      throw translate(error);
    }
  }

  /** Appends to a table what `fill` gives the appender; nothing, where that fails. */
  async append(table: string, fill: (appender: DuckDBAppender) => Promise<void>): Promise<void> {
    try {
      const appender = await this.duckdb.createAppender(table);
      try {
        await fill(appender);
      } catch (error) {
        // An appender that is given up would still flush its rows some time later.
        appender.clear();
        throw error;
      } finally {
        appender.closeSync();
      }
    } catch (error) {
      throw translate(error);
    }
  }

  /** Runs work in a transaction, which is rolled back where the work fails. */
  async transact<T>(work: () => Promise<T>): Promise<T> {
    await this.run('BEGIN TRANSACTION');
    try {
      const result = await work();
      await this.run('COMMIT');
      return result;
    } catch (error) {
      // After a failed COMMIT there is nothing left to roll back, which is no further error.
      await this.duckdb.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /**
   * Tells a failure of one piece of work from one of the whole database, which answers nothing any more.
   *
   * @throws DatabaseGoneError
   */
  async assertAlive(cause: unknown): Promise<void> {
    try {
      await this.duckdb.run('SELECT 1 FROM layout');
    } catch {
      throw new DatabaseGoneError(cause);
    }
  }

  close(): void {
    this.duckdb.closeSync();
  }
}

/** After some failures, a full disk in a checkpoint among them, DuckDB must be opened anew. */
export class DatabaseGoneError extends DomainError {
  constructor(cause: unknown) {
    super('unavailable', 'the time-series file is being opened again after a failure: try again later', { cause });
  }
}

function typeOf(parameter: Parameter): DuckDBType {
  return typeof parameter === 'string' ? VARCHAR : DOUBLE;
}

function translate(cause: unknown): DomainError {
  if (cause instanceof DomainError) return cause;
  const text = cause instanceof Error ? cause.message : '';
  if (text.includes('database has been invalidated')) return new DatabaseGoneError(cause);
  if (text.startsWith('Out of Memory')) {
    return new DomainError('internal error', 'the time-series engine is out of memory: ask for less or raise its memory limit', { cause });
  }
  if (text.includes('Cannot CHECKPOINT')) {
    return new DomainError('unavailable', 'the time-series file cannot be completed while it is read: try again later', { cause });
  }
  return new DomainError('internal error', 'the time-series engine failed', { cause });
}
