/** The filters of the audit log. */
import type { AuditQueryMembers } from '../client/audit.js';
import { choice, text, type Values } from './flags.js';

export const auditFlags = {
  'org-id': text('only what happened in the organization with this id', { variable: 'INFLUX_ORG_ID', value: 'id' }),
  actor: text('only what this user or token did', { value: 'id' }),
  resource: text('only what happened to this token, user, organization, bucket, ...', { value: 'id' }),
  request: text('only the request with this id: why it was refused', { value: 'id' }),
  action: text('only this action, or all with a part of it: authorization.created, authorization, created', { value: 'action' }),
  outcome: choice('only this outcome', 'outcome', ['success', 'failure', 'refused'] as const),
  since: text('only from this time on: RFC 3339, or how long ago, such as 36h', { value: 'time' }),
  until: text('only before this time', { value: 'time' }),
};

export const auditQueryOf = (values: Values<typeof auditFlags>): AuditQueryMembers => ({
  orgID: values['org-id'],
  actorID: values.actor,
  resourceID: values.resource,
  requestID: values.request,
  action: values.action,
  outcome: values.outcome,
  since: values.since,
  until: values.until,
});
