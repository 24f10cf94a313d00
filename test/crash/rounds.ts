/**
 * Crash rounds: the real server works for several clients, is killed at any moment or just when its files change, and is started again,
 * perhaps some times in a row; after each start it holds all that was acknowledged, and nothing that was deleted.
 */
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { launchProcess, type ServerProcess } from '../support/process.js';
import { createRandom, type Random } from '../support/random.js';
import { checkSecrets, lookAt } from './look.js';
import { Model } from './model.js';
import { WorkingClient, type Sizes } from './work.js';

export interface CrashOptions extends Sizes {
  readonly rounds: number;
  readonly seed: number;
  readonly clients: number;
  /** Copies of the data directory that are kept, each made before a start; the newest show what a start made of them. */
  readonly copiesKept?: number | undefined;
  /** Called before each start but the first. */
  readonly beforeStart?: ((dataDirectory: string, startNumber: number) => void) | undefined;
  readonly tell: (line: string) => void;
}

export interface CrashReport {
  /** What was found wrong, and after which round; empty when all is well. */
  readonly faults: readonly string[];
  readonly round: number;
  readonly startCount: number;
  readonly directory: string;
}

/** What happens to the files when a log is begun and given up, and when DuckDB commits and checkpoints. */
const EVENTS = [
  { pattern: '^log-\\d+$', change: 'made' },
  { pattern: '^log-\\d+$', change: 'gone' },
  { pattern: '^log-\\d+$', change: 'written' },
  { pattern: '\\.duckdb\\.wal', change: 'made' },
  { pattern: '\\.duckdb\\.wal', change: 'gone' },
  { pattern: '\\.duckdb\\.wal', change: 'written' },
  { pattern: '\\.duckdb$', change: 'written' },
  { pattern: '^sluice\\.sqlite-wal$', change: 'written' },
] as const;

const WORK_MS_MAX = 1200;
const EVENT_DEADLINE_MS = 2500;
const START_DEADLINE_MS = 600;
const STOP_DEADLINE_MS = 400;
const SETTLE_MS_MAX = 200;
const FAULTS_TOLD_MAX = 40;

class Rounds {
  readonly #options: CrashOptions;
  readonly #random: Random;
  readonly #model = new Model();
  readonly #killer = new Worker(new URL('./aim.mjs', import.meta.url));
  #directory: string | undefined;
  #operator = '';
  #startCount = 0;
  #clients: WorkingClient[] = [];

  constructor(options: CrashOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
  }

