/** An authorization with the names that its ids have at this moment. */
import { unscopedPermissions, type Authorization } from '../domain/authorization.js';
import { DomainError, notFound } from '../domain/errors.js';
import type { OrganizationId, UserId } from '../domain/id.js';
import type { Permission } from '../domain/permission.js';
import type { Store, StoreReader } from '../domain/store.js';
import type { Status } from '../domain/user.js';
import { bucketKind } from '../kinds/buckets.js';

export interface DescribedAuthorization {
  readonly authorization: Authorization;
  /** Undefined when the organization is gone. */
  readonly organizationName: string | undefined;
  readonly userName: string;
  readonly userStatus: Status;
  readonly permissions: readonly DescribedPermission[];
}

export interface DescribedPermission {
  readonly permission: Permission;
  readonly name?: string | undefined;
  readonly organizationName?: string | undefined;
}

/** @throws DomainError `not found` when its user is gone, or its organization, unless it reaches beyond it */
export async function describeAuthorization(store: StoreReader, authorization: Authorization): Promise<DescribedAuthorization> {
  const { userID, orgID, permissions, endedAtMs } = authorization;
  const user = endedAtMs === undefined ? await store.findUser(userID) : undefined;
  if (user === undefined) throw notFound('user not found');
  const organization = await store.findOrganization(orgID);
  if (organization === undefined && unscopedPermissions(permissions).length === 0) throw notFound('organization not found');
  const described: DescribedPermission[] = [];
  for (const permission of permissions) described.push(await describePermission(store, permission));
  return { authorization, organizationName: organization?.name, userName: user.name, userStatus: user.status, permissions: described };
}

/** With the names of what it is about, which everybody sees who sees it. */
export async function describePermission(store: StoreReader, permission: Permission): Promise<DescribedPermission> {
  const { type, id } = permission.resource;
  const orgID = permission.resource.orgID ?? permission.resource.statedOrgID;
  let name: string | undefined;
  if (id !== undefined && (type === 'buckets' || type === 'orgs' || type === 'users')) {
    if (type === 'buckets') name = (await store.resources(bucketKind).find(id))?.name;
    else if (type === 'orgs') name = (await store.findOrganization(id as OrganizationId))?.name;
    else name = (await store.findUser(id as UserId))?.name;
    // InfluxDB leaves both names out when the one is gone.
    if (name === undefined) return { permission };
  }
  const organizationName = orgID === undefined ? undefined : (await store.findOrganization(orgID))?.name;
  return { permission, name, organizationName };
}

/** A user or an organization may just have been deleted, with everything that belonged to it. */
export async function describeUnlessGone(store: Store, authorization: Authorization): Promise<DescribedAuthorization | undefined> {
  try {
    return await describeAuthorization(store, authorization);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'not found') return undefined;
    throw error;
  }
}
