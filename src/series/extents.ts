/** Where in time the stored rows of each series lie: tells late rows from others, and which tables a range cannot touch. */
import type { TimeRange } from '../domain/series.js';
import type { Measurement } from './catalog.js';
import { measurementLists } from './loose.js';
import { growExtents, noteRows, type SeriesExtents } from './series-extents.js';
import type { Connection } from './connection.js';
import { readIntegers, readLongs } from './vectors.js';

/** A measurement at the time of a read: later drains do not affect the reader. */
export interface Readable {
  readonly measurement: Measurement;
  readonly extents: SeriesExtents;
  readonly fieldCount: number;
}

/** Asks DuckDB, once; later drains keep the answer up to date. Not to be run beside a drain. */
export async function loadExtents(connection: Connection, measurements: readonly Measurement[]): Promise<void> {
  const unknown = measurements.filter(({ extents }) => extents === undefined);
  for (const measurement of unknown) {
    const extents: SeriesExtents = {
      first: new BigInt64Array(0),
      last: new BigInt64Array(0),
      rowsAtMost: new Float64Array(0),
      fields: new Map(),
    };
    growExtents(extents, measurement.series.count);
    if (measurement.hasTable) {
      const sql = `SELECT series, min(time), max(time), count(*) FROM ${measurement.table} GROUP BY series`;
      for await (const chunk of connection.chunks(sql)) {
        const series = readIntegers(chunk, 0);
        const [first, last, counts] = [1, 2, 3].map((column) => readLongs(chunk, column)) as [BigInt64Array, BigInt64Array, BigInt64Array];
        for (const [i, id] of series.entries()) noteRows(extents, id, first[i] as bigint, last[i] as bigint, Number(counts[i]));
      }
    }
    measurement.extents = extents;
  }
  const byId = new Map(unknown.map((measurement) => [measurement.id, measurement]));
  const stored = unknown.filter(({ isStored }) => isStored);
  for (const list of measurementLists(stored)) {
    const rows = await connection.rows(`SELECT measurement, series, min(time), max(time), count(*) FROM loose WHERE ${list} GROUP BY ALL`);
    for (const row of rows as ExtentRow[]) note(byId.get(row[0])?.extents, row);
  }
}

type ExtentRow = [measurement: number, series: number, first: bigint, last: bigint, count: bigint];

function note(extents: SeriesExtents | undefined, [, series, first, last, count]: ExtentRow): void {
  if (extents === undefined) return;
  noteRows(extents, series, first, last, Number(count));
}

/** Whether a measurement can have rows in a range. */
export function rowsIn({ extents }: Measurement, { startNs, stopNs }: TimeRange): boolean {
  if (extents === undefined) return true;
  const { first, last, rowsAtMost } = extents;
  return rowsAtMost.some((count, id) => count > 0 && (first[id] as bigint) < stopNs && (last[id] as bigint) >= startNs);
}
