/** Tokens as `influx` shows them. */
import type { AuthorizationJson } from '../client/authorizations.js';
import { nullIfEmpty, printJson, printTable, type OutputOptions } from './output.js';

type Permission = AuthorizationJson['permissions'][number];

const HEADERS = ['ID', 'Description', 'Token', 'User Name', 'User ID', 'Permissions'];

/** `read:orgs/ID/buckets/ID`, `read:/buckets`: the scope, or none, before the slash. */
export const formatPermission = ({ action, resource: { type, id, orgID } }: Permission): string =>
  `${action}:${orgID === undefined ? '' : `orgs/${orgID}`}/${type}${id === undefined ? '' : `/${id}`}`;

export const summarize = ({ id, description, token, status, user, userID, permissions }: AuthorizationJson) => ({
  id,
  description,
  token,
  status,
  userName: user,
  userID,
  permissions: permissions.map(formatPermission),
});

type Summary = ReturnType<typeof summarize>;

const rowOf = ({ id, description, token, userName, userID, permissions }: Summary) => [
  id,
  description,
  token,
  userName,
  userID,
  permissions,
];

export function printAuthorization(output: OutputOptions, authorization: AuthorizationJson): void {
  const summary = summarize(authorization);
  if (output.json) printJson(summary);
  else printTable(output, HEADERS, [rowOf(summary)]);
}

export function printDeletedAuthorization(output: OutputOptions, authorization: AuthorizationJson): void {
  const summary = summarize(authorization);
  if (output.json) printJson(summary);
  else printTable(output, [...HEADERS, 'Deleted'], [[...rowOf(summary), true]]);
}

export function printAuthorizations(output: OutputOptions, authorizations: readonly AuthorizationJson[]): void {
  const summaries = authorizations.map(summarize);
  if (output.json) printJson(nullIfEmpty(summaries));
  else printTable(output, HEADERS, summaries.map(rowOf));
}
