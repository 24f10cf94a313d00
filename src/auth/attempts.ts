/**
 * Slows guessing down. A guess counts from the moment at which it is let in, so that no number of them at the same time passes where few
 * may; one that turns out right is taken back. Counted twice: per address and name, where each further failure waits longer, and per
 * address over all names, where a larger allowance fills up again with time.
 */
import { hash } from 'node:crypto';
import { BoundedMap } from '../bounded/bounded-map.js';
import { TryAgainLaterError } from '../domain/errors.js';
import type { Clock } from '../domain/id.js';

/** Failures in a row that one address has free with one name; then it waits, twice as long each time. */
export const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 15 * 60_000;
/** A pair that has been quiet for this long starts afresh. */
const FORGET_AFTER_MS = 60 * 60_000;
/** Failures that one address has free over all names: enough for a house behind one address on a Monday morning. */
export const ADDRESS_FREE_FAILURES = 50;
/** One more after each such time: 240 an hour. A success takes nothing off, or one password of one's own would pay for all guesses. */
export const ADDRESS_REFILL_MS = 15_000;
/** Pairs, and addresses, that are watched; the one that has been quiet longest makes room. */
const WATCHED_MAX = 20_000;

/** A guess that was let in. One of the three is called, once. */
export interface Attempt {
  succeed(): void;
  fail(): void;
  /** It was not found out whether the password is right. */
  cancel(): void;
}

interface Pair {
  failures: number;
  inFlight: number;
  lastAtMs: number;
}

interface Address {
  /** Failures that have not been made up for by time. */
  level: number;
  levelAtMs: number;
  inFlight: number;
}

export class Attempts {
  readonly #clock: Clock;
  /** Both in the order of the last guess. */
  readonly #pairs = new BoundedMap<string, Pair>(WATCHED_MAX);
  readonly #addresses = new BoundedMap<string, Address>(WATCHED_MAX);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds until the address may try this name; 0 when it may. */
  waitMs(address: string, name: string): number {
    const now = this.#clock();
    return Math.max(this.#pairWaitMs(this.#pairs.get(keyOf(address, name)), now), this.#addressWaitMs(this.#addresses.get(address), now));
  }

  /** Whole failures of the address, over all names, that time has not made up for. */
  failuresOf(address: string): number {
    const all = this.#addresses.get(address);
    if (all === undefined) return 0;
    refill(all, this.#clock());
    return Math.floor(all.level);
  }

  /** @throws TryAgainLaterError while the address has to wait */
  check(address: string, name: string): void {
    const waitMs = this.waitMs(address, name);
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new TryAgainLaterError(`too many failed attempts; try again in ${seconds} seconds`, seconds);
  }

  /**
   * Lets one guess in, which counts as wrong until it is known to be right.
   *
   * @throws TryAgainLaterError while the address has to wait
   */
  begin(address: string, name: string): Attempt {
    this.check(address, name);
    const now = this.#clock();
    const key = keyOf(address, name);
    const known = this.#pairs.get(key);
    const isFresh = known === undefined || (known.inFlight === 0 && now - known.lastAtMs >= FORGET_AFTER_MS);
    const pair: Pair = isFresh ? { failures: 0, inFlight: 0, lastAtMs: now } : known;
    const all = this.#addresses.get(address) ?? { level: 0, levelAtMs: now, inFlight: 0 };
    refill(all, now);
    pair.inFlight++;
    pair.lastAtMs = now;
    all.inFlight++;
    this.#pairs.setLast(key, pair);
    this.#addresses.setLast(address, all);
    const end = (failed: boolean): void => {
      pair.inFlight--;
      all.inFlight--;
      if (!failed) return;
      const endedAtMs = this.#clock();
      pair.failures++;
      pair.lastAtMs = endedAtMs;
      refill(all, endedAtMs);
      all.level++;
    };
    return {
      succeed: () => {
        end(false);
        pair.failures = 0;
        if (pair.inFlight === 0 && this.#pairs.get(key) === pair) this.#pairs.delete(key);
      },
      fail: () => {
        end(true);
      },
      cancel: () => {
        end(false);
      },
    };
  }

  #pairWaitMs(pair: Pair | undefined, now: number): number {
    const count = pair === undefined ? 0 : pair.failures + pair.inFlight;
    if (pair === undefined || count < FREE_FAILURES) return 0;
    // A clock that was set back must not lock out anyone for longer than the wait.
    pair.lastAtMs = Math.min(pair.lastAtMs, now);
    if (pair.inFlight === 0 && now - pair.lastAtMs >= FORGET_AFTER_MS) return 0;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (count - FREE_FAILURES), LONGEST_WAIT_MS);
    return Math.max(0, pair.lastAtMs + waitMs - now);
  }

  #addressWaitMs(all: Address | undefined, now: number): number {
    if (all === undefined) return 0;
    refill(all, now);
    return Math.max(0, Math.ceil((all.level + all.inFlight + 1 - ADDRESS_FREE_FAILURES) * ADDRESS_REFILL_MS));
  }
}

function refill(all: Address, now: number): void {
  all.level = Math.max(0, all.level - Math.max(0, now - all.levelAtMs) / ADDRESS_REFILL_MS);
  all.levelAtMs = now;
}

/** Of one length, however long the names that strangers make up. Neither an address nor a NUL is ever part of the other half. */
const keyOf = (address: string, name: string): string => hash('sha256', `${address}\u0000${name}`, 'base64');
