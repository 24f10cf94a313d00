/**
 * What it costs a checked request that uses of tokens and needs of permissions are noted: the same server in turns with and without, in
 * processor time; and what a check of another service costs. Run with `npx tsx bench/usage.ts`; ROUNDS=30, REQUESTS=3000 a round.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { PermissionNeeds } from '../src/auth/permission-needs.js';
import { loadConfig } from '../src/config/load.js';
import { KINDS } from '../src/kinds/index.js';
import { startServer } from '../src/server.js';
import { percentile, row } from './server-process.js';

const ROUNDS = Number(process.env.ROUNDS ?? 30);
const REQUESTS = Number(process.env.REQUESTS ?? 3_000);

const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-usage-'));
const argv = ['--data-dir', join(directory, 'data'), '--http-bind-address', '127.0.0.1:0', '--log-level', 'error'];
const { config } = loadConfig({ argv, env: {}, cwd: directory, homeDir: directory });
const logger = pino({ level: 'error' }, process.stderr);
const server = await startServer({ config, logger, clock: Date.now, kinds: KINDS, unattendedSetup: undefined });

const post = async (path: string, token: string | undefined, body: object): Promise<any> =>
  (
    await fetch(server.url + path, {
      method: 'POST',
      headers: token === undefined ? {} : { authorization: `Token ${token}` },
      body: JSON.stringify(body),
    })
  ).json();
const setUp = await post('/api/v2/setup', undefined, { username: 'admin', password: 'admin-passw0rd', org: 'acme', bucket: 'home' });
const [orgID, bucketID, operator] = [setUp.org.id, setUp.bucket.id, setUp.auth.token] as string[];
const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'buckets', id: bucketID, orgID } }));
const { token } = await post('/api/v2/authorizations', operator, { orgID, permissions });

/** Microseconds of processor time that a request takes here; the client is another process. */
async function measure(path: string): Promise<number> {
  const script = `
    const http = require('node:http');
    const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
    let left = ${REQUESTS};
    let open = 16;
    const next = () => {
      if (left-- <= 0) {
        if (--open === 0) process.exit(0);
        return;
      }
      http.get(${JSON.stringify(server.url + path)}, { agent, headers: { authorization: 'Token ' + process.env.BENCH_TOKEN } }, (r) => {
        if (r.statusCode >= 300) { console.error(r.statusCode); process.exit(1); }
        r.resume().on('end', next);
      });
    };
    process.stdin.once('data', () => { for (let i = 0; i < 16; i++) next(); });
    process.stdout.write('ready');
  `;
  const child = spawn(process.execPath, ['-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, BENCH_TOKEN: token },
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const before = process.cpuUsage();
  child.stdin.write('go');
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error('a request failed');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / REQUESTS;
}

const { usage } = server.services;
/** Done on the path of a request, where uses are noted. */
const places: readonly (readonly [object, string])[] = [
  [usage, 'note'],
  [PermissionNeeds.prototype, 'noteNeed'],
  [PermissionNeeds.prototype, 'noteList'],
];
const methods = places.map(([place, name]) => Reflect.get(place, name) as unknown);
function track(on: boolean): void {
  for (const [i, [place, name]] of places.entries()) Reflect.set(place, name, on ? methods[i] : () => undefined);
}

const READ = `/api/v2/buckets/${bucketID}`;
await measure(READ);
const [on, off, ratios]: number[][] = [[], [], []];
for (let round = 0; round < ROUNDS; round++) {
  const pair: Record<string, number> = {};
  for (const mode of round % 2 === 0 ? ['on', 'off'] : ['off', 'on']) {
    track(mode === 'on');
    pair[mode] = await measure(READ);
  }
  on?.push(pair.on ?? 0);
  off?.push(pair.off ?? 0);
  ratios?.push((pair.on ?? 0) / (pair.off ?? 1));
}
const median = (values: number[] = []): number => percentile(values, 0.5);
row('a checked request, processor time, uses noted', `${median(on).toFixed(1)} µs`);
row('the same without', `${median(off).toFixed(1)} µs`);
row('paired difference', `${((median(ratios) - 1) * 100).toFixed(1)} %`);
track(true);
await measure('/api/v2/authorize?action=write&type=buckets&name=home&org=acme');
const checks = [];
for (let round = 0; round < 10; round++) checks.push(await measure('/api/v2/authorize?action=write&type=buckets&name=home&org=acme'));
row('forward authentication, processor time of a check', `${median(checks).toFixed(1)} µs`);

await server.stop();
rmSync(directory, { recursive: true });
