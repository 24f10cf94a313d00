/** Checks: each has a task whose script is generated, and which writes statuses. */
import { CHECK_LEVELS, CHECK_TYPES, type Check, type CheckLevel, type CheckType } from '../domain/check.js';
import { invalid } from '../domain/errors.js';
import { anyJson, flag, number, oneOf, text, type Field } from '../domain/field.js';
import type { OrganizationId, UserId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import { formatTime } from '../wire/time.js';
import { defineKind } from './kind.js';
import { encodeLabel } from './labels.js';
import { decodeCheck, encodeCheckContents, type GivenCheck } from './notifications/checks-json.js';
import { checkOffset } from './notifications/durations.js';
import { checkStatus, decodeLabels, decodePatch, linksTo, scriptOperation, undetectable, type Patch } from './notifications/members.js';

export type NewCheck = GivenCheck & {
  readonly orgID: OrganizationId | undefined;
  readonly labels: readonly string[];
  /** Known to the service. */
  readonly ownerID?: UserId | undefined;
};
export type CheckChange = (GivenCheck & { readonly isWhole: true }) | (Patch & { readonly isWhole: false });

export const CHECKS_PATH = '/api/v2/checks';
const NOUN = 'Check';
const detect = undetectable('check');

const keyOf = ({ orgID, name }: Check): string => orgID + name;
const level = oneOf<CheckLevel>(...CHECK_LEVELS);

export const checkKind = defineKind<Check, NewCheck, CheckChange>({
  type: 'checks',
  path: CHECKS_PATH,
  router: 'httprouter',
  takesLabels: true,
  takesMembers: true,
  fields: {
    name: text(),
    description: text(),
    ownerID: text() as Field<UserId>,
    taskID: text(),
    type: oneOf<CheckType>(...CHECK_TYPES),
    query: anyJson({ text: '', editMode: '', name: '', builderConfig: {} }),
    statusMessageTemplate: text(),
    cron: text(),
    every: text(),
    offset: text(),
    tags: anyJson<Check['tags']>(null),
    thresholds: anyJson<Check['thresholds']>(null),
    timeSince: text(),
    staleTime: text(),
    reportZero: flag(),
    level,
    createdAtMs: number(),
    updatedAtMs: number(),
  },
  uniqueKey: (name) => name,
  rights: { toChange: ['read', 'write'], toRemove: ['read', 'write'] },
  words: {
    notFound: (id) => `check not found for key "${id}"`,
    taken: (check) => `check is not unique for key ${keyOf(check)}`,
    takenByChange: () => 'check name is not unique',
    badOrganizationId: (reason) => `orgID is invalid: ${reason}`,
    badReplacementId: 'invalid check id format',
    badBody: detect,
    badChangeBody: (reason, method) => (method === 'PUT' ? `malformed check body: ${detect(reason)}` : reason),
  },
  list: { name: 'checks', paging: 'pages', links: 'pages', filters: ['org', 'orgID'] },
  changedBy: ['PUT', 'PATCH'],

  build: (given, { id, orgID, nowMs, newId }) => {
    checkStatus(given.status);
    checkNewName('check name', given.name);
    const { ownerID } = given;
    if (ownerID === undefined) throw new Error('a check is made by its service');
    return check(given, { id, orgID, ownerID, taskID: newId(), createdAtMs: nowMs, updatedAtMs: nowMs });
  },
  change(current, change, { nowMs }) {
    if (change.name !== undefined && change.name !== current.name) checkNewName('check name', change.name);
    if (!change.isWhole) {
      const { name = current.name, description = current.description } = change;
      return { ...current, name, description, updatedAtMs: nowMs };
    }
    const changed = check(change, { ...current, updatedAtMs: nowMs });
    checkStatus(change.status);
    return changed;
  },

  decodeNew: (json) => ({ ...decodeCheck(json), orgID: json.id<OrganizationId>('orgID'), labels: decodeLabels(json) }),
  decodeChange: (json) => ({ ...decodePatch(json, NOUN), isWhole: false }),
  decodeReplacement: (json) => ({ ...decodeCheck(json), isWhole: true }),
  encode: (shown, labels) => ({
    id: shown.id,
    name: shown.name,
    ...(shown.description === '' ? {} : { description: shown.description }),
    ownerID: shown.ownerID,
    orgID: shown.orgID,
    query: shown.query,
    taskID: shown.taskID,
    ...encodeCheckContents(shown),
    createdAt: formatTime(shown.createdAtMs),
    updatedAt: formatTime(shown.updatedAtMs),
    type: shown.type,
    labels: labels.map(encodeLabel),
    links: { ...linksTo(CHECKS_PATH, shown.id), query: `${CHECKS_PATH}/${shown.id}/query` },
  }),
  operations: [scriptOperation('check')],

  example: (n) => ({
    create: {
      type: 'deadman',
      name: `check ${n}`,
      description: 'new',
      status: 'inactive',
      query: { text: 'from(bucket: "data") |> range(start: -1h) |> filter(fn: (r) => r._field == "v")' },
      every: '1h',
      timeSince: '90s',
      staleTime: '10m',
      level: 'CRIT',
      statusMessageTemplate: 'silent',
    },
    change: { description: 'changed' },
  }),
});

type Record = Pick<Check, 'id' | 'orgID' | 'ownerID' | 'taskID' | 'createdAtMs' | 'updatedAtMs'>;

/** @throws DomainError `invalid`, for the first thing that is wrong in InfluxDB's order */
function check(given: GivenCheck, record: Record): Check {
  const { every, offset, timeSince, staleTime, thresholds } = given;
  const { id, orgID, ownerID, taskID, createdAtMs, updatedAtMs } = record;
  if (given.type !== 'custom') {
    if (given.name === '') throw invalid("Check Name can't be empty");
    if (every === undefined) throw invalid('Check Every must exist');
    if (every === '') throw invalid("Check Every can't be empty");
    if (offset === '') throw invalid("Check Offset can't be empty");
    checkOffset(offset ?? '', every);
    if (given.tags?.some(({ key, value }) => key === '' || value === '') === true) throw invalid('tag must contain a key and a value');
    if (thresholds?.some(({ type, min, max }) => type === 'range' && min > max) === true) {
      throw invalid("range threshold min can't be larger than max");
    }
    if (given.type === 'deadman' && !timeSince) throw invalid("Check TimeSince can't be empty");
    if (given.type === 'deadman' && !staleTime) throw invalid("Check StaleTime can't be empty");
  }
  const durations = { every: every ?? '', offset: offset ?? '', timeSince: timeSince ?? '', staleTime: staleTime ?? '' };
  const { type, name, description, query, statusMessageTemplate, cron, tags, reportZero, level: itsLevel } = given;
  const contents = { type, name, description, query, statusMessageTemplate, cron, tags, thresholds, reportZero, level: itsLevel };
  return { id, orgID, ownerID, taskID, ...contents, ...durations, createdAtMs, updatedAtMs };
}
