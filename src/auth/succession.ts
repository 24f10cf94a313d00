/** Succession: an authorization takes the name of another, which ends. Permissions never change; a new token with others comes in its place. */
import type { Actor } from '../domain/actor.js';
import type { Authorization } from '../domain/authorization.js';
import { conflict, invalid, notFound } from '../domain/errors.js';
import type { AuthorizationId } from '../domain/id.js';
import { authorizationEvent, recordEvent } from './audit.js';
import { guardUnscoped, rightsToWrite, type AuthorizationDependencies, type Authorizations } from './authorizations.js';
import { authorize } from './authorize.js';
import { describeAuthorization, type DescribedAuthorization } from './describe.js';
import { checkGrace, GRACE_SECONDS_DEFAULT } from './rotation.js';
import { transactionBy } from './transactions.js';

/** Said behind the description of a token whose grace time goes on: two that look alike would be hard to tell apart. */
const REPLACED = ' (replaced)';

export type Succession = ReturnType<typeof createSuccession>;

export const createSuccession = (
  dependencies: AuthorizationDependencies & { readonly authorizations: Pick<Authorizations, 'findRecord'> },
) => {
  const { store, clock, authorizations } = dependencies;

  return {
    /**
     * In one transaction: the successor gets the name, and the other one is deleted, or without a name expires when the grace time is over.
     *
     * @throws DomainError `invalid` for a grace time out of range; `conflict` if there is no name to take over, or not in one organization
     */
    async replace(
      actor: Actor,
      id: AuthorizationId,
      successorId: AuthorizationId,
      graceSeconds = GRACE_SECONDS_DEFAULT,
    ): Promise<DescribedAuthorization> {
      const [replaced, successor] = [await authorizations.findRecord(id), await authorizations.findRecord(successorId)];
      const clearance = authorize(actor, ...rightsToWrite(replaced), ...rightsToWrite(successor));
      guardUnscoped(actor, replaced);
      guardUnscoped(actor, successor);
      checkGrace(graceSeconds);
      if (id === successorId) throw invalid('an authorization cannot replace itself');
      const named = await transactionBy(dependencies, clearance, async (writer) => {
        const [old, next] = [await writer.findAuthorization(id), await writer.findAuthorization(successorId)];
        if (old === undefined || next === undefined) throw notFound('authorization not found');
        if (old.orgID !== next.orgID) throw conflict('an authorization can only be replaced within its organization');
        if (old.name === undefined) throw conflict('only an authorization with a name can be replaced');
        const now = clock();
        const endsAtMs = now + graceSeconds * 1000;
        const why = { reason: 'another one has taken its place', details: { graceSeconds, successor: successorId } };
        if (graceSeconds === 0) await writer.deleteAuthorization(id);
        else {
          const expiresAtMs = Math.min(old.expiresAtMs ?? endsAtMs, endsAtMs);
          const description = old.description + REPLACED;
          await writer.updateAuthorization(id, { ...old, name: undefined, description, expiresAtMs, updatedAtMs: now });
        }
        const action = graceSeconds === 0 ? 'authorization.deleted' : 'authorization.changed';
        await recordEvent(writer, actor, now, authorizationEvent(action, old, why));
        const heir: Authorization = { ...next, name: old.name, updatedAtMs: now };
        await writer.updateAuthorization(successorId, heir);
        await recordEvent(
          writer,
          actor,
          now,
          authorizationEvent('authorization.changed', heir, { details: { name: old.name, replaces: id } }),
        );
        return heir;
      });
      return describeAuthorization(store, named);
    },
  };
};
