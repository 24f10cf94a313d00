/** The catalogue at rest: tables that name measurements, fields and series, and the position of the log. */
import type { BucketId } from '../domain/id.js';
import type { FieldType, Tag } from '../domain/series.js';
import { Catalog, type Measurement } from './catalog.js';
import type { Session } from './session.js';

/** Rises when the tables below or the layout of measurements change. */
const layoutVersion = 1;

const TABLES = [
  'CREATE TABLE layout (version INTEGER)',
  `INSERT INTO layout VALUES (${layoutVersion})`,
  'CREATE TABLE log_position (segment BIGINT)',
  'INSERT INTO log_position VALUES (0)',
  'CREATE TABLE measurement (id INTEGER, bucket VARCHAR, name VARCHAR)',
  'CREATE TABLE field (measurement INTEGER, index INTEGER, key VARCHAR, type VARCHAR)',
  'CREATE TABLE series (measurement INTEGER, id INTEGER, tags VARCHAR)',
];

export interface StoredState {
  readonly catalog: Catalog;
  /** The first segment of the log that is not drained. */
  readonly nextSegment: number;
}

/** Reads the catalogue, or makes an empty one in a database that has none. */
export async function loadState(session: Session): Promise<StoredState> {
  const [found] = await session.rows("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'layout'");
  if (found?.[0] === 0n) {
    await session.transact(async () => {
      for (const statement of TABLES) await session.run(statement);
    });
  }
  const [layout] = await session.rows('SELECT version FROM layout');
  if (layout?.[0] !== layoutVersion) throw new Error(`the layout has version ${String(layout?.[0])}, this program knows ${layoutVersion}`);
  const [position] = (await session.rows('SELECT segment FROM log_position')) as [bigint][];
  return { catalog: await loadCatalog(session), nextSegment: Number(position?.[0] ?? 0n) };
}

async function loadCatalog(session: Session): Promise<Catalog> {
  const catalog = new Catalog();
  const byId = new Map<number, Measurement>();
  const measurements = await session.rows('SELECT id, bucket, name FROM measurement ORDER BY id');
  for (const [id, bucket, name] of measurements as [number, BucketId, string][]) {
    const measurement = catalog.add(bucket, name, id);
    measurement.hasTable = true;
    byId.set(id, measurement);
  }
  const fields = await session.rows('SELECT measurement, key, type FROM field ORDER BY measurement, index');
  for (const [id, key, type] of fields as [number, string, FieldType][]) byId.get(id)?.addField(key, type);
  const series = await session.rows('SELECT measurement, id, tags FROM series ORDER BY measurement, id');
  for (const [id, seriesId, tags] of series as [number, number, string][]) byId.get(id)?.restoreSeries(seriesId, JSON.parse(tags) as Tag[]);
  for (const measurement of byId.values()) measurement.storedFieldCount = measurement.fields.length;
  return catalog;
}

/** Entries that are to be stored, row by row in the order of the columns. */
export class CatalogEntries {
  readonly measurement: [number, string, string][] = [];
  readonly field: [number, number, string, string][] = [];
  readonly series: [number, number, string][] = [];

  async store(session: Session): Promise<void> {
    for (const table of ['measurement', 'field', 'series'] as const) {
      if (this[table].length === 0) continue;
      await session.append(table, (appender) => {
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
