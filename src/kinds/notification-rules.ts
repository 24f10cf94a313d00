/** Notification rules: each has a task whose script is generated, and which sends statuses to an endpoint. */
import { invalid } from '../domain/errors.js';
import { anyJson, flag, number, oneOf, text, type Field } from '../domain/field.js';
import type { Id, OrganizationId, UserId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import { RULE_TYPES, TAG_OPERATORS, type NotificationRule, type RuleType, type TagRule } from '../domain/notification-rule.js';
import { JSON_PROBLEM, type JsonObject } from '../wire/json.js';
import { formatTime } from '../wire/time.js';
import { defineKind } from './kind.js';
import { encodeLabel } from './labels.js';
import { decodeLevel } from './notifications/checks-json.js';
import { checkOffset, durationIn } from './notifications/durations.js';
import { checkStatus, decodeLabels, decodePatch, linksTo, scriptOperation, undetectable, type Patch } from './notifications/members.js';

interface GivenRule extends Omit<
  NotificationRule,
  'id' | 'orgID' | 'ownerID' | 'taskID' | 'createdAtMs' | 'updatedAtMs' | 'every' | 'offset' | 'endpointID'
> {
  readonly every: string | undefined;
  readonly offset: string | undefined;
  readonly endpointID: Id | undefined;
  readonly status: string;
}

export type NewRule = GivenRule & {
  readonly orgID: OrganizationId | undefined;
  readonly labels: readonly string[];
  /** Known to the service. */
  readonly ownerID?: UserId | undefined;
};
export type RuleChange = (GivenRule & { readonly isWhole: true }) | (Patch & { readonly isWhole: false });

export const RULES_PATH = '/api/v2/notificationRules';
const NOUN = 'Notification Rule';
const detect = undetectable('notification');

export const notificationRuleKind = defineKind<NotificationRule, NewRule, RuleChange>({
  type: 'notificationRules',
  path: RULES_PATH,
  router: 'httprouter',
  takesLabels: true,
  takesMembers: true,
  fields: {
    name: text(),
    description: text(),
    ownerID: text() as Field<UserId>,
    taskID: text(),
    endpointID: text(),
    type: oneOf<RuleType>('http', 'slack', 'pagerduty', 'telegram'),
    every: text(),
    offset: text(),
    sleepUntil: text(),
    runbookLink: text(),
    tagRules: anyJson<NotificationRule['tagRules']>([]),
    statusRules: anyJson<NotificationRule['statusRules']>([]),
    limit: number(),
    limitEvery: number(),
    messageTemplate: text(),
    channel: text(),
    parseMode: text(),
    disableWebPagePreview: flag(),
    createdAtMs: number(),
    updatedAtMs: number(),
  },
  words: {
    notFound: () => 'notification rule not found',
    badOrganizationId: (reason) => `orgID is invalid: ${reason}`,
    badBody: detect,
    badChangeBody: (reason, method) => (method === 'PUT' ? detect(reason) : reason),
  },
  list: { name: 'notificationRules', paging: 'pages', links: 'pages', filters: ['org', 'orgID', 'tag'] },
  changedBy: ['PUT', 'PATCH'],

  build: (given, { id, orgID, nowMs, newId }) => {
    checkNewName('notification rule name', given.name);
    const { ownerID } = given;
    if (ownerID === undefined) throw new Error('a rule is made by its service');
    return check(given, { id, orgID, ownerID, taskID: newId(), createdAtMs: nowMs, updatedAtMs: nowMs });
  },
  change(current, change, { nowMs }) {
    if (change.name !== undefined && change.name !== current.name) checkNewName('notification rule name', change.name);
    if (change.isWhole) {
      if (change.name === '') throw invalid(`${NOUN} Name can't be empty`);
      return check(change, { ...current, updatedAtMs: nowMs });
    }
    const { name = current.name, description = current.description } = change;
    return { ...current, name, description, updatedAtMs: nowMs };
  },

  decodeNew: (json) => ({ ...decode(json), orgID: json.id<OrganizationId>('orgID'), labels: decodeLabels(json) }),
  decodeChange: (json) => ({ ...decodePatch(json, NOUN), isWhole: false }),
  decodeReplacement: (json) => ({ ...decode(json), isWhole: true }),
  encode: (rule, labels) => ({
    id: rule.id,
    name: rule.name,
    ...(rule.description === '' ? {} : { description: rule.description }),
    endpointID: rule.endpointID,
    orgID: rule.orgID,
    ownerID: rule.ownerID,
    taskID: rule.taskID,
    ...(rule.sleepUntil === '' ? {} : { sleepUntil: rule.sleepUntil }),
    every: rule.every,
    ...(rule.offset === '' ? {} : { offset: rule.offset }),
    runbookLink: rule.runbookLink,
    ...(rule.tagRules.length === 0 ? {} : { tagRules: rule.tagRules }),
    ...(rule.statusRules.length === 0 ? {} : { statusRules: rule.statusRules }),
    ...(rule.limit === 0 ? {} : { limit: rule.limit }),
    ...(rule.limitEvery === 0 ? {} : { limitEvery: rule.limitEvery }),
    createdAt: formatTime(rule.createdAtMs),
    updatedAt: formatTime(rule.updatedAtMs),
    ...encodeContents(rule),
    type: rule.type,
    labels: labels.map(encodeLabel),
    links: { ...linksTo(RULES_PATH, rule.id), query: `${RULES_PATH}/${rule.id}/query` },
  }),
  operations: [scriptOperation('rule', { alsoReads: 'notificationEndpoints' })],

  example: (n) => ({
    create: {
      type: 'http',
      name: `rule ${n}`,
      description: 'new',
      status: 'inactive',
      every: '1h',
      statusRules: [{ currentLevel: 'CRIT' }],
    },
    change: { description: 'changed' },
  }),
});

function encodeContents({ type, channel, messageTemplate, parseMode, disableWebPagePreview }: NotificationRule): object {
  switch (type) {
    case 'slack':
      return { channel, messageTemplate };
    case 'pagerduty':
      return { messageTemplate };
    case 'telegram':
      return { messageTemplate, parseMode, disableWebPagePreview };
    case 'http':
      return {};
  }
}

function decode(json: JsonObject): GivenRule {
  const given = json.string('type') ?? '';
  const type = RULE_TYPES.find((each) => each === given);
  if (type === undefined) throw invalid(`invalid notification type ${given}`);
  const takes = (name: string, ...types: RuleType[]): string => (types.includes(type) ? (json.string(name) ?? '') : '');
  return {
    type,
    name: json.string('name') ?? '',
    description: json.string('description') ?? '',
    status: json.string('status') ?? '',
    endpointID: json.id<Id>('endpointID'),
    every: durationIn(json, 'every'),
    offset: durationIn(json, 'offset'),
    sleepUntil: json.string('sleepUntil') ?? '',
    runbookLink: json.string('runbookLink') ?? '',
    tagRules: (json.objects('tagRules') ?? []).map(decodeTagRule),
    statusRules: (json.objects('statusRules') ?? []).map((each) => ({
      currentLevel: decodeLevel(each, 'currentLevel'),
      previousLevel: each.string('previousLevel') === undefined ? null : decodeLevel(each, 'previousLevel'),
    })),
    limit: json.integer('limit') ?? 0,
    limitEvery: json.integer('limitEvery') ?? 0,
    messageTemplate: takes('messageTemplate', 'slack', 'pagerduty', 'telegram'),
    channel: takes('channel', 'slack'),
    parseMode: takes('parseMode', 'telegram'),
    disableWebPagePreview: type === 'telegram' && json.boolean('disableWebPagePreview') === true,
  };
}

function decodeTagRule(json: JsonObject): TagRule {
  const given = json.string('operator') ?? 'equal';
  const operator = TAG_OPERATORS.find((each) => each === given);
  if (operator === undefined) throw invalid(`${JSON_PROBLEM}unrecognized operator`);
  return { key: json.string('key') ?? '', value: json.string('value') ?? '', operator };
}

const NO_TEMPLATE = {
  slack: 'slack msg template is empty',
  pagerduty: 'pagerduty invalid message template',
  telegram: 'Telegram MessageTemplate is invalid',
} as const;

type Record = Pick<NotificationRule, 'id' | 'orgID' | 'ownerID' | 'taskID' | 'createdAtMs' | 'updatedAtMs'>;

/** @throws DomainError `invalid`, for the first thing that is wrong in InfluxDB's order */
function check(given: GivenRule, record: Record): NotificationRule {
  const { every, offset, endpointID, status, type, limit, limitEvery, messageTemplate, tagRules, statusRules } = given;
  const { id, orgID, ownerID, taskID, createdAtMs, updatedAtMs } = record;
  if (endpointID === undefined) throw invalid('no key was provided for notification endpoint');
  if (every === undefined || every === '') throw invalid(`${NOUN} Every can't be empty`);
  checkOffset(offset ?? '', every);
  if (tagRules.some(({ key, value }) => key === '' || value === '')) throw invalid('tag must contain a key and a value');
  if ((limit !== 0 || limitEvery !== 0) && (limit <= 0 || limitEvery <= 0)) {
    throw invalid('if limit is set, limit and limitEvery must be larger than 0');
  }
  if (type !== 'http' && messageTemplate === '') throw invalid(NO_TEMPLATE[type]);
  checkStatus(status);
  const { name, description, sleepUntil, runbookLink, channel, parseMode, disableWebPagePreview } = given;
  const contents = { name, description, sleepUntil, runbookLink, channel, messageTemplate, parseMode, disableWebPagePreview };
  const times = { every, offset: offset ?? '', limit, limitEvery, createdAtMs, updatedAtMs };
  return { id, orgID, ownerID, taskID, endpointID, type, ...contents, tagRules, statusRules, ...times };
}
