/** Cuts a read into batches of series that fit in memory together. */
import type { Reduction } from '../domain/series.js';
import type { SeriesExtents } from './series-extents.js';
import { isLoose } from './loose.js';
import { countQuery } from './queries.js';
import type { Scope } from './scope.js';
import type { SelectedField } from './selection.js';
import type { Connection } from './connection.js';

/** Cells that one batch may hold: values and times. */
const cellsPerBatchMax = 4_000_000;
/** What a text counts for: it takes more memory than a number. */
const CELLS_PER_TEXT = 16;
/** What a loose value counts for beside itself. */
const LOOSE_CELLS = 8;

/** Runs queries when it is their turn. */
export interface QueryRunner {
  run<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
}

export interface Batch {
  readonly scope: Scope;
  /** One series that is too long for a batch. */
  readonly isTooLong: boolean;
  /** Of the answer. */
  readonly rowsAtMost: number;
}

export async function planBatches(
  runner: QueryRunner,
  scope: Scope,
  extents: SeriesExtents,
  fields: readonly SelectedField[],
  reduction: Reduction | undefined,
): Promise<Batch[]> {
  const rowsMax = Math.max(1, Math.floor(cellsPerBatchMax / cellsPerRow(fields)));
  const rowsAtMost = await estimateRows(runner, scope, extents, reduction, rowsMax, fields.filter(({ field }) => isLoose(field)).length);
  const batches: Batch[] = [];
  for (let start = 0, end = 0; start < scope.ids.length; start = end) {
    let rowCount = 0;
    for (; end < scope.ids.length; end++) {
      rowCount += rowsAtMost(scope.ids[end] as number);
      if (rowCount > rowsMax && end > start) break;
    }
    const ids = scope.ids.subarray(start, end);
    const isTooLong = ids.length === 1 && rowsAtMost(ids[0] as number) > rowsMax;
    batches.push({ scope: { ...scope, ids, isAll: scope.isAll && ids.length === scope.ids.length }, isTooLong, rowsAtMost: rowCount });
  }
  return batches;
}

/** A row has the columns of all fields; or it is a loose value. */
function cellsPerRow(fields: readonly SelectedField[]): number {
  let cells = 2;
  let looseCells = 0;
  for (const { field } of fields) {
    const own = field.type === 'string' ? CELLS_PER_TEXT : 2;
    if (field.hasColumn) cells += own;
    else looseCells = Math.max(looseCells, LOOSE_CELLS + own);
  }
  return Math.max(cells, looseCells);
}

/** How many rows a series has at most in the answer; counted where what is known is too much for one batch. */
async function estimateRows(
  runner: QueryRunner,
  scope: Scope,
  extents: SeriesExtents,
  reduction: Reduction | undefined,
  rowsMax: number,
  looseCount: number,
): Promise<(id: number) => number> {
  const stored = (id: number): number => extents.rowsAtMost[id] as number;
  const reducedMax = reducedRowsMax(scope, extents, reduction, looseCount);
  const known = (id: number): number => Math.min(stored(id), reducedMax(id));
  let sum = 0;
  for (const id of scope.ids) sum += known(id);
  if (sum <= rowsMax) return known;
  const rows = (await runner.run((connection) => connection.rows(countQuery(scope)))) as [number, bigint][];
  const counts = new Map<number, number>();
  for (const [id, count] of rows) counts.set(id, (counts.get(id) ?? 0) + Number(count));
  return (id) => Math.min(counts.get(id) ?? 0, reducedMax(id));
}

function reducedRowsMax(
  { range }: Scope,
  { first, last }: SeriesExtents,
  reduction: Reduction | undefined,
  looseCount: number,
): (id: number) => number {
  // Each loose field has rows of its own.
  const times = Math.max(1, looseCount);
  switch (reduction?.kind) {
    case undefined:
      return () => Infinity;
    case 'limit':
      return () => reduction.count * times;
    case 'aggregate':
      return () => times;
    case 'window': {
      const { startNs, stopNs } = range;
      return (id) => {
        const from = first[id] as bigint;
        const to = last[id] as bigint;
        return (Number(((to < stopNs ? to : stopNs) - (from > startNs ? from : startNs)) / reduction.everyNs) + 2) * times;
      };
    }
  }
}
