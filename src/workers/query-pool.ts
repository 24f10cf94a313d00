/**
 * The threads that evaluate queries, and the queue of waiting queries. Users take turns, and no user gets all
 * threads.
 */
import { createHash } from 'node:crypto';
import { BoundedMap } from '../bounded/bounded-map.js';
import { FairLine } from '../bounded/fair-line.js';
import { DomainError, TryAgainLaterError } from '../domain/errors.js';
import { MemoryPool } from '../query/flux/execute/memory.js';
import { Job, type Task, type WorkAnswer } from './job.js';
import type { QueryKind, QueryObserver } from '../domain/query-observer.js';
import { QueryThread } from './query-thread.js';

export interface QueryPoolOptions {
  readonly threads: number;
  /** Queries that wait for a thread. */
  readonly waitingMax: number;
  /** Of one query; 0 for no limit. */
  readonly memoryBytesMax: number;
  /** Of all that run at the same time; 0 for no limit. */
  readonly poolBytesMax: number;
  /** Told when a thread is ended or ends by itself while it works. */
  readonly onThreadLost: (error: Error | undefined) => void;
  /** Receives events of scripts and statements, for metrics; optional. */
  readonly observer: QueryObserver | undefined;
}

/** How often what runs is looked at. */
const LOOK_INTERVAL_MS = 50;
/** A client that takes nothing for so long while others wait for a thread gives up its own. */
const STALLED_MS_MAX = 15_000;
/** Scripts that keep the parser busy are remembered for a while: a page that renews itself sends one again and again. */
const BREAKERS_MAX = 256;
const BREAKER_MS = 60_000;
/** What a thread holds when it does nothing, and what a heap holds of what is of no use any more. */
const HEAP_BASE_BYTES = 192 * 1024 * 1024;
/** What the process may grow by while queries run, beyond what their accounts explain: the engine, and writes. */
const GROWTH_BYTES = 1024 ** 3;
/** Shorter stretches explain no growth. */
const SUSPECT_STRETCH_MS = 100;

export class QueryPool {
  private readonly options: QueryPoolOptions;
  private readonly threads: (QueryThread | undefined)[];
  private readonly line: FairLine<Job>;
  private readonly runningOf = new Map<string, number>();
  /** The threads that work, and for whom. */
  private readonly userOf = new Map<QueryThread, string>();
  private readonly breakers = new BoundedMap<string, { readonly error: Error; readonly untilMs: number }>(BREAKERS_MAX);
  private readonly memoryPool: { readonly account: MemoryPool; readonly held: SharedArrayBuffer; readonly bytesMax: number } | undefined;
  private looking: NodeJS.Timeout | undefined;
  private restingBytes = Infinity;
  private isClosed = false;

  constructor(options: QueryPoolOptions) {
    this.options = options;
    this.threads = new Array<QueryThread | undefined>(options.threads).fill(undefined);
    this.line = new FairLine({ lengthMax: options.waitingMax, lengthPerUserMax: options.waitingMax });
    if (options.poolBytesMax > 0) {
      const held = new SharedArrayBuffer((1 + options.threads) * BigInt64Array.BYTES_PER_ELEMENT);
      const bytesMax = options.poolBytesMax;
      this.memoryPool = { account: new MemoryPool(bytesMax, new BigInt64Array(held)), held, bytesMax };
    }
  }

  /** Starts the first thread, so that the first query waits for none. */
  prepare(): void {
    if (this.threads.every((thread) => thread === undefined)) this.startThread();
  }

  /** @throws DomainError `too many requests` when the line is full, and whatever ends the work before its answer begins */
  run(task: Task): Promise<WorkAnswer> {
    if (this.isClosed) return Promise.reject(new DomainError('unavailable', 'the server is stopping'));
    if (task.signal.aborted) return Promise.reject(task.signal.reason as Error);
    const known = this.breakerOf(task);
    if (known !== undefined) return Promise.reject(known);
    const job = new Job(task, (given) => {
      this.end(given, new DomainError('unavailable', 'the client does not read the response'));
    });
    this.watch(job);
    const dropped = this.line.add(task.user, job);
    dropped?.fail(new TryAgainLaterError(`there are ${this.options.waitingMax} queries waiting already: try again later`, 1));
    if (dropped !== job) this.schedule();
    return job.answer;
  }

  /** Notes a query that took no thread. */
  ranHere(kind: QueryKind, ranMs: number): void {
    const { observer } = this.options;
    observer?.queued(kind);
    observer?.begun(kind);
    observer?.ended({ kind, waitedMs: 0, ranMs, result: 'success' });
  }

  /** How many wait for a thread. */
  get waiting(): number {
    return this.line.length;
  }

  /** What the accounts of all queries hold. */
  get heldBytes(): number {
    return this.memoryPool?.account.heldBytes ?? 0;
  }

  /** Ends all that runs or waits. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.looking);
    const stopping = new DomainError('unavailable', 'the server is stopping');
    for (const job of this.line.takeAll()) job.fail(stopping);
    for (const thread of this.threads) thread?.job?.fail(stopping);
    await Promise.all(this.threads.filter((thread) => thread !== undefined).map((thread) => thread.close()));
  }

  private watch(job: Job): void {
    const { signal, timeoutMs } = job.task;
    const kind = kindOf(job);
    if (kind !== undefined) this.options.observer?.queued(kind);
    const onAbort = (): void => {
      this.end(job, signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const timer =
      timeoutMs === 0
        ? undefined
        : setTimeout(() => {
            this.end(job, tookTooLong(timeoutMs));
          }, timeoutMs);
    timer?.unref();
    job.onEnd = () => {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      if (kind !== undefined) this.options.observer?.ended({ kind, ...job.ended });
    };
  }

  /** Ends a job, wherever it is. */
  private end(job: Job, reason: unknown): void {
    this.line.remove(job.task.user, job);
    job.fail(reason);
    for (const thread of this.threads) thread?.giveUp(job);
  }

