/**
 * For each series of a measurement and each of its columns that was asked for, where in time the first and the last value lie: whether a
 * series has values of a field is then known without a look at rows.
 */
import type { Catalog, Field, Measurement } from './catalog.js';
import type { Connection } from './connection.js';
import type { Plan } from './drain-plan.js';
import { FieldExtents, NO_FIRST, NO_LAST, type SeriesExtents } from './series-extents.js';
import { readIntegers, readLongs } from './vectors.js';

/** Pairs of times that are kept, of all measurements together: 16 bytes each. */
const PAIRS_MAX = 2_000_000;

/**
 * Asks DuckDB for columns that are not known yet; later drains keep the answer up to date. Not to be run beside a drain.
 *
 * Where too much would be kept, what is known of other measurements goes; a measurement that is too large by itself is left as it is.
 */
export async function loadFieldExtents(
  connection: Connection,
  catalog: Catalog,
  { id, extents, series, table }: Measurement,
  asked: readonly Field[],
): Promise<void> {
  if (extents === undefined) return;
  const fields = asked.filter(({ index, hasColumn }) => hasColumn && !extents.fields.has(index));
  if (fields.length === 0 || !makeRoom(catalog, id, extents, series.count * fields.length)) return;
  const found = fields.map(() => new FieldExtents());
  const columns = fields.flatMap(({ index }) => ['min', 'max'].map((end) => `${end}(time) FILTER (f${index} IS NOT NULL)`));
  for await (const chunk of connection.chunks(`SELECT series, ${withoutNulls(columns)} FROM ${table} GROUP BY series`)) {
    const ids = readIntegers(chunk, 0);
    for (const [i, known] of found.entries()) {
      const first = readLongs(chunk, 1 + 2 * i);
      const last = readLongs(chunk, 2 + 2 * i);
      for (const [row, id] of ids.entries()) known.note(id, first[row] as bigint, last[row] as bigint);
    }
  }
  for (const [i, { index }] of fields.entries()) extents.fields.set(index, found[i] as FieldExtents);
}

const withoutNulls = (columns: readonly string[]): string =>
  columns.map((column) => `coalesce(${column}, ${column.startsWith('min') ? NO_FIRST : NO_LAST})`).join(', ');

function makeRoom(catalog: Catalog, id: number, extents: SeriesExtents, wanted: number): boolean {
  const own = pairsOf(extents) + wanted;
  if (own > PAIRS_MAX) return false;
  let others = 0;
  for (const measurement of catalog.all()) if (measurement.id !== id) others += pairsOf(measurement.extents);
  if (own + others <= PAIRS_MAX) return true;
  for (const measurement of catalog.all()) if (measurement.id !== id) measurement.extents?.fields.clear();
  return true;
}

function pairsOf(extents: SeriesExtents | undefined): number {
  let pairs = 0;
  for (const { first } of extents?.fields.values() ?? []) pairs += first.length;
  return pairs;
}

/** Notes the values of rows that are being stored, for the columns that are known. */
export function noteFields({ rows, sorted, extents }: Plan): void {
  for (const [index, known] of extents.fields) {
    const column = rows.columns[index];
    if (column === undefined) continue;
    if (column.rows === undefined && column.count === rows.rowCount) {
      noteRuns(known, rows, sorted.order);
      continue;
    }
    for (let value = 0; value < column.count; value++) {
      const row = column.rowOf(value);
      const time = rows.times[row] as bigint;
      known.note(rows.series[row] as number, time, time);
    }
  }
}

function noteRuns(known: FieldExtents, { series, times }: Plan['rows'], order: Int32Array): void {
  for (let start = 0, end = 0; start < order.length; start = end) {
    const id = series[order[start] as number] as number;
    while (end < order.length && series[order[end] as number] === id) end++;
    known.note(id, times[order[start] as number] as bigint, times[order[end - 1] as number] as bigint);
  }
}
