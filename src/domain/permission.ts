/** Permissions, their text, and the one rule for whether a granted permission covers a requested one. */
import type { Id, OrganizationId } from './id.js';
import { isWithinMatch, type PointMatch } from './point-match.js';

/** InfluxDB's order, used by `/api/v2/resources`, setup and the operator check. `instance` is separate: see below. */
export const RESOURCE_TYPES = [
  'authorizations',
  'buckets',
  'dashboards',
  'orgs',
  'sources',
  'tasks',
  'telegrafs',
  'users',
  'variables',
  'scrapers',
  'secrets',
  'labels',
  'views',
  'documents',
  'notificationRules',
  'notificationEndpoints',
  'checks',
  'dbrp',
  'notebooks',
  'annotations',
  'remotes',
  'replications',
] as const;

/** `instance` covers every other type. No token may hold it: only sessions of the user created at setup do. */
export const ALL_RESOURCE_TYPES = [...RESOURCE_TYPES, 'instance'] as const;

export type ResourceType = (typeof ALL_RESOURCE_TYPES)[number];
export const ACTIONS = ['read', 'write'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * With neither id nor orgID: every resource of the type, in every organization. With orgID alone: all of that organization.
 * With id alone: that resource. With both: that resource, if it is in that organization.
 */
export interface Resource {
  readonly type: ResourceType;
  readonly id?: Id | undefined;
  readonly orgID?: OrganizationId | undefined;
  /** The orgID that the client sent with the id of a user, who belongs to no organization. It is returned and has no effect. */
  readonly statedOrgID?: OrganizationId | undefined;
}

export interface Permission {
  readonly action: Action;
  readonly resource: Resource;
  /** Of buckets: which points it covers; undefined: all of them, and the bucket itself. */
  readonly match?: PointMatch | undefined;
}

/** A permission as a check asks for it. */
export interface AskedPermission extends Permission {
  /** A permission that covers some points of the bucket will do: which ones, the caller finds out (`pointsOf`). */
  readonly somePoints?: true | undefined;
}

export const isResourceType = (text: string): text is ResourceType => (ALL_RESOURCE_TYPES as readonly string[]).includes(text);
export const isAction = (text: string): text is Action => text === 'read' || text === 'write';

/** `write:orgs/<orgID>/buckets/<id>`, as InfluxDB names a permission in its refusals. */
export function formatPermission({ action, resource }: Permission): string {
  const { type, id } = resource;
  const orgID = resource.orgID ?? resource.statedOrgID;
  // For `orgs` and `users` InfluxDB leaves out the organization unless it was given explicitly.
  const scope = orgID === undefined ? '' : `orgs/${orgID}/`;
  return `${action}:${scope}${type}${id === undefined ? '' : `/${id}`}`;
}

/** The permission to do something to one resource of an organization. */
export const permissionFor = (action: Action, type: ResourceType, id: Id, orgID: OrganizationId): Permission => ({
  action,
  resource: { type, id, orgID },
});

/** The permission to do something to all resources of a type in an organization, such as to create one there. */
export const permissionInOrganization = (action: Action, type: ResourceType, orgID: OrganizationId): Permission => ({
  action,
  resource: { type, orgID },
});

/** Organizations and users belong to no organization: they are checked by id alone. */
export const permissionById = (action: Action, type: 'orgs' | 'users', id: Id): Permission => ({ action, resource: { type, id } });

/** The permission over all resources of a type in every organization, such as to create an organization or a user. */
export const globalPermission = (action: Action, type: ResourceType): Permission => ({ action, resource: { type } });

/** The permissions of an operator token. */
export const operatorPermissions = (): Permission[] =>
  RESOURCE_TYPES.flatMap((type) => ACTIONS.map((action) => globalPermission(action, type)));

/** The permissions of an organization's owner, in InfluxDB's order. */
export const ownerPermissions = (orgID: OrganizationId): Permission[] =>
  RESOURCE_TYPES.flatMap((type) => ACTIONS.map((action) => inOrganizationOrItself(action, type, orgID)));

/** The permissions of an organization's member: read. */
export const memberPermissions = (orgID: OrganizationId): Permission[] =>
  RESOURCE_TYPES.map((type) => inOrganizationOrItself('read', type, orgID));

const inOrganizationOrItself = (action: Action, type: ResourceType, orgID: OrganizationId): Permission =>
  type === 'orgs' ? permissionById(action, 'orgs', orgID) : permissionInOrganization(action, type, orgID);

/** True for a permission over every organization. */
export const isUnscoped = ({ resource }: Permission): boolean => resource.id === undefined && resource.orgID === undefined;

const TYPE_INDEX = Object.fromEntries(ALL_RESOURCE_TYPES.map((type, index) => [type, index])) as Record<ResourceType, number>;
const TYPE_COUNT = ALL_RESOURCE_TYPES.length;
const INSTANCE = TYPE_INDEX.instance;
const bitOf = (action: Action): number => (action === 'read' ? 1 : 2);

/** Organizations and users belong to no organization, so an orgID never matches one. */
export const liesNowhere = (type: ResourceType): boolean => type === 'orgs' || type === 'users';

/** An organization is checked as if it belonged to itself, too (`write:orgs/O/orgs/O`). */
const placeOf = (type: ResourceType, id: Id | undefined, orgID: OrganizationId | undefined): string | undefined =>
  type === 'orgs' ? id : type === 'users' ? undefined : orgID;

type Bits = Uint8Array;
const holds = (bits: Bits | undefined, type: number, bit: number): boolean => bits !== undefined && ((bits[type] ?? 0) & bit) !== 0;

/** Whether a permission with a match is about a bucket, by the rules of `PermissionSet`. */
function opens({ id, orgID }: Resource, bucketId: Id | undefined, place: OrganizationId | undefined): boolean {
  if (bucketId === undefined) return id === undefined && (orgID === undefined || orgID === place);
  return (id === undefined || id === bucketId) && (orgID === undefined || orgID === place);
}

/** A permission for points counts where somebody asks for some points, or for no more points than it covers. */
const NO_POINTS: readonly Permission[] = [];

/**
 * Indexed permissions: a check costs a few look-ups and no allocations, however many permissions there are.
 * Same action, and `instance` or the same type, and id and orgID each either not granted or equal to the requested one.
 * InfluxDB ignores the orgID next to an id (authz.go, `Permission.Matches`), so an orgID also grants any id.
 */
export class PermissionSet {
  readonly permissions: readonly Permission[];
  /** Per type: bits of the actions granted everywhere. */
  readonly #everywhere: Bits = new Uint8Array(TYPE_COUNT);
  /** Per organization the same, per id, and per id and organization. */
  readonly #byOrganization = new Map<string, Bits>();
  readonly #byId = new Map<string, Bits>();
  readonly #byPlacedId = new Map<string, Map<string, Bits>>();
  /** Those that cover some points of buckets only. They are few. */
  readonly #ofPoints: readonly Permission[];

  constructor(permissions: readonly Permission[]) {
    this.permissions = permissions;
    let ofPoints: Permission[] | undefined;
    for (const permission of permissions) {
      const { action, resource, match } = permission;
      if (match !== undefined) {
        (ofPoints ??= []).push(permission);
        continue;
      }
      const type = TYPE_INDEX[resource.type];
      const bits = this.#bitsFor(resource);
      bits[type] = (bits[type] ?? 0) | bitOf(action);
    }
    this.#ofPoints = ofPoints ?? NO_POINTS;
  }

  #bitsFor({ type, id, orgID }: Resource): Bits {
    if (type === 'instance' || (id === undefined && orgID === undefined)) return this.#everywhere;
    if (id === undefined) return bitsIn(this.#byOrganization, orgID ?? '');
    if (orgID === undefined) return bitsIn(this.#byId, id);
    let places = this.#byPlacedId.get(id);
    if (places === undefined) this.#byPlacedId.set(id, (places = new Map<string, Bits>()));
    return bitsIn(places, orgID);
  }

  /** Whether one of these permissions covers the requested one. */
  covers({ action, resource, match, somePoints }: AskedPermission): boolean {
    if (this.#allows(action, resource.type, resource.id, resource.orgID)) return true;
    if (this.#ofPoints.length === 0 || (match === undefined && somePoints !== true)) return false;
    return this.#pointsIn(action, resource).some((held) => somePoints === true || isWithinMatch(match ?? {}, held.match ?? {}));
  }

  #pointsIn(action: Action, { type, id, orgID }: Resource): Permission[] {
    return this.#ofPoints.filter((held) => held.action === action && held.resource.type === type && opens(held.resource, id, orgID));
  }

  /** The points of a bucket that can be acted on: all of them, or those that fulfil one of these matches; no match for none. */
  pointsOf(action: Action, id: Id, orgID: OrganizationId): 'all' | readonly PointMatch[] {
    if (this.#allows(action, 'buckets', id, orgID)) return 'all';
    return this.#pointsIn(action, { type: 'buckets', id, orgID }).map(({ match }) => match ?? {});
  }

  #allows(action: Action, resourceType: ResourceType, id: Id | undefined, orgID: OrganizationId | undefined): boolean {
    const bit = bitOf(action);
    const type = TYPE_INDEX[resourceType];
    if (holds(this.#everywhere, INSTANCE, bit) || holds(this.#everywhere, type, bit)) return true;
    if (id === undefined) return orgID !== undefined && holds(this.#byOrganization.get(orgID), type, bit);
    if (holds(this.#byId.get(id), type, bit)) return true;
    const place = placeOf(resourceType, id, orgID);
    if (place === undefined) return false;
    if (holds(this.#byPlacedId.get(id)?.get(place), type, bit)) return true;
    return !liesNowhere(resourceType) && holds(this.#byOrganization.get(place), type, bit);
  }

  /**
   * The part of a permission that a holder of these can grant: all of it, or, for a resource given by id alone and held in an organization,
   * that resource in the organization. The result never covers more than these permissions.
   *
   * @param preferred the organization to choose if the holder has it in several
   * @returns undefined for nothing
   */
  grant(asked: Permission, preferred: OrganizationId): Permission | undefined {
    if (this.covers(asked)) return asked;
    const { type, id, orgID } = asked.resource;
    if (id === undefined || orgID !== undefined || liesNowhere(type)) return undefined;
    const places = [...(this.#byPlacedId.get(id) ?? [])]
      .filter(([, bits]) => holds(bits, TYPE_INDEX[type], bitOf(asked.action)))
      .map(([place]) => place as OrganizationId);
    const place = places.includes(preferred) ? preferred : places[0];
    return place && { ...asked, resource: { ...asked.resource, orgID: place } };
  }

  /** The resources of a type that can be acted on, as a filter for the store. */
  scope(action: Action, resourceType: ResourceType): Scope {
    const bit = bitOf(action);
    const type = TYPE_INDEX[resourceType];
    if (holds(this.#everywhere, INSTANCE, bit) || holds(this.#everywhere, type, bit)) return EVERYTHING;
    const keysWith = (map: ReadonlyMap<string, Bits>): string[] =>
      [...map].filter(([, bits]) => holds(bits, type, bit)).map(([key]) => key);
    const ids = keysWith(this.#byId);
    const placedIds = [...this.#byPlacedId].flatMap(([id, places]) =>
      keysWith(places).map((orgID): PlacedId => ({ id, orgID: orgID as OrganizationId })),
    );
    if (!liesNowhere(resourceType)) {
      const organizationIds = keysWith(this.#byOrganization) as OrganizationId[];
      // A bucket is seen by who may read some of its points.
      for (const { action: held, resource } of this.#ofPoints) {
        if (action !== 'read' || held !== 'read' || resource.type !== resourceType) continue;
        const { id, orgID } = resource;
        if (id === undefined && orgID === undefined) return EVERYTHING;
        if (id === undefined) organizationIds.push(orgID as OrganizationId);
        else if (orgID === undefined) ids.push(id);
        else placedIds.push({ id, orgID });
      }
      return { everything: false, organizationIds, ids, placedIds };
    }
    const themselves = placedIds.filter(({ id, orgID }) => placeOf(resourceType, id, orgID) === orgID).map(({ id }) => id);
    return { everything: false, organizationIds: [], ids: [...ids, ...themselves], placedIds: [] };
  }

  /** Whether any resource of a type in an organization could be acted on. An id without an organization can be in any. */
  reaches(action: Action, resourceType: ResourceType, orgID: OrganizationId): boolean {
    const bit = bitOf(action);
    const type = TYPE_INDEX[resourceType];
    if (holds(this.#everywhere, INSTANCE, bit) || holds(this.#everywhere, type, bit)) return true;
    const bits = this.#byOrganization.get(orgID);
    if (bits !== undefined && holds(bits, type, bit)) return true;
    for (const own of this.#byId.values()) if (holds(own, type, bit)) return true;
    for (const places of this.#byPlacedId.values()) {
      const placed = places.get(orgID);
      if (placed !== undefined && holds(placed, type, bit)) return true;
    }
    return this.#ofPoints.some(
      (held) =>
        held.action === action &&
        held.resource.type === resourceType &&
        (held.resource.orgID === undefined || held.resource.orgID === orgID),
    );
  }

  /** The first of the requested permissions that is not covered. */
  firstMissing(asked: readonly AskedPermission[]): Permission | undefined {
    return asked.find((permission) => !this.covers(permission));
  }
}

function bitsIn(map: Map<string, Bits>, key: string): Bits {
  let bits = map.get(key);
  if (bits === undefined) map.set(key, (bits = new Uint8Array(TYPE_COUNT)));
  return bits;
}

export interface PlacedId {
  readonly id: Id;
  readonly orgID: OrganizationId;
}

/** Everything, or the resources of these organizations, plus these ids, plus these ids within their organizations. */
export type Scope =
  | { readonly everything: true }
  | {
      readonly everything: false;
      readonly organizationIds: readonly OrganizationId[];
      readonly ids: readonly Id[];
      readonly placedIds: readonly PlacedId[];
    };

export const EVERYTHING: Scope = { everything: true };
export const NOTHING: Scope = { everything: false, organizationIds: [], ids: [], placedIds: [] };

export const NO_PERMISSIONS = new PermissionSet([]);
