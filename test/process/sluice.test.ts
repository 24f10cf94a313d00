/** The command line as a process: what a user types, from set-up to restore, against the built server. */
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteSecret } from '../support/artifacts.js';
import { freePort, runBinary, startProcess, type Outcome, type ServerProcess } from '../support/process.js';

const BINARY = join(import.meta.dirname, '../../bin/sluice');
const PASSWORD = noteSecret('cli-passw0rd', 'sluice setup');
const OPERATOR = noteSecret('cli-operator-token', 'sluice setup');

/** Outside of what is searched for secrets afterwards: the command line keeps tokens here. */
const home = mkdtempSync(join(tmpdir(), 'sluice-cli-test-'));
let server: ServerProcess;

const sluice = (args: readonly string[], options: { env?: Record<string, string>; input?: string; home?: string } = {}): Promise<Outcome> =>
  runBinary('sluice', args, { ...options, cwd: home, env: { HOME: options.home ?? home, ...options.env } });

async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await sluice(args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

const json = async (...args: string[]): Promise<any> => JSON.parse(await succeed(...args, '--json'));

/** Makes a token and notes it. */
async function createToken(...args: string[]): Promise<string> {
  return noteSecret((await succeed('auth', 'create', ...args, '--token-only')).trim(), 'sluice auth create');
}

async function fail(args: string[], options?: Parameters<typeof sluice>[1]): Promise<string> {
  const { code, stdout, stderr } = await sluice(args, options);
  expect([code, stdout]).toEqual([1, '']);
  return stderr;
}

beforeAll(async () => {
  server = await startProcess();
  const args = ['setup', '--host', server.url, '--username', 'admin', '--password', PASSWORD, '--token', OPERATOR];
  const { stdout } = await sluice([...args, '--org', 'acme', '--bucket', 'data', '--force']);
  expect(stdout).toBe('User\tOrganization\tBucket\nadmin\tacme\t\tdata\n');
});

afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('sluice', () => {
  it('creates tokens that expire, lists those that soon do, and rotates them', async () => {
    const made = await json('auth', 'create', '--read-buckets', '--expires-in', '2d');
    noteSecret(made.token, 'sluice auth create');
    expect(Date.parse(made.expiresAt)).toBeGreaterThan(Date.now() + 86_400_000);
    expect((await json('auth', 'list', '--expiring', '14d')).map(({ id }: { id: string }) => id)).toEqual([made.id]);
    expect(await succeed('auth', 'list', '--expiring', '14d')).toMatch(/\tExpires\n/);
    expect(await succeed('auth', 'check', made.token)).toContain(`Expires:      ${made.expiresAt}`);
    expect(await fail(['auth', 'create', '--read-buckets', '--expires-in', 'soon'])).toContain('expiresIn must be a duration such as 15m');
    const rotated = noteSecret((await succeed('auth', 'rotate', '--id', made.id, '--token-only')).trim(), 'sluice auth rotate');
    for (const token of [made.token, rotated]) expect(await succeed('auth', 'check', token)).toContain(made.id);
    await succeed('auth', 'rotate', '--id', made.id, '--end-previous');
    expect(await fail(['auth', 'check', made.token])).toContain('does not know this token');
    const { orgID } = await json('auth', 'check', rotated);
    await succeed('org', 'update', '--id', orgID, '--token-lifetime-max', '90d');
    expect((await json('auth', 'create', '--read-buckets')).expiresAt).toBeDefined();
    await succeed('org', 'update', '--id', orgID, '--token-lifetime-max', 'none');
    await succeed('auth', 'delete', '--id', made.id);
  });

  it('reads the audit log, exports it, and verifies both', async () => {
    const records = await json('audit', 'list', '--action', 'created', '--outcome', 'success');
    expect(records[0]).toMatchObject({ action: 'authorization.created', sequence: 2 });
    expect(await succeed('audit', 'tail', '--once', '-n', '1')).toMatch(/^Sequence\t/);
    const file = join(home, 'audit.jsonl');
    await succeed('audit', 'export', '--file', file);
    expect(await succeed('audit', 'verify')).toMatch(/^intact: /);
    expect(await succeed('audit', 'verify', '--file', file)).toMatch(/^intact: /);
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, lines.filter((_, index) => index !== 0).join('\n'));
    const cut = await sluice(['audit', 'verify', '--file', file]);
    expect([cut.code, cut.stderr]).toEqual([1, 'Error: the audit log is not intact\n']);
    expect(cut.stdout).toContain('record 1: the record is missing');
  });

  it('sets up with a device for its file of connections, and leaves the device what it is', async () => {
    const other = await startProcess();
    const before = lstatSync('/dev/null');
    const args = ['setup', '--host', other.url, '--username', 'admin', '--password', PASSWORD, '--org', 'acme', '--bucket', 'data'];
    expect((await sluice([...args, '--force', '--configs-path', '/dev/null'])).code).toBe(0);
    const after = lstatSync('/dev/null');
    expect([after.isCharacterDevice(), after.ino, after.rdev]).toEqual([true, before.ino, before.rdev]);
    await other.stop();
  });

  it('pings, from any directory, and says what to look at when nobody answers', async () => {
    expect(await sluice(['ping'])).toEqual({ code: 0, stdout: 'OK\n', stderr: '' });
    expect((await sluice(['ping'], { env: { INFLUX_HOST: `${server.url}/` } })).stdout).toBe('OK\n');
    const port = await freePort();
    expect(await fail(['ping', '--host', `http://127.0.0.1:${port}`])).toBe(
      `Error: no server answers at http://127.0.0.1:${port}; is it running, and is the address right?\n`,
    );
  });

  it('tells its version and its commands with examples, and refuses others', async () => {
    expect(await succeed('version')).toMatch(/^sluice v\d+\.\d+\.\d+\n$/);
    expect(await succeed('--help')).toMatch(/Commands:\n[^]*Examples:\n {2}sluice setup\n/);
    expect(await succeed('auth', 'create', '-h')).toContain('Examples:\n  sluice auth create --read-bucket data');
    expect(await fail(['frobnicate'])).toBe('Error: unknown command "frobnicate" for "influx"\n');
    const absent = [
      ['bucket-schema', 'list'],
      ['scripts', 'list'],
      ['scripts', 'invoke'],
      ['v1', 'shell'],
    ];
    const answers = await Promise.all(absent.map((command) => fail([...command, '--id', 'x'])));
    for (const answer of answers) expect(answer).toMatch(/^Error: [^\n]+\n$/);
  });

  it('keeps the connection in a file for its owner alone', () => {
    const path = join(home, '.influxdbv2/configs');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).toBe(
      `[default]\n  url = "${server.url}"\n  token = "${OPERATOR}"\n  org = "acme"\n  active = true\n`,
    );
  });
});

