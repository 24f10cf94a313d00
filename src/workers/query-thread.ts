/** One thread that works: started, given one job at a time, watched, and ended when it does not end by itself. */
import type { Worker } from 'node:worker_threads';
import { DomainError } from '../domain/errors.js';
import { STRETCH_MS_MAX, tookTooLong } from '../query/flux/execute/turn.js';
import { tooDeep, tookTooLongToParse } from '../query/flux/syntax/parser.js';
import { holdsTooMuch } from './heap-watch.js';
import type { Job } from './job.js';
import type { FromWorker, WorkerSettings } from './messages.js';
import { ABORTED, GOES_ON, HOLDS_TOO_MUCH, SharedCells, TOOK_TOO_LONG } from './shared-cells.js';
import { startWorker } from './start-worker.js';
import { processorMs } from './thread-clock.js';

/** For a query that has to end to do so by itself. */
const GRACE_MS = 250;
/** For the machine to find the time that a script may take to be parsed. */
const PARSE_WALL_MS_MAX = 30_000;
/** The heap grows in steps that nothing announces, and V8 ends the process where it meets a limit: this one is never met. */
const HEAP_ROOM_BYTES = 2 * 1024 ** 3;
const MEBIBYTE = 1024 * 1024;

export interface ThreadEvents {
  /** It has nothing to do. */
  onIdle(thread: QueryThread): void;
  /** It is no more. */
  onExit(thread: QueryThread, error: Error | undefined): void;
  /** A script has kept the parser busy for too long. */
  onBreaker(job: Job, error: Error): void;
}

export interface ThreadOptions extends ThreadEvents {
  /** Its place among the threads. */
  readonly place: number;
  readonly memoryBytesMax: number;
  readonly heapBytesMax: number;
  readonly pool: { readonly bytesMax: number; readonly held: SharedArrayBuffer } | undefined;
}

export class QueryThread {
  readonly place: number;
  job: Job | undefined;
  isReady = false;
  /** Whether it has started as it should. */
  hasBeenReady = false;

  private readonly options: ThreadOptions;
  private readonly cells = new SharedCells();
  private worker: Worker | undefined;
  private threadId: string | undefined;
  private isEnded = false;
  private stretch = { number: -1, sinceMs: 0, processorMs: 0, activeMs: 0 };
  private grace: NodeJS.Timeout | undefined;
  private lastError: Error | undefined;

  constructor(options: ThreadOptions) {
    this.options = options;
    this.place = options.place;
    this.start().catch((error: unknown) => {
      this.exited(error instanceof Error ? error : new Error(String(error)));
    });
  }

  private async start(): Promise<void> {
    const { place, memoryBytesMax, heapBytesMax, pool } = this.options;
    const settings: WorkerSettings = { cells: this.cells.buffer, pool: pool && { ...pool, taker: place }, memoryBytesMax, heapBytesMax };
    const limits = Number.isFinite(heapBytesMax)
      ? { maxOldGenerationSizeMb: Math.ceil((2 * heapBytesMax + HEAP_ROOM_BYTES) / MEBIBYTE) }
      : {};
    const worker = await startWorker(settings, limits);
    if (this.isEnded) {
      await worker.terminate();
      return;
    }
    this.worker = worker;
    // A thread does not keep the process alive; a caller that waits for a response does.
    worker.unref();
    worker
      .on('message', (message: FromWorker) => {
        this.receive(message);
      })
      .on('error', (error: Error) => {
        this.lastError = error;
      })
      .on('exit', () => {
        this.exited(this.lastError);
      });
  }

  /** Gives it work; it must be idle. */
  run(job: Job): void {
    const { worker } = this;
    if (worker === undefined || this.job !== undefined) throw new Error('a thread that is not idle was given work');
    this.job = job;
    this.cells.ends = GOES_ON;
    this.stretch = { ...this.stretch, number: -1 };
    job.begin((message, transfer) => {
      worker.postMessage(message, transfer);
    });
  }

