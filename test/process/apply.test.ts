/**
 * `sluice auth apply`: tokens as a file says, also when it is killed at any moment. The moments are those before a request reaches the
 * server, and those after it was answered and before the answer arrives; `KILLS=all` takes each of them.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noteSecret } from '../support/artifacts.js';
import { runBinary, type Outcome } from '../support/process.js';
import { startTestServer, type SetUp, type TestServer } from '../support/server.js';

const SLUICE = join(import.meta.dirname, '../../bin/sluice');
/** Outside of what is searched for secrets afterwards: the command line keeps tokens here. */
const home = mkdtempSync(join(tmpdir(), 'sluice-apply-test-'));
const secrets = join(home, 'secrets');
const file = join(home, 'tokens.yaml');

let server: TestServer;
let world: SetUp;
let aheadMs = 0;

beforeAll(async () => {
  server = await startTestServer({ clock: () => Date.now() + aheadMs });
  world = await server.client.setUp();
  await server.client.post('/api/v2/buckets', { as: world.operator, json: { orgID: world.orgId, name: 'office' } });
});
afterAll(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => {
  aheadMs = 0;
  rmSync(secrets, { recursive: true, force: true });
});

const environment = (url = server.url) => ({ HOME: home, INFLUX_HOST: url, INFLUX_TOKEN: world.operator.token, INFLUX_ORG: 'acme' });
const sluice = (...args: string[]): Promise<Outcome> => runBinary('sluice', ['auth', ...args], { cwd: home, env: environment() });

function noteValues(): void {
  for (const value of Object.values(values())) noteSecret(value, 'sluice auth apply');
}

/** What the directory of secrets holds, by file. */
function values(): Record<string, string> {
  const names = readdirSync(secrets).filter((name) => name.endsWith('.token'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(secrets, name), 'utf8').trim()]));
}

async function apply(content: string, ...args: string[]): Promise<Outcome> {
  writeFileSync(file, content);
  const outcome = await sluice('apply', '--file', file, '--secrets-dir', secrets, '--yes', ...args);
  noteValues();
  return outcome;
}

async function expectApplied(content: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await apply(content, ...args);
  expect([code, stdout], stderr).toEqual([0, '']);
  return stderr;
}

const listed = async (): Promise<any[]> =>
  (await server.client.get(`/api/v2/authorizations?orgID=${world.orgId}&include=usage`, { as: world.operator })).json.authorizations;
const named = async (name: string): Promise<any> => (await listed()).find((each) => each.name === name);
const ownOf = (token: string) => server.client.get('/api/v2/me/authorization', { as: { token } });

