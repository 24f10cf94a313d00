/** `sample`: every n-th row. */
import { fluxError } from '../../language/errors.js';
import { gatherChunk } from '../../table/chunk.js';
import { step } from '../native.js';
import { collectTables } from './collect.js';

export const sample = step((args) => {
  const every = args.count('n');
  const position = args.count('pos', -1);
  if (every <= 0) throw fluxError(`n must be a positive integer, but was ${every}`);
  if (position >= every) throw fluxError(`pos must be less than n, but ${position} >= ${every}`);
  return collectTables((table) => {
    const first = position < 0 ? Math.floor(Math.random() * every) : position;
    const rows: number[] = [];
    for (let row = first; row < table.rowCount; row += every) rows.push(row);
    return gatherChunk(table, Int32Array.from(rows));
  });
});
