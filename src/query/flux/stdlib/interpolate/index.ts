/** Package `interpolate`: points at regular times between those that are there. */
import type { RunContext } from '../../execute/run-context.js';
import { Duration } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import { Window } from '../../language/window.js';
import { wholeTablesCollected } from '../../execute/operator.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, findColumn, keyColumns } from '../../table/chunk.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';
import type { Package } from '../native.js';
import { step } from '../native.js';

const linear = step((args) => {
  const every = args.duration('every');
  const window = new Window(every, every, Duration.ofNs(0n), { zone: undefined, offset: Duration.ofNs(0n) });
  return {
    create: (run) =>
      wholeTablesCollected(run.memory, (table, emitTable) => {
        emitTable(interpolateTable(table, window, run));
      }),
  };
});

const POINTS_BATCH = 65_536;
const POINT_BYTES = 16;

function interpolateTable(table: Chunk, window: Window, { memory, turn }: RunContext): Chunk {
  for (const { label } of table.columns) {
    if (label !== '_time' && label !== '_value' && !table.key.has(label)) {
      throw fluxError(`interpolate.linear requires column "${label}" to be in group key`);
    }
  }
  const times = findColumn(table.columns, '_time');
  if (times === undefined) throw fluxError('_time column does not exist');
  const values = findColumn(table.columns, '_value');
  if (values === undefined) throw fluxError('_value column does not exist');
  if (values.type !== 'float') throw fluxError(`cannot interpolate ${values.type} values; expected float values`);
  const newTimes = new VectorBuilder('time', table.rowCount);
  const newValues = new VectorBuilder('float', table.rowCount);
  const push = (ns: bigint, value: number): void => {
    turn.check();
    newTimes.push(ns);
    newValues.push(value);
    if (newTimes.length % POINTS_BATCH === 0) memory.hold(POINTS_BATCH * POINT_BYTES);
  };
  let previous: { ns: bigint; value: number } | undefined;
  for (let row = 0; row < table.rowCount; row++) {
    const ns = cellAt(times.vector, row);
    const value = cellAt(values.vector, row);
    if (ns === null) throw fluxError('null _time found during linear interpolation');
    if (value === null) throw fluxError('null _value found during linear interpolation');
    const point = { ns: ns as bigint, value: value as number };
    if (previous !== undefined) {
      const slope = (point.value - previous.value) / Number(point.ns - previous.ns);
      for (let between = window.latest(previous.ns).stopNs; between < point.ns; between = window.every.addTo(between)) {
        push(between, previous.value + slope * Number(between - previous.ns));
      }
    }
    push(point.ns, point.value);
    previous = point;
  }
  const rowCount = newTimes.length;
  const replaced = [columnOf('_time', newTimes.build()), columnOf('_value', newValues.build())];
  const keyed = keyColumns(table.key, rowCount);
  const columns = table.columns.map((column): Column => findColumn(replaced, column.label) ?? findColumn(keyed, column.label) ?? column);
  return { key: table.key, columns, rowCount };
}

export const interpolate: Package = { linear };
