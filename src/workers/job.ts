/** One piece of work, from the request until its response is read or abandoned. */
import { ServedStreams } from './served-streams.js';
import { DomainError } from '../domain/errors.js';
import {
  type FromWorker,
  type Known,
  receiveError,
  type ReplyPlace,
  sendError,
  type SendReply,
  type ToWorker,
  type Work,
} from './messages.js';
import type { EndedQuery } from '../domain/query-observer.js';
import type { SimpleRead } from '../query/flux/plan/simple-read.js';
import type { CsvDialect } from '../wire/annotated-csv.js';
import { type Reach, World } from './world.js';

export interface Task {
  readonly work: Work;
  /** What it will ask for first, most likely. */
  readonly expects: { readonly bucket?: string | undefined; readonly database?: string | undefined };
  /** Who shares the threads fairly with others. */
  readonly user: string;
  readonly reach: Reach;
  /** Ends it at once, wherever it is. */
  readonly signal: AbortSignal;
  /** From now on, the time in line included; 0 for no limit. */
  readonly timeoutMs: number;
  /** Told of an error that went into the answer. */
  readonly onLateError: (error: Error) => void;
  /** Told of a script that is one read of storage and nothing else, and had a short answer. */
  readonly onSimpleRead?: ((read: SimpleRead, dialect: CsvDialect) => void) | undefined;
}

export interface WorkAnswer {
  /** Where the work says. */
  readonly contentType: string | undefined;
  /** To be read once. When the work was ended in the middle, this throws why. */
  readonly bytes: AsyncGenerator<Uint8Array, void, undefined>;
}

/** Bytes of an answer that is little. */
const SIMPLE_BYTES_MAX = 256 * 1024;

type Post = (message: ToWorker, transfer?: ArrayBuffer[]) => void;

let jobCount = 0;

const ENDED = 'the query has ended';

/** Wakes the thread that waits for it. */
function reply({ port, signal }: ReplyPlace, answer: SendReply): void {
  const cell = new Int32Array(signal);
  port.postMessage(answer);
  Atomics.store(cell, 0, 1);
  Atomics.notify(cell, 0);
  port.close();
}

export class Job {
  readonly id = ++jobCount;
  readonly task: Task;
  /** Fulfilled with the first bytes, or without any when the work is done; what fails before fails here. */
  readonly answer: Promise<WorkAnswer>;
  /** Called once, when it is over. */
  onEnd: (() => void) | undefined;

  private readonly settle: { readonly resolve: (answer: WorkAnswer) => void; readonly reject: (error: unknown) => void };
  private readonly onGivenUp: (job: Job) => void;
  private readonly controller = new AbortController();
  private contentType: string | undefined;
  private pieces: Uint8Array[] = [];
  private hasBegun = false;
  private isOver = false;
  private failure: { readonly error: unknown } | undefined;
  private wake: (() => void) | undefined;
  private post: Post | undefined;
  private world: World | undefined;
  private streams: ServedStreams | undefined;
  private takenAtMs = performance.now();
  private readonly madeAtMs = performance.now();
  private begunAtMs: number | undefined;
  private hasLateError = false;
  private byteCount = 0;
  private simpleRead: Extract<FromWorker, { kind: 'simple read' }> | undefined;
  /** The reader has abandoned the response. */
  private isUnread = false;

  /** @param onGivenUp called when the response is no longer needed, or the time is over */
  constructor(task: Task, onGivenUp: (job: Job) => void) {
    this.task = task;
    this.onGivenUp = onGivenUp;
    let settle: Job['settle'] | undefined;
    this.answer = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.settle = settle as unknown as Job['settle'];
  }

  /** Hands the work to a thread. */
  begin(post: Post): void {
    this.begunAtMs = performance.now();
    const { work, reach } = this.task;
    const world = new World(reach, this.controller.signal);
    this.post = post;
    this.world = world;
    this.streams = new ServedStreams(world, post);
    this.expected(world).then(
      (known) => {
        post({ kind: 'work', job: this.id, work, known });
      },
      () => {
        post({ kind: 'work', job: this.id, work, known: {} });
      },
    );
  }

  private async expected(world: World): Promise<Known> {
    const { bucket, database } = this.task.expects;
    const found = bucket === undefined ? undefined : await world.findBucket({ name: bucket });
    return {
      bucket: bucket === undefined || found === undefined ? undefined : { name: bucket, found },
      mappings: database === undefined ? undefined : { database, found: await world.listMappings(database) },
    };
  }

