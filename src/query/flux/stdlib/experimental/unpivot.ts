/** `unpivot`: a table for each column of a pivoted one. */
import { regroup } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, constantColumn, findColumn, gatherChunk, keyColumns } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import { hasNulls, isNullAt } from '../../table/vector.js';
import { step } from '../native.js';

export const unpivot = step((args) => {
  const others = args.strings('otherColumns', ['_time']);
  return {
    create: () =>
      regroup((chunk, emit) => {
        checkColumns(chunk, others);
        for (const column of chunk.columns) {
          if (!chunk.key.has(column.label) && !others.includes(column.label)) emit.chunk(tableOfColumn(chunk, column, others));
        }
      }),
  };
});

function checkColumns({ columns }: Chunk, others: readonly string[]): void {
  if (findColumn(columns, '_field') !== undefined || findColumn(columns, '_value') !== undefined) {
    throw fluxError('unpivot can\'t have "_field" or "_value" as an input column');
  }
  const missing = others.find((label) => label !== '_field' && findColumn(columns, label) === undefined);
  if (missing !== undefined) throw fluxError(`unpivot could not find column named "${missing}"`);
}

/** The key, the name of the column, the other columns, its values; without the rows in which it has none. */
function tableOfColumn(chunk: Chunk, column: Column, others: readonly string[]): Chunk {
  const { vector } = column;
  const present = hasNulls(vector)
    ? gatherChunk(
        chunk,
        Int32Array.from({ length: chunk.rowCount }, (_, row) => row).filter((row) => !isNullAt(vector, row)),
      )
    : chunk;
  const { rowCount } = present;
  const field = constantColumn('_field', 'string', column.label, rowCount);
  const fieldIsOther = others.includes('_field');
  const key = fieldIsOther ? chunk.key : new GroupKey([...chunk.key.columns, { label: '_field', type: 'string', value: column.label }]);
  const kept = others.map((label) => (label === '_field' ? field : (findColumn(present.columns, label) as Column)));
  const values = columnOf('_value', (findColumn(present.columns, column.label) as Column).vector);
  return { key, columns: [...keyColumns(chunk.key, rowCount), ...(fieldIsOther ? [] : [field]), ...kept, values], rowCount };
}
