/** Records of the audit log as lines. */
import type { AuditRecordJson } from '../client/audit.js';
import type { Cell } from './table.js';

export const AUDIT_HEADERS = ['Sequence', 'Time', 'Action', 'Outcome', 'Actor', 'Resource', 'Org ID', 'Address', 'Request ID', 'Reason'];

export const auditRow = (record: AuditRecordJson): Cell[] => [
  record.sequence ?? '',
  record.time,
  record.action,
  record.outcome,
  describeActor(record),
  describeResource(record),
  record.orgID ?? '',
  record.address ?? '',
  record.requestID ?? '',
  describeReason(record),
];

const describeActor = ({ actor: { kind, name, userID, authorizationID } }: AuditRecordJson): string =>
  [kind, name ?? authorizationID ?? userID].filter((part) => part !== undefined).join(' ');

const describeResource = ({ resource }: AuditRecordJson): string =>
  resource === undefined ? '' : [resource.type, resource.id, resource.name].filter((part) => part !== undefined && part !== '').join(' ');

const describeReason = ({ reason, details = {} }: AuditRecordJson): string =>
  [reason, ...Object.entries(details).map(([name, value]) => `${name}=${value}`)].filter((part) => part !== undefined).join(', ');
