/** What two sets of permissions have in common. */
import {
  ALL_RESOURCE_TYPES,
  liesNowhere,
  type Action,
  type Permission,
  PermissionSet,
  type Resource,
  type ResourceType,
} from './permission.js';
import { intersectMatches } from './point-match.js';

/** What a set holds of one action and type. */
interface Holding {
  readonly all: boolean;
  readonly organizations: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
  /** Id and organization. */
  readonly placed: ReadonlyMap<string, Resource>;
}

/** Covers exactly what both cover. */
export function intersectPermissions(one: readonly Permission[], other: readonly Permission[]): PermissionSet {
  const common: Permission[] = [...intersectPoints(one, other)];
  const [ones, others] = [groupByKind(one.filter(isWhole)), groupByKind(other.filter(isWhole))];
  for (const key of new Set([...ones.keys(), ...others.keys()])) {
    const [action, type] = key.split(' ') as [Action, ResourceType];
    if (type === 'instance') {
      if (ones.has(key) && others.has(key)) common.push({ action, resource: { type } });
      continue;
    }
    const [a, b] = [holdingOf(ones, action, type), holdingOf(others, action, type)];
    for (const resource of intersect(type, a, b)) common.push({ action, resource });
  }
  return new PermissionSet(common);
}

const isWhole = ({ match }: Permission): boolean => match === undefined;

/** The pairs of which at least one covers some points only. */
function* intersectPoints(one: readonly Permission[], other: readonly Permission[]): Generator<Permission> {
  if (one.every(isWhole) && other.every(isWhole)) return;
  for (const a of one.filter(isAboutBuckets)) {
    for (const b of other) {
      if (a.action !== b.action || !isAboutBuckets(b) || (isWhole(a) && isWhole(b))) continue;
      const match = intersectMatches(a.match, b.match);
      if (match === undefined) continue;
      const { action } = a;
      const [ours, theirs] = [holdingOf(groupByKind([a]), action, 'buckets'), holdingOf(groupByKind([b]), action, 'buckets')];
      for (const resource of intersect('buckets', ours, theirs)) yield { action, resource, match };
    }
  }
}

const isAboutBuckets = ({ resource: { type } }: Permission): boolean => type === 'buckets' || type === 'instance';

function groupByKind(permissions: readonly Permission[]): Map<string, Resource[]> {
  const groups = new Map<string, Resource[]>();
  for (const { action, resource } of permissions) {
    // A permission for the instance covers all types, so that each type is looked at.
    const types = resource.type === 'instance' ? ALL_RESOURCE_TYPES : [resource.type];
    for (const type of types) {
      const key = `${action} ${type}`;
      const group = groups.get(key);
      const held: Resource = resource.type === 'instance' ? { type } : resource;
      if (group === undefined) groups.set(key, [held]);
      else group.push(held);
    }
  }
  return groups;
}

function holdingOf(groups: ReadonlyMap<string, readonly Resource[]>, action: Action, type: ResourceType): Holding {
  const organizations = new Set<string>();
  const ids = new Set<string>();
  const placed = new Map<string, Resource>();
  let all = false;
  for (const { id, orgID } of groups.get(`${action} ${type}`) ?? []) {
    if (id === undefined && orgID === undefined) all = true;
    else if (id === undefined) organizations.add(orgID ?? '');
    else if (orgID === undefined) ids.add(id);
    else placed.set(`${id} ${orgID}`, { type, id, orgID });
  }
  return { all, organizations, ids, placed };
}

function intersect(type: ResourceType, a: Holding, b: Holding): Resource[] {
  if (a.all && b.all) return [{ type }];
  if (a.all) return resourcesOf(type, b);
  if (b.all) return resourcesOf(type, a);
  const common: Resource[] = [];
  for (const orgID of a.organizations) if (b.organizations.has(orgID)) common.push({ type, orgID } as Resource);
  for (const id of a.ids) if (b.ids.has(id)) common.push({ type, id });
  // An organization says nothing of a single resource of these types.
  const isPlaced = !liesNowhere(type);
  for (const [here, there] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const [key, resource] of here.placed) {
      const isWithin = isPlaced && there.organizations.has(resource.orgID ?? '');
      if (isWithin || there.placed.has(key) || there.ids.has(resource.id ?? '')) common.push(resource);
    }
    if (isPlaced) for (const id of here.ids) for (const orgID of there.organizations) common.push({ type, id, orgID } as Resource);
  }
  return common;
}

const resourcesOf = (type: ResourceType, { organizations, ids, placed }: Holding): Resource[] => [
  ...[...organizations].map((orgID) => ({ type, orgID }) as Resource),
  ...[...ids].map((id): Resource => ({ type, id })),
  ...placed.values(),
];
