/** Authorizations and permissions as InfluxDB's API shows them. */
import { invalid } from '../domain/errors.js';
import { newestToken, type Authorization } from '../domain/authorization.js';
import type { Constraints } from '../domain/constraints.js';
import type { AuthorizationId, BucketId, OrganizationId, UserId } from '../domain/id.js';
import { KIND_TYPES } from '../domain/kind.js';
import { ACTIONS, isAction, isResourceType, type Action, type Permission, type ResourceType } from '../domain/permission.js';
import type { PointMatch } from '../domain/point-match.js';
import { AUTHORIZATION_ORDERS, type AuthorizationCount } from '../domain/store.js';
import { parseTime } from '../domain/time.js';
import { TOKEN_FORMATS, type TokenFormat } from '../domain/token-format.js';
import { TOKEN_KINDS } from '../domain/token-kind.js';
import { parseLifetime } from '../domain/token-lifetime.js';
import { isStatus, STATUSES, type Status } from '../domain/user.js';
import { decodeConstraints, decodeMatch, encodeConstraints, encodeMatch } from './constraints.js';
import { decodeJsonObject, decodeJsonStrings, type JsonObject } from './json.js';
import { choiceOf, idOf, optionalBooleanOf, textOf } from './query-string.js';
import { formatTime } from './time.js';
import { userPath } from './users.js';

/** Where set-up's authorization lies. */
const TOKENS = '/api/v2/authorizations';

/** Undefined members are left out of the JSON. */
export const encodePermission = ({ action, resource, match }: Permission, name?: string, org?: string) => ({
  action,
  resource: { type: resource.type, id: resource.id, orgID: resource.orgID ?? resource.statedOrgID, name, org },
  ...encodeMatch(match),
});

/** The names that an authorization is shown with. */
export interface AuthorizationNames {
  readonly organizationName: string | undefined;
  readonly userName: string;
  readonly permissions: readonly {
    readonly permission: Permission;
    readonly name?: string | undefined;
    readonly organizationName?: string | undefined;
  }[];
}

/**
 * @param base the path of the collection
 * @param token what stands in `token`: the secret in the answer that creates it, else what may be shown of it
 */
export const encodeAuthorization = (base: string, authorization: Authorization, names: AuthorizationNames, token: string) => ({
  id: authorization.id,
  token,
  status: authorization.status,
  description: authorization.description,
  ...nameOf(authorization),
  orgID: authorization.orgID,
  org: names.organizationName ?? '',
  userID: authorization.userID,
  user: names.userName,
  permissions: names.permissions.map(({ permission, name, organizationName }) => encodePermission(permission, name, organizationName)),
  links: linksOf(base, authorization),
  createdAt: formatTime(authorization.createdAtMs),
  updatedAt: formatTime(authorization.updatedAtMs),
  // InfluxDB's have none: a client that knows nothing of it sees what it expects.
  ...(authorization.expiresAtMs === undefined ? {} : { expiresAt: formatTime(authorization.expiresAtMs) }),
  ...encodeConstraints(authorization),
  ...leakOf(authorization),
});

/** When its secret was reported as known to others: it was made inactive then. */
function leakOf({ secret }: Authorization): { readonly leakedAt?: string } {
  const leakedAtMs = newestToken(secret)?.leakedAtMs;
  return leakedAtMs === undefined ? {} : { leakedAt: formatTime(leakedAtMs) };
}

/** InfluxDB's have none. */
const nameOf = ({ name }: Authorization): { readonly name?: string } => (name === undefined ? {} : { name });

/** The shape in the response of a setup: without names, and with the stored hash. */
export const encodeBareAuthorization = (authorization: Authorization, token: string) => ({
  id: authorization.id,
  token,
  ...hashOf(authorization),
  status: authorization.status,
  description: authorization.description,
  orgID: authorization.orgID,
  userID: authorization.userID,
  permissions: authorization.permissions.map((permission) => encodePermission(permission)),
  links: linksOf(TOKENS, authorization),
  createdAt: formatTime(authorization.createdAtMs),
  updatedAt: formatTime(authorization.updatedAtMs),
});

/** The stored hash, if the token is not stored in plain text. */
function hashOf({ secret }: Authorization): { hashedToken?: string } {
  const token = newestToken(secret);
  return token !== undefined && token.plainToken === undefined ? { hashedToken: token.hash } : {};
}

const linksOf = (base: string, { id, userID }: Authorization) => ({ self: `${base}/${id}`, user: userPath(userID) });

/**
 * What the list of tokens takes beside InfluxDB's filters; without any of it the list is as InfluxDB's.
 *
 * @throws DomainError `invalid`
 */
