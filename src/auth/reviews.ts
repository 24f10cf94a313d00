/** Whether a change affects an actor with a request in progress, and which permissions the actor has lost. */
import type { Actor } from '../domain/actor.js';
import type { Change } from '../domain/store.js';
import type { Refusal } from './authenticate.js';
import { isInactive } from './authorize.js';

/** Whether a change may have ended an actor, or taken rights away: then the actor is to be judged again. */
export function mayEnd(actor: Actor, { noun, kind, id }: Change): boolean {
  if (actor.kind === 'system' || kind === 'insert') return false;
  switch (noun) {
    case 'user':
      return id === '' || id === actor.userId;
    case 'authorization':
      // A session and a run have the permissions of their user's tokens, and the change does not name the token's user.
      return id === '' || actor.kind !== 'token' || id === actor.authorizationId;
    case 'session':
      return actor.kind === 'session' && (kind === 'delete' || id === '');
    case 'membership':
      return actor.kind !== 'token';
    default:
      return false;
  }
}

/** What the actor has lost since it was authenticated; undefined for nothing. */
export function findLoss(before: Actor, now: Actor): Refusal | undefined {
  if (isInactive(now) && !isInactive(before)) return 'inactive token';
  return now.permissions.firstMissing(before.permissions.permissions) === undefined ? undefined : 'rights were taken away';
}
