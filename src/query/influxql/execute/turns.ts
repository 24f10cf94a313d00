/** Turns for others: a query that computes for long lets the rest of the server go on, and finds out that nobody waits for it. */

/** Milliseconds of one turn. */
const TURN_MS = 25;

export class Turns {
  private readonly signal: AbortSignal;
  private beganAtMs = performance.now();

  constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** Called between pieces of work. @throws the signal's reason */
  async next(): Promise<void> {
    if (performance.now() - this.beganAtMs < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.signal.throwIfAborted();
    this.beganAtMs = performance.now();
  }
}
