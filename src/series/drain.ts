/**
 * Moves rows from memory into their tables, in one transaction with the position of the log from which it is still needed.
 *
 * A table never has two rows with one series and time: rows that are not later than all of their series are merged into what is there,
 * field by field; all others are appended.
 */
import type { Field, Measurement } from './catalog.js';
import { CatalogEntries } from './catalog-store.js';
import { growExtents, loadExtents, type SeriesExtents } from './extents.js';
import type { PendingRows } from './pending-rows.js';
import type { Session } from './session.js';
import { type AppendedColumn, fillChunks, sqlTypes } from './vectors.js';

/** What a drain takes of one measurement. */
export interface DrainedRows {
  readonly measurement: Measurement;
  readonly rows: PendingRows;
}

interface SortedRows extends DrainedRows {
  /** The fields as they are when the drain begins; writers may add others meanwhile. */
  readonly fields: readonly Field[];
  readonly extents: SeriesExtents;
  /** Rows after all that their series has. */
  readonly appended: Int32Array;
  /** Rows at or before the last one of their series. */
  readonly merged: Int32Array;
}

/** More rows than these go into the table by a statement of their own, so that they are compressed beside this thread. */
const directRowsMax = 65_536;
/** Chunks that are filled before others have their turn. */
const CHUNKS_PER_TURN = 8;

/**
 * Stores rows.
 *
 * @param nextSegment the segment from which the log is still needed; undefined where other rows of the log wait: what is stored here will
 *   be stored once more if a crash comes first, which changes nothing, since all that came after it will be, too
 */
export async function drain(session: Session, batches: readonly DrainedRows[], nextSegment: number | undefined): Promise<void> {
  const sorted: SortedRows[] = [];
  for (const batch of batches) sorted.push(sortRows(batch, await loadExtents(session, batch.measurement)));
  await session.transact(async () => {
    const entries = new CatalogEntries();
    // DuckDB refuses to alter a table that the transaction has written to, so tables come first.
    for (const part of sorted) await storeTable(session, part, entries);
    for (const part of sorted) collectSeries(part, entries);
    await entries.store(session);
    for (const part of sorted) {
      await storeRows(session, part);
      await new Promise(setImmediate);
    }
    if (nextSegment !== undefined) await session.run(`UPDATE log_position SET segment = ${nextSegment}`);
  });
  for (const part of sorted) noteStored(part);
}

function sortRows({ measurement, rows }: DrainedRows, extents: SeriesExtents): SortedRows {
  const order = rows.sort(measurement.series.length);
  growExtents(extents, measurement.series.length);
  const appended = new Int32Array(order.length);
  const merged = new Int32Array(order.length);
  let appendedCount = 0;
  let mergedCount = 0;
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
    if (isLate) merged[mergedCount++] = row;
    else appended[appendedCount++] = row;
  }
  return {
    measurement,
    rows,
    fields: measurement.fields.slice(),
    extents,
    appended: appended.subarray(0, appendedCount),
    merged: merged.subarray(0, mergedCount),
  };
}

async function storeTable(session: Session, { measurement, fields }: SortedRows, entries: CatalogEntries): Promise<void> {
  const { id, table } = measurement;
  const unknown = fields.slice(measurement.storedFieldCount);
  for (const { index, key, type } of unknown) entries.field.push([id, index, key, type]);
  if (measurement.hasTable) {
    for (const field of unknown) await session.run(`ALTER TABLE ${table} ADD COLUMN ${define(field)}`);
  } else {
    entries.measurement.push([id, measurement.bucketId, measurement.name]);
    await session.run(`CREATE TABLE ${table} (${['time BIGINT', 'series INTEGER', ...fields.map(define)].join(', ')})`);
  }
}

function nameOf({ index }: Field): string {
  return `f${index}`;
}

function define(field: Field): string {
  return `${nameOf(field)} ${sqlTypes[field.type]}`;
}

/** Series with merged rows are stored: only what is there can be merged with. */
function collectSeries({ measurement, rows, appended }: SortedRows, entries: CatalogEntries): void {
  let previous = -1;
  for (const row of appended) {
    const series = rows.series[row] as number;
    if (series === previous) continue;
    previous = series;
    if (!measurement.isStored(series)) entries.series.push([measurement.id, series, JSON.stringify(measurement.series[series])]);
  }
}

async function storeRows(session: Session, { measurement, rows, fields, appended, merged }: SortedRows): Promise<void> {
  const { table } = measurement;
  if (appended.length > directRowsMax) {
    const columns = (await stage(session, rows, appended, fields)).join(', ');
    await session.run(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM stage`);
    await session.run('DROP TABLE stage');
  } else if (appended.length > 0) {
    await append(session, table, rows, appended, fields);
  }
  if (merged.length > 0) {
    const columns = await stage(session, rows, merged, fields);
    const updates = columns.slice(2).map((column) => `${column} = coalesce(stage.${column}, stored.${column})`);
    const [[first, last]] = (await session.rows('SELECT min(time), max(time) FROM stage')) as [[bigint, bigint]];
    await session.run(
      `MERGE INTO ${table} AS stored USING stage
         ON stored.series = stage.series AND stored.time = stage.time AND stored.time BETWEEN ${first} AND ${last}
       WHEN MATCHED THEN UPDATE SET ${updates.join(', ')}
       WHEN NOT MATCHED THEN INSERT (${columns.join(', ')}) VALUES (${columns.map((column) => `stage.${column}`).join(', ')})`,
    );
    await session.run('DROP TABLE stage');
  }
}

/** Puts rows into a temporary table `stage` and says its columns, which have the names of those they are for. */
async function stage(session: Session, rows: PendingRows, order: Int32Array, fields: readonly Field[]): Promise<string[]> {
  const used = fields.filter(({ index }) => rows.columns[index] !== undefined);
  await session.run(`CREATE TEMP TABLE stage (${['time BIGINT', 'series INTEGER', ...used.map(define)].join(', ')})`);
  await append(session, 'stage', rows, order, used);
  return ['time', 'series', ...used.map(nameOf)];
}

async function append(session: Session, table: string, rows: PendingRows, order: Int32Array, fields: readonly Field[]): Promise<void> {
  const columns = fields.map(({ index, type }): AppendedColumn => ({ type, values: rows.columns[index] }));
  await session.append(table, async (appender) => {
    let chunkCount = 0;
    for (const chunk of fillChunks(rows, order, columns)) {
      appender.appendDataChunk(chunk);
      if (++chunkCount % CHUNKS_PER_TURN === 0) await new Promise(setImmediate);
    }
  });
}

/** Brings what memory knows of a table up to what was committed. */
function noteStored({ measurement, rows, fields, extents, appended, merged }: SortedRows): void {
  measurement.hasTable = true;
  measurement.storedFieldCount = fields.length;
  for (const order of [merged, appended]) {
    for (let start = 0, end = 0; start < order.length; start = end) {
      const series = rows.series[order[start] as number] as number;
      while (end < order.length && rows.series[order[end] as number] === series) end++;
      const first = rows.times[order[start] as number] as bigint;
      const last = rows.times[order[end - 1] as number] as bigint;
      const count = extents.rowsAtMost[series] as number;
      if (count === 0 || first < (extents.first[series] as bigint)) extents.first[series] = first;
      if (count === 0 || last > (extents.last[series] as bigint)) extents.last[series] = last;
      extents.rowsAtMost[series] = count + end - start;
      measurement.noteStored(series);
    }
  }
}
