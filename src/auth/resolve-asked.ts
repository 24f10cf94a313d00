/**
 * What a question is about: names become ids. Whether a name that the asker cannot see stands for something makes no difference to any
 * answer.
 */
import type { Actor } from '../domain/actor.js';
import { invalid } from '../domain/errors.js';
import type { Id, OrganizationId } from '../domain/id.js';
import {
  globalPermission,
  liesNowhere,
  permissionById,
  permissionFor,
  permissionInOrganization,
  type Action,
  type AskedPermission,
  type ResourceType,
} from '../domain/permission.js';
import type { StoreReader } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';
import { permissionsOf } from './authorize.js';
import { findPlace } from './grants.js';

export interface AskedCheck {
  readonly action: Action;
  readonly resource: {
    readonly type: ResourceType;
    readonly id?: Id | undefined;
    readonly orgID?: OrganizationId | undefined;
    /** Of a bucket, an organization or a user. */
    readonly name?: string | undefined;
    /** The name of an organization, in the place of its id. */
    readonly org?: string | undefined;
  };
}

export interface ResolvedCheck {
  readonly asked: AskedPermission;
  /** There is no such resource, and the asker could see it: who may do this to all of them is told so. */
  readonly isUnknown: boolean;
  /** The id that may be shown: the one that was given, or that of a name which the asker can see. */
  readonly shownId: Id | undefined;
}

/** Stands for nothing, in no organization: only who may everything may do something to it. */
const NOWHERE = '' as OrganizationId;

/** @param home the organization of names that say no other */
export async function resolveAsked(
  store: StoreReader,
  actor: Actor,
  { action, resource }: AskedCheck,
  home: OrganizationId | undefined,
): Promise<ResolvedCheck> {
  const { type, name = '', org = '' } = resource;
  const stated = resource.orgID ?? (org === '' ? undefined : ((await store.findOrganizationByName(org))?.id ?? NOWHERE));
  if (resource.id !== undefined && name !== '') throw invalid('give the id or the name of a resource, not both');
  if (resource.id !== undefined) return resolveId(store, actor, action, { type, id: resource.id, stated, home });
  if (name === '') return { asked: withPoints(ofAll(action, type, stated)), isUnknown: false, shownId: undefined };
  const place = liesNowhere(type) ? undefined : (stated ?? home);
  if (place === undefined && !liesNowhere(type)) throw invalid('a name needs the organization: give orgID or org');
  const id = await findIdByName(store, type, name, place);
  if (id === undefined) {
    const asked = withPoints(ofAll(action, type, place));
    return { asked, isUnknown: couldSee(actor, asked), shownId: undefined };
  }
  const asked = withPoints(ofOne(action, type, id, place));
  return { asked, isUnknown: false, shownId: couldSee(actor, asked) ? id : undefined };
}

async function resolveId(
  store: StoreReader,
  actor: Actor,
  action: Action,
  {
    type,
    id,
    stated,
    home,
  }: {
    readonly type: ResourceType;
    readonly id: Id;
    readonly stated: OrganizationId | undefined;
    readonly home: OrganizationId | undefined;
  },
): Promise<ResolvedCheck> {
  if (liesNowhere(type)) return { asked: ofOne(action, type, id, undefined), isUnknown: false, shownId: id };
  const place = await findPlace(store, type, id);
  if (place !== undefined && (stated === undefined || stated === place)) {
    const asked = withPoints(ofOne(action, type, id, place));
    // Where it lies is told to those who can see it.
    if (stated !== undefined || couldSee(actor, asked)) return { asked, isUnknown: false, shownId: id };
  }
  const asked = withPoints(ofOne(action, type, id, stated ?? home));
  // Secrets have no ids that could be looked up.
  return { asked, isUnknown: type !== 'secrets' && couldSee(actor, asked), shownId: id };
}

/** A request for points is let in by a permission for some of them. */
const withPoints = (permission: AskedPermission): AskedPermission =>
  permission.resource.type === 'buckets' && permission.resource.id !== undefined ? { ...permission, somePoints: true } : permission;

const ofOne = (action: Action, type: ResourceType, id: Id, place: OrganizationId | undefined): AskedPermission => {
  if (type === 'orgs' || type === 'users') return permissionById(action, type, id);
  return place === undefined ? { action, resource: { type, id } } : permissionFor(action, type, id, place);
};

const ofAll = (action: Action, type: ResourceType, place: OrganizationId | undefined): AskedPermission =>
  place === undefined || liesNowhere(type) ? globalPermission(action, type) : permissionInOrganization(action, type, place);

const couldSee = (actor: Actor, { resource }: AskedPermission): boolean => {
  const held = permissionsOf(actor);
  return (['read', 'write'] as const).some((action) => held.covers({ action, resource, somePoints: true }));
};

async function findIdByName(
  store: StoreReader,
  type: ResourceType,
  name: string,
  place: OrganizationId | undefined,
): Promise<Id | undefined> {
  switch (type) {
    case 'buckets':
      return place === undefined ? undefined : (await store.resources(bucketKind).findByName(place, name))?.id;
    case 'orgs':
      return (await store.findOrganizationByName(name))?.id;
    case 'users':
      return (await store.findUserByName(name))?.id;
    default:
      throw invalid(`${type} have no names that are unique: give the id, or leave the name out for all of them`);
  }
}
