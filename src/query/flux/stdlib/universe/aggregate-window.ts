/** `aggregateWindow`: windows of time, an aggregate or selector of each, and the windows put together again. */
import type { Operator } from '../../execute/operator.js';
import { wholeTable } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import type { Turn } from '../../execute/turn.js';
import { INFINITE } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import type { Bounds } from '../../language/window.js';
import { intersectBounds } from '../../language/window.js';
import type { AggregateMethod, WindowSpec } from '../../plan/node.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, findColumn, keyColumns } from '../../table/chunk.js';
import type { KeyColumn } from '../../table/group-key.js';
import { GroupKey } from '../../table/group-key.js';
import type { Vector } from '../../table/vector.js';
import { VectorBuilder, cellAt, gatherVector, sliceVector } from '../../table/vector.js';
import { fillEmpty } from '../experimental/table-fill.js';
import { constant, pipeline } from '../native.js';
import { AGGREGATIONS } from './aggregates.js';
import { duplicate } from './columns.js';
import { sortedRows } from './sort.js';
import { window, windowsWithin } from './window.js';

export const inf = constant(INFINITE);

export const aggregateWindow = pipeline((args, pipe) => {
  const createEmpty = args.bool('createEmpty', true);
  const column = args.string('column', '_value');
  const timeDst = args.string('timeDst', '_time');
  const windows = pipe.to(window, {
    every: args.required('every'),
    period: args.get('period'),
    offset: args.get('offset'),
    location: args.get('location'),
    createEmpty,
  });
  const aggregated = windows.through(args.fn('fn'), { column });
  return (createEmpty ? aggregated.to(fillEmpty) : aggregated)
    .to(duplicate, { column: args.string('timeSrc', '_stop'), as: timeDst })
    .to(window, { every: INFINITE, timeColumn: timeDst });
});

/** The aggregate of each window in one step: what a plan makes of the steps of `aggregateWindow` for counts, sums and means. */
export function aggregateWindowOperator(
  run: RunContext,
  spec: WindowSpec,
  method: AggregateMethod,
  valueColumn: string,
  timeSource: '_start' | '_stop',
  range: Bounds,
): Operator {
  const all = spec.createEmpty ? windowsWithin(spec.window, range, run.memory) : undefined;
  return wholeTable(run.memory, (table, emit) => {
    const result = aggregateWindows(table, spec, method, valueColumn, timeSource, range, all, run.turn);
    emit.chunk(result);
    emit.flush(result.key);
  });
}

function aggregateWindows(
  table: Chunk,
  spec: WindowSpec,
  method: AggregateMethod,
  valueColumn: string,
  timeSource: '_start' | '_stop',
  range: Bounds,
  all: readonly Bounds[] | undefined,
  turn: Turn,
): Chunk {
  const timeColumn = findColumn(table.columns, spec.timeColumn);
  if (timeColumn === undefined) throw fluxError(`no time column: ${spec.timeColumn}`);
  if (timeColumn.type !== 'time') throw fluxError(`time column is not a time value: ${timeColumn.type}`);
  const column = findColumn(table.columns, valueColumn);
  if (column === undefined) throw fluxError(`column "${valueColumn}" does not exist`);
  if (table.key.has(valueColumn)) throw fluxError('cannot aggregate columns that are part of the group key');
  const { times, values } = inOrderOfTime(timeColumn.vector, column.vector);
  const filled = filledWindows(times, spec, range, turn);
  const aggregation = AGGREGATIONS[method];
  const type = aggregation(sliceVector(values, 0, 0)).type;
  const empty = method === 'count' ? 0n : null;
  const timeBuilder = new VectorBuilder('time', all?.length ?? filled.length);
  const valueBuilder = new VectorBuilder(type, all?.length ?? filled.length);
  const push = (bounds: Bounds, from: number, to: number): void => {
    turn.check(to - from);
    timeBuilder.push(timeSource === '_start' ? bounds.startNs : bounds.stopNs);
    valueBuilder.push(from === to ? empty : aggregation(sliceVector(values, from, to)).value);
  };
  if (all === undefined) {
    for (const { bounds, from, to } of filled) push(bounds, from, to);
  } else {
    let next = 0;
    for (const bounds of all) {
      const candidate = filled[next];
      if (candidate !== undefined && candidate.bounds.startNs === bounds.startNs && candidate.bounds.stopNs === bounds.stopNs) {
        push(bounds, candidate.from, candidate.to);
        next++;
      } else {
        push(bounds, 0, 0);
      }
    }
  }
  const key = withBounds(table.key, range);
  const rowCount = timeBuilder.length;
  const time = columnOf('_time', timeBuilder.build());
  const columns: Column[] = [
    time,
    // Where tables are grouped by time there are two columns of that name, and InfluxDB shows the windows' time in both.
    ...keyColumns(key, rowCount).map((column) => (column.label === '_time' ? time : column)),
    columnOf(valueColumn, valueBuilder.build()),
  ];
  return { key, columns, rowCount };
}

function inOrderOfTime(times: Vector, values: Vector): { times: Vector; values: Vector } {
  const order = sortedRows([times], times.length, false);
  return order === undefined ? { times, values } : { times: gatherVector(times, order), values: gatherVector(values, order) };
}

/** The windows that hold rows, with the first row and the row after the last. */
function filledWindows(
  times: Vector,
  { window: windows }: WindowSpec,
  range: Bounds,
  turn: Turn,
): { bounds: Bounds; from: number; to: number }[] {
  const found: { bounds: Bounds; from: number; to: number }[] = [];
  const count = times.length;
  let latest: bigint | undefined;
  for (let row = 0; row < count; row++) {
    const ns = cellAt(times, row) as bigint | null;
    if (ns === null) continue;
    const last = found.at(-1);
    // The windows of a row before end where this one's begin, unless windows overlap.
    if (last !== undefined && windows.every.equals(windows.period) && ns < last.bounds.stopNs) continue;
    const fresh: Bounds[] = [];
    for (let bounds = windows.latest(ns); bounds.startNs <= ns && ns < bounds.stopNs; bounds = windows.previous(bounds)) {
      if (latest !== undefined && bounds.startNs <= latest) break;
      fresh.push(bounds);
      turn.check();
    }
    const [newest] = fresh;
    if (newest === undefined) continue;
    latest = newest.startNs;
    for (const bounds of fresh.reverse()) {
      const cut = intersectBounds(bounds, range);
      found.push({ bounds: cut, from: firstAtOrAfter(times, cut.startNs), to: firstAtOrAfter(times, cut.stopNs) });
    }
  }
  return found;
}

/** Binary search in times that are in order. */
function firstAtOrAfter(times: Vector, ns: bigint): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const cell = cellAt(times, middle) as bigint | null;
    if (cell === null || cell < ns) low = middle + 1;
    else high = middle;
  }
  return low;
}

function withBounds(key: GroupKey, { startNs, stopNs }: Bounds): GroupKey {
  const replaced = key.columns.map((column): KeyColumn => {
    if (column.label === '_start') return { label: '_start', type: 'time', value: startNs };
    if (column.label === '_stop') return { label: '_stop', type: 'time', value: stopNs };
    return column;
  });
  if (!key.has('_start')) replaced.push({ label: '_start', type: 'time', value: startNs });
  if (!key.has('_stop')) replaced.push({ label: '_stop', type: 'time', value: stopNs });
  return new GroupKey(replaced);
}
