/** The permissions of a token that is being made, as its form holds them; and back from those of one that is cloned. */
import type { OrganizationId } from '../../../src/domain/id.js';
import {
  ACTIONS,
  permissionById,
  permissionInOrganization,
  RESOURCE_TYPES,
  type Action,
  type Permission,
  type ResourceType,
} from '../../../src/domain/permission.js';
import { isListedType } from '../api/things.js';

/** All of a type, or some of it one by one. What is chosen one by one is kept beside `all`, for when that is taken back. */
export interface Choice {
  readonly all: boolean;
  readonly ids: ReadonlySet<string>;
}

export interface Draft {
  readonly choices: ReadonlyMap<string, Choice>;
  /** What has no place in the form: rights beyond the organization, or over single things that cannot be listed. */
  readonly extras: readonly Permission[];
}

/** Whose token in what organization; `all` of organizations and users means just these. */
export interface DraftPlace {
  readonly orgID: OrganizationId;
  readonly userID: string;
}

const NOTHING: Choice = { all: false, ids: new Set() };
export const EMPTY_DRAFT: Draft = { choices: new Map(), extras: [] };

/** Types that have a section of their own. */
export type SectionType = 'buckets' | 'telegrafs';
const SECTION_TYPES: readonly ResourceType[] = ['buckets', 'telegrafs'] satisfies SectionType[];
export const OTHER_TYPES = RESOURCE_TYPES.filter((type) => !SECTION_TYPES.includes(type));
/** Types whose things are chosen one by one. */
const isSingleType = (type: ResourceType): boolean => SECTION_TYPES.includes(type) || isListedType(type);

const keyOf = (action: Action, type: ResourceType): string => `${action} ${type}`;

export const choiceOf = ({ choices }: Draft, action: Action, type: ResourceType): Choice => choices.get(keyOf(action, type)) ?? NOTHING;

const choose = (draft: Draft, action: Action, type: ResourceType, choice: Choice): Draft => ({
  ...draft,
  choices: new Map(draft.choices).set(keyOf(action, type), choice),
});

export const chooseAll = (draft: Draft, action: Action, type: ResourceType, all: boolean): Draft =>
  choose(draft, action, type, { all, ids: all ? choiceOf(draft, action, type).ids : new Set() });

export function chooseIds(draft: Draft, action: Action, type: ResourceType, ids: readonly string[], chosen: boolean): Draft {
  const { all, ids: before } = choiceOf(draft, action, type);
  const after = new Set(before);
  for (const id of ids) {
    if (chosen) after.add(id);
    else after.delete(id);
  }
  return choose(draft, action, type, { all, ids: after });
}

export const dropExtra = (draft: Draft, extra: Permission): Draft => ({ ...draft, extras: draft.extras.filter((each) => each !== extra) });

/** `some` is never more than what it says: only the things that are chosen. */
export const stateOf = ({ all, ids }: Choice): 'all' | 'some' | 'none' => (all ? 'all' : ids.size > 0 ? 'some' : 'none');

/** What `all` of a type grants. Organizations and users are held one by one: all that there is to give is this one and oneself. */
export function permissionForAll(action: Action, type: ResourceType, { orgID, userID }: DraftPlace): Permission {
  if (type === 'orgs') return permissionById(action, 'orgs', orgID);
  if (type === 'users') return permissionById(action, 'users', userID);
  return permissionInOrganization(action, type, orgID);
}

export const permissionForOne = (action: Action, type: ResourceType, id: string, { orgID }: DraftPlace): Permission => ({
  action,
  resource: { type, id, orgID },
});

export function permissionsOf(draft: Draft, place: DraftPlace): Permission[] {
  const permissions: Permission[] = [];
  for (const type of [...SECTION_TYPES, ...OTHER_TYPES]) {
    for (const action of ACTIONS) {
      const { all, ids } = choiceOf(draft, action, type);
      if (all) permissions.push(permissionForAll(action, type, place));
      else for (const id of ids) permissions.push(permissionForOne(action, type, id, place));
    }
  }
  return [...permissions, ...draft.extras];
}

/** A draft that grants what these grant, to the letter. */
export function draftOf(permissions: readonly Permission[], place: DraftPlace): Draft {
  let draft = EMPTY_DRAFT;
  for (const { action, resource, match } of permissions) {
    const { type, id, orgID } = resource;
    if (match !== undefined) {
      // Its place in the form would be one without the limit.
      draft = { ...draft, extras: [...draft.extras, { action, resource: { type, id, orgID }, match }] };
      continue;
    }
    const all = permissionForAll(action, type, place);
    const isAll = id === all.resource.id && (orgID === all.resource.orgID || id !== undefined);
    if (type !== 'instance' && isAll && (id !== undefined || orgID !== undefined)) draft = chooseAll(draft, action, type, true);
    else if (isSingleType(type) && id !== undefined) draft = chooseIds(draft, action, type, [id], true);
    else draft = { ...draft, extras: [...draft.extras, { action, resource: { type, id, orgID } }] };
  }
  return draft;
}

/** Everything in the organization, as InfluxDB's pages and command line make it. */
export const allAccessPermissions = (place: DraftPlace): Permission[] =>
  RESOURCE_TYPES.flatMap((type) =>
    ACTIONS.filter((action) => type !== 'orgs' || action === 'read').map((action) => permissionForAll(action, type, place)),
  );
