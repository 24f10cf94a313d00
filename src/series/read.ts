/** Reads: measurement by measurement, series by series, field by field. */
import type { ReadRequest, Reduction, SeriesTable, Tag, TimeRange } from '../domain/series.js';
import { type Batch, planBatches, type QueryRunner } from './batches.js';
import type { Measurement } from './catalog.js';
import type { Readable, SeriesExtents } from './extents.js';
import { orderedQuery, pointsQuery, type Query, reductionQueries } from './queries.js';
import { type FieldRows, ResultRows } from './result-rows.js';
import { type Scope, scopeOf } from './scope.js';
import { select, type SelectedField } from './selection.js';
import type { Session } from './session.js';

/** Rows of a piece of a series that is too long for a batch. */
const rowsPerPiece = 65_536;

export async function* readMeasurement(
  runner: QueryRunner,
  readable: Readable,
  { range, predicate, reduction }: ReadRequest,
): AsyncGenerator<SeriesTable, void, undefined> {
  const { measurement, extents, fieldCount } = readable;
  for (const { ids, fields } of select(measurement, predicate, fieldCount)) {
    const scope = scopeOf(readable, ids, range);
    if (scope === undefined) continue;
    for (const batch of await planBatches(runner, scope, extents, fields, reduction)) {
      yield* readBatch(runner, batch, extents, fields, reduction);
    }
  }
}

async function* readBatch(
  runner: QueryRunner,
  { scope, isTooLong }: Batch,
  extents: SeriesExtents,
  fields: readonly SelectedField[],
  reduction: Reduction | undefined,
): AsyncGenerator<SeriesTable, void, undefined> {
  if (isTooLong && reduction === undefined) {
    for (const selected of fields) yield* readLongSeries(runner, scope, selected);
    return;
  }
  const results = (await readEnds(runner, scope, extents, fields, reduction)) ?? (await gatherAll(runner, scope, fields, reduction));
  for (const id of scope.ids) {
    for (const [i, selected] of fields.entries()) {
      // One result has all fields, or each field has its own.
      const rows = results.length > 1 ? results[i]?.rowsOf(id, 0) : results[0]?.rowsOf(id, i);
      if (rows !== undefined) yield tableOf(scope, id, selected, rows);
    }
  }
}

function tableOf({ measurement }: Scope, id: number, { field }: SelectedField, rows: FieldRows): SeriesTable {
  return { measurement: measurement.name, field: field.key, tags: measurement.series[id] as readonly Tag[], ...rows };
}

function gatherAll(
  runner: QueryRunner,
  scope: Scope,
  fields: readonly SelectedField[],
  reduction: Reduction | undefined,
): Promise<ResultRows[]> {
  const queries = reduction === undefined ? [pointsQuery(scope, fields)] : reductionQueries(scope, fields, reduction);
  return runner.run(async (session) => {
    const results: ResultRows[] = [];
    for (const query of queries) results.push(await gather(session, query, scope.measurement));
    return results;
  });
}

async function gather(session: Session, { sql, parameters, layout }: Query, { series }: Measurement): Promise<ResultRows> {
  const rows = new ResultRows(layout);
  for await (const chunk of session.chunks(sql, parameters)) rows.add(chunk);
  // Counted now: rows of a series may have come that was not there when the query began.
  rows.arrange(series.length);
  return rows;
}

/**
 * First and last points, looked for only where the series begin or end, which a table finds without reading the rest; undefined where
 * that does not answer the question.
 */
async function readEnds(
  runner: QueryRunner,
  scope: Scope,
  extents: SeriesExtents,
  fields: readonly SelectedField[],
  reduction: Reduction | undefined,
): Promise<ResultRows[] | undefined> {
  if (reduction?.kind !== 'aggregate' || (reduction.aggregate !== 'first' && reduction.aggregate !== 'last')) return undefined;
  const range = reduction.aggregate === 'last' ? lastTimes(scope, extents) : firstTimes(scope, extents);
  if (range === undefined) return undefined;
  // A single series has a single row there: nothing is left to reduce.
  const results = await gatherAll(runner, { ...scope, range }, fields, scope.ids.length === 1 ? undefined : reduction);
  const isWhole = scope.ids.every((id) => fields.every((_, i) => results[0]?.rowsOf(id, i) !== undefined));
  return isWhole ? results : undefined;
}

/** From the earliest of the last times on; undefined where a series goes on after the range. */
function lastTimes({ ids, range }: Scope, { last }: SeriesExtents): TimeRange | undefined {
  let { startNs } = range;
  let isFirst = true;
  for (const id of ids) {
    const time = last[id] as bigint;
    if (time >= range.stopNs) return undefined;
    if (isFirst || time < startNs) startNs = time;
    isFirst = false;
  }
  return { startNs, stopNs: range.stopNs };
}

/** Up to the latest of the first times; undefined where a series begins before the range. */
function firstTimes({ ids, range }: Scope, { first }: SeriesExtents): TimeRange | undefined {
  let stopNs = range.startNs;
  for (const id of ids) {
    const time = first[id] as bigint;
    if (time < range.startNs) return undefined;
    if (time >= stopNs) stopNs = time + 1n;
  }
  return { startNs: range.startNs, stopNs };
}

/** One field of one series in pieces. */
async function* readLongSeries(runner: QueryRunner, scope: Scope, selected: SelectedField): AsyncGenerator<SeriesTable, void, undefined> {
  const { measurement } = scope;
  const id = scope.ids[0] as number;
  const { sql, parameters, layout } = orderedQuery(scope, selected);
  const chunks = await runner.run((session) => Promise.resolve(session.chunks(sql, parameters)));
  for (let isDone = false; !isDone;) {
    const piece = new ResultRows(layout);
    isDone = await runner.run(async () => {
      for (let rowCount = 0; rowCount < rowsPerPiece;) {
        const next = await chunks.next();
        if (next.done === true) return true;
        rowCount += next.value.rowCount;
        piece.add(next.value);
      }
      return false;
    });
    piece.arrange(measurement.series.length);
    const rows = piece.rowsOf(id, 0);
    if (rows !== undefined) yield tableOf(scope, id, selected, rows);
  }
}
