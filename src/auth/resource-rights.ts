/** The permissions for resources of an organization. */
import type { Id, OrganizationId } from '../domain/id.js';
import { permissionFor, permissionInOrganization, type Permission, type ResourceType } from '../domain/permission.js';

export interface Placed {
  readonly id: Id;
  readonly orgID: OrganizationId;
}

export interface ResourceRights {
  readonly type: ResourceType;
  readonly toCreateIn: (orgID: OrganizationId) => Permission;
  readonly toRead: (resource: Placed) => Permission;
  readonly toWrite: (resource: Placed) => Permission;
  /** All of the organization's. */
  readonly toReadAllIn: (orgID: OrganizationId) => Permission;
  readonly toWriteAllIn: (orgID: OrganizationId) => Permission;
}

export const rightsTo = (type: ResourceType): ResourceRights => ({
  type,
  toCreateIn: (orgID) => permissionInOrganization('write', type, orgID),
  toRead: ({ id, orgID }) => permissionFor('read', type, id, orgID),
  toWrite: ({ id, orgID }) => permissionFor('write', type, id, orgID),
  toReadAllIn: (orgID) => permissionInOrganization('read', type, orgID),
  toWriteAllIn: (orgID) => permissionInOrganization('write', type, orgID),
});

export const secretRights = rightsTo('secrets');
export const authorizationRights = rightsTo('authorizations');
