/** `distinct`: the different values of a column. */
import { wholeTablesCollected } from '../../execute/operator.js';
import type { Chunk } from '../../table/chunk.js';
import { columnOf, findColumn, keyColumns } from '../../table/chunk.js';
import type { Vector } from '../../table/vector.js';
import { VectorBuilder, cellAt, constantVector } from '../../table/vector.js';
import { step } from '../native.js';

export const distinct = step((args) => {
  const column = args.string('column', '_value');
  return {
    spec: { kind: 'distinct', column },
    create: (run) =>
      wholeTablesCollected(run.memory, (table, emitTable) => {
        emitTable(distinctValues(table, column));
      }),
  };
});

function distinctValues(table: Chunk, label: string): Chunk {
  const column = findColumn(table.columns, label);
  const keyed = table.key.column(label);
  // Without the column there is one value, an empty text, as in InfluxDB.
  const values =
    column === undefined
      ? constantVector('string', '', 1)
      : keyed !== undefined
        ? constantVector(keyed.type, keyed.value, 1)
        : differentValues(column.vector);
  // A column of the key with that name gives way.
  const others = keyColumns(table.key, values.length).filter((known) => known.label !== '_value');
  return { key: table.key, columns: [...others, columnOf('_value', values)], rowCount: values.length };
}

export function differentValues(vector: Vector): Vector {
  if (vector.form === 'constant') return constantVector(vector.type, vector.value, Math.min(vector.length, 1));
  const seen = new Set<unknown>();
  const values = new VectorBuilder(vector.type);
  for (let row = 0; row < vector.length; row++) {
    const cell = cellAt(vector, row);
    if (seen.has(cell)) continue;
    seen.add(cell);
    values.push(cell);
  }
  return values.build();
}

export const labelTable = (table: Chunk, column: string, labels: readonly string[]): Chunk => {
  const builder = new VectorBuilder('string', labels.length);
  for (const label of labels) builder.push(label);
  return { key: table.key, columns: [...keyColumns(table.key, labels.length), columnOf(column, builder.build())], rowCount: labels.length };
};
