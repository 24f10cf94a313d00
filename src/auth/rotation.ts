/** Rotation: a token gets a new secret, and the one before it stays valid for a while. InfluxDB has no such operation. */
import type { Actor } from '../domain/actor.js';
import type { Authorization, TokenSecret } from '../domain/authorization.js';
import { conflict, invalid, notFound } from '../domain/errors.js';
import type { AuthorizationId } from '../domain/id.js';
import {
  guardHeld,
  guardUnscoped,
  rightsToWrite,
  type AuthorizationDependencies,
  type Authorizations,
  type CreatedAuthorization,
} from './authorizations.js';
import { authorize } from './authorize.js';
import { describeAuthorization } from './describe.js';
import { storedToken } from './plain-tokens.js';
import { hasExpired } from './standing.js';
import { generateToken } from './token.js';
import { transactionBy } from './transactions.js';

export const GRACE_SECONDS_DEFAULT = 3600;
export const GRACE_SECONDS_MAX = 30 * 86_400;

export type Rotation = ReturnType<typeof createRotation>;

export const createRotation = (
  dependencies: AuthorizationDependencies & { readonly authorizations: Pick<Authorizations, 'findRecord'> },
) => {
  const { store, clock, hashTokens, authorizations } = dependencies;

  return {
    /**
     * The actor must be able to change the authorization and hold what it grants, as when creating it. Same id, same permissions, same
     * expiry. Of the secrets before, the newest stays valid until the grace time is over; an older one ends.
     *
     * @throws DomainError `invalid` for a grace time out of range; `conflict` if the authorization has expired
     */
    async rotate(actor: Actor, id: AuthorizationId, graceSeconds = GRACE_SECONDS_DEFAULT): Promise<CreatedAuthorization> {
      const authorization = await authorizations.findRecord(id);
      const clearance = authorize(actor, ...rightsToWrite(authorization));
      guardUnscoped(actor, authorization);
      guardHeld(actor, authorization);
      if (!Number.isInteger(graceSeconds) || graceSeconds < 0 || graceSeconds > GRACE_SECONDS_MAX) {
        throw invalid(`graceSeconds must be a whole number from 0 to ${GRACE_SECONDS_MAX}`);
      }
      const secret = generateToken();
      const rights = [...clearance.rights, ...authorization.permissions];
      const rotated = await transactionBy(dependencies, authorize(actor, ...rights), async (writer) => {
        const current = await writer.findAuthorization(id);
        if (current?.secret.kind !== 'token') throw notFound('authorization not found');
        const now = clock();
        if (hasExpired(current, now)) throw conflict('the authorization has expired: create another one');
        const [before] = current.secret.tokens;
        // The order of creation tells which is the newest, also within one millisecond.
        const createdAtMs = Math.max(now, (before?.createdAtMs ?? 0) + 1);
        const previous = before !== undefined && graceSeconds > 0 ? [ending(before, now + graceSeconds * 1000)] : [];
        const tokens = [storedToken(secret, hashTokens, createdAtMs), ...previous];
        const next: Authorization = { ...current, secret: { kind: 'token', tokens }, updatedAtMs: now };
        await writer.replaceTokens(id, tokens);
        await writer.updateAuthorization(id, next);
        return next;
      });
      return { ...(await describeAuthorization(store, rotated)), secret, isExemptFromLifetimeMax: false };
    },

    /** Ends the grace time: only the newest secret stays. @throws DomainError `not found` if there is no previous secret */
    async endPrevious(actor: Actor, id: AuthorizationId): Promise<void> {
      const authorization = await authorizations.findRecord(id);
      const clearance = authorize(actor, ...rightsToWrite(authorization));
      guardUnscoped(actor, authorization);
      await transactionBy(dependencies, clearance, async (writer) => {
        const current = await writer.findAuthorization(id);
        if (current?.secret.kind !== 'token') throw notFound('authorization not found');
        const now = clock();
        const [newest, ...others] = current.secret.tokens;
        if (newest === undefined || !others.some((token) => !hasExpired(token, now))) throw notFound('no previous secret is valid');
        await writer.replaceTokens(id, [newest]);
        await writer.updateAuthorization(id, { ...current, updatedAtMs: now });
      });
    },
  };
};

const ending = (token: TokenSecret, expiresAtMs: number): TokenSecret => ({
  ...token,
  expiresAtMs: Math.min(token.expiresAtMs ?? expiresAtMs, expiresAtMs),
});
