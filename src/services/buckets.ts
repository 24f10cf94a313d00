/** Buckets: as all resources, and their points go with them. */
import type { Actor } from '../domain/actor.js';
import type { BucketId, Id } from '../domain/id.js';
import type { SeriesEngine } from '../domain/series.js';
import { bucketKind } from '../kinds/buckets.js';
import { createResources, type ResourceDependencies } from './resources.js';

export interface BucketDependencies extends ResourceDependencies {
  readonly engine: Pick<SeriesEngine, 'dropBucket'>;
}

export type Buckets = ReturnType<typeof createBuckets>;

export const createBuckets = ({ engine, ...dependencies }: BucketDependencies) => {
  const buckets = createResources(bucketKind, dependencies);
  return {
    ...buckets,

    /** The tombstone that the deletion leaves makes up for a crash before the points are gone. */
    async remove(actor: Actor, id: Id): Promise<void> {
      await buckets.remove(actor, id);
      await engine.dropBucket(id as BucketId);
    },
  };
};
