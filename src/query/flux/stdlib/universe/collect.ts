/** Steps that make one table of each table. */
import { wholeTablesCollected } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import type { RunnableNode } from '../../execute/runnable-node.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { findColumn, gatherChunk } from '../../table/chunk.js';
import type { ColumnType, Vector } from '../../table/vector.js';
import { cellAt } from '../../table/vector.js';
import { quoteGo } from '../../../../domain/go-quote.js';

export const collectTables = (make: (table: Chunk) => Chunk): Required<Pick<RunnableNode, 'create'>> => ({
  create: (run) =>
    wholeTablesCollected(run.memory, (table, emitTable) => {
      emitTable(run.applyToRows(() => make(table)));
    }),
});

/** @throws DomainError where a column is not there */
export function requireColumn(table: Chunk, label: string): Column {
  const column = findColumn(table.columns, label);
  if (column === undefined) throw fluxError(`column ${quoteGo(label)} does not exist`);
  return column;
}

export function requireTimeColumn(table: Chunk, label: string): Column {
  const column = findColumn(table.columns, label);
  if (column === undefined) throw fluxError(`no column ${quoteGo(label)} exists`);
  if (column.type !== 'time') throw fluxError(`time column ${quoteGo(label)} is type ${column.type} and not time`);
  return column;
}

export const isNumeric = (type: ColumnType): boolean => type === 'float' || type === 'int' || type === 'uint';

/** A number, or null. */
export function numberAt(vector: Vector, row: number): number | null {
  const cell = cellAt(vector, row);
  return cell === null ? null : Number(cell);
}

/** The numbers of a vector without its nulls. */
export function numbersOf(vector: Vector): number[] {
  const numbers: number[] = [];
  for (let row = 0; row < vector.length; row++) {
    const value = numberAt(vector, row);
    if (value !== null) numbers.push(value);
  }
  return numbers;
}

export const replaceColumn = (chunk: Chunk, column: Column): Chunk => ({
  ...chunk,
  columns: chunk.columns.map((known) => (known.label === column.label ? column : known)),
});

/** The rows of a table from one to the end. */
export function rowsFrom(chunk: Chunk, first: number): Chunk {
  return first === 0
    ? chunk
    : gatherChunk(
        chunk,
        Int32Array.from({ length: Math.max(chunk.rowCount - first, 0) }, (_, i) => first + i),
      );
}
