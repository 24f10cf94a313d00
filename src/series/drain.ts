/**
 * Moves rows from memory into DuckDB, slice by slice: a slice is one transaction, and takes so many values that its memory is small.
 *
 * No two rows of a table have one series and time, and no two loose values one series, time and field: what is not later than all of its
 * series is merged into what is there, field by field; all else is appended.
 */
import type { Catalog, Field, Measurement } from './catalog.js';
import { CatalogEntries } from './catalog-store.js';
import { loadExtents } from './extents.js';
import { growExtents, noteRows, type SeriesExtents } from './series-extents.js';
import type { Gate } from './gate.js';
import { LooseValues } from './loose-values.js';
import type { PendingRows, SortedOrder } from './pending-rows.js';
import { chooseColumns, columnOf, define, makeColumns, moveIntoColumns, type PlacementRules } from './placement.js';
import type { Session } from './session.js';
import { type AppendedColumn, fillChunks, fillLooseChunks } from './vectors.js';

/** What a drain takes of one measurement. */
export interface DrainedRows {
  readonly measurement: Measurement;
  readonly rows: PendingRows;
}

export interface DrainFailure extends DrainedRows {
  readonly cause: unknown;
}

export interface DrainSurroundings {
  readonly session: Session;
  readonly catalog: Catalog;
  /** Queries: none runs while values move to another place. */
  readonly queries: Gate;
  readonly rules: PlacementRules;
}

/** Cells of a slice. */
const sliceCellsMax = 2_000_000;
/** What a measurement, a text of so many characters, and a table that is written to, count for. */
const MEASUREMENT_CELLS = 20;
const CHARACTERS_PER_CELL = 8;
const TABLE_CELLS = 40_000;
/** A loose value has these columns. */
const LOOSE_CELLS = 9;
/** More rows than these go into a table by a statement of their own, so that they are compressed beside this thread. */
const directRowsMax = 65_536;
/** Chunks that are filled before others have their turn, and measurements that are looked at. */
const CHUNKS_PER_TURN = 8;
const MEASUREMENTS_PER_TURN = 200;

