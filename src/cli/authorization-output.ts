/** Tokens as `influx` shows them. */
import type { AuthorizationJson } from '../client/authorizations.js';
import { describeConstraints, describeMatch } from '../wire/limit-words.js';
import type { Constraints, PointMatch } from '../wire/constraints.js';
import { nullIfEmpty, printJson, printTable, type OutputOptions } from './output.js';

type Permission = AuthorizationJson['permissions'][number];

const HEADERS = ['ID', 'Description', 'Token', 'User Name', 'User ID', 'Permissions'];

/** `read:orgs/ID/buckets/ID`, `read:/buckets`: the scope, or none, before the slash. */
export function formatPermission({ action, resource: { type, id, orgID }, match }: Permission & { readonly match?: PointMatch }): string {
  const points = describeMatch(match);
  return `${action}:${orgID === undefined ? '' : `orgs/${orgID}`}/${type}${id === undefined ? '' : `/${id}`}${points === '' ? '' : ` (${points})`}`;
}

export const summarize = ({
  id,
  name,
  description,
  token,
  status,
  user,
  userID,
  permissions,
  expiresAt,
  constraints,
  ...usage
}: AuthorizationJson & { readonly constraints?: Constraints }) => ({
  id,
  ...(name === undefined ? {} : { name }),
  description,
  token,
  status,
  userName: user,
  userID,
  permissions: permissions.map(formatPermission),
  ...(expiresAt === undefined ? {} : { expiresAt }),
  ...(constraints === undefined ? {} : { constraints }),
  ...(usage.leakedAt === undefined ? {} : { leakedAt: usage.leakedAt }),
  ...(usage.lastUsedAt === undefined
    ? {}
    : { lastUsedAt: usage.lastUsedAt, lastUsedFrom: usage.lastUsedFrom, lastUsedWith: usage.lastUsedWith }),
});

type Summary = ReturnType<typeof summarize>;

/** What InfluxDB's tokens do not have: a column is there only if one of these has it. */
const OWN_COLUMNS = [
  ['Name', 'name'],
  ['Expires', 'expiresAt'],
  ['Limits', 'constraints'],
  ['Leaked', 'leakedAt'],
  ['Last Used', 'lastUsedAt'],
] as const;

const ownColumnsOf = (summaries: readonly Summary[]) =>
  OWN_COLUMNS.filter(([, name]) => summaries.some((each) => each[name] !== undefined));

const headersFor = (summaries: readonly Summary[]): string[] => [...HEADERS, ...ownColumnsOf(summaries).map(([header]) => header)];

const ownCellOf = (summary: Summary, name: (typeof OWN_COLUMNS)[number][1]) =>
  name === 'constraints' ? describeConstraints(summary.constraints) : (summary[name] ?? '');

function rowsOf(summaries: readonly Summary[]) {
  const own = ownColumnsOf(summaries);
  return summaries.map((summary) => {
    const { id, description, token, userName, userID, permissions } = summary;
    return [id, description, token, userName, userID, permissions, ...own.map(([, name]) => ownCellOf(summary, name))];
  });
}

export function printAuthorization(output: OutputOptions, authorization: AuthorizationJson): void {
  const summary = summarize(authorization);
  if (output.json) printJson(summary);
  else printTable(output, headersFor([summary]), rowsOf([summary]));
}

export function printDeletedAuthorization(output: OutputOptions, authorization: AuthorizationJson): void {
  const summary = summarize(authorization);
  if (output.json) printJson(summary);
  else
    printTable(
      output,
      [...headersFor([summary]), 'Deleted'],
      rowsOf([summary]).map((row) => [...row, true]),
    );
}

export function printAuthorizations(output: OutputOptions, authorizations: readonly AuthorizationJson[]): void {
  const summaries = authorizations.map(summarize);
  if (output.json) printJson(nullIfEmpty(summaries));
  else printTable(output, headersFor(summaries), rowsOf(summaries));
}
