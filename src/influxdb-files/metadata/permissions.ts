/** The permissions of a stored authorization, as InfluxDB 2.9 would see them after bringing the record up to date. */
import { invalid } from '../../domain/errors.js';
import { parseId, type OrganizationId, type UserId } from '../../domain/id.js';
import {
  ACTIONS,
  formatPermission,
  isAction,
  isResourceType,
  RESOURCE_TYPES,
  type Permission,
  type ResourceType,
} from '../../domain/permission.js';
import { SCHEMA_WITH_NOTEBOOKS, SCHEMA_WITH_REPLICATIONS } from './schema.js';

/** @throws DomainError `invalid` for an action or resource type that is not InfluxDB's, or an id that is none */
export function decodePermission(value: unknown): Permission {
  const { action, resource } = asObject(value, 'a permission');
  const { type, id, orgID } = asObject(resource, 'the resource of a permission');
  if (typeof action !== 'string' || !isAction(action)) throw invalid('a permission has an unknown action');
  if (typeof type !== 'string' || !isResourceType(type))
    throw invalid(`a permission is for ${typeof type === 'string' ? type : 'nothing'}, which is unknown`);
  return {
    action,
    resource: {
      type,
      ...(id !== undefined && id !== null && { id: parseId(asText(id)) }),
      ...(orgID !== undefined && orgID !== null && { orgID: parseId<OrganizationId>(asText(orgID)) }),
    },
  };
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw invalid('a permission has an id that is no text');
  return value;
}

function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw invalid(`${what} is missing`);
  return value as Record<string, unknown>;
}

const ADDED_WITH_NOTEBOOKS: readonly ResourceType[] = ['annotations', 'notebooks'];
const ADDED_WITH_REPLICATIONS: readonly ResourceType[] = ['remotes', 'replications'];
const FIRST_TYPES = RESOURCE_TYPES.filter((type) => !ADDED_WITH_NOTEBOOKS.includes(type) && !ADDED_WITH_REPLICATIONS.includes(type));

/**
 * When InfluxDB got new kinds of resources, it added them to the tokens that held all the old ones, in every organization or in one
 * (kv/migration/all 0016, 0017 and 0019). A file from before is brought up to date in the same way, or its operator would be none.
 *
 * @param schema the last migration that the file has seen
 */
export function upgradePermissions(
  permissions: readonly Permission[],
  orgID: OrganizationId,
  userID: UserId,
  schema: number,
): readonly Permission[] {
  let upgraded = permissions;
  let types: readonly ResourceType[] = FIRST_TYPES;
  for (const [since, added] of [
    [SCHEMA_WITH_NOTEBOOKS, ADDED_WITH_NOTEBOOKS],
    [SCHEMA_WITH_REPLICATIONS, ADDED_WITH_REPLICATIONS],
  ] as const) {
    const actionCount = types.length * ACTIONS.length;
    if (schema < since) {
      if (upgraded.length === actionCount && areSame(upgraded, everywhere(types))) upgraded = [...upgraded, ...everywhere(added)];
      // Without the right to change the organization it is one less.
      else if (upgraded.length === actionCount - 1 && areSame(upgraded, allAccess(types, orgID, userID))) {
        upgraded = [...upgraded, ...allAccess(added, orgID, userID)];
      }
    }
    types = [...types, ...added];
  }
  return upgraded;
}

const everywhere = (types: readonly ResourceType[]): Permission[] =>
  types.flatMap((type) => ACTIONS.map((action) => ({ action, resource: { type } })));

/** What InfluxDB's pages give an "all access" token: everything in the organization, which itself may only be read, and its own user. */
function allAccess(types: readonly ResourceType[], orgID: OrganizationId, userID: UserId): Permission[] {
  return types.flatMap((type) =>
    ACTIONS.filter((action) => type !== 'orgs' || action === 'read').map((action): Permission => {
      if (type === 'orgs') return { action, resource: { type, id: orgID } };
      return { action, resource: type === 'users' ? { type, id: userID } : { type, orgID } };
    }),
  );
}

/** Of lists of one length. */
function areSame(a: readonly Permission[], b: readonly Permission[]): boolean {
  const texts = new Set(a.map(formatPermission));
  return texts.size === a.length && b.every((permission) => texts.has(formatPermission(permission)));
}