describe('sluice auth apply', () => {
  it('makes tokens, delivers each for its owner alone, and does nothing when it runs again', async () => {
    const content = `
tokens:
  - {name: one, read: [bucket:data, org], write: bucket:office, expiresIn: 90d, description: the first}
  - {name: two, read: tasks, status: inactive, secretFile: deep/two.token}
`;
    const dry = await runBinary('sluice', ['auth', 'apply', '--file', '-', '--dry-run'], { input: content, cwd: home, env: environment() });
    expect(dry).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('create 2.') });
    expect(await named('one')).toBeUndefined();
    expect(await expectApplied(content)).toContain('Done: create 2.');
    const one = await named('one');
    expect(one).toMatchObject({ description: 'the first', status: 'active' });
    expect(one.permissions.map(({ action, resource }: any) => `${action} ${resource.type} ${resource.name ?? ''}`)).toEqual([
      'read buckets data',
      'read orgs acme',
      'write buckets office',
    ]);
    expect(Date.parse(one.expiresAt) - Date.parse(one.createdAt)).toBe(90 * 86_400_000);
    expect(await named('two')).toMatchObject({ description: 'two', status: 'inactive' });
    expect((await ownOf(values()['one.token']!)).json.id).toBe(one.id);
    const modes = ['.', 'one.token', 'deep', 'deep/two.token'].map((path) => (statSync(join(secrets, path)).mode & 0o777).toString(8));
    expect(modes).toEqual(['700', '600', '700', '600']);
    noteSecret(readFileSync(join(secrets, 'deep/two.token'), 'utf8').trim(), 'sluice auth apply');
    expect(await expectApplied(content)).toBe('No change: 2 tokens of acme are as the file says.\n');
    expect(readFileSync(file, 'utf8')).toBe(content);
    // A new machine has no values, and makes none of its own accord.
    rmSync(secrets, { recursive: true });
    expect(await expectApplied(content)).toContain('has no value of one, two: --rotate makes a new one.\n');
    expect(await expectApplied(content, '--rotate', 'one')).toContain('rotate 1, leave 1.');
    expect((await ownOf(values()['one.token']!)).json.id).toBe(one.id);
  });

  it('narrows by a new token, changes what can be changed, deletes what is not in the file only if asked, and never what has no name', async () => {
    await expectApplied(
      'tokens: [{name: narrow, read: [bucket:data, bucket:office]}, {name: change, read: tasks}, {name: gone, read: tasks}]',
    );
    const [before, old] = [await named('narrow'), values()['narrow.token']!];
    const { id: nameless } = await server.client.createToken(world.operator, world.orgId, [
      { action: 'read', resource: { type: 'buckets', orgID: world.orgId } },
    ]);
    const content =
      'grace: 1m\ntokens: [{name: narrow, read: bucket:data}, {name: change, read: tasks, description: other, expiresIn: 9d}]';
    const said = await expectApplied(content);
    expect(said).toContain('narrower: -read bucket:office');
    expect(said).toContain('change   change  description, expiresAt');
    expect(await named('gone')).toBeDefined();
    const after = await named('narrow');
    expect(after.id).not.toBe(before.id);
    expect((await ownOf(values()['narrow.token']!)).json.id).toBe(after.id);
    expect((await ownOf(old)).json).toMatchObject({ id: before.id, description: 'narrow (replaced)' });
    aheadMs = 61_000;
    expect((await ownOf(old)).status).toBe(401);
    expect(await expectApplied(content, '--prune')).toMatch(/delete \d+, leave 2\./);
    expect(await named('gone')).toBeUndefined();
    expect((await listed()).some(({ id }) => id === nameless)).toBe(true);
    expect(await expectApplied(content, '--prune')).toContain('No change');
  });

  it('rotates what is old, renews what soon expires, and lets the old value live for the grace time', async () => {
    const content = `
tokens:
  - {name: rotated, read: tasks, rotateEvery: 30d}
  - {name: renewed, read: tasks, expiresIn: 40d, renewBefore: 14d, grace: 0}
`;
    await expectApplied(content);
    const old = values();
    const [rotated, renewed] = [await named('rotated'), await named('renewed')];
    expect(await expectApplied(content)).toContain('No change');
    // The command line has a clock of its own: the tokens are made older.
    const stale = content.replace('30d', '1s').replace('renewBefore: 14d', 'renewBefore: 39d23h59m59s');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(await expectApplied(stale)).toContain('rotate 1, replace 1.');
    expect((await named('rotated')).id).toBe(rotated.id);
    expect((await named('renewed')).id).not.toBe(renewed.id);
    const fresh = values();
    expect([fresh['rotated.token'], fresh['renewed.token']]).not.toContain(old['rotated.token']);
    expect([(await ownOf(old['rotated.token']!)).status, (await ownOf(old['renewed.token']!)).status]).toEqual([200, 401]);
    expect([(await ownOf(fresh['rotated.token']!)).status, (await ownOf(fresh['renewed.token']!)).status]).toEqual([200, 200]);
  });

  it('replaces a token that was reported as leaked, at once and in the form that is asked for', async () => {
    const content = 'tokens: [{name: leaked, read: bucket:data}]';
    await expectApplied(content);
    const [old, token] = [await named('leaked'), values()['leaked.token']!];
    await server.client.post('/api/v2/authorizations/leaked', { json: { tokens: [token] } });
    expect(await expectApplied(content, '--token-format', 'prefixed')).toContain('it was reported as leaked');
    const next = await named('leaked');
    expect([next.id === old.id, next.status, values()['leaked.token']!.slice(0, 4)]).toEqual([false, 'active', 'slc_']);
    expect((await listed()).some(({ id }) => id === old.id)).toBe(false);
    expect(await expectApplied(content)).toContain('No change');
  });

  it('writes values to standard output once, and nothing else', async () => {
    writeFileSync(file, 'tokens: [{name: shown, read: tasks}, {name: shown-too, read: tasks}]');
    const { code, stdout, stderr } = await sluice('apply', '--file', file, '--yes');
    expect([code, stderr.includes('create 2')]).toEqual([0, true]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t'));
    for (const [name = '', token = ''] of lines) {
      noteSecret(token, 'sluice auth apply');
      expect((await ownOf(token)).json.name).toBe(name);
      expect(stderr).not.toContain(token);
    }
    expect(lines.map(([name]) => name).sort()).toEqual(['shown', 'shown-too']);
    expect((await sluice('apply', '--file', file, '--yes')).stdout).toBe('');
  });

  it('writes the file for what there is: applied, it changes nothing', async () => {
    await expectApplied(`
tokens:
  - name: exported
    read: [{resource: bucket:data, match: {measurement: [cpu], tags: {site: [b, a]}}}, "*/orgs", user:admin]
    write: tasks
    expiresIn: 90d
    constraints: {cidrs: [127.0.0.0/8, "::1/128"]}
`);
    const exported = await sluice('export');
    expect([exported.code, exported.stderr]).toEqual([0, '']);
    expect(exported.stdout).toContain('name: exported');
    expect(exported.stdout).toContain('- 127.0.0.0/8');
    expect(exported.stdout).toContain('- resource: bucket:data');
    for (const value of [...Object.values(values()), world.operator.token]) expect(exported.stdout).not.toContain(value);
    // Tokens without a name get the one of the file, and nothing else.
    const first = await expectApplied(exported.stdout);
    expect(first).toMatch(/\nchange \d+, leave \d+\.\n/);
    expect(await expectApplied(exported.stdout, '--prune')).toContain('No change');
    // The token that asks is not deleted by itself.
    const { code, stderr } = await apply('tokens: []', '--prune');
    expect([code, stderr]).toEqual([1, expect.stringContaining('is the one that you ask with')]);
    await server.client.patch(`/api/v2/authorizations/${world.authorizationId}`, { as: world.operator, json: { name: '' } });
  });

  it('refuses what it cannot do, and changes nothing', async () => {
    const refused = async (content: string, reason: string, ...args: string[]) => {
      const before = await listed();
      const { code, stderr } = await apply(content, ...args);
      expect([code, stderr]).toEqual([1, expect.stringContaining(reason)]);
      const after = await listed();
      expect(after.map(({ id, name, updatedAt }) => [id, name, updatedAt])).toEqual(
        before.map(({ id, name, updatedAt }) => [id, name, updatedAt]),
      );
    };
    mkdirSync(secrets);
    await refused('tokens: [{name: x, read: bucket:dat}]', 'token x: there is no bucket "dat"');
    await refused('tokens: [{name: x, read: tasks, user: nobody}]', 'there is no user "nobody"');
    await refused('tokens: [{name: x, read: tasks, expiresAt: 2020-01-01T00:00:00Z}]', 'in the past');
    await refused('tokens: [{name: x, read: tasks}]', 'has no such token', '--rotate', 'y');
    const { stderr } = await runBinary('sluice', ['auth', 'apply', '--file', file, '--secrets-dir', secrets], {
      ...{ cwd: home, env: environment(), input: 'n\n' },
    });
    expect(stderr).toContain('canceled: nothing was changed');
    expect(readdirSync(secrets)).toEqual([]);
  });
});

