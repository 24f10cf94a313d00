/** Which series and fields have points, for questions about the schema. */
import { invalid } from '../domain/errors.js';
import type { Predicate, SeriesDescription, Tag, TimeRange } from '../domain/series.js';
import type { QueryRunner } from './batches.js';
import type { Readable } from './extents.js';
import { presenceQuery } from './queries.js';
import { scopeOf } from './scope.js';
import { select } from './selection.js';

const ALL_TIME: TimeRange = { startNs: -(2n ** 63n), stopNs: 2n ** 63n };

/** @throws DomainError `invalid` where the predicate asks of values */
export async function* describeSeries(
  runner: QueryRunner,
  readable: Readable,
  range: TimeRange = ALL_TIME,
  predicate: Predicate | undefined,
): AsyncGenerator<SeriesDescription, void, undefined> {
  const { measurement, fieldCount } = readable;
  for (const { ids, fields } of select(measurement, predicate, fieldCount)) {
    if (fields.some(({ condition }) => condition !== undefined)) throw invalid('a predicate on values cannot select series');
    const scope = scopeOf(readable, ids, range);
    if (scope === undefined) continue;
    const rows = (await runner.run((session) => session.rows(presenceQuery(scope, fields)))) as [number, ...boolean[]][];
    const presence = new Map(rows.map(([series, ...hasField]) => [series, hasField]));
    for (const id of scope.ids) {
      const tags = measurement.series[id] as readonly Tag[];
      const hasField = presence.get(id);
      for (const [i, { field }] of fields.entries()) {
        if (hasField?.[i] === true) yield { measurement: measurement.name, field: field.key, type: field.type, tags };
      }
    }
  }
}
