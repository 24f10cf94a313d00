/** Authorizations of the v1-compatible API: a name and a password instead of a token. */
import type { Actor } from '../domain/actor.js';
import { conflict, invalid, notFound } from '../domain/errors.js';
import { grantedBy } from '../domain/authorization.js';
import type { AuthorizationId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import { DuplicateError } from '../domain/store.js';
import { authorizationEvent, recordEvent } from './audit.js';
import {
  createChecked,
  createKind,
  guardUnscoped,
  rightsToWrite,
  type AuthorizationDependencies,
  type NewAuthorization,
} from './authorizations.js';
import { authorize } from './authorize.js';
import { guardHeld } from './constraints.js';
import type { DescribedAuthorization } from './describe.js';
import type { PasswordChecks } from './password-checks.js';
import { checkPasswordRules } from './passwords.js';
import type { Secret } from './secret.js';
import { transactionBy } from './transactions.js';

export type V1Authorizations = ReturnType<typeof createV1Authorizations>;

export const createV1Authorizations = (dependencies: AuthorizationDependencies & { readonly passwords: PasswordChecks }) => {
  const kind = createKind('v1', dependencies);
  const { clock, passwords } = dependencies;
  return {
    ...kind,

    /** @throws DomainError as for tokens; `invalid` without a name, `conflict` for one that is taken */
    async create(actor: Actor, input: NewAuthorization, userName: string): Promise<DescribedAuthorization> {
      if (userName === '') throw invalid('token required for v1 user authorization type');
      checkNewName('v1 user name', userName);
      try {
        return await createChecked(dependencies, actor, input, 'v1', () => ({ stored: { kind: 'v1', userName }, secret: undefined }));
      } catch (error) {
        throw error instanceof DuplicateError ? conflict('token already exists') : error;
      }
    },

    /**
     * Sets the password; nothing returns it later. A new password gives access to all that the authorization grants, so unlike InfluxDB,
     * write permission for the user is not enough: the actor must hold all of its permissions, as when creating it.
     */
    async setPassword(actor: Actor, id: AuthorizationId, password: Secret): Promise<void> {
      const authorization = await kind.findRecord(id);
      authorize(actor, ...rightsToWrite(authorization));
      guardUnscoped(actor, authorization);
      guardHeld(actor, authorization);
      checkPasswordRules(password, false);
      const passwordHash = await passwords.hash(actor.kind === 'system' ? actor.kind : actor.userId, password);
      const clearance = authorize(actor, ...rightsToWrite(authorization), ...grantedBy(authorization));
      await transactionBy(dependencies, clearance, async (writer) => {
        const current = await writer.findAuthorization(id);
        if (current?.secret.kind !== 'v1') throw notFound('authorization not found');
        const now = clock();
        await writer.putV1PasswordHash(id, passwordHash, now);
        await writer.updateAuthorization(id, { ...current, updatedAtMs: now });
        const why = { reason: 'it has another password' };
        await recordEvent(writer, actor, now, authorizationEvent('authorization.changed', current, why));
      });
    },
  };
};
