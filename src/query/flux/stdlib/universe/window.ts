/** `window`: tables by windows of time. */
import type { Operator } from '../../execute/operator.js';
import { wholeTablesCollected } from '../../execute/operator.js';
import type { MemoryAccount } from '../../execute/memory.js';
import type { RunContext } from '../../execute/run-context.js';
import { Duration } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import type { Bounds } from '../../language/window.js';
import { Window, intersectBounds } from '../../language/window.js';
import type { WindowSpec } from '../../plan/node.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { constantColumn, findColumn, gatherChunk } from '../../table/chunk.js';
import type { KeyColumn } from '../../table/group-key.js';
import { GroupKey } from '../../table/group-key.js';
import { cellAt } from '../../table/vector.js';
import type { Arguments, CallContext } from '../native.js';
import { locationOf, step } from '../native.js';

/** A query that asks for more windows than this would have only empty ones to show for it. */
const WINDOWS_MAX = 4_000_000;
/** What one window takes while it waits for rows. */
const WINDOW_BYTES = 128;
/** The same, with the rows that have come. */
const PART_BYTES = 640;
const ROW_NUMBER_BYTES = 8;

export const window = step((args, { node, context }) => {
  const spec = windowSpecOf(args, context);
  return {
    spec: { kind: 'window', ...spec },
    create: (run) => windowOperator(run, spec, requireBounds(node.bounds)),
  };
});

export function requireBounds(bounds: Bounds | undefined): Bounds {
  if (bounds === undefined) throw fluxError('nil bounds passed to window; use range to set the window range');
  return bounds;
}

export function windowSpecOf(args: Arguments, context: CallContext): WindowSpec {
  const zero = Duration.ofNs(0n);
  const every = args.duration('every', zero);
  const period = args.duration('period', zero);
  const offset = args.duration('offset', zero);
  const location = locationOf(args.get('location') ?? context.location);
  if (every.isZero && period.isZero) throw fluxError('window function requires at least one of "every" or "period" to be set and non-zero');
  const window = new Window(every.isZero ? period : every, period.isZero ? every : period, offset, location);
  return {
    window,
    isPlain: window.every.equals(window.period) && !offset.isNegative && location.zone === undefined && location.offset.isZero,
    timeColumn: args.string('timeColumn', '_time'),
    startColumn: args.string('startColumn', '_start'),
    stopColumn: args.string('stopColumn', '_stop'),
    createEmpty: args.bool('createEmpty', false),
  };
}

/** The windows of a range, cut at its ends, earliest first. What they take is held until the query ends. */
export function windowsWithin(window: Window, range: Bounds, memory: MemoryAccount): Bounds[] {
  if (window.isInfinite) return [range];
  const expected = (range.stopNs - range.startNs) / window.every.approximateNs;
  if (expected > WINDOWS_MAX)
    throw fluxError(`the range has more than ${WINDOWS_MAX} windows; make the windows longer or the range shorter`);
  memory.hold(Number(expected) * WINDOW_BYTES);
  const windows: Bounds[] = [];
  for (const bounds of window.overlapping(range)) windows.push(intersectBounds(bounds, range));
  return windows.reverse();
}

export function windowOperator(run: RunContext, spec: WindowSpec, range: Bounds): Operator {
  const all = spec.createEmpty ? windowsWithin(spec.window, range, run.memory) : [];
  return wholeTablesCollected(run.memory, (table, emitTable) => {
    splitIntoWindows(table, spec, range, all, run, emitTable);
  });
}

function splitIntoWindows(
  table: Chunk,
  spec: WindowSpec,
  range: Bounds,
  all: readonly Bounds[],
  { memory, turn }: RunContext,
  emitTable: (chunk: Chunk) => void,
): void {
  const times = findColumn(table.columns, spec.timeColumn);
  if (times === undefined) throw fluxError(`missing time column "${spec.timeColumn}"`);
  if (times.type !== 'time') throw fluxError(`time column "${spec.timeColumn}" is not a time value: ${times.type}`);
  const parts = new Map<string, { bounds: Bounds; rows: number[] }>();
  let held = 0;
  const partOf = (bounds: Bounds): { bounds: Bounds; rows: number[] } => {
    const id = `${bounds.startNs}-${bounds.stopNs}`;
    let part = parts.get(id);
    if (part === undefined) {
      part = { bounds, rows: [] };
      parts.set(id, part);
      memory.hold(PART_BYTES);
      held += PART_BYTES;
    }
    return part;
  };
  for (const bounds of all) partOf(bounds);
  // Rows come in the order of time, most often, so the window of the row before is the window of this one.
  let current: { bounds: Bounds; rows: number[] } | undefined;
  const single = spec.window.every.equals(spec.window.period);
  for (let row = 0; row < table.rowCount; row++) {
    const ns = cellAt(times.vector, row) as bigint | null;
    if (ns === null) continue;
    if (spec.window.isInfinite) {
      partOf(range).rows.push(row);
    } else if (single && current !== undefined && ns >= current.bounds.startNs && ns < current.bounds.stopNs) {
      current.rows.push(row);
    } else {
      for (const bounds of spec.window.overlapping({ startNs: ns, stopNs: ns + 1n })) {
        current = partOf(intersectBounds(bounds, range));
        current.rows.push(row);
        turn.check();
        memory.hold(ROW_NUMBER_BYTES);
        held += ROW_NUMBER_BYTES;
      }
    }
  }
  for (const { bounds, rows } of parts.values()) emitTable(windowTable(table, spec, bounds, rows));
  memory.release(held);
}

function windowTable(table: Chunk, { startColumn, stopColumn }: WindowSpec, bounds: Bounds, rows: readonly number[]): Chunk {
  const part = gatherChunk(table, Int32Array.from(rows));
  const replace = (column: Column): Column => {
    if (column.label === startColumn) return constantColumn(startColumn, 'time', bounds.startNs, rows.length);
    if (column.label === stopColumn) return constantColumn(stopColumn, 'time', bounds.stopNs, rows.length);
    return column;
  };
  const columns = part.columns.map(replace);
  if (findColumn(columns, startColumn) === undefined) columns.push(constantColumn(startColumn, 'time', bounds.startNs, rows.length));
  if (findColumn(columns, stopColumn) === undefined) columns.push(constantColumn(stopColumn, 'time', bounds.stopNs, rows.length));
  const key = columns
    .map(({ label }): KeyColumn | undefined => {
      if (label === startColumn) return { label, type: 'time', value: bounds.startNs };
      if (label === stopColumn) return { label, type: 'time', value: bounds.stopNs };
      return table.key.column(label);
    })
    .filter((column) => column !== undefined);
  return { key: new GroupKey(key), columns, rowCount: rows.length };
}
