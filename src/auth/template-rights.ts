/**
 * The permissions for stacks of templates, which have no type of their own: reading one is reading its organization, and changing one is
 * changing it (InfluxDB's rule). What a stack does to its resources asks for the rights to them beside that.
 */
import type { Actor } from '../domain/actor.js';
import { DomainError, unauthorized } from '../domain/errors.js';
import type { OrganizationId } from '../domain/id.js';
import { authorize, permissionsOf, type Clearance } from './authorize.js';
import { secretRights } from './resource-rights.js';
import { organizationRights } from './tenancy.js';

export const authorizeReadOfStacks = (actor: Actor, orgID: OrganizationId): Clearance => authorize(actor, organizationRights.toRead(orgID));

/** @throws DomainError `unauthorized`, in InfluxDB's words */
export function authorizeStacks(actor: Actor, orgID: OrganizationId): Clearance {
  try {
    return authorize(actor, organizationRights.toWrite(orgID));
  } catch (error) {
    if (error instanceof DomainError && error.code === 'unauthorized') throw unauthorized('not authorized to create stack');
    throw error;
  }
}

/** Whether an actor is told which secrets of a template are there. Not published as a decision of the request. */
export const mayListSecretKeys = (actor: Actor, orgID: OrganizationId): boolean =>
  permissionsOf(actor).covers(secretRights.toReadAllIn(orgID));

/** For what is recorded beside something else, which is not refused without it. Not published as a decision of the request. */
export const mayChangeStacks = (actor: Actor, orgID: OrganizationId): boolean =>
  permissionsOf(actor).covers(organizationRights.toWrite(orgID));
