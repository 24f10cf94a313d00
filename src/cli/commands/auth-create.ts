/** `auth create`: grants single buckets, kinds of resources, or everything; the token is shown this once. */
import { authorizations, type PermissionJson } from '../../client/authorizations.js';
import { listResourceTypes } from '../../client/server.js';
import { findOwnUser, listUsers } from '../../client/users.js';
import { TOKEN_FORMATS } from '../../domain/token-format.js';
import { printAuthorization } from '../authorization-output.js';
import { findBucketId } from '../bucket-lookup.js';
import { constraintFlags, constraintsOf, hasLimits, limitPermissions } from '../constraint-flags.js';
import { defineCommand, type Invocation } from '../command.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { choice, text, texts, toggle, type Flag, type Values } from '../flags.js';
import { CLOUD_KINDS, DOCUMENTED_NAMES, isUnscopedKind, RESOURCE_KINDS, type ResourceKind } from '../resource-kinds.js';
import { checkOrganization, findOrganizationId, openSession, type Session } from '../session.js';
import { writeError, writeOut } from '../terminal.js';

const ACTIONS = ['read', 'write'] as const;
const KINDS = [...RESOURCE_KINDS, ...CLOUD_KINDS];

/** `--read-buckets`, `--write-buckets`, ... */
const kindFlags = Object.fromEntries(
  KINDS.flatMap(({ name, help }) =>
    ACTIONS.map((action) => {
      const documented = DOCUMENTED_NAMES[name];
      const aliases = documented === undefined ? [] : [`${action}-${documented}`];
      // `influx` hides it as well.
      return [`${action}-${name}`, toggle(`${action} ${help}`, { aliases, isHidden: name === 'functions' })];
    }),
  ),
) as Readonly<Record<`${(typeof ACTIONS)[number]}-${ResourceKind}`, Flag<boolean>>>;

const flags = {
  user: text('user who owns the token (default: you)', { short: 'u', value: 'name' }),
  description: text('description of the token', { short: 'd' }),
  name: text('name that `sluice auth apply` knows the token by', { value: 'name' }),
  ...organizationFlags,
  'read-bucket': texts('read this bucket; may be repeated', { value: 'name|id' }),
  'write-bucket': texts('write to this bucket; may be repeated', { value: 'name|id' }),
  telegraf: texts('what Telegraf needs: write to this bucket', { value: 'name|id' }),
  grafana: texts('what Grafana needs: read this bucket and its organization', { value: 'name|id' }),
  'all-access': toggle('read and write everything in the organization'),
  operator: toggle('read and write everything in every organization'),
  'expires-in': text('time after which the token expires, such as 90d, 36h or 15m', { value: 'duration' }),
  'expires-at': text('moment at which the token expires, as in RFC 3339', { value: 'time' }),
  'token-format': choice('form of the token (default: what the server prefers)', 'token format', TOKEN_FORMATS),
  ...constraintFlags,
  'token-only': toggle('print only the token'),
  ...kindFlags,
  ...commonFlags,
};

type AuthCreateValues = Values<typeof flags>;

export const command = defineCommand({
  description: 'The token is shown only once: the server stores its hash.\n--read-bucket grants one bucket, --read-buckets all of them.',
  examples: [
    'sluice auth create --read-bucket data --write-bucket data --description "sensor 7"',
    'sluice auth create --telegraf data --token-only > telegraf.token',
    'sluice auth create --grafana data',
    'sluice auth create --read-bucket data --expires-in 90d',
    'sluice auth create --read-bucket data --token-format prefixed',
    'sluice auth create --read-bucket data --cidr 10.0.0.0/8 --read-since 30d --match-tag site=a,b',
    'sluice auth create --all-access --description "office"',
    'sluice auth create --user bob --read-buckets --read-orgs --json',
  ],
  flags,
  handleExtra: suggestSingular,
  run: create,
});

