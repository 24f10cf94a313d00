/** Reads of windows: an aggregate or selector of each window of each series. */
import type { SeriesTable } from '../../../domain/series.js';
import type { Bounds, Window } from '../language/window.js';
import { intersectBounds } from '../language/window.js';
import type { ReadSpec, WindowShape } from '../plan/node.js';
import type { SourceTable } from './runnable-node.js';
import { AGGREGATIONS } from '../stdlib/universe/aggregates.js';
import { selectedRow } from '../stdlib/universe/selectors.js';
import { windowsWithin } from '../stdlib/universe/window.js';
import type { Chunk, Column } from '../table/chunk.js';
import { columnOf, concatChunks, constantColumn, keyColumns } from '../table/chunk.js';
import type { KeyColumn } from '../table/group-key.js';
import { GroupKey } from '../table/group-key.js';
import type { ColumnType, Vector } from '../table/vector.js';
import { VectorBuilder, cellAt, sliceVector, timeVector } from '../table/vector.js';
import { isSelector, seriesKey, seriesTables, valueVector, withLast } from './series-read.js';
import type { RunContext } from './run-context.js';

/** What came of the windows of one series that hold points: for each, its bounds (not cut), the value, and the selected point's time. */
interface FilledWindows {
  readonly starts: BigInt64Array;
  readonly stops: BigInt64Array;
  readonly times: BigInt64Array;
  readonly values: Vector;
}

export async function* windowTables(run: RunContext, spec: ReadSpec, shape: WindowShape): AsyncIterable<SourceTable> {
  const all = shape.createEmpty ? windowsWithin(shape.window, spec.range, run.memory) : undefined;
  for await (const { series, filled } of filledWindows(run, spec, shape)) {
    const key = seriesKey(series, spec);
    const table = windowTable(key, spec, shape, filled, all);
    if (shape.timeColumn === undefined) yield* splitWindows(table, isSelector(shape.method));
    else yield { chunk: table, last: true };
  }
}

type Series = Pick<SeriesTable, 'measurement' | 'field' | 'tags'>;

async function* filledWindows(
  run: RunContext,
  spec: ReadSpec,
  shape: WindowShape,
): AsyncIterable<{ series: Series; filled: FilledWindows }> {
  const { window, method } = shape;
  if (window.every.months !== 0) {
    yield* calendarWindows(run, spec, shape);
    return;
  }
  const everyNs = window.every.ns;
  const reduction = { kind: 'window', aggregate: method, everyNs, offsetNs: modulo(window.firstStartNs, everyNs) } as const;
  let pieces: Chunk[] = [];
  for await (const { piece, last } of withLast(seriesTables(run, spec, reduction))) {
    if (last && pieces.length === 0) {
      yield { series: piece, filled: fromEngine(piece.times, valueVector(piece), window, isSelector(method)) };
      continue;
    }
    pieces.push({
      key: GroupKey.EMPTY,
      columns: [columnOf('_time', timeVector(piece.times)), columnOf('_value', valueVector(piece))],
      rowCount: piece.times.length,
    });
    if (!last) continue;
    const [times, values] = concatChunks(GroupKey.EMPTY, pieces).columns as [Column, Column];
    pieces = [];
    yield {
      series: piece,
      filled: fromEngine((times.vector as { values: BigInt64Array }).values, values.vector, window, isSelector(method)),
    };
  }
}

const modulo = (a: bigint, b: bigint): bigint => ((a % b) + b) % b;

function fromEngine(times: BigInt64Array, values: Vector, window: Window, selector: boolean): FilledWindows {
  const starts = selector ? times.map((ns) => window.latest(ns).startNs) : times;
  const everyNs = window.every.ns;
  return { starts, stops: starts.map((ns) => ns + everyNs), times, values };
}

/** Months are not all of one length, so their windows are made here, from the points. */
async function* calendarWindows(
  run: RunContext,
  spec: ReadSpec,
  { window, method }: WindowShape,
): AsyncIterable<{ series: Series; filled: FilledWindows }> {
  let builder: CalendarBuilder | undefined;
  for await (const { piece, last } of withLast(seriesTables(run, spec, undefined))) {
    builder ??= new CalendarBuilder(window, method);
    builder.add(piece.times, valueVector(piece));
    if (!last) continue;
    yield { series: piece, filled: builder.build() };
    builder = undefined;
  }
}

class CalendarBuilder {
  private readonly window: Window;
  private readonly method: WindowShape['method'];
  private readonly starts = new VectorBuilder('time');
  private readonly stops = new VectorBuilder('time');
  private readonly times = new VectorBuilder('time');
  private values: VectorBuilder | undefined;
  private open: { bounds: Bounds; times: VectorBuilder; values: VectorBuilder } | undefined;

  constructor(window: Window, method: WindowShape['method']) {
    this.window = window;
    this.method = method;
  }

