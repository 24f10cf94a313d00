/** Credentials and server: flags before environment before the active configuration, combined into a connection. */
import { readFileSync } from 'node:fs';
import { createNodeTransport } from '../client/node-transport.js';
import { listOrganizations } from '../client/organizations.js';
import type { Send } from '../client/request.js';
import { VERSION } from '../version.js';
import type { Invocation } from './command.js';
import type { coreFlags, tokenFlags } from './standard-flags.js';
import { activeConfig, DEFAULT_CONFIG, defaultConfigsPath, findConfig, readConfigs, type Config, type Configs } from './configs.js';
import { attempt, describeFileFault } from './failure.js';
import type { Flags, Values } from './flags.js';

type CoreValues = Values<typeof coreFlags>;
type TokenValues = Values<typeof tokenFlags>;

/** What a session is made of: the invocation of any command that has the flags. */
export type SessionSource = Pick<Invocation<Flags>, 'origins' | 'environment'> & {
  readonly values: CoreValues & Partial<TokenValues>;
};

export interface Session {
  readonly configsPath: string;
  readonly configs: Configs;
  /** The configuration in force. */
  readonly config: Config;
  readonly url: URL;
  /** Empty: none. */
  readonly token: string;
  /** Where the token came from, as a sentence; undefined where the command itself says it. */
  readonly tokenSource: string | undefined;
  readonly send: Send;
}

/** Opens nothing yet: the first request does. */
export async function openSession(source: SessionSource): Promise<Session> {
  const session = await prepareSession(source);
  const { config, token, tokenSource } = session;
  const transport = await connect(source, session.url);
  if (token === '' && config.cookie !== '')
    return { ...session, send: withHeaders(transport, { cookie: await openCookie(transport, config) }) };
  const send = token === '' ? transport : withHeaders(transport, { authorization: `Token ${token}` });
  return { ...session, send: withHint(send, token, tokenSource) };
}

/** For what is open to anybody, and for what takes `--token` as something else. */
export async function openAnonymousSession({ values, ...rest }: SessionSource): Promise<Session> {
  const source = { ...rest, values: { ...values, token: undefined, 'token-file': undefined } };
  const session = await prepareSession(source);
  return { ...session, send: await connect(source, session.url) };
}

/** The same server, asked with another token. */
export async function openSessionWith(source: SessionSource, token: string): Promise<Session> {
  const session = await openAnonymousSession(source);
  return { ...session, token, tokenSource: undefined, send: withHeaders(session.send, { authorization: `Token ${token}` }) };
}

async function prepareSession(source: SessionSource): Promise<Omit<Session, 'send'>> {
  const { values } = source;
  const configsPath = values['configs-path'] ?? defaultConfigsPath();
  const configs = await readConfigs(configsPath);
  const name = values['active-config'];
  const config = name === undefined ? activeConfig(configs) : findConfig(configs, name);
  const { token, tokenSource } = await resolveToken(source, config, configsPath);
  return { configsPath, configs, config, url: parseHost(values.host ?? (config.url || DEFAULT_CONFIG.url)), token, tokenSource };
}

/** @throws Error for what is no address of a server */
export function parseHost(host: string): URL {
  if (!/^https?:/i.test(host)) {
    throw new Error(`host URL ${JSON.stringify(host)} is invalid: a scheme of http or https must be provided for host url`);
  }
  try {
    return new URL(host);
  } catch {
    throw new Error(`host URL ${JSON.stringify(host)} is invalid`);
  }
}

async function connect({ values, environment }: SessionSource, url: URL): Promise<Send> {
  const headers = {
    'user-agent': `sluice/${VERSION} (${process.platform})`,
    ...(values['trace-debug-id'] === undefined ? {} : { 'zap-trace-span': values['trace-debug-id'] }),
    ...Object.fromEntries(values['extra-http-header'].map(splitHeader)),
  };
  // bin/sluice calls $NODE_EXTRA_CA_CERTS so.
  // The second is what `influx`, and whatever else is written in Go, reads.
  const caFiles = [environment.SLUICE_CA_CERTS, environment.SSL_CERT_FILE].filter(
    (file): file is string => file !== undefined && file !== '',
  );
  const transport = createNodeTransport({ url, skipVerify: values['skip-verify'], caFiles, headers });
  if (!values['http-debug']) return transport;
  const { debugged } = await import('./http-debug.js');
  return debugged(transport);
}

function splitHeader(text: string): [string, string] {
  const colon = text.indexOf(':');
  if (colon < 0) throw new Error(`header flag syntax "key:value", missing value in ${JSON.stringify(text)}`);
  return [text.slice(0, colon).trim().toLowerCase(), text.slice(colon + 1).trim()];
}

const withHeaders =
  (send: Send, headers: Readonly<Record<string, string>>): Send =>
  (request) =>
    send({ ...request, headers: { ...headers, ...request.headers } });

/** The answer to a refused token says whose token it was. What the server says of a missing one is said better here. */
const withHint =
  (send: Send, token: string, hint: string | undefined): Send =>
  async (request) => {
    const response = await send(request);
    if (response.status !== 401) return response;
    return { ...response, headers: { ...response.headers, ...(token === '' ? { hint: undefined } : {}) }, hint };
  };

