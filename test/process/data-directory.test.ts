/** Where the data lie when a unit file, container or command line of InfluxDB's says so. */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { newServerDirectory } from '../support/artifacts.js';
import { freePort, runBinary } from '../support/process.js';
import { TestClient } from '../support/server.js';

const PROJECT = join(import.meta.dirname, '../..');
const FIXTURE = join(PROJECT, 'test/fixtures/influxdb-2.9.1/plain');

/** Starts `sluiced` as its surroundings have it, for as long as the work takes; gives its log. */
async function whileRunning(
  env: Record<string, string>,
  flags: readonly string[],
  work: (client: TestClient) => Promise<void>,
): Promise<string> {
  const port = await freePort();
  const child = spawn(join(PROJECT, 'bin/sluiced'), ['--http-bind-address', `127.0.0.1:${port}`, ...flags], {
    env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', ...env },
    cwd: '/',
  });
  let log = '';
  child.stdout.on('data', (data: Buffer) => (log += data.toString()));
  child.stderr.on('data', (data: Buffer) => (log += data.toString()));
  const ended = new Promise<void>((resolve) =>
    child.on('exit', () => {
      resolve();
    }),
  );
  const client = new TestClient(`http://127.0.0.1:${port}`);
  try {
    for (let isUp = false; !isUp && child.exitCode === null;) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      isUp = await client.get('/health').then(
        ({ status }) => status === 200,
        () => false,
      );
    }
    if (child.exitCode === null) await work(client);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
  return log;
}

const ofImage = (volume: string): Record<string, string> => ({
  INFLUXD_BOLT_PATH: join(volume, 'influxd.bolt'),
  INFLUXD_ENGINE_PATH: join(volume, 'engine'),
});

describe('the surroundings of InfluxDB’s container image', () => {
  it('put all data into its volume, and the offline commands find them there', async () => {
    const volume = join(newServerDirectory(), 'volume');
    const log = await whileRunning(ofImage(volume), [], async (client) => {
      await client.setUp();
    });
    expect(readdirSync(volume)).toEqual(expect.arrayContaining(['sluice.sqlite', 'series', 'sealing.key']));
    const [first] = log.split('\n').map((line) => line && (JSON.parse(line) as Record<string, unknown>));
    expect(first).toMatchObject({ dataDir: volume, by: 'the environment variable INFLUXD_BOLT_PATH' });
    for (const [args, env] of [
      [['recovery', 'user', 'list', '--bolt-path', join(volume, 'influxd.bolt')], {}],
      [['recovery', 'user', 'list'], ofImage(volume)],
      [['tokens', 'plan'], ofImage(volume)],
      [['series', 'list', '--engine-path', join(volume, 'engine')], {}],
    ] as const) {
      const { code, stderr } = await runBinary('sluiced', args, { env });
      expect([args, code, stderr]).toEqual([args, 0, '']);
    }
  });

  it('do not make a place of another’s data ours: it is moved in, beside what is there', async () => {
    const volume = join(newServerDirectory(), 'volume');
    mkdirSync(volume);
    cpSync(FIXTURE, volume, { recursive: true });
    const before = readdirSync(volume);
    const refused = await whileRunning(ofImage(volume), [], () => Promise.reject(new Error('it started')));
    expect(refused).toContain('holds the data of an InfluxDB');
    expect(refused).toContain(`sluiced import --influxdb ${volume} --data-dir ${volume}`);
    expect(readdirSync(volume)).toEqual(before);
    expect((await runBinary('sluiced', ['recovery', 'user', 'list'], { env: ofImage(volume) })).stderr).toContain('sluiced import');
    const imported = await runBinary('sluiced', ['import', '--influxdb', volume, '--data-dir', volume], { env: ofImage(volume) });
    expect([imported.code, imported.stderr]).toEqual([0, '']);
    await whileRunning(ofImage(volume), [], async (client) => {
      expect((await client.get('/api/v2/setup')).json.allowed).toBe(false);
    });
    expect(existsSync(join(volume, 'influxd.bolt'))).toBe(true);
    // Its tokens are in the clear, and are InfluxDB's to keep; test/aftermath looks for ours.
    rmSync(join(volume, 'influxd.bolt'));
  });

  it('stop the start where they name two places', async () => {
    const volume = join(newServerDirectory(), 'volume');
    const log = await whileRunning(ofImage(volume), ['--data-dir', `${volume}-2`], () => Promise.reject(new Error('it started')));
    expect(log).toMatch(/^Error: the data would lie in .* by --data-dir, and in .* by the environment variable INFLUXD_BOLT_PATH/);
    expect(existsSync(volume) || existsSync(`${volume}-2`)).toBe(false);
  });
});