  /** Has the job end; where it does not do so soon, the thread is ended. */
  giveUp(job: Job, why = ABORTED): void {
    if (this.job !== job || this.grace !== undefined) return;
    this.cells.ends = why;
    this.worker?.postMessage({ kind: 'abort', job: job.id });
    this.grace = setTimeout(() => {
      this.kill();
    }, GRACE_MS);
  }

  /** Ends the thread, whatever it does. */
  kill(): void {
    this.isEnded = true;
    this.isReady = false;
    void this.worker?.terminate();
  }

  async close(): Promise<void> {
    this.isEnded = true;
    await this.worker?.terminate();
  }

  get heapBytes(): number {
    return this.cells.heapBytes;
  }

  /** What is wrong with what it does, looked at now and then while it works. */
  look(): void {
    const { job } = this;
    if (job === undefined || this.grace !== undefined) return;
    const nowMs = performance.now();
    const number = this.cells.stretch;
    if (number !== this.stretch.number) {
      this.stretch = { number, sinceMs: nowMs, processorMs: processorMs(this.threadId), activeMs: this.activeMs };
      return;
    }
    const lastedMs = nowMs - this.stretch.sinceMs;
    const { parseLimitMs } = this.cells;
    if (parseLimitMs > 0) {
      if (lastedMs >= parseLimitMs && this.workedMs() >= parseLimitMs) {
        const error = tookTooLongToParse(parseLimitMs);
        this.options.onBreaker(job, error);
        job.fail(error);
        this.kill();
      } else if (lastedMs >= PARSE_WALL_MS_MAX) {
        job.fail(
          new DomainError(
            'unavailable',
            `the server had no time to parse the script within ${PARSE_WALL_MS_MAX / 1000} s; try again later`,
          ),
        );
        this.kill();
      }
    } else if (lastedMs >= STRETCH_MS_MAX && this.workedMs() >= STRETCH_MS_MAX) {
      job.fail(tookTooLong());
      this.giveUp(job, TOOK_TOO_LONG);
    }
  }

  /** Ends what it does, for the sake of the memory of all. */
  endForMemory(): void {
    const { job } = this;
    if (job === undefined) return;
    job.fail(holdsTooMuch(this.options.heapBytesMax));
    this.giveUp(job, HOLDS_TOO_MUCH);
  }

  /** Milliseconds for which it has worked without a pause that it told of. */
  get stretchMs(): number {
    return this.cells.stretch === this.stretch.number ? performance.now() - this.stretch.sinceMs : 0;
  }

  /** For how long the processor worked for it in this stretch. Where the system does not say, it is no more than it was busy. */
  private workedMs(): number {
    const worked = processorMs(this.threadId) - this.stretch.processorMs;
    return this.threadId === undefined ? Math.min(worked, this.activeMs - this.stretch.activeMs) : worked;
  }

  private get activeMs(): number {
    return this.worker?.performance.eventLoopUtilization().active ?? 0;
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'ready') {
      this.threadId = message.threadId;
      this.isReady = this.hasBeenReady = true;
      if (!this.isEnded) this.options.onIdle(this);
      return;
    }
    const { job } = this;
    if (job === undefined || ('job' in message && message.job !== job.id)) return;
    if (!job.receive(message)) return;
    this.job = undefined;
    clearTimeout(this.grace);
    this.grace = undefined;
    if (!this.isEnded) this.options.onIdle(this);
  }

  private exited(error: Error | undefined): void {
    const { job } = this;
    this.job = undefined;
    this.isEnded = true;
    this.isReady = false;
    clearTimeout(this.grace);
    this.worker = undefined;
    if (job !== undefined) this.failOf(job, error);
    this.options.onExit(this, error);
  }

  /** Tells the waiting caller why the thread has ended. */
  private failOf(job: Job, error: Error | undefined): void {
    if ((error as { readonly code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY') {
      job.fail(holdsTooMuch(this.options.heapBytesMax));
    } else if (this.cells.parseLimitMs > 0) {
      const failure = tooDeep(error);
      this.options.onBreaker(job, failure);
      job.fail(failure);
    } else job.fail(new Error('the thread of a query has ended', { cause: error }));
  }
}
