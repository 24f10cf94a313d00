/** DuckDB connections: one at a time per user, errors translated, reads abortable. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBValue } from '@duckdb/node-api';
import { DomainError } from '../domain/errors.js';

/** A value that goes into a statement beside its text. */
export type Parameter = string | number | bigint | boolean;

export class Session {
  readonly connection: DuckDBConnection;

  constructor(connection: DuckDBConnection) {
    this.connection = connection;
  }

  async run(sql: string, parameters: readonly Parameter[] = []): Promise<void> {
    try {
      await this.connection.run(sql, [...parameters]);
    } catch (error) {
      throw translate(error);
    }
  }

  /** The rows of a small answer. */
  async rows(sql: string, parameters: readonly Parameter[] = []): Promise<DuckDBValue[][]> {
    try {
      return (await this.connection.runAndReadAll(sql, [...parameters])).getRows();
    } catch (error) {
      throw translate(error);
    }
  }

  /** The answer chunk by chunk, as it is made. A chunk is valid until the next is asked for. */
  async *chunks(sql: string, parameters: readonly Parameter[] = []): AsyncGenerator<DuckDBDataChunk, void, undefined> {
    try {
      const result = await this.connection.stream(sql, [...parameters]);
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) return;
        yield chunk;
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
      await this.connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  close(): void {
    this.connection.closeSync();
  }
}

function translate(cause: unknown): DomainError {
  if (cause instanceof DomainError) return cause;
  const text = cause instanceof Error ? cause.message : '';
  if (text.startsWith('Out of Memory')) {
    return new DomainError('internal error', 'the time-series engine is out of memory: ask for less or raise its memory limit', { cause });
  }
  return new DomainError('internal error', 'the time-series engine failed', { cause });
}

/** Sessions for reads, at most so many at a time; what comes beyond that is refused. */
export class SessionPool {
  readonly #instance: DuckDBInstance;
  readonly #sessionsMax: number;
  readonly #idle: Session[] = [];
  #busyCount = 0;

  constructor(instance: DuckDBInstance, sessionsMax: number) {
    this.#instance = instance;
    this.#sessionsMax = sessionsMax;
  }

  /** @throws DomainError `too many requests` */
  async acquire(): Promise<Session> {
    if (this.#busyCount >= this.#sessionsMax) {
      throw new DomainError('too many requests', `there are ${this.#sessionsMax} reads at once already: try again later`);
    }
    this.#busyCount++;
    try {
      return this.#idle.pop() ?? new Session(await this.#instance.connect());
    } catch (error) {
      this.#busyCount--;
      throw error;
    }
  }

  release(session: Session): void {
    this.#busyCount--;
    this.#idle.push(session);
  }

  discard(session: Session): void {
    this.#busyCount--;
    session.close();
  }

  close(): void {
    for (const session of this.#idle.splice(0)) session.close();
  }
}
