/** A bucket of a backup is made anew, with numbers for the shards that follow. */
import { recordEvent } from '../../auth/audit.js';
import { authorizeOperator } from '../../auth/operator.js';
import { transactionBy } from '../../auth/transactions.js';
import type { Actor } from '../../domain/actor.js';
import { checkBucketName, type Bucket } from '../../domain/bucket.js';
import { conflict, notFound } from '../../domain/errors.js';
import type { BucketId, Clock, IdGenerator, OrganizationId } from '../../domain/id.js';
import type { TimeRange } from '../../domain/series.js';
import { DuplicateError, type Store } from '../../domain/store.js';
import { bucketKind } from '../../kinds/buckets.js';

const DEFAULT_SHARD_GROUP_SECONDS = 7 * 24 * 3600;

export interface BucketToRestore {
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly retentionSeconds: number;
  readonly shardGroupDurationSeconds: number;
  readonly shards: readonly (TimeRange & { readonly oldId: number })[];
}

export interface RestoredBucket {
  readonly bucket: Bucket;
  readonly shardIds: readonly { readonly oldId: number; readonly newId: number }[];
}

export interface BucketRestoreDependencies {
  readonly store: Store;
  readonly ids: IdGenerator;
  readonly clock: Clock;
}

export const createBucketRestore =
  ({ store, ids, clock }: BucketRestoreDependencies) =>
  /**
   * @param decode called for an operator only (InfluxDB's order)
   * @throws DomainError `not found` for the organization, `conflict` for the name
   */
  async (actor: Actor, decode: () => BucketToRestore): Promise<RestoredBucket> => {
    const clearance = authorizeOperator(actor);
    const input = decode();
    checkBucketName(input.name);
    const now = clock();
    const { shards, ...fields } = input;
    const bucket: Bucket = {
      ...fields,
      id: ids<BucketId>(),
      type: 'user',
      retentionPolicyName: '',
      shardGroupDurationSeconds: fields.shardGroupDurationSeconds || DEFAULT_SHARD_GROUP_SECONDS,
      createdAtMs: now,
      updatedAtMs: now,
    };
    try {
      return await transactionBy({ store, clock }, clearance, async (writer) => {
        if ((await writer.findOrganization(input.orgID)) === undefined) throw notFound('organization not found');
        await writer.resources(bucketKind).insert(bucket);
        const shardIds = [];
        for (const { oldId, ...range } of shards) shardIds.push({ oldId, newId: (await writer.putShard(bucket.id, range)).id });
        await recordEvent(writer, actor, now, {
          action: 'restore.completed',
          resource: { type: 'buckets', id: bucket.id, name: bucket.name },
          orgID: bucket.orgID,
          details: { part: 'bucket' },
        });
        return { bucket, shardIds };
      });
    } catch (error) {
      throw error instanceof DuplicateError ? conflict(`bucket with name ${bucket.name} already exists`) : error;
    }
  };
