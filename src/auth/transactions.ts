/** Changes by an actor: inside the transaction, checks again that the actor is valid and still has its permissions. */
import type { Actor } from '../domain/actor.js';
import { forbidden, unauthorized } from '../domain/errors.js';
import type { Clock } from '../domain/id.js';
import { PermissionSet, type Permission } from '../domain/permission.js';
import type { Store, StoreReader, StoreWriter } from '../domain/store.js';
import { permissionsOf, refusal, type Clearance } from './authorize.js';
import { permissionsOfUser, rolePermissions } from './roles.js';
import { lifetimeOfAuthorization, lifetimeOfSession, standingOf, type Lifetime } from './standing.js';

/**
 * Queries the store by primary keys. Inside a transaction nothing can happen between this check and the commit, so no change is made with
 * a token, session or permission that was revoked before.
 *
 * @throws DomainError as for somebody who comes with the same credentials now
 */
export async function confirmStanding(store: StoreReader, { actor, rights }: Clearance, nowMs: number): Promise<void> {
  if (actor.kind === 'system') return;
  if (actor.kind === 'task') {
    if ((await store.findUser(actor.userId))?.status !== 'active') throw userIsInactive();
    requireAll(actor, rights);
    return;
  }
  const lifetime = await findLifetime(store, actor);
  const user = await store.findUser(actor.userId);
  if (lifetime === undefined) throw user?.status === 'active' ? unauthorized('unauthorized access') : userIsInactive();
  const standing = standingOf(lifetime, user?.status, nowMs);
  switch (standing) {
    case 'expired':
      throw unauthorized('unauthorized access');
    case 'ended':
    case 'user inactive':
      throw userIsInactive();
    case 'active':
    case 'inactive':
      break;
  }
  if (actor.kind === 'token') {
    // The permissions of an authorization never change.
    requireAll({ ...actor, status: standing }, rights);
    return;
  }
  // The roles are a few rows; the tokens may be very many, and are looked at only where the roles do not suffice.
  const roles = new PermissionSet(await rolePermissions(store, actor.userId));
  if (roles.firstMissing(rights) === undefined) return;
  requireAll({ ...actor, permissions: (await permissionsOfUser(store, actor.userId, nowMs)).permissions }, rights);
}

async function findLifetime(store: StoreReader, actor: Exclude<Actor, { kind: 'system' | 'task' }>): Promise<Lifetime | undefined> {
  if (actor.kind === 'token') {
    const found = await store.findAuthorizationStanding(actor.authorizationId, actor.secretId);
    return found && lifetimeOfAuthorization(found);
  }
  const session = await store.findSession(actor.sessionHash);
  return session && lifetimeOfSession(session);
}

const userIsInactive = () => forbidden('User is inactive');

function requireAll(actor: Actor, rights: readonly Permission[]): void {
  const missing = permissionsOf(actor).firstMissing(rights);
  if (missing !== undefined) throw refusal(actor, missing);
}

export interface TransactionDependencies {
  readonly store: Store;
  readonly clock: Clock;
}

/** A transaction in the name of an actor with rights that hold when it is committed; otherwise nothing of it is. */
export const transactionBy = <T>(
  { store, clock }: TransactionDependencies,
  clearance: Clearance,
  work: (writer: StoreWriter) => Promise<T>,
): Promise<T> =>
  store.transaction(async (writer) => {
    await confirmStanding(writer, clearance, clock());
    return work(writer);
  });
