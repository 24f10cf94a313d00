/** Yields: a long computation lets the rest of the server continue, and checks whether its client is gone. */

import type { Pulse } from '../../flux/execute/turn.js';

/** Milliseconds of one turn. */
const TURN_MS = 25;

export class Turns {
  private readonly signal: AbortSignal;
  private readonly pulse: Pulse | undefined;
  private beganAtMs = performance.now();

  constructor(signal: AbortSignal, pulse: Pulse | undefined) {
    this.signal = signal;
    this.pulse = pulse;
    pulse?.begin();
  }

  /** Called between pieces of work. @throws the signal's reason */
  async next(): Promise<void> {
    this.pulse?.check();
    if (performance.now() - this.beganAtMs < TURN_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.signal.throwIfAborted();
    this.pulse?.begin();
    this.beganAtMs = performance.now();
  }
}
