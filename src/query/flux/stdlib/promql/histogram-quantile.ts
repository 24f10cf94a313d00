/** `promql.promHistogramQuantile`: a quantile of the values that were counted in buckets, as Prometheus estimates it. */
import { wholeTablesCollected } from '../../execute/operator.js';
import { fluxError } from '../../language/errors.js';
import type { Chunk } from '../../table/chunk.js';
import { constantColumn, findColumn, keyColumns } from '../../table/chunk.js';
import { cellAt } from '../../table/vector.js';
import { step } from '../native.js';
import { columnOfType } from './samples.js';

interface Bucket {
  readonly upperBound: number;
  readonly count: number;
}

interface Columns {
  readonly count: string;
  readonly upperBound: string;
  readonly value: string;
}

export const promHistogramQuantile = step((args) => {
  const quantile = args.float('quantile', 0);
  const columns: Columns = {
    count: args.string('countColumn', '_value'),
    upperBound: args.string('upperBoundColumn', 'le'),
    value: args.string('valueColumn', '_value'),
  };
  return {
    create: ({ memory }) =>
      wholeTablesCollected(memory, (table, emit) => {
        const buckets = bucketsOf(table, columns);
        const value = buckets === undefined ? undefined : quantileOf(quantile, buckets);
        const rowCount = value === undefined ? 0 : 1;
        emit({
          key: table.key,
          columns: [...keyColumns(table.key, rowCount), constantColumn(columns.value, 'float', value ?? null, rowCount)],
          rowCount,
        });
      }),
  };
});

/** The buckets by their bound; undefined where the table has none. What has no bound that is a number is left out. */
function bucketsOf(table: Chunk, { count, upperBound }: Columns): readonly Bucket[] | undefined {
  const counts = columnOfType(table, count, 'float');
  if (findColumn(table.columns, upperBound) === undefined) return undefined;
  const bounds = columnOfType(table, upperBound, 'string');
  const buckets: Bucket[] = [];
  for (let row = 0; row < table.rowCount; row++) {
    const counted = cellAt(counts, row) as number | null;
    if (counted === null) throw fluxError('unexpected null in the countColumn');
    const bound = parseBound(cellAt(bounds, row) as string | null);
    if (bound !== undefined) buckets.push({ upperBound: bound, count: counted });
  }
  return buckets.sort((a, b) => (a.upperBound < b.upperBound ? -1 : a.upperBound > b.upperBound ? 1 : 0));
}

function parseBound(text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  if (/^[+]?inf(inity)?$/i.test(text)) return Infinity;
  if (/^-inf(inity)?$/i.test(text)) return -Infinity;
  const bound = Number(text);
  return Number.isNaN(bound) ? undefined : bound;
}

/** Counts of buckets with one bound, added up. */
function withoutDoubles(buckets: readonly Bucket[]): Bucket[] {
  const merged: Bucket[] = [];
  for (const bucket of buckets) {
    const last = merged.at(-1);
    if (last?.upperBound === bucket.upperBound) merged[merged.length - 1] = { ...last, count: last.count + bucket.count };
    else merged.push(bucket);
  }
  return merged;
}

/** A count that is lower than the one before was read at another time: the higher one holds. */
function neverFalling(buckets: readonly Bucket[]): Bucket[] {
  let highest = -Infinity;
  return buckets.map(({ upperBound, count }) => {
    highest = Math.max(highest, count);
    return { upperBound, count: highest };
  });
}

function quantileOf(quantile: number, all: readonly Bucket[]): number {
  if (quantile < 0) return -Infinity;
  if (quantile > 1) return Infinity;
  if (all.at(-1)?.upperBound !== Infinity) return NaN;
  const buckets = neverFalling(withoutDoubles(all));
  const last = buckets.length - 1;
  if (last < 1) return NaN;
  const rank = quantile * (buckets[last] as Bucket).count;
  const found = buckets.findIndex(({ count }) => count >= rank);
  const index = found < 0 ? last : found;
  const { upperBound, count } = buckets[index] as Bucket;
  if (index === last) return (buckets[last - 1] as Bucket).upperBound;
  if (index === 0 && upperBound <= 0) return upperBound;
  const below = index === 0 ? { upperBound: 0, count: 0 } : (buckets[index - 1] as Bucket);
  return below.upperBound + (upperBound - below.upperBound) * ((rank - below.count) / (count - below.count));
}
