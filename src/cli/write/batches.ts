/** Bytes in pieces made into batches of whole lines. */
import { findLineEnd } from '../../wire/line-protocol/exact.js';
import { BACKSLASH, NEWLINE, QUOTE } from '../../wire/line-protocol/ascii.js';

export interface BatchLimits {
  readonly bytesMax: number;
  readonly linesMax: number;
  /** What came is not held back longer. */
  readonly waitMs: number;
  readonly lineBytesMax: number;
}

export const BATCH_LIMITS: Omit<BatchLimits, 'lineBytesMax'> = { bytesMax: 500_000, linesMax: 5_000, waitMs: 10_000 };

export interface Batch {
  readonly lines: Buffer;
  readonly lineCount: number;
}

/** @throws Error for a line that is too long */
export async function* batchLines(pieces: AsyncIterable<Buffer>, limits: BatchLimits): AsyncGenerator<Batch> {
  const splitter = new LineSplitter(limits);
  const source = pieces[Symbol.asyncIterator]();
  const timer = new Timer(limits.waitMs);
  try {
    let coming = source.next();
    for (;;) {
      const next = splitter.hasLines ? await Promise.race([coming, timer.wait()]) : await coming;
      if (next === undefined) {
        yield* splitter.flush();
        timer.restart();
        continue;
      }
      if (next.done === true) break;
      coming = source.next();
      // The caller that awaits it receives the error; until then it must not count as unhandled.
      coming.catch(() => undefined);
      for (const batch of splitter.push(next.value)) {
        yield batch;
        timer.restart();
      }
    }
    yield* splitter.end();
  } finally {
    timer.stop();
  }
}

/** Tells when nothing was done for a while. */
class Timer {
  readonly #ms: number;
  #handle: NodeJS.Timeout | undefined;
  #waiting: Promise<undefined> | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  wait(): Promise<undefined> {
    this.#waiting ??= new Promise((resolve) => {
      this.#handle = setTimeout(() => {
        resolve(undefined);
      }, this.#ms);
    });
    return this.#waiting;
  }

  restart(): void {
    this.stop();
    this.#waiting = undefined;
  }

  stop(): void {
    clearTimeout(this.#handle);
  }
}

class LineSplitter {
  readonly #limits: BatchLimits;
  /** Whole lines that wait for more. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #heldLines = 0;
  /** The beginning of a line. */
  #rest: Buffer = Buffer.alloc(0);

  constructor(limits: BatchLimits) {
    this.#limits = limits;
  }

  get hasLines(): boolean {
    return this.#heldLines > 0;
  }

  *push(piece: Buffer): Generator<Batch> {
    const buffer = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let batchStart = 0;
    let lineStart = 0;
    for (;;) {
      const end = endOfLine(buffer, lineStart);
      if (end === undefined) break;
      if (end - lineStart >= this.#limits.lineBytesMax) throw tooLong();
      lineStart = end + 1;
      this.#heldLines++;
      if (this.#heldBytes + lineStart - batchStart >= this.#limits.bytesMax || this.#heldLines >= this.#limits.linesMax) {
        this.#hold(buffer.subarray(batchStart, lineStart));
        batchStart = lineStart;
        yield* this.flush();
      }
    }
    this.#hold(buffer.subarray(batchStart, lineStart));
    // Copied, so that what it is a part of can go.
    this.#rest = Buffer.from(buffer.subarray(lineStart));
    if (this.#rest.length >= this.#limits.lineBytesMax) throw tooLong();
  }

  *end(): Generator<Batch> {
    if (this.#rest.length > 0) {
      this.#hold(this.#rest);
      this.#heldLines++;
    }
    this.#rest = Buffer.alloc(0);
    yield* this.flush();
  }

  /** Hands out what is held; nothing where that is blank. */
  *flush(): Generator<Batch> {
    const [lines, lineCount] = [Buffer.concat(this.#held), this.#heldLines];
    this.#held = [];
    this.#heldBytes = 0;
    this.#heldLines = 0;
    if (lines.some((byte) => byte > BLANK)) yield { lines, lineCount };
  }

  #hold(lines: Buffer): void {
    if (lines.length === 0) return;
    this.#held.push(lines);
    this.#heldBytes += lines.length;
  }
}

/** Blanks and controls. */
const BLANK = 0x20;

const tooLong = (): Error => new Error('batcher: line too long');

/** Where the line break is that ends the line: not one within the text of a field. Undefined: not in this buffer. */
function endOfLine(buffer: Buffer, start: number): number | undefined {
  const lineBreak = buffer.indexOf(NEWLINE, start);
  if (lineBreak < 0) return undefined;
  const quote = buffer.subarray(start, lineBreak).indexOf(QUOTE);
  if (quote < 0 && buffer[lineBreak - 1] !== BACKSLASH) return lineBreak;
  const end = findLineEnd(buffer, start);
  return end < buffer.length ? end : undefined;
}
