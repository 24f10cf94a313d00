/** Deletes rows, and with the last row of a measurement or series what the catalogue knows of it. */
import { DomainError } from '../domain/errors.js';
import type { BucketId } from '../domain/id.js';
import type { Predicate, TimeRange } from '../domain/series.js';
import type { Catalog, Measurement } from './catalog.js';
import { loadExtents } from './extents.js';
import type { SeriesExtents } from './series-extents.js';
import type { RemovalRecord } from './log-record.js';
import { measurementLists } from './loose.js';
import { where } from './queries.js';
import { type Scope, scopeOf } from './scope.js';
import { select } from './selection.js';
import type { Connection } from './connection.js';

/** Series of a measurement, of which rows go. */
export interface Removal {
  readonly measurement: Measurement;
  readonly ids: Int32Array;
  /** All series that there are. */
  readonly isAll: boolean;
}

/**
 * The series that a deletion is about.
 *
 * @throws DomainError `not implemented` where the predicate asks of fields or values
 */
export function selectRemovals(measurements: readonly Measurement[], predicate: Predicate | undefined): Removal[] {
  const removals: Removal[] = [];
  for (const measurement of measurements) {
    const fieldCount = measurement.fields.length;
    for (const { ids, fields } of select(measurement, predicate, fieldCount)) {
      if (fields.length < fieldCount || fields.some(({ condition }) => condition !== undefined)) {
        throw new DomainError('not implemented', 'delete by field is not supported');
      }
      removals.push({ measurement, ids, isAll: ids.length === measurement.series.count });
    }
  }
  return removals;
}

export function removalRecord(bucketId: BucketId, range: TimeRange, removals: readonly Removal[]): RemovalRecord {
  return {
    kind: 'removal',
    bucketId,
    range,
    measurements: removals.map(({ measurement, ids, isAll }) => ({
      measurement: measurement.name,
      tagSets: isAll ? undefined : Array.from(ids, (id) => measurement.series.tagsOf(id)),
    })),
  };
}

/** What a record of the log is about, among what is known. */
export function removalsOf(catalog: Catalog, { bucketId, measurements }: RemovalRecord): Removal[] {
  return measurements.flatMap(({ measurement: name, tagSets }): Removal[] => {
    const measurement = catalog.find(bucketId, name);
    if (measurement === undefined) return [];
    if (tagSets === undefined) return [{ measurement, ids: measurement.series.order(), isAll: true }];
    const ids = tagSets.map((tags) => measurement.series.find(tags)).filter((id) => id !== undefined);
    return ids.length === 0 ? [] : [{ measurement, ids: Int32Array.from(ids), isAll: false }];
  });
}

/**
 * Deletes the rows in a range of some series.
 *
 * @returns whether there were any
 */
export async function removeRows(
  connection: Connection,
  catalog: Catalog,
  removals: readonly Removal[],
  range: TimeRange,
): Promise<boolean> {
  await loadExtents(
    connection,
    removals.map(({ measurement }) => measurement),
  );
  const scopes: Scope[] = [];
  for (const { measurement, ids, isAll } of removals) {
    const scope = scopeOf({ measurement, extents: measurement.extents as SeriesExtents }, ids, range);
    if (scope !== undefined) scopes.push({ ...scope, isAll, range });
  }
  if (scopes.length === 0) return false;
  const changed = [...new Set(scopes.map(({ measurement }) => measurement))];
  const left = new Map(changed.map((measurement) => [measurement, new Set<number>()]));
  await connection.transact(async () => {
    await deleteRows(connection, scopes, range);
    await findLeft(connection, left);
    await forget(
      connection,
      changed.filter((measurement) => left.get(measurement)?.size === 0),
    );
    for (const [measurement, series] of left) {
      if (series.size === 0) continue;
      const gone: number[] = [];
      for (let id = 0; id < measurement.series.count; id++) if (measurement.isSeriesStored(id) && !series.has(id)) gone.push(id);
      if (gone.length > 0) await connection.run(`DELETE FROM series WHERE measurement = ${measurement.id} AND id IN (${gone.join()})`);
    }
  });
  for (const [measurement, series] of left) {
    if (series.size === 0) noteGone(catalog, measurement);
    else measurement.noteStoredSeries(series);
  }
  return true;
}

async function deleteRows(connection: Connection, scopes: readonly Scope[], range: TimeRange): Promise<void> {
  for (const scope of scopes) {
    const { measurement } = scope;
    if (measurement.hasTable) await connection.run(`DELETE FROM ${measurement.table} WHERE ${where(scope)}`);
    if (!scope.isAll) await connection.run(`DELETE FROM loose WHERE measurement = ${measurement.id} AND ${where(scope)}`);
  }
  const whole = scopes.filter(({ isAll }) => isAll).map(({ measurement }) => measurement);
  for (const list of measurementLists(whole)) {
    await connection.run(`DELETE FROM loose WHERE (${list}) AND time >= ${range.startNs} AND time < ${range.stopNs}`);
  }
}

async function findLeft(connection: Connection, left: ReadonlyMap<Measurement, Set<number>>): Promise<void> {
  const byId = new Map([...left.keys()].map((measurement) => [measurement.id, measurement]));
  for (const list of measurementLists([...left.keys()])) {
    const rows = (await connection.rows(`SELECT DISTINCT measurement, series FROM loose WHERE ${list}`)) as [number, number][];
    for (const [id, series] of rows) left.get(byId.get(id) as Measurement)?.add(series);
  }
  for (const [measurement, series] of left) {
    if (!measurement.hasTable) continue;
    for (const [id] of (await connection.rows(`SELECT DISTINCT series FROM ${measurement.table}`)) as [number][]) series.add(id);
  }
}

/** Takes measurements out of DuckDB, and of its catalogue. */
async function forget(connection: Connection, measurements: readonly Measurement[]): Promise<void> {
  for (const { hasTable, table } of measurements) if (hasTable) await connection.run(`DROP TABLE ${table}`);
  for (const entries of ['loose', 'field', 'series', 'sorted']) {
    for (const list of measurementLists(measurements)) await connection.run(`DELETE FROM ${entries} WHERE ${list}`);
  }
  for (const list of measurementLists(measurements, 'id')) await connection.run(`DELETE FROM measurement WHERE ${list}`);
}

function noteGone(catalog: Catalog, measurement: Measurement): void {
  if (measurement.hasTable) catalog.tableCount--;
  measurement.noteGone();
}

/** Drops measurements whole. */
export async function removeMeasurements(connection: Connection, catalog: Catalog, measurements: readonly Measurement[]): Promise<void> {
  const stored = measurements.filter(({ isStored }) => isStored);
  if (stored.length === 0) return;
  await connection.transact(() => forget(connection, stored));
  for (const measurement of stored) noteGone(catalog, measurement);
}
