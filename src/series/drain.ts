/**
 * Moves rows from memory into DuckDB, slice by slice: a slice is one transaction, and takes so many values that its memory is small.
 *
 * No two rows of a table have one series and time, and no two loose values one series, time and field: what is not later than all of its
 * series is merged into what is there, field by field; all else is appended.
 */
import { type DrainedRows, type DrainSurroundings, planOf } from './drain-plan.js';
import { addAll, Slice } from './drain-slice.js';
import { storeSlice } from './drain-store.js';
import { loadExtents } from './extents.js';

export interface DrainFailure extends DrainedRows {
  readonly cause: unknown;
}

/** Measurements that are looked at before others have their turn. */
const MEASUREMENTS_PER_TURN = 200;

/**
 * Stores rows.
 *
 * @returns what could not be stored; all else is
 */
export async function drain(around: DrainSurroundings, jobs: readonly DrainedRows[]): Promise<DrainFailure[]> {
  await loadExtents(
    around.connection,
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
      await storeSlice(around, full);
      return true;
    } catch (cause) {
      await around.connection.assertAlive(cause);
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
