/**
 * What README says of the command line, measured: how soon `--help` and `auth list` answer, and how fast and with how much memory `write`
 * sends a long file. Run with `npx tsx bench/cli.ts` after a build; MEGABYTES=100 and RUNS=30 are the defaults.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

const MEGABYTES = Number(process.env.MEGABYTES ?? 100);
const RUNS = Number(process.env.RUNS ?? 30);
const SAMPLE_MS = 25;
const LINES_AT_A_TIME = 1000;

const BINARIES = join(import.meta.dirname, '../bin');
const root = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const port = await new Promise<number>((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port: free } = server.address() as { port: number };
    server.close(() => {
      resolve(free);
    });
  });
});
const env = { ...process.env, HOME: root, INFLUX_HOST: `http://127.0.0.1:${port}`, INFLUX_TOKEN: 'bench-operator-token' };

interface Run {
  readonly ms: number;
  /** The most that was seen, in MB; 0 where the system does not tell. */
  readonly rssMb: number;
}

/** Progress is shown where this runs at a terminal. */
function sluice(...args: string[]): Promise<Run> {
  const startMs = performance.now();
  const child = spawn(join(BINARIES, 'sluice'), args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  let rssMb = 0;
  const sampler = setInterval(() => (rssMb = Math.max(rssMb, readPeakMb(child.pid))), SAMPLE_MS);
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => {
      clearInterval(sampler);
      if (code === 0) resolve({ ms: performance.now() - startMs, rssMb });
      else reject(new Error(`sluice ${args.join(' ')} ended with ${code}`));
    });
  });
}

function readPeakMb(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function timeStart(args: string[], wantedMs: number): Promise<void> {
  await sluice(...args);
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push((await sluice(...args)).ms);
  times.sort((a, b) => a - b);
  const at = (part: number): string => `${Math.round(times[Math.floor(part * (RUNS - 1))] ?? 0)} ms`;
  console.log(`sluice ${args.join(' ')}: median ${at(0.5)}, fastest ${at(0)}, 90% within ${at(0.9)} (wanted: ${wantedMs} ms)`);
}

async function makeFile(name: string, megabytes: number): Promise<{ path: string; lines: number }> {
  const path = join(root, name);
  const file = createWriteStream(path);
  let [bytes, lines] = [0, 0];
  while (bytes < megabytes * 1_000_000) {
    let text = '';
    for (let i = 0; i < LINES_AT_A_TIME; i++, lines++) {
      text += `cpu,host=server${lines % 100},region=eu usage_user=${(lines % 1000) / 10},usage_system=${(lines % 700) / 10} ${1_700_000_000_000 + lines}\n`;
    }
    bytes += text.length;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
  return { path, lines };
}

async function timeWrite(megabytes: number): Promise<void> {
  const { path, lines } = await makeFile(`${megabytes}.lp`, megabytes);
  const { ms, rssMb } = await sluice('write', '--org', 'bench', '--bucket', 'bench', '--precision', 'ms', '--file', path);
  const rate = `${Math.round((megabytes * 1000) / ms)} MB/s, ${Math.round((lines * 1000) / ms).toLocaleString('en-US')} lines/s`;
  console.log(`sluice write of ${megabytes} MB: ${(ms / 1000).toFixed(1)} s, ${rate}, ${Math.round(rssMb)} MB of memory at most`);
}

const args = ['--data-dir', join(root, 'data'), '--http-bind-address', `127.0.0.1:${port}`];
const server = spawn(join(BINARIES, 'sluiced'), args, { env, stdio: 'ignore' });
try {
  while (
    !(await fetch(`${env.INFLUX_HOST}/health`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await sluice('setup', '--force', '--username', 'bench', '--password', 'bench-passw0rd', '--org', 'bench', '--bucket', 'bench');
  await timeStart(['--help'], 80);
  await timeStart(['auth', 'create', '--help'], 80);
  await timeStart(['auth', 'list'], 150);
  // Memory is flat when the longer file takes no more of it.
  await timeWrite(MEGABYTES / 10);
  await timeWrite(MEGABYTES);
} finally {
  const gone = once(server, 'exit');
  server.kill('SIGTERM');
  await gone;
  rmSync(root, { recursive: true, force: true });
}
