/** Connections for reads: each is lent to one read at a time, and a limited number is open. */
import { DomainError } from '../domain/errors.js';
import type { Database } from './database.js';
import type { Semaphore } from './semaphore.js';
import type { Connection } from './connection.js';

/** Connections for reads, at most so many at a time; what comes beyond that is refused. */
export class ConnectionPool {
  readonly #database: Database;
  readonly #connectionsMax: number;
  readonly #idle: Connection[] = [];
  readonly #busy = new Set<Connection>();

  constructor(database: Database, connectionsMax: number) {
    this.#database = database;
    this.#connectionsMax = connectionsMax;
  }

  /** @throws DomainError `too many requests` */
  async acquire(): Promise<Connection> {
    if (this.#busy.size >= this.#connectionsMax) {
      throw new DomainError('too many requests', `there are ${this.#connectionsMax} reads at once already: try again later`);
    }
    const connection = this.#idle.pop() ?? (await this.#database.connect());
    this.#busy.add(connection);
    return connection;
  }

  release(connection: Connection): void {
    if (this.#busy.delete(connection)) this.#idle.push(connection);
  }

  /** For a connection that may be in the middle of an answer. */
  discard(connection: Connection): void {
    if (this.#busy.delete(connection)) connection.close();
  }

  /** Interrupts what runs, waits until it has stopped, and closes all. */
  async close(queries: Semaphore): Promise<void> {
    for (const connection of this.#busy) connection.duckdb.interrupt();
    await queries.whenIdle();
    for (const connection of [...this.#idle.splice(0), ...this.#busy]) connection.close();
    this.#busy.clear();
  }
}
