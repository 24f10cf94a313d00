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
    const isPresent = presence[k] as IsPresent;
    for (const id of scope.ids) {
      const tags = measurement.series.tagsOf(id);
      if (--untilTurn === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        untilTurn = SERIES_PER_TURN;
      }
      for (const [i, { field }] of fields.entries()) {
        if (isPresent(id, i)) yield { measurement: measurement.name, field: field.key, type: field.type, tags };
      }
    }
  }
}

/** What is known of fields that were asked for decides; the rest is looked for among the rows. */
async function findPresent(runner: QueryRunner, selections: readonly Selection[], range: TimeRange): Promise<IsPresent[]> {
  const { startNs, stopNs } = clampRange(range);
  const present: IsPresent[] = [];
  const open: { readonly place: number; readonly selection: Selection }[] = [];
  for (const { scope, fields } of selections) {
    const extents = fields.map(({ field }) => (field.hasColumn ? scope.measurement.extents?.fields.get(field.index) : undefined));
    const known: IsPresent = (id, i) => extents[i]?.hasValues(id, startNs, stopNs) === true;
    const place = present.push(known) - 1;
    const doubtful = fields.filter((_, i) => extents[i] === undefined);
    const ids =
      doubtful.length > 0 ? scope.ids : scope.ids.filter((id) => extents.some((one) => one?.hasValues(id, startNs, stopNs) === undefined));
    if (ids.length === 0) continue;
    open.push({ place, selection: { scope: { ...scope, ids, isAll: scope.isAll && ids.length === scope.ids.length }, fields } });
  }
  if (open.length === 0) return present;
  const looked = await look(
    runner,
    open.map(({ selection }) => selection),
    range,
  );
  for (const [k, { place }] of open.entries()) {
    const known = present[place] as IsPresent;
    const seen = looked[k] as IsPresent;
    present[place] = (id, i) => known(id, i) || seen(id, i);
  }
  return present;
}

function look(runner: QueryRunner, selections: readonly Selection[], range: TimeRange): Promise<IsPresent[]> {
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
        for (const chunk of await connection.all(presenceQuery({ scope, fields: columns }))) {
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
