/** Indicators of markets: `chandeMomentumOscillator`, `relativeStrengthIndex`, `kaufmansER`, `kaufmansAMA`, `tripleExponentialDerivative`. */
import { fluxError } from '../../language/errors.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, findColumn } from '../../table/chunk.js';
import { VectorBuilder, cellAt, sliceVector } from '../../table/vector.js';
import { pipeline, step } from '../native.js';
import { exponentialAverages } from './averages.js';
import { collectTables, isNumeric, numberAt, numbersOf, rowsFrom } from './collect.js';
import { mapValues } from './map.js';

function requireNumbers({ label, type }: Column, what: string): void {
  if (!isNumeric(type)) throw fluxError(`cannot take ${what} of column ${label} (type ${type})`);
}

/** Rising and falling sums over the last n changes. */
class Momentum {
  private up = 0;
  private down = 0;

  /** @param leaving the change that is n rows old, or zero */
  next(change: number, leaving: number): number {
    if (change > 0) this.up += change;
    else if (change < 0) this.down -= change;
    const value = (100 * (this.up - this.down)) / (this.up + this.down);
    if (leaving > 0) this.up -= leaving;
    else this.down += leaving;
    return value;
  }
}

export const chandeMomentumOscillator = step((args) => {
  const count = args.count('n');
  if (count <= 0) throw fluxError(`cannot take chande momentum oscillator with a period of ${count} (must be greater than 0)`);
  const labels = args.strings('columns', ['_value']);
  return collectTables((table) => {
    const momentum = (column: Column): Column => {
      requireNumbers(column, 'chande momentum oscillator');
      const values = numbersWithZeros(column);
      const sums = new Momentum();
      const builder = new VectorBuilder('float', values.length);
      const changeAt = (row: number): number => (values[row] as number) - (values[row - 1] as number);
      values.forEach((_value, row) => {
        const value = sums.next(row === 0 ? 0 : changeAt(row), row >= count ? changeAt(row - count + 1) : 0);
        if (row >= count) builder.push(value);
      });
      return columnOf(column.label, builder.build());
    };
    return withLast(table, count, labels, momentum);
  });
});

/** The rows from `first` on; columns that are computed have no more rows than those. */
function withLast(table: Chunk, first: number, labels: readonly string[], compute: (column: Column) => Column): Chunk {
  const rest = rowsFrom(table, first);
  const columns = table.columns.map((column, i) => (labels.includes(column.label) ? compute(column) : (rest.columns[i] as Column)));
  return { ...rest, columns };
}

/** A null counts as zero, as InfluxDB has it here. */
const numbersWithZeros = ({ vector }: Column): number[] => Array.from({ length: vector.length }, (_, row) => numberAt(vector, row) ?? 0);

export const kaufmansER = pipeline((args, pipe) =>
  pipe.to(chandeMomentumOscillator, { n: args.required('n') }).to(
    mapValues('sorts', (chunk) => {
      const column = findColumn(chunk.columns, '_value');
      if (column === undefined) return [];
      const builder = new VectorBuilder('float', chunk.rowCount);
      for (let row = 0; row < chunk.rowCount; row++) builder.push(Math.abs(cellAt(column.vector, row) as number) / 100);
      return [columnOf('_value', builder.build())];
    }),
  ),
);

const FASTEST = 2 / (2 + 1);
const SLOWEST = 2 / (30 + 1);

export const kaufmansAMA = step((args) => {
  const count = args.count('n');
  if (count <= 0) throw fluxError(`cannot take KaufmansAMA with a period of ${count} (must be greater than 0)`);
  const label = args.string('column', '_value');
  return collectTables((table) => {
    const adaptive = (column: Column): Column => {
      requireNumbers(column, 'KAMA');
      const values = numbersWithZeros(column);
      const sums = new Momentum();
      const changes: number[] = [];
      const builder = new VectorBuilder('float', values.length);
      let average = 0;
      values.forEach((value, row) => {
        const previous = row === 0 ? value : (values[row - 1] as number);
        const efficiency = Math.abs(sums.next(value - previous, row >= count ? (changes[(row + 1) % count] as number) : 0)) / 100;
        if (row >= count) {
          if (row === count) average = previous;
          const smoothing = (efficiency * (FASTEST - SLOWEST) + SLOWEST) ** 2;
          average += smoothing * (value - average);
          builder.push(average);
        }
        changes[row % count] = value - previous;
      });
      return columnOf(column.label, builder.build());
    };
    return withLast(table, count, [label], adaptive);
  });
});

/** A mean that becomes a moving one after n values. */
class SmoothedMean {
  value = 0;
  private readonly period: number;
  private count = 0;

  constructor(period: number) {
    this.period = period;
  }

  add(value: number): void {
    if (this.count < this.period) this.value = (this.value * this.count + value) / (this.count + 1);
    else this.value = value * (1 / this.period) + this.value * (1 - 1 / this.period);
    this.count++;
  }
}

export const relativeStrengthIndex = step((args) => {
  const count = args.count('n');
  if (count <= 0) throw fluxError(`cannot take relative strength index with a period of ${count} (must be greater than 0)`);
  const labels = args.strings('columns', ['_value']);
  return collectTables((table) => {
    const strength = (column: Column): Column => {
      requireNumbers(column, 'relative strength index');
      const up = new SmoothedMean(count);
      const down = new SmoothedMean(count);
      const builder = new VectorBuilder('float', column.vector.length);
      const index = (): number => 100 - 100 / (1 + up.value / down.value);
      let last = 0;
      for (let row = 0; row < column.vector.length; row++) {
        const value = numberAt(column.vector, row);
        if (value !== null) {
          up.add(Math.max(value - last, 0));
          down.add(Math.max(last - value, 0));
          last = value;
        }
        if (row >= count) builder.push(index());
      }
      // A table that is too short has the index of what it has.
      if (table.rowCount <= count && table.rowCount > 0) builder.push(index());
      return columnOf(column.label, builder.build());
    };
    return withLast(table, Math.min(count, Math.max(table.rowCount - 1, 0)), labels, strength);
  });
});

export const tripleExponentialDerivative = step((args) => {
  const count = args.count('n');
  if (count <= 0) throw fluxError(`cannot take triple exponential derivative with a period of ${count} (must be greater than 0)`);
  return collectTables((table) => {
    const derivative = (column: Column): Column => {
      requireNumbers(column, 'triple exponential derivative');
      let averages = column.vector;
      for (let i = 0; i < 3; i++) averages = averages.length < count ? sliceVector(averages, 0, 0) : exponentialAverages(averages, count);
      const values = numbersOf(averages);
      const builder = new VectorBuilder('float', values.length);
      if (values.length < 2) builder.push(null);
      for (let i = 1; i < values.length; i++) builder.push(((values[i] as number) / (values[i - 1] as number) - 1) * 100);
      return columnOf(column.label, builder.build());
    };
    return withLast(table, Math.min(3 * (count - 1) + 1, Math.max(table.rowCount - 1, 0)), ['_value'], derivative);
  });
});
