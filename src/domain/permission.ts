/** What may be done to what: permissions, their text, and the one rule by which a granted one covers an asked one. */
import type { Id, OrganizationId } from './id.js';

/** InfluxDB's order, which `/api/v2/resources`, set-up and the operator check follow. `instance` stands apart: see below. */
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

/** `instance` covers every other type. No token may hold it: only the user made at set-up does, through his sessions. */
export const ALL_RESOURCE_TYPES = [...RESOURCE_TYPES, 'instance'] as const;

export type ResourceType = (typeof ALL_RESOURCE_TYPES)[number];
export const ACTIONS = ['read', 'write'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * With neither id nor orgID: every resource of the type, in every organization. With orgID alone: all of that organization.
 * With id: that one, whatever the orgID says.
 */
export interface Resource {
  readonly type: ResourceType;
  readonly id?: Id | undefined;
  readonly orgID?: OrganizationId | undefined;
}

export interface Permission {
  readonly action: Action;
  readonly resource: Resource;
}

export const isResourceType = (text: string): text is ResourceType => (ALL_RESOURCE_TYPES as readonly string[]).includes(text);
export const isAction = (text: string): text is Action => text === 'read' || text === 'write';

/** `write:orgs/<orgID>/buckets/<id>`, as InfluxDB names a permission in its refusals. */
export function formatPermission({ action, resource }: Permission): string {
  const { type, id, orgID } = resource;
  // For the types that stand for themselves InfluxDB leaves the organization out unless it was given explicitly.
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

/** Organizations and users belong to no organization: they are asked for by id alone. */
export const permissionById = (action: Action, type: 'orgs' | 'users', id: Id): Permission => ({ action, resource: { type, id } });

/** The permission over all resources of a type in every organization, such as to create an organization or a user. */
export const globalPermission = (action: Action, type: ResourceType): Permission => ({ action, resource: { type } });

/** What an operator token holds. */
export const operatorPermissions = (): Permission[] =>
  RESOURCE_TYPES.flatMap((type) => ACTIONS.map((action) => globalPermission(action, type)));

/** What an owner of an organization may do in it; InfluxDB's order. */
export const ownerPermissions = (orgID: OrganizationId): Permission[] =>
  RESOURCE_TYPES.flatMap((type) => ACTIONS.map((action) => inOrganizationOrItself(action, type, orgID)));

/** What a member of an organization may do in it: read. */
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

/**
 * Permissions made ready for being asked: a question costs a few look-ups and leaves no garbage, however many were granted.
 * The rule is InfluxDB's (authz.go, `Permission.Matches`): same action, and `instance` or the same type, and
 * neither id nor orgID granted, or orgID granted without id and equal, or id granted and equal.
 */
export class PermissionSet {
  readonly permissions: readonly Permission[];
  /** Per type: bits of the actions granted everywhere. */
  readonly #everywhere = new Uint8Array(TYPE_COUNT);
  /** Per organization the same, and per id. */
  readonly #byOrganization = new Map<string, Uint8Array>();
  readonly #byId = new Map<string, Uint8Array>();

  constructor(permissions: readonly Permission[]) {
    this.permissions = permissions;
    for (const { action, resource } of permissions) {
      const type = TYPE_INDEX[resource.type];
      const bits = this.#bitsFor(resource);
      bits[type] = (bits[type] ?? 0) | bitOf(action);
    }
  }

  #bitsFor({ type, id, orgID }: Resource): Uint8Array {
    if (type === 'instance' || (id === undefined && orgID === undefined)) return this.#everywhere;
    const map = id === undefined ? this.#byOrganization : this.#byId;
    const key = id ?? orgID ?? '';
    let bits = map.get(key);
    if (bits === undefined) map.set(key, (bits = new Uint8Array(TYPE_COUNT)));
    return bits;
  }

  /** Whether one of these permissions covers the one asked for. */
  covers({ action, resource }: Permission): boolean {
    return this.allows(action, resource.type, resource.id, resource.orgID);
  }

  /** `covers` without an object, for lists. */
  allows(action: Action, resourceType: ResourceType, id: Id | undefined, orgID: OrganizationId | undefined): boolean {
    const bit = bitOf(action);
    const type = TYPE_INDEX[resourceType];
    if (((this.#everywhere[INSTANCE] ?? 0) & bit) !== 0 || ((this.#everywhere[type] ?? 0) & bit) !== 0) return true;
    if (orgID !== undefined && ((this.#byOrganization.get(orgID)?.[type] ?? 0) & bit) !== 0) return true;
    return id !== undefined && ((this.#byId.get(id)?.[type] ?? 0) & bit) !== 0;
  }

  /** Which resources of a type may be acted on, so that a list can be asked of a store instead of being filtered afterwards. */
  scope(action: Action, resourceType: ResourceType): Scope {
    const bit = bitOf(action);
    const type = TYPE_INDEX[resourceType];
    if (((this.#everywhere[INSTANCE] ?? 0) & bit) !== 0 || ((this.#everywhere[type] ?? 0) & bit) !== 0) return EVERYTHING;
    const keysWith = (map: ReadonlyMap<string, Uint8Array>): string[] =>
      [...map].filter(([, bits]) => ((bits[type] ?? 0) & bit) !== 0).map(([key]) => key);
    return { everything: false, organizationIds: keysWith(this.#byOrganization) as OrganizationId[], ids: keysWith(this.#byId) };
  }

  /** The first permission of `asked` that is not covered. */
  firstMissing(asked: readonly Permission[]): Permission | undefined {
    return asked.find((permission) => !this.covers(permission));
  }
}

/** Everything, or what lies in these organizations and these ids besides. */
export type Scope =
  | { readonly everything: true }
  | { readonly everything: false; readonly organizationIds: readonly OrganizationId[]; readonly ids: readonly Id[] };

export const EVERYTHING: Scope = { everything: true };
export const NOTHING: Scope = { everything: false, organizationIds: [], ids: [] };

export const NO_PERMISSIONS = new PermissionSet([]);
