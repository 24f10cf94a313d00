/** How long sessions last. */
import type { Session } from '../domain/store.js';

const MINUTE_MS = 60_000;
/** However much it is used, a session ends this long after signing in. */
const SESSION_AGE_MAX_MS = 30 * 24 * 60 * MINUTE_MS;
/** A session is not written anew more often than this. */
const RENEWAL_INTERVAL_MS = MINUTE_MS;

/** How long sessions last: `--session-length`, and on from each use unless `--session-renew-disabled`. */
export class SessionRules {
  readonly #lengthMs: number;
  readonly #renews: boolean;

  constructor(lengthMinutes: number, renews: boolean) {
    this.#lengthMs = lengthMinutes * MINUTE_MS;
    this.#renews = renews;
  }

  expiryOfNew(nowMs: number): number {
    return nowMs + this.#lengthMs;
  }

  /** When the cookie may go: the last moment at which the session could still be good. */
  cookieExpiry(nowMs: number): number {
    return this.#renews ? nowMs + Math.max(this.#lengthMs, SESSION_AGE_MAX_MS) : this.expiryOfNew(nowMs);
  }

  /** The new end of a session that is used now; undefined when it stays. */
  extendedExpiry(session: Session, nowMs: number): number | undefined {
    if (!this.#renews) return undefined;
    const expiresAtMs = Math.min(nowMs + this.#lengthMs, this.cookieExpiry(session.createdAtMs));
    return expiresAtMs - session.expiresAtMs >= RENEWAL_INTERVAL_MS ? expiresAtMs : undefined;
  }
}
