/** The stored catalog: tables that name measurements, fields and series, and the position of the log. */
import type { BucketId } from '../domain/id.js';
import type { FieldType } from '../domain/series.js';
import { Catalog, type Measurement } from './catalog.js';
import { LOOSE_TABLE } from './loose.js';
import type { Connection } from './connection.js';
import { SORTED_TABLE } from './sorted-pieces.js';
import { readColumn, readIntegers } from './vectors.js';

/** Rises when the tables below or the layout of measurements change. */
const layoutVersion = 2;

/** How many rows each table has: see row-counts.ts. */
const ROW_COUNT_TABLE = 'CREATE TABLE row_count (name VARCHAR, rows BIGINT)';

const FROM_1_TO_2 = [LOOSE_TABLE, ROW_COUNT_TABLE, 'UPDATE layout SET version = 2'];

const TABLES = [
  'CREATE TABLE layout (version INTEGER)',
  `INSERT INTO layout VALUES (${layoutVersion})`,
  'CREATE TABLE log_position (segment BIGINT)',
  'INSERT INTO log_position VALUES (0)',
  'CREATE TABLE measurement (id INTEGER, bucket VARCHAR, name VARCHAR)',
  'CREATE TABLE field (measurement INTEGER, index INTEGER, key VARCHAR, type VARCHAR)',
  'CREATE TABLE series (measurement INTEGER, id INTEGER, tags VARCHAR)',
  LOOSE_TABLE,
  ROW_COUNT_TABLE,
  SORTED_TABLE,
];

export interface StoredState {
  readonly catalog: Catalog;
  /** The first segment of the log that is not drained. */
  readonly nextSegment: number;
}

/** Makes an empty catalogue. */
export async function createState(connection: Connection): Promise<void> {
  await connection.transact(async () => {
    for (const statement of TABLES) await connection.run(statement);
  });
}

/** Reads the catalogue; one of an earlier version is brought up to this one. */
export async function loadState(connection: Connection): Promise<StoredState> {
  let [[version] = []] = await connection.rows('SELECT version FROM layout');
  if (version === 1) {
    await connection.transact(async () => {
      for (const statement of FROM_1_TO_2) await connection.run(statement);
    });
    await connection.run('CHECKPOINT points');
    version = 2;
  }
  if (version !== layoutVersion) throw new Error(`the layout has version ${String(version)}, this program knows ${layoutVersion}`);
  // Earlier versions of this layout are without it, and do not miss it.
  await connection.run(SORTED_TABLE);
  const [position] = (await connection.rows('SELECT segment FROM log_position')) as [bigint][];
  return { catalog: await loadCatalog(connection), nextSegment: Number(position?.[0] ?? 0n) };
}

async function loadCatalog(connection: Connection): Promise<Catalog> {
  const catalog = new Catalog();
  const byId = new Map<number, Measurement>();
  const measurements = await connection.rows('SELECT id, bucket, name FROM measurement ORDER BY id');
  for (const [id, bucket, name] of measurements as [number, BucketId, string][]) {
    const measurement = catalog.add(bucket, name, id);
    measurement.isStored = true;
    byId.set(id, measurement);
  }
  const fields = await connection.rows('SELECT measurement, key, type FROM field ORDER BY measurement, index');
  for (const [id, key, type] of fields as [number, string, FieldType][]) byId.get(id)?.addField(key, type);
  for await (const chunk of connection.chunks('SELECT measurement, id, tags FROM series ORDER BY measurement, id')) {
    const [owners, ids] = [readIntegers(chunk, 0), readIntegers(chunk, 1)];
    const texts = readColumn(chunk, 2, 'string').strings ?? [];
    for (const [i, owner] of owners.entries()) byId.get(owner)?.restoreSeries(ids[i] as number, texts[i] as string);
  }
  for (const measurement of byId.values()) measurement.storedFieldCount = measurement.fields.length;
  const columns = await connection.rows(
    `SELECT substr(table_name, 2)::INTEGER, substr(column_name, 2)::INTEGER FROM duckdb_columns()
     WHERE database_name = 'points' AND regexp_full_match(table_name, 'm[0-9]+') AND regexp_full_match(column_name, 'f[0-9]+')
     ORDER BY table_oid, column_index`,
  );
  for (const [id, index] of columns as [number, number][]) {
    const measurement = byId.get(id);
    const field = measurement?.fields[index];
    if (measurement === undefined || field === undefined) continue;
    if (!measurement.hasTable) catalog.tableCount++;
    measurement.noteColumns([field]);
  }
  const loose = await connection.rows('SELECT measurement, field, count(*) FROM loose GROUP BY measurement, field');
  for (const [id, index, count] of loose as [number, number, bigint][]) {
    const field = byId.get(id)?.fields[index];
    if (field !== undefined) field.looseCount = Number(count);
  }
  return catalog;
}

/** Entries that are to be stored, row by row in the order of the columns. */
export class CatalogEntries {
  readonly measurement: [number, string, string][] = [];
  readonly field: [number, number, string, string][] = [];
  readonly series: [number, number, string][] = [];

  async store(connection: Connection): Promise<void> {
    for (const table of ['measurement', 'field', 'series'] as const) {
      if (this[table].length === 0) continue;
      await connection.append(table, (appender) => {
        for (const row of this[table]) {
          for (const value of row) {
            if (typeof value === 'number') appender.appendInteger(value);
            else appender.appendVarchar(value);
          }
          appender.endRow();
        }
        return Promise.resolve();
      });
    }
  }
}
