/** Which series and fields have points, for questions about the schema. */
import { invalid } from '../domain/errors.js';
import type { Predicate, SeriesDescription, Tag, TimeRange } from '../domain/series.js';
import type { Measurement } from './catalog.js';
import { keepPresent, type Readable } from './extents.js';
import { clampRange } from './queries.js';
import { select } from './selection.js';
import type { Session } from './session.js';

const ALL_TIME: TimeRange = { startNs: -(2n ** 63n), stopNs: 2n ** 63n };

export async function describeSeries(
  session: Session,
  { measurement, extents, fieldCount }: Readable,
  range: TimeRange | undefined,
  predicate: Predicate | undefined,
): Promise<SeriesDescription[]> {
  const asked = clampRange(range ?? ALL_TIME);
  const described: SeriesDescription[] = [];
  let present: Map<number, readonly boolean[]> | undefined;
  for (const { ids, fields } of select(measurement, predicate, fieldCount)) {
    if (fields.some(({ condition }) => condition !== undefined)) throw invalid('a predicate on values cannot select series');
    for (const id of keepPresent(ids, extents, asked).ids) {
      present ??= await findPresentFields(session, measurement, fieldCount, asked);
      const hasField = present.get(id);
      for (const { field } of fields) {
        if (hasField?.[field.index] !== true) continue;
        described.push({
          measurement: measurement.name,
          field: field.key,
          type: field.type,
          tags: measurement.series[id] as readonly Tag[],
        });
      }
    }
  }
  return described;
}

async function findPresentFields(
  session: Session,
  { table, fields }: Measurement,
  fieldCount: number,
  { startNs, stopNs }: TimeRange,
): Promise<Map<number, readonly boolean[]>> {
  const columns = fields.slice(0, fieldCount).map(({ index }) => `count(f${index}) > 0`);
  const rows = await session.rows(
    `SELECT series, ${columns.join(', ')} FROM ${table} WHERE time >= ${startNs} AND time < ${stopNs} GROUP BY series`,
  );
  return new Map((rows as [number, ...boolean[]][]).map(([series, ...hasField]) => [series, hasField]));
}
