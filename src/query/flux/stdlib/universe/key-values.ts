/** `keyValues`: the different values of columns, with the names of the columns. */
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { columnOf, findColumn, keyColumns } from '../../table/chunk.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';
import { step } from '../native.js';
import { collectTables } from './collect.js';

export const keyValues = step((args) => {
  const labels = args.strings('keyColumns');
  return collectTables((table) => keyValueTable(table, labels));
});

function keyValueTable(table: Chunk, labels: readonly string[]): Chunk {
  const found = labels.map((label) => findColumn(table.columns, label)).filter((column) => column !== undefined);
  const [first] = found;
  if (first === undefined)
    throw fluxError(
      `received table with columns ${table.columns.map(({ label }) => label).join(', ')} not having key columns ${labels.join(', ')}`,
    );
  if (found.some(({ type }) => type !== first.type)) throw fluxError('keyColumns must all have the same type');
  const keys = new VectorBuilder('string');
  const values = new VectorBuilder(first.type);
  for (const { label, vector } of found) {
    const seen = new Set<unknown>();
    for (let row = 0; row < vector.length; row++) {
      const cell = cellAt(vector, row);
      if (seen.has(cell)) continue;
      seen.add(cell);
      keys.push(label);
      values.push(cell);
    }
  }
  const rowCount = keys.length;
  return {
    key: table.key,
    columns: [...keyColumns(table.key, rowCount), columnOf('_key', keys.build()), columnOf('_value', values.build())],
    rowCount,
  };
}
