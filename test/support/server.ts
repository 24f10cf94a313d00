/** A real server in this process, on a port of its own, whose log is kept; and a client that notes every secret it sends or gets. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../src/config/load.js';
import { KINDS } from '../../src/kinds/index.js';
import type { Kind } from '../../src/kinds/kind.js';
import { startServer, type RunningServer } from '../../src/server.js';
import { newServerDirectory, noteSecret, PLAIN_FILE } from './artifacts.js';

export interface TestServer extends RunningServer {
  readonly directory: string;
  readonly dataDirectory: string;
  /** The log so far, a JSON object a line. */
  readonly log: () => string;
  readonly client: TestClient;
}

export interface TestServerOptions {
  readonly flags?: readonly string[];
  readonly clock?: () => number;
  /** All kinds that there are, unless a test has one of its own. */
  readonly kinds?: readonly Kind[];
  /** To start on data that another server left. */
  readonly directory?: string;
}

export async function startTestServer({
  flags = [],
  clock = Date.now,
  kinds = KINDS,
  directory = newServerDirectory(),
}: TestServerOptions = {}): Promise<TestServer> {
  const dataDirectory = join(directory, 'data');
  mkdirSync(directory, { recursive: true });
  if (flags.includes('--use-hashed-tokens=false')) writeFileSync(join(directory, PLAIN_FILE), '');
  const { config } = loadConfig({
    argv: ['--data-dir', dataDirectory, '--http-bind-address', '127.0.0.1:0', '--log-level', 'debug', ...flags],
    env: {},
    cwd: directory,
    homeDir: directory,
  });
  let log = '';
  const logger = pino(
    { level: config.logLevel, base: null },
    {
      write(line: string) {
        log += line;
        appendFileSync(join(directory, 'log'), line);
      },
    },
  );
  const server = await startServer({ config, logger, clock, kinds, unattendedSetup: undefined });
  return { ...server, directory, dataDirectory, log: () => log, client: new TestClient(server.url) };
}

export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: any;
}

/** Who asks: a token, a session key, name and password, or nobody. */
export type Credentials = { token: string } | { session: string } | { basic: [string, string] } | undefined;

export interface TestRequest {
  readonly as?: Credentials;
  readonly json?: unknown;
  readonly body?: string | Uint8Array;
  readonly headers?: Record<string, string>;
}

export class TestClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async send(method: string, path: string, { as, json, body, headers = {} }: TestRequest = {}): Promise<TestResponse> {
    const response = await fetch(this.#url + path, {
      method,
      headers: {
        ...headersFor(as),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: ((json === undefined ? body : JSON.stringify(json)) as string | Uint8Array<ArrayBuffer> | undefined) ?? null,
    });
    const text = await response.text();
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    // The `token` of a v1 authorization is its user name, and what is looked for may be a name or a hash.
    noteSecretsIn(json, /^\/private\/legacy|\/authorizations\/find\b/.test(path) ? 'no tokens' : parsed, response.headers);
    return { status: response.status, headers: response.headers, text, json: parsed };
  }

  get = (path: string, request?: TestRequest): Promise<TestResponse> => this.send('GET', path, request);
  post = (path: string, request?: TestRequest): Promise<TestResponse> => this.send('POST', path, request);
  put = (path: string, request?: TestRequest): Promise<TestResponse> => this.send('PUT', path, request);
  patch = (path: string, request?: TestRequest): Promise<TestResponse> => this.send('PATCH', path, request);
  delete = (path: string, request?: TestRequest): Promise<TestResponse> => this.send('DELETE', path, request);

  /** Sets up a fresh server. */
  async setUp(input: Record<string, unknown> = {}): Promise<SetUp> {
    const response = await this.post('/api/v2/setup', {
      json: { username: 'admin', password: 'admin-passw0rd', org: 'acme', bucket: 'data', ...input },
    });
    if (response.status !== 201) throw new Error(`set-up failed: ${response.text}`);
    const { user, org, bucket, auth } = response.json;
    return { userId: user.id, orgId: org.id, bucketId: bucket.id, authorizationId: auth.id, operator: { token: auth.token } };
  }

  async signIn(userName: string, password: string): Promise<{ session: string }> {
    const response = await this.post('/api/v2/signin', { as: { basic: [userName, password] } });
    const key = /influxdb-oss-session=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1];
    if (key === undefined) throw new Error(`sign-in failed: ${response.status} ${response.text}`);
    return { session: key };
  }

  /** Makes a token with these permissions; fails loudly. */
  async createToken(
    as: Credentials,
    orgID: string,
    permissions: unknown[],
    more: Record<string, unknown> = {},
  ): Promise<{ id: string; token: string }> {
    const response = await this.post('/api/v2/authorizations', { as, json: { orgID, permissions, ...more } });
    if (response.status !== 201) throw new Error(`no token: ${response.text}`);
    return { id: response.json.id, token: response.json.token };
  }

  async createUser(as: Credentials, name: string, password?: string): Promise<string> {
    const response = await this.post('/api/v2/users', { as, json: { name } });
    if (response.status !== 201) throw new Error(`no user: ${response.text}`);
    const { id } = response.json;
    if (password !== undefined) await this.post(`/api/v2/users/${id}/password`, { as, json: { password } });
    return id;
  }
}

export interface SetUp {
  readonly userId: string;
  readonly orgId: string;
  readonly bucketId: string;
  readonly authorizationId: string;
  readonly operator: { readonly token: string };
}

function headersFor(as: Credentials): Record<string, string> {
  if (as === undefined) return {};
  if ('token' in as) return { authorization: `Token ${as.token}` };
  if ('session' in as) return { cookie: `influxdb-oss-session=${as.session}` };
  const pair = Buffer.from(as.basic.join(':')).toString('base64');
  noteSecret(pair, 'the Authorization header of a sign-in');
  return { authorization: `Basic ${pair}` };
}

function noteSecretsIn(sent: unknown, received: unknown, headers: Headers): void {
  const { password, token: chosen, remoteAPIToken } = (sent ?? {}) as Record<string, unknown>;
  if (typeof remoteAPIToken === 'string' && remoteAPIToken !== '') noteSecret(remoteAPIToken, 'a token of another server');
  if (typeof password === 'string' && password.length >= 8) noteSecret(password, 'a password');
  if (typeof chosen === 'string' && chosen !== '' && received !== 'no tokens') noteSecret(chosen, 'a chosen token');
  const { token, auth } = (received ?? {}) as { token?: string; auth?: { token?: string } };
  for (const value of [token, auth?.token]) if (typeof value === 'string' && value !== '') noteSecret(value, 'a token');
  const key = /influxdb-oss-session=([^;]+)/.exec(headers.get('set-cookie') ?? '')?.[1];
  if (key !== undefined) noteSecret(key, 'the key of a session');
}
