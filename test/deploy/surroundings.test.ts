/** What services are started with, and in: InfluxDB's own configuration file, users without a home, shells that close. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newServerDirectory } from '../support/artifacts.js';
import { freePort, runBinary, spawnServer } from '../support/process.js';

const PROJECT = join(import.meta.dirname, '../..');
/** One that the system does not know. */
const STRANGER = 54_321;
const isRoot = process.getuid?.() === 0 && spawnSync('setpriv', ['--version']).status === 0;

const isHealthy = async (url: string): Promise<boolean> =>
  fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );

async function untilHealthy(url: string): Promise<void> {
  for (let tries = 0; tries < 400 && !(await isHealthy(url)); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await isHealthy(url)).toBe(true);
}

describe('a configuration file', () => {
  it('may be what `influxd print-config` prints, with the data where InfluxDB would have it', async () => {
    const directory = newServerDirectory();
    const file = join(directory, 'config.yml');
    const printed = readFileSync(join(import.meta.dirname, 'influxd-2.9.1-print-config.yml'), 'utf8');
    const port = await freePort();
    writeFileSync(file, printed.replaceAll('HOME', directory).replace(':8086', `127.0.0.1:${port}`));
    const server = spawnServer([], { INFLUXD_CONFIG_PATH: file });
    await server.says('listening');
    expect(server.log()).toContain(`"dataDir":"${directory}/.influxdbv2"`);
    expect(await server.stop()).toBe(0);
  });

  it('that is misspelt still stops the start', async () => {
    const directory = newServerDirectory();
    writeFileSync(join(directory, 'config.yml'), 'key-names: x\n');
    const { code, stderr } = await runBinary('sluiced', [], { env: { INFLUXD_CONFIG_PATH: directory } });
    expect([code, stderr]).toEqual([1, expect.stringContaining('key-names')]);
  });
});

describe.skipIf(!isRoot)('a user whom the system does not know, without a home', () => {
  const asStranger = (command: string, args: readonly string[], env: Record<string, string> = {}) =>
    spawn('setpriv', [`--reuid=${STRANGER}`, '--regid=0', '--clear-groups', command, ...args], {
      env: { PATH: process.env.PATH ?? '', ...env },
      cwd: '/',
    });
  const outcomeOf = async (command: string, args: readonly string[], env?: Record<string, string>): Promise<[number | null, string]> => {
    const child = asStranger(command, args, env);
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    return [await new Promise<number | null>((resolve) => child.on('close', resolve)), output];
  };

  it('runs the server in a volume of its group, and the command line, when they are told where', async () => {
    const directory = newServerDirectory();
    const data = join(directory, 'volume');
    mkdirSync(data);
    // As OpenShift and `fsGroup` have it: root's, and the group 0 may write.
    chownSync(data, 0, 0);
    chmodSync(data, 0o770);
    chmodSync(directory, 0o755);
    chmodSync(join(directory, '..'), 0o755);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = asStranger(join(PROJECT, 'bin/sluiced'), ['--data-dir', data, '--http-bind-address', `127.0.0.1:${port}`]);
    await untilHealthy(url);
    expect(await outcomeOf(join(PROJECT, 'bin/sluice'), ['ping', '--host', url])).toEqual([0, 'OK\n']);
    const ended = new Promise((resolve) => server.on('exit', resolve));
    server.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('is told to say where, and is not left without a word', async () => {
    expect(await outcomeOf(join(PROJECT, 'bin/sluiced'), [])).toEqual([1, expect.stringContaining('--data-dir')]);
    const create = ['config', 'create', '-n', 'x', '-u', 'http://127.0.0.1:1', '-o', 'acme', '-t', 'any'];
    expect(await outcomeOf(join(PROJECT, 'bin/sluice'), create)).toEqual([1, expect.stringContaining('--configs-path')]);
  });
});

describe('a shell', () => {
  it('may close: with nohup or without, and with a log that nobody reads any more', async () => {
    for (const [command, ...before] of [['nohup', join(PROJECT, 'bin/sluiced')], [join(PROJECT, 'bin/sluiced')]] as [
      string,
      ...string[],
    ][]) {
      const directory = newServerDirectory();
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const args = ['--data-dir', join(directory, 'data'), '--http-bind-address', `127.0.0.1:${port}`, '--log-level', 'debug'];
      const child = spawn(command, [...before, ...args], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
      await untilHealthy(url);
      child.kill('SIGHUP');
      child.stdout.destroy();
      child.stderr.destroy();
      for (let requests = 0; requests < 20; requests++) expect(await isHealthy(url)).toBe(true);
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
  });
});
