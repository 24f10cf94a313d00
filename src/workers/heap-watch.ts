/** Ends a query that does not pause when its client is gone, or when the heap of its thread exceeds what the accounts explain. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DomainError } from '../domain/errors.js';
import { tookTooLong, type Pulse } from '../query/flux/execute/turn.js';
import { ABORTED, GOES_ON, HOLDS_TOO_MUCH, type SharedCells, TOOK_TOO_LONG } from './shared-cells.js';

/** So much of the limit may be in use after what is of no use has been cleared away. */
const SHARE_IN_USE_MAX = 0.8;
/** A heap with more than this share of the limit is cleared before something else begins. */
const SHARE_AT_START_MAX = 0.3;
/** Between two looks at the heap, which take longer than looks at cells. */
const LOOK_MS = 5;

export const holdsTooMuch = (bytesMax: number): DomainError =>
  new DomainError(
    'unprocessable entity',
    `memory allocation limit reached: the query holds more than the ${bytesMax} bytes that a thread may; narrow the range or filter more`,
  );

export class HeapWatch implements Pulse {
  private readonly cells: SharedCells;
  private readonly heapBytesMax: number;
  private lookedAtMs = 0;

  private readonly collectGarbage: () => void;

  constructor(cells: SharedCells, heapBytesMax: number) {
    this.cells = cells;
    this.heapBytesMax = heapBytesMax;
    setFlagsFromString('--expose-gc');
    this.collectGarbage = runInNewContext('gc') as () => void;
  }

  /** Leaves nothing of the last query behind. */
  clear(): void {
    if (this.heapBytes() <= this.heapBytesMax * SHARE_AT_START_MAX) return;
    this.collectGarbage();
    this.heapBytes();
  }

  begin(): void {
    this.cells.nextStretch();
  }

  check(): void {
    switch (this.cells.ends) {
      case GOES_ON:
        break;
      case ABORTED:
        throw new DomainError('unavailable', 'the query was ended');
      case TOOK_TOO_LONG:
        throw tookTooLong();
      case HOLDS_TOO_MUCH:
        throw holdsTooMuch(this.heapBytesMax);
    }
    const nowMs = performance.now();
    if (nowMs - this.lookedAtMs < LOOK_MS) return;
    this.lookedAtMs = nowMs;
    if (this.heapBytes() <= this.heapBytesMax) return;
    this.collectGarbage();
    if (this.heapBytes() > this.heapBytesMax * SHARE_IN_USE_MAX) throw holdsTooMuch(this.heapBytesMax);
  }

  private heapBytes(): number {
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    this.cells.heapBytes = used + external;
    return used + external;
  }
}
