/** `sort`: the rows of each table in another order. */
import { emitTable, wholeTable } from '../../execute/operator.js';
import type { Chunk } from '../../table/chunk.js';
import { findColumn, gatherChunk } from '../../table/chunk.js';
import type { Vector } from '../../table/vector.js';
import { cellAt, compareCells } from '../../table/vector.js';
import { step } from '../native.js';

export const sort = step((args) => {
  const columns = args.strings('columns', ['_value']);
  const descending = args.bool('desc', false);
  return {
    spec: { kind: 'sort', columns, descending },
    create: (run) =>
      wholeTable(run.memory, (table, emit) => {
        emitTable(sortTable(table, columns, descending), emit);
      }),
  };
});

/** Equal rows keep their order. Columns that are not there, or are the same in all rows, order nothing. */
export function sortTable(table: Chunk, labels: readonly string[], descending: boolean): Chunk {
  const vectors = labels
    .filter((label) => !table.key.has(label))
    .map((label) => findColumn(table.columns, label)?.vector)
    .filter((vector) => vector !== undefined);
  const order = sortedRows(vectors, table.rowCount, descending);
  return order === undefined ? table : gatherChunk(table, order);
}

/** The rows in the order of some vectors; undefined where they are in order already. */
export function sortedRows(vectors: readonly Vector[], rowCount: number, descending: boolean): Int32Array | undefined {
  const compares = vectors.filter((vector) => vector.form === 'dense').map((vector) => comparator(vector, descending ? -1 : 1));
  if (compares.length === 0) return undefined;
  const compare = (a: number, b: number): number => {
    for (const compareIn of compares) {
      const order = compareIn(a, b);
      if (order !== 0) return order;
    }
    return a - b;
  };
  let inOrder = true;
  for (let row = 1; row < rowCount && inOrder; row++) inOrder = compare(row - 1, row) < 0;
  if (inOrder) return undefined;
  const rows = new Int32Array(rowCount);
  for (let row = 0; row < rowCount; row++) rows[row] = row;
  return rows.sort(compare);
}

/** Nulls come first in either direction, as in InfluxDB. */
function comparator(vector: Vector, sign: 1 | -1): (a: number, b: number) => number {
  if (vector.form === 'dense' && vector.valid === undefined && (vector.type === 'time' || vector.type === 'int')) {
    const { values } = vector;
    return (a, b) => {
      const x = values[a] as bigint;
      const y = values[b] as bigint;
      return x < y ? -sign : x > y ? sign : 0;
    };
  }
  return (a, b) => {
    const x = cellAt(vector, a);
    const y = cellAt(vector, b);
    const order = compareCells(x, y);
    return x === null || y === null ? order : sign * order;
  };
}
