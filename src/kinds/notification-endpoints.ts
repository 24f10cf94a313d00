/** Notification endpoints: where notification rules send to. Their secrets are secrets of the organization; here are only the keys. */
import { invalid } from '../domain/errors.js';
import { mapOf, number, oneOf, text } from '../domain/field.js';
import type { Id, OrganizationId } from '../domain/id.js';
import { checkNewName } from '../domain/name.js';
import { problemOfUrl } from '../wire/go-url.js';
import type { JsonObject } from '../wire/json.js';
import { formatTime } from '../wire/time.js';
import { defineKind } from './kind.js';
import { encodeLabel } from './labels.js';
import { decodeLabels, decodePatch, isStatus, linksTo, undetectable, type Patch, type Status } from './notifications/members.js';

export const ENDPOINT_TYPES = ['slack', 'pagerduty', 'http', 'telegram'] as const;
export type EndpointType = (typeof ENDPOINT_TYPES)[number];

export const SECRET_MEMBERS = ['token', 'routingKey', 'username', 'password'] as const;
export type SecretMember = (typeof SECRET_MEMBERS)[number];

/** What distinguishes one type from another; members that a type does not have are empty. */
interface Contents {
  readonly type: EndpointType;
  readonly url: string;
  readonly clientURL: string;
  readonly channel: string;
  readonly method: string;
  readonly authMethod: string;
  readonly contentTemplate: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface NotificationEndpoint extends Contents {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly status: Status;
  /** The key of the organization's secret, by member. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** A secret as it was given: a new value, or the key of one that is stored. */
export type GivenSecret = { readonly value: string } | { readonly key: string };

interface GivenEndpoint extends Contents {
  readonly isWhole: true;
  readonly name: string;
  readonly description: string;
  readonly status: string;
  readonly secrets: ReadonlyMap<SecretMember, GivenSecret>;
}

export type NewEndpoint = GivenEndpoint & { readonly orgID: OrganizationId | undefined; readonly labels: readonly string[] };
export type EndpointChange = GivenEndpoint | (Patch & { readonly isWhole: false });

export const ENDPOINTS_PATH = '/api/v2/notificationEndpoints';
const NOUN = 'Notification Endpoint';

const SECRETS_OF: Readonly<Record<EndpointType, readonly SecretMember[]>> = {
  slack: ['token'],
  pagerduty: ['routingKey'],
  http: ['token', 'username', 'password'],
  telegram: ['token'],
};
const SUFFIXES: Readonly<Record<SecretMember, string>> = {
  token: '-token',
  routingKey: '-routing-key',
  username: '-username',
  password: '-password',
};
const KEY_PREFIX = 'secret: ';

/** The key of a secret that belongs to an endpoint, and is deleted with it. */
export const ownKey = (id: Id, member: SecretMember): string => id + SUFFIXES[member];

const keyOf = ({ orgID, name }: NotificationEndpoint): string => orgID + name;

export const notificationEndpointKind = defineKind<NotificationEndpoint, NewEndpoint, EndpointChange>({
  type: 'notificationEndpoints',
  path: ENDPOINTS_PATH,
  router: 'httprouter',
  takesLabels: true,
  takesMembers: true,
  fields: {
    name: text(),
    description: text(),
    status: oneOf('inactive', 'active'),
    type: oneOf('http', 'slack', 'pagerduty', 'telegram'),
    url: text(),
    clientURL: text(),
    channel: text(),
    method: text(),
    authMethod: text(),
    contentTemplate: text(),
    headers: mapOf(text()),
    secrets: mapOf(text()),
    createdAtMs: number(),
    updatedAtMs: number(),
  },
  uniqueKey: (name) => name,
  rights: { toChange: ['read', 'write'], toRemove: ['read', 'write'] },
  words: {
    notFound: (id) => `notification endpoint not found for key "${id}"`,
    taken: (endpoint) => `notification endpoint is not unique for key ${keyOf(endpoint)}`,
    takenByChange: (endpoint) => `notification endpoint entity update conflicts with an existing entity for key ${keyOf(endpoint)}`,
    badOrganizationId: (reason) => `orgID is invalid: ${reason}`,
    badBody: undetectable('notification endpoint'),
    badChangeBody: (reason, method) => (method === 'PUT' ? undetectable('notification endpoint')(reason) : reason),
  },
  list: {
    name: 'notificationEndpoints',
    paging: 'pages',
    links: 'pages',
    filters: ['org', 'orgID', 'user'],
    needsPlace: 'orgID is missing: name the organization whose endpoints are listed, by orgID or org',
  },
  changedBy: ['PUT', 'PATCH'],

  build(given, { id, orgID, nowMs }) {
    checkNewName('notification endpoint name', given.name);
    return check(given, { id, orgID, createdAtMs: nowMs, updatedAtMs: nowMs });
  },
  change(endpoint, change, { nowMs }) {
    if (change.name !== undefined && change.name !== endpoint.name) checkNewName('notification endpoint name', change.name);
    if (!change.isWhole) {
      const { name = endpoint.name, description = endpoint.description, status = endpoint.status } = change;
      return { ...endpoint, name, description, status, updatedAtMs: nowMs };
    }
    return check(change, { ...endpoint, updatedAtMs: nowMs });
  },

  decodeNew: (json) => ({ ...decode(json), orgID: json.id<OrganizationId>('orgID'), labels: decodeLabels(json) }),
  decodeChange: (json) => ({ ...decodePatch(json, NOUN), isWhole: false }),
  decodeReplacement: (json) => decode(json),
  encode: (endpoint, labels) => ({
    id: endpoint.id,
    name: endpoint.name,
    ...(endpoint.description === '' ? {} : { description: endpoint.description }),
    orgID: endpoint.orgID,
    status: endpoint.status,
    createdAt: formatTime(endpoint.createdAtMs),
    updatedAt: formatTime(endpoint.updatedAtMs),
    ...encodeContents(endpoint),
    type: endpoint.type,
    labels: labels.map(encodeLabel),
    links: linksTo(ENDPOINTS_PATH, endpoint.id),
  }),

  example: (n) => ({
    create: { ...EXAMPLE, name: `endpoint ${n}` },
    change: { description: 'changed' },
  }),
});

const EXAMPLE = {
  type: 'http',
  description: 'new',
  status: 'inactive',
  url: 'https://example.com/hook',
  method: 'POST',
  authMethod: 'none',
};

function encodeContents(endpoint: NotificationEndpoint): object {
  const secret = (member: SecretMember): string => {
    const key = endpoint.secrets[member] ?? '';
    return key === '' ? '' : KEY_PREFIX + key;
  };
  const { url, clientURL, channel, method, authMethod, contentTemplate, headers } = endpoint;
  switch (endpoint.type) {
    case 'slack':
      return { url, token: secret('token') };
    case 'pagerduty':
      return { clientURL, routingKey: secret('routingKey') };
    case 'telegram':
      return { token: secret('token'), channel };
    case 'http': {
      const secrets = { token: secret('token'), username: secret('username'), password: secret('password') };
      return { url, ...(Object.keys(headers).length === 0 ? {} : { headers }), ...secrets, authMethod, method, contentTemplate };
    }
  }
}

function decode(json: JsonObject): GivenEndpoint {
  const given = json.string('type') ?? '';
  const type = ENDPOINT_TYPES.find((each) => each === given);
  if (type === undefined) throw invalid(`invalid notification endpoint type ${given}`);
  const takes = (name: string, ...types: EndpointType[]): string => (types.includes(type) ? (json.string(name) ?? '') : '');
  const secrets = new Map<SecretMember, GivenSecret>();
  for (const member of SECRETS_OF[type]) {
    const value = json.string(member) ?? '';
    if (value !== '') secrets.set(member, value.startsWith(KEY_PREFIX) ? { key: value.slice(KEY_PREFIX.length) } : { value });
  }
  const headers = type === 'http' ? (json.object('headers')?.entriesOfStrings() ?? []) : [];
  return {
    isWhole: true,
    type,
    name: json.string('name') ?? '',
    description: json.string('description') ?? '',
    status: json.string('status') ?? '',
    url: takes('url', 'slack', 'http'),
    clientURL: takes('clientURL', 'pagerduty'),
    channel: takes('channel', 'telegram'),
    method: takes('method', 'http'),
    authMethod: takes('authMethod', 'http'),
    contentTemplate: takes('contentTemplate', 'http'),
    headers: Object.fromEntries(headers),
    secrets,
  };
}

const keysOf = (id: Id, given: ReadonlyMap<SecretMember, GivenSecret>): Record<string, string> =>
  Object.fromEntries([...given].map(([member, secret]) => [member, 'key' in secret ? secret.key : ownKey(id, member)]));

const METHODS = ['GET', 'POST', 'PUT'];
const AUTH_METHODS = ['none', 'basic', 'bearer'];

/** @throws DomainError `invalid`, for the first thing that is wrong in InfluxDB's order */
function check(
  given: GivenEndpoint,
  record: Pick<NotificationEndpoint, 'id' | 'orgID' | 'createdAtMs' | 'updatedAtMs'>,
): NotificationEndpoint {
  const { name, description, status, type, url, clientURL, channel, method, authMethod, contentTemplate, headers } = given;
  const { id, orgID, createdAtMs, updatedAtMs } = record;
  const secrets = keysOf(id, given.secrets);
  const has = (member: SecretMember): boolean => (secrets[member] ?? '') !== '';
  if (name === '') throw invalid(`${NOUN} Name can't be empty`);
  if (!isStatus(status)) throw invalid('invalid status');
  switch (type) {
    case 'slack':
      if (url === '') throw invalid('slack endpoint URL must be provided');
      checkUrl('slack', url);
      break;
    case 'pagerduty':
      if (!has('routingKey')) throw invalid('pagerduty routing key is invalid');
      break;
    case 'telegram':
      if (!has('token')) throw invalid('empty telegram bot token');
      if (channel === '') throw invalid('empty telegram channel');
      break;
    case 'http':
      if (url === '') throw invalid('http endpoint URL is empty');
      checkUrl('http', url);
      if (!METHODS.includes(method)) throw invalid('invalid http http method');
      if (!AUTH_METHODS.includes(authMethod)) throw invalid('invalid http auth method');
      if (authMethod === 'basic' && !(has('username') && has('password'))) throw invalid('invalid http username/password for basic auth');
      if (authMethod === 'bearer' && !has('token')) throw invalid('invalid http token for bearer auth');
      break;
  }
  const contents = { type, url, clientURL, channel, method, authMethod, contentTemplate, headers };
  return { id, orgID, name, description, status, ...contents, secrets, createdAtMs, updatedAtMs };
}

function checkUrl(type: EndpointType, url: string): void {
  const problem = problemOfUrl(url);
  if (problem !== undefined) throw invalid(`${type} endpoint URL is invalid: ${problem}`);
}