describe('tokens', () => {
  it('are made for what they shall do, by name, and say of themselves what they may', async () => {
    const [telegraf, grafana] = [await createToken('--telegraf', 'data'), await createToken('--grafana', 'data')];
    const line = 'presets,host=a v=1 1600000000';
    expect((await sluice(['write', '--bucket', 'data', '--token', telegraf, '--precision', 's', line])).code).toBe(0);
    expect(await fail(['write', '--bucket', 'data', '--token', grafana, line])).toContain('403 Forbidden');
    const query = 'from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "presets")';
    expect((await sluice(['query', '--token', grafana, query])).stdout).toContain('2020-09-13T12:26:40.000000000Z');
    expect((await sluice(['query', '--token', telegraf, query])).code).toBe(1);
    expect(await succeed('auth', 'check', telegraf)).toMatch(
      /^Active: +yes\n[^]*May:\n {2}write bucket data \(\w+\) of organization acme\n$/,
    );
    expect(await fail(['auth', 'check', '-'], { input: 'unknown\n' })).toContain('does not know this token');
    expect(await succeed('auth', 'create', '--read-user', '--write-user')).toContain('[read:/users write:/users]');
  });

  it('are switched off and on, and deleted', async () => {
    const made = await json('auth', 'create', '--read-buckets');
    noteSecret(made.token, 'sluice auth create');
    await succeed('auth', 'inactive', '--id', made.id);
    expect(await succeed('auth', 'check', made.token)).toContain('no: it grants no access until you activate it with `sluice auth active`');
    await succeed('auth', 'active', '--id', made.id);
    expect((await json('auth', 'list', '--id', made.id)).status).toBe('active');
    await succeed('auth', 'delete', '--id', made.id);
    expect(await fail(['auth', 'list', '--token', made.token])).toContain(
      '401 Unauthorized: unauthorized access\nThe token came from --token',
    );
  });

  it('lead to the right flag and the right name from the wrong one', async () => {
    expect(await fail(['auth', 'create', '--read-buckets', 'data'])).toBe(
      'Error: --read-buckets grants all buckets and takes no value: did you mean --read-bucket "data"?\n',
    );
    expect(await fail(['auth', 'create', '--read-bucket', 'dtaa'])).toBe('Error: bucket "dtaa" not found: did you mean data?\n');
  });

  it('that are refused lead to where they came from', async () => {
    const refusal = 'Error: failed to list buckets: 401 Unauthorized: unauthorized access\n';
    expect(await fail(['bucket', 'list'], { env: { INFLUX_TOKEN: 'wrong' } })).toBe(
      `${refusal}The token came from $INFLUX_TOKEN, which overrides the active config "default".\n`,
    );
    writeFileSync(join(home, 'wrong.token'), 'wrong\n');
    expect(await fail(['bucket', 'list', '--token-file', 'wrong.token'])).toBe(
      `${refusal}The token came from --token-file wrong.token, which overrides the active config "default".\n`,
    );
    const stranger = { home: join(home, 'nobody'), env: { INFLUX_HOST: server.url, INFLUX_ORG: 'acme' } };
    expect(await fail(['bucket', 'list'], stranger)).toMatch(
      /\nNo token was sent: give one with --token, --token-file or \$INFLUX_TOKEN, [^\n]+\n$/,
    );
  });

  it('come from files and standard input, and are shown nowhere', async () => {
    const secret = await createToken('--read-buckets', '--write-buckets');
    writeFileSync(join(home, 'good.token'), `${secret}\n`);
    await succeed('bucket', 'list', '--token-file', 'good.token');
    expect((await sluice(['bucket', 'list', '--token', '-'], { input: `${secret}\n` })).code).toBe(0);
    const shown = await sluice(['user', 'create', '--name', 'shown', '--password', PASSWORD, '--http-debug']);
    expect([shown.code, shown.stderr.includes('authorization: [masked]')]).toEqual([0, true]);
    const made = await sluice(['auth', 'create', '--read-buckets', '--http-debug', '--token', OPERATOR]);
    for (const { stderr } of [shown, made]) for (const each of [OPERATOR, PASSWORD]) expect(stderr).not.toContain(each);
    expect(made.stderr).toContain('"token":"[masked]"');
  });

  it.runIf(existsSync('/proc/self/cmdline'))('do not stay in the list of processes', async () => {
    const child = spawn(BINARY, ['write', '--bucket', 'data', '--token', OPERATOR], { env: { PATH: process.env.PATH, HOME: home } });
    const commandLine = (): string =>
      readFileSync(`/proc/${child.pid ?? 0}/cmdline`, 'utf8')
        .replaceAll('\0', ' ')
        .trim();
    while (commandLine() !== 'sluice') await new Promise((resolve) => setTimeout(resolve, 20));
    child.stdin.end('titled v=1\n');
    expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(0);
  });
});

