/** `range`: the rows between two moments, which is also what bounds a read of a bucket. */
import { Duration } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import { Inference } from '../../language/inference.js';
import type { Value } from '../../language/value.js';
import { Time } from '../../language/value.js';
import type { Bounds } from '../../language/window.js';
import { intersectBounds } from '../../language/window.js';
import { boundsWithin } from '../../plan/node.js';
import { wholeTablesCollected } from '../../execute/operator.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { constantColumn, findColumn, gatherChunk } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import { cellAt } from '../../table/vector.js';
import { step } from '../native.js';

const NS_PER_SECOND = 1_000_000_000n;

/** A moment as `range` takes it: a time, a duration from now, or seconds since 1970. */
export function momentOf(value: Value, nowNs: bigint): bigint {
  if (value instanceof Time) return value.ns;
  if (value instanceof Duration) return nowNs + value.approximateNs;
  if (typeof value === 'bigint') return value * NS_PER_SECOND;
  throw fluxError(`value is not a time, got ${new Inference().nameOf(value)}`);
}

export const range = step((args, { node, context }) => {
  const start = args.required('start');
  const stop = args.get('stop');
  const nowNs = context.boundNowNs;
  const bounds = { startNs: momentOf(start, nowNs), stopNs: stop === undefined ? nowNs : momentOf(stop, nowNs) };
  const follows = { start: start instanceof Duration, stop: stop === undefined || stop instanceof Duration };
  const within = boundsWithin([node], bounds);
  return {
    spec: { kind: 'range', range: bounds, follows },
    bounds: within,
    create: (run) =>
      wholeTablesCollected(run.memory, (table, emitTable) => {
        emitTable(cutToRange(table, within));
      }),
  };
});

function cutToRange(table: Chunk, range: Bounds): Chunk {
  const times = findColumn(table.columns, '_time');
  if (times === undefined) throw fluxError("range error: supplied time column _time doesn't exist");
  if (times.type !== 'time') throw fluxError(`range error: provided column _time is not of type time`);
  const rows = new Int32Array(table.rowCount);
  let count = 0;
  for (let row = 0; row < table.rowCount; row++) {
    const ns = cellAt(times.vector, row) as bigint | null;
    if (ns !== null && ns >= range.startNs && ns < range.stopNs) rows[count++] = row;
  }
  const kept = gatherChunk(table, rows.subarray(0, count));
  const bounds = boundsOfKey(table.key, range);
  const limits = [
    constantColumn('_start', 'time', bounds.startNs, kept.rowCount),
    constantColumn('_stop', 'time', bounds.stopNs, kept.rowCount),
  ];
  const added = limits.filter(({ label }) => findColumn(kept.columns, label) === undefined);
  const columns: Column[] = [...added, ...kept.columns.map((column) => findColumn(limits, column.label) ?? column)];
  const others = table.key.columns.filter(({ label }) => label !== '_start' && label !== '_stop');
  const key = new GroupKey([
    { label: '_start', type: 'time', value: bounds.startNs },
    { label: '_stop', type: 'time', value: bounds.stopNs },
    ...others,
  ]);
  return { key, columns, rowCount: kept.rowCount };
}

/** A table that is already bounded stays within its own bounds where they overlap with the range. */
function boundsOfKey(key: GroupKey, range: Bounds): Bounds {
  const start = key.column('_start')?.value;
  const stop = key.column('_stop')?.value;
  if (typeof start !== 'bigint' || typeof stop !== 'bigint') return range;
  const own = { startNs: start, stopNs: stop };
  return own.startNs < range.stopNs && range.startNs < own.stopNs ? intersectBounds(own, range) : range;
}
