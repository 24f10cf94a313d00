/** Ends a query that does not pause when nobody waits for it any more, or when the heap of its thread grows beyond what accounts explain. */
import { getHeapStatistics } from 'node:v8';
import { DomainError } from '../domain/errors.js';
import { tookTooLong, type Pulse } from '../query/flux/execute/turn.js';
import { ABORTED, GOES_ON, HOLDS_TOO_MUCH, type SharedCells, TOOK_TOO_LONG } from './shared-cells.js';

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

  constructor(cells: SharedCells, heapBytesMax: number) {
    this.cells = cells;
    this.heapBytesMax = heapBytesMax;
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
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    this.cells.heapBytes = used + external;
    if (used + external > this.heapBytesMax) throw holdsTooMuch(this.heapBytesMax);
  }
}
