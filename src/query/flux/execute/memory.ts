/** The accounts of what queries hold in memory: tables that a step must collect before it can go on. */
import { DomainError } from '../../../domain/errors.js';

/** What all queries together may hold. It is counted in memory that threads share. */
export class MemoryPool {
  private readonly bytesMax: number;
  /** Held by all; then what each of those who take, by a number, holds of it. */
  private readonly held: BigInt64Array;
  private readonly taker: number;

  /** @param held shared by all pools that count together, with a place more than there are takers */
  constructor(bytesMax: number, held = new BigInt64Array(new SharedArrayBuffer(16)), taker = 0) {
    this.bytesMax = bytesMax;
    this.held = held;
    this.taker = taker;
  }

  /** @throws DomainError `unavailable` when it is more than is left */
  take(bytes: number): void {
    const size = BigInt(Math.ceil(bytes));
    const before = Atomics.add(this.held, 0, size);
    if (before + size > BigInt(this.bytesMax)) {
      Atomics.sub(this.held, 0, size);
      throw new DomainError(
        'unavailable',
        `the queries that are running hold ${before} of the ${this.bytesMax} bytes of --query-max-memory-bytes; try again later`,
      );
    }
    Atomics.add(this.held, 1 + this.taker, size);
  }

  give(bytes: number): void {
    const size = BigInt(Math.ceil(bytes));
    Atomics.sub(this.held, 0, size);
    Atomics.sub(this.held, 1 + this.taker, size);
  }

  /** Gives back what a taker that is gone still held. */
  forget(taker: number): void {
    Atomics.sub(this.held, 0, Atomics.exchange(this.held, 1 + taker, 0n));
  }

  get heldBytes(): number {
    return Number(Atomics.load(this.held, 0));
  }
}

export class MemoryAccount {
  private held = 0;
  private heldMax = 0;
  private isClosed = false;
  private readonly bytesMax: number;
  private readonly pool: MemoryPool | undefined;

  constructor(bytesMax: number, pool?: MemoryPool) {
    this.bytesMax = bytesMax;
    this.pool = pool;
  }

  /** @throws DomainError `unprocessable entity` when the query would hold more than it may, `unavailable` when all together would */
  hold(size: number): void {
    if (this.isClosed) return;
    const bytes = Math.ceil(size);
    if (this.held + bytes > this.bytesMax) {
      throw new DomainError(
        'unprocessable entity',
        `memory allocation limit reached: limit ${this.bytesMax} bytes, allocated: ${this.held}, wanted: ${bytes}; narrow the range or filter more`,
      );
    }
    this.pool?.take(bytes);
    this.held += bytes;
    if (this.held > this.heldMax) this.heldMax = this.held;
  }

  release(size: number): void {
    if (this.isClosed) return;
    const bytes = Math.ceil(size);
    this.pool?.give(bytes);
    this.held -= bytes;
  }

  get heldBytes(): number {
    return this.held;
  }

  /** The most that it has held at one time. */
  get heldBytesMax(): number {
    return this.heldMax;
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
