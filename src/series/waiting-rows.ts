/** Rows in memory: those that wait to be drained, and those that could not be stored and are set aside. */
import type { BucketId } from '../domain/id.js';
import type { Catalog, Measurement } from './catalog.js';
import type { DrainFailure } from './drain.js';
import type { DrainedRows } from './drain-plan.js';
import type { Part } from './parts.js';
import { PendingRows } from './pending-rows.js';
import type { Report } from './report.js';
import { setAside } from './set-aside.js';

export class WaitingRows {
  readonly #report: Report;
  #byteCount = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  get byteCount(): number {
    return this.#byteCount;
  }

  /** The catalogue, with all that waited, is gone; the log has it. */
  reset(): void {
    this.#byteCount = 0;
  }

  add(catalog: Catalog, bucketId: BucketId, part: Part): void {
    const measurement = catalog.find(bucketId, part.measurement) ?? catalog.add(bucketId, part.measurement);
    const seriesOf = new Int32Array(part.tagSets.length).fill(-1);
    for (const tagSet of part.tagSetOf) {
      if (seriesOf[tagSet] === -1) seriesOf[tagSet] = measurement.series.idOf(part.tagSets[tagSet] ?? []);
    }
    // A type that does not fit is one of before a deletion that the log tells of later on.
    const fields = part.fields.filter(({ key, column }) => (measurement.field(key)?.type ?? column.type) === column.type);
    const fieldIndexes = fields.map(({ key, column }) => (measurement.field(key) ?? measurement.addField(key, column.type)).index);
    const { pending } = measurement;
    const before = pending.byteCount;
    pending.append({ ...part, fields }, seriesOf, fieldIndexes);
    this.#byteCount += pending.byteCount - before;
  }

  /**
   * Takes rows that are to be drained next.
   *
   * @param isForced takes also what was set aside and is to be tried again later
   */
  take(measurements: Iterable<Measurement>, isForced = false): DrainedRows[] {
    const taken: DrainedRows[] = [];
    const now = Date.now();
    for (const measurement of measurements) {
      const { aside, pending } = measurement;
      if (pending.rowCount === 0 && aside === undefined) continue;
      if (aside !== undefined && !isForced && aside.retryAtMs > now) continue;
      for (const rows of aside?.rows ?? []) taken.push({ measurement, rows });
      if (pending.rowCount > 0) taken.push({ measurement, rows: pending });
      measurement.pending = new PendingRows();
      measurement.isDraining = true;
    }
    return taken;
  }

  /** What is set aside is tried again with the next drain. */
  retryAll(catalog: Catalog): void {
    for (const measurement of catalog.all())
      if (measurement.aside !== undefined) measurement.aside = { ...measurement.aside, retryAtMs: 0 };
  }

  /** What was taken has been drained, but for the failures, which are set aside. */
  settle(taken: readonly DrainedRows[], failures: readonly DrainFailure[]): void {
    this.#release(taken);
    for (const measurement of new Set(taken.map((job) => job.measurement))) {
      this.#noteOutcome(
        measurement,
        failures.filter((failure) => failure.measurement === measurement),
      );
    }
  }

  /** What was taken of measurements that are removed whole is not needed any more. */
  drop(taken: readonly DrainedRows[], measurements: readonly Measurement[]): void {
    this.#release(taken);
    for (const measurement of measurements) {
      measurement.aside = undefined;
      measurement.isDraining = false;
    }
  }

  /** What is set aside has left the count before. */
  #release(taken: readonly DrainedRows[]): void {
    for (const { measurement, rows } of taken) {
      if (measurement.aside?.rows.includes(rows) !== true) this.#byteCount -= rows.byteCount;
    }
  }

  #noteOutcome(measurement: Measurement, failures: readonly DrainFailure[]): void {
    const before = measurement.aside;
    const [first] = failures;
    const details = { bucketID: measurement.bucketId, measurement: measurement.name };
    measurement.isDraining = false;
    if (first === undefined) {
      measurement.aside = undefined;
      if (before !== undefined) this.#report.tell({ level: 'info', message: 'points that had been set aside are stored', details });
      return;
    }
    measurement.aside = setAside(
      before,
      failures.map(({ rows }) => rows),
      first.cause,
      Date.now(),
    );
    if (before !== undefined) return;
    this.#report.tell({
      level: 'error',
      message: 'points of a measurement cannot be stored: they stay in the log, and are tried again',
      details,
      cause: first.cause,
    });
  }
}