describe('users', () => {
  it('become members, with a password or with advice on how to set one', async () => {
    expect(await succeed('user', 'create', '--name', 'bob', '--password', PASSWORD)).toContain('bob');
    const refused = await sluice(['user', 'create', '--name', 'carl', '--password', 'short']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('use `influx user password` to retry: 400 Bad Request')]);
    expect((await sluice(['user', 'password', '--name', 'carl'], { input: `${PASSWORD}\n` })).code).toBe(0);
    expect((await json('org', 'members', 'list', '--name', 'acme')).map(({ name }: any) => name)).toEqual(
      expect.arrayContaining(['admin', 'bob', 'carl']),
    );
  });
});

describe('points', () => {
  const countOf = async (measurement: string): Promise<string[]> => {
    const query = `from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "${measurement}") |> group() |> count() |> yield(name: "n")`;
    return (await succeed('query', '--raw', query)).split('\r\n').flatMap((row) => /^,,0,.*,(\d+)$/.exec(row)?.[1] ?? []);
  };

  it('come from arguments, files, packed files, CSV and standard input', async () => {
    const write = ['write', '--bucket', 'data', '--precision', 's'];
    writeFileSync(join(home, 'two.lp'), 'm,from=file v=1 1600000001\nm,from=file v=2 1600000002\n');
    writeFileSync(join(home, 'packed.lp.gz'), gzipSync('m,from=gzip v=1 1600000003\n'));
    writeFileSync(
      join(home, 'table.csv'),
      '#datatype measurement,tag,double,dateTime:RFC3339\nm,from,v,time\nm,csv,1,2020-09-13T12:26:44Z\n',
    );
    expect(await succeed('write', 'dryrun', '--file', 'table.csv')).toBe('m,from=csv v=1 1600000004000000000\n');
    expect(await succeed(...write, '--file', 'two.lp', '--dry-run')).toBe(readFileSync(join(home, 'two.lp'), 'utf8'));
    expect(await countOf('m')).toEqual([]);
    await succeed(...write, 'm,from=argument v=1 1600000000');
    await succeed(...write, '--file', 'two.lp', '--file', 'packed.lp.gz');
    await succeed(...write, '--file', 'table.csv', '--rate-limit', '1MB/s');
    expect(await sluice([...write, '-'], { input: 'm,from=input v=1 1600000005\n' })).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await countOf('m')).toEqual(['6']);
    const times = ['--start', '1970-01-01T00:00:00Z', '--stop', '2030-01-01T00:00:00Z'];
    await succeed('delete', '--bucket', 'data', ...times, '--predicate', '_measurement="m" AND "from"="file"');
    expect(await countOf('m')).toEqual(['4']);
    expect(await fail([...write, '--url', 'http://localhost/points'])).toContain('sluice fetches nothing');
    expect(await fail([...write, 'm v='])).toBe(
      "Error: failed to write data: 400 Bad Request: unable to parse 'm v=': missing field value\n",
    );
  });
});

