/** Tokens in the hands of other services: what one is (RFC 7662), and ending it (RFC 7009). */
import type { Actor, TokenIdentity } from '../domain/actor.js';
import { newestToken, secretIdOf, type TokenSecret } from '../domain/authorization.js';
import { DomainError } from '../domain/errors.js';
import type { AuthorizationId, Clock } from '../domain/id.js';
import type { Permission } from '../domain/permission.js';
import type { Store } from '../domain/store.js';
import { authorizationEvent, recordEvent } from './audit.js';
import type { Authenticator } from './authenticate.js';
import { guardUnscoped, mayReadAuthorization, rightsToWrite } from './authorizations.js';
import { authorize } from './authorize.js';
import { describeAuthorization, type DescribedAuthorization } from './describe.js';
import { findToken } from './find-token.js';
import type { Secret } from './secret.js';
import type { TokenHasher } from './token-hasher.js';
import { transactionBy } from './transactions.js';

export interface Introspected extends DescribedAuthorization {
  readonly identity: TokenIdentity;
  /** What this token opens: one that was derived opens less than its authorization. */
  readonly opens: readonly Permission[];
  readonly expiresAtMs: number | undefined;
}

/** The token lives, and can't be ended by itself. */
export class UnrevocableTokenError extends DomainError {
  constructor() {
    super('invalid', 'this token is derived from another one: end that one, or wait until it expires');
  }
}

export interface IntrospectionDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly authenticator: Authenticator;
  readonly hasher: TokenHasher;
}

export type Introspection = ReturnType<typeof createIntrospection>;

export const createIntrospection = (dependencies: IntrospectionDependencies) => {
  const { store, clock, authenticator, hasher } = dependencies;

  /** The token that the actor came with needs no right. */
  const isOwn = (actor: Actor, authorizationId: AuthorizationId, secretId: string | undefined): boolean =>
    actor.kind === 'token' && actor.authorizationId === authorizationId && secretId !== undefined && actor.secretId === secretId;

  return {
    /** @returns undefined for a token that does not count, or that the actor cannot read */
    async introspect(actor: Actor, token: Secret): Promise<Introspected | undefined> {
      const verdict = await authenticator.authenticateToken(token);
      if (!('identity' in verdict) || verdict.identity.status !== 'active') return undefined;
      const { identity } = verdict;
      const authorization = await store.findAuthorization(identity.authorizationId);
      if (authorization === undefined) return undefined;
      if (!isOwn(actor, identity.authorizationId, identity.secretId) && !mayReadAuthorization(actor, authorization)) return undefined;
      return {
        ...(await describeAuthorization(store, authorization)),
        identity,
        opens: identity.permissions.permissions,
        expiresAtMs: verdict.validUntilMs,
      };
    },

    /**
     * Ends a token for good: the authorization, or, of one that was rotated, the secret before alone. The actor must be able to change the
     * authorization, or have come with the token. Nothing happens to one that is unknown, or that the actor cannot read.
     *
     * @throws DomainError `unauthorized` or `forbidden` for who can read it and not change it
     */
    async revoke(actor: Actor, token: Secret): Promise<void> {
      const found = await findToken(store, token, hasher);
      if (found === undefined) {
        if ('identity' in (await authenticator.authenticateToken(token))) throw new UnrevocableTokenError();
        return;
      }
      const { authorization, token: shown } = found;
      // One that was derived from it is a part of it.
      const own = isOwn(actor, authorization.id, secretIdOf(shown)) && actor.kind === 'token' && actor.derived === undefined;
      if (!own && !mayReadAuthorization(actor, authorization)) return;
      const clearance = own ? authorize(actor) : authorize(actor, ...rightsToWrite(authorization));
      if (!own) guardUnscoped(actor, authorization);
      const isShown = (one: TokenSecret): boolean => secretIdOf(one) === secretIdOf(shown);
      await transactionBy(dependencies, clearance, async (writer) => {
        const current = await writer.findAuthorization(authorization.id);
        if (current?.secret.kind !== 'token' || !current.secret.tokens.some(isShown)) return;
        const reason = own ? 'revoked by its holder' : 'revoked';
        const now = clock();
        if (secretIdOf(newestToken(current.secret) ?? shown) === secretIdOf(shown)) {
          await writer.deleteAuthorization(current.id);
          await recordEvent(writer, actor, now, authorizationEvent('authorization.deleted', current, { reason }));
          return;
        }
        await writer.replaceTokens(
          current.id,
          current.secret.tokens.filter((one) => !isShown(one)),
        );
        await writer.updateAuthorization(current.id, { ...current, updatedAtMs: now });
        await recordEvent(
          writer,
          actor,
          now,
          authorizationEvent('authorization.changed', current, { reason: `the previous secret was ${reason}` }),
        );
      });
    },
  };
};
