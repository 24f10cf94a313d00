/** Housekeeping of points: removes expired points and those of deleted buckets. Points of unknown buckets are kept. */
import type { BucketId, Clock } from '../domain/id.js';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING } from '../domain/permission.js';
import type { SeriesEngine } from '../domain/series.js';
import type { Store } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';

const NS_PER_MS = 1_000_000n;
const MS_PER_SECOND = 1000;
/** A write that had found its bucket before it was deleted may bring points after its deletion, but not after so long. */
const TOMBSTONE_MS = 60 * 60_000;

export interface RetentionDependencies {
  readonly store: Pick<Store, 'resources' | 'listTombstones' | 'transaction'>;
  readonly engine: Pick<SeriesEngine, 'listBuckets' | 'dropBucket' | 'dropBefore'>;
  readonly clock: Clock;
}

export type Retention = ReturnType<typeof createRetention>;

export const createRetention = ({ store, engine, clock }: RetentionDependencies) => {
  /** @returns the buckets of which there were points still */
  async function dropRemoved(): Promise<readonly BucketId[]> {
    const dropped: BucketId[] = [];
    for (const { bucketId, deletedAtMs } of await store.listTombstones()) {
      // Nothing puts a tombstone over a bucket that is there; should one be, it is the bucket that counts.
      const isThere = (await store.resources(bucketKind).find(bucketId)) !== undefined;
      if (!isThere && (await engine.listBuckets()).includes(bucketId)) {
        await engine.dropBucket(bucketId);
        dropped.push(bucketId);
      }
      if (isThere || clock() - deletedAtMs > TOMBSTONE_MS) await store.transaction((writer) => writer.deleteTombstone(bucketId));
    }
    return dropped;
  }

  return {
    dropRemoved,

    /** Buckets that hold points and that the store neither knows nor has deleted: it is not the one that they were written with. */
    async findUnknown(): Promise<readonly BucketId[]> {
      // Asked in this order, a bucket that is created in between is not mistaken for an unknown one.
      const stored = await engine.listBuckets();
      const removed = new Set((await store.listTombstones()).map(({ bucketId }) => bucketId));
      const unknown: BucketId[] = [];
      for (const id of stored) if (!removed.has(id) && (await store.resources(bucketKind).find(id)) === undefined) unknown.push(id);
      return unknown;
    },

    /** Deletes what is too old, and what a crash left between the deletion of a bucket and that of its points. */
    async enforce(): Promise<{ readonly dropped: readonly BucketId[] }> {
      const dropped = await dropRemoved();
      const withPoints = new Set(await engine.listBuckets());
      for (const { id, retentionSeconds } of await store.resources(bucketKind).list({ readable: EVERYTHING }, WHOLE_LIST)) {
        if (retentionSeconds === 0 || !withPoints.has(id)) continue;
        await engine.dropBefore(id, BigInt(clock() - retentionSeconds * MS_PER_SECOND) * NS_PER_MS);
      }
      return { dropped };
    },
  };
};