async function create(invocation: Invocation<typeof flags>): Promise<void> {
  const { values } = invocation;
  checkOrganization(values);
  const session = await openSession(invocation);
  const orgID = await findOrganizationId(session, values);
  const userID = values.user === undefined ? undefined : await findUserId(session, values.user);
  const { 'expires-in': expiresIn, 'expires-at': expiresAt } = values;
  const tokenFormat = values['token-format'];
  const permissions = limitPermissions(await collectPermissions(session, values, orgID, userID), values);
  const constraints = constraintsOf(values);
  const authorization = await attempt(
    'could not write auth with provided arguments',
    authorizations.create(session.send, {
      orgID,
      userID,
      description: values.description,
      name: values.name,
      permissions,
      expiresIn,
      expiresAt,
      tokenFormat,
      constraints,
    }),
  );
  if ((expiresIn ?? expiresAt) !== undefined && authorization.expiresAt === undefined) {
    await authorizations.remove(session.send, authorization.id);
    throw new Error('this server does not know expiries: the token it made would never expire, and was deleted again');
  }
  if (!hasLimits(authorization, constraints, permissions)) {
    await authorizations.remove(session.send, authorization.id);
    throw new Error('this server does not know limits of tokens: the token it made would have had none, and was deleted again');
  }
  if (values['token-only']) writeOut(`${authorization.token}\n`);
  else printAuthorization(values, authorization);
  const { isErrorTerminal } = await import('../prompt.js');
  if (isErrorTerminal()) writeError('Keep the token now: it is not shown again.\n');
}

async function findUserId(session: Session, name: string): Promise<string> {
  const what = `could not find user with name ${JSON.stringify(name)}`;
  const [user] = await attempt(what, listUsers(session.send, { name }));
  if (user === undefined) throw new Error(what);
  return user.id;
}

async function collectPermissions(
  session: Session,
  values: AuthCreateValues,
  orgID: string,
  userID: string | undefined,
): Promise<PermissionJson[]> {
  const permissions = [...(await bucketPermissions(session, values, orgID)), ...kindPermissions(values, orgID)];
  if (values.operator) {
    if (permissions.length > 0) throw new Error('cannot compose other permissions with operator permissions');
    if (!values['all-access']) return everything(await grantableTypes(session));
  }
  if (!values['all-access']) return permissions;
  if (permissions.length > 0 || values.operator) throw new Error('cannot compose other permissions with all access permissions');
  return everythingWithin(await grantableTypes(session), orgID, userID ?? (await findOwnUser(session.send)).id);
}

async function bucketPermissions({ send }: Session, values: AuthCreateValues, orgID: string): Promise<PermissionJson[]> {
  const grant = async (action: PermissionJson['action'], bucket: string): Promise<PermissionJson> => ({
    action,
    resource: { type: 'buckets', id: await findBucketId(send, orgID, bucket), orgID },
  });
  const permissions: PermissionJson[] = [];
  for (const bucket of [...values['read-bucket'], ...values.grafana]) permissions.push(await grant('read', bucket));
  if (values.grafana.length > 0) permissions.push({ action: 'read', resource: { type: 'orgs', id: orgID } });
  for (const bucket of [...values['write-bucket'], ...values.telegraf]) permissions.push(await grant('write', bucket));
  return permissions;
}

const kindPermissions = (values: AuthCreateValues, orgID: string): PermissionJson[] =>
  KINDS.flatMap(({ name }) =>
    ACTIONS.filter((action) => values[`${action}-${name}`]).map((action) => ({
      action,
      resource: isUnscopedKind(name) ? { type: name } : { type: name, orgID },
    })),
  );

/** No token may hold `instance`. */
const grantableTypes = async ({ send }: Session): Promise<string[]> =>
  (await listResourceTypes(send)).filter((type) => type !== 'instance');

const everything = (types: readonly string[]): PermissionJson[] =>
  types.flatMap((type) => ACTIONS.map((action) => ({ action, resource: { type } })));

/** Of organizations and users only these. */
const everythingWithin = (types: readonly string[], orgID: string, userID: string): PermissionJson[] =>
  types.flatMap((type): PermissionJson[] => {
    if (type === 'orgs') return [{ action: 'read', resource: { type, id: orgID } }];
    return ACTIONS.map((action) => ({ action, resource: type === 'users' ? { type, id: userID } : { type, orgID } }));
  });

/** `--read-buckets data` would grant every bucket to who wanted to grant one. A script meets InfluxDB's words unless it is one's name. */
async function suggestSingular(invocation: Invocation<typeof flags>): Promise<void> {
  const { values, positionals } = invocation;
  const [bucket = ''] = positionals;
  const plural = ACTIONS.find((action) => values[`${action}-buckets`]);
  if (plural === undefined) return;
  const { isErrorTerminal } = await import('../prompt.js');
  if (!isErrorTerminal() && !(await isBucket(invocation, bucket))) return;
  const singular = `--${plural}-bucket ${JSON.stringify(bucket)}`;
  throw new Error(`--${plural}-buckets grants all buckets and takes no value: did you mean ${singular}?`);
}

async function isBucket(invocation: Invocation<typeof flags>, idOrName: string): Promise<boolean> {
  try {
    const session = await openSession(invocation);
    await findBucketId(session.send, await findOrganizationId(session, invocation.values), idOrName);
    return true;
  } catch {
    return false;
  }
}
