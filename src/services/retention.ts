/** Housekeeping of points: what a bucket keeps no longer goes, and what belongs to no bucket any more. */
import type { BucketId, Clock } from '../domain/id.js';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING } from '../domain/permission.js';
import type { SeriesEngine } from '../domain/series.js';
import type { StoreReader } from '../domain/store.js';

const NS_PER_MS = 1_000_000n;
const MS_PER_SECOND = 1000;

export interface RetentionDependencies {
  readonly store: StoreReader;
  readonly engine: SeriesEngine;
  readonly clock: Clock;
}

export type Retention = ReturnType<typeof createRetention>;

export const createRetention = ({ store, engine, clock }: RetentionDependencies) => ({
  /**
   * Deletes what is too old, and what a crash left between the deletion of a bucket and that of its points.
   *
   * @returns the buckets that were found without an owner
   */
  async enforce(): Promise<readonly BucketId[]> {
    // Asked in this order, a bucket that is made in between cannot look like one that was deleted.
    const stored = engine.listBuckets();
    const buckets = await store.listBuckets({ readable: EVERYTHING, readableOrganizations: EVERYTHING }, WHOLE_LIST);
    const known = new Set(buckets.map(({ id }) => id));
    const orphans = stored.filter((id) => !known.has(id));
    for (const id of orphans) await engine.dropBucket(id);
    const withPoints = new Set(stored);
    for (const { id, retentionSeconds } of buckets) {
      if (retentionSeconds === 0 || !withPoints.has(id)) continue;
      await engine.dropBefore(id, BigInt(clock() - retentionSeconds * MS_PER_SECOND) * NS_PER_MS);
    }
    return orphans;
  },
});