describe('backup and restore', () => {
  it('bring one bucket back under another name, and everything on another server', async () => {
    await succeed('bucket', 'create', '--name', 'kept');
    await succeed('write', '--bucket', 'kept', '--precision', 's', 'b v=1 1600000000\nb v=2 1700000000');
    const { code, stderr } = await sluice(['backup', 'copy']);
    expect([code, stderr.includes('INFO: Wrote ')]).toEqual([0, true]);
    const folder = join(home, 'copy');
    const paths = [folder, ...readdirSync(folder).map((name) => join(folder, name))];
    // For nobody's eyes but the owner's.
    expect(paths.filter((path) => (statSync(path).mode & 0o77) !== 0)).toEqual([]);

    expect((await sluice(['restore', '--bucket', 'kept', '--new-bucket', 'again', 'copy'])).code).toBe(0);
    const read = (bucket: string): string => `from(bucket: "${bucket}") |> range(start: 0) |> keep(columns: ["_time", "_value"])`;
    expect(await succeed('query', read('again'))).toBe(await succeed('query', read('kept')));
    expect(await fail(['backup', '--bucket', 'nothing', 'none'])).toContain('Error: the server has no such bucket: nothing was backed up');

    const other = await startProcess();
    const { operator } = await other.client.setUp({ org: 'elsewhere' });
    const restore = ['restore', '--host', other.url, '--token', operator.token, '--full', 'copy'];
    expect(await fail(restore)).toContain('is not in the backup, so no token would be valid after the restore');
    // A variable limits nothing here.
    const restored = await sluice([...restore, '--operator-token', OPERATOR], { env: { INFLUX_ORG: 'acme' } });
    expect([restored.code, restored.stderr]).toEqual([0, expect.stringContaining('From here on only the tokens of the backup work')]);
    expect(await succeed('query', '--host', other.url, read('kept'))).toBe(await succeed('query', read('kept')));
    expect(await fail(['auth', 'list', '--host', other.url, '--token', operator.token])).toContain('401 Unauthorized');
    await other.stop();
  });
});

