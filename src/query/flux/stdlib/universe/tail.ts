/** `tail`: the last rows of each table. */
import { sliceChunk } from '../../table/chunk.js';
import { step } from '../native.js';
import { collectTables } from './collect.js';

export const tail = step((args) => {
  const count = args.count('n');
  const offset = args.count('offset', 0);
  return collectTables((table) => {
    const to = Math.min(Math.max(table.rowCount - offset, 0), table.rowCount);
    return sliceChunk(table, Math.max(to - Math.max(count, 0), 0), to);
  });
});
