/** `fill`: a value in place of nulls. */
import { emitTable, wholeTable } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import type { Value } from '../../language/value.js';
import { cellOfValue, columnTypeOf } from '../../language/value.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, constantColumn, findColumn } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import type { Cell, Vector } from '../../table/vector.js';
import { VectorBuilder, cellAt, hasNulls } from '../../table/vector.js';
import { step } from '../native.js';
import { replaceColumn } from './collect.js';

export const fill = step((args) => {
  const label = args.string('column', '_value');
  const value = args.get('value');
  const hasPrevious = args.has('usePrevious');
  if ((value !== undefined) === hasPrevious) throw fluxError('fill requires exactly one of value or usePrevious');
  if (value !== undefined && columnTypeOf(value) === undefined) {
    throw fluxError('value type for fill must be a valid primitive type (bool, int, uint, float, string, time)');
  }
  const usePrevious = hasPrevious && args.bool('usePrevious');
  return {
    create: (run) =>
      wholeTable(run.memory, (table, emit) => {
        emitTable(value === undefined ? fillPrevious(table, label, usePrevious) : fillValue(table, label, value), emit);
      }),
  };
});

function fillPrevious(table: Chunk, label: string, usePrevious: boolean): Chunk {
  const column = findColumn(table.columns, label);
  if (column === undefined || !usePrevious || !hasNulls(column.vector)) return table;
  let previous: Cell = null;
  return replaceColumn(
    table,
    columnOf(
      label,
      mapNulls(column.vector, (cell) => (previous = cell ?? previous)),
    ),
  );
}

function fillValue(table: Chunk, label: string, value: Value): Chunk {
  const type = columnTypeOf(value) as NonNullable<ReturnType<typeof columnTypeOf>>;
  const cell = cellOfValue(value);
  const column = findColumn(table.columns, label);
  const keyed = table.key.column(label);
  if (keyed !== undefined && keyed.value !== null) return table;
  if (column === undefined) return { ...table, columns: [...table.columns, constantColumn(label, type, cell, table.rowCount)] };
  if (column.type !== type) throw fluxError(`fill column type mismatch: ${column.type}/${type}`);
  const filled: Column = columnOf(label, hasNulls(column.vector) ? mapNulls(column.vector, (old) => old ?? cell) : column.vector);
  const key =
    keyed === undefined
      ? table.key
      : new GroupKey(table.key.columns.map((known) => (known.label === label ? { ...known, value: cell } : known)));
  return { ...replaceColumn(table, filled), key };
}

function mapNulls(vector: Vector, map: (cell: Cell) => Cell): Vector {
  const builder = new VectorBuilder(vector.type, vector.length);
  for (let row = 0; row < vector.length; row++) builder.push(map(cellAt(vector, row)));
  return builder.build();
}
