/** Reads: measurement by measurement, series by series, field by field. */
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { ReadRequest, Reduction, SeriesTable, TimeRange } from '../domain/series.js';
import { type Batch, planBatches, type QueryRunner } from './batches.js';
import type { Measurement } from './catalog.js';
import type { Readable } from './extents.js';
import { isReducible, REDUCED_HERE_MAX, reduceRows } from './reduce-rows.js';
import type { SeriesExtents } from './series-extents.js';
import { isLoose, Slots } from './loose.js';
import { columnQueries, looseQuery, orderedQuery, type Query, refuseUnsupported, type Selection } from './queries.js';
import { type FieldRows, type ResultLayout, ResultRows } from './result-rows.js';
import { clampRange, type Scope, scopeOf } from './scope.js';
import { select, type SelectedField } from './selection.js';
import type { Connection } from './connection.js';

/** Rows of a piece of a series that is too long for a batch. */
const rowsPerPiece = 65_536;

/** Rows of an answer that is fetched as a whole. */
const rowsAtOnceMax = 65_536;

/** What is known of an answer before it is asked for. */
interface Expected {
  /** Few rows are read and reduced here. */
  readonly isReducedHere: boolean;
  /** Its rows are few enough to be fetched together. */
  readonly isSmall: boolean;
}

/** Rows of a series and of one of the selected fields. */
type Found = (seriesId: number, fieldPosition: number) => FieldRows | undefined;

/** Reads measurements one after the other, or, where they are small, together. */
export async function* readMeasurements(
  runner: QueryRunner,
  readables: readonly Readable[],
  request: ReadRequest,
  reducedHereMax = REDUCED_HERE_MAX,
): AsyncGenerator<SeriesTable, void, undefined> {
  const [only] = readables;
  if (only !== undefined && readables.length === 1) yield* readMeasurement(runner, only, request, reducedHereMax);
  else yield* readTogether(runner, readables, request, reducedHereMax);
}

async function* readMeasurement(
  runner: QueryRunner,
  readable: Readable,
  { range, predicate, reduction }: ReadRequest,
  reducedHereMax: number,
): AsyncGenerator<SeriesTable, void, undefined> {
  const { measurement, extents, fieldCount } = readable;
  for (const { ids, fields } of select(measurement, predicate, fieldCount)) {
    const scope = scopeOf(readable, ids, range);
    if (scope === undefined) continue;
    for (const batch of await planBatches(runner, scope, extents, fields, reduction)) {
      yield* readBatch(runner, batch, extents, fields, reduction, reducedHereMax);
    }
  }
}

async function* readTogether(
  runner: QueryRunner,
  readables: readonly Readable[],
  { range, predicate, reduction }: ReadRequest,
  reducedHereMax: number,
): AsyncGenerator<SeriesTable, void, undefined> {
  const selections = readables.flatMap((readable) =>
    select(readable.measurement, predicate, readable.fieldCount).flatMap(({ ids, fields }): Selection[] => {
      const scope = scopeOf(readable, ids, range);
      return scope === undefined ? [] : [{ scope, fields }];
    }),
  );
  if (selections.length === 0) return;
  const asksForValues = selections.some(({ fields }) => fields.some(({ condition }) => condition !== undefined));
  const together = asksForValues ? selections.map((selection) => [selection]) : [selections];
  const rows = readables.reduce((sum, { extents, measurement }) => sum + rowsStored(measurement.series.order(), extents, rowsAtOnceMax), 0);
  const expected = { isReducedHere: isReducible(reduction) && rows <= reducedHereMax, isSmall: rows <= rowsAtOnceMax };
  for (const part of together) {
    const found = await gatherAll(runner, part, range, reduction, expected);
    for (const [i, selection] of part.entries()) yield* tablesOf(selection, found[i] as Found);
  }
}

