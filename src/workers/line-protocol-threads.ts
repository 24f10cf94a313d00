/**
 * Parses bodies of line protocol in separate threads, so that a long one does not block other requests: users take turns, and
 * a body that takes too long is ended with its thread.
 */
import type { Worker } from 'node:worker_threads';
import { FairLine } from '../bounded/fair-line.js';
import { BusyError, DomainError } from '../domain/errors.js';
import type { PointBatch } from '../domain/series.js';
import type { LineProtocolSettings, ReaderState } from '../wire/line-protocol.js';
import type { LineProtocolReply, LineProtocolRequest, LineProtocolTurn } from './line-protocol-messages.js';
import { startScript } from './start-script.js';

/** Turns that wait; a body waits for one at a time. */
const WAITING_MAX = 1_024;
/** A turn takes 50 ms, or a slice; a line may be long, and the machine busy. */
const TURN_MS_MAX = 30_000;
const RETRY_AFTER_S = 1;
const OPTIONS = { resourceLimits: { maxOldGenerationSizeMb: 512 } };
const AT_START: ReaderState = { position: 0, pointCount: 0, faults: [] };

/** For whom a body is read. */
export interface LineProtocolReaderFor {
  readonly user: string;
  readonly signal: AbortSignal;
}

interface Turn {
  readonly user: string;
  readonly request: LineProtocolRequest;
  readonly signal: AbortSignal;
  readonly resolve: (turn: LineProtocolTurn) => void;
  readonly reject: (error: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  /** Ends what it is at, which the thread then does not come back from. */
  fail: ((error: unknown) => void) | undefined;
}

export class LineProtocolThreads {
  readonly #threadsMax: number;
  readonly #threads = new Set<Thread>();
  readonly #line = new FairLine<Turn>({ lengthMax: WAITING_MAX, lengthPerUserMax: WAITING_MAX });
  #isClosed = false;

  constructor(threadsMax: number) {
    this.#threadsMax = threadsMax;
  }

  /**
   * The slices of a body, after all of it was found to be right. The body's memory is given away.
   *
   * @throws DomainError as `LineProtocolReader` does; `unavailable` where too many wait
   */
  async *read(body: Buffer, settings: LineProtocolSettings, { user, signal }: LineProtocolReaderFor): AsyncGenerator<PointBatch> {
    const ask = (kind: LineProtocolRequest['kind'], bytes: Uint8Array<ArrayBuffer>, from: ReaderState): Promise<LineProtocolTurn> =>
      this.#ask({ kind, body: bytes, settings, from }, user, signal);
    let turn = await ask('check', ownBytesOf(body), AT_START);
    const first = turn.slice;
    if (first === undefined) throw new Error('the first turn gave no slice');
    while (turn.state.position < turn.body.length) turn = await ask('check', turn.body, turn.state);
    const { length } = turn.body;
    let slice = first;
    while (slice.end.position < length) {
      // The next slice is read while this one is stored.
      const next = ask('read', turn.body, slice.end);
      next.catch(() => undefined);
      yield slice.batch;
      turn = await next;
      if (turn.slice === undefined) throw new Error('a turn gave no slice');
      slice = turn.slice;
    }
    yield slice.batch;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = new DomainError('unavailable', 'the server is shutting down');
    for (const turn of this.#line.takeAll()) turn.reject(closed);
    const threads = [...this.#threads];
    for (const thread of threads) thread.fail?.(closed);
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #ask(request: LineProtocolRequest, user: string, signal: AbortSignal): Promise<LineProtocolTurn> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      if (this.#isClosed) throw new DomainError('unavailable', 'the server is shutting down');
      const turn: Turn = { user, request, signal, resolve: settle(resolve), reject: settle(reject) };
      const onAbort = (): void => {
        this.#line.remove(user, turn);
        turn.reject(signal.reason);
      };
      function settle<T>(how: (value: T) => void): (value: T) => void {
        return (value) => {
          signal.removeEventListener('abort', onAbort);
          how(value);
        };
      }
      signal.addEventListener('abort', onAbort);
      const dropped = this.#line.add(user, turn);
      dropped?.reject(new BusyError('too many writes are being read: send this one again later', RETRY_AFTER_S));
      this.#schedule();
    });
  }

  #schedule(): void {
    for (;;) {
      if (this.#line.length === 0) return;
      const idle = [...this.#threads].find(({ fail }) => fail === undefined) ?? this.#start();
      if (idle === undefined) return;
      const turn = this.#line.take(() => true);
      if (turn !== undefined) this.#run(idle, turn);
    }
  }

  #start(): Thread | undefined {
    if (this.#threads.size >= this.#threadsMax) return undefined;
    const thread: Thread = { worker: startScript('line-protocol-worker', OPTIONS), fail: undefined };
    this.#threads.add(thread);
    thread.worker.on('error', (cause) => {
      const failure = isOutOfMemory(cause)
        ? new DomainError('request too large', 'points batch is too large: reading it takes too much memory; send it in several requests')
        : cause;
      thread.fail?.(failure);
      this.#drop(thread);
    });
    return thread;
  }

  #run(thread: Thread, turn: Turn): void {
    const { worker } = thread;
    const { request, signal } = turn;
    const end = (error: unknown): void => {
      settle();
      turn.reject(error);
      this.#drop(thread);
    };
    const onAbort = (): void => {
      end(signal.reason);
    };
    const timer = setTimeout(() => {
      end(new DomainError('request too large', `points batch is too large: ${TURN_MS_MAX} ms do not suffice to read a part of it`));
    }, TURN_MS_MAX);
    const onMessage = (reply: LineProtocolReply): void => {
      settle();
      if ('code' in reply) turn.reject(new DomainError(reply.code, reply.message));
      else turn.resolve(reply);
      this.#schedule();
    };
    const settle = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      worker.off('message', onMessage);
      thread.fail = undefined;
      // A thread that has nothing to do keeps no process alive.
      worker.unref();
    };
    thread.fail = end;
    signal.addEventListener('abort', onAbort);
    worker.on('message', onMessage);
    worker.ref();
    worker.postMessage(request, [request.body.buffer]);
  }

  #drop(thread: Thread): void {
    if (!this.#threads.delete(thread)) return;
    void thread.worker.terminate();
    if (!this.#isClosed) this.#schedule();
  }
}

/** The bytes in memory that holds nothing else, and so can be given away. */
function ownBytesOf(body: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = body;
  const isAlone = buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength;
  return isAlone ? new Uint8Array(buffer) : new Uint8Array(body);
}

const isOutOfMemory = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
