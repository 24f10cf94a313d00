/**
 * InfluxDB's container image with `sluiced` as `influxd` and `sluice` as `influx`: what its entry point does, step by step. The script itself is
 * not ours; $INFLUXDB_ENTRYPOINT names one to run, with its paths below a folder of ours and stand-ins for what only the image has.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newServerDirectory, noteSecret } from '../support/artifacts.js';
import { freePort, runBinary, spawnServer, type SpawnedServer } from '../support/process.js';
import { TestClient } from '../support/server.js';

const PROJECT = join(import.meta.dirname, '../..');
const TOKEN = 'entry-point-operator-token';
const PASSWORD = 'entry-point-passw0rd';
const ENTRY_POINT = process.env.INFLUXDB_ENTRYPOINT ?? '';

interface Image {
  readonly root: string;
  readonly boltPath: string;
  readonly initPort: number;
  readonly finalPort: number;
  /** As the image and its user set it. */
  readonly env: Record<string, string>;
}

async function makeImage(): Promise<Image> {
  const root = newServerDirectory();
  for (const folder of ['data/engine', 'etc', 'initdb.d', 'bin']) mkdirSync(join(root, folder), { recursive: true, mode: 0o700 });
  noteSecret(TOKEN, 'a chosen token');
  noteSecret(PASSWORD, 'a password');
  const boltPath = join(root, 'data/influxd.bolt');
  writeFileSync(join(root, 'etc/config.yml'), `bolt-path: ${boltPath}\nengine-path: ${join(root, 'data/engine')}\nnats-port: 4222\n`);
  const [initPort, finalPort] = [await freePort(), await freePort()];
  const env = {
    INFLUXD_CONFIG_PATH: join(root, 'etc/config.yml'),
    INFLUXD_HTTP_BIND_ADDRESS: `:${finalPort}`,
    INFLUXD_INIT_PORT: String(initPort),
    INFLUXD_INIT_PING_ATTEMPTS: '60',
    // Beside the operator's token, as the image has it; where it lies, the search for secrets does not look.
    INFLUX_CONFIGS_PATH: join(root, 'configs'),
    DOCKER_INFLUXDB_INIT_CLI_CONFIG_NAME: 'default',
    DOCKER_INFLUXDB_INIT_MODE: 'setup',
    DOCKER_INFLUXDB_INIT_USERNAME: 'admin',
    DOCKER_INFLUXDB_INIT_PASSWORD: PASSWORD,
    DOCKER_INFLUXDB_INIT_ORG: 'acme',
    DOCKER_INFLUXDB_INIT_BUCKET: 'data',
    DOCKER_INFLUXDB_INIT_RETENTION: '1w',
    DOCKER_INFLUXDB_INIT_ADMIN_TOKEN: TOKEN,
  };
  return { root, boltPath, initPort, finalPort, env };
}

/** The server on the port of the set-up, as the script starts it. */
async function startFirst({ env, initPort }: Image): Promise<SpawnedServer> {
  const server = spawnServer([], { ...env, INFLUXD_HTTP_BIND_ADDRESS: `:${initPort}`, INFLUXD_TLS_CERT: '', INFLUXD_TLS_KEY: '' });
  await server.says('listening');
  return server;
}

async function setUp({ env, initPort }: Image): Promise<void> {
  const surroundings = { ...env, INFLUX_HOST: `http://localhost:${initPort}` };
  expect((await runBinary('sluice', ['ping'], { env: surroundings })).code).toBe(0);
  const given = ['--force', '--username', 'admin', '--password', PASSWORD, '--org', 'acme', '--bucket', 'data', '--name', 'default'];
  const outcome = await runBinary('sluice', ['setup', ...given, '--retention', '1w', '--token', TOKEN], { env: surroundings });
  expect([outcome.code, outcome.stderr]).toEqual([0, '']);
  const users = await runBinary('sluice', ['user', 'list', '-n', 'admin', '--hide-headers'], { env: surroundings });
  expect(users.stdout).toMatch(/^[0-9a-f]{16}\tadmin/);
}

/** What the script does when one of its steps fails; the container's other files are new with the container. */
function cleanUp({ root, boltPath }: Image): void {
  for (const path of [boltPath, join(root, 'data/engine'), join(root, 'configs')]) rmSync(path, { recursive: true, force: true });
}

async function expectToServe({ finalPort, root }: Image): Promise<void> {
  const client = new TestClient(`http://127.0.0.1:${finalPort}`);
  const { json } = await client.get('/api/v2/buckets?name=data', { as: { token: TOKEN } });
  expect(json.buckets[0].retentionRules[0].everySeconds).toBe(604_800);
  // The command line's file holds the token on purpose.
  rmSync(join(root, 'configs'), { force: true });
}

