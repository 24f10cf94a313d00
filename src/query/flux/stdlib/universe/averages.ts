/** `movingAverage`, `exponentialMovingAverage` and what is made of it. */
import type { Turn } from '../../execute/turn.js';
import { emitTable, narrowWithState } from '../../execute/operator.js';
import type { Operator } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { columnOf, constantColumn, findColumn, sliceChunk } from '../../table/chunk.js';
import { compareGroupKeys } from '../../table/group-key.js';
import type { Vector } from '../../table/vector.js';
import { VectorBuilder } from '../../table/vector.js';
import { pipeline, step } from '../native.js';
import { mean } from './aggregates.js';
import { collectTables, isNumeric, numberAt, replaceColumn, rowsFrom } from './collect.js';
import { drop, duplicate } from './columns.js';
import { window } from './window.js';
import { INFINITE } from '../../language/duration.js';
import { mapValues } from './map.js';

const VALUE = '_value';

interface MovingState {
  /** The last n values, or those that there have been; a null is an undefined. */
  readonly ring: (number | undefined)[];
  at: number;
  needed: number;
  /** The rows so far, while there are too few for an average. */
  last: Chunk | undefined;
}

export const movingAverage = step((args) => {
  const count = args.count('n');
  if (count <= 0) throw fluxError(`cannot take moving average with a period of ${count} (must be greater than 0)`);
  return { create: ({ turn }) => movingAverageOperator(count, turn) };
});

function movingAverageOperator(count: number, turn: Turn): Operator {
  const states = new Map<string, MovingState>();
  // What tables that are too short come to: InfluxDB hands them out as tables of their own, after all others.
  const late: Chunk[] = [];
  const finishTable = (id: string): void => {
    const last = states.get(id)?.last;
    if (last !== undefined) late.push(last);
    states.delete(id);
  };
  const inner = narrowWithState(
    (chunk): MovingState => {
      const state = { ring: [], at: 0, needed: count - 1, last: undefined };
      states.set(chunk.key.id, state);
      return state;
    },
    (chunk, state, emit) => {
      emit.chunk(movingChunk(chunk, state, count, turn));
    },
  );
  return {
    ...inner,
    flush(key, emit, input) {
      finishTable(key.id);
      inner.flush(key, emit, input);
    },
    finish(emit) {
      for (const id of [...states.keys()]) finishTable(id);
      for (const table of late.sort((a, b) => compareGroupKeys(a.key, b.key))) emitTable(table, emit);
      inner.finish(emit);
    },
  };
}

function movingChunk(chunk: Chunk, state: MovingState, count: number, turn: Turn): Chunk {
  const column = findColumn(chunk.columns, VALUE);
  if (column === undefined) throw fluxError('cannot find _value column');
  if (!isNumeric(column.type)) throw fluxError(`cannot take moving average of column ${VALUE} (type ${column.type})`);
  const skipped = Math.min(state.needed, chunk.rowCount);
  const builder = new VectorBuilder('float', chunk.rowCount);
  for (let row = 0; row < chunk.rowCount; row++) {
    state.ring[state.at] = numberAt(column.vector, row) ?? undefined;
    state.at = (state.at + 1) % count;
    turn.check(state.ring.length);
    if (state.needed > 0) state.needed--;
    else builder.push(averageOf(state.ring));
  }
  // A table with fewer rows than an average takes has the average of those it has.
  state.last =
    state.needed > 0 && chunk.rowCount > 0
      ? replaceColumn(sliceChunk(chunk, chunk.rowCount - 1, chunk.rowCount), constantColumn(VALUE, 'float', averageOf(state.ring), 1))
      : state.needed > 0
        ? state.last
        : undefined;
  return replaceColumn(sliceChunk(chunk, skipped, chunk.rowCount), columnOf(VALUE, builder.build()));
}

/** Added up in the order of places in the ring, as InfluxDB does: the last digit depends on it. */
function averageOf(ring: readonly (number | undefined)[]): number | null {
  let sum = 0;
  let count = 0;
  for (const value of ring) {
    if (value === undefined) continue;
    sum += value;
    count++;
  }
  return count === 0 ? null : sum / count;
}

export const exponentialMovingAverage = step((args) => {
  const count = args.count('n');
  return collectTables((table) => {
    if (count <= 0) throw fluxError(`cannot take moving average with a period of ${count} (must be greater than 0)`);
    const column = findColumn(table.columns, VALUE);
    if (column === undefined) throw fluxError('cannot find _value column');
    if (!isNumeric(column.type)) throw fluxError(`cannot take exponential moving average of column ${VALUE} (type ${column.type})`);
    const averages = exponentialAverages(column.vector, count);
    // The rows before the first average go; of a table that is too short the last row stays.
    const first = Math.min(count - 1, Math.max(table.rowCount - 1, 0));
    return replaceColumn(rowsFrom(table, first), columnOf(VALUE, averages));
  });
});

/** From the n-th row on: the mean of the first n values, then each value weighted with what came before. */
export function exponentialAverages(vector: Vector, count: number): Vector {
  const builder = new VectorBuilder('float', vector.length);
  const multiplier = 2 / (count + 1);
  let value = 0;
  let seen = 0;
  let row = 0;
  for (; row < count && row < vector.length; row++) {
    const number = numberAt(vector, row);
    if (number === null) continue;
    value += number;
    seen++;
  }
  if (row === 0) return builder.build();
  if (seen > 0) value /= seen;
  builder.push(seen === 0 ? null : value);
  for (; row < vector.length; row++) {
    const number = numberAt(vector, row);
    if (number !== null) {
      value = seen === 0 ? number : number * multiplier + value * (1 - multiplier);
      seen++;
    }
    builder.push(seen === 0 ? null : value);
  }
  return builder.build();
}

export const doubleEMA = pipeline((args, pipe) => {
  const n = args.required('n');
  return pipe
    .to(exponentialMovingAverage, { n })
    .to(duplicate, { column: VALUE, as: '__ema' })
    .to(exponentialMovingAverage, { n })
    .to(combine((ema, value) => 2 * ema - value, ['__ema']))
    .to(drop, { columns: ['__ema'] });
});

export const tripleEMA = pipeline((args, pipe) => {
  const n = args.required('n');
  return pipe
    .to(exponentialMovingAverage, { n })
    .to(duplicate, { column: VALUE, as: '__ema1' })
    .to(exponentialMovingAverage, { n })
    .to(duplicate, { column: VALUE, as: '__ema2' })
    .to(exponentialMovingAverage, { n })
    .to(combine((first, second, value) => 3 * first - 3 * second + value, ['__ema1', '__ema2']))
    .to(drop, { columns: ['__ema1', '__ema2'] });
});

/** `_value` made of other columns and itself, which comes last. */
const combine = (make: (...values: [number, number, number]) => number, labels: readonly string[]): ReturnType<typeof mapValues> =>
  mapValues('keeps order', (chunk) => {
    const vectors = [...labels, VALUE].map((label) => findColumn(chunk.columns, label)?.vector as Vector);
    const builder = new VectorBuilder('float', chunk.rowCount);
    for (let row = 0; row < chunk.rowCount; row++) {
      const numbers = vectors.map((vector) => numberAt(vector, row));
      builder.push(numbers.includes(null) ? null : make(...(numbers as [number, number, number])));
    }
    return [columnOf(VALUE, builder.build())];
  });

export const timedMovingAverage = pipeline((args, pipe) =>
  pipe
    .to(window, { every: args.required('every'), period: args.required('period') })
    .to(mean, { column: args.get('column') })
    .to(duplicate, { column: '_stop', as: '_time' })
    .to(window, { every: INFINITE }),
);
