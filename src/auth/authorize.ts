/** The one gate: may this actor do that? */
import type { Actor } from '../domain/actor.js';
import type { DomainError } from '../domain/errors.js';
import { unauthorized } from '../domain/errors.js';
import {
  formatPermission,
  NO_PERMISSIONS,
  NOTHING,
  type Action,
  type Permission,
  type PermissionSet,
  type ResourceType,
  type Scope,
} from '../domain/permission.js';

/** What the actor may do at this moment: nothing, with an inactive token. */
export const permissionsOf = (actor: Actor): PermissionSet => (isInactive(actor) ? NO_PERMISSIONS : actor.permissions);

export const isInactive = (actor: Actor): boolean => actor.kind === 'token' && actor.inactive;

export const isAllowed = (actor: Actor, permission: Permission): boolean => permissionsOf(actor).covers(permission);

/**
 * @throws DomainError `unauthorized`, in InfluxDB's words (authorizer/authorize.go): `write:orgs/1/buckets/2 is unauthorized`, or
 *   `token is inactive`
 */
export function authorize(actor: Actor, permission: Permission): void {
  if (!isAllowed(actor, permission)) throw refusal(actor, permission);
}

export const refusal = (actor: Actor, permission: Permission): DomainError =>
  unauthorized(isInactive(actor) ? 'token is inactive' : `${formatPermission(permission)} is unauthorized`);

/** What a list may show to the actor. Lists refuse nobody: they are empty. */
export const readableScope = (actor: Actor, type: ResourceType, action: Action = 'read'): Scope =>
  isInactive(actor) ? NOTHING : actor.permissions.scope(action, type);