async function* readBatch(
  runner: QueryRunner,
  { scope, isTooLong, rowsAtMost }: Batch,
  extents: SeriesExtents,
  fields: readonly SelectedField[],
  reduction: Reduction | undefined,
  reducedHereMax: number,
): AsyncGenerator<SeriesTable, void, undefined> {
  if (isTooLong && reduction === undefined) {
    for (const selected of fields) yield* readLongSeries(runner, scope, selected);
    return;
  }
  const selection = { scope, fields };
  const isReducedHere = isReducible(reduction) && rowsStored(scope.ids, extents, reducedHereMax) * fields.length <= reducedHereMax;
  const expected = { isReducedHere, isSmall: isReducedHere || rowsAtMost <= rowsAtOnceMax };
  const found =
    (await readEnds(runner, selection, extents, reduction, expected)) ?? (await gatherOne(runner, selection, reduction, expected));
  yield* tablesOf(selection, found);
}

function* tablesOf({ scope, fields }: Selection, found: Found): IterableIterator<SeriesTable> {
  for (const id of scope.ids) {
    for (const [i, selected] of fields.entries()) {
      const rows = found(id, i);
      if (rows !== undefined) yield tableOf(scope, id, selected, rows);
    }
  }
}

function tableOf({ measurement }: Scope, id: number, { field }: SelectedField, rows: FieldRows): SeriesTable {
  return { measurement: measurement.name, field: field.key, tags: measurement.series.tagsOf(id), ...rows };
}

/** How many rows some series have; counted until they are more than `enough`. */
function rowsStored(ids: Int32Array, { rowsAtMost }: SeriesExtents, enough: number): number {
  let sum = 0;
  for (let i = 0; i < ids.length && sum <= enough; i++) sum += rowsAtMost[ids[i] as number] ?? 0;
  return sum;
}

async function gatherOne(runner: QueryRunner, selection: Selection, reduction: Reduction | undefined, expected: Expected): Promise<Found> {
  const [found] = await gatherAll(runner, [selection], selection.scope.range, reduction, expected);
  return found as Found;
}

/** Asks for all selections in one turn: which fields have columns changes between turns only. */
function gatherAll(
  runner: QueryRunner,
  selections: readonly Selection[],
  range: TimeRange,
  asked: Reduction | undefined,
  expected: Expected,
): Promise<Found[]> {
  const { isReducedHere, isSmall } = expected;
  const reduction = isReducedHere ? undefined : asked;
  if (isReducedHere && isReducible(asked)) {
    for (const { fields } of selections) for (const { field } of fields) refuseUnsupported(asked.aggregate, field.type);
  }
  const reduced = (found: Found, scope: Scope): Found =>
    isReducedHere && isReducible(asked)
      ? (id, i) => {
          const rows = found(id, i);
          return rows && reduceRows(rows, asked, scope);
        }
      : found;
  return runner.run(async (connection) => {
    const loose = selections
      .map(({ scope, fields }) => ({ scope, fields: fields.filter(({ field }) => isLoose(field)) }))
      .filter(({ fields }) => fields.length > 0);
    const foundLoose = loose.length === 0 ? undefined : await gatherLoose(connection, loose, range, reduction, isSmall);
    const found: Found[] = [];
    for (const { scope, fields } of selections) {
      const columns = fields.filter(({ field }) => field.hasColumn);
      const foundColumns =
        columns.length === 0 ? undefined : await gatherColumns(connection, { scope, fields: columns }, reduction, isSmall);
      const positions = fields.map((field) => columns.indexOf(field));
      const one: Found = (id, i) => {
        const position = positions[i] as number;
        if (position !== -1) return foundColumns?.(id, position);
        return foundLoose?.(scope.measurement, id, (fields[i] as SelectedField).field.index);
      };
      found.push(reduced(one, scope));
    }
    return found;
  });
}

async function gatherColumns(
  connection: Connection,
  selection: Selection,
  reduction: Reduction | undefined,
  isSmall: boolean,
): Promise<Found> {
  const results: ResultRows[] = [];
  for (const query of columnQueries(selection, reduction)) {
    results.push(await gather(connection, query, selection.scope.measurement, isSmall));
  }
  // One result has all fields, or each field has its own.
  return (id, i) => (results.length > 1 ? results[i]?.rowsOf(id, 0) : results[0]?.rowsOf(id, i));
}

