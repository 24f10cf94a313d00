/**
 * Scripts that were found to be one read of storage and nothing else. When one comes again from the same user, it is answered without a
 * thread of its own, as long as what it reads is little: going to another thread and back takes longer than such a read.
 */
import { BoundedMap } from '../bounded/bounded-map.js';
import type { SimpleRead } from '../query/flux/plan/simple-read.js';
import { NotLittleError, runSimpleRead, type SimpleRun } from '../query/flux/execute/run-simple-read.js';
import { type CsvDialect, encodeAnnotatedCsv } from '../wire/annotated-csv.js';

/** Of a request that is remembered. */
export const KEPT_BODY_BYTES_MAX = 4 * 1024;
const KEPT_MAX = 1_000;
/** That run at the same time; the others wait their turn among all queries. */
const AT_ONCE_MAX = 8;
/** After it was found to read much, a script goes to a thread for so long. */
const MUCH_MS = 10_000;

export interface KnownRead {
  readonly read: SimpleRead;
  readonly dialect: CsvDialect;
  muchUntilMs: number;
}

export class KnownReads {
  private readonly reads = new BoundedMap<string, KnownRead>(KEPT_MAX);
  private running = 0;

  /** @param key who asks, where, and what, word for word; undefined for what is not remembered */
  static keyOf(user: string, organizationId: string, contentType: string | undefined, body: Uint8Array): string | undefined {
    if (body.byteLength > KEPT_BODY_BYTES_MAX) return undefined;
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
    return `${user}\0${organizationId}\0${contentType ?? ''}\0${text}`;
  }

  note(key: string, read: SimpleRead, dialect: CsvDialect): void {
    const known = this.reads.get(key);
    if (known === undefined) this.reads.set(key, { read, dialect, muchUntilMs: 0 });
  }

  find(key: string): KnownRead | undefined {
    const known = this.reads.use(key);
    return known !== undefined && this.running < AT_ONCE_MAX && performance.now() >= known.muchUntilMs ? known : undefined;
  }

  /** The whole answer; undefined where it is not little, or something is wrong: the thread that evaluates the script says what. */
  async run(known: KnownRead, run: SimpleRun): Promise<Uint8Array | undefined> {
    this.running++;
    try {
      const pieces = await runSimpleRead(known.read, run);
      const results = [{ name: known.read.name, pieces: each(pieces) }];
      const parts: Uint8Array[] = [];
      for await (const part of encodeAnnotatedCsv(results, known.dialect)) parts.push(part);
      const [only] = parts;
      return parts.length === 1 ? only : Buffer.concat(parts);
    } catch (error) {
      run.signal.throwIfAborted();
      if (error instanceof NotLittleError) known.muchUntilMs = performance.now() + MUCH_MS;
      return undefined;
    } finally {
      this.running--;
    }
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- what is at hand, read as what is yet to come
async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