  /** @returns whether the thread is done with it */
  receive(message: FromWorker): boolean {
    if (this.isOver && message.kind === 'send') reply(message.reply, { error: sendError(new DomainError('unavailable', ENDED)) });
    if (this.isOver) return message.kind === 'done' || message.kind === 'failed' || (message.kind === 'bytes' && message.isLast);
    switch (message.kind) {
      case 'type':
        this.contentType = message.contentType;
        return false;
      case 'simple read':
        this.simpleRead = message;
        return false;
      case 'bytes':
        if (this.pieces.length === 0) this.takenAtMs = performance.now();
        this.pieces.push(message.bytes);
        this.byteCount += message.bytes.length;
        if (message.isLast) {
          this.noteSimpleRead();
          this.end();
        }
        this.start();
        this.wake?.();
        return message.isLast;
      case 'done':
        this.noteSimpleRead();
        this.end();
        this.start();
        return true;
      case 'failed':
        this.fail(receiveError(message.error));
        return true;
      case 'late failure':
        this.hasLateError = true;
        this.task.onLateError(receiveError(message.error));
        return false;
      case 'call':
        void this.serve(message);
        return false;
      case 'send':
        void this.sendFor(message);
        return false;
      case 'open':
        this.streams?.start(message.call, message.asked);
        return false;
      case 'more':
        this.streams?.more(message.call);
        return false;
      case 'close':
        this.streams?.close(message.call);
        return false;
      case 'ready':
        return false;
    }
  }

  /** Ends it, and gives the reason to the caller that waits for the response. */
  fail(error: unknown): void {
    if (this.isOver) return;
    this.failure = { error };
    this.pieces = [];
    this.end();
    if (!this.hasBegun) this.settle.reject(error);
  }

  /** Milliseconds for which the client has taken nothing of what lies ready. */
  get stalledMs(): number {
    return this.pieces.length === 0 ? 0 : performance.now() - this.takenAtMs;
  }

  /** The outcome, for metrics; called once at the end. */
  get ended(): Omit<EndedQuery, 'kind'> {
    const { begunAtMs = performance.now() } = this;
    const ranMs = this.begunAtMs === undefined ? undefined : performance.now() - this.begunAtMs;
    return { waitedMs: begunAtMs - this.madeAtMs, ranMs, result: this.result };
  }

  private get result(): EndedQuery['result'] {
    if (this.failure === undefined) return this.hasLateError ? 'failed' : 'success';
    if (this.begunAtMs === undefined) return 'not begun';
    if (this.task.signal.aborted || this.isUnread) return 'cut';
    return this.hasBegun ? 'failed' : 'refused';
  }

  /** What had a long answer would be read in vain where little is read. */
  private noteSimpleRead(): void {
    const { simpleRead, byteCount, hasLateError } = this;
    if (simpleRead === undefined || hasLateError || byteCount > SIMPLE_BYTES_MAX) return;
    this.task.onSimpleRead?.(simpleRead.read, simpleRead.dialect);
  }

  private start(): void {
    if (this.hasBegun || this.failure !== undefined) return;
    this.hasBegun = true;
    this.settle.resolve({ contentType: this.contentType, bytes: this.bytes() });
  }

  private end(): void {
    this.isOver = true;
    // What the thread still reads or waits for is of no use.
    this.controller.abort(new Error(ENDED));
    this.streams?.closeAll();
    this.wake?.();
    this.onEnd?.();
  }

  private async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    let isRead = false;
    try {
      for (;;) {
        const piece = this.pieces.shift();
        if (piece !== undefined) {
          this.takenAtMs = performance.now();
          if (!this.isOver) this.post?.({ kind: 'taken', job: this.id, bytes: piece.length });
          yield piece;
        } else if (this.isOver) {
          isRead = true;
          if (this.failure !== undefined) throw this.failure.error;
          return;
        } else await new Promise<void>((resolve) => (this.wake = resolve));
        this.wake = undefined;
      }
    } finally {
      if (!isRead && !this.isOver) {
        this.isUnread = true;
        this.onGivenUp(this);
      }
    }
  }

  private async sendFor({ request, reply: place }: Extract<FromWorker, { kind: 'send' }>): Promise<void> {
    try {
      if (this.world === undefined) throw new Error('a thread that has no work sent a request');
      reply(place, { response: await this.world.send(request) });
    } catch (error) {
      reply(place, { error: sendError(error) });
    }
  }

  private async serve({ call, method, args }: Extract<FromWorker, { kind: 'call' }>): Promise<void> {
    try {
      const value = await this.world?.call(method, args);
      if (!this.isOver) this.post?.({ kind: 'returned', call, value });
    } catch (error) {
      if (!this.isOver) this.post?.({ kind: 'thrown', call, error: sendError(error) });
    }
  }
}
