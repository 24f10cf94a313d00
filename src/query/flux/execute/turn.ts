/** The turn of a query on its thread: work that does not pause is watched, and ended if it takes too long or its client is gone. */
import { fluxError } from '../language/errors.js';

/** After a longer pause a server would seem dead to its clients. Steps over a million rows stay far below it. */
export const STRETCH_MS_MAX = 10_000;
const CHECK_EVERY = 4096;

/** What watches over the turns of a query. */
export interface Pulse {
  /** Work goes on after a pause. */
  begin(): void;
  /** Called now and then while it does. @throws what ends the query */
  check(): void;
}

export const tookTooLong = (): Error =>
  fluxError(`the script occupied the server for more than ${STRETCH_MS_MAX / 1000} s at a stretch; let it work on fewer rows or windows`);

/** Where nothing else watches: a limit of time. */
class WallClock implements Pulse {
  private deadline = 0;

  begin(): void {
    this.deadline = performance.now() + STRETCH_MS_MAX;
  }

  check(): void {
    if (performance.now() > this.deadline) throw tookTooLong();
  }
}

export class Turn {
  private readonly pulse: Pulse;
  private untilLook = CHECK_EVERY;

  constructor(pulse: Pulse = new WallClock()) {
    this.pulse = pulse;
  }

  /** Called when work goes on after a pause. */
  begin(): void {
    this.pulse.begin();
  }

  /**
   * Called in loops whose length a script decides; costs next to nothing.
   *
   * @param work how many small things have been done since the last call
   * @throws what the pulse has against going on
   */
  check(work = 1): void {
    this.untilLook -= work;
    if (this.untilLook > 0) return;
    this.untilLook = CHECK_EVERY;
    this.pulse.check();
  }
}
