/** Whether somebody who was let in still is who he was: asked again before what he began takes effect. */
import type { Actor } from '../domain/actor.js';
import { forbidden, unauthorized } from '../domain/errors.js';
import { PermissionSet, type Permission } from '../domain/permission.js';
import type { Change, Store, StoreReader, StoreWriter } from '../domain/store.js';
import { permissionsOf, refusal } from './authorize.js';
import { permissionsOfUser, rolePermissions } from './roles.js';

/**
 * Asks the store itself, by primary keys. Within a transaction nothing can come between this and the commit, so that nobody makes anything
 * with a token, a session or a right that was ended before.
 *
 * @param required what was asked of the actor for this
 * @throws DomainError as for one who comes with it now
 */
export async function confirmStanding(store: StoreReader, actor: Actor, required: readonly Permission[]): Promise<void> {
  if (actor.kind === 'system') return;
  const user = await store.findUser(actor.userId);
  if (user?.status !== 'active') throw forbidden('User is inactive');
  if (actor.kind === 'token') {
    const standing = await store.findAuthorizationStanding(actor.authorizationId);
    if (standing === undefined || standing.endedAtMs !== undefined) throw unauthorized('unauthorized access');
    // The permissions of an authorization never change.
    requireAll({ ...actor, inactive: standing.status !== 'active' }, required);
    return;
  }
  if ((await store.findSession(actor.sessionHash)) === undefined) throw unauthorized('unauthorized access');
  // His roles are a few rows; his tokens may be very many, and are looked at only where the roles do not suffice.
  const roles = new PermissionSet(await rolePermissions(store, actor.userId));
  if (roles.firstMissing(required) === undefined) return;
  requireAll({ ...actor, permissions: await permissionsOfUser(store, actor.userId) }, required);
}

function requireAll(actor: Actor, required: readonly Permission[]): void {
  const missing = permissionsOf(actor).firstMissing(required);
  if (missing !== undefined) throw refusal(actor, missing);
}

/** A transaction in the name of an actor, who stands when it is committed, or nothing of it is. */
export const transactionBy = <T>(
  store: Store,
  actor: Actor,
  required: readonly Permission[],
  work: (writer: StoreWriter) => Promise<T>,
): Promise<T> =>
  store.transaction(async (writer) => {
    await confirmStanding(writer, actor, required);
    return work(writer);
  });

/** Whether a change may have ended an actor, or taken rights from him: then he is to be judged again. */
export function mayEnd(actor: Actor, { noun, kind, id }: Change): boolean {
  if (actor.kind === 'system' || kind === 'insert') return false;
  switch (noun) {
    case 'user':
      return id === '' || id === actor.userId;
    case 'authorization':
      // A session has the rights of its user's tokens, and the change does not say whose the token was.
      return id === '' || actor.kind === 'session' || id === actor.authorizationId;
    case 'session':
      return actor.kind === 'session' && (kind === 'delete' || id === '');
    case 'membership':
      return actor.kind === 'session';
    default:
      return false;
  }
}
