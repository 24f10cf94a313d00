/** `histogram` and `histogramQuantile`: how many values lie below bounds, and back. */
import { wholeTablesCollected } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import { quoteGo } from '../../../../domain/go-quote.js';
import type { Chunk } from '../../table/chunk.js';
import { columnOf, constantColumn, findColumn, keyColumns } from '../../table/chunk.js';
import type { Vector } from '../../table/vector.js';
import { floatVector } from '../../table/vector.js';
import { step } from '../native.js';
import { collectTables, numberAt, numbersOf } from './collect.js';

export const histogram = step((args) => {
  const column = args.string('column', '_value');
  const upperBoundColumn = args.string('upperBoundColumn', 'le');
  const countColumn = args.string('countColumn', '_value');
  const bins = [...args.floats('bins')].sort((a, b) => a - b);
  const normalize = args.bool('normalize', false);
  return collectTables((table) => {
    const found = findColumn(table.columns, column);
    if (found === undefined) throw fluxError(`column ${quoteGo(column)} is missing`);
    if (found.type !== 'float') throw fluxError(`column ${quoteGo(column)} must be a float got ${found.type}`);
    const values = numbersOf(found.vector);
    const counts = new Float64Array(bins.length);
    for (const value of values) {
      const index = bins.findIndex((bound) => value <= bound);
      if (index < 0)
        throw fluxError(
          `found value greater than any bin, ${bins.length} ${bins.length} ${value.toFixed(6)} ${(bins.at(-1) ?? 0).toFixed(6)}`,
        );
      counts[index] = (counts[index] as number) + 1;
    }
    for (let i = 1; i < counts.length; i++) counts[i] = (counts[i] as number) + (counts[i - 1] as number);
    const shares = normalize ? counts.map((count) => count / values.length) : counts;
    return {
      key: table.key,
      columns: [
        ...keyColumns(table.key, bins.length),
        columnOf(upperBoundColumn, floatVector(Float64Array.from(bins))),
        columnOf(countColumn, floatVector(shares)),
      ],
      rowCount: bins.length,
    };
  });
});

interface QuantileSpec {
  readonly quantile: number;
  readonly countColumn: string;
  readonly upperBoundColumn: string;
  readonly valueColumn: string;
  readonly minValue: number;
  readonly onNonmonotonic: string;
}

export const histogramQuantile = step((args) => {
  const spec: QuantileSpec = {
    quantile: args.float('quantile'),
    countColumn: args.string('countColumn', '_value'),
    upperBoundColumn: args.string('upperBoundColumn', 'le'),
    valueColumn: args.string('valueColumn', '_value'),
    minValue: args.float('minValue', 0),
    onNonmonotonic: args.string('onNonmonotonic', 'error'),
  };
  if (!['error', 'force', 'drop'].includes(spec.onNonmonotonic)) {
    throw fluxError(`value provided to histogramQuantile parameter onNonmonotonic is invalid; must be one of "error", "force" or "drop"`);
  }
  return {
    create: (run) =>
      wholeTablesCollected(run.memory, (table, emitTable) => {
        const value = quantileOf(table, spec);
        const row = [...keyColumns(table.key, 1), constantColumn(spec.valueColumn, 'float', value ?? null, 1)];
        const columns = value === undefined ? row.map((column) => constantColumn(column.label, column.type, null, 0)) : row;
        emitTable({ key: table.key, columns, rowCount: value === undefined ? 0 : 1 });
      }),
  };
});

interface Bucket {
  count: number;
  readonly upperBound: number;
}

/** Null without samples, undefined for a histogram that is to be dropped. */
function quantileOf(table: Chunk, spec: QuantileSpec): number | null | undefined {
  const counts = floatColumn(table, spec.countColumn, 'count');
  const bounds = floatColumn(table, spec.upperBoundColumn, 'upper bound');
  const buckets: Bucket[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const count = numberAt(counts, row);
    const upperBound = numberAt(bounds, row);
    if (count === null) throw fluxError('unexpected null in the countColumn');
    if (upperBound === null) throw fluxError('unexpected null in the upperBoundColumn');
    buckets.push({ count, upperBound });
  }
  buckets.sort((a, b) => a.upperBound - b.upperBound);
  if (buckets.length === 0) throw fluxError('histogram is empty');
  if (!makeMonotonic(buckets, spec.onNonmonotonic === 'force')) {
    if (spec.onNonmonotonic === 'drop') return undefined;
    throw fluxError('histogram records counts are not monotonic');
  }
  return interpolate(buckets, spec);
}

function floatColumn(table: Chunk, label: string, what: string): Vector {
  const column = findColumn(table.columns, label);
  if (column === undefined) throw fluxError(`table is missing ${what} column ${quoteGo(label)}`);
  if (column.type !== 'float') throw fluxError(`${what} column ${quoteGo(label)} must be of type float`);
  return column.vector;
}

function makeMonotonic(buckets: Bucket[], force: boolean): boolean {
  let previous = 0;
  for (const bucket of buckets) {
    if (bucket.count >= previous) previous = bucket.count;
    else if (force) bucket.count = previous;
    else return false;
  }
  return true;
}

function interpolate(buckets: readonly Bucket[], { quantile, minValue }: QuantileSpec): number | null {
  const last = buckets.at(-1) as Bucket;
  if (last.count === 0) return null;
  const rank = quantile * last.count;
  const index = buckets.findLastIndex(({ count }) => rank >= count);
  if (index === buckets.length - 1) return last.upperBound;
  const lower = index < 0 ? { count: 0, upperBound: minValue } : (buckets[index] as Bucket);
  const upper = buckets[index + 1] as Bucket;
  if (rank === lower.count) return lower.upperBound;
  if (lower.upperBound === -Infinity) return upper.upperBound;
  if (upper.upperBound === Infinity) return lower.upperBound;
  return lower.upperBound + (upper.upperBound - lower.upperBound) * ((rank - lower.count) / (upper.count - lower.count));
}
