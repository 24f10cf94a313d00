/** Names and passwords of the v1-compatible API as `influx` shows them. */
import type { AuthorizationJson } from '../client/authorizations.js';
import { findUser } from '../client/users.js';
import type { Send } from '../client/request.js';
import { summarize } from './authorization-output.js';
import { attempt } from './failure.js';
import { nullIfEmpty, printJson, printTable, type OutputOptions } from './output.js';

const HEADERS = ['ID', 'Description', 'Username', 'v2 User Name', 'v2 User ID', 'Permissions'];

type Summary = ReturnType<typeof summarize>;

const rowOf = ({ id, description, token, userName, userID, permissions }: Summary) => [
  id,
  description,
  token,
  userName,
  userID,
  permissions,
];

/** Older servers do not say the name of the user. */
async function summarizeV1(send: Send, authorization: AuthorizationJson): Promise<Summary> {
  const summary = summarize(authorization);
  if (summary.userName !== '' && (summary.userName as string | undefined) !== undefined) return summary;
  const { userID } = summary;
  const user = await attempt(`could not find user with ID ${JSON.stringify(userID)}`, findUser(send, userID));
  return { ...summary, userName: user.name };
}

export async function printV1Authorization(output: OutputOptions, send: Send, authorization: AuthorizationJson): Promise<void> {
  const summary = await summarizeV1(send, authorization);
  if (output.json) printJson(summary);
  else printTable(output, HEADERS, [rowOf(summary)]);
}

export async function printDeletedV1Authorization(output: OutputOptions, send: Send, authorization: AuthorizationJson): Promise<void> {
  const summary = await summarizeV1(send, authorization);
  if (output.json) printJson(summary);
  else printTable(output, [...HEADERS, 'Deleted'], [[...rowOf(summary), true]]);
}

export async function printV1Authorizations(
  output: OutputOptions,
  send: Send,
  authorizations: readonly AuthorizationJson[],
): Promise<void> {
  const summaries = await Promise.all(authorizations.map((authorization) => summarizeV1(send, authorization)));
  if (output.json) printJson(nullIfEmpty(summaries));
  else printTable(output, HEADERS, summaries.map(rowOf));
}