/** How the rows of one measurement go in. */
interface Plan extends DrainedRows {
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

/** Rows of a plan for the table of the measurement. */
interface TablePiece {
  readonly plan: Plan;
  readonly appended: Int32Array;
  readonly merged: Int32Array;
}

class Slice {
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

/**
 * Stores rows.
 *
 * @returns what could not be stored; all else is
 */
export async function drain(around: DrainSurroundings, jobs: readonly DrainedRows[]): Promise<DrainFailure[]> {
  await loadExtents(
    around.session,
    jobs.map(({ measurement }) => measurement),
  );
  const failures: DrainFailure[] = [];
  let slice = new Slice();
  /** Stores the slice; where that fails, what is in it is tried one by one. */
  const flush = async (): Promise<boolean> => {
    const full = slice;
    slice = new Slice();
    if (full.plans.size === 0) return true;
    try {
      await store(around, full);
      return true;
    } catch (cause) {
      await around.session.assertAlive(cause);
      const suspects = [...full.plans].map(({ job }) => job);
      const [only] = suspects;
      if (suspects.length === 1 && only !== undefined) failures.push({ ...only, cause });
      else for (const suspect of suspects) failures.push(...(await drain(around, [suspect])));
      return false;
    }
  };
  for (const [i, job] of jobs.entries()) {
    // What a slice stores of a measurement is known when it is stored: earlier rows of the same measurement go before.
    if (slice.measurements.has(job.measurement)) await flush();
    const failed = failures.find(({ measurement }) => measurement === job.measurement);
    if (failed !== undefined) {
      failures.push({ ...job, cause: failed.cause });
      continue;
    }
    await addAll(planOf(around, job), () => slice, flush);
    if (i % MEASUREMENTS_PER_TURN === 0) await new Promise(setImmediate);
  }
  await flush();
  return failures;
}

function planOf({ catalog, rules }: DrainSurroundings, job: DrainedRows): Plan {
  const { measurement, rows } = job;
  const extents = measurement.extents as SeriesExtents;
  const promoted = chooseColumns(catalog, measurement, rows, rules);
  const sorted = rows.sort(measurement.series.length);
  growExtents(extents, measurement.series.length);
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

/** Puts all of a plan into slices; gives up where one that has some of it cannot be stored. */
async function addAll(plan: Plan, current: () => Slice, flush: () => Promise<boolean>): Promise<void> {
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

const hasColumnIn = ({ promoted }: Plan, field: Field): boolean => field.hasColumn || promoted.includes(field);

/** The columns that rows of a plan have values for, or will have when they are made. */
function columnsOf(plan: Plan): Field[] {
  return plan.fields.filter((field) => plan.rows.columns[field.index] !== undefined && hasColumnIn(plan, field));
}

function* looseValuesOf(plan: Plan): IterableIterator<{ index: number; row: number; value: number }> {
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

async function store({ session, catalog, queries }: DrainSurroundings, slice: Slice): Promise<void> {
  const work = (): Promise<void> =>
    session.transact(async () => {
      const entries = new CatalogEntries();
      // DuckDB refuses to alter a table that the transaction has written to, so tables come first.
      for (const plan of slice.begun) await prepare(session, plan, entries);
      await entries.store(session);
      for (const { measurement, promoted } of slice.begun) await moveIntoColumns(session, measurement, promoted);
      for (const piece of slice.pieces) {
        await storePiece(session, piece);
        await new Promise(setImmediate);
      }
      await storeLoose(session, slice);
    });
  const isMoving = slice.begun.some(({ promoted }) => promoted.some(({ looseCount }) => looseCount > 0));
  if (isMoving) {
    await queries.alone(async () => {
      await work();
      note(catalog, slice);
    });
  } else {
    await work();
    note(catalog, slice);
  }
}

async function prepare(session: Session, plan: Plan, entries: CatalogEntries): Promise<void> {
  const { measurement, fields, promoted, rows, sorted } = plan;
  const { id } = measurement;
  if (!measurement.isStored) entries.measurement.push([id, measurement.bucketId, measurement.name]);
  for (const field of fields.slice(measurement.storedFieldCount)) {
    entries.field.push([id, field.index, field.key, field.type]);
  }
  let previous = -1;
  for (const row of sorted.order) {
    const series = rows.series[row] as number;
    if (series === previous) continue;
    previous = series;
    if (!measurement.isSeriesStored(series)) entries.series.push([id, series, JSON.stringify(measurement.series[series])]);
  }
  if (promoted.length > 0) await makeColumns(session, measurement, promoted);
}

async function storePiece(session: Session, { plan, appended, merged }: TablePiece): Promise<void> {
  const { table } = plan.measurement;
  const used = columnsOf(plan);
  if (appended.length > directRowsMax) {
    const columns = (await stage(session, plan, appended, used)).join(', ');
    await session.run(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM stage`);
    await session.run('DROP TABLE stage');
  } else if (appended.length > 0) {
    await append(session, table, plan, appended, [...plan.measurement.columns(), ...plan.promoted.filter(({ hasColumn }) => !hasColumn)]);
  }
  if (merged.length > 0) {
    const columns = await stage(session, plan, merged, used);
    const updates = columns.slice(2).map((column) => `${column} = coalesce(stage.${column}, stored.${column})`);
    await session.run(
      `MERGE INTO ${table} AS stored USING stage
         ON stored.series = stage.series AND stored.time = stage.time AND ${await stagedTimes(session)}
       WHEN MATCHED THEN UPDATE SET ${updates.join(', ')}
       WHEN NOT MATCHED THEN INSERT (${columns.join(', ')}) VALUES (${columns.map((column) => `stage.${column}`).join(', ')})`,
    );
    await session.run('DROP TABLE stage');
  }
}

async function stagedTimes(session: Session): Promise<string> {
  const [[first, last]] = (await session.rows('SELECT min(time), max(time) FROM stage')) as [[bigint, bigint]];
  return `stored.time BETWEEN ${first} AND ${last}`;
}

async function storeLoose(session: Session, { appended, merged }: Slice): Promise<void> {
  if (appended.count > 0) await appendLoose(session, 'loose', appended);
  if (merged.count === 0) return;
  await session.run('CREATE TEMP TABLE stage AS SELECT * FROM loose LIMIT 0');
  await appendLoose(session, 'stage', merged);
  await session.run(
    `DELETE FROM loose AS stored USING stage WHERE stored.measurement = stage.measurement AND stored.series = stage.series
       AND stored.field = stage.field AND stored.time = stage.time AND ${await stagedTimes(session)}`,
  );
  await session.run('INSERT INTO loose SELECT * FROM stage');
  await session.run('DROP TABLE stage');
}

/** Puts rows into a temporary table `stage` and says its columns, which have the names of those they are for. */
async function stage(session: Session, plan: Plan, order: Int32Array, used: readonly Field[]): Promise<string[]> {
  await session.run(`CREATE TEMP TABLE stage (${['time BIGINT', 'series INTEGER', ...used.map(define)].join(', ')})`);
  await append(session, 'stage', plan, order, used);
  return ['time', 'series', ...used.map(columnOf)];
}

async function append(session: Session, table: string, { rows, sorted }: Plan, order: Int32Array, fields: readonly Field[]): Promise<void> {
  const columns = fields.map(({ index, type }): AppendedColumn => ({ type, values: rows.columns[index] }));
  await session.append(table, async (appender) => {
    let chunkCount = 0;
    for (const chunk of fillChunks(rows, { order, targetOf: sorted.targetOf }, columns)) {
      appender.appendDataChunk(chunk);
      if (++chunkCount % CHUNKS_PER_TURN === 0) await new Promise(setImmediate);
    }
  });
}

async function appendLoose(session: Session, table: string, values: LooseValues): Promise<void> {
  await session.append(table, async (appender) => {
    let chunkCount = 0;
    for (const chunk of fillLooseChunks(values)) {
      appender.appendDataChunk(chunk);
      if (++chunkCount % CHUNKS_PER_TURN === 0) await new Promise(setImmediate);
    }
  });
}

/** Brings what memory knows up to what was committed. */
function note(catalog: Catalog, slice: Slice): void {
  for (const plan of slice.begun) noteBegun(catalog, plan);
  for (const { plan, appended, merged } of slice.pieces) {
    noteOrder(plan, appended);
    noteOrder(plan, merged);
  }
  const plans = new Map([...slice.plans].map((plan) => [plan.measurement.id, plan]));
  for (const values of [slice.appended, slice.merged]) {
    const times = new BigInt64Array(values.timeWords.buffer);
    for (let i = 0; i < values.count; i++) {
      const { measurement, extents } = plans.get(values.measurements[i] as number) as Plan;
      const time = times[i] as bigint;
      noteRows(extents, values.series[i] as number, time, time, 1);
      (measurement.fields[values.fields[i] as number] as Field).looseCount++;
    }
  }
}

function noteBegun(catalog: Catalog, { measurement, fields, promoted, rows, sorted }: Plan): void {
  measurement.isStored = true;
  measurement.storedFieldCount = Math.max(measurement.storedFieldCount, fields.length);
  for (const row of sorted.order) measurement.noteSeriesStored(rows.series[row] as number);
  if (promoted.length === 0) return;
  if (!measurement.hasTable) catalog.tableCount++;
  measurement.noteColumns(promoted);
}

function noteOrder({ rows, extents }: Plan, order: Int32Array): void {
  for (let start = 0, end = 0; start < order.length; start = end) {
    const series = rows.series[order[start] as number] as number;
    while (end < order.length && rows.series[order[end] as number] === series) end++;
    noteRows(extents, series, rows.times[order[start] as number] as bigint, rows.times[order[end - 1] as number] as bigint, end - start);
  }
}
