/** The built server for a benchmark, in a process and a data directory of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PORT = Number(process.env.PORT ?? 19_086);
/** Another build may be measured by its own program. */
const PROGRAM = process.env.PROGRAM ?? join(import.meta.dirname, '../bin/sluiced');
export const URL_BASE = `http://127.0.0.1:${PORT}`;
export const OPERATOR = 'bench-operator-token';

const root = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
export const dataDirectory = join(root, 'data');

export const removeData = (): void => {
  rmSync(root, { recursive: true, force: true });
};

/** Resolves when it answers. */
export async function startServer(...flags: string[]): Promise<ChildProcess> {
  const child = spawn(PROGRAM, ['--data-dir', dataDirectory, '--http-bind-address', `127.0.0.1:${PORT}`, ...flags], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`sluiced ended with ${child.exitCode}`);
    const isReady = await fetch(`${URL_BASE}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isReady) return child;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export const stopServer = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.on('exit', () => {
      resolve();
    });
    child.kill('SIGTERM');
  });

/** @returns what was answered, from JSON */
export async function call(method: string, path: string, body?: unknown, token = OPERATOR): Promise<any> {
  const answer = await fetch(URL_BASE + path, {
    method,
    headers: { authorization: `Token ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

export const setUp = (): Promise<any> =>
  call('POST', '/api/v2/setup', { username: 'admin', password: 'bench-passw0rd', org: 'acme', bucket: 'data', token: OPERATOR });

export const row = (name: string, value: string): void => {
  console.log(`${name.padEnd(72)} ${value}`);
};

export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** Megabytes that a process has in memory now, and had at the most. */
export function memoryOf({ pid }: ChildProcess): { residentMb: number; peakMb: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024;
  return { residentMb: Math.round(megabytes('VmRSS')), peakMb: Math.round(megabytes('VmHWM')) };
}