  add(times: BigInt64Array, values: Vector): void {
    let from = 0;
    while (from < times.length) {
      const ns = times[from] as bigint;
      if (this.open === undefined || ns >= this.open.bounds.stopNs) {
        this.close();
        this.open = { bounds: this.window.latest(ns), times: new VectorBuilder('time'), values: new VectorBuilder(values.type) };
      }
      let to = from;
      while (to < times.length && (times[to] as bigint) < this.open.bounds.stopNs) to++;
      this.open.times.append(timeVector(times), from, to);
      this.open.values.append(values, from, to);
      from = to;
    }
  }

  build(): FilledWindows {
    this.close();
    const values = this.values?.build() ?? timeVector(new BigInt64Array());
    const ns = (builder: VectorBuilder): BigInt64Array => (builder.build() as { values: BigInt64Array }).values;
    return { starts: ns(this.starts), stops: ns(this.stops), times: ns(this.times), values };
  }

  private close(): void {
    if (this.open === undefined) return;
    const { bounds, times, values } = this.open;
    this.open = undefined;
    const vector = values.build();
    let type: ColumnType = vector.type;
    let cell;
    let row = 0;
    if (this.method === 'count' || this.method === 'sum' || this.method === 'mean') {
      const result = AGGREGATIONS[this.method](vector);
      type = result.type;
      cell = result.value;
    } else {
      row = selectedRow(vector, this.method);
      cell = cellAt(vector, row);
    }
    this.values ??= new VectorBuilder(type);
    this.values.push(cell);
    this.starts.push(bounds.startNs);
    this.stops.push(bounds.stopNs);
    this.times.push(cellAt(times.build(), row));
  }
}

function windowTable(
  key: GroupKey,
  { range }: ReadSpec,
  shape: WindowShape,
  filled: FilledWindows,
  all: readonly Bounds[] | undefined,
): Chunk {
  const selector = isSelector(shape.method);
  const selects = selector && !shape.forceAggregate;
  // A selector has nothing to select in an empty window, unless there is to be an empty table for it.
  const empties = selects && shape.timeColumn !== undefined ? undefined : all;
  const cut = empties === undefined ? cutWindows(filled, range) : mergeEmpty(filled, empties, range, shape.method === 'count');
  const rowCount = cut.starts.length;
  const [start, stop, ...tags] = keyColumns(key, rowCount) as [Column, Column, ...Column[]];
  const columns: Column[] = [];
  if (shape.timeColumn === undefined) {
    columns.push(columnOf('_start', timeVector(cut.starts)), columnOf('_stop', timeVector(cut.stops)));
    if (selects) columns.push(columnOf('_time', cut.times));
  } else {
    columns.push(start, stop, columnOf('_time', timeVector(shape.timeColumn === '_start' ? cut.starts : cut.stops)));
  }
  return { key, columns: [...columns, columnOf('_value', cut.values), ...tags], rowCount };
}

interface CutWindows {
  readonly starts: BigInt64Array;
  readonly stops: BigInt64Array;
  readonly times: Vector;
  readonly values: Vector;
}

function cutWindows({ starts, stops, times, values }: FilledWindows, { startNs, stopNs }: Bounds): CutWindows {
  return {
    starts: starts.map((ns) => (ns < startNs ? startNs : ns)),
    stops: stops.map((ns) => (ns > stopNs ? stopNs : ns)),
    times: timeVector(times),
    values,
  };
}

function mergeEmpty(filled: FilledWindows, all: readonly Bounds[], range: Bounds, counts: boolean): CutWindows {
  const count = all.length;
  const starts = new BigInt64Array(count);
  const stops = new BigInt64Array(count);
  const times = new VectorBuilder('time', count);
  const values = new VectorBuilder(filled.values.type, count);
  let next = 0;
  all.forEach((bounds, i) => {
    starts[i] = bounds.startNs;
    stops[i] = bounds.stopNs;
    const found =
      next < filled.starts.length
        ? intersectBounds({ startNs: filled.starts[next] as bigint, stopNs: filled.stops[next] as bigint }, range)
        : undefined;
    if (found?.startNs === bounds.startNs) {
      times.push(filled.times[next] as bigint);
      values.push(cellAt(filled.values, next));
      next++;
    } else {
      times.push(null);
      values.push(counts ? 0n : null);
    }
  });
  return { starts, stops, times: times.build(), values: values.build() };
}

/** A table for each window. */
function* splitWindows(table: Chunk, selector: boolean): Iterable<SourceTable> {
  const [start, stop] = table.columns as [Column, Column];
  const value = table.columns.find(({ label }) => label === '_value') as Column;
  for (let row = 0; row < table.rowCount; row++) {
    const startNs = cellAt(start.vector, row);
    const stopNs = cellAt(stop.vector, row);
    const empty = selector && cellAt(value.vector, row) === null;
    const count = empty ? 0 : 1;
    const key = new GroupKey(
      table.key.columns.map((column): KeyColumn => {
        if (column.label === '_start') return { ...column, value: startNs };
        if (column.label === '_stop') return { ...column, value: stopNs };
        return column;
      }),
    );
    const columns = table.columns.map((column) => {
      const keyed = key.column(column.label);
      return keyed === undefined
        ? { ...column, vector: sliceVector(column.vector, row, row + count) }
        : constantColumn(column.label, column.type, keyed.value, count);
    });
    yield { chunk: { key, columns, rowCount: count }, last: true };
  }
}
