/** Tables and series on their way to a thread that works: a few messages ahead of it, and never long at a time. */
import type { SeriesDescription } from '../domain/series.js';
import { DomainError } from '../domain/errors.js';
import { type Asked, sendError, type ToWorker } from './messages.js';
import { TablePacker, partsOf } from './packed-tables.js';
import type { World } from './world.js';

/** Bytes and tables of a message. */
const MESSAGE_BYTES = 256 * 1024;
const MESSAGE_TABLES_MAX = 1_000;
/** Keys or values of tags in a message. */
const MESSAGE_TEXTS_MAX = 5_000;
/** Messages that may be under way and not asked for yet. */
const MESSAGES_AHEAD = 3;
/** Milliseconds after which others get a turn. */
const TURN_MS = 4;
/** Reads that one query may have open. */
const OPEN_MAX = 128;

export type PostToWorker = (message: ToWorker, transfer?: ArrayBuffer[]) => void;

interface Open {
  readonly controller: AbortController;
  ahead: number;
  onAsked: (() => void) | undefined;
}

export class ServedStreams {
  private readonly world: World;
  private readonly post: PostToWorker;
  private readonly open = new Map<number, Open>();

  constructor(world: World, post: PostToWorker) {
    this.world = world;
    this.post = post;
  }

  start(call: number, asked: Asked): void {
    const stream: Open = { controller: new AbortController(), ahead: 0, onAsked: undefined };
    if (this.open.size >= OPEN_MAX) {
      const error = new DomainError('unprocessable entity', `the query reads more than ${OPEN_MAX} things at once; split it up`);
      this.post({ kind: 'thrown', call, error: sendError(error) });
      return;
    }
    this.open.set(call, stream);
    this.serve(call, asked, stream)
      .catch((error: unknown) => {
        if (this.open.has(call)) this.post({ kind: 'thrown', call, error: sendError(error) });
      })
      .finally(() => this.open.delete(call));
  }

  private serve(call: number, asked: Asked, stream: Open): Promise<void> {
    switch (asked.kind) {
      case 'tables':
        return this.sendTables(call, asked, stream);
      case 'series':
        return this.sendSeries(call, asked, stream);
      case 'schema':
        return this.sendSchema(call, asked, stream);
    }
  }

  /** One message more is wanted. */
  more(call: number): void {
    const stream = this.open.get(call);
    if (stream === undefined) return;
    stream.ahead--;
    stream.onAsked?.();
  }

  close(call: number): void {
    const stream = this.open.get(call);
    this.open.delete(call);
    stream?.controller.abort(new DomainError('unavailable', 'the query has read enough'));
    stream?.onAsked?.();
  }

  closeAll(): void {
    for (const call of [...this.open.keys()]) this.close(call);
  }

  private async sendTables(call: number, asked: Extract<Asked, { kind: 'tables' }>, stream: Open): Promise<void> {
    const { signal } = stream.controller;
    const packer = new TablePacker();
    const isWhole = asked.request.reduction !== undefined;
    let tableCount = 0;
    const turns = new Turns();
    const send = async (): Promise<void> => {
      const packed = packer.take();
      tableCount = 0;
      await this.hasRoom(stream);
      this.post({ kind: 'tables', call, packed, isLast: false }, [packed.numbers]);
      stream.ahead++;
    };
    for await (const table of this.world.read(asked.request, signal)) {
      for (const part of partsOf(table, isWhole)) {
        packer.add(part);
        if (packer.byteCount >= MESSAGE_BYTES || ++tableCount >= MESSAGE_TABLES_MAX) await send();
        await turns.next();
      }
      signal.throwIfAborted();
    }
    const packed = packer.take();
    this.post({ kind: 'tables', call, packed, isLast: true }, [packed.numbers]);
  }

  private async sendSeries(call: number, asked: Extract<Asked, { kind: 'series' }>, stream: Open): Promise<void> {
    const { signal } = stream.controller;
    const all = await this.world.series(asked, signal);
    const turns = new Turns();
    let from = 0;
    for (; all.length - from > MESSAGE_TABLES_MAX; from += MESSAGE_TABLES_MAX) {
      await this.hasRoom(stream);
      this.postSeries(call, all.slice(from, from + MESSAGE_TABLES_MAX), false);
      stream.ahead++;
      await turns.next();
      signal.throwIfAborted();
    }
    this.postSeries(call, all.slice(from), true);
  }

  private async sendSchema(call: number, asked: Extract<Asked, { kind: 'schema' }>, stream: Open): Promise<void> {
    const { signal } = stream.controller;
    const answer = await this.world.schema(asked, signal);
    const { texts = [], count = 0 } = answer ?? {};
    const turns = new Turns();
    let from = 0;
    for (; texts.length - from > MESSAGE_TEXTS_MAX; from += MESSAGE_TEXTS_MAX) {
      await this.hasRoom(stream);
      this.post({ kind: 'schema', call, part: { texts: texts.slice(from, from + MESSAGE_TEXTS_MAX), count: 0 }, isLast: false });
      stream.ahead++;
      await turns.next();
      signal.throwIfAborted();
    }
    this.post({ kind: 'schema', call, part: answer && { texts: texts.slice(from), count }, isLast: true });
  }

  private postSeries(call: number, series: readonly SeriesDescription[], isLast: boolean): void {
    this.post({ kind: 'series', call, series, isLast });
  }

  private async hasRoom(stream: Open): Promise<void> {
    while (stream.ahead >= MESSAGES_AHEAD) {
      await new Promise<void>((resolve) => (stream.onAsked = resolve));
      stream.controller.signal.throwIfAborted();
    }
  }
}

class Turns {
  private endsAtMs = performance.now() + TURN_MS;

  async next(): Promise<void> {
    if (performance.now() < this.endsAtMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.endsAtMs = performance.now() + TURN_MS;
  }
}
