/** Rotation: a token gets a new secret, and the one before it stays valid for a while. InfluxDB has no such operation. */
import type { Actor } from '../domain/actor.js';
import { grantedBy, awaitsConfirmation, type Authorization, type TokenSecret } from '../domain/authorization.js';
import { conflict, invalid, notFound } from '../domain/errors.js';
import type { AuthorizationId } from '../domain/id.js';
import { authorizationEvent, recordEvent } from './audit.js';
import {
  guardUnscoped,
  rightsToWrite,
  type AuthorizationDependencies,
  type Authorizations,
  type CreatedAuthorization,
} from './authorizations.js';
import type { TokenFormat } from '../domain/token-format.js';
import { tokenKindOf } from '../domain/token-kind.js';
import { authorize } from './authorize.js';
import { guardHeld } from './constraints.js';
import { describeAuthorization, type DescribedAuthorization } from './describe.js';
import { storedToken } from './plain-tokens.js';
import { hasExpired } from './standing.js';
import { generateTokenIn } from './token.js';
import { transactionBy } from './transactions.js';

export const GRACE_SECONDS_DEFAULT = 3600;
export const GRACE_SECONDS_MAX = 30 * 86_400;

/** @throws DomainError `invalid` */
export function checkGrace(graceSeconds: number): void {
  if (Number.isInteger(graceSeconds) && graceSeconds >= 0 && graceSeconds <= GRACE_SECONDS_MAX) return;
  throw invalid(`graceSeconds must be a whole number from 0 to ${GRACE_SECONDS_MAX}`);
}

export interface RequestedRotation {
  /** Undefined: the default. */
  readonly graceSeconds?: number | undefined;
  /** The old secret has no end until `confirm`. */
  readonly awaitsConfirmation?: boolean | undefined;
  /** Undefined: the format that the server prefers. */
  readonly tokenFormat?: TokenFormat | undefined;
}

export type Rotation = ReturnType<typeof createRotation>;

export const createRotation = (
  dependencies: AuthorizationDependencies & { readonly authorizations: Pick<Authorizations, 'findRecord'> },
) => {
  const { store, clock, tokenFormat, authorizations } = dependencies;

  return {
    /**
     * The actor must be able to change the authorization and hold what it grants, as when creating it. Same id, same permissions, same
     * expiry. Of the secrets before, the newest stays valid until the grace time is over; an older one ends. A rotation that awaits
     * confirmation does not count until it is confirmed: another rotation ends its secret, and keeps the one before. A secret that was
     * reported as leaked ends at once.
     *
     * @throws DomainError `invalid` for a grace time out of range; `conflict` if the authorization has expired
     */
    async rotate(actor: Actor, id: AuthorizationId, requested: RequestedRotation = {}): Promise<CreatedAuthorization> {
      const { graceSeconds = GRACE_SECONDS_DEFAULT, awaitsConfirmation: isOpen = false } = requested;
      const authorization = await authorizations.findRecord(id);
      const clearance = authorize(actor, ...rightsToWrite(authorization));
      guardUnscoped(actor, authorization);
      guardHeld(actor, authorization);
      checkGrace(graceSeconds);
      const kind = tokenKindOf(authorization.permissions, authorization.orgID);
      const secret = generateTokenIn(requested.tokenFormat ?? tokenFormat, kind);
      const rights = [...clearance.rights, ...grantedBy(authorization)];
      const rotated = await transactionBy(dependencies, authorize(actor, ...rights), async (writer) => {
        const current = await writer.findAuthorization(id);
        if (current?.secret.kind !== 'token') throw notFound('authorization not found');
        const now = clock();
        if (hasExpired(current, now)) throw conflict('the authorization has expired: create another one');
        const [newest, other] = current.secret.tokens;
        const before = awaitsConfirmation(current) ? other : newest;
        // The order of creation tells which is the newest, also within one millisecond.
        const createdAtMs = Math.max(now, (newest?.createdAtMs ?? 0) + 1);
        const previous = before === undefined || before.leakedAtMs !== undefined ? [] : previousOf(before, requested, graceSeconds, now);
        const tokens = [storedToken(secret, dependencies, createdAtMs), ...previous];
        const next: Authorization = { ...current, secret: { kind: 'token', tokens }, updatedAtMs: now };
        await writer.replaceTokens(id, tokens);
        await writer.updateAuthorization(id, next);
        const details = isOpen ? { awaitsConfirmation: true } : { graceSeconds };
        await recordEvent(writer, actor, now, authorizationEvent('authorization.rotated', next, { details }));
        return next;
      });
      return { ...(await describeAuthorization(store, rotated)), secret, isExemptFromLifetimeMax: false };
    },

    /**
     * The new secret has arrived: the grace time of the one before begins.
     *
     * @throws DomainError `not found` if no rotation awaits it
     */
    async confirm(actor: Actor, id: AuthorizationId, graceSeconds = GRACE_SECONDS_DEFAULT): Promise<DescribedAuthorization> {
      const authorization = await authorizations.findRecord(id);
      const clearance = authorize(actor, ...rightsToWrite(authorization));
      guardUnscoped(actor, authorization);
      checkGrace(graceSeconds);
      const confirmed = await transactionBy(dependencies, clearance, async (writer) => {
        const current = await writer.findAuthorization(id);
        if (current?.secret.kind !== 'token') throw notFound('authorization not found');
        const [newest, before] = current.secret.tokens;
        if (newest === undefined || before === undefined || !awaitsConfirmation(current)) {
          throw notFound('no rotation awaits confirmation');
        }
        const now = clock();
        const tokens = [newest, ...previousOf(before, {}, graceSeconds, now)];
        const next: Authorization = { ...current, secret: { kind: 'token', tokens }, updatedAtMs: now };
        await writer.replaceTokens(id, tokens);
        await writer.updateAuthorization(id, next);
        await recordEvent(writer, actor, now, authorizationEvent('authorization.confirmed', next, { details: { graceSeconds } }));
        return next;
      });
      return describeAuthorization(store, confirmed);
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
        await recordEvent(
          writer,
          actor,
          now,
          authorizationEvent('authorization.changed', current, { reason: 'the previous secret was ended' }),
        );
      });
    },
  };
};

/** What stays of the secret before. */
function previousOf(
  before: TokenSecret,
  { awaitsConfirmation: isOpen = false }: RequestedRotation,
  graceSeconds: number,
  nowMs: number,
): TokenSecret[] {
  if (isOpen) return [before];
  return graceSeconds > 0 ? [ending(before, nowMs + graceSeconds * 1000)] : [];
}

const ending = (token: TokenSecret, expiresAtMs: number): TokenSecret => ({
  ...token,
  expiresAtMs: Math.min(token.expiresAtMs ?? expiresAtMs, expiresAtMs),
});
