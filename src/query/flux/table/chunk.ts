/** A piece of a table: rows in columns, with the group key of the table they belong to. */
import type { TableColumn } from '../../../domain/table.js';
import { fluxError } from '../language/errors.js';
import type { GroupKey } from './group-key.js';
import { GroupKey as Key } from './group-key.js';
import type { Cell, ColumnType, Vector } from './vector.js';
import { cellAt, concatVectors, constantVector, gatherVector, nullVector, sliceVector, vectorBytes } from './vector.js';

export interface ColumnMeta {
  readonly label: string;
  readonly type: ColumnType;
}

export type Column = TableColumn;

export interface Chunk {
  readonly key: GroupKey;
  readonly columns: readonly Column[];
  readonly rowCount: number;
}

export const columnOf = (label: string, vector: Vector): Column => ({ label, type: vector.type, vector });

export const constantColumn = (label: string, type: ColumnType, value: Cell, length: number): Column =>
  columnOf(label, constantVector(type, value, length));

export function findColumn(columns: readonly Column[], label: string): Column | undefined {
  for (const column of columns) if (column.label === label) return column;
  return undefined;
}

/** The columns of a group key, each filled with its value. */
export const keyColumns = (key: GroupKey, rowCount: number): Column[] =>
  key.columns.map(({ label, type, value }) => constantColumn(label, type, value, rowCount));

export function chunkOf(key: GroupKey, columns: readonly Column[]): Chunk {
  return { key, columns, rowCount: columns[0]?.vector.length ?? 0 };
}

export function gatherChunk(chunk: Chunk, rows: Int32Array): Chunk {
  const columns = chunk.columns.map((column) => ({ ...column, vector: gatherVector(column.vector, rows) }));
  return { key: chunk.key, columns, rowCount: rows.length };
}

export function sliceChunk(chunk: Chunk, from: number, to: number): Chunk {
  if (from === 0 && to === chunk.rowCount) return chunk;
  const columns = chunk.columns.map((column) => ({ ...column, vector: sliceVector(column.vector, from, to) }));
  return { key: chunk.key, columns, rowCount: to - from };
}

/** What a chunk and each of its columns take beside their values. */
const CHUNK_BYTES = 256;
const COLUMN_BYTES = 128;

export function chunkBytes(chunk: Chunk): number {
  let bytes = CHUNK_BYTES + chunk.columns.length * COLUMN_BYTES;
  for (const { vector } of chunk.columns) bytes += vectorBytes(vector);
  return bytes;
}

/** The key that a row has in the columns `labels`. */
export function keyOfRow(columns: readonly Column[], row: number): GroupKey {
  return new Key(columns.map(({ label, type, vector }) => ({ label, type, value: cellAt(vector, row) })));
}

/**
 * Chunks of one table as one. A column that only some have is filled with nulls.
 *
 * @throws when a column has two types
 */
export function concatChunks(key: GroupKey, chunks: readonly Chunk[]): Chunk {
  const [first] = chunks;
  if (first !== undefined && chunks.length === 1) return first.key === key ? first : { ...first, key };
  const metas: ColumnMeta[] = [];
  const typeOf = new Map<string, ColumnType>();
  let rowCount = 0;
  for (const chunk of chunks) {
    rowCount += chunk.rowCount;
    for (const { label, type } of chunk.columns) {
      const known = typeOf.get(label);
      if (known === undefined) {
        typeOf.set(label, type);
        metas.push({ label, type });
      } else if (known !== type) {
        throw fluxError(`schema collision detected: column "${label}" is both of type ${type} and ${known}`);
      }
    }
  }
  const columns = metas.map(({ label, type }) => {
    const vectors = chunks.map((chunk) => findColumn(chunk.columns, label)?.vector ?? nullVector(type, chunk.rowCount));
    return { label, type, vector: concatVectors(type, vectors) };
  });
  return { key, columns, rowCount };
}
