/** The turn that one query has on the thread it shares with all others: work that does not pause is watched, and ended when it takes too long. */
import { fluxError } from '../language/errors.js';

/** Whoever waits for longer than this takes the server for dead. Steps over a million rows stay far below it. */
const TURN_MS_MAX = 10_000;
const CHECK_EVERY = 4096;

export class Turn {
  private deadline = 0;
  private untilLook = CHECK_EVERY;

  /** Called when work goes on after a pause. */
  begin(): void {
    this.deadline = performance.now() + TURN_MS_MAX;
  }

  /**
   * Called in loops whose length a script decides; costs next to nothing.
   *
   * @param work how many small things have been done since the last call
   * @throws DomainError `invalid` when the turn has lasted too long
   */
  check(work = 1): void {
    this.untilLook -= work;
    if (this.untilLook > 0) return;
    this.untilLook = CHECK_EVERY;
    if (performance.now() < this.deadline) return;
    throw fluxError(
      `the script occupied the server for more than ${TURN_MS_MAX / 1000} s at a stretch; let it work on fewer rows or windows`,
    );
  }
}
