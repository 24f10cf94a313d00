/** The kind of a token by what it grants: lists show and filter it. */
import type { OrganizationId } from './id.js';
import {
  operatorPermissions,
  permissionById,
  permissionInOrganization,
  PermissionSet,
  RESOURCE_TYPES,
  type Permission,
} from './permission.js';

/**
 * `operator`: everything in every organization. `all-access`: everything in its own one. `read-write`: buckets and nothing else.
 * `custom`: any other.
 */
export const TOKEN_KINDS = ['operator', 'all-access', 'read-write', 'custom'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

export const isTokenKind = (text: string): text is TokenKind => (TOKEN_KINDS as readonly string[]).includes(text);

const OPERATOR = operatorPermissions();

export function tokenKindOf(permissions: readonly Permission[], orgID: OrganizationId): TokenKind {
  if (permissions.length > 0 && permissions.every(({ resource }) => resource.type === 'buckets')) return 'read-write';
  const held = new PermissionSet(permissions);
  if (held.firstMissing(OPERATOR) === undefined) return 'operator';
  return held.firstMissing(allOfOrganization(orgID)) === undefined ? 'all-access' : 'custom';
}

/** Read access to its organization and to its own user is enough: InfluxDB's pages and command line call it all access. */
const allOfOrganization = (orgID: OrganizationId): Permission[] => [
  permissionById('read', 'orgs', orgID),
  ...RESOURCE_TYPES.filter((type) => type !== 'orgs' && type !== 'users').flatMap((type) => [
    permissionInOrganization('read', type, orgID),
    permissionInOrganization('write', type, orgID),
  ]),
];
