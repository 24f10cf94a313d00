/** The permissions of a new authorization: resolves names, checks ids, and grants only what the actor holds. */
import type { Actor } from '../domain/actor.js';
import { forbidden, invalid, notFound } from '../domain/errors.js';
import type { AuthorizationId, Id, OrganizationId } from '../domain/id.js';
import { formatPermission, type Action, type Permission, type Resource, type ResourceType } from '../domain/permission.js';
import type { PointMatch } from '../domain/point-match.js';
import { effectivePermissions, type Constraints } from '../domain/constraints.js';
import type { StoreReader } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';
import { KINDS } from '../kinds/index.js';
import { permissionsOf } from './authorize.js';

/** A requested permission; buckets, organizations and users can be given by name instead of id. */
export interface RequestedPermission {
  readonly action: Action;
  readonly resource: {
    readonly type: ResourceType;
    readonly id?: string | undefined;
    readonly orgID?: OrganizationId | undefined;
    readonly name?: string | undefined;
    /** The name of an organization, in the place of its id. */
    readonly org?: string | undefined;
  };
  /** Of buckets: which of their points. */
  readonly match?: PointMatch | undefined;
}

/** The most that one authorization may hold. */
const PERMISSIONS_MAX = 10_000;

/** @throws DomainError `invalid` */
export function checkPermissionCount(requested: readonly RequestedPermission[]): void {
  if (requested.length > PERMISSIONS_MAX) throw invalid(`an authorization can hold ${PERMISSIONS_MAX} permissions at the most`);
}

/**
 * The permissions by ids alone. InfluxDB drops names, and so grants all resources of the type, or of all organizations.
 *
 * @throws DomainError `not found` for an unknown name, `invalid` for a type that has no names
 */
export async function resolvePermissions(
  store: StoreReader,
  requested: readonly RequestedPermission[],
  orgID: OrganizationId,
): Promise<Permission[]> {
  const permissions: Permission[] = [];
  for (const { action, resource, match } of requested) {
    permissions.push({ action, resource: await resolveResource(store, resource, orgID), ...(match !== undefined && { match }) });
  }
  return permissions;
}

async function resolveResource(store: StoreReader, given: RequestedPermission['resource'], orgID: OrganizationId): Promise<Resource> {
  const { type, name = '', org = '' } = given;
  const place = given.orgID ?? (org === '' ? undefined : await findOrganizationByName(store, org));
  // Do not reveal what another organization has; the permission is refused for the organization.
  const isNamed = given.id === undefined && name !== '' && (place === undefined || place === orgID);
  const id = isNamed ? await findIdByName(store, type, name, orgID) : given.id;
  // Users belong to no organization: only the id counts.
  if (type === 'users' && id !== undefined) return { type, id, statedOrgID: place };
  return { type, id, orgID: isNamed && type === 'buckets' ? orgID : place };
}

async function findOrganizationByName(store: StoreReader, name: string): Promise<OrganizationId> {
  const organization = await store.findOrganizationByName(name);
  if (organization === undefined) throw notFound(`organization name "${name}" not found`);
  return organization.id;
}

async function findIdByName(store: StoreReader, type: ResourceType, name: string, orgID: OrganizationId): Promise<string> {
  switch (type) {
    case 'buckets': {
      const bucket = await store.resources(bucketKind).findByName(orgID, name);
      if (bucket === undefined) throw notFound(`bucket "${name}" not found`);
      return bucket.id;
    }
    case 'orgs':
      return findOrganizationByName(store, name);
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
 * The permissions that the actor can grant: each unchanged, or limited to the one organization in which the actor holds the resource. Each
 * belongs to the organization.
 *
 * @param asked the permissions as requested: errors must not reveal the id of a resource given by name; and what limits all of them
 * @throws DomainError `forbidden` or `invalid`, in InfluxDB's words
 */
export function grantPermissions(
  actor: Actor,
  permissions: readonly Permission[],
  { requested, constraints }: { readonly requested: readonly RequestedPermission[]; readonly constraints: Constraints | undefined },
  orgID: OrganizationId,
): Permission[] {
  const held = permissionsOf(actor);
  const limited = effectivePermissions(permissions, constraints);
  const granted = permissions.map((permission, index): Permission => {
    // No token may hold `instance`: it would be an operator of everything that is added later.
    const given = permission.resource.type === 'instance' ? undefined : held.grant(limited[index] ?? permission, orgID);
    if (given !== undefined) return { ...permission, resource: given.resource };
    const { id, name } = requested[index]?.resource ?? {};
    const text = formatPermission({ ...permission, resource: { ...permission.resource, id: id ?? (name === '' ? undefined : name) } });
    throw forbidden(`permission ${text} is not allowed: ${text} is unauthorized`);
  });
  for (const permission of granted) {
    const given = permission.resource.orgID ?? permission.resource.statedOrgID;
    if (given !== undefined && given !== orgID) {
      throw invalid(`permission ${formatPermission(permission)} is not for org id ${orgID}`);
    }
  }
  return granted;
}

/**
 * Checks that each known id is in the stated organization. InfluxDB grants unknown ids, which match nothing.
 *
 * @throws DomainError `not found`, in the words of the kind
 */
export async function checkPlaces(store: StoreReader, permissions: readonly Permission[]): Promise<void> {
  const seen = new Set<string>();
  for (const { resource } of permissions) {
    const { type, id, orgID } = resource;
    if (id === undefined || orgID === undefined || seen.has(type + id)) continue;
    seen.add(type + id);
    const place = await findPlace(store, type, id);
    if (place !== undefined && place !== orgID) throw notFound(notFoundWords(type, id));
  }
}

function notFoundWords(type: ResourceType, id: Id): string {
  const kind = KINDS.find((each) => each.type === type);
  return kind?.words.notFound(id) ?? OTHER_NOT_FOUND[type] ?? `${type} not found`;
}

const OTHER_NOT_FOUND: { readonly [type in ResourceType]?: string } = {
  authorizations: 'authorization not found',
  dbrp: 'unable to find DBRP',
  orgs: 'organization not found',
};

/** The organization of a resource; undefined if it does not exist, or if its kind has no organization or is not supported. */
export async function findPlace(store: StoreReader, type: ResourceType, id: Id): Promise<OrganizationId | undefined> {
  switch (type) {
    case 'authorizations':
      return (await store.findAuthorization(id as AuthorizationId))?.orgID;
    case 'dbrp':
      // A bucket has a mapping of its own, under its id.
      return (await store.findOrganizationOf('dbrp', id)) ?? (await store.findOrganizationOf('buckets', id));
    case 'orgs':
      return id as OrganizationId;
    case 'users':
    case 'secrets':
    case 'instance':
      return undefined;
    default:
      return store.findOrganizationOf(type, id);
  }
}