/** Passes everything on, and asks at each request: before it reaches the server, and before its answer goes back. */
async function startProxy(isEnd: () => boolean): Promise<Server> {
  const proxy = createServer((incoming, outgoing) => {
    if (isEnd()) return;
    const { method, headers } = incoming;
    const sent = request(server.url + (incoming.url ?? ''), { method, headers }, (answer: IncomingMessage) => {
      if (isEnd()) return;
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(sent);
    sent.on('error', () => outgoing.destroy());
    incoming.on('error', () => sent.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return proxy;
}

/** Runs it until a moment has come so often, and then kills it. @returns how many moments there were */
async function applyAndKill(content: string, killAt: number): Promise<number> {
  writeFileSync(file, content);
  let count = 0;
  const proxy = await startProxy(() => {
    if (++count === killAt) child.kill('SIGKILL');
    return count === killAt;
  });
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const args = ['auth', 'apply', '--file', file, '--secrets-dir', secrets, '--yes', '--rotate', 'rotated'];
  const child = spawn(SLUICE, args, { cwd: home, stdio: 'ignore', env: { PATH: process.env.PATH ?? '', ...environment(url) } });
  await new Promise((resolve) => child.once('exit', resolve));
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  noteValues();
  return count;
}

describe('kill -9 at any moment', () => {
  const FILES = ['data', 'office'].map(
    (bucket) => `
grace: 0
tokens:
  - {name: replaced, read: bucket:${bucket}}
  - {name: rotated, read: tasks}
  - {name: created-${bucket}, read: tasks}
`,
  );
  let turn = 0;
  const next = (): string => FILES[turn++ % 2]!;

  /** The file of a token that is no more. */
  const removeOther = (content: string): void => {
    rmSync(join(secrets, content === FILES[0] ? 'created-office.token' : 'created-data.token'), { force: true });
  };

  /** Every value that is where it belongs opens the token of its name. */
  async function expectValues(): Promise<void> {
    const found = values();
    expect(Object.keys(found)).toEqual(expect.arrayContaining(['replaced.token', 'rotated.token']));
    for (const [name, value] of Object.entries(found)) {
      const { status, json } = await ownOf(value);
      expect([name, status]).toEqual([name, 200]);
      expect(`${json.name.replace(' (next)', '')}.token`).toBe(name);
    }
  }

  it('leaves the old value or the new one, and the next run goes on where it was', { timeout: 120_000 }, async () => {
    await expectApplied(next());
    const moments = await applyAndKill(next(), 0);
    await expectApplied(FILES[(turn + 1) % 2]!, '--prune');
    removeOther(FILES[(turn + 1) % 2]!);
    expect(moments).toBeGreaterThan(20);
    const all = Array.from({ length: moments }, (_, i) => i + 1);
    // The first requests only read.
    const some = all.filter((moment) => moment > 10 && moment % 4 === Date.now() % 4);
    for (const killAt of process.env.KILLS === 'all' ? all : some) {
      const content = next();
      await applyAndKill(content, killAt);
      await expectValues();
      if (killAt % 3 === 0) {
        // Killed again while it goes on.
        await applyAndKill(content, killAt);
        await expectValues();
      }
      await expectApplied(content, '--prune');
      removeOther(content);
      await expectValues();
      expect((await listed()).filter(({ name }) => name?.includes('(next)'))).toEqual([]);
      expect((await named('rotated')).previousSecret).toBeUndefined();
      expect(readdirSync(secrets).filter((name) => !name.endsWith('.token'))).toEqual([]);
    }
  });
});
