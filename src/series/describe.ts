/** Which series and fields have points, for questions about the schema. */
import { invalid } from '../domain/errors.js';
import type { Predicate, SeriesDescription, TimeRange } from '../domain/series.js';
import type { QueryRunner } from './batches.js';
import type { Readable } from './extents.js';
import { isLoose, Slots } from './loose.js';
import { loosePresenceQuery, presenceQuery, type Selection } from './queries.js';
import { clampRange, scopeOf } from './scope.js';
import { select } from './selection.js';

const ALL_TIME: TimeRange = { startNs: -(2n ** 63n), stopNs: 2n ** 63n };

/** Series that are described before others get a turn. */
const SERIES_PER_TURN = 5_000;

type IsPresent = (seriesId: number, fieldPosition: number) => boolean;

/** @throws DomainError `invalid` where the predicate asks of values */
export async function* describeSeries(
  runner: QueryRunner,
  readables: readonly Readable[],
  range: TimeRange = ALL_TIME,
  predicate: Predicate | undefined,
): AsyncGenerator<SeriesDescription, void, undefined> {
  const selections: Selection[] = [];
  for (const readable of readables) {
    for (const { ids, fields } of select(readable.measurement, predicate, readable.fieldCount)) {
      if (fields.some(({ condition }) => condition !== undefined)) throw invalid('a predicate on values cannot select series');
      const scope = scopeOf(readable, ids, range);
      if (scope !== undefined) selections.push({ scope, fields });
    }
  }
  if (selections.length === 0) return;
  const presence = await findPresent(runner, selections, range);
  let untilTurn = SERIES_PER_TURN;
  for (const [k, { scope, fields }] of selections.entries()) {
    const { measurement } = scope;
    for (const id of scope.ids) {
      const tags = measurement.series.tagsOf(id);
      if (--untilTurn === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        untilTurn = SERIES_PER_TURN;
      }
      for (const [i, { field }] of fields.entries()) {
        if (presence[k]?.(id, i) === true) yield { measurement: measurement.name, field: field.key, type: field.type, tags };
      }
    }
  }
}

function findPresent(runner: QueryRunner, selections: readonly Selection[], range: TimeRange): Promise<IsPresent[]> {
  return runner.run(async (connection) => {
    const loose = selections
      .map(({ scope, fields }) => ({ scope, fields: fields.filter(({ field }) => isLoose(field)) }))
      .filter(({ fields }) => fields.length > 0);
    const slots = new Slots();
    if (loose.length > 0) for await (const chunk of connection.chunks(loosePresenceQuery(loose, clampRange(range)))) slots.ofRows(chunk);
    const present: IsPresent[] = [];
    for (const { scope, fields } of selections) {
      const columns = fields.filter(({ field }) => field.hasColumn);
      const inColumns = new Map<number, readonly boolean[]>();
      if (columns.length > 0) {
        for await (const chunk of connection.chunks(presenceQuery({ scope, fields: columns }))) {
          for (const [series, ...hasField] of chunk.getRows() as [number, ...boolean[]][]) inColumns.set(series, hasField);
        }
      }
      const positions = fields.map((field) => columns.indexOf(field));
      present.push((id, i) => {
        const position = positions[i] as number;
        if (position !== -1) return inColumns.get(id)?.[position] === true;
        return slots.find(scope.measurement.id, id, fields[i]?.field.index ?? -1) !== undefined;
      });
    }
    return present;
  });
}
