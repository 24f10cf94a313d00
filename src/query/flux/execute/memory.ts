/** The account of what a query holds in memory: tables that a step must collect before it can go on. */
import { DomainError } from '../../../domain/errors.js';

export class MemoryAccount {
  private held = 0;
  private readonly bytesMax: number;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  /** @throws DomainError `unprocessable entity` when the query would hold more than it may */
  hold(bytes: number): void {
    if (this.held + bytes > this.bytesMax) {
      throw new DomainError(
        'unprocessable entity',
        `memory allocation limit reached: limit ${this.bytesMax} bytes, allocated: ${this.held}, wanted: ${bytes}; narrow the range or filter more`,
      );
    }
    this.held += bytes;
  }

  release(bytes: number): void {
    this.held -= bytes;
  }

  get heldBytes(): number {
    return this.held;
  }

  /** Forgets what a run that was given up has held. */
  releaseDownTo(bytes: number): void {
    this.held = Math.min(this.held, bytes);
  }
}
