/** Reads: measurement by measurement and series by series, in batches that fit in memory. */
import type { ReadRequest, Reduction, SeriesTable, Tag, TimeRange } from '../domain/series.js';
import type { Readable, SeriesExtents } from './extents.js';
import { clampRange, orderedQuery, pointsQuery, type Query, reductionQueries, type Scope } from './queries.js';
import { ResultRows } from './result-rows.js';
import { select, type SelectedField } from './selection.js';
import type { Session } from './session.js';

/** Cells (rows times columns) that one batch may hold; a batch of one series may hold more where it is reduced. */
const cellsPerBatchMax = 4_000_000;
/** Rows of a piece of a series that is too long for a batch. */
const rowsPerPiece = 65_536;

/** Runs queries when it is their turn. */
export interface QueryRunner {
  run<T>(work: (session: Session) => Promise<T>): Promise<T>;
}

export async function* readMeasurement(
  runner: QueryRunner,
  { measurement, extents, fieldCount }: Readable,
  request: ReadRequest,
): AsyncGenerator<SeriesTable, void, undefined> {
  const { range, predicate, reduction } = request;
  for (const selected of select(measurement, predicate, fieldCount)) {
    const ids = keepPresent(selected.ids, extents, range);
    const isAll = selected.ids.length === measurement.series.length;
    if (ids.length > 0) yield* readSeries(runner, { measurement, ids, isAll, range, fieldCount }, extents, selected.fields, reduction);
  }
}

/** Leaves out series that have no rows in the range. */
export function keepPresent(ids: Int32Array, { first, last, rowsAtMost }: SeriesExtents, range: TimeRange): Int32Array {
  const { startNs, stopNs } = clampRange(range);
  return ids.filter((id) => (rowsAtMost[id] ?? 0) > 0 && (first[id] as bigint) < stopNs && (last[id] as bigint) >= startNs);
}

async function* readSeries(
  runner: QueryRunner,
  scope: Scope,
  extents: SeriesExtents,
  fields: readonly SelectedField[],
  reduction: Reduction | undefined,
): AsyncGenerator<SeriesTable, void, undefined> {
  const rowsMax = Math.max(1, Math.floor(cellsPerBatchMax / (fields.length * (reduction === undefined ? 1 : 2) + 2)));
  const counts = await countRows(runner, scope, extents, reduction, rowsMax);
  for (let start = 0, end = 0; start < scope.ids.length; start = end) {
    let rowCount = 0;
    for (; end < scope.ids.length; end++) {
      rowCount += counts(scope.ids[end] as number);
      if (rowCount > rowsMax && end > start) break;
    }
    const isAll = scope.isAll && end - start === scope.ids.length;
    const batch = { ...scope, ids: scope.ids.subarray(start, end), isAll };
    if (reduction === undefined && end - start === 1 && counts(scope.ids[start] as number) > rowsMax) {
      for (const selected of fields) yield* readLongSeries(runner, batch, selected);
    } else {
      yield* readBatch(runner, batch, extents, fields, reduction);
    }
  }
}

/** How many rows a series has at most in the answer; counted where what is known is too much for one batch. */
async function countRows(
  runner: QueryRunner,
  scope: Scope,
  { rowsAtMost }: SeriesExtents,
  reduction: Reduction | undefined,
  rowsMax: number,
): Promise<(id: number) => number> {
  const reducedMax = reducedRowsMax(scope.range, reduction);
  const known = (id: number): number => Math.min(rowsAtMost[id] as number, reducedMax);
  let sum = 0;
  for (const id of scope.ids) sum += known(id);
  if (sum <= rowsMax) return known;
  const { startNs, stopNs } = clampRange(scope.range);
  const rows = await runner.run((session) =>
    session.rows(`SELECT series, count(*) FROM ${scope.measurement.table} WHERE time >= ${startNs} AND time < ${stopNs} GROUP BY series`),
  );
  const counts = new Map((rows as [number, bigint][]).map(([id, count]) => [id, Number(count)]));
  return (id) => Math.min(counts.get(id) ?? 0, reducedMax);
}