  /** Gives work to idle threads, and starts one where there is work and none. */
  private schedule(): void {
    if (this.isClosed) return;
    for (const thread of this.threads) {
      if (thread?.isReady !== true || thread.job !== undefined) continue;
      const job = this.line.take((user) => this.mayRun(user));
      if (job === undefined) return;
      this.give(job, thread);
    }
    if (this.line.length === 0) return;
    const isStarting = this.threads.some((thread) => thread !== undefined && !thread.isReady);
    if (!isStarting && this.line.some((user) => this.mayRun(user))) this.startThread();
  }

  /** The last thread is kept for others. */
  private mayRun(user: string): boolean {
    return (this.runningOf.get(user) ?? 0) < Math.max(1, this.options.threads - 1);
  }

  private give(job: Job, thread: QueryThread): void {
    const { user } = job.task;
    this.runningOf.set(user, (this.runningOf.get(user) ?? 0) + 1);
    if (this.looking === undefined) {
      this.restingBytes = Math.min(this.restingBytes, process.memoryUsage.rss());
      this.looking = setInterval(() => {
        this.look();
      }, LOOK_INTERVAL_MS);
      this.looking.unref();
    }
    this.userOf.set(thread, user);
    const kind = kindOf(job);
    if (kind !== undefined) this.options.observer?.begun(kind);
    thread.run(job);
  }

  private released(thread: QueryThread): void {
    const user = this.userOf.get(thread);
    if (user === undefined) return;
    this.userOf.delete(thread);
    const left = (this.runningOf.get(user) ?? 1) - 1;
    if (left === 0) this.runningOf.delete(user);
    else this.runningOf.set(user, left);
  }

  private startThread(): void {
    const place = this.threads.indexOf(undefined);
    if (place < 0 || this.isClosed) return;
    const { memoryBytesMax } = this.options;
    this.threads[place] = new QueryThread({
      place,
      memoryBytesMax: memoryBytesMax === 0 ? Number.MAX_SAFE_INTEGER : memoryBytesMax,
      heapBytesMax: memoryBytesMax === 0 ? Infinity : 2 * memoryBytesMax + HEAP_BASE_BYTES,
      pool: this.memoryPool && { bytesMax: this.memoryPool.bytesMax, held: this.memoryPool.held },
      onIdle: (thread) => {
        this.released(thread);
        this.memoryPool?.account.forget(place);
        this.schedule();
      },
      onExit: (thread, error) => {
        this.onExit(thread, error);
      },
      onBreaker: (job, error) => {
        this.remember(job.task, error);
      },
    });
  }

  private onExit(thread: QueryThread, error: Error | undefined): void {
    this.released(thread);
    if (this.threads[thread.place] !== thread) return;
    this.threads[thread.place] = undefined;
    this.memoryPool?.account.forget(thread.place);
    if (this.isClosed) return;
    this.options.onThreadLost(error);
    // A thread that cannot start is not restarted in a loop: the first waiting caller receives the error.
    if (!thread.hasBeenReady) this.line.take(() => true)?.fail(new Error('no thread can be started', { cause: error }));
    this.schedule();
    if (this.threads.every((other) => other === undefined) && thread.hasBeenReady) this.startThread();
  }

  private look(): void {
    if (this.userOf.size === 0) {
      clearInterval(this.looking);
      this.looking = undefined;
      return;
    }
    for (const thread of this.threads) {
      thread?.look();
      const job = thread?.job;
      if (job !== undefined && this.line.length > 0 && job.stalledMs > STALLED_MS_MAX) {
        this.end(job, new DomainError('unavailable', 'the answer is not read, and others wait for the thread'));
      }
    }
    this.lookAtMemory();
  }

  /** What no account explains is ended at the one who holds most. */
  private lookAtMemory(): void {
    const { memoryBytesMax } = this.options;
    if (this.memoryPool === undefined || memoryBytesMax === 0) return;
    const allowed = this.restingBytes + 2 * this.memoryPool.bytesMax + this.options.threads * HEAP_BASE_BYTES + GROWTH_BYTES;
    if (process.memoryUsage.rss() < allowed) return;
    const suspects = [...this.userOf.keys()].filter((thread) => thread.stretchMs > SUSPECT_STRETCH_MS || thread.heapBytes > memoryBytesMax);
    const [worst] = suspects.sort((a, b) => b.heapBytes - a.heapBytes || b.stretchMs - a.stretchMs);
    worst?.endForMemory();
  }

  private breakerOf({ work }: Task): Error | undefined {
    if (this.breakers.size === 0) return undefined;
    const digest = digestOf(work);
    const known = digest === undefined ? undefined : this.breakers.get(digest);
    return known !== undefined && known.untilMs > performance.now() ? known.error : undefined;
  }

  private remember({ work }: Task, error: Error): void {
    const digest = digestOf(work);
    if (digest === undefined) return;
    this.breakers.setLast(digest, { error, untilMs: performance.now() + BREAKER_MS });
  }
}

export const tookTooLong = (timeoutMs: number): DomainError =>
  new DomainError('unavailable', `the query took longer than the ${timeoutMs} ms of --query-timeout`);

const kindOf = ({ task: { work } }: Job): QueryKind | undefined =>
  work.kind === 'flux' || work.kind === 'influxql' ? work.kind : undefined;

const digestOf = (work: Task['work']): string | undefined =>
  'body' in work ? createHash('sha256').update(`${work.kind}\0`).update(work.body).digest('base64') : undefined;
