/** How waiting rows of one measurement will be stored: which of them get columns, which lie loose, which are merged. */
import type { Catalog, Field, Measurement } from './catalog.js';
import type { Semaphore } from './semaphore.js';
import type { PendingRows, SortedOrder } from './pending-rows.js';
import { chooseColumns, type PlacementRules } from './placement.js';
import { growExtents, type SeriesExtents } from './series-extents.js';
import type { Connection } from './connection.js';

/** What a drain takes of one measurement. */
export interface DrainedRows {
  readonly measurement: Measurement;
  readonly rows: PendingRows;
}

export interface DrainSurroundings {
  readonly connection: Connection;
  readonly catalog: Catalog;
  /** Queries: none runs while values move to another place. */
  readonly queries: Semaphore;
  readonly rules: PlacementRules;
}

/** How the rows of one measurement go in. */
export interface Plan extends DrainedRows {
  readonly job: DrainedRows;
  /** The fields as they are when the drain begins; writers may add others meanwhile. */
  readonly fields: readonly Field[];
  /** Fields that get a column. */
  readonly promoted: readonly Field[];
  readonly extents: SeriesExtents;
  readonly sorted: SortedOrder;
  /** Row -> 1 where it is not later than all that its series has. */
  readonly isLate: Uint8Array;
  /** Rows with values that have columns. */
  readonly appended: Int32Array;
  readonly merged: Int32Array;
}

export function planOf({ catalog, rules }: DrainSurroundings, job: DrainedRows): Plan {
  const { measurement, rows } = job;
  const extents = measurement.extents as SeriesExtents;
  const promoted = chooseColumns(catalog, measurement, rows, rules);
  const sorted = rows.sort(measurement.series.count);
  growExtents(extents, measurement.series.count);
  const isLate = lateRows(rows, sorted.order, extents);
  const withColumns = sorted.order.filter(rowsWithColumns(measurement, rows, sorted, promoted));
  return {
    ...job,
    job,
    fields: measurement.fields.slice(),
    promoted,
    extents,
    sorted,
    isLate,
    appended: withColumns.filter((row) => isLate[row] === 0),
    merged: withColumns.filter((row) => isLate[row] === 1),
  };
}

function lateRows(rows: PendingRows, order: Int32Array, extents: SeriesExtents): Uint8Array {
  const late = new Uint8Array(rows.rowCount);
  let series = -1;
  let isLate = false;
  let last = 0n;
  for (const row of order) {
    const id = rows.series[row] as number;
    if (id !== series) {
      series = id;
      last = extents.last[id] as bigint;
      isLate = (extents.rowsAtMost[id] as number) > 0;
    }
    // Within a series times ascend: after the first that is later than what is stored, all are.
    if (isLate && (rows.times[row] as bigint) > last) isLate = false;
    if (isLate) late[row] = 1;
  }
  return late;
}

function rowsWithColumns(
  measurement: Measurement,
  rows: PendingRows,
  { targetOf }: SortedOrder,
  promoted: readonly Field[],
): (row: number) => boolean {
  const hasColumn = (index: number): boolean =>
    measurement.fields[index]?.hasColumn === true || promoted.some((field) => field.index === index);
  const used = [...rows.columns.entries()].filter(([, column]) => column !== undefined);
  const inColumns = used.filter(([index]) => hasColumn(index));
  if (inColumns.length === 0) return () => false;
  if (inColumns.length === used.length) return () => true;
  const marked = new Uint8Array(rows.rowCount);
  for (const [, column] of inColumns) {
    for (let value = 0; value < (column?.count ?? 0); value++) {
      const row = column?.rowOf(value) as number;
      marked[targetOf === undefined ? row : (targetOf[row] as number)] = 1;
    }
  }
  return (row) => marked[row] === 1;
}

const hasColumnIn = ({ promoted }: Plan, field: Field): boolean => field.hasColumn || promoted.includes(field);

/** The columns that rows of a plan have values for, or will have when they are made. */
export function columnsOf(plan: Plan): Field[] {
  return plan.fields.filter((field) => plan.rows.columns[field.index] !== undefined && hasColumnIn(plan, field));
}

export function* looseValuesOf(plan: Plan): IterableIterator<{ index: number; row: number; value: number }> {
  const { rows, sorted, fields } = plan;
  const { targetOf } = sorted;
  /** Row -> the field that has a value there already: the last one counts. */
  const taken = targetOf === undefined ? undefined : new Int32Array(rows.rowCount).fill(-1);
  for (const [index, column] of rows.columns.entries()) {
    const field = fields[index];
    if (column === undefined || field === undefined || hasColumnIn(plan, field)) continue;
    for (let value = column.count - 1; value >= 0; value--) {
      const own = column.rowOf(value);
      const row = targetOf === undefined ? own : (targetOf[own] as number);
      if (taken !== undefined) {
        if (taken[row] === index) continue;
        taken[row] = index;
      }
      yield { index, row, value };
    }
  }
}