function reducedRowsMax(range: TimeRange, reduction: Reduction | undefined): number {
  switch (reduction?.kind) {
    case undefined:
      return Infinity;
    case 'limit':
      return reduction.count;
    case 'aggregate':
      return 1;
    case 'window': {
      const { startNs, stopNs } = clampRange(range);
      return Number((stopNs - startNs) / reduction.everyNs) + 2;
    }
  }
}

async function* readBatch(
  runner: QueryRunner,
  scope: Scope,
  extents: SeriesExtents,
  fields: readonly SelectedField[],
  reduction: Reduction | undefined,
): AsyncGenerator<SeriesTable, void, undefined> {
  const { measurement } = scope;
  const results = (await readEnd(runner, scope, extents, fields, reduction)) ?? (await readAll(runner, scope, fields, reduction));
  // One result has all fields, or each field has its own.
  for (const id of scope.ids) {
    for (const [i, { field }] of fields.entries()) {
      const rows = results.length > 1 ? results[i]?.rowsOf(id, 0) : results[0]?.rowsOf(id, i);
      if (rows === undefined) continue;
      yield { measurement: measurement.name, field: field.key, tags: measurement.series[id] as readonly Tag[], ...rows };
    }
  }
}

function readAll(
  runner: QueryRunner,
  scope: Scope,
  fields: readonly SelectedField[],
  reduction: Reduction | undefined,
): Promise<ResultRows[]> {
  const queries = reduction === undefined ? [pointsQuery(scope, fields)] : reductionQueries(scope, fields, reduction);
  return runner.run(async (session) => {
    const gathered: ResultRows[] = [];
    for (const query of queries) gathered.push(await gather(session, query, scope.measurement.series.length));
    return gathered;
  });
}

/**
 * The first or last points, looked for only where series begin or end, which a table finds without reading the rest; undefined where
 * that does not answer the question.
 */
async function readEnd(
  runner: QueryRunner,
  scope: Scope,
  { first, last }: SeriesExtents,
  fields: readonly SelectedField[],
  reduction: Reduction | undefined,
): Promise<ResultRows[] | undefined> {
  if (reduction?.kind !== 'aggregate' || (reduction.aggregate !== 'first' && reduction.aggregate !== 'last')) return undefined;
  let { startNs, stopNs } = clampRange(scope.range);
  if (reduction.aggregate === 'last') {
    const end = scope.ids.reduce((least, id) => ((last[id] as bigint) < least ? (last[id] as bigint) : least), stopNs);
    if (scope.ids.some((id) => (last[id] as bigint) >= stopNs)) return undefined;
    if (end > startNs) startNs = end;
  } else {
    const end = scope.ids.reduce((most, id) => ((first[id] as bigint) > most ? (first[id] as bigint) : most), startNs);
    if (scope.ids.some((id) => (first[id] as bigint) < startNs)) return undefined;
    if (end + 1n < stopNs) stopNs = end + 1n;
  }
  const results = await readAll(runner, { ...scope, range: { startNs, stopNs } }, fields, reduction);
  const isWhole = scope.ids.every((id) => fields.every((_, i) => results[0]?.rowsOf(id, i) !== undefined));
  return isWhole ? results : undefined;
}

async function gather(session: Session, { sql, parameters, layout }: Query, seriesCount: number): Promise<ResultRows> {
  const rows = new ResultRows(layout);
  for await (const chunk of session.chunks(sql, parameters)) rows.add(chunk);
  rows.arrange(seriesCount);
  return rows;
}

/** One field of one series in pieces. */
async function* readLongSeries(runner: QueryRunner, scope: Scope, selected: SelectedField): AsyncGenerator<SeriesTable, void, undefined> {
  const { measurement } = scope;
  const id = scope.ids[0] as number;
  const { sql, parameters, layout } = orderedQuery(scope, selected);
  const chunks = await runner.run((session) => Promise.resolve(session.chunks(sql, parameters)));
  try {
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
      if (rows !== undefined)
        yield { measurement: measurement.name, field: selected.field.key, tags: measurement.series[id] as readonly Tag[], ...rows };
    }
  } finally {
    await chunks.return();
  }
}