export function decodeAuthorizationSearch(query: URLSearchParams) {
  return {
    filter: {
      name: textOf(query, 'name'),
      search: textOf(query, 'search'),
      tokenKind: choiceOf(query, 'kind', TOKEN_KINDS),
      status: choiceOf(query, 'status', STATUSES),
      effective: wantsEffect(query),
      expiringMs: lifetimeIn(query, 'expiring'),
      unusedForMs: lifetimeIn(query, 'unusedFor'),
      bucketID: idOf<BucketId>(query, 'bucketID'),
      resourceType: choiceOf(query, 'resourceType', KIND_TYPES),
      resourceID: idOf(query, 'resourceID'),
      action: choiceOf(query, 'action', ACTIONS),
    },
    order: choiceOf(query, 'sortBy', AUTHORIZATION_ORDERS),
    wantsCounts: optionalBooleanOf(query, 'counts') === true,
  };
}

/** True: the status of users is told and counts, too. */
export const wantsEffect = (query: URLSearchParams): boolean => optionalBooleanOf(query, 'effective') === true;

/** `include=usage`: when each was used last. @throws DomainError `invalid` for anything else */
export const wantsUsage = (query: URLSearchParams): boolean => choiceOf(query, 'include', ['usage']) === 'usage';

/** What `include=usage` adds. */
export interface UsageToEncode {
  readonly latest: { readonly usedAtMs: number; readonly address: string; readonly operation: string } | undefined;
  readonly previous:
    | { readonly expiresAtMs: number | undefined; readonly latest: { readonly usedAtMs: number; readonly address: string } | undefined }
    | undefined;
  readonly unusedPermissions: readonly Permission[];
  readonly unusedSinceMs: number;
  /** When the newest secret was made. */
  readonly secretCreatedAtMs: number | undefined;
}

export const encodeUsage = ({ latest, previous, unusedPermissions, unusedSinceMs, secretCreatedAtMs }: UsageToEncode) => ({
  ...(secretCreatedAtMs !== undefined && { secretCreatedAt: formatTime(secretCreatedAtMs) }),
  ...(latest && { lastUsedAt: formatTime(latest.usedAtMs), lastUsedFrom: latest.address, lastUsedWith: latest.operation }),
  ...(previous && {
    previousSecret: {
      // Without one the rotation awaits confirmation.
      ...(previous.expiresAtMs !== undefined && { expiresAt: formatTime(previous.expiresAtMs) }),
      ...(previous.latest && { lastUsedAt: formatTime(previous.latest.usedAtMs), lastUsedFrom: previous.latest.address }),
    },
  }),
  unusedPermissions: unusedPermissions.map((permission) => encodePermission(permission)),
  unusedSince: formatTime(unusedSinceMs),
});

export const encodeAuthorizationCount = ({ tokenKind, status, count }: AuthorizationCount) => ({ kind: tokenKind, status, count });

/**
 * The list as text in pieces, so that a long one is never whole in memory.
 *
 * @param extra further members of the object
 */
