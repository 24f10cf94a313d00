/** `holtWinters`: how a series goes on. */
import { wholeTablesCollected } from '../../execute/operator.js';
import type { Turn } from '../../execute/turn.js';
import type { Duration } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, constantColumn, findColumn, keyColumns } from '../../table/chunk.js';
import { cellAt, floatVector, timeVector } from '../../table/vector.js';
import { step } from '../native.js';
import { isNumeric, numberAt } from './collect.js';
import { forecast } from './holt-winters-forecast.js';

const VALUES_MAX = 1_000_000;

interface Spec {
  readonly count: number;
  readonly seasonLength: number;
  readonly interval: Duration;
  readonly withFit: boolean;
  readonly withError: boolean;
  readonly column: string;
  readonly timeColumn: string;
}

export const holtWinters = step((args) => {
  const spec: Spec = {
    count: args.count('n'),
    seasonLength: args.count('seasonality', 0),
    interval: args.duration('interval'),
    withFit: args.bool('withFit', false),
    withError: args.bool('withMinSSE', false),
    column: args.string('column', '_value'),
    timeColumn: args.string('timeColumn', '_time'),
  };
  if (spec.interval.approximateNs <= 0n) throw fluxError('holtWinters interval must be greater than zero');
  if (spec.count > VALUES_MAX) throw fluxError(`holtWinters foretells no more than ${VALUES_MAX} values`);
  return {
    create: (run) =>
      wholeTablesCollected(run.memory, (table, emitTable) => {
        emitTable(forecastTable(table, spec, run.turn));
      }),
  };
});

function forecastTable(table: Chunk, spec: Spec, turn: Turn): Chunk {
  const series = evenSeries(table, spec);
  const { values, error } = forecast(series.values, spec, turn);
  const times = new BigInt64Array(values.length);
  let ns = spec.withFit ? series.startNs : spec.interval.addTo(series.stopNs);
  for (let i = 0; i < values.length; i++) {
    times[i] = ns;
    ns = spec.interval.addTo(ns);
  }
  const columns: Column[] = [
    ...keyColumns(table.key, values.length),
    columnOf('_time', timeVector(times)),
    columnOf('_value', floatVector(Float64Array.from(values))),
  ];
  if (spec.withError) columns.push(constantColumn('minSSE', 'float', error, values.length));
  return { key: table.key, columns, rowCount: values.length };
}

interface EvenSeries {
  readonly values: readonly (number | undefined)[];
  readonly startNs: bigint;
  readonly stopNs: bigint;
}

/** The first value of each interval; an interval without one has none. What comes before the first value is left out. */
function evenSeries(table: Chunk, { column, timeColumn, interval }: Spec): EvenSeries {
  const times = findColumn(table.columns, timeColumn);
  if (times === undefined) throw fluxError(`cannot find time column ${timeColumn}`);
  const found = findColumn(table.columns, column);
  if (found === undefined) throw fluxError(`cannot find column ${column}`);
  if (!isNumeric(found.type)) throw fluxError(`holtWinters can work only on numerical types, got ${found.type}`);
  const lengthNs = interval.approximateNs;
  const values: (number | undefined)[] = [];
  let startNs = 0n;
  let stopNs = 0n;
  let endNs: bigint | undefined;
  for (let row = 0; row < table.rowCount; row++) {
    const ns = cellAt(times.vector, row) as bigint | null;
    const value = numberAt(found.vector, row) ?? undefined;
    if (value !== undefined && !Number.isFinite(value)) throw fluxError('NaN/Inf in input');
    if (ns === null || (endNs === undefined && value === undefined)) continue;
    const roundNs = rounded(ns, lengthNs);
    if (endNs === undefined) {
      startNs = ns;
      endNs = roundNs;
      values.push(value);
      continue;
    }
    if (roundNs <= endNs) continue;
    endNs += lengthNs;
    if (values.length + Number((roundNs - endNs) / lengthNs) > VALUES_MAX)
      throw fluxError(`the rows span more than ${VALUES_MAX} intervals; use a longer interval`);
    for (; roundNs > endNs; endNs += lengthNs) values.push(undefined);
    values.push(value);
    stopNs = ns;
  }
  return { values, startNs, stopNs };
}

/** The multiple of a length that is nearest; halves go up. */
function rounded(ns: bigint, lengthNs: bigint): bigint {
  const rest = ((ns % lengthNs) + lengthNs) % lengthNs;
  return rest * 2n < lengthNs ? ns - rest : ns - rest + lengthNs;
}