async function gather(
  connection: Connection,
  { sql, parameters, layout }: Query,
  { series }: Measurement,
  isSmall: boolean,
): Promise<ResultRows> {
  const rows = new ResultRows(layout);
  if (isSmall) for (const chunk of await connection.all(sql, parameters)) rows.add(chunk);
  else for await (const chunk of connection.chunks(sql, parameters)) rows.add(chunk);
  // Counted now: rows of a series may have come that was not there when the query began.
  rows.arrange(series.count);
  return rows;
}

async function gatherLoose(
  connection: Connection,
  selections: readonly Selection[],
  asked: TimeRange,
  reduction: Reduction | undefined,
  isSmall: boolean,
): Promise<(measurement: Measurement, id: number, fieldIndex: number) => FieldRows | undefined> {
  const [first] = selections as [Selection];
  const range = clampRange(asked);
  const { sql, parameters, layout } = looseQuery(selections, { range, stopNs: first.scope.stopNs, ids: first.scope.ids }, reduction);
  const slots = new Slots();
  const rows = new ResultRows(layout);
  if (isSmall) for (const chunk of await connection.all(sql, parameters)) rows.add(chunk, slots.ofRows(chunk));
  else for await (const chunk of connection.chunks(sql, parameters)) rows.add(chunk, slots.ofRows(chunk));
  rows.arrange(slots.count);
  return ({ id: measurement, fields }, id, fieldIndex) => {
    const slot = slots.find(measurement, id, fieldIndex);
    // A reduced value need not have the type of its field, but stands where that type stands.
    const position = layout.sources.indexOf(fields[fieldIndex]?.type ?? 'float');
    return slot === undefined ? undefined : rows.rowsOf(slot, position);
  };
}

/**
 * First and last points, looked for only where the series begin or end, which a table finds without reading the rest; undefined where
 * that does not answer the question.
 */
async function readEnds(
  runner: QueryRunner,
  { scope, fields }: Selection,
  extents: SeriesExtents,
  reduction: Reduction | undefined,
  expected: Expected,
): Promise<Found | undefined> {
  if (reduction?.kind !== 'aggregate' || (reduction.aggregate !== 'first' && reduction.aggregate !== 'last')) return undefined;
  const range = reduction.aggregate === 'last' ? lastTimes(scope, extents) : firstTimes(scope, extents);
  if (range === undefined) return undefined;
  // A single series has a single row there: nothing is left to reduce.
  const found = await gatherOne(runner, { scope: { ...scope, range }, fields }, scope.ids.length === 1 ? undefined : reduction, expected);
  const isWhole = scope.ids.every((id) => fields.every((_, i) => found(id, i) !== undefined));
  return isWhole ? found : undefined;
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
  let open: { readonly layout: ResultLayout; readonly chunks: AsyncGenerator<DuckDBDataChunk, void, undefined> } | undefined;
  for (let isDone = false; !isDone;) {
    const piece = await runner.run(async (connection) => {
      // Asked in the turn in which the answer begins: where the values lie changes between turns.
      if (open === undefined) {
        const { sql, parameters, layout } = orderedQuery(scope, selected);
        open = { layout, chunks: connection.chunks(sql, parameters) };
      }
      const rows = new ResultRows(open.layout);
      for (let rowCount = 0; rowCount < rowsPerPiece && !isDone;) {
        const next = await open.chunks.next();
        if (next.done === true) {
          isDone = true;
        } else {
          rowCount += next.value.rowCount;
          rows.add(next.value);
        }
      }
      return rows;
    });
    piece.arrange(measurement.series.count);
    const rows = piece.rowsOf(id, 0);
    if (rows !== undefined) yield tableOf(scope, id, selected, rows);
  }
}
