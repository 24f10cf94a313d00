/** Authorization: the only place that compares a permission with the actor's permissions. */
import type { Actor, Identity } from '../domain/actor.js';
import type { DomainError } from '../domain/errors.js';
import { unauthorized } from '../domain/errors.js';
import type { OrganizationId } from '../domain/id.js';
import {
  formatPermission,
  NO_PERMISSIONS,
  NOTHING,
  type Action,
  type AskedPermission,
  type Permission,
  type PermissionSet,
  type ResourceType,
  type Scope,
} from '../domain/permission.js';
import { publishDecision } from './decisions.js';

/** The actor's current permissions; none for an inactive token. */
export const permissionsOf = (actor: Actor | Identity): PermissionSet => (isInactive(actor) ? NO_PERMISSIONS : actor.permissions);

export const isInactive = (actor: Actor | Identity): boolean => actor.kind === 'token' && actor.status === 'inactive';

/** Of a permission that the actor holds: its request cannot do without it. */
export function noteNeed(actor: Actor, permission: AskedPermission): void {
  if (actor.kind === 'token') actor.needs?.noteNeed(permission);
}

export function isAllowed(actor: Actor, permission: AskedPermission): boolean {
  const allowed = permissionsOf(actor).covers(permission);
  if (allowed) noteNeed(actor, permission);
  publishDecision(actor, 'one', permission.action, permission.resource.type, allowed);
  return allowed;
}

/** An actor and rights that it was found to hold. A change needs one (`transactionBy`), and only `authorize` makes it. */
export class Clearance {
  readonly actor: Actor;
  readonly rights: readonly AskedPermission[];

  private constructor(actor: Actor, rights: readonly AskedPermission[]) {
    this.actor = actor;
    this.rights = rights;
  }

  static check(actor: Actor, rights: readonly AskedPermission[]): Clearance {
    for (const right of rights) if (!isAllowed(actor, right)) throw refusal(actor, right);
    return new Clearance(actor, rights);
  }
}

/**
 * Checks permissions, one after the other.
 *
 * @throws DomainError `unauthorized`, in InfluxDB's words (authorizer/authorize.go): `write:orgs/1/buckets/2 is unauthorized`, or
 *   `token is inactive`
 */
export const authorize = (actor: Actor, ...rights: readonly AskedPermission[]): Clearance => Clearance.check(actor, rights);

export const refusal = (actor: Actor, permission: Permission): DomainError =>
  unauthorized(isInactive(actor) ? 'token is inactive' : `${formatPermission(permission)} is unauthorized`);

/** What the actor can see in a list. Lists are empty instead of refused. */
export function readableScope(actor: Actor, type: ResourceType): Scope {
  const scope = isInactive(actor) ? NOTHING : actor.permissions.scope('read', type);
  if (actor.kind === 'token') actor.needs?.noteList('read', type);
  publishDecision(
    actor,
    'list',
    'read',
    type,
    scope.everything || scope.ids.length + scope.placedIds.length + scope.organizationIds.length > 0,
  );
  return scope;
}

/** The given resources that the actor can act on, when they were not filtered by the store. */
export function filterAllowed<T>(
  actor: Actor,
  type: ResourceType,
  resources: readonly T[],
  permissionTo: (resource: T) => AskedPermission,
): T[] {
  const held = permissionsOf(actor);
  const allowed = resources.filter((resource) => {
    const permission = permissionTo(resource);
    const isHeld = held.covers(permission);
    if (isHeld) noteNeed(actor, permission);
    return isHeld;
  });
  publishDecision(actor, 'list', 'read', type, allowed.length > 0);
  return allowed;
}

/** Whether the actor may do this to any resource of the type in an organization. */
export function reachesAny(actor: Actor, action: Action, type: ResourceType, orgID: OrganizationId): boolean {
  const allowed = permissionsOf(actor).reaches(action, type, orgID);
  publishDecision(actor, 'list', action, type, allowed);
  return allowed;
}
