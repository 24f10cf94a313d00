/** `stateTracking`, `stateCount` and `stateDuration`: for how long a condition has held, in rows or in time. */
import { narrowWithState } from '../../execute/operator.js';
import type { Operator } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import { Duration } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import { Row, bindRowFunction } from '../../language/row.js';
import { RowTypes } from '../../language/row-types.js';
import { BOOL } from '../../language/types.js';
import type { FunctionValue } from '../../language/value.js';
import type { Chunk } from '../../table/chunk.js';
import { columnOf } from '../../table/chunk.js';
import { cellAt, intVector } from '../../table/vector.js';
import { pipeline, step } from '../native.js';
import { requireColumn } from './collect.js';

interface TrackingSpec {
  readonly fn: FunctionValue;
  readonly countColumn: string;
  readonly durationColumn: string;
  readonly durationUnitNs: bigint;
  readonly timeColumn: string;
}

export const stateTracking = step((args) => {
  const spec: TrackingSpec = {
    fn: args.fn('fn'),
    countColumn: args.string('countColumn', ''),
    durationColumn: args.string('durationColumn', ''),
    durationUnitNs: args.duration('durationUnit', Duration.ofNs(1n)).approximateNs,
    timeColumn: args.string('timeColumn', '_time'),
  };
  if (spec.durationColumn !== '' && spec.durationUnitNs <= 0n) throw fluxError('state tracking duration unit must be greater than zero');
  return { create: (run) => trackingOperator(run, spec) };
});

export const stateCount = pipeline((args, pipe) =>
  pipe.to(stateTracking, { fn: args.fn('fn'), countColumn: args.string('column', 'stateCount') }),
);

export const stateDuration = pipeline((args, pipe) =>
  pipe.to(stateTracking, {
    fn: args.fn('fn'),
    durationColumn: args.string('column', 'stateDuration'),
    timeColumn: args.string('timeColumn', '_time'),
    durationUnit: args.duration('unit', Duration.ofNs(1_000_000_000n)),
  }),
);

interface TrackedState {
  count: bigint;
  startNs: bigint | undefined;
  previousNs: bigint | undefined;
}

function trackingOperator(run: RunContext, spec: TrackingSpec): Operator {
  const holds = bindRowFunction(spec.fn, 'r');
  const types = new RowTypes(spec.fn, ['r'], { result: BOOL });
  return narrowWithState(
    (): TrackedState => ({ count: -1n, startNs: undefined, previousNs: undefined }),
    (chunk, state, emit) => {
      types.withColumns(chunk.columns);
      emit.chunk(
        run.applyToRows(() => {
          const row = new Row(chunk);
          return trackChunk(chunk, state, spec, (i) => holds(row.at(i)) === true);
        }),
      );
    },
  );
}

function trackChunk(chunk: Chunk, state: TrackedState, spec: TrackingSpec, holds: (row: number) => boolean): Chunk {
  const times = requireColumn(chunk, spec.timeColumn).vector;
  const counts = new BigInt64Array(chunk.rowCount);
  const durations = new BigInt64Array(chunk.rowCount);
  const hasDuration = spec.durationColumn !== '';
  for (let row = 0; row < chunk.rowCount; row++) {
    const match = holds(row);
    if (hasDuration) durations[row] = durationAt(cellAt(times, row) as bigint | null, match, state, spec.durationUnitNs);
    state.count = match ? (state.count < 0n ? 1n : state.count + 1n) : -1n;
    counts[row] = state.count;
  }
  const columns = [...chunk.columns];
  if (spec.countColumn !== '') columns.push(columnOf(spec.countColumn, intVector(counts)));
  if (hasDuration) columns.push(columnOf(spec.durationColumn, intVector(durations)));
  return { ...chunk, columns };
}

function durationAt(ns: bigint | null, match: boolean, state: TrackedState, unitNs: bigint): bigint {
  if (ns === null) throw fluxError('got a null timestamp');
  if (state.previousNs !== undefined && state.previousNs > ns) throw fluxError('got an out-of-order timestamp');
  state.previousNs = ns;
  if (!match) {
    state.startNs = undefined;
    return -1n;
  }
  state.startNs ??= ns;
  return (ns - state.startNs) / unitNs;
}
