/** Package `contrib/tomhollingworth/events`: how long each row lasted until the next one. */
import { Duration } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, findColumn } from '../../table/chunk.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';
import type { Package } from '../native.js';
import { step } from '../native.js';
import { collectTables } from '../universe/collect.js';

const duration = step((args) => {
  const unit = Number(args.duration('unit', Duration.ofNs(1_000_000_000n)).approximateNs);
  const timeColumn = args.string('timeColumn', '_time');
  const columnName = args.string('columnName', 'duration');
  const stopColumn = args.string('stopColumn', '_stop');
  const stop = args.has('stop') ? args.time('stop').ns : undefined;
  return collectTables((table) => {
    const times = requireColumn(table, timeColumn);
    const stops = stop === undefined ? requireColumn(table, stopColumn) : undefined;
    if (stops !== undefined && stops.type !== 'time')
      throw fluxError(`stop column "${stopColumn}" must be of type time, got ${stops.type}`);
    if (times.type !== 'time' || table.rowCount === 0) return table;
    const nsAt = (column: Column, row: number): bigint => (cellAt(column.vector, row) ?? 0n) as bigint;
    const last = table.rowCount - 1;
    const durations = new VectorBuilder('int', table.rowCount);
    for (let row = 0; row <= last; row++) {
      const end = row < last ? nsAt(times, row + 1) : (stop ?? (stops === undefined ? 0n : nsAt(stops, last)));
      durations.push(BigInt(Math.trunc((Number(end) - Number(nsAt(times, row))) / unit)));
    }
    return { ...table, columns: [...table.columns, columnOf(columnName, durations.build())] };
  });
});

function requireColumn(table: Chunk, label: string): Column {
  const column = findColumn(table.columns, label);
  if (column === undefined) throw fluxError(`column "${label}" does not exist`);
  return column;
}

export const events: Package = { duration };
