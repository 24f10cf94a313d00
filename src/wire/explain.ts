/** Questions whether somebody may do something, and the answers. */
import { invalid } from '../domain/errors.js';
import type { AuthorizationId, OrganizationId } from '../domain/id.js';
import { ACTIONS, isAction, isResourceType, type Action, type Permission, type ResourceType } from '../domain/permission.js';
import { encodePermission, type AuthorizationNames } from './authorizations.js';
import { decodeJsonObject, type JsonObject } from './json.js';
import { choiceOf, idOf, textOf } from './query-string.js';

export interface CheckBody {
  readonly action: Action;
  readonly resource: {
    readonly type: ResourceType;
    readonly id: string | undefined;
    readonly orgID: OrganizationId | undefined;
    readonly name: string | undefined;
    readonly org: string | undefined;
  };
}

const BODY_MEMBERS = ['authorizationID', 'token', 'checks'];
const CHECK_MEMBERS = ['action', 'resource'];
const RESOURCE_MEMBERS = ['type', 'id', 'orgID', 'name', 'org'];

/** A member that is not known could be a misspelt restriction. @throws DomainError `invalid` */
export function decodeChecks(body: Uint8Array) {
  const json = decodeJsonObject(body);
  json.onlyKnows(BODY_MEMBERS);
  const checks = (json.objects('checks') ?? []).map(decodeCheck);
  if (checks.length === 0)
    throw invalid('send what to check as {"checks": [{"action": "write", "resource": {"type": "buckets", "name": "home"}}]}');
  return { authorizationId: json.id<AuthorizationId>('authorizationID'), token: json.string('token') || undefined, checks };
}

function decodeCheck(json: JsonObject): CheckBody {
  json.onlyKnows(CHECK_MEMBERS);
  const resource = json.object('resource');
  resource?.onlyKnows(RESOURCE_MEMBERS);
  return checkOf(json.string('action') ?? '', {
    type: resource?.string('type') ?? '',
    id: resource?.id('id'),
    orgID: resource?.id<OrganizationId>('orgID'),
    name: resource?.string('name'),
    org: resource?.string('org'),
  });
}

function checkOf(action: string, { type, ...resource }: Omit<CheckBody['resource'], 'type'> & { readonly type: string }): CheckBody {
  if (!isResourceType(type)) throw invalid(`${JSON.stringify(type)} is no type of resource, such as buckets`);
  if (!isAction(action)) throw invalid('action must be read or write');
  return { action, resource: { type, ...resource } };
}

/** The question of another service, as a query string. @throws DomainError `invalid` */
export function decodeAdmission(query: URLSearchParams): CheckBody {
  return checkOf(choiceOf(query, 'action', ACTIONS) ?? '', {
    type: textOf(query, 'type') ?? '',
    id: idOf(query, 'id'),
    orgID: idOf<OrganizationId>(query, 'orgID'),
    name: textOf(query, 'name'),
    org: textOf(query, 'org'),
  });
}

type NamedPermission = AuthorizationNames['permissions'][number];

export interface ExplanationToEncode {
  readonly resource: Permission['resource'];
  readonly allowed: boolean;
  readonly decidedBy: NamedPermission | string;
  readonly nearest: { readonly permission: NamedPermission; readonly lacks: readonly string[] } | undefined;
  readonly grantableBy: readonly { readonly id: string; readonly name: string }[];
}

/** `decidedBy` is a permission, or in a word why not. */
export const encodeExplanation = (
  {
    action,
    resource: { name, org },
  }: { readonly action: Action; readonly resource: { readonly name?: string | undefined; readonly org?: string | undefined } },
  explanation: ExplanationToEncode,
) => ({
  action,
  resource: { ...encodePermission({ action, resource: explanation.resource }).resource, name: name || undefined, org: org || undefined },
  allowed: explanation.allowed,
  decidedBy: typeof explanation.decidedBy === 'string' ? explanation.decidedBy : encodeNamed(explanation.decidedBy),
  ...(explanation.nearest && {
    nearest: { permission: encodeNamed(explanation.nearest.permission), lacks: explanation.nearest.lacks },
  }),
  grantableBy: explanation.grantableBy.map(({ id, name: userName }) => ({ id, name: userName })),
});

const encodeNamed = ({ permission, name, organizationName }: NamedPermission) => encodePermission(permission, name, organizationName);
