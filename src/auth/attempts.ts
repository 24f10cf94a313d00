/** Slows guessing down: after some failures in a row from one address for one user, the next try has to wait, ever longer. */
import { TryAgainLaterError } from '../domain/errors.js';
import type { Clock } from '../domain/id.js';

const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** A pair that has been quiet for this long starts afresh. */
const FORGET_AFTER_MS = 60 * 60_000;
/** Pairs of address and user that are watched; the one that has been quiet longest makes room. */
const WATCHED_MAX = 20_000;

interface Failures {
  count: number;
  lastAtMs: number;
}

export class Attempts {
  readonly #clock: Clock;
  /** In the order of the last failure. */
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds that the pair has to wait before it may try again; 0 when it may. */
  waitMs(address: string, userName: string): number {
    const failures = this.#failures.get(keyOf(address, userName));
    if (failures === undefined || failures.count < FREE_FAILURES) return 0;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (failures.count - FREE_FAILURES), LONGEST_WAIT_MS);
    return Math.max(0, failures.lastAtMs + waitMs - this.#clock());
  }

  /** @throws TryAgainLaterError while the pair has to wait */
  check(address: string, userName: string): void {
    const waitMs = this.waitMs(address, userName);
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new TryAgainLaterError(`too many failed attempts; try again in ${seconds} seconds`, seconds);
  }

  recordFailure(address: string, userName: string): void {
    const key = keyOf(address, userName);
    const now = this.#clock();
    const known = this.#failures.get(key);
    this.#failures.delete(key);
    const count = known !== undefined && now - known.lastAtMs < FORGET_AFTER_MS ? known.count + 1 : 1;
    this.#failures.set(key, { count, lastAtMs: now });
    if (this.#failures.size > WATCHED_MAX) {
      for (const oldest of this.#failures.keys()) {
        this.#failures.delete(oldest);
        break;
      }
    }
  }

  recordSuccess(address: string, userName: string): void {
    this.#failures.delete(keyOf(address, userName));
  }
}

/** Neither an address nor a NUL is ever part of the other half. */
const keyOf = (address: string, userName: string): string => `${address}\u0000${userName}`;
