/** `sort |> limit` as one step: of each table no more rows are kept than are asked for. */
import { aggregate } from '../../execute/operator.js';
import type { Operator } from '../../execute/operator.js';
import type { MemoryAccount } from '../../execute/memory.js';
import type { Chunk } from '../../table/chunk.js';
import { chunkBytes, concatChunks, findColumn, gatherChunk } from '../../table/chunk.js';
import { sortedRows } from './sort.js';

export interface SortLimitSpec {
  readonly columns: readonly string[];
  readonly descending: boolean;
  readonly count: number;
}

/** Rows that are collected before those that fall out are dropped. */
const ROWS_COLLECTED = 65_536;

interface Kept {
  chunks: Chunk[];
  rowCount: number;
  bytes: number;
}

export function sortLimitOperator(memory: MemoryAccount, spec: SortLimitSpec): Operator {
  const hold = (kept: Kept, chunk: Chunk): void => {
    const bytes = chunkBytes(chunk);
    memory.hold(bytes);
    kept.bytes += bytes;
    kept.rowCount += chunk.rowCount;
    kept.chunks.push(chunk);
  };
  const release = (kept: Kept): readonly Chunk[] => {
    const { chunks } = kept;
    memory.release(kept.bytes);
    Object.assign(kept, { chunks: [], rowCount: 0, bytes: 0 } satisfies Kept);
    return chunks;
  };
  return aggregate<Kept>(
    () => ({ chunks: [], rowCount: 0, bytes: 0 }),
    (chunk, kept) => {
      if (chunk.rowCount === 0) return;
      hold(kept, chunk);
      if (kept.rowCount < Math.max(ROWS_COLLECTED, spec.count * 4)) return;
      hold(kept, firstRows(concatChunks(chunk.key, release(kept)), spec));
    },
    (key, kept) => (kept.rowCount === 0 ? undefined : firstRows(concatChunks(key, release(kept)), spec)),
  );
}

function firstRows(table: Chunk, { columns, descending, count }: SortLimitSpec): Chunk {
  const vectors = columns
    .filter((label) => !table.key.has(label))
    .map((label) => findColumn(table.columns, label)?.vector)
    .filter((vector) => vector !== undefined);
  const order =
    sortedRows(vectors, table.rowCount, descending) ?? Int32Array.from({ length: Math.min(count, table.rowCount) }, (_, row) => row);
  return gatherChunk(table, order.slice(0, count));
}
