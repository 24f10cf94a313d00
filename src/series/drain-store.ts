/** Stores a slice of a drain in one transaction, and brings what memory knows up to it. */
import type { Catalog, Field } from './catalog.js';
import { CatalogEntries } from './catalog-store.js';
import { insertFrom } from './counted-rows.js';
import { columnsOf, type DrainSurroundings, type Plan } from './drain-plan.js';
import type { Slice, TablePiece } from './drain-slice.js';
import type { LooseValues } from './loose-values.js';
import { columnOf, define, makeColumns, moveIntoColumns } from './placement.js';
import { noteFields } from './field-extents.js';
import { seriesText } from './known-series.js';
import { noteRows } from './series-extents.js';
import type { Connection } from './connection.js';
import { type AppendedColumn, fillChunks, fillLooseChunks } from './vectors.js';

/** More rows than these go into a table by a statement of their own, so that they are compressed beside this thread. */
const directRowsMax = 65_536;
/** Chunks that are filled before others have their turn. */
const CHUNKS_PER_TURN = 8;

export async function storeSlice({ connection, catalog, queries }: DrainSurroundings, slice: Slice): Promise<void> {
  const work = (): Promise<void> =>
    connection.transact(async () => {
      const entries = new CatalogEntries();
      // DuckDB refuses to alter a table that the transaction has written to, so tables come first.
      for (const plan of slice.begun) await prepare(connection, plan, entries);
      await entries.store(connection);
      for (const { measurement, promoted } of slice.begun) await moveIntoColumns(connection, measurement, promoted);
      for (const piece of slice.pieces) {
        await storePiece(connection, piece);
        await new Promise(setImmediate);
      }
      await storeLoose(connection, slice);
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

async function prepare(connection: Connection, plan: Plan, entries: CatalogEntries): Promise<void> {
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
    if (!measurement.isSeriesStored(series)) entries.series.push([id, series, seriesText(measurement.series.tagsOf(series))]);
  }
  if (promoted.length > 0) await makeColumns(connection, measurement, promoted);
}

async function storePiece(connection: Connection, { plan, appended, merged }: TablePiece): Promise<void> {
  const { table } = plan.measurement;
  const used = columnsOf(plan);
  if (appended.length > directRowsMax) {
    await insertFrom(connection, 'stage', table, await stage(connection, plan, appended, used));
  } else if (appended.length > 0) {
    await append(connection, table, plan, appended, [
      ...plan.measurement.columns(),
      ...plan.promoted.filter(({ hasColumn }) => !hasColumn),
    ]);
  }
  if (merged.length > 0) {
    const columns = await stage(connection, plan, merged, used);
    const updates = columns.slice(2).map((column) => `${column} = coalesce(stage.${column}, stored.${column})`);
    await connection.run(
      `MERGE INTO ${table} AS stored USING stage
         ON stored.series = stage.series AND stored.time = stage.time AND ${await stagedTimes(connection)}
       WHEN MATCHED THEN UPDATE SET ${updates.join(', ')}
       WHEN NOT MATCHED THEN INSERT (${columns.join(', ')}) VALUES (${columns.map((column) => `stage.${column}`).join(', ')})`,
    );
    await connection.run('DROP TABLE stage');
  }
}

async function stagedTimes(connection: Connection): Promise<string> {
  const [[first, last]] = (await connection.rows('SELECT min(time), max(time) FROM stage')) as [[bigint, bigint]];
  return `stored.time BETWEEN ${first} AND ${last}`;
}

async function storeLoose(connection: Connection, { appended, merged }: Slice): Promise<void> {
  if (appended.count > 0) await appendLoose(connection, 'loose', appended);
  if (merged.count === 0) return;
  await connection.run('CREATE TEMP TABLE stage AS SELECT * FROM loose LIMIT 0');
  await appendLoose(connection, 'stage', merged);
  await connection.run(
    `DELETE FROM loose AS stored USING stage WHERE stored.measurement = stage.measurement AND stored.series = stage.series
       AND stored.field = stage.field AND stored.time = stage.time AND ${await stagedTimes(connection)}`,
  );
  await insertFrom(connection, 'stage', 'loose');
}

/** Puts rows into a temporary table `stage` and says its columns, which have the names of those they are for. */
async function stage(connection: Connection, plan: Plan, order: Int32Array, used: readonly Field[]): Promise<string[]> {
  await connection.run(`CREATE TEMP TABLE stage (${['time BIGINT', 'series INTEGER', ...used.map(define)].join(', ')})`);
  await append(connection, 'stage', plan, order, used);
  return ['time', 'series', ...used.map(columnOf)];
}

async function append(
  connection: Connection,
  table: string,
  { rows, sorted }: Plan,
  order: Int32Array,
  fields: readonly Field[],
): Promise<void> {
  const columns = fields.map(({ index, type }): AppendedColumn => ({ type, values: rows.columns[index] }));
  await connection.append(table, async (appender) => {
    let chunkCount = 0;
    for (const chunk of fillChunks(rows, { order, targetOf: sorted.targetOf }, columns)) {
      appender.appendDataChunk(chunk);
      if (++chunkCount % CHUNKS_PER_TURN === 0) await new Promise(setImmediate);
    }
  });
}

async function appendLoose(connection: Connection, table: string, values: LooseValues): Promise<void> {
  await connection.append(table, async (appender) => {
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

function noteBegun(catalog: Catalog, plan: Plan): void {
  const { measurement, fields, promoted, rows, sorted } = plan;
  noteFields(plan);
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
