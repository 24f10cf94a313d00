/** The accounts of what queries hold in memory: tables that a step must collect before it can go on. */
import { DomainError } from '../../../domain/errors.js';

/** What all queries together may hold. */
export class MemoryPool {
  private held = 0;
  private readonly bytesMax: number;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** @throws DomainError `unavailable` when it is more than is left */
  take(bytes: number): void {
    if (this.held + bytes > this.bytesMax) {
      throw new DomainError(
        'unavailable',
        `the queries that are running hold ${this.held} of the ${this.bytesMax} bytes of --query-max-memory-bytes; try again later`,
      );
    }
    this.held += bytes;
  }

  give(bytes: number): void {
    this.held -= bytes;
  }

  get heldBytes(): number {
    return this.held;
  }
}

export class MemoryAccount {
  private held = 0;
  private isClosed = false;
  private readonly bytesMax: number;
  private readonly pool: MemoryPool | undefined;

  constructor(bytesMax: number, pool?: MemoryPool) {
    this.bytesMax = bytesMax;
    this.pool = pool;
  }

  /** @throws DomainError `unprocessable entity` when the query would hold more than it may, `unavailable` when all together would */
  hold(bytes: number): void {
    if (this.isClosed) return;
    if (this.held + bytes > this.bytesMax) {
      throw new DomainError(
        'unprocessable entity',
        `memory allocation limit reached: limit ${this.bytesMax} bytes, allocated: ${this.held}, wanted: ${bytes}; narrow the range or filter more`,
      );
    }
    this.pool?.take(bytes);
    this.held += bytes;
  }

  release(bytes: number): void {
    if (this.isClosed) return;
    this.pool?.give(bytes);
    this.held -= bytes;
  }

  get heldBytes(): number {
    return this.held;
  }

  /** Forgets what a run that was given up has held. */
  releaseDownTo(bytes: number): void {
    if (this.held > bytes) this.release(this.held - bytes);
  }

  /** The end of the query: what a step that has not heard of it does goes into no account. */
  close(): void {
    this.releaseDownTo(0);
    this.isClosed = true;
  }
}
