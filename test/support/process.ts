/** The built binaries as a user runs them: processes of their own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { newServerDirectory, PLAIN_FILE } from './artifacts.js';
import { TestClient } from './server.js';

const PROJECT = join(import.meta.dirname, '../..');
const START_TIMEOUT_MS = 20_000;

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nothing of the surroundings reaches a child but what it needs to run. */
const environment = (extra: Record<string, string> = {}): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  ...extra,
});

/** Runs a binary to its end. */
export async function runBinary(
  name: 'sluice' | 'sluiced',
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; input?: string } = {},
): Promise<Outcome> {
  const child = spawn(join(PROJECT, 'bin', name), args, { env: environment(options.env), cwd: options.cwd ?? '/' });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', reject);
  });
  return { code, stdout, stderr };
}

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => {
        resolve(port);
      });
    });
  });

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly url: string;
  readonly client: TestClient;
  readonly directory: string;
  readonly dataDirectory: string;
  readonly log: () => string;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface ProcessOptions {
  readonly flags?: readonly string[];
  readonly env?: Record<string, string>;
  readonly directory?: string;
  /** A free one without it. */
  readonly port?: number;
}

/** Starts `sluiced` and waits until it answers; rejects with its output when it ends instead. */
export const startProcess = async (options: ProcessOptions = {}): Promise<ServerProcess> => (await launchProcess(options)).ready;

/** Starts `sluiced`, for who wants to end it before it answers. */
export async function launchProcess(options: ProcessOptions = {}): Promise<{ child: ChildProcess; ready: Promise<ServerProcess> }> {
  const directory = options.directory ?? newServerDirectory();
  const dataDirectory = join(directory, 'data');
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const args = ['--data-dir', dataDirectory, '--http-bind-address', `127.0.0.1:${port}`, ...(options.flags ?? [])];
  if (options.flags?.includes('--use-hashed-tokens=false')) writeFileSync(join(directory, PLAIN_FILE), '');
  const child = spawn(join(PROJECT, 'bin/sluiced'), args, { env: environment(options.env), cwd: directory });
  let log = '';
  const keep = (data: Buffer): void => {
    log += data.toString();
    appendFileSync(join(directory, 'log'), data);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));

  return { child, ready: waitUntilReady() };

  async function waitUntilReady(): Promise<ServerProcess> {
    const client = new TestClient(url);
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`sluiced ended with ${child.exitCode ?? child.signalCode}: ${log}`);
      if (
        await client.get('/health').then(
          ({ status }) => status === 200,
          () => false,
        )
      )
        break;
      if (Date.now() > deadline) throw new Error(`sluiced does not answer: ${log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return {
      child,
      url,
      client,
      directory,
      dataDirectory,
      log: () => log,
      async stop(signal = 'SIGTERM') {
        child.kill(signal);
        return ended;
      },
    };
  }
}

export interface SpawnedServer {
  readonly child: ChildProcess;
  readonly log: () => string;
  /** Waits until a text stands in the log; rejects when the process ends, or time does. */
  says(text: string): Promise<void>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `sluiced` with these arguments and no others, for who does not talk plain HTTP to it. */
export function spawnServer(args: readonly string[], env: Record<string, string> = {}, cwd = '/'): SpawnedServer {
  const child = spawn(join(PROJECT, 'bin/sluiced'), args, { env: environment(env), cwd });
  let log = '';
  child.stdout.on('data', (data: Buffer) => (log += data.toString()));
  child.stderr.on('data', (data: Buffer) => (log += data.toString()));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return {
    child,
    log: () => log,
    async says(text) {
      const deadline = Date.now() + START_TIMEOUT_MS;
      while (!log.includes(text)) {
        if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline)
          throw new Error(`sluiced did not say ${JSON.stringify(text)}: ${log}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}
