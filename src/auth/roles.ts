/** The permissions of users, from their roles and from their tokens. */
import type { Actor } from '../domain/actor.js';
import type { OrganizationId, UserId } from '../domain/id.js';
import {
  globalPermission,
  memberPermissions,
  ownerPermissions,
  permissionById,
  PermissionSet,
  type Permission,
} from '../domain/permission.js';
import type { StoreReader } from '../domain/store.js';
import type { Membership } from '../domain/user.js';
import { permissionsOf } from './authorize.js';
import { lifetimeOfAuthorization, standingOf } from './standing.js';

/** The permissions of a role. Owners of a resource, and members of all but buckets, get none (InfluxDB's rule; clients may rely on it). */
function permissionsOfMembership({ resourceType, resourceId, role }: Membership): Permission[] {
  switch (resourceType) {
    case 'instance':
      return [globalPermission('read', 'instance'), globalPermission('write', 'instance')];
    case 'orgs':
      return role === 'owner' ? ownerPermissions(resourceId as OrganizationId) : memberPermissions(resourceId as OrganizationId);
    case 'buckets':
      return role === 'member' ? [{ action: 'read', resource: { type: 'buckets', id: resourceId } }] : [];
    default:
      return [];
  }
}

/** The permissions of a user's roles and on the user itself, in InfluxDB's order: the server, then roles as granted, then the user. */
export async function rolePermissions(store: StoreReader, userId: UserId): Promise<Permission[]> {
  const memberships = await store.listMembershipsOfUser(userId);
  const instance = memberships.filter(({ resourceType }) => resourceType === 'instance');
  const others = memberships.filter(({ resourceType }) => resourceType !== 'instance');
  return [
    ...[...instance, ...others].flatMap(permissionsOfMembership),
    permissionById('read', 'users', userId),
    permissionById('write', 'users', userId),
  ];
}

/** Permissions that hold until a commit changes them, or a token among those that they come from expires. */
export interface TimedPermissions {
  readonly permissions: PermissionSet;
  /** Undefined: time alone does not change them. */
  readonly validUntilMs: number | undefined;
}

/** The permissions of the user's sessions: all of the user's roles and active tokens. */
export async function permissionsOfUser(store: StoreReader, userId: UserId, nowMs: number): Promise<TimedPermissions> {
  const held = await rolePermissions(store, userId);
  let validUntilMs: number | undefined;
  for (const authorization of await store.listActiveTokensOfUser(userId)) {
    const lifetime = lifetimeOfAuthorization(authorization);
    // The session's own check tests whether the user is active.
    if (standingOf(lifetime, 'active', nowMs) !== 'active') continue;
    // A session is not bound by a token's networks, rates and window of time, and so gains nothing from it.
    if (authorization.constraints !== undefined) continue;
    held.push(...authorization.permissions);
    const { expiresAtMs } = lifetime;
    if (expiresAtMs !== undefined) validUntilMs = Math.min(validUntilMs ?? expiresAtMs, expiresAtMs);
  }
  return { permissions: new PermissionSet(held), validUntilMs };
}

/** The actor's current permissions, each once; none for an inactive token. */
export function listOwnPermissions(actor: Actor): Permission[] {
  const held = new Map(permissionsOf(actor).permissions.map((permission) => [JSON.stringify(permission), permission]));
  return [...held.values()];
}
