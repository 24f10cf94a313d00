/**
 * Tries other people's clients against a real server, a fresh one for each program: `npm run test:clients [part of a name]`. Clients come from
 * the registries of their languages and stay in $SLUICE_CLIENTS_CACHE. What cannot be tried on this machine is skipped, with the reason. The
 * last line counts; with $SUMMARY_FILE, what an earlier part of a run has counted there is counted with it.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { startFlakyProxy } from './flaky-proxy.js';
import { PROGRAMS, type Command, type Program } from './programs.js';

const PROJECT = join(import.meta.dirname, '../..');
const CACHE = process.env.SLUICE_CLIENTS_CACHE ?? join(tmpdir(), 'sluice-clients');
/** Of all programs together; what has not begun by then is skipped, and so is what is not installed by then. */
const TOTAL_MS_MAX = Number(process.env.SLUICE_CLIENTS_SECONDS ?? 900) * 1000;
const INSTALL_MS_MAX = 240_000;
const RUN_MS_MAX = 120_000;
const START_MS_MAX = 20_000;
const OUTPUT_LINES_SHOWN = 40;
const PASSWORD = 'client-passw0rd';

const counts = { passed: 0, failed: 0, skipped: 0 };
const beganAtMs = Date.now();

const isThere = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

function runCommand({ file, args }: Command, env: Record<string, string>, timeMsMax: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (data: Buffer): void => {
      output += data.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => {
      output += `\nit took longer than ${timeMsMax / 1000} s`;
      child.kill('SIGKILL');
    }, timeMsMax);
    const end = (code: number | null): void => {
      clearTimeout(timer);
      resolve({ code, output });
    };
    child.on('close', end);
    child.on('error', (error) => {
      output += error.message;
      end(null);
    });
  });
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => {
        resolve(port);
      });
    });
  });

async function withServer<T>(use: (url: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-clients-server-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = ['--data-dir', join(directory, 'data'), '--http-bind-address', `127.0.0.1:${port}`];
  const child = spawn(join(PROJECT, 'bin/sluiced'), args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: directory });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  try {
    const deadline = Date.now() + START_MS_MAX;
    while (
      !(await fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error('sluiced does not answer');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return await use(url);
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  }
}

function skip(name: string, reason: string): void {
  counts.skipped++;
  process.stdout.write(`skipped  ${name}: ${reason}\n`);
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-OUTPUT_LINES_SHOWN).join('\n');

const folderOf = ({ name }: Program): string => join(CACHE, name.toLowerCase().replace(/[^a-z0-9.]+/g, '-'));

async function tryProgram(program: Program): Promise<void> {
  const { name, needs, install, build, run } = program;
  const missing = needs.flatMap((names) => (names.some(isThere) ? [] : [names.join(' or ')]));
  if (missing.length > 0) {
    skip(name, `there is no ${missing.join(', no ')} on this machine`);
    return;
  }
  const leftMs = TOTAL_MS_MAX - (Date.now() - beganAtMs);
  if (leftMs <= 0) {
    skip(name, 'there is no time left');
    return;
  }
  const folder = folderOf(program);
  for (const command of install(folder)) {
    const { code, output } = await runCommand(command, {}, Math.min(INSTALL_MS_MAX, leftMs));
    if (code !== 0) {
      skip(name, `its client cannot be installed here\n${lastLines(output)}`);
      return;
    }
  }
  for (const command of build?.(folder) ?? []) {
    const { code, output } = await runCommand(command, {}, INSTALL_MS_MAX);
    if (code !== 0) {
      counts.failed++;
      process.stdout.write(`FAILED   ${name}: it cannot be built\n${lastLines(output)}\n`);
      return;
    }
  }
  const startedAtMs = Date.now();
  const { code, output } = await withServer(async (url) => {
    const [flaky, dropping] = await Promise.all([startFlakyProxy(url, 'answers'), startFlakyProxy(url, 'drops')]);
    const env = { SLUICE_URL: url, SLUICE_FLAKY_URL: flaky.url, SLUICE_DROPPING_URL: dropping.url, SLUICE_PASSWORD: PASSWORD };
    try {
      return await runCommand(run(folder), env, RUN_MS_MAX);
    } finally {
      flaky.stop();
      dropping.stop();
    }
  });
  const passed = output.match(/^ok .+$/gm)?.length ?? 0;
  const failed = output.match(/^failed .+$/gm)?.length ?? 0;
  // A program that ends in any other way has failed, whatever it said before.
  const isBroken = failed === 0 && (code !== 0 || passed === 0);
  counts.passed += passed;
  counts.failed += failed + (isBroken ? 1 : 0);
  const seconds = Math.round((Date.now() - startedAtMs) / 1000);
  process.stdout.write(`${failed > 0 || isBroken ? 'FAILED' : 'passed'}   ${name}: ${passed} of ${passed + failed} checks, ${seconds} s\n`);
  if (failed > 0 || isBroken) process.stdout.write(`${lastLines(output)}\n`);
}

const wanted = process.argv[2] ?? '';
for (const program of PROGRAMS) if (program.name.toLowerCase().includes(wanted.toLowerCase())) await tryProgram(program);

const earlierFile = process.env.SUMMARY_FILE;
if (earlierFile !== undefined && existsSync(earlierFile)) {
  const [, passed = '0', failed = '0', skipped = '0'] =
    /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/.exec(readFileSync(earlierFile, 'utf8')) ?? [];
  counts.passed += Number(passed);
  counts.failed += Number(failed);
  counts.skipped += Number(skipped);
}
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;
