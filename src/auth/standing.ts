/** Whether a credential is still valid: one list of standings, and one function that computes them. */
import type { Authorization, TokenSecret } from '../domain/authorization.js';
import type { Session } from '../domain/store.js';
import type { Status, User } from '../domain/user.js';

/** Only `active` credentials do anything. */
export const STANDINGS = ['active', 'inactive', 'user inactive', 'ended', 'expired'] as const;
export type Standing = (typeof STANDINGS)[number];

/** What the standing of a token, a session or a v1 name depends on, besides its user and the time. */
export interface Lifetime {
  readonly status: Status;
  /** When its user was deleted. */
  readonly endedAtMs: number | undefined;
  /** The moment from which it does not count any more; undefined: never. */
  readonly expiresAtMs: number | undefined;
}

export const lifetimeOfAuthorization = ({
  status,
  endedAtMs,
  expiresAtMs,
}: Pick<Authorization, 'status' | 'endedAtMs' | 'expiresAtMs'>): Lifetime => ({ status, endedAtMs, expiresAtMs });

export const hasExpired = ({ expiresAtMs }: { readonly expiresAtMs?: number | undefined }, nowMs: number): boolean =>
  expiresAtMs !== undefined && expiresAtMs <= nowMs;

/** Of one of its tokens: the authorization may have another one, which lives longer. */
export function lifetimeOfToken(authorization: Authorization, { expiresAtMs }: TokenSecret): Lifetime {
  const lifetime = lifetimeOfAuthorization(authorization);
  return { ...lifetime, expiresAtMs: earliest(lifetime.expiresAtMs, expiresAtMs) };
}

const earliest = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

export const lifetimeOfSession = ({ expiresAtMs }: Session): Lifetime => ({ status: 'active', endedAtMs: undefined, expiresAtMs });

/**
 * Call it on every use, also for cached entries: time passes without a commit.
 *
 * @param userStatus undefined: there is no such user
 */
export function standingOf({ status, endedAtMs, expiresAtMs }: Lifetime, userStatus: User['status'] | undefined, nowMs: number): Standing {
  if (endedAtMs !== undefined) return 'ended';
  if (hasExpired({ expiresAtMs }, nowMs)) return 'expired';
  if (userStatus !== 'active') return 'user inactive';
  return status === 'active' ? 'active' : 'inactive';
}
