/** Tokens as `influx` shows them. */
import type { AuthorizationJson } from '../client/authorizations.js';
import { nullIfEmpty, printJson, printTable, type OutputOptions } from './output.js';

type Permission = AuthorizationJson['permissions'][number];

const HEADERS = ['ID', 'Description', 'Token', 'User Name', 'User ID', 'Permissions'];

/** `read:orgs/ID/buckets/ID`, `read:/buckets`: the scope, or none, before the slash. */
export const formatPermission = ({ action, resource: { type, id, orgID } }: Permission): string =>
  `${action}:${orgID === undefined ? '' : `orgs/${orgID}`}/${type}${id === undefined ? '' : `/${id}`}`;

export const summarize = ({ id, description, token, status, user, userID, permissions, expiresAt }: AuthorizationJson) => ({
  id,
  description,
  token,
  status,
  userName: user,
  userID,
  permissions: permissions.map(formatPermission),
  ...(expiresAt === undefined ? {} : { expiresAt }),
});

type Summary = ReturnType<typeof summarize>;

/** InfluxDB's tokens have no expiry: the column is there only if one of these has. */
const expiryColumn = (summaries: readonly Summary[]): string[] =>
  summaries.some(({ expiresAt }) => expiresAt !== undefined) ? ['Expires'] : [];

function rowsOf(summaries: readonly Summary[]) {
  const withExpiry = expiryColumn(summaries).length > 0;
  return summaries.map(({ id, description, token, userName, userID, permissions, expiresAt }) => [
    id,
    description,
    token,
    userName,
    userID,
    permissions,
    ...(withExpiry ? [expiresAt ?? ''] : []),
  ]);
}

export function printAuthorization(output: OutputOptions, authorization: AuthorizationJson): void {
  const summary = summarize(authorization);
  if (output.json) printJson(summary);
  else printTable(output, [...HEADERS, ...expiryColumn([summary])], rowsOf([summary]));
}

export function printDeletedAuthorization(output: OutputOptions, authorization: AuthorizationJson): void {
  const summary = summarize(authorization);
  if (output.json) printJson(summary);
  else
    printTable(
      output,
      [...HEADERS, ...expiryColumn([summary]), 'Deleted'],
      rowsOf([summary]).map((row) => [...row, true]),
    );
}

export function printAuthorizations(output: OutputOptions, authorizations: readonly AuthorizationJson[]): void {
  const summaries = authorizations.map(summarize);
  if (output.json) printJson(nullIfEmpty(summaries));
  else printTable(output, [...HEADERS, ...expiryColumn(summaries)], rowsOf(summaries));
}
