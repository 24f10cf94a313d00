/** A server under load: this build in a process of its own, or any InfluxDB 2.x that `--against` names. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS_MAX = 120_000;
const TOKEN = 'bench-operator-token';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

export interface TargetOptions {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly org: string;
  /** Starts the server, for one that is to be started, restarted and stopped here. */
  readonly command?: readonly [program: string, args: readonly string[], usesShell: boolean] | undefined;
  /** The process, where it runs on this machine and was started by others. */
  readonly pid?: number | undefined;
  /** Removed at the end. */
  readonly directory?: string | undefined;
}

export class Target {
  readonly name: string;
  readonly url: string;
  readonly token: string;
  readonly #options: TargetOptions;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  #child: ChildProcess | undefined;
  org: string;
  orgID = '';
  version = '';

  constructor(options: TargetOptions) {
    this.#options = options;
    this.name = options.name;
    this.url = options.url;
    this.token = options.token;
    this.org = options.org;
  }

  get canRestart(): boolean {
    return this.#options.command !== undefined;
  }

  get pid(): number | undefined {
    return this.#child?.pid ?? this.#options.pid;
  }

  /** Starts it where it is to be started here, sets it up where nobody has, and finds the organization. */
  async open(): Promise<void> {
    await this.start();
    const { allowed } = (await this.json('GET', '/api/v2/setup')) as { allowed: boolean };
    if (allowed) {
      const { org, token } = this;
      await this.json('POST', '/api/v2/setup', { username: 'admin', password: 'bench-passw0rd', org, bucket: 'first', token });
    }
    const { orgs } = (await this.json('GET', `/api/v2/orgs?org=${encodeURIComponent(this.org)}`)) as { orgs: { id: string }[] };
    const [found] = orgs;
    if (found === undefined) throw new Error(`${this.name} has no organization ${this.org}: name one with --org`);
    this.orgID = found.id;
    const { version, commit } = (await this.json('GET', '/health')) as { version?: string; commit?: string };
    this.version = `${version ?? '?'}${commit === undefined ? '' : ` (${commit})`}`;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const { command } = this.#options;
    if (command !== undefined) {
      const [program, args, shell] = command;
      this.#child = spawn(program, args, { shell, stdio: ['ignore', 'ignore', 'inherit'] });
    }
    const endsAtMs = performance.now() + READY_MS_MAX;
    for (;;) {
      const isReady = await this.send('GET', '/health').then(
        ({ status }) => status === 200,
        () => false,
      );
      if (isReady) return;
      if (typeof this.#child?.exitCode === 'number' || performance.now() > endsAtMs) throw new Error(`${this.name} does not answer`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        resolve();
      });
    });
    child.kill('SIGTERM');
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    this.#agent.destroy();
    if (this.#options.directory !== undefined) rmSync(this.#options.directory, { recursive: true, force: true });
  }

  send(method: string, path: string, body: Buffer | string = '', contentType = 'application/json'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Token ${this.token}`, 'content-type': contentType };
      const sent = request(this.url + path, { method, agent: this.#agent, headers }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () => {
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) });
        });
        answer.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** @throws Error for an answer that is no success */
  async must(...[method, path, body, contentType]: Parameters<Target['send']>): Promise<Buffer> {
    const answer = await this.send(method, path, body, contentType);
    if (answer.status >= 300) throw new Error(`${this.name}: ${method} ${path}: ${answer.status} ${answer.body.toString()}`);
    return answer.body;
  }

  async json(method: string, path: string, body?: unknown): Promise<unknown> {
    const text = (await this.must(method, path, body === undefined ? '' : JSON.stringify(body))).toString();
    return text === '' ? undefined : JSON.parse(text);
  }

  write(bucket: string, lines: Buffer | string, precision = 's'): Promise<Buffer> {
    return this.must('POST', `${this.writePath(bucket)}&precision=${precision}`, lines, 'text/plain');
  }

  writePath(bucket: string): string {
    return `/api/v2/write?orgID=${this.orgID}&bucket=${bucket}`;
  }

  query(script: string): Promise<Buffer> {
    return this.must('POST', `/api/v2/query?orgID=${this.orgID}`, script, 'application/vnd.flux');
  }

  async createBucket(name: string): Promise<string> {
    const { id } = (await this.json('POST', '/api/v2/buckets', { orgID: this.orgID, name })) as { id: string };
    return id;
  }

  /** Milliseconds for which processors have worked for it; undefined where that is not known. */
  cpuMs(): number | undefined {
    const { pid } = this;
    if (pid === undefined) return undefined;
    // The name of the program may hold blanks; what follows it does not.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  memory(): { readonly residentMb: number; readonly peakMb: number } | undefined {
    const { pid } = this;
    if (pid === undefined) return undefined;
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const megabytes = (name: string): number => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
    return { residentMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') };
  }

  /** Megabytes on the disk, of a server whose directory is known. */
  diskMb(): number | undefined {
    const { directory } = this.#options;
    if (directory === undefined) return undefined;
    const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    return names.reduce((sum, name) => sum + (statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0), 0) / 1e6;
  }
}

/** This build, on a port and in a directory of its own. */
export function sluice(port: number): Target {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const program = process.env.PROGRAM ?? join(import.meta.dirname, '../bin/sluiced');
  const args = ['--data-dir', join(directory, 'data'), '--http-bind-address', `127.0.0.1:${port}`];
  const url = `http://127.0.0.1:${port}`;
  return new Target({ name: 'Sluice', url, token: TOKEN, org: 'bench', command: [program, args, false], directory });
}
