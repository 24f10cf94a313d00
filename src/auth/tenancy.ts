/** Permission checks for organizations, users, and the roles of users. */
import type { Actor } from '../domain/actor.js';
import type { Id, OrganizationId, UserId } from '../domain/id.js';
import type { KindType } from '../domain/kind.js';
import { globalPermission, permissionById, permissionFor, type Permission } from '../domain/permission.js';
import { isAllowed } from './authorize.js';

export const organizationRights = {
  toCreate: (): Permission => globalPermission('write', 'orgs'),
  toRead: (id: OrganizationId): Permission => permissionById('read', 'orgs', id),
  toWrite: (id: OrganizationId): Permission => permissionById('write', 'orgs', id),
};

export const userRights = {
  toCreate: (): Permission => globalPermission('write', 'users'),
  toRead: (id: UserId): Permission => permissionById('read', 'users', id),
  toWrite: (id: UserId): Permission => permissionById('write', 'users', id),
};

/** Resources in which users have roles; the organization of an organization is itself. */
export interface MemberPlace {
  readonly type: 'orgs' | KindType;
  readonly id: Id;
  readonly orgID: OrganizationId;
}

/**
 * The users need no permission of their own (InfluxDB's rule): an actor that can read the organization can see its members. Read permission
 * for a bucket alone does not show the members.
 */
export const mayListMembers = (actor: Actor, { orgID }: MemberPlace): boolean => isAllowed(actor, organizationRights.toRead(orgID));

/** InfluxDB checks an organization as if it belonged to itself: `write:orgs/O/orgs/O`. */
export const toChangeMembers = ({ type, id, orgID }: MemberPlace): Permission => permissionFor('write', type, id, orgID);
