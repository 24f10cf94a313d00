/** Package `experimental/polyline`: fewer points that look like all of them, chosen as Ramer, Douglas and Peucker do. */
import { wholeTablesCollected } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import type { Turn } from '../../execute/turn.js';
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { columnOf, findColumn, keyColumns } from '../../table/chunk.js';
import { cellAt, floatVector, timeVector } from '../../table/vector.js';
import type { Package } from '../native.js';
import { step } from '../native.js';
import { isNumeric, numberAt } from '../universe/collect.js';
import type { Point } from './simplify.js';
import { withinAutomatic, withinDistance, withRetention } from './simplify.js';

interface Spec {
  readonly valueColumn: string;
  readonly timeColumn: string;
  /** How far a point may lie from the line that stands for it. */
  readonly epsilon: number | undefined;
  /** Per cent of the points that are kept. */
  readonly retention: number | undefined;
}

const rdp = step((args) => {
  const spec: Spec = {
    valueColumn: args.string('valColumn', '_value'),
    timeColumn: args.string('timeColumn', '_time'),
    epsilon: args.has('epsilon') ? args.float('epsilon') : undefined,
    retention: args.has('retention') ? args.float('retention') : undefined,
  };
  const { epsilon, retention } = spec;
  if (epsilon !== undefined && epsilon <= 0) throw fluxError('Epsilon values need to be greater than 0.0');
  if (retention !== undefined && (retention <= 0 || retention >= 100))
    throw fluxError('Retention percentage should be between 0.0 and 100.0');
  return {
    create: (run: RunContext) =>
      wholeTablesCollected(run.memory, (table, emitTable) => {
        emitTable(simplified(table, spec, run.turn));
      }),
  };
});

function simplified(table: Chunk, spec: Spec, turn: Turn): Chunk {
  const kept = keptPoints(pointsOf(table, spec), spec, turn);
  const times = timeVector(BigInt64Array.from(kept, ({ x }) => BigInt(x)));
  const values = floatVector(Float64Array.from(kept, ({ y }) => y));
  return {
    key: table.key,
    columns: [...keyColumns(table.key, kept.length), columnOf('_time', times), columnOf('_value', values)],
    rowCount: kept.length,
  };
}

/** Rows without a time are no points; a missing value counts as 0. */
function pointsOf(table: Chunk, { timeColumn, valueColumn }: Spec): Point[] {
  const times = findColumn(table.columns, timeColumn);
  if (times === undefined) throw fluxError(`cannot find time column ${timeColumn}`);
  const values = findColumn(table.columns, valueColumn);
  if (values === undefined) throw fluxError(`cannot find column ${valueColumn}`);
  if (!isNumeric(values.type)) throw fluxError(`rdp can work only on numerical types, got ${values.type}`);
  const points: Point[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const time = cellAt(times.vector, row);
    if (time !== null) points.push({ x: Number(time), y: numberAt(values.vector, row) ?? 0 });
  }
  return points;
}

function keptPoints(points: readonly Point[], { epsilon, retention }: Spec, turn: Turn): readonly Point[] {
  if (epsilon !== undefined && retention !== undefined) throw fluxError('Please provide either epsilon or retention rate and not both');
  if (epsilon !== undefined) return withinDistance(points, epsilon, turn);
  if (retention === undefined) return withinAutomatic(points, turn);
  const count = Math.floor((retention / 100) * points.length);
  if (count < 1) throw fluxError('The number of points to retain is less than 1. Please consider increasing the retention rate');
  return withRetention(points, count, turn);
}

export const polyline: Package = { rdp };
