/** Which rows of two tables belong together. */
import type { MemoryAccount } from '../../execute/memory.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { findColumn } from '../../table/chunk.js';
import { cellAt, compareCells, isNullAt } from '../../table/vector.js';
import type { ColumnPairs } from './predicate.js';

export type JoinMethod = 'inner' | 'left' | 'right' | 'full';

/** Row numbers on both sides; -1 where a row finds none on the other side. */
export interface RowPairs {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly count: number;
}

const NONE = -1;
const FIRST_ROOM = 64;
const CELL_BYTES = 8;

/**
 * Pairs the rows of two tables that are in the order of the columns they are joined on.
 *
 * @param hold told of room for pairs before it is taken
 */
export function pairRows(
  left: Chunk | undefined,
  right: Chunk | undefined,
  on: ColumnPairs,
  method: JoinMethod,
  hold: (pairCount: number) => void,
): RowPairs {
  const pairs = new PairList(hold);
  const keepsLeft = method === 'left' || method === 'full';
  const keepsRight = method === 'right' || method === 'full';
  const a = new SortedSide(left, on.left);
  const b = new SortedSide(right, on.right);
  while (a.hasGroup || b.hasGroup) {
    // A null equals nothing.
    const order = !b.hasGroup || a.hasNull ? -1 : !a.hasGroup || b.hasNull ? 1 : a.compareTo(b);
    if (order === 0) {
      for (let l = a.start; l < a.end; l++) for (let r = b.start; r < b.end; r++) pairs.push(l, r);
    } else if (order < 0) {
      if (keepsLeft) for (let l = a.start; l < a.end; l++) pairs.push(l, NONE);
    } else if (keepsRight) {
      for (let r = b.start; r < b.end; r++) pairs.push(NONE, r);
    }
    if (order <= 0) a.advance();
    if (order >= 0) b.advance();
  }
  return pairs.build();
}

/** Rows in order, taken group by group of equal ones. */
class SortedSide {
  start = 0;
  end: number;
  private readonly columns: readonly Column[];
  private readonly rowCount: number;

  constructor(table: Chunk | undefined, labels: readonly string[]) {
    this.columns =
      table === undefined ? [] : labels.map((label) => findColumn(table.columns, label)).filter((column) => column !== undefined);
    this.rowCount = table?.rowCount ?? 0;
    this.end = this.endOfGroup(0);
  }

  get hasGroup(): boolean {
    return this.start < this.rowCount;
  }

  get hasNull(): boolean {
    return this.hasGroup && this.columns.some(({ vector }) => isNullAt(vector, this.start));
  }

  advance(): void {
    this.start = this.end;
    this.end = this.endOfGroup(this.start);
  }

  compareTo(other: SortedSide): number {
    for (const [i, { type, vector }] of this.columns.entries()) {
      const column = other.columns[i] as Column;
      if (column.type !== type) return column.type < type ? 1 : -1;
      const order = compareCells(cellAt(vector, this.start), cellAt(column.vector, other.start));
      if (order !== 0) return order;
    }
    return 0;
  }

  private endOfGroup(start: number): number {
    let end = start + 1;
    while (end < this.rowCount && this.columns.every(({ vector }) => cellAt(vector, end) === cellAt(vector, start))) end++;
    return end;
  }
}

class PairList {
  private readonly left: number[] = [];
  private readonly right: number[] = [];
  private held = 0;
  private readonly hold: (pairCount: number) => void;

  constructor(hold: (pairCount: number) => void) {
    this.hold = hold;
  }

  push(left: number, right: number): void {
    if (this.left.length === this.held) {
      const more = Math.max(this.held, FIRST_ROOM);
      this.hold(more);
      this.held += more;
    }
    this.left.push(left);
    this.right.push(right);
  }

  build(): RowPairs {
    return { left: Int32Array.from(this.left), right: Int32Array.from(this.right), count: this.left.length };
  }
}

/** Works with pairs of rows, and accounts for what they and the rows that come of them take until it is done. */
export function withPairMemory<T>(
  memory: MemoryAccount,
  tables: readonly (Chunk | undefined)[],
  use: (hold: (pairCount: number) => void) => T,
): T {
  const columnCount = tables.reduce((count, table) => count + (table?.columns.length ?? 0), 1);
  let held = 0;
  const hold = (pairCount: number): void => {
    const bytes = pairCount * columnCount * CELL_BYTES;
    memory.hold(bytes);
    held += bytes;
  };
  try {
    return use(hold);
  } finally {
    memory.release(held);
  }
}
