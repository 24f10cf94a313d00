/** The permissions for resources of a kind. The kind's declaration states exceptions. */
import type { Actor } from '../domain/actor.js';
import type { OrganizationId } from '../domain/id.js';
import type { Owned, ResourceFilter } from '../domain/kind.js';
import {
  permissionById,
  permissionFor,
  type Action,
  type AskedPermission,
  type Permission,
  type ResourceType,
} from '../domain/permission.js';
import type { Kind, NewOwned } from '../kinds/kind.js';
import { noteNeed, permissionsOf, readableScope } from './authorize.js';
import type { NeededPermissions } from './needs.js';
import { rightsTo } from './resource-rights.js';

type Declared<T extends Owned, Change> = Pick<Kind<T, NewOwned, Change>, 'type' | 'rights' | 'isReadWithOrganization'>;
type Routed = Declared<Owned, unknown> & Pick<Kind, 'takesLabels'>;

const WRITE: readonly Action[] = ['write'];

export interface KindRights<T extends Owned, Change> {
  toCreateIn(orgID: OrganizationId): Permission;
  toReadAllIn(orgID: OrganizationId): Permission;
  /** A bucket is seen by who may read some of its points. */
  toRead(resource: T): AskedPermission;
  toWrite(resource: T): Permission;
  to(action: Action, resource: T): Permission;
  /** The bucket into which it writes, if it does. */
  toWriteInto(resource: T): Permission[];
  /** All of them, in the order in which they are checked. */
  toChange(resource: T, change: Change): Permission[];
  toRemove(resource: T): Permission[];
  /** What the actor can see in a list. */
  readable(actor: Actor): Pick<ResourceFilter, 'readable' | 'readableOrganizations'>;
}

export function rightsToKind<T extends Owned, Change>(kind: Declared<T, Change>): KindRights<T, Change> {
  const itself = rightsTo(kind.type);
  const toRead = (resource: T): AskedPermission => {
    if (kind.isReadWithOrganization?.(resource) === true) return permissionById('read', 'orgs', resource.orgID);
    return kind.type === 'buckets' ? { ...itself.toRead(resource), somePoints: true } : itself.toRead(resource);
  };
  const toWriteInto = (resource: T): Permission[] => {
    const bucketId = kind.rights?.bucketOf?.(resource);
    return bucketId === undefined ? [] : [permissionFor('write', 'buckets', bucketId, resource.orgID)];
  };
  const to = (action: Action, resource: T): Permission => (action === 'read' ? toRead(resource) : itself.toWrite(resource));
  return {
    toCreateIn: (orgID) => itself.toCreateIn(orgID),
    toReadAllIn: (orgID) => itself.toReadAllIn(orgID),
    toRead,
    toWrite: (resource) => itself.toWrite(resource),
    toWriteInto,
    toChange(resource, change) {
      const actions = [...(kind.rights?.toChange ?? WRITE), ...(kind.rights?.alsoToChange?.(resource, change) ?? [])];
      return [...actions.map((action) => to(action, resource)), ...toWriteInto(resource)];
    },
    to,
    toRemove: (resource) => (kind.rights?.toRemove ?? WRITE).map((action) => to(action, resource)),
    readable: (actor) => ({
      readable: readableScope(actor, kind.type),
      readableOrganizations: kind.isReadWithOrganization === undefined ? undefined : readableScope(actor, 'orgs'),
    }),
  };
}

function isHeld(actor: Actor, permission: Permission): boolean {
  const isCovered = permissionsOf(actor).covers(permission);
  if (isCovered) noteNeed(actor, permission);
  return isCovered;
}

/** Required of a caller that has been authorized already. Not published as a decision of the request. */
export function mayBeShown<T extends Owned>(actor: Actor, kind: Declared<T, unknown>, resource: T): boolean {
  const rights = rightsToKind(kind);
  return [rights.toRead(resource), rights.toWrite(resource)].some((right) => isHeld(actor, right));
}

/** For what depends on the right to read another resource, but is not refused without it. Not published as a decision of the request. */
export const mayRead = <T extends Owned>(actor: Actor, kind: Declared<T, unknown>, resource: T): boolean =>
  isHeld(actor, rightsToKind(kind).toRead(resource));

/** Whether a list that was authorized already shows all that the organization has. Not published as a decision of the request. */
export function mayReadAllIn(actor: Actor, kind: Declared<Owned, unknown>, orgID: OrganizationId | undefined): boolean {
  return orgID !== undefined && isHeld(actor, rightsToKind(kind).toReadAllIn(orgID));
}

/** What the routes of a kind need, for the matrix to compare with the checks. */
export function needsOfKind({ type, rights, isReadWithOrganization, takesLabels }: Routed) {
  // A resource is shown with its labels.
  const shown: NeededPermissions = takesLabels ? { list: 'labels' } : {};
  const operation = (actions: readonly Action[], alsoReads?: ResourceType): NeededPermissions => ({
    ...(actions.includes('read') ? { read: alsoReads === undefined ? type : [type, alsoReads] } : {}),
    ...(actions.includes('write') ? { write: type } : {}),
  });
  const written: ResourceType[] = rights?.bucketOf === undefined ? [type] : [type, 'buckets'];
  const change = operation(rights?.toChange ?? WRITE);
  const listed: ResourceType[] = [type];
  if (isReadWithOrganization !== undefined) listed.push('orgs');
  if (takesLabels) listed.push('labels');
  return {
    list: { ...(rights?.listsWholeOrganization === true ? { read: type } : {}), list: listed },
    create: { ...shown, write: written, ...(rights?.newOneReads && { read: rights.newOneReads }) },
    find: { ...shown, read: type },
    change: { ...shown, ...change, ...(rights?.bucketOf === undefined ? {} : { write: written }) },
    remove: operation(rights?.toRemove ?? WRITE),
    operation,
    listLabels: { read: type, list: 'labels' },
    addLabel: { read: [type, 'labels'], write: [type, 'labels'] },
    removeLabel: { read: type, write: [type, 'labels'] },
  } as const;
}
