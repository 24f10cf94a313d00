/** The requests that tokens may make in a second, and at once: counted in memory, so of several servers each counts its own. */
import { BoundedMap } from '../bounded/bounded-map.js';
import type { Actor } from '../domain/actor.js';
import { TryAgainLaterError } from '../domain/errors.js';
import type { AuthorizationId } from '../domain/id.js';

/** Tokens that are counted; the one that asked longest ago makes room. */
const TOKENS_MAX = 100_000;

export class RequestRates {
  readonly #nowMs: () => number;
  /** When the next request would come, did they come evenly; a burst is how far that may lie ahead. */
  readonly #dueAtMs = new BoundedMap<AuthorizationId, number>(TOKENS_MAX);

  /** @param nowMs a clock that nobody sets */
  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** Counts a request. @returns why it is refused, if it is */
  admit(actor: Actor | undefined): TryAgainLaterError | undefined {
    const constraints = actor?.kind === 'token' ? actor.constraints : undefined;
    if (constraints?.requestsPerSecond === undefined || actor?.kind !== 'token') return undefined;
    const { requestsPerSecond: rate, burst = Math.max(1, Math.floor(rate)) } = constraints;
    const stepMs = 1000 / rate;
    const now = this.#nowMs();
    const due = Math.max(now, this.#dueAtMs.get(actor.authorizationId) ?? now);
    const waitMs = due - now - (burst - 1) * stepMs;
    // A part of a microsecond is what sums of fractions are wrong by.
    if (waitMs > 0.001) {
      const seconds = Math.max(1, Math.ceil(waitMs / 1000));
      return new TryAgainLaterError(`the token may make ${rate} requests a second: try again in ${seconds} seconds`, seconds);
    }
    this.#dueAtMs.setLast(actor.authorizationId, due + stepMs);
    return undefined;
  }
}
