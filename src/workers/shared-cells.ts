/** A few numbers that the thread that answers and a thread that works both see at any time, even while one of them does not listen. */

/** Why a query has to end; 0 while it may go on. */
export const GOES_ON = 0;
export const ABORTED = 1;
export const TOOK_TOO_LONG = 2;
export const HOLDS_TOO_MUCH = 3;

const ENDS = 0;
const STRETCH = 1;
const PARSE_LIMIT = 2;
const HEAP_KILOBYTES = 3;
const COUNT = 4;

export class SharedCells {
  readonly buffer: SharedArrayBuffer;
  private readonly cells: Int32Array;

  constructor(buffer = new SharedArrayBuffer(COUNT * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.cells = new Int32Array(buffer);
  }

  get ends(): number {
    return Atomics.load(this.cells, ENDS);
  }

  set ends(reason: number) {
    Atomics.store(this.cells, ENDS, reason);
  }

  /** Changes whenever the thread that works has paused or begun something else. */
  get stretch(): number {
    return Atomics.load(this.cells, STRETCH);
  }

  nextStretch(): void {
    Atomics.add(this.cells, STRETCH, 1);
  }

  /** Milliseconds of the processor that the script being parsed may take; 0 while none is. */
  get parseLimitMs(): number {
    return Atomics.load(this.cells, PARSE_LIMIT);
  }

  set parseLimitMs(limitMs: number) {
    Atomics.store(this.cells, PARSE_LIMIT, limitMs);
  }

  /** What the thread that works last found its heap, and what lies beside it, to hold. */
  get heapBytes(): number {
    return Atomics.load(this.cells, HEAP_KILOBYTES) * 1024;
  }

  set heapBytes(bytes: number) {
    Atomics.store(this.cells, HEAP_KILOBYTES, Math.ceil(bytes / 1024));
  }
}
