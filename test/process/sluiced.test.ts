/** The server as a process: how it starts, refuses to start, and ends. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { KINDS } from '../../src/kinds/index.js';
import { newServerDirectory, noteSecret } from '../support/artifacts.js';
import { freePort, runBinary, startProcess } from '../support/process.js';

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string };

describe('sluiced', () => {
  it('tells its version and its configuration, from any directory', async () => {
    expect(await runBinary('sluiced', ['version'])).toEqual({
      code: 0,
      stdout: `Sluice v${manifest.version} (compatible with InfluxDB v2.9.1)\n`,
      stderr: '',
    });
    const printed = await runBinary('sluiced', ['print-config', '--key-name', 'session-length'], { env: { SLUICED_SESSION_LENGTH: '7' } });
    expect([printed.code, printed.stdout.trim()]).toEqual([0, '7']);
    const all = await runBinary('sluiced', ['print-config', '--log-level=error']);
    expect(all.stdout).toContain('log-level: error');
    const help = await runBinary('sluiced', ['--help']);
    expect(help.stdout).toContain('--use-hashed-tokens');
  });

  it.each([
    [['--no-such-option'], {}, '--no-such-option'],
    [['--use-hashed-tokens=maybe'], {}, 'use-hashed-tokens'],
    [[], { INFLUXD_USE_HASHED_TOKENS: 'maybe' }, 'INFLUXD_USE_HASHED_TOKENS'],
    [[], { SLUICED_SESION_LENGTH: '7' }, 'SLUICED_SESION_LENGTH'],
    [['frobnicate'], {}, 'frobnicate'],
    [[], { DOCKER_INFLUXDB_INIT_MODE: 'upgrade' }, 'DOCKER_INFLUXDB_INIT_MODE'],
    [[], { DOCKER_INFLUXDB_INIT_MODE: 'setup' }, 'DOCKER_INFLUXDB_INIT_USERNAME'],
    [['--tls-cert', '/nowhere/cert.pem', '--tls-key', '/nowhere/key.pem'], {}, '/nowhere/cert.pem'],
  ])('does not start with %j and %j, and names the culprit', async (args, env, culprit) => {
    const directory = newServerDirectory();
    const outcome = await runBinary('sluiced', [...args, ...(args[0] === 'frobnicate' ? [] : ['--data-dir', join(directory, 'data')])], {
      env,
    });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/^Error: /);
    expect(outcome.stderr).toContain(culprit);
  });

  it('refuses a directory that another server holds, and names it by its process', async () => {
    const first = await startProcess();
    const second = await runBinary('sluiced', ['--data-dir', first.dataDirectory, '--http-bind-address', `127.0.0.1:${await freePort()}`]);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`${first.dataDirectory} is in use by another server (process ${first.child.pid})`);
    expect(await first.stop()).toBe(0);
  });

  it('takes over at once after a kill, and keeps its files to itself', async () => {
    const first = await startProcess();
    const world = await first.client.setUp();
    const { token } = await first.client.createToken(world.operator, world.orgId, [
      { action: 'read', resource: { type: 'orgs', id: world.orgId } },
    ]);
    await first.client.post('/api/v2/write?org=acme&bucket=data', { as: world.operator, body: 'm v=1 1000' });
    await first.stop('SIGKILL');
    const second = await startProcess({ directory: first.directory });
    expect((await second.client.get(`/api/v2/orgs/${world.orgId}`, { as: { token } })).status).toBe(200);
    const answer = await second.client.post('/api/v2/query?org=acme', {
      as: world.operator,
      json: { query: 'from(bucket: "data") |> range(start: 0) |> count()' },
    });
    expect(answer.text).toMatch(/,1,v,m\r\n/);
    const modes = (folder: string): [string, number][] =>
      readdirSync(folder).flatMap((name) => {
        const path = join(folder, name);
        const { mode } = statSync(path);
        return statSync(path).isDirectory() ? [[path, mode & 0o77], ...modes(path)] : [[path, mode & 0o77]];
      });
    expect(statSync(second.dataDirectory).mode & 0o77).toBe(0);
    expect(modes(second.dataDirectory).filter(([, others]) => others !== 0)).toEqual([]);
    await second.stop();
  });

  it('finishes the requests in flight when it is told to end', async () => {
    const server = await startProcess();
    const world = await server.client.setUp();
    const answers = Array.from({ length: 20 }, (_, i) =>
      server.client
        .post('/api/v2/signin', { as: { basic: ['admin', i % 2 === 0 ? 'admin-passw0rd' : 'wrong-passw0rd'] } })
        .then(({ status }) => status),
    );
    await server.client.get('/api/v2/me', { as: world.operator });
    const code = await server.stop();
    const statuses = (await Promise.allSettled(answers)).map((result) => (result.status === 'fulfilled' ? result.value : 'cut'));
    expect(code).toBe(0);
    expect(statuses.filter((status) => status === 'cut')).toEqual([]);
    expect(server.log()).toContain('"stopped"');
  });

  it('names the options of InfluxDB’s that mean nothing here in one line, and starts', async () => {
    const server = await startProcess({
      flags: ['--assets-path', '/x'],
      env: { INFLUXD_STORAGE_CACHE_MAX_MEMORY_SIZE: '1g', INFLUXD_REPORTING_DISABLED: 'true' },
    });
    const lines = server
      .log()
      .split('\n')
      .filter((line) => line.includes('have no effect in Sluice'));
    expect(lines).toHaveLength(1);
    for (const option of ['assets-path', 'storage-cache-max-memory-size', 'reporting-disabled']) expect(lines[0]).toContain(option);
    await server.stop();
  });

  it('speaks TLS, with a cookie that stays within it', async () => {
    const directory = newServerDirectory();
    const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
    const made = spawnSync('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-out',
      cert,
      '-keyout',
      key,
    ]);
    expect(made.status).toBe(0);
    const port = await freePort();
    const { startServer } = await import('../../src/server.js');
    const { loadConfig } = await import('../../src/config/load.js');
    const { pino } = await import('pino');
    const { config } = loadConfig({
      argv: [
        '--data-dir',
        join(directory, 'data'),
        '--http-bind-address',
        `127.0.0.1:${port}`,
        '--tls-cert',
        cert,
        '--tls-key',
        key,
        '--tls-strict-ciphers',
      ],
      env: {},
      cwd: directory,
      homeDir: directory,
    });
    const server = await startServer({
      config,
      logger: pino({ level: 'silent' }),
      clock: Date.now,
      kinds: KINDS,
      unattendedSetup: undefined,
    });
    const send = (method: string, path: string, headers: Record<string, string>, body = ''): Promise<[number, string]> =>
      new Promise((resolve, reject) => {
        const request = httpsRequest(
          { host: '127.0.0.1', port, method, path, headers, rejectUnauthorized: false, agent: false },
          (response) => {
            response.resume().on('end', () => {
              resolve([response.statusCode ?? 0, String(response.headers['set-cookie'] ?? '')]);
            });
          },
        );
        request.on('error', reject).end(body);
      });
    noteSecret('tls-passw0rd', 'a password');
    await send('POST', '/api/v2/setup', {}, JSON.stringify({ username: 'admin', password: 'tls-passw0rd', org: 'acme', bucket: 'data' }));
    const [status, cookie] = await send('POST', '/api/v2/signin', {
      authorization: `Basic ${Buffer.from('admin:tls-passw0rd').toString('base64')}`,
    });
    expect(status).toBe(204);
    expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
    await server.stop();
  });
});

describe('unattended set-up', () => {
  // Outside of the directories of servers, where nobody is to find a secret after the tests.
  const directory = mkdtempSync(join(tmpdir(), 'sluice-secret-files-'));
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  const environment = (): Record<string, string> => {
    writeFileSync(join(directory, 'password'), `${noteSecret('from-a-file-passw0rd', 'a password')}\n`);
    return {
      DOCKER_INFLUXDB_INIT_MODE: 'setup',
      DOCKER_INFLUXDB_INIT_USERNAME: 'admin',
      DOCKER_INFLUXDB_INIT_PASSWORD_FILE: join(directory, 'password'),
      DOCKER_INFLUXDB_INIT_ORG: 'acme',
      DOCKER_INFLUXDB_INIT_BUCKET: 'data',
      DOCKER_INFLUXDB_INIT_RETENTION: '1w',
      DOCKER_INFLUXDB_INIT_ADMIN_TOKEN: noteSecret('my-super-secret-auth-token', 'a chosen token'),
    };
  };

  it('sets up a fresh store, once, and says so when the token is another one later', async () => {
    const env = environment();
    const first = await startProcess({ env });
    const as = { token: 'my-super-secret-auth-token' };
    const [bucket] = (await first.client.get('/api/v2/buckets?name=data', { as })).json.buckets;
    expect(bucket.retentionRules[0].everySeconds).toBe(604_800);
    await first.client.signIn('admin', 'from-a-file-passw0rd');
    await first.stop();

    const second = await startProcess({ env, directory: first.directory });
    expect(second.log()).not.toContain('ADMIN_TOKEN');
    await second.stop();

    const other = { ...env, DOCKER_INFLUXDB_INIT_ADMIN_TOKEN: noteSecret('another-token-than-before', 'a chosen token') };
    const third = await startProcess({ env: other, directory: first.directory });
    const warnings = third
      .log()
      .split('\n')
      .filter((line) => line.includes('ADMIN_TOKEN is ignored'));
    expect(warnings).toHaveLength(1);
    expect(JSON.parse(warnings[0]!)).toMatchObject({ level: 40 });
    await third.stop();
  });

  it('looks at a store that is set up, and not at what the environment says of it', async () => {
    const first = await startProcess({ env: environment() });
    await first.stop();
    for (const env of [
      { DOCKER_INFLUXDB_INIT_MODE: 'setup' },
      { ...environment(), DOCKER_INFLUXDB_INIT_PASSWORD_FILE: '/nowhere/password', DOCKER_INFLUXDB_INIT_RETENTION: 'long' },
      { DOCKER_INFLUXDB_INIT_MODE: 'upgrade', DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE: '/nowhere/token' },
    ] as Record<string, string>[]) {
      const later = await startProcess({ env, directory: first.directory });
      expect((await later.client.get('/api/v2/setup')).json.allowed).toBe(false);
      expect(await later.stop()).toBe(0);
    }
  });

  it('takes an empty variable for one that is not set, a file with several line breaks, and parts of an hour', async () => {
    const token = noteSecret('a-token-from-a-file-of-lines', 'a chosen token');
    writeFileSync(join(directory, 'token'), `${token}\r\n\n`);
    const env = {
      ...environment(),
      DOCKER_INFLUXDB_INIT_PASSWORD: '',
      DOCKER_INFLUXDB_INIT_ADMIN_TOKEN: '',
      DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE: join(directory, 'token'),
      DOCKER_INFLUXDB_INIT_RETENTION: '1.5h',
    };
    const server = await startProcess({ env });
    const [bucket] = (await server.client.get('/api/v2/buckets?name=data', { as: { token } })).json.buckets;
    expect(bucket.retentionRules[0].everySeconds).toBe(5_400);
    await server.stop();
  });

  it.each([
    [
      { DOCKER_INFLUXDB_INIT_PASSWORD: 'both-forms-passw0rd' },
      'both DOCKER_INFLUXDB_INIT_PASSWORD and DOCKER_INFLUXDB_INIT_PASSWORD_FILE are set',
    ],
    [
      { DOCKER_INFLUXDB_INIT_PASSWORD_FILE: '/nowhere/password' },
      '/nowhere/password that DOCKER_INFLUXDB_INIT_PASSWORD_FILE names cannot be read (ENOENT)',
    ],
    [{ DOCKER_INFLUXDB_INIT_RETENTION: 'long' }, 'DOCKER_INFLUXDB_INIT_RETENTION=long'],
    [{ DOCKER_INFLUXDB_INIT_RETENTION: '1m' }, 'at least 1h0m0s'],
    [{ DOCKER_INFLUXDB_INIT_RETENTION: '500ms' }, 'at least 1h0m0s'],
    [{ DOCKER_INFLUXDB_INIT_MODE: 'upgrade' }, 'DOCKER_INFLUXDB_INIT_MODE=upgrade is unknown'],
    [{ DOCKER_INFLUXDB_INIT_BUCKET: '' }, 'DOCKER_INFLUXDB_INIT_BUCKET'],
  ])('stops the start with %j', async (fault, message) => {
    const files = newServerDirectory();
    const outcome = await runBinary(
      'sluiced',
      ['--data-dir', join(files, 'data'), '--http-bind-address', `127.0.0.1:${await freePort()}`],
      {
        env: { ...environment(), ...fault },
      },
    );
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain('both-forms-passw0rd');
  });
});
