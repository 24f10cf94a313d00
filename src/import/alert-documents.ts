/** Tasks, and what has tasks: checks, notification endpoints and notification rules. */
import { unlimitedScriptRights } from '../auth/run-rights.js';
import { invalid } from '../domain/errors.js';
import type { Id, OrganizationId, UserId } from '../domain/id.js';
import type { KindType } from '../domain/kind.js';
import { SYSTEM_TASK } from '../domain/task.js';
import type { JsonRecord } from '../influxdb-files/metadata/json-record.js';
import { checkKind } from '../kinds/checks.js';
import { notificationEndpointKind } from '../kinds/notification-endpoints.js';
import { notificationRuleKind } from '../kinds/notification-rules.js';
import { taskKind } from '../kinds/tasks.js';
import { decodeJsonObject } from '../wire/json.js';
import { NOBODY, textsOf, timesOf, type DocumentSource, type Members } from './document-source.js';
import { of } from './documents.js';
import type { Transfer } from './transfer.js';

const NS_PER_SECOND = 1e9;

/** In this order: a task belongs to a check or rule that has come. */
export const ALERT_DOCUMENTS: readonly DocumentSource[] = [
  {
    ...of('notificationEndpoints'),
    kind: notificationEndpointKind,
    read: (record, transfer) => {
      const { id, orgID } = idsOf(record);
      const times = timesOf(record, transfer);
      const given = notificationEndpointKind.decodeReplacement?.(decodeJsonObject(record.toBytes()));
      if (given?.isWhole !== true) throw new Error('a whole endpoint is decoded from a record');
      return {
        ...notificationEndpointKind.build({ ...given, orgID, labels: [] }, { id, orgID, nowMs: times.createdAtMs, newId }),
        ...times,
      };
    },
  },
  {
    ...of('checks'),
    kind: checkKind,
    read: (record, transfer) => {
      const { id, orgID, ownerID } = idsOf(record);
      const times = timesOf(record, transfer);
      const given = checkKind.decodeNew(decodeJsonObject(record.toBytes()));
      const made = { id, orgID, nowMs: times.createdAtMs, newId: () => record.id('taskID') };
      return { ...checkKind.build({ ...given, orgID, ownerID, status: STATUS }, made), ...times };
    },
  },
  {
    ...of('notificationRules'),
    kind: notificationRuleKind,
    read: async (record, transfer) => {
      const { id, orgID, ownerID } = idsOf(record);
      const times = timesOf(record, transfer);
      const given = notificationRuleKind.decodeNew(decodeJsonObject(record.toBytes()));
      if ((await transfer.writer.findOrganizationOf('notificationEndpoints', given.endpointID ?? '')) !== orgID) {
        throw invalid('its notification endpoint is not here');
      }
      const made = { id, orgID, nowMs: times.createdAtMs, newId: () => record.id('taskID') };
      return { ...notificationRuleKind.build({ ...given, orgID, ownerID, status: STATUS }, made), ...times };
    },
  },
  {
    ...of('tasks'),
    kind: taskKind,
    read: async (record, transfer) => {
      const { createdAtMs } = timesOf(record, transfer);
      const status = record.optionalText('status') ?? 'active';
      return {
        ...textsOf(record, 'description', 'every', 'cron'),
        name: record.text('name'),
        flux: record.text('flux'),
        offset: offsetOf(record),
        ...(await parentOf(record, transfer)),
        ownerID: record.optionalId<UserId>('ownerID') ?? NOBODY,
        status,
        concurrency: 1,
        retry: 1,
        scriptRights: unlimitedScriptRights(),
        createdAtMs,
        updatedAtMs: record.timeMs('updatedAt'),
        // It goes on where it was, as after a stop of InfluxDB.
        activeSinceMs: record.timeMs('latestScheduled') || record.timeMs('latestCompleted') || createdAtMs,
      };
    },
  },
];

/** Of a check or rule its task knows it. */
const STATUS = 'active';

const newId = (): never => {
  throw new Error('an endpoint has no task');
};

const idsOf = (record: JsonRecord): { readonly id: Id; readonly orgID: OrganizationId; readonly ownerID: UserId } => ({
  id: record.id('id'),
  orgID: record.id<OrganizationId>('orgID'),
  ownerID: record.optionalId<UserId>('ownerID') ?? NOBODY,
});

/** Nanoseconds; older versions wrote a duration. */
function offsetOf(record: JsonRecord): string {
  const offset = record.member('offset');
  return typeof offset === 'number'
    ? offset === 0
      ? ''
      : `${Math.trunc(offset / NS_PER_SECOND)}s`
    : (record.optionalText('offset') ?? '');
}

/** @throws DomainError `invalid` for the task of a check or rule that has not come: nothing could change or delete it */
async function parentOf(record: JsonRecord, transfer: Transfer): Promise<Members> {
  const known = transfer.parentOfTask(record.id('id'));
  if (known === undefined) return { type: SYSTEM_TASK, parentID: '' };
  const { kind, id, type } = known;
  if ((await transfer.writer.findOrganizationOf(kind, id)) === undefined)
    throw invalid(`the ${WORDS[kind] ?? kind} that it belongs to is not here`);
  return { type, parentID: id };
}

const WORDS: Partial<Record<KindType, string>> = { checks: 'check', notificationRules: 'notification rule' };
