/** The world as a worker thread sees it: it asks the main thread, which knows the actor and its permissions. */
import { MessageChannel, receiveMessageOnPort, type Transferable } from 'node:worker_threads';
import { DomainError } from '../domain/errors.js';
import type { BucketId } from '../domain/id.js';
import type { Predicate, ReadRequest, SchemaAnswer, SchemaQuestion, SeriesDescription, SeriesTable, TimeRange } from '../domain/series.js';
import { fluxError } from '../query/flux/language/errors.js';
import type { ScriptRequest, ScriptResponse } from '../query/flux/environment.js';
import { type Asked, type Calls, type FromWorker, receiveError, type SendReply, type ToWorker } from './messages.js';
import { unpackTables } from './packed-tables.js';
import { fits, PATTERN_TOO_COSTLY, splitPredicate } from './sent-predicate.js';

type Post = (message: FromWorker, transfer?: Transferable[]) => void;
type Answer = Extract<ToWorker, { readonly call: number }>;

/** Answers to one question, in the order in which they come. */
class Answers {
  private readonly come: Answer[] = [];
  private wake: (() => void) | undefined;
  private ended: { readonly reason: unknown } | undefined;

  end(reason: unknown): void {
    this.ended = { reason };
    this.wake?.();
  }

  add(answer: Answer): void {
    this.come.push(answer);
    this.wake?.();
  }

  /** @throws what the other thread has thrown */
  async next(): Promise<Answer> {
    while (this.come.length === 0 && this.ended === undefined) await new Promise<void>((resolve) => (this.wake = resolve));
    if (this.ended !== undefined) throw this.ended.reason;
    const answer = this.come.shift() as Answer;
    if (answer.kind === 'thrown') throw receiveError(answer.error);
    return answer;
  }
}

/** Longer than any request takes: the other thread always replies. */
const REPLY_MS_MAX = 10 * 60_000;

/** No response is a failure of the script, whatever the reason. */
const failureOf = (error: Error): Error => (error instanceof DomainError ? fluxError(error.message) : error);

/** Question numbers are never reused in a thread: a late answer matches no question. */
let callCount = 0;

export class DistantWorld {
  private readonly job: number;
  private readonly post: Post;
  private readonly open = new Map<number, Answers>();

  constructor(job: number, post: Post) {
    this.job = job;
    this.post = post;
  }

  /** No more answers will come. */
  end(reason: unknown): void {
    for (const answers of this.open.values()) answers.end(reason);
  }

  receive(answer: Answer): void {
    this.open.get(answer.call)?.add(answer);
  }

  async call<Method extends keyof Calls>(method: Method, ...args: Parameters<Calls[Method]>): Promise<Awaited<ReturnType<Calls[Method]>>> {
    const call = ++callCount;
    const answers = new Answers();
    this.open.set(call, answers);
    try {
      this.post({ kind: 'call', job: this.job, call, method, args });
      const answer = await answers.next();
      return (answer as { readonly value: unknown }).value as Awaited<ReturnType<Calls[Method]>>;
    } finally {
      this.open.delete(call);
    }
  }

  /** Has the other thread send a request, and does nothing until there is a response. @throws DomainError where there is none */
  send(request: ScriptRequest): ScriptResponse {
    const { port1, port2 } = new MessageChannel();
    const signal = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    try {
      this.post({ kind: 'send', job: this.job, request, reply: { port: port2, signal } }, [port2]);
      Atomics.wait(new Int32Array(signal), 0, 0, REPLY_MS_MAX);
      const received = receiveMessageOnPort(port1) as { readonly message: SendReply } | undefined;
      if (received === undefined) throw fluxError('there was no response to an HTTP request');
      const { message } = received;
      if ('error' in message) throw failureOf(receiveError(message.error));
      return message.response;
    } finally {
      port1.close();
    }
  }

