/** What somebody asks a new authorization to hold: names become ids, and nobody gives what he has not. */
import type { Actor } from '../domain/actor.js';
import { forbidden, invalid, notFound } from '../domain/errors.js';
import type { OrganizationId } from '../domain/id.js';
import { formatPermission, type Action, type Permission, type ResourceType } from '../domain/permission.js';
import type { StoreReader } from '../domain/store.js';
import { isAllowed } from './authorize.js';

/** A permission as it was asked for; buckets, organizations and users may be named instead of given by id. */
export interface RequestedPermission {
  readonly action: Action;
  readonly resource: {
    readonly type: ResourceType;
    readonly id?: string | undefined;
    readonly orgID?: OrganizationId | undefined;
    readonly name?: string | undefined;
  };
}

/** The most that one authorization may hold. */
const PERMISSIONS_MAX = 10_000;

/** @throws DomainError `invalid` */
export function checkPermissionCount(requested: readonly RequestedPermission[]): void {
  if (requested.length > PERMISSIONS_MAX) throw invalid(`an authorization can hold ${PERMISSIONS_MAX} permissions at the most`);
}

/**
 * The permissions by ids alone. InfluxDB drops a name, and so grants all resources of the type.
 *
 * @throws DomainError `not found` for an unknown name, `invalid` for a name of what cannot be named
 */
export async function resolvePermissions(
  store: StoreReader,
  requested: readonly RequestedPermission[],
  orgID: OrganizationId,
): Promise<Permission[]> {
  const permissions: Permission[] = [];
  for (const { action, resource } of requested) {
    const { type, name } = resource;
    const isNamed = resource.id === undefined && name !== undefined && name !== '';
    const id = isNamed ? await findIdByName(store, type, name, resource.orgID ?? orgID) : resource.id;
    permissions.push({ action, resource: { type, id, orgID: resource.orgID } });
  }
  return permissions;
}

async function findIdByName(store: StoreReader, type: ResourceType, name: string, orgID: OrganizationId): Promise<string> {
  switch (type) {
    case 'buckets': {
      const bucket = await store.findBucketByName(orgID, name);
      if (bucket === undefined) throw notFound(`bucket "${name}" not found`);
      return bucket.id;
    }
    case 'orgs': {
      const organization = await store.findOrganizationByName(name);
      if (organization === undefined) throw notFound(`organization name "${name}" not found`);
      return organization.id;
    }
    case 'users': {
      const user = await store.findUserByName(name);
      if (user === undefined) throw notFound('user not found');
      return user.id;
    }
    default:
      throw invalid(`a permission for ${type} cannot name its resource; give the id, or leave the name out for all of them`);
  }
}

/**
 * Whether the actor holds each of the permissions, and whether they belong to the organization.
 *
 * @throws DomainError `forbidden` or `invalid`, in InfluxDB's words
 */
export function checkGrants(actor: Actor, permissions: readonly Permission[], orgID: OrganizationId): void {
  for (const permission of permissions) {
    // No token may hold `instance`, whoever asks: it would be an operator for all that will ever come.
    if (permission.resource.type === 'instance' || !isAllowed(actor, permission)) {
      const text = formatPermission(permission);
      throw forbidden(`permission ${text} is not allowed: ${text} is unauthorized`);
    }
  }
  for (const permission of permissions) {
    const given = permission.resource.orgID;
    if (given !== undefined && given !== orgID) {
      throw invalid(`permission ${formatPermission(permission)} is not for org id ${orgID}`);
    }
  }
}