export async function* encodeAuthorizationList(base: string, items: AsyncIterable<object>, extra: object = {}): AsyncGenerator<string> {
  // Small pieces are gathered: a write to the socket costs more than the text.
  const PIECE_LENGTH = 64 * 1024;
  let piece = `${JSON.stringify({ links: { self: base }, ...extra }).slice(0, -1)},"authorizations":[`;
  let separator = '';
  for await (const item of items) {
    piece += separator + JSON.stringify(item);
    separator = ',';
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}]}`;
}

/** @throws DomainError `invalid` */
function lifetimeIn(query: URLSearchParams, name: string): number | undefined {
  const text = textOf(query, name);
  return text === undefined ? undefined : parseLifetime(text, name);
}

/** A moment or a time from now; neither: no expiry is asked for. */
export interface ExpiryBody {
  readonly expiresAtMs: number | undefined;
  readonly lifetimeMs: number | undefined;
}

export interface NewAuthorizationBody {
  readonly orgID: OrganizationId;
  readonly userID: UserId | undefined;
  readonly status: Status;
  readonly description: string;
  readonly name: string | undefined;
  readonly expiry: ExpiryBody;
  readonly constraints: Constraints | undefined;
  readonly tokenFormat: TokenFormat | undefined;
  readonly permissions: readonly {
    readonly action: Action;
    readonly match?: PointMatch | undefined;
    readonly resource: {
      readonly type: ResourceType;
      readonly id: string | undefined;
      readonly orgID: OrganizationId | undefined;
      readonly name: string | undefined;
      readonly org: string | undefined;
    };
  }[];
}

/** @throws DomainError `invalid`, in InfluxDB's order and words */
export function decodeNewAuthorization(body: Uint8Array): NewAuthorizationBody {
  const json = decodeJsonObject(body);
  // InfluxDB decodes the whole structure, ids included, before it looks at any meaning.
  const orgID = json.id<OrganizationId>('orgID');
  const userID = json.id<UserId>('userID');
  const status = json.string('status') ?? '';
  const description = json.string('description') ?? '';
  const name = json.string('name');
  const tokenFormat = decodeTokenFormat(json);
  const structures = (json.objects('permissions') ?? []).map(decodePermissionStructure);
  if (structures.length === 0) throw invalid('authorization must include permissions');
  const permissions = structures.map(checkPermission);
  if (orgID === undefined) throw invalid('org id required: invalid ID');
  if (status !== '' && !isStatus(status)) throw invalid('invalid status: must be active or inactive');
  const constraints = decodeConstraints(json.object('constraints'));
  return {
    orgID,
    userID,
    status: status === '' ? 'active' : status,
    description,
    name,
    permissions,
    expiry: decodeExpiry(json),
    constraints,
    tokenFormat,
  };
}

/** @throws DomainError `invalid` */
function decodeTokenFormat(json: JsonObject): TokenFormat | undefined {
  const text = json.string('tokenFormat');
  const format = TOKEN_FORMATS.find((each) => each === text);
  if (text !== undefined && format === undefined) throw invalid(`tokenFormat must be one of ${TOKEN_FORMATS.join(', ')}`);
  return format;
}

/** The members of a permission and its resource in responses, so that a response can be sent back. An unknown one could be a misspelled limit. */
const PERMISSION_MEMBERS = ['action', 'resource', 'match'];
const RESOURCE_MEMBERS = ['type', 'id', 'orgID', 'name', 'org'];

function decodePermissionStructure(json: JsonObject) {
  json.onlyKnows(PERMISSION_MEMBERS);
  const resource = json.object('resource');
  resource?.onlyKnows(RESOURCE_MEMBERS);
  return {
    action: json.string('action') ?? '',
    type: resource?.string('type') ?? '',
    id: resource?.id('id'),
    orgID: resource?.id<OrganizationId>('orgID'),
    name: resource?.string('name'),
    org: resource?.string('org'),
    match: decodeMatch(json.object('match')),
  };
}

function checkPermission({ action, type, match, ...resource }: ReturnType<typeof decodePermissionStructure>) {
  if (!isResourceType(type)) throw invalid('invalid resource type for permission: unknown resource type for permission');
  if (!isAction(action)) throw invalid('invalid action type for permission: unknown action for permission');
  return { action, resource: { type, ...resource }, ...(match !== undefined && { match }) };
}

export function decodeAuthorizationChange(body: Uint8Array) {
  const json = decodeJsonObject(body);
  if (json.isNull('expiresAt')) throw invalid('an expiry cannot be removed: create another token');
  return { status: json.string('status'), description: json.string('description'), name: json.string('name'), expiry: decodeExpiry(json) };
}

/** @throws DomainError `invalid` */
function decodeExpiry(json: JsonObject): ExpiryBody {
  const at = json.string('expiresAt');
  const within = json.string('expiresIn');
  if (at !== undefined && within !== undefined) throw invalid('give expiresAt or expiresIn, not both');
  const ns = at === undefined ? undefined : parseTime(at);
  if (at !== undefined && ns === undefined) throw invalid('expiresAt must be a time as in RFC 3339, such as 2030-01-31T12:00:00Z');
  return {
    expiresAtMs: ns === undefined ? undefined : Number(ns / 1_000_000n),
    lifetimeMs: within === undefined ? undefined : parseLifetime(within, 'expiresIn'),
  };
}

/** An empty body asks for the defaults. */
export function decodeRotation(body: Uint8Array) {
  const json = body.length === 0 ? undefined : decodeJsonObject(body);
  return {
    graceSeconds: json?.integer('graceSeconds'),
    awaitsConfirmation: json?.boolean('awaitConfirmation'),
    tokenFormat: json && decodeTokenFormat(json),
  };
}

/** The authorization that takes the place. @throws DomainError `invalid` without one */
export function decodeReplacement(body: Uint8Array) {
  const json = decodeJsonObject(body);
  const successorId = json.id<AuthorizationId>('authorizationID');
  if (successorId === undefined) throw invalid('send the id of the authorization that takes the place as {"authorizationID": "..."}');
  return { successorId, graceSeconds: json.integer('graceSeconds') };
}

/** @throws DomainError `invalid` without a token, and without what was sent in its message */
export function decodeFoundToken(body: Uint8Array): string {
  const token = decodeJsonObject(body).string('token') ?? '';
  if (token === '') throw invalid('send the token that you found as {"token": "..."}');
  return token;
}

/** What somebody found and reports: a list of strings, or an object that holds one. @throws DomainError `invalid` */
export const decodeLeaked = (body: Uint8Array): string[] => decodeJsonStrings(body, 'tokens');