  async *read({ predicate, ...request }: ReadRequest): AsyncGenerator<SeriesTable, void, undefined> {
    const ask = (keepsPatterns: boolean): AsyncGenerator<SeriesTable, void, undefined> => {
      const { sent, kept } = splitPredicate(predicate, keepsPatterns);
      return filtered(this.tables({ kind: 'tables', request: { ...request, predicate: sent } }), kept);
    };
    yield* orWithPatterns(ask);
  }

  async series(bucketId: BucketId, range: TimeRange | undefined, predicate: Predicate | undefined): Promise<readonly SeriesDescription[]> {
    const ask = (keepsPatterns: boolean): AsyncGenerator<SeriesDescription, void, undefined> => {
      const { sent, kept } = splitPredicate(predicate, keepsPatterns);
      return filtered(this.descriptions({ kind: 'series', bucketId, range, predicate: sent }), kept);
    };
    const found: SeriesDescription[] = [];
    for await (const one of orWithPatterns(ask)) found.push(one);
    return found;
  }

  async schema(
    bucketId: BucketId,
    range: TimeRange | undefined,
    predicate: Predicate | undefined,
    question: SchemaQuestion,
  ): Promise<SchemaAnswer | undefined> {
    const { sent, kept } = splitPredicate(predicate, false);
    // What is asked here is asked of each series.
    if (kept !== undefined) return undefined;
    const texts: string[] = [];
    try {
      for await (const answer of this.answers({ kind: 'schema', bucketId, range, predicate: sent, question })) {
        if (answer.kind !== 'schema' || answer.part === undefined) return undefined;
        for (const text of answer.part.texts) texts.push(text);
        if (answer.isLast) return { texts, count: answer.part.count };
      }
    } catch (error) {
      if (!(error instanceof Error) || error.message !== PATTERN_TOO_COSTLY) throw error;
    }
    return undefined;
  }

  private async *tables(asked: Asked): AsyncGenerator<SeriesTable, void, undefined> {
    for await (const answer of this.answers(asked)) if (answer.kind === 'tables') yield* unpackTables(answer.packed);
  }

  private async *descriptions(asked: Asked): AsyncGenerator<SeriesDescription, void, undefined> {
    for await (const answer of this.answers(asked)) if (answer.kind === 'series') yield* answer.series;
  }

  private async *answers(asked: Asked): AsyncGenerator<Answer, void, undefined> {
    const call = ++callCount;
    const answers = new Answers();
    this.open.set(call, answers);
    let isOver = false;
    try {
      this.post({ kind: 'open', job: this.job, call, asked });
      while (!isOver) {
        const answer = await answers.next().catch((error: unknown) => {
          isOver = true;
          throw error;
        });
        isOver = 'isLast' in answer && answer.isLast;
        if (!isOver) this.post({ kind: 'more', call });
        yield answer;
      }
    } finally {
      this.open.delete(call);
      if (!isOver) this.post({ kind: 'close', call });
    }
  }
}

async function* filtered<T extends Pick<SeriesTable, 'measurement' | 'field' | 'tags'>>(
  all: AsyncGenerator<T, void, undefined>,
  kept: Predicate | undefined,
): AsyncGenerator<T, void, undefined> {
  if (kept === undefined) {
    yield* all;
    return;
  }
  for await (const one of all) if (fits(kept, one)) yield one;
}

/** Asks again, with patterns asked here, where they were too costly there: that is found before the first answer. */
async function* orWithPatterns<T>(ask: (keepsPatterns: boolean) => AsyncGenerator<T, void, undefined>): AsyncGenerator<T, void, undefined> {
  const progress = { hasBegun: false };
  try {
    for await (const one of ask(false)) {
      progress.hasBegun = true;
      yield one;
    }
  } catch (error) {
    if (progress.hasBegun || !(error instanceof Error) || error.message !== PATTERN_TOO_COSTLY) throw error;
    yield* ask(true);
  }
}
