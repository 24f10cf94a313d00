/** A slice of a drain: so many values of some measurements as one transaction stores with little memory. */
import type { Measurement } from './catalog.js';
import { columnsOf, looseValuesOf, type Plan } from './drain-plan.js';
import { LooseValues } from './loose-values.js';

/** Cells of a slice. */
const sliceCellsMax = 2_000_000;
/** What a measurement, a text of so many characters, and a table that is written to, count for. */
const MEASUREMENT_CELLS = 20;
const CHARACTERS_PER_CELL = 8;
const TABLE_CELLS = 40_000;
/** A loose value has these columns. */
const LOOSE_CELLS = 9;
/** Rows of a plan for the table of the measurement. */
export interface TablePiece {
  readonly plan: Plan;
  readonly appended: Int32Array;
  readonly merged: Int32Array;
}

export class Slice {
  cells = 0;
  /** Plans of which this slice stores the first rows, and with them what the catalogue needs. */
  readonly begun: Plan[] = [];
  readonly plans = new Set<Plan>();
  readonly measurements = new Set<Measurement>();
  readonly pieces: TablePiece[] = [];
  readonly appended = new LooseValues();
  readonly merged = new LooseValues();

  get isFull(): boolean {
    return this.cells + (this.appended.characters + this.merged.characters) / CHARACTERS_PER_CELL >= sliceCellsMax;
  }
}

/** Puts all of a plan into slices; gives up where one that has some of it cannot be stored. */
export async function addAll(plan: Plan, current: () => Slice, flush: () => Promise<boolean>): Promise<void> {
  let isBegun = false;
  const begin = (): Slice => {
    const slice = current();
    if (!slice.plans.has(plan)) {
      slice.plans.add(plan);
      slice.measurements.add(plan.measurement);
      slice.cells += MEASUREMENT_CELLS + (plan.appended.length + plan.merged.length > 0 || plan.promoted.length > 0 ? TABLE_CELLS : 0);
    }
    if (!isBegun) slice.begun.push(plan);
    isBegun = true;
    return slice;
  };
  begin();
  const cellsPerRow = 2 + columnsOf(plan).length;
  for (const kind of ['appended', 'merged'] as const) {
    for (let start = 0; start < plan[kind].length;) {
      const slice = begin();
      const rowCount = Math.max(1, Math.floor((sliceCellsMax - slice.cells) / cellsPerRow));
      const piece = plan[kind].subarray(start, start + rowCount);
      slice.pieces.push({ plan, appended: NOTHING, merged: NOTHING, [kind]: piece });
      slice.cells += piece.length * cellsPerRow;
      start += piece.length;
      if (slice.isFull && !(await flush())) return;
    }
  }
  for (const { index, row, value } of looseValuesOf(plan)) {
    const slice = begin();
    const { rows, measurement } = plan;
    const column = rows.columns[index] as NonNullable<(typeof rows.columns)[number]>;
    (plan.isLate[row] === 1 ? slice.merged : slice.appended).add(measurement.id, index, rows, row, column, value);
    slice.cells += LOOSE_CELLS;
    if (slice.isFull && !(await flush())) return;
  }
  if (current().isFull) await flush();
}

const NOTHING = new Int32Array(0);
