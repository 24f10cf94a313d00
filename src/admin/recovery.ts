/**
 * `sluiced recovery`: creates users, organizations and an operator token when no token is valid any more. It requires access to the data
 * directory, which already allows everything; the server must be stopped.
 */
import { authorizationEvent, recordEvent } from '../auth/audit.js';
import { readFileSync } from 'node:fs';
import { createAuthorizations } from '../auth/authorizations.js';
import { checkPasswordRules, hashPassword } from '../auth/passwords.js';
import { NO_PEPPER } from '../auth/pepper.js';
import { TokenHasher } from '../auth/token-hasher.js';
import { readPepperFile } from '../data-directory/token-pepper.js';
import { hashPlainTokens } from '../auth/plain-tokens.js';
import { Secret } from '../auth/secret.js';
import type { Option } from '../config/options.js';
import { systemActor } from '../domain/actor.js';
import type { Authorization } from '../domain/authorization.js';
import { conflict, DomainError, invalid, notFound } from '../domain/errors.js';
import { parseId, type UserId } from '../domain/id.js';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING, formatPermission } from '../domain/permission.js';
import type { Store, StoreWriter } from '../domain/store.js';
import { checkUserName, type User } from '../domain/user.js';
import { createOrganizations } from '../services/organizations.js';
import { isOn, misused, readCommand, switchFlag, textFlag, textOf, withStore, type Command } from './offline.js';
import { formatTable } from './table.js';

const ACTOR = systemActor('recovery');
const FETCH_ROWS = 1000;

const USERNAME = textFlag('username', 'name of the user');
const ORG = textFlag('org', 'name of the organization');
const PASSWORD: Option = { ...textFlag('password', 'the password; other users of this machine may see it'), secret: true };
const PASSWORD_FILE = textFlag('password-file', 'file with the password, - for standard input');

interface Subcommand {
  readonly help: string;
  readonly options: readonly Option[];
  readonly run: (command: Command) => Promise<string>;
}

const SUBCOMMANDS: Readonly<Record<string, Readonly<Record<string, Subcommand>>>> = {
  auth: {
    list: { help: 'list all tokens, without their values', options: [], run: listAuthorizations },
    'create-operator': {
      help: 'make an operator token and show its value, this once',
      options: [USERNAME, ORG, switchFlag('store-token-hashes', 'hash all tokens in the store, also with hashing switched off')],
      run: createOperator,
    },
  },
  user: {
    list: { help: 'list all users', options: [], run: listUsers },
    create: { help: 'make a user', options: [USERNAME, PASSWORD, PASSWORD_FILE], run: createUser },
    update: {
      help: 'give a user a new password',
      options: [USERNAME, textFlag('id', 'id of the user; it wins over the name'), PASSWORD, PASSWORD_FILE],
      run: updateUser,
    },
  },
  org: {
    list: { help: 'list all organizations', options: [], run: listOrganizations },
    create: { help: 'make an organization', options: [ORG], run: createOrganization },
  },
};

/** @param argv what follows `recovery` */
export async function runRecovery(argv: readonly string[]): Promise<void> {
  const [noun = '', verb = ''] = argv;
  const subcommand = SUBCOMMANDS[noun]?.[verb];
  if (subcommand === undefined) {
    // InfluxDB's groups show how they are used, and succeed.
    process.stdout.write(usage());
    if (noun !== '' && !noun.startsWith('-') && SUBCOMMANDS[noun] === undefined) {
      throw misused(`unknown command ${JSON.stringify(noun)} for "sluiced recovery"`, 'recovery');
    }
    return;
  }
  const command = readCommand(argv.slice(2), subcommand.options);
  process.stdout.write(command.helpRequested ? describe(noun, verb, subcommand) : await subcommand.run(command));
}

