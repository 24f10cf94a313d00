/** The permission that comes closest to one that is missing, and what it lacks. */
import { liesNowhere, type AskedPermission, type Permission } from '../domain/permission.js';

export type Lack = 'action' | 'resource' | 'organization' | 'points';

export interface Nearest {
  readonly permission: Permission;
  /** Empty: it would do, were it valid. */
  readonly lacks: readonly Lack[];
}

/** One for another action on the same thing is closer than one for another thing. */
const WEIGHTS: Readonly<Record<Lack, number>> = { points: 1, action: 2, resource: 3, organization: 4 };

/** Permissions that are looked at. */
const LOOKED_AT_MAX = 10_000;

/** @returns undefined where none is about the type */
export function findNearest(held: readonly Permission[], asked: AskedPermission): Nearest | undefined {
  let nearest: Nearest | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const permission of held.slice(0, LOOKED_AT_MAX)) {
    const { type } = permission.resource;
    if (type !== asked.resource.type && type !== 'instance') continue;
    const lacks = lacksOf(permission, asked);
    const weight = lacks.reduce((sum, lack) => sum + WEIGHTS[lack], 0);
    if (weight < least) [nearest, least] = [{ permission, lacks }, weight];
  }
  return nearest;
}

function lacksOf({ action, resource: { type, id, orgID }, match }: Permission, asked: AskedPermission): Lack[] {
  const lacks: Lack[] = action === asked.action ? [] : ['action'];
  if (type === 'instance') return lacks;
  if (id !== undefined && id !== asked.resource.id) lacks.push('resource');
  const place = liesNowhere(type) ? asked.resource.id : asked.resource.orgID;
  if (orgID !== undefined && orgID !== place) lacks.push('organization');
  if (match !== undefined && asked.somePoints !== true) lacks.push('points');
  return lacks;
}
