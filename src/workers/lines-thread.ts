/** Writes points as line protocol: a few at once, many in a thread of their own, so that they do not block requests. */
import type { Worker } from 'node:worker_threads';
import { DomainError } from '../domain/errors.js';
import type { MeasurementBatch } from '../domain/series.js';
import { writeLines, type LinesLimits, type WrittenLines } from '../wire/lines.js';
import { startScript } from './start-script.js';

export interface LinesRequest {
  readonly id: number;
  readonly parts: readonly MeasurementBatch[];
  readonly limits: LinesLimits;
}

export interface LinesReply {
  readonly id: number;
  readonly written: WrittenLines;
}

/** Values, and characters of strings, that are written on the main thread. */
const WEIGHT_HERE_MAX = 4_000;
const OPTIONS = { resourceLimits: { maxOldGenerationSizeMb: 512 } };

interface Waiting {
  readonly resolve: (written: WrittenLines) => void;
  readonly reject: (error: Error) => void;
}

export class LinesThread {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #lastId = 0;

  /** @throws DomainError `unavailable` where the thread was lost */
  async write(parts: readonly MeasurementBatch[], limits: LinesLimits): Promise<WrittenLines> {
    if (isLight(parts)) return writeLines(parts, limits);
    return new Promise((resolve, reject) => {
      const worker = (this.#worker ??= this.#start());
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      const request: LinesRequest = { id, parts, limits };
      worker.postMessage(request);
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#lose(new DomainError('unavailable', 'the server is shutting down'));
    await worker?.terminate();
  }

  #start(): Worker {
    const worker = startScript('lines-worker', OPTIONS);
    worker.on('message', ({ id, written }: LinesReply) => {
      this.#waiting.get(id)?.resolve(written);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) worker.unref();
    });
    worker.on('error', (cause) => {
      if (worker === this.#worker) this.#lose(new DomainError('unavailable', 'the points cannot be prepared for replication', { cause }));
    });
    return worker;
  }

  #lose(error: Error): void {
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function isLight(parts: readonly MeasurementBatch[]): boolean {
  let weight = 0;
  for (const { rowCount, fields, tagSets } of parts) {
    weight += rowCount * (1 + fields.length) + 10 * tagSets.length;
    if (weight > WEIGHT_HERE_MAX) return false;
    for (const { column } of fields) {
      if (column.type === 'string') for (const text of column.values) weight += text.length;
    }
  }
  return weight <= WEIGHT_HERE_MAX;
}