describe('completion', () => {
  it.runIf(existsSync('/bin/bash'))('completes commands and flags in bash', async () => {
    writeFileSync(join(home, 'completion.bash'), await succeed('completion', 'bash'));
    const complete = async (...line: string[]): Promise<string> => {
      const script = `source completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($#-1)); _sluice; echo "\${COMPREPLY[*]}"`;
      const child = spawn('/bin/bash', ['-c', script, 'bash', 'sluice', ...line], { cwd: home });
      let text = '';
      child.stdout.on('data', (data: Buffer) => (text += data.toString()));
      await new Promise((resolve) => child.on('close', resolve));
      return text.trim();
    };
    expect(await complete('au')).toBe('auth audit');
    expect(await complete('authorization', 'cr')).toBe('create');
    expect(await complete('auth', 'create', '--read-bu')).toBe('--read-bucket --read-buckets');
    for (const shell of ['zsh', 'fish']) expect(await succeed('completion', shell)).toContain('read-buckets');
  });
});

/** Types an answer when its question is there; what is shown comes back. */
async function atTerminal(args: readonly string[], answers: readonly [question: string, answer: string][], env: Record<string, string>) {
  const line = [BINARY, ...args].map((each) => `'${each}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], { env: { PATH: process.env.PATH, ...env } });
  const left = [...answers];
  let shown = '';
  let from = 0;
  child.stdout.on('data', (data: Buffer) => {
    shown += data.toString();
    const [next] = left;
    if (next === undefined || !shown.slice(from).includes(next[0])) return;
    left.shift();
    from = shown.length;
    // Echo is switched off a moment after the question.
    setTimeout(() => child.stdin.write(`${next[1]}\r`), 150);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  return { code, shown, left };
}

describe.runIf(process.platform === 'linux' && existsSync('/usr/bin/script'))('at a terminal', () => {
  it('sets up by questions, and asks for the password without showing it', async () => {
    const other = await startProcess();
    const place = join(home, 'terminal');
    mkdirSync(place);
    const env = { HOME: place, INFLUX_HOST: other.url };
    const answers: [string, string][] = [
      ['primary username', 'ann'],
      ['type your password', PASSWORD],
      ['password again', `${PASSWORD}x`],
      ['type your password', `${PASSWORD}xy\b\u007f`],
      ['password again', PASSWORD],
      ['organization name', 'home'],
      ['bucket name', 'data'],
      ['retention period', '48'],
      ['(y/N)', 'y'],
    ];
    const setup = await atTerminal(['setup'], answers, env);
    expect([setup.code, setup.left]).toEqual([0, []]);
    expect(setup.shown).toContain('Passwords do not match');
    expect(setup.shown).not.toContain(PASSWORD);
    expect((await sluice(['bucket', 'list', '--name', 'data'], { home: place })).stdout).toContain('48h0m0s');

    const [operator] = JSON.parse((await sluice(['auth', 'list', '--json'], { home: place })).stdout) as [{ id: string }];
    const kept = await atTerminal(['auth', 'delete', '--id', operator.id], [['(y/N)', 'n']], env);
    expect([kept.code, kept.shown.includes('This is the last active operator token')]).toEqual([1, true]);
    const gone = await atTerminal(['auth', 'delete', '--id', operator.id], [['(y/N)', 'y']], env);
    expect(gone.code).toBe(0);
    await other.stop();
  });
});