function usage(): string {
  const lines = Object.entries(SUBCOMMANDS).flatMap(([noun, verbs]) =>
    Object.entries(verbs).map(([verb, { help }]) => `  sluiced recovery ${`${noun} ${verb}`.padEnd(24)} ${help}\n`),
  );
  return `Repair a store offline: stop the server first.\n\nUsage:\n${lines.join('')}\nAll take --data-dir, as the server does.\n`;
}

function describe(noun: string, verb: string, { help, options }: Subcommand): string {
  const lines = options.map((option) => `  --${option.name.padEnd(20)} ${option.help ?? ''}\n`);
  return `sluiced recovery ${noun} ${verb}: ${help}\n\nFlags:\n${lines.join('')}  --${'data-dir'.padEnd(20)} folder of the server\n`;
}

function need(command: Command, name: string, message = `must provide --${name}`): string {
  const value = textOf(command, name);
  if (value === undefined) throw invalid(message);
  return value;
}

function needPassword(command: Command, message: string): Secret {
  const file = textOf(command, 'password-file');
  if (file === undefined) return new Secret(need(command, 'password', message));
  return new Secret(readFileSync(file === '-' ? 0 : file, 'utf8').replace(/\r?\n$/, ''));
}

function listAuthorizations({ config }: Command): Promise<string> {
  return withStore(config, ({ store }) => authorizationTable(store, undefined));
}

function createOperator(command: Command): Promise<string> {
  const userName = need(command, 'username');
  const orgName = need(command, 'org');
  const { config } = command;
  const storeHashes = isOn(command, 'store-token-hashes');
  return withStore(config, async ({ store, ids }) => {
    const user = await store.findUserByName(userName);
    if (user === undefined) throw notFound(`could not find user ${JSON.stringify(userName)}: user not found`);
    const organization = await store.findOrganizationByName(orgName);
    if (organization === undefined) {
      throw notFound(`could not find org ${JSON.stringify(orgName)}: organization name ${JSON.stringify(orgName)} not found`);
    }
    const pepper = config.tokenPepperFile === '' ? NO_PEPPER : readPepperFile(config.tokenPepperFile);
    const hasher = new TokenHasher(() => pepper);
    const hashTokens = config.useHashedTokens || storeHashes;
    const authorizations = createAuthorizations({ store, ids, clock: Date.now, hashTokens, hasher, tokenFormat: config.tokenFormat });
    const description = `${user.name}'s Recovery Token`;
    const { authorization, secret } = authorizations.mintOperator({ orgID: organization.id, userID: user.id, description });
    await store.transaction(async (writer) => {
      await writer.insertAuthorization(authorization);
      await recordEvent(writer, ACTOR, Date.now(), authorizationEvent('authorization.created', authorization));
      await recordCommand(writer, 'auth create-operator');
    });
    if (storeHashes) await hashPlainTokens(store);
    return authorizationTable(store, { authorization, secret });
  });
}

/** That somebody with access to the data directory came this way. */
const recordCommand = (writer: StoreWriter, command: string): Promise<void> =>
  recordEvent(writer, ACTOR, Date.now(), { action: 'recovery.completed', resource: { type: 'instance' }, details: { command } });

/** All tokens, without values but that of the one that was made just now. */
async function authorizationTable(
  store: Store,
  made: { readonly authorization: Authorization; readonly secret: Secret } | undefined,
): Promise<string> {
  const names = new Map((await store.listUsers({ readable: EVERYTHING }, WHOLE_LIST)).map(({ id, name }) => [id, name]));
  const rows: string[][] = [];
  let after: string | undefined;
  for (;;) {
    const page = await store.listAuthorizations(
      { kind: 'token', readable: EVERYTHING, readableUsers: EVERYTHING },
      { ...WHOLE_LIST, limit: FETCH_ROWS, after },
    );
    for (const { id, userID, description, permissions } of page) {
      const token = id === made?.authorization.id ? made.secret.reveal() : 'REDACTED';
      rows.push([id, names.get(userID) ?? '', userID, description, token, `[${permissions.map(formatPermission).join(' ')}]`]);
    }
    if (page.length < FETCH_ROWS) return formatTable(['ID', 'User Name', 'User ID', 'Description', 'Token', 'Permissions'], rows);
    after = page.at(-1)?.id;
  }
}

