/**
 * Where values lie: a field that many points have gets a column in the table of its measurement; all others lie loose (loose.ts). So a
 * table never has many columns that are almost empty, and there are never very many tables.
 */
import type { Catalog, Field, Measurement } from './catalog.js';
import { LOOSE_COLUMNS } from './loose.js';
import type { PendingRows } from './pending-rows.js';
import type { Connection } from './connection.js';
import { countRows, insertFrom } from './counted-rows.js';
import { sqlTypes } from './vectors.js';

export interface PlacementRules {
  /** Values of a field that are worth a column. */
  readonly columnValuesMin: number;
  /** Columns of a table; further fields stay loose. */
  readonly columnsMax: number;
  /** Tables; further measurements stay loose. Each costs DuckDB about 100 KiB of memory and 280 KiB on the disk. */
  readonly tablesMax: number;
}

export const placementRules: PlacementRules = { columnValuesMin: 4096, columnsMax: 256, tablesMax: 1000 };

/** A field with fewer values than a row in so many has stays loose. */
const SPARSE = 32;

/** The fields that are to get a column now. */
export function chooseColumns(catalog: Catalog, measurement: Measurement, rows: PendingRows, rules: PlacementRules): Field[] {
  const { columnValuesMin, columnsMax, tablesMax } = rules;
  if (!measurement.hasTable && catalog.tableCount >= tablesMax) return [];
  const chosen: Field[] = [];
  for (const [index, column] of rows.columns.entries()) {
    const field = measurement.fields[index];
    if (column === undefined || field === undefined || field.hasColumn) continue;
    if (measurement.columnCount + chosen.length >= columnsMax) break;
    if (column.count * SPARSE < rows.rowCount || column.count + field.looseCount < columnValuesMin) continue;
    chosen.push(field);
  }
  return chosen;
}

export function columnOf({ index }: Field): string {
  return `f${index}`;
}

export function define(field: Field): string {
  return `${columnOf(field)} ${sqlTypes[field.type]}`;
}

/** Makes the columns, and the table where there is none. To be done before the transaction writes to the table. */
export async function makeColumns(connection: Connection, { table, hasTable }: Measurement, fields: readonly Field[]): Promise<void> {
  if (hasTable) {
    for (const field of fields) await connection.run(`ALTER TABLE ${table} ADD COLUMN ${define(field)}`);
  } else {
    await connection.run(`CREATE TABLE ${table} (${['time BIGINT', 'series INTEGER', ...fields.map(define)].join(', ')})`);
  }
}

/** Moves loose values into the columns of their fields. */
export async function moveIntoColumns(
  connection: Connection,
  { id, table, hasTable }: Measurement,
  fields: readonly Field[],
): Promise<void> {
  const moved = fields.filter(({ looseCount }) => looseCount > 0);
  if (moved.length === 0) return;
  const names = moved.map(columnOf);
  const these = `measurement = ${id} AND field IN (${moved.map(({ index }) => index).join()})`;
  // The count in memory may be too high. After a sorted INSERT of no rows DuckDB hides the rows of a large INSERT into the same table until
  // the next checkpoint, so none is made.
  if ((await countRows(connection, `loose WHERE ${these}`)) === 0) return;
  const values = moved.map((field) => `any_value(${LOOSE_COLUMNS[field.type]}) FILTER (field = ${field.index}) AS ${columnOf(field)}`);
  const rows = `SELECT time, series, ${values.join(', ')} FROM loose WHERE ${these} GROUP BY series, time`;
  const columns = ['time', 'series', ...names];
  if (hasTable) {
    await connection.run(
      `MERGE INTO ${table} AS stored USING (${rows}) AS moved ON stored.series = moved.series AND stored.time = moved.time
       WHEN MATCHED THEN UPDATE SET ${names.map((name) => `${name} = coalesce(moved.${name}, stored.${name})`).join(', ')}
       WHEN NOT MATCHED THEN INSERT (${columns.join(', ')}) VALUES (${columns.map((column) => `moved.${column}`).join(', ')})`,
    );
  } else {
    await connection.run(`CREATE TEMP TABLE moved AS ${rows} ORDER BY series, time`);
    await insertFrom(connection, 'moved', table, columns);
  }
  await connection.run(`DELETE FROM loose WHERE ${these}`);
}
