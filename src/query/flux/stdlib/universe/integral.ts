/** `integral` and `timeWeightedAvg`: the area under the values over time. */
import { Duration } from '../../language/duration.js';
import { fluxError } from '../../language/errors.js';
import { quoteGo } from '../../../../domain/go-quote.js';
import type { Chunk } from '../../table/chunk.js';
import { columnOf, constantColumn, findColumn, keyColumns } from '../../table/chunk.js';
import type { Vector } from '../../table/vector.js';
import { VectorBuilder, cellAt } from '../../table/vector.js';
import { pipeline, step } from '../native.js';
import { collectTables, isNumeric, numberAt } from './collect.js';
import { mapValues } from './map.js';

interface IntegralSpec {
  readonly unitNs: number;
  readonly timeColumn: string;
  readonly columns: readonly string[];
  readonly interpolates: boolean;
}

export const integral = step((args) => {
  const interpolate = args.string('interpolate', '');
  if (interpolate !== '' && interpolate !== 'linear') throw fluxError(`invalid interpolation: ${interpolate}`);
  const spec: IntegralSpec = {
    unitNs: Number(args.duration('unit', Duration.ofNs(1_000_000_000n)).approximateNs),
    timeColumn: args.string('timeColumn', '_time'),
    columns: [args.string('column', '_value')],
    interpolates: interpolate === 'linear',
  };
  return collectTables((table) => integrate(table, spec));
});

function integrate(table: Chunk, spec: IntegralSpec): Chunk {
  const bound = (label: '_start' | '_stop'): number => {
    const column = table.key.column(label);
    if (typeof column?.value !== 'bigint') throw fluxError(`integral function needs ${label} column to be part of group key`);
    return Number(column.value);
  };
  const range = { start: bound('_start'), stop: bound('_stop') };
  const columns = spec.columns.map((label) => {
    const column = findColumn(table.columns, label);
    if (column === undefined) throw fluxError(`column ${quoteGo(label)} does not exist`);
    if (table.key.has(label)) throw fluxError('cannot aggregate columns that are part of the group key');
    if (!isNumeric(column.type)) throw fluxError(`cannot perform integral over ${column.type}`);
    return { label, vector: column.vector };
  });
  const times = findColumn(table.columns, spec.timeColumn);
  if (times === undefined) throw fluxError(`no column ${quoteGo(spec.timeColumn)} exists`);
  return {
    key: table.key,
    columns: [
      ...keyColumns(table.key, 1),
      ...columns.map(({ label, vector }) => constantColumn(label, 'float', areaUnder(times.vector, vector, range, spec), 1)),
    ],
    rowCount: 1,
  };
}

interface Point {
  readonly t: number;
  readonly v: number;
}

function areaUnder(times: Vector, values: Vector, range: { start: number; stop: number }, { unitNs, interpolates }: IntegralSpec): number {
  const trapezoid = (a: Point, b: Point): number => (0.5 * (b.v + a.v) * (b.t - a.t)) / unitNs;
  let sum = 0;
  let before: Point | undefined;
  let last: Point | undefined;
  let previousNs: bigint | undefined;
  for (let row = 0; row < values.length; row++) {
    const ns = cellAt(times, row) as bigint | null;
    if (ns === null) throw fluxError('integral found null time in time column');
    if (previousNs !== undefined && previousNs > ns) throw fluxError('integral found out-of-order times in time column');
    if (previousNs === ns) continue;
    previousNs = ns;
    const v = numberAt(values, row);
    if (v === null) continue;
    const point = { t: Number(ns), v };
    if (last !== undefined) sum += trapezoid(last, point);
    if (last !== undefined && before === undefined && interpolates && range.start < last.t) {
      const y = last.v - ((point.v - last.v) / (point.t - last.t)) * (last.t - range.start);
      sum += (0.5 * (y + last.v) * (last.t - range.start)) / unitNs;
    }
    before = last;
    last = point;
  }
  if (last === undefined) return 0;
  if (before === undefined) return interpolates ? (last.v * (range.stop - range.start)) / unitNs : 0;
  if (interpolates) {
    const y = last.v + ((last.v - before.v) / (last.t - before.t)) * (range.stop - last.t);
    sum += (0.5 * (y + last.v) * (range.stop - last.t)) / unitNs;
  }
  return sum;
}

export const timeWeightedAvg = pipeline((args, pipe) => {
  const unit = args.duration('unit');
  const unitNs = Number(unit.approximateNs);
  return pipe.to(integral, { unit, interpolate: 'linear' }).to(
    mapValues('sorts', (chunk) => {
      const find = (label: string): Vector => (findColumn(chunk.columns, label) as { vector: Vector }).vector;
      const builder = new VectorBuilder('float', chunk.rowCount);
      for (let row = 0; row < chunk.rowCount; row++) {
        const length = Number((cellAt(find('_stop'), row) as bigint) - (cellAt(find('_start'), row) as bigint));
        builder.push(((numberAt(find('_value'), row) ?? 0) * unitNs) / length);
      }
      return [columnOf('_value', builder.build())];
    }),
  );
});