const userTable = (users: readonly User[]): string =>
  formatTable(
    ['ID', 'Name'],
    users.map(({ id, name }) => [id, name]),
  );

const allUsers = (store: Store): Promise<User[]> => store.listUsers({ readable: EVERYTHING }, WHOLE_LIST);

function listUsers({ config }: Command): Promise<string> {
  return withStore(config, async ({ store }) => userTable(await allUsers(store)));
}

function createUser(command: Command): Promise<string> {
  const name = need(command, 'username');
  checkUserName(name);
  const password = needPassword(command, 'must provide --password');
  checkPasswordRules(password, command.config.strongPasswords);
  return withStore(command.config, async ({ store, ids }) => {
    if ((await store.findUserByName(name)) !== undefined) throw conflict(`user with name ${name} already exists`);
    const user: User = { id: ids<UserId>(), name, status: 'active' };
    const hash = await hashPassword(password);
    await store.transaction(async (writer) => {
      await writer.insertUser(user);
      await writer.putPasswordHash(user.id, hash);
      await recordEvent(writer, ACTOR, Date.now(), { action: 'user.created', resource: { type: 'users', id: user.id, name } });
      await recordCommand(writer, 'user create');
    });
    return userTable(await allUsers(store));
  });
}

function updateUser(command: Command): Promise<string> {
  const password = needPassword(command, 'must provide a new password to set, with --password');
  const idText = textOf(command, 'id');
  const name = textOf(command, 'username');
  return withStore(command.config, async ({ store }) => {
    const user = await pickUser(store, idText, name);
    checkPasswordRules(password, command.config.strongPasswords);
    const hash = await hashPassword(password);
    await store.transaction(async (writer) => {
      await writer.putPasswordHash(user.id, hash);
      await writer.deleteSessionsOfUser(user.id, undefined);
      await recordEvent(writer, ACTOR, Date.now(), {
        action: 'password.changed',
        resource: { type: 'users', id: user.id, name: user.name },
      });
      await recordCommand(writer, 'user update');
    });
    return userTable([user]);
  });
}

/** By id, else by name, else the only one there is (InfluxDB's rule). */
async function pickUser(store: Store, idText: string | undefined, name: string | undefined): Promise<User> {
  const found =
    idText !== undefined ? await store.findUser(parseUserId(idText)) : name === undefined ? undefined : await store.findUserByName(name);
  if (found !== undefined) return found;
  if (idText !== undefined || name !== undefined) throw notFound('user not found');
  const users = await allUsers(store);
  const [only] = users;
  if (only === undefined || users.length > 1) throw invalid(`expected 1 user, found ${users.length}`);
  return only;
}

function parseUserId(text: string): UserId {
  try {
    return parseId<UserId>(text);
  } catch (error) {
    throw error instanceof DomainError ? invalid(`invalid id ${JSON.stringify(text)}: ${error.message}`) : error;
  }
}

function listOrganizations({ config }: Command): Promise<string> {
  return withStore(config, ({ store }) => organizationTable(store));
}

function createOrganization(command: Command): Promise<string> {
  const name = need(command, 'org');
  return withStore(command.config, async ({ store, ids }) => {
    const engine = { dropBucket: () => Promise.reject(new Error('no bucket can be dropped offline')) };
    await createOrganizations({ store, engine, ids, clock: Date.now }).create(ACTOR, name, '');
    await store.transaction((writer) => recordCommand(writer, 'org create'));
    return organizationTable(store);
  });
}

async function organizationTable(store: Store): Promise<string> {
  const organizations = await store.listOrganizations({ readable: EVERYTHING }, WHOLE_LIST);
  return formatTable(
    ['ID', 'Name'],
    organizations.map(({ id, name }) => [id, name]),
  );
}