  async run(): Promise<CrashReport> {
    const { rounds, tell } = this.#options;
    let round = 0;
    try {
      let server = await this.#start();
      await this.#prepare(server);
      for (round = 1; round <= rounds; round++) {
        const [seen, how] = [this.#model.pointCount, await this.#workAndEnd(server)];
        let restarts = 0;
        for (; this.#random.chance(0.35) && restarts < 4; restarts++) await this.#cutStart();
        for (; this.#random.chance(0.35) && restarts < 4; restarts++) await this.#startCheckAndEnd();
        server = await this.#start();
        const faults = await this.#check(server);
        tell(`round ${round}: ${how}; ${restarts} starts between; ${this.#model.pointCount} points (${seen} before)`);
        if (faults.length > 0) {
          await server.stop('SIGKILL');
          return this.#report(round, faults);
        }
      }
      await server.stop();
      return this.#report(rounds, []);
    } catch (error) {
      return this.#report(
        round,
        error instanceof FaultsError ? error.faults : [error instanceof Error ? (error.stack ?? error.message) : String(error)],
      );
    } finally {
      await this.#killer.terminate();
    }
  }

  #report(round: number, faults: readonly string[]): CrashReport {
    const told = faults.slice(0, FAULTS_TOLD_MAX);
    if (told.length < faults.length) told.push(`... and ${faults.length - told.length} more`);
    return { faults: told, round, startCount: this.#startCount, directory: this.#directory ?? '' };
  }

  async #prepare(server: ServerProcess): Promise<void> {
    const { operator, orgId, bucketId } = await server.client.setUp();
    this.#operator = operator.token;
    this.#model.addBucket('data', bucketId);
    this.#clients = Array.from(
      { length: this.#options.clients },
      (_, number) =>
        new WorkingClient(number, createRandom(this.#random.below(2 ** 31)), {
          server: server.client,
          operator: operator.token,
          orgId,
          model: this.#model,
          sizes: this.#options,
        }),
    );
  }

  async #launch(): ReturnType<typeof launchProcess> {
    this.#keepCopy();
    this.#startCount++;
    if (this.#directory !== undefined) this.#options.beforeStart?.(join(this.#directory, 'data'), this.#startCount);
    return launchProcess(this.#directory === undefined ? {} : { directory: this.#directory });
  }

  #keepCopy(): void {
    const { copiesKept = 0 } = this.#options;
    if (copiesKept === 0 || this.#directory === undefined) return;
    const copyOf = (start: number): string => join(this.#directory as string, `before-start-${start}`);
    cpSync(join(this.#directory, 'data'), copyOf(this.#startCount + 1), { recursive: true });
    rmSync(copyOf(this.#startCount + 1 - copiesKept), { recursive: true, force: true });
  }

  async #start(): Promise<ServerProcess> {
    const server = await (await this.#launch()).ready;
    this.#directory = server.directory;
    return server;
  }

  async #check(server: ServerProcess): Promise<string[]> {
    const faults = this.#model.compare(await lookAt(server.client, this.#operator, this.#model));
    return [...faults, ...(await checkSecrets(server.client, this.#model))];
  }

  /** Lets all clients work, until the server is ended in one of several ways. */
  async #workAndEnd(server: ServerProcess): Promise<string> {
    const work = Promise.all(this.#clients.map((client) => client.work(server.client)));
    // An error is seen below; meanwhile nobody may be waiting for it.
    work.catch(() => undefined);
    let how: string;
    switch (this.#random.weighted({ time: 3, event: 6, stop: 1, 'stop and kill': 2 })) {
      case 'time':
        how = await this.#kill(server.child.pid, this.#random.between(20, WORK_MS_MAX));
        break;
      case 'event': {
        await sleep(this.#random.below(WORK_MS_MAX >> 1));
        how = await this.#killAtEvent(server.child.pid, EVENT_DEADLINE_MS);
        break;
      }
      case 'stop':
        await sleep(this.#random.between(20, WORK_MS_MAX));
        how = `stopped with ${await server.stop()}`;
        break;
      case 'stop and kill': {
        await sleep(this.#random.between(20, WORK_MS_MAX));
        server.child.kill('SIGTERM');
        how = `stopped, and ${await this.#killSometime(server.child.pid, STOP_DEADLINE_MS)}`;
      }
    }
    await server.stop('SIGKILL');
    await work;
    return how;
  }

  /** A start that is cut off somewhere. */
  async #cutStart(): Promise<void> {
    const { child, ready } = await this.#launch();
    const end = ready.catch((error: unknown) => error);
    await this.#killSometime(child.pid, START_DEADLINE_MS);
    const outcome = await end;
    // A server that was ready before it was killed may still be ending, and hold the data directory.
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    // What ends by itself has refused to start.
    if (outcome instanceof Error && child.exitCode !== null) throw outcome;
  }

  /** A start without any work. */
  async #startCheckAndEnd(): Promise<void> {
    const server = await this.#start();
    const faults = await this.#check(server);
    await sleep(this.#random.below(SETTLE_MS_MAX));
    await server.stop(faults.length > 0 || this.#random.chance(0.5) ? 'SIGKILL' : 'SIGTERM');
    if (faults.length > 0) throw new FaultsError(faults);
  }

  #killSometime(pid: number | undefined, deadlineMs: number): Promise<string> {
    return this.#random.chance(0.5) ? this.#kill(pid, this.#random.between(1, deadlineMs)) : this.#killAtEvent(pid, deadlineMs);
  }

  #killAtEvent(pid: number | undefined, deadlineMs: number): Promise<string> {
    const event = this.#random.pick(EVENTS);
    // Rows that are sorted or moved are written after those of drains.
    const nth = event.change === 'written' ? this.#random.between(1, this.#random.chance(0.5) ? 20 : 200) : this.#random.between(1, 3);
    const delayMs = this.#random.chance(0.5) ? 0 : this.#random.between(1, 12);
    return this.#kill(pid, deadlineMs, { ...event, nth, delayMs });
  }

  #kill(pid: number | undefined, deadlineMs: number, event: object = {}): Promise<string> {
    const directory = join(this.#directory ?? '', 'data');
    const done = new Promise<string>((resolve) => this.#killer.once('message', resolve));
    this.#killer.postMessage({ pid, directory, deadlineMs, ...event });
    return done.then((why) => `killed ${why}`);
  }
}

class FaultsError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults[0]);
    this.faults = faults;
  }
}

export const runRounds = (options: CrashOptions): Promise<CrashReport> => new Rounds(options).run();
