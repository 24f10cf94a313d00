/** `hourSelection`: the rows of some hours of the day. */
import { fluxError } from '../../language/errors.js';
import { NS_PER_DAY, floorDivide } from '../../../../domain/time.js';
import { findColumn, gatherChunk } from '../../table/chunk.js';
import { cellAt } from '../../table/vector.js';
import { localNs } from '../../language/window.js';
import { locationOf, step } from '../native.js';
import { collectTables } from './collect.js';

const NS_PER_HOUR = NS_PER_DAY / 24n;

export const hourSelection = step((args, { context }) => {
  const start = args.count('start');
  const stop = args.count('stop');
  const label = args.string('timeColumn', '_time');
  const location = locationOf(args.get('location') ?? context.location);
  return collectTables((table) => {
    const times = findColumn(table.columns, label);
    if (times === undefined) throw fluxError('invalid time column');
    if (start < 0 || start > 23) throw fluxError('start must be between 0 and 23');
    if (stop < 0 || stop > 23) throw fluxError('stop must be between 0 and 23');
    const rows: number[] = [];
    for (let row = 0; row < table.rowCount; row++) {
      const ns = cellAt(times.vector, row) as bigint | null;
      if (ns === null) continue;
      const local = localNs(ns, location);
      const hour = Number((local - floorDivide(local, NS_PER_DAY) * NS_PER_DAY) / NS_PER_HOUR);
      // Hours over midnight: from the evening to the morning.
      if (start <= stop ? hour >= start && hour <= stop : hour >= start || hour <= stop) rows.push(row);
    }
    return gatherChunk(table, Int32Array.from(rows));
  });
});
