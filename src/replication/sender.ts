/** Sends what waits in the queue of a replication, in its order, and tries again for as long as it takes. */
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import {
  MAX_AGE_SECONDS_DEFAULT,
  REQUEST_BYTES_MAX,
  REQUEST_POINTS_MAX,
  type RemoteAnswer,
  type Replication,
} from '../domain/replication.js';
import type { Entry } from './frames.js';
import type { QueuedEntries, ReplicationQueue } from './queue.js';

/** InfluxDB's waits (replications/remotewrite): 0.5 s, 1 s, 2 s, ..., and this after so many. */
const FIRST_WAIT_MS = 500;
const DOUBLED_MAX = 10;
const WAIT_MS_MAX = 15 * 60_000;
/** How often it is looked whether entries became too old. */
const AGE_INTERVAL_MS = 60_000;
const ENTRIES_MAX = 1_000;
/** The points themselves are refused, so that they would be again. */
const REFUSED_FOR_GOOD = [400, 413, 422];
const WRITTEN = 204;

const zip = promisify(gzip);
const unzip = promisify(gunzip);

export interface SenderOptions {
  readonly queue: ReplicationQueue;
  readonly now: () => number;
  /** What the replication says now. */
  readonly replication: () => Replication;
  readonly send: (replication: Replication, gzipped: Uint8Array, signal: AbortSignal) => Promise<RemoteAnswer>;
  readonly onSent: (pointCount: number) => void;
  /** It will be tried again, after so many milliseconds. */
  readonly onFailed: (answer: RemoteAnswer, waitMs: number) => void;
  readonly onDropped: (pointCount: number, reason: string) => void;
  readonly onError: (error: unknown) => void;
}

export class Sender {
  readonly #options: SenderOptions;
  readonly #ending = new AbortController();
  readonly #running: Promise<void>;
  #wake: (() => void) | undefined;
  #isCalled = false;
  #failureCount = 0;
  /** Entries that were refused together, and are sent alone to find out which of them are at fault. */
  #suspectCount = 0;
  #agedAtMs = -Infinity;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  /** There is something new to send. It does not shorten a wait after a failure. */
  noteAppended(): void {
    if (this.#failureCount > 0) return;
    this.#call();
  }

  /** Tries again at once: where or how to send may be different now. */
  tryAgain(): void {
    this.#failureCount = 0;
    this.#call();
  }

  async stop(): Promise<void> {
    this.#ending.abort(new Error('the server stops'));
    this.#call();
    await this.#running;
  }

  #call(): void {
    this.#isCalled = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.#step(signal);
      } catch (error) {
        if (this.#ending.signal.aborted) return;
        this.#options.onError(error);
        this.#failureCount++;
        await this.#wait(waitAfter(this.#failureCount));
      }
    }
  }

  async #step(signal: AbortSignal): Promise<void> {
    const { queue, now, replication, send, onSent, onFailed, onDropped } = this.#options;
    this.#isCalled = false;
    if (now() - this.#agedAtMs >= AGE_INTERVAL_MS) await this.#dropOld();
    const entriesMax = this.#suspectCount > 0 ? 1 : ENTRIES_MAX;
    const queued = await queue.peek({ entriesMax, pointsMax: REQUEST_POINTS_MAX, bytesMax: REQUEST_BYTES_MAX });
    if (queued === undefined) {
      this.#failureCount = 0;
      await this.#wait(Infinity);
      return;
    }
    const about = replication();
    const answer = await send(about, await joinEntries(queued.entries), signal);
    signal.throwIfAborted();
    queue.noteAnswer(answer.status, answer.message);
    if (answer.status === WRITTEN) {
      this.#failureCount = 0;
      this.#suspectCount = Math.max(0, this.#suspectCount - queued.entries.length);
      await queue.advance(queued.end);
      onSent(pointsOf(queued));
      return;
    }
    const isRefusedForGood = REFUSED_FOR_GOOD.includes(answer.status);
    if (isRefusedForGood && queued.entries.length > 1) {
      this.#suspectCount = queued.entries.length;
      return;
    }
    if (isRefusedForGood && about.dropNonRetryableData) {
      this.#suspectCount = Math.max(0, this.#suspectCount - 1);
      await queue.advance(queued.end);
      onDropped(pointsOf(queued), answer.message);
      return;
    }
    this.#failureCount++;
    const waitMs = Math.min(answer.retryAfterMs || waitAfter(this.#failureCount), WAIT_MS_MAX);
    onFailed(answer, waitMs);
    await this.#wait(waitMs);
  }

  /** Until the time is over, or it is called; entries become too old meanwhile. */
  async #wait(waitMs: number): Promise<void> {
    const { now } = this.#options;
    for (let leftMs = waitMs; leftMs > 0 && !this.#isCalled && !this.#ending.signal.aborted; leftMs -= AGE_INTERVAL_MS) {
      const pauseMs = Math.min(leftMs, AGE_INTERVAL_MS);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs).unref();
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
      if (now() - this.#agedAtMs >= AGE_INTERVAL_MS) await this.#dropOld();
    }
  }

  async #dropOld(): Promise<void> {
    const { queue, now, replication, onDropped } = this.#options;
    this.#agedAtMs = now();
    const oldestMs = now() - (replication().maxAgeSeconds || MAX_AGE_SECONDS_DEFAULT) * 1000;
    let pointCount = 0;
    for (;;) {
      const writtenAtMs = await queue.firstWrittenAtMs();
      if (writtenAtMs === undefined || writtenAtMs >= oldestMs) break;
      const queued = await queue.peek({ entriesMax: 1, pointsMax: 0, bytesMax: 0 });
      if (queued === undefined) break;
      await queue.advance(queued.end);
      pointCount += pointsOf(queued);
    }
    if (pointCount > 0) onDropped(pointCount, 'they waited longer than maxAgeSeconds');
  }
}

const waitAfter = (failureCount: number): number => (failureCount > DOUBLED_MAX ? WAIT_MS_MAX : FIRST_WAIT_MS * 2 ** (failureCount - 1));

const pointsOf = ({ entries }: QueuedEntries): number => entries.reduce((sum, { pointCount }) => sum + pointCount, 0);

/** One gzipped body: not all servers read several that lie one behind the other. */
async function joinEntries(entries: readonly Entry[]): Promise<Uint8Array> {
  const [first] = entries;
  if (first !== undefined && entries.length === 1) return first.gzipped;
  const texts: Buffer[] = [];
  for (const { gzipped } of entries) texts.push(await unzip(gzipped));
  return zip(Buffer.concat(texts));
}
