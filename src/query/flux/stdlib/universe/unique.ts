/** `unique`: the first row for each value of a column. */
import { fluxError } from '../../language/errors.js';
import { quoteGo } from '../../../../domain/go-quote.js';
import { findColumn, gatherChunk } from '../../table/chunk.js';
import { cellAt } from '../../table/vector.js';
import { step } from '../native.js';
import { collectTables } from './collect.js';

export const unique = step((args) => {
  const label = args.string('column', '_value');
  return collectTables((table) => {
    const column = findColumn(table.columns, label);
    if (column === undefined) throw fluxError(`no column ${quoteGo(label)} exists`);
    const seen = new Set<unknown>();
    const rows: number[] = [];
    for (let row = 0; row < table.rowCount; row++) {
      const cell = cellAt(column.vector, row);
      if (seen.has(cell)) continue;
      seen.add(cell);
      rows.push(row);
    }
    return gatherChunk(table, Int32Array.from(rows));
  });
});
