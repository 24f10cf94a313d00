/** Reports of leaked tokens: anybody may send what was found, and what is a valid token is refused from then on. InfluxDB has no such operation. */
import { BoundedMap } from '../bounded/bounded-map.js';
import type { RequestOrigin } from '../domain/actor.js';
import type { Authorization } from '../domain/authorization.js';
import { invalid, TryAgainLaterError } from '../domain/errors.js';
import type { Clock } from '../domain/id.js';
import type { Store, StoreWriter } from '../domain/store.js';
import { addressGroup } from './address-group.js';
import { authorizationEvent, entryOf } from './audit.js';
import { findToken } from './find-token.js';
import type { Secret } from './secret.js';
import type { TokenHasher } from './token-hasher.js';
import { hasExpired, lifetimeOfToken } from './standing.js';

/** Strings of one report. */
export const LEAKED_STRINGS_MAX = 1000;
/** Reports that an address has free; then one more after each such time. */
const FREE_REPORTS = 30;
const REFILL_MS = 6_000;
/** Addresses that are watched. */
const WATCHED_MAX = 20_000;
/** Reports that are worked on or wait, of all addresses. */
const PENDING_MAX = 8;
/** After so many look-ups others have their turn. */
const STRINGS_A_TURN = 20;

export interface LeakedToken {
  readonly authorization: Authorization;
  /** A rotation has made another one since: only this secret ended, and the authorization stays as it is. */
  readonly isPreviousSecret: boolean;
}

export interface LeakDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: TokenHasher;
  /** Is told of each token that ended. */
  readonly onLeaked: (leaked: LeakedToken, origin: RequestOrigin) => void;
}

export type Leaks = ReturnType<typeof createLeaks>;

export const createLeaks = ({ store, clock, hasher, onLeaked }: LeakDependencies) => {
  /** By address: when its free reports will be complete again. */
  const fullAtMs = new BoundedMap<string, number>(WATCHED_MAX);
  let pending = 0;
  let last: Promise<void> = Promise.resolve();

  function takeTurn(address: string): void {
    const group = addressGroup(address);
    const now = clock();
    const fullAt = Math.max(fullAtMs.get(group) ?? now, now);
    const waitMs = fullAt - now - (FREE_REPORTS - 1) * REFILL_MS;
    if (waitMs > 0 || pending >= PENDING_MAX) {
      const seconds = Math.max(1, Math.ceil(waitMs / 1000));
      throw new TryAgainLaterError(`too many reports; try again in ${seconds} seconds`, seconds);
    }
    fullAtMs.setLast(group, fullAt + REFILL_MS);
  }

  async function end(writer: StoreWriter, secret: Secret, origin: RequestOrigin): Promise<LeakedToken | undefined> {
    const found = await findToken(writer, secret, hasher);
    const now = clock();
    if (found === undefined || found.token.leakedAtMs !== undefined) return undefined;
    const { authorization, token } = found;
    if (authorization.endedAtMs !== undefined || hasExpired(lifetimeOfToken(authorization, token), now)) return undefined;
    const tokens = authorization.secret.kind === 'token' ? authorization.secret.tokens : [];
    const isPreviousSecret = tokens[0] !== token;
    const reason = isPreviousSecret ? 'the secret before a rotation was reported; it ended' : 'it was reported; it is inactive';
    const event = authorizationEvent('authorization.leaked', authorization, { reason });
    await writer.appendAudit(entryOf({ kind: 'unknown' }, origin, now, event));
    if (isPreviousSecret) {
      const others = tokens.filter((each) => each !== token);
      await writer.replaceTokens(authorization.id, others);
      await writer.updateAuthorization(authorization.id, { ...authorization, updatedAtMs: now });
      return { authorization, isPreviousSecret };
    }
    const marked = tokens.map((each) => (each === token ? { ...each, leakedAtMs: now } : each));
    const leaked: Authorization = { ...authorization, status: 'inactive', secret: { kind: 'token', tokens: marked }, updatedAtMs: now };
    await writer.replaceTokens(authorization.id, marked);
    await writer.updateAuthorization(authorization.id, leaked);
    return { authorization: leaked, isPreviousSecret };
  }

  async function endAll(secrets: readonly Secret[], origin: RequestOrigin): Promise<void> {
    for (const [index, secret] of secrets.entries()) {
      if (index % STRINGS_A_TURN === STRINGS_A_TURN - 1) await new Promise((resolve) => setImmediate(resolve));
      if ((await findToken(store, secret, hasher)) === undefined) continue;
      const leaked = await store.transaction((writer) => end(writer, secret, origin));
      if (leaked !== undefined) onLeaked(leaked, origin);
    }
  }

  return {
    /**
     * Makes the authorizations of valid tokens inactive; they can only be made active again after a rotation. Of a secret before a rotation,
     * only the secret ends. It tells nothing of what was found, and is done when the promise is fulfilled.
     *
     * @throws TryAgainLaterError after too many reports; DomainError `invalid` for too many strings
     */
    async report(secrets: readonly Secret[], origin: RequestOrigin): Promise<void> {
      if (secrets.length > LEAKED_STRINGS_MAX) throw invalid(`a report has at most ${LEAKED_STRINGS_MAX} strings`);
      takeTurn(origin.address);
      pending++;
      // One report after the other: however many come, requests have their turns.
      const done = last.then(() => endAll(secrets, origin)).finally(() => pending--);
      last = done.catch(() => undefined);
      await done;
    },
  };
};
