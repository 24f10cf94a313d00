/** Sessions for reads: each is lent to one read at a time, and a limited number is open. */
import { DomainError } from '../domain/errors.js';
import type { Database } from './database.js';
import type { Gate } from './gate.js';
import type { Session } from './session.js';

/** Sessions for reads, at most so many at a time; what comes beyond that is refused. */
export class SessionPool {
  readonly #database: Database;
  readonly #sessionsMax: number;
  readonly #idle: Session[] = [];
  readonly #busy = new Set<Session>();

  constructor(database: Database, sessionsMax: number) {
    this.#database = database;
    this.#sessionsMax = sessionsMax;
  }

  /** @throws DomainError `too many requests` */
  async acquire(): Promise<Session> {
    if (this.#busy.size >= this.#sessionsMax) {
      throw new DomainError('too many requests', `there are ${this.#sessionsMax} reads at once already: try again later`);
    }
    const session = this.#idle.pop() ?? (await this.#database.connect());
    this.#busy.add(session);
    return session;
  }

  release(session: Session): void {
    if (this.#busy.delete(session)) this.#idle.push(session);
  }

  /** For a session that may be in the middle of an answer. */
  discard(session: Session): void {
    if (this.#busy.delete(session)) session.close();
  }

  /** Interrupts what runs, waits until it has stopped, and closes all. */
  async close(queries: Gate): Promise<void> {
    for (const session of this.#busy) session.connection.interrupt();
    await queries.whenIdle();
    for (const session of [...this.#idle.splice(0), ...this.#busy]) session.close();
    this.#busy.clear();
  }
}
