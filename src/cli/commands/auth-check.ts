/** `auth check`: the owner, permissions and status of a token. The request uses the token itself and needs no other permissions. */
import { findApiError } from '../../client/api-error.js';
import { findOwnAuthorization, type AuthorizationJson } from '../../client/authorizations.js';
import { findOwnUser } from '../../client/users.js';
import { summarize } from '../authorization-output.js';
import { defineCommand, type Invocation } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { printJson } from '../output.js';
import { describePermissions } from '../permission-words.js';
import { openSession, openSessionWith, type Session } from '../session.js';
import { writeOut } from '../terminal.js';

const flags = commonFlags;

export const command = defineCommand({
  description: 'Checks the token given, that of standard input (-), or else the one that other commands would ask with.',
  positionals: '[token | -]',
  examples: ['sluice auth check', 'sluice auth check --token-file telegraf.token', 'sluice auth check - < telegraf.token'],
  flags,
  run: check,
});

async function check(invocation: Invocation<typeof flags>): Promise<void> {
  const { values, positionals } = invocation;
  if (positionals.length > 1) throw new Error('one token at a time');
  const session = await openTokenSession(invocation);
  if (session.token === '')
    throw new Error(`there is no token to check. ${session.tokenSource ?? 'The configuration signs in with a password.'}`);
  const found = await find(session);
  if (values.json) printJson(found.kind === 'authorization' ? encode(found.authorization) : { active: true, userName: found.userName });
  else writeOut(found.kind === 'authorization' ? describe(found.authorization, session) : describeForeign(found.userName, session));
}

async function openTokenSession(invocation: Invocation<typeof flags>): Promise<Session> {
  const [given] = invocation.positionals;
  if (given === undefined) return openSession(invocation);
  const token = given === '-' ? await readToken() : given;
  return openSessionWith(invocation, token);
}

async function readToken(): Promise<string> {
  const { askSecret } = await import('../prompt.js');
  const token = askSecret('Token:').trim();
  if (token === '') throw new Error('standard input has no token');
  return token;
}

type Found =
  | { readonly kind: 'authorization'; readonly authorization: AuthorizationJson }
  /** A server that does not tell a token what it is: it is accepted, and perhaps its user may be known. */
  | { readonly kind: 'accepted'; readonly userName: string | undefined };

async function find({ send, url, tokenSource }: Session): Promise<Found> {
  try {
    const authorization = await findOwnAuthorization(send);
    if (authorization !== undefined) return { kind: 'authorization', authorization };
    return { kind: 'accepted', userName: await findUserName(send) };
  } catch (error) {
    const refusal = findApiError(error);
    if (refusal?.isUnauthenticated === true) {
      const where = tokenSource === undefined ? '' : ` ${tokenSource}`;
      throw new Error(`${url.href} does not know this token: it was deleted, is mistyped, or belongs to another server.${where}`);
    }
    if (refusal?.status === 403)
      throw new Error(`the user of this token is inactive or deleted, so it grants nothing (${refusal.message})`);
    throw error;
  }
}

async function findUserName(send: Session['send']): Promise<string | undefined> {
  try {
    return (await findOwnUser(send)).name;
  } catch (error) {
    const refusal = findApiError(error);
    // It may lack the right to read its own user.
    if (refusal === undefined || refusal.isUnauthenticated || refusal.status === 403) throw error;
    return undefined;
  }
}

const encode = (authorization: AuthorizationJson) => {
  const { id, description, status, userName, userID, permissions } = summarize(authorization);
  const { org, orgID, expiresAt } = authorization;
  const active = status === 'active';
  return { active, id, description, status, userName, userID, org, orgID, permissions, ...(expiresAt === undefined ? {} : { expiresAt }) };
};

function describe(authorization: AuthorizationJson, session: Session): string {
  const { id, description, status, user, userID, org, orgID, permissions, expiresAt } = authorization;
  const rows: [string, string][] = [
    ['Active', status === 'active' ? 'yes' : 'no: it grants no access until you activate it with `sluice auth active`'],
    ['Description', description],
    ['ID', id],
    ['User', `${user} (${userID})`],
    ['Organization', `${org} (${orgID})`],
    ...(expiresAt === undefined ? [] : [['Expires', expiresAt] satisfies [string, string]]),
    ['May', ''],
  ];
  return (
    formatRows([...sourceRow(session), ...rows]) +
    describePermissions(permissions)
      .map((line) => `  ${line}\n`)
      .join('')
  );
}

function describeForeign(userName: string | undefined, session: Session): string {
  const rows: [string, string][] = [
    ['Accepted', `yes, by ${session.url.href}`],
    ['User', userName ?? 'this token may not read it'],
    ['May', 'this server does not tell a token what it may do: an operator sees it by `auth list`'],
  ];
  return formatRows([...sourceRow(session), ...rows]);
}

const sourceRow = ({ tokenSource }: Session): [string, string][] => (tokenSource === undefined ? [] : [['Source', tokenSource]]);

const formatRows = (rows: readonly (readonly [string, string])[]): string =>
  rows.map(([name, value]) => `${`${name}:`.padEnd(14)}${value}`.trimEnd().concat('\n')).join('');
