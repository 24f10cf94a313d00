/** What users may do by their roles and by the tokens they own. */
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

/** What a user's role in a resource allows. A bucket's owner gets nothing by it (InfluxDB's rule, which clients may lean on). */
function permissionsOfMembership({ resourceType, resourceId, role }: Membership): Permission[] {
  switch (resourceType) {
    case 'instance':
      return [globalPermission('read', 'instance'), globalPermission('write', 'instance')];
    case 'orgs':
      return role === 'owner' ? ownerPermissions(resourceId as OrganizationId) : memberPermissions(resourceId as OrganizationId);
    case 'buckets':
      return role === 'member' ? [{ action: 'read', resource: { type: 'buckets', id: resourceId } }] : [];
  }
}

/** What a user may do by his roles and about himself, in InfluxDB's order: the server, the rest as it was given, himself. */
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

/** What a session of the user may do: his roles, and whatever his active tokens may. */
export async function permissionsOfUser(store: StoreReader, userId: UserId): Promise<PermissionSet> {
  const authorizations = await store.listActiveTokensOfUser(userId);
  return new PermissionSet([...(await rolePermissions(store, userId)), ...authorizations.flatMap(({ permissions }) => permissions)]);
}
