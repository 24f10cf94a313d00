/** Who may read the audit log: operators all of it, those who may change an organization what happened in it. InfluxDB has none. */
import type { Actor } from '../domain/actor.js';
import type { AuditFilter } from '../domain/audit.js';
import type { OrganizationId } from '../domain/id.js';
import { publishDecision } from './decisions.js';
import { permissionsOf, refusal } from './authorize.js';
import { firstMissingOperatorPermission } from '../domain/authorization.js';
import { organizationRights } from './tenancy.js';

/**
 * The organizations whose records are shown to the actor, as a filter.
 *
 * @param orgID the one that is asked for
 * @throws DomainError `unauthorized` for who may read nothing of it, and not an empty list: nothing happened is another answer
 */
export function readableAudit(actor: Actor, orgID: OrganizationId | undefined): AuditFilter['orgIDs'] {
  const held = permissionsOf(actor);
  const scope = held.scope('write', 'orgs');
  const toWrite = organizationRights.toWrite(orgID ?? ('0000000000000000' as OrganizationId));
  const isAllowed = orgID === undefined ? scope.everything || scope.ids.length > 0 : held.covers(toWrite);
  publishDecision(actor, 'list', 'write', 'orgs', isAllowed);
  if (!isAllowed) throw refusal(actor, orgID === undefined ? organizationRights.toCreate() : toWrite);
  if (orgID !== undefined) return [orgID];
  if (!scope.everything) return scope.ids as OrganizationId[];
  return firstMissingOperatorPermission(held) === undefined ? undefined : 'any';
}
