/** `keyValues`: the different values of columns, with the names of the columns. */
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { columnOf, findColumn, keyColumns } from '../../table/chunk.js';
import type { Cell } from '../../table/vector.js';
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
      `received table with columns [${table.columns.map(({ label }) => label).join(' ')}] not having key columns [${labels.join(' ')}]`,
    );
  if (found.some(({ type }) => type !== first.type)) throw fluxError('keyColumns must all be the same type');
  const keys = new VectorBuilder('string');
  const values = new VectorBuilder(first.type);
  // A null comes once, whatever the column; a value, once for each.
  const seen = new Set<Cell>();
  const seenIn = found.map(() => new Set<Cell>());
  for (let row = 0; row < table.rowCount; row++) {
    for (const [index, { label, vector }] of found.entries()) {
      const cell = cellAt(vector, row);
      const known = cell === null ? seen : (seenIn[index] as Set<Cell>);
      if (known.has(cell)) continue;
      known.add(cell);
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