describe('the steps of the entry point', () => {
  it('set up from outside, and start a second time as a server that is set up', async () => {
    const image = await makeImage();
    const first = await startFirst(image);
    expect(first.log()).toContain("started by the entry point of InfluxDB's container image");
    await setUp(image);
    expect(await first.stop()).toBe(0);
    expect(existsSync(image.boltPath)).toBe(true);
    for (let starts = 0; starts < 2; starts++) {
      const server = spawnServer([], image.env);
      await server.says('listening');
      await expectToServe(image);
      expect(await server.stop()).toBe(0);
    }
  });

  it('begin again with nothing when they have failed', async () => {
    const image = await makeImage();
    for (const isLast of [false, true]) {
      const first = await startFirst(image);
      await setUp(image);
      expect(await first.stop()).toBe(0);
      if (!isLast) cleanUp(image);
    }
    const server = spawnServer([], image.env);
    await server.says('listening');
    await expectToServe(image);
    await server.stop();
  });

  it('never throw away what has been served', async () => {
    const image = await makeImage();
    const first = await startFirst(image);
    await setUp(image);
    await first.stop();
    const server = spawnServer([], image.env);
    await server.says('listening');
    await server.stop();
    rmSync(image.boltPath);
    const again = spawnServer([], { ...image.env, INFLUXD_HTTP_BIND_ADDRESS: `:${image.initPort}` });
    await again.says(`make the file ${image.boltPath}`);
    writeFileSync(image.boltPath, '');
    const served = spawnServer([], image.env);
    await served.says('listening');
    await expectToServe(image);
    await served.stop();
  });
});

describe.skipIf(ENTRY_POINT === '')('the entry point itself', () => {
  function install({ root }: Image): string {
    const script = join(root, 'entrypoint.sh');
    const text = readFileSync(ENTRY_POINT, 'utf8')
      .replaceAll('/etc/influxdb2', join(root, 'etc'))
      .replaceAll('/docker-entrypoint-initdb.d', join(root, 'initdb.d'))
      .replaceAll('/tmp/config.json', join(root, 'init-config.json'));
    const put = (path: string, content: string): void => {
      writeFileSync(path, content);
      chmodSync(path, 0o755);
    };
    put(script, text);
    symlinkSync(join(PROJECT, 'bin/sluiced'), join(root, 'bin/influxd'));
    symlinkSync(join(PROJECT, 'bin/sluice'), join(root, 'bin/influx'));
    // Gives the folders to a user that this machine does not have.
    put(join(root, 'bin/find'), '#!/bin/sh\n');
    // Root would step down to that user.
    put(join(root, 'bin/id'), '#!/bin/sh\necho 1000\n');
    // As much of dasel as the scripts of 2.7 to 2.9 use.
    put(
      join(root, 'bin/dasel'),
      `#!/usr/bin/env node
const { parse } = require('${join(PROJECT, 'node_modules/yaml')}');
const args = process.argv.slice(2);
const valueOf = (flag) => (args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined);
const file = valueOf('-f');
const document = parse(require('node:fs').readFileSync(file ?? 0, 'utf8')) ?? {};
const key = valueOf('-s') ?? /^get\\("(.*)"\\)$/.exec(args.at(-1))?.[1];
const merge = /^merge\\(\\$this, (.*)\\)$/.exec(args.at(-1))?.[1];
if (key !== undefined) {
  if (document[key] === undefined) process.exit(1);
  console.log(document[key]);
} else {
  const at = args.findIndex((each) => each === 'put' || each === 'delete');
  if (merge !== undefined) Object.assign(document, JSON.parse(merge));
  else if (args[at] === 'put') document[args[at + 1]] = valueOf('-v');
  else if (args[at] === 'delete') delete document[args[at + 1]];
  console.log(JSON.stringify(document));
}
`,
    );
    return script;
  }

  it('brings the server up, on the first start and on later ones', async () => {
    const image = await makeImage();
    const script = install(image);
    for (let starts = 0; starts < 2; starts++) {
      const child = spawn('bash', [script, 'influxd'], {
        env: { ...image.env, PATH: `${join(image.root, 'bin')}:${process.env.PATH ?? ''}` },
      });
      let log = '';
      const keep = (data: Buffer): void => {
        log += data.toString();
      };
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
      const ended = new Promise((resolve) => child.on('exit', resolve));
      const url = `:${image.finalPort}"`;
      for (let tries = 0; !(log.includes('"listening"') && log.includes(url)); tries++) {
        if (child.exitCode !== null || tries > 400) {
          child.kill('SIGKILL');
          throw new Error(log);
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      await expectToServe(image);
      child.kill('SIGTERM');
      expect(await ended).toBe(0);
    }
  });
});