/** @throws Error when the sign-in is refused */
async function openCookie(send: Send, { cookie, name }: Config): Promise<string> {
  const { signIn } = await import('../client/sessions.js');
  const pair = Buffer.from(cookie, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const userName = colon < 0 ? pair : pair.slice(0, colon);
  const password = colon < 0 ? await askPasswordOf(userName) : pair.slice(colon + 1);
  return attempt(
    `error creating session: error signing in as ${JSON.stringify(userName)} of config ${JSON.stringify(name)}`,
    signIn(send, userName, password),
  );
}

async function askPasswordOf(userName: string): Promise<string> {
  const { askSecret } = await import('./prompt.js');
  return askSecret(`Please provide the password of ${JSON.stringify(userName)}:`);
}

/** One of the places where a token may come from. */
interface TokenPlace {
  readonly name: string;
  readonly token: string;
}

async function resolveToken({ values, origins, environment }: SessionSource, config: Config, configsPath: string) {
  const fromConfig: TokenPlace = { name: `the active config ${JSON.stringify(config.name)}`, token: config.token };
  const places = [...(await givenTokens(values, origins, environment)), ...(config.token === '' ? [] : [fromConfig])];
  const [place] = places;
  if (place === undefined) {
    const tokenSource =
      config.cookie === ''
        ? 'No token was sent: give one with --token, --token-file or $INFLUX_TOKEN, or make a configuration with `sluice config create`.'
        : undefined;
    return { token: '', tokenSource };
  }
  const overridden = places.find(({ token }) => token !== place.token);
  // A configuration that was named for the command needs no naming again.
  const isNamed = place === fromConfig && values['active-config'] !== undefined;
  const where = place === fromConfig ? `${place.name} (${configsPath})` : place.name;
  const sentence = `The token came from ${where}${overridden === undefined ? '' : `, which overrides ${overridden.name}`}.`;
  return { token: place.token, tokenSource: isNamed ? undefined : sentence };
}

/** By flag and by environment; the flag first, and within each the value before the file. */
async function givenTokens(
  { token, 'token-file': file }: Partial<TokenValues>,
  origins: ReadonlyMap<string, string>,
  environment: SessionSource['environment'],
): Promise<TokenPlace[]> {
  const isFlag = (name: string): boolean => origins.get(name)?.startsWith('--') === true;
  if (isFlag('token') && isFlag('token-file')) throw new Error('give --token or --token-file, not both');
  const places: TokenPlace[] = [];
  if (token !== undefined)
    places.push({ name: origins.get('token') ?? '--token', token: token === '-' && isFlag('token') ? await readTokenFromInput() : token });
  if (file !== undefined) places.push({ name: `${origins.get('token-file') ?? ''} ${file}`, token: readTokenFile(file) });
  if (isFlag('token-file') && !isFlag('token')) places.reverse();
  // A flag hides the variable of the same name.
  const variable = environment.INFLUX_TOKEN;
  if (isFlag('token') && variable) places.push({ name: '$INFLUX_TOKEN', token: variable });
  return places;
}

async function readTokenFromInput(): Promise<string> {
  const { askSecret } = await import('./prompt.js');
  const token = askSecret('Token:').trim();
  if (token === '') throw new Error('--token - reads the token from standard input, which has none');
  return token;
}

/** @throws Error that names the file, never what is in it */
export function readTokenFile(path: string): string {
  let token: string;
  try {
    token = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new Error(`cannot read the token file ${JSON.stringify(path)}: ${describeFileFault(cause)}`, { cause });
  }
  if (token === '') throw new Error(`the token file ${JSON.stringify(path)} is empty`);
  if (/\s/.test(token)) throw new Error(`the token file ${JSON.stringify(path)} must hold one token and nothing else`);
  return token;
}

export interface OrganizationValues {
  readonly org: string | undefined;
  readonly 'org-id': string | undefined;
}

const MUST_SPECIFY_ORGANIZATION = 'must specify org ID or org name';

/** @throws Error when both are given */
export function checkOrganization({ org, 'org-id': id }: OrganizationValues): void {
  if (org !== undefined && id !== undefined) {
    throw new Error(`ambiguous org: use OrgId or OrgName, but not both. OrgID: ${id}, OrgName: ${org}`);
  }
}

/** The organization for a call that takes names and ids: as given, or that of the configuration. */
export function organizationOf(
  { config }: Pick<Session, 'config'>,
  { org, 'org-id': orgID }: OrganizationValues,
  whenMissing = MUST_SPECIFY_ORGANIZATION,
): { org?: string | undefined; orgID?: string | undefined } {
  if (orgID !== undefined || org !== undefined) return { org, orgID };
  if (config.org === '') throw new Error(whenMissing);
  return { org: config.org };
}

/** @throws Error when it has no such organization, or none was said */
export async function findOrganizationId(session: Session, values: OrganizationValues): Promise<string> {
  const { org, orgID } = organizationOf(session, values);
  if (orgID !== undefined) return orgID;
  const name = org ?? '';
  const found = await attempt(`failed to lookup org with name ${JSON.stringify(name)}`, listOrganizations(session.send, { org: name }));
  if (found[0] === undefined) throw new Error(`no organization with name ${JSON.stringify(name)}`);
  return found[0].id;
}
