/** `spread`, `stddev`, `skew` and `mode`: one value for the distribution of a column. */
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { columnOf, keyColumns } from '../../table/chunk.js';
import type { Cell, Vector } from '../../table/vector.js';
import { VectorBuilder, cellAt, compareCells } from '../../table/vector.js';
import type { Native } from '../native.js';
import { step } from '../native.js';
import { collectTables, isNumeric, numbersOf } from './collect.js';
import type { Aggregation } from './simple-aggregate.js';
import { aggregatedColumn, simpleAggregate, unsupportedType } from './simple-aggregate.js';

const aggregateStep = (aggregation: Aggregation): Native =>
  step((args) => {
    const columns = [args.string('column', '_value')];
    return { create: (run) => simpleAggregate(run, aggregation, columns) };
  });

function requireNumeric({ type }: Vector): void {
  if (!isNumeric(type)) throw unsupportedType(type);
}

/** The difference between the largest and the smallest value. */
export const spread = aggregateStep((vector) => {
  requireNumeric(vector);
  let low: Cell = null;
  let high: Cell = null;
  for (let row = 0; row < vector.length; row++) {
    const cell = cellAt(vector, row);
    if (cell === null) continue;
    if (low === null || cell < low) low = cell;
    if (high === null || cell > high) high = cell;
  }
  const value = low === null || high === null ? null : (high as number) - (low as number);
  return { type: vector.type, value };
});

export const stddev = step((args) => {
  const columns = [args.string('column', '_value')];
  const mode = args.string('mode', 'sample');
  if (mode !== 'sample' && mode !== 'population') throw fluxError(`"${mode}" is not a valid standard deviation mode`);
  return { create: (run) => simpleAggregate(run, deviation(mode), columns) };
});

/** Welford's method, which InfluxDB uses, too: the digits agree. */
const deviation =
  (mode: 'sample' | 'population'): Aggregation =>
  (vector) => {
    requireNumeric(vector);
    let count = 0;
    let average = 0;
    let squares = 0;
    for (const value of numbersOf(vector)) {
      count++;
      const delta = value - average;
      average += delta / count;
      squares += delta * (value - average);
    }
    const value = mode === 'population' ? Math.sqrt(squares / count) : count < 2 ? Number.NaN : Math.sqrt(squares / (count - 1));
    return { type: 'float', value: count === 0 ? null : value };
  };

export const skew = aggregateStep((vector) => {
  requireNumeric(vector);
  let count = 0;
  let m1 = 0;
  let m2 = 0;
  let m3 = 0;
  for (const value of numbersOf(vector)) {
    const before = count;
    count++;
    const delta = value - m1;
    const deltaN = delta / count;
    const term = delta * deltaN * before;
    m3 += term * deltaN * (count - 2) - 3 * deltaN * m2;
    m2 += term;
    m1 += deltaN;
  }
  if (count === 0) return { type: 'float', value: null };
  return { type: 'float', value: count < 2 ? Number.NaN : (Math.sqrt(count) * m3) / m2 ** 1.5 };
});

/** The values that are there most often, in order; a null where all are there equally often. */
export const mode = step((args) => {
  const label = args.string('column', '_value');
  return collectTables((table) => modeTable(table, label));
});

function modeTable(table: Chunk, label: string): Chunk {
  const vector = aggregatedColumn(table, label);
  const counts = new Map<Cell, number>();
  for (let row = 0; row < vector.length; row++) {
    const cell = cellAt(vector, row);
    if (cell !== null) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  const modes = [...counts].filter(([, count]) => count === most).map(([cell]) => cell);
  const values = new VectorBuilder(vector.type);
  if (modes.length === counts.size) values.push(null);
  else for (const cell of modes.sort(compareCells)) values.push(cell);
  return { key: table.key, columns: [...keyColumns(table.key, values.length), columnOf(label, values.build())], rowCount: values.length };
}
