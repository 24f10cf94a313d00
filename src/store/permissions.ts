/** The permissions of authorizations, a row each; they are read as one JSON text with their authorization. */
import type { Authorization } from '../domain/authorization.js';
import type { OrganizationId } from '../domain/id.js';
import { isPointMatch } from '../domain/point-match.js';
import { isAction, isResourceType, type Action, type Permission, type ResourceType } from '../domain/permission.js';
import { prepareRows } from './prepared.js';
import type { Database } from './database.js';
import { readJson } from './stored-json.js';
import type { Tables } from './tables.js';

type Row = Tables['authorization_permissions'];

const SOME_ROW: Row = {
  authorization_id: '',
  position: 0,
  action: '',
  type: '',
  resource_id: '',
  organization_id: '',
  stated_organization_id: '',
  point_match: '',
};

/** What is read of a permission, in this order. */
export const PERMISSION_COLUMNS = [
  'position',
  'action',
  'type',
  'resource_id',
  'organization_id',
  'stated_organization_id',
  'point_match',
] as const;
type Stored = readonly [
  position: number,
  action: Action,
  type: ResourceType,
  id: string | null,
  orgID: string | null,
  stated: string | null,
  match: string | null,
];

export function preparePermissionInserts(db: Database): (authorizations: readonly Authorization[]) => Promise<void> {
  const insert = prepareRows(db, (count) =>
    db.insertInto('authorization_permissions').values(Array.from({ length: count }, () => SOME_ROW)),
  );
  return (authorizations) =>
    insert(authorizations.flatMap(({ id, permissions }) => permissions.map((permission, position) => encode(id, position, permission))));
}

/** In the order of the columns of `SOME_ROW`. */
const encode = (id: string, position: number, { action, resource, match }: Permission): readonly unknown[] => [
  id,
  position,
  action,
  resource.type,
  resource.id ?? null,
  resource.orgID ?? null,
  resource.statedOrgID ?? null,
  match === undefined ? null : JSON.stringify(match),
];

/**
 * All of them or none: a flipped bit must neither make a read a write, nor give one authorization the permission of another, nor leave one
 * out unnoticed.
 *
 * @param count how many there must be
 * @returns undefined when they cannot be read whole
 */
export function decodePermissions(text: string, count: number): Permission[] | undefined {
  const stored = readJson(text, areStored);
  if (stored?.length !== count) return undefined;
  if (!isInOrder(stored)) {
    stored.sort(([a], [b]) => a - b);
    if (!isInOrder(stored)) return undefined;
  }
  const permissions = stored.map(decode);
  return permissions.includes(undefined) ? undefined : (permissions as Permission[]);
}

function decode([, action, type, id, orgID, statedOrgID, matchText]: Stored): Permission | undefined {
  const match = matchText === null ? undefined : readJson(matchText, isPointMatch);
  if (match === undefined && matchText !== null) return undefined;
  return {
    action,
    resource: {
      type,
      id: id ?? undefined,
      orgID: (orgID as OrganizationId | null) ?? undefined,
      ...(statedOrgID === null ? {} : { statedOrgID: statedOrgID as OrganizationId }),
    },
    ...(match === undefined ? {} : { match }),
  };
}

const isInOrder = (stored: readonly Stored[]): boolean => stored.every(([position], i) => position === i);

const isIdOrNull = (value: unknown): boolean => value === null || (typeof value === 'string' && /^[0-9a-f]{16}$/.test(value));

const areStored = (value: unknown): value is Stored[] =>
  Array.isArray(value) &&
  value.every(
    (one: unknown) =>
      Array.isArray(one) &&
      typeof one[0] === 'number' &&
      isAction(String(one[1])) &&
      isResourceType(String(one[2])) &&
      isIdOrNull(one[3]) &&
      isIdOrNull(one[4]) &&
      isIdOrNull(one[5]) &&
      (one[6] === null || typeof one[6] === 'string'),
  );
