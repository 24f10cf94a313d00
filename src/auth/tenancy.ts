/** Who may see and change organizations, users, and the roles of users. */
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

/** What users have roles in; the organization of an organization is itself. */
export interface MemberPlace {
  readonly type: 'orgs' | KindType;
  readonly id: Id;
  readonly orgID: OrganizationId;
}

/**
 * The users shown need no permission of their own (InfluxDB's rule): who may read the organization may know who else can. Who can only read
 * a bucket of it is not told who shares it.
 */
export const mayListMembers = (actor: Actor, { orgID }: MemberPlace): boolean => isAllowed(actor, organizationRights.toRead(orgID));

/** InfluxDB asks for an organization here as if it lay in itself: `write:orgs/O/orgs/O`. */
export const toChangeMembers = ({ type, id, orgID }: MemberPlace): Permission => permissionFor('write', type, id, orgID);
