/** Deletes rows, and with the last row of a measurement or series what the catalogue knows of it. */
import { DomainError } from '../domain/errors.js';
import type { Predicate, TimeRange } from '../domain/series.js';
import type { Measurement } from './catalog.js';
import { loadExtents } from './extents.js';
import { deletion } from './queries.js';
import { type Scope, scopeOf } from './scope.js';
import { select } from './selection.js';
import type { Session } from './session.js';

/**
 * Deletes the rows in a range of the series that fit.
 *
 * @throws DomainError `not implemented` where the predicate asks of fields or values
 */
export async function removeRows(
  session: Session,
  measurements: readonly Measurement[],
  range: TimeRange,
  predicate: Predicate | undefined,
): Promise<void> {
  const removals: Scope[] = [];
  for (const measurement of measurements) {
    const readable = { measurement, extents: await loadExtents(session, measurement), fieldCount: measurement.storedFieldCount };
    for (const { ids, fields } of select(measurement, predicate, readable.fieldCount)) {
      if (fields.length < readable.fieldCount || fields.some(({ condition }) => condition !== undefined)) {
        throw new DomainError('not implemented', 'delete by field is not supported');
      }
      const scope = scopeOf(readable, ids, range);
      if (scope !== undefined) removals.push(scope);
    }
  }
  if (removals.length === 0) return;
  const changed = new Set(removals.map(({ measurement }) => measurement));
  const left = new Map<Measurement, Set<number>>();
  await session.transact(async () => {
    for (const scope of removals) await session.run(deletion(scope));
    for (const measurement of changed) {
      const rows = (await session.rows(`SELECT DISTINCT series FROM ${measurement.table}`)) as [number][];
      left.set(measurement, new Set(rows.map(([series]) => series)));
      if (rows.length === 0) {
        await dropTable(session, measurement);
      } else {
        await session.run(
          `DELETE FROM series WHERE measurement = ${measurement.id} AND id NOT IN (SELECT DISTINCT series FROM ${measurement.table})`,
        );
      }
    }
  });
  for (const [measurement, series] of left) {
    if (series.size === 0) measurement.noteTableGone();
    else measurement.noteStoredSeries(series);
  }
}

/** Drops measurements whole. */
export async function removeMeasurements(session: Session, measurements: readonly Measurement[]): Promise<void> {
  const stored = measurements.filter(({ hasTable }) => hasTable);
  if (stored.length === 0) return;
  await session.transact(async () => {
    for (const measurement of stored) await dropTable(session, measurement);
  });
  for (const measurement of stored) measurement.noteTableGone();
}

async function dropTable(session: Session, { id, table }: Measurement): Promise<void> {
  await session.run(`DROP TABLE ${table}`);
  for (const entries of ['field', 'series']) await session.run(`DELETE FROM ${entries} WHERE measurement = ${id}`);
  await session.run(`DELETE FROM measurement WHERE id = ${id}`);
}
