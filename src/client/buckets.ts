/** Buckets. */
import type { encodeBucket } from '../kinds/buckets.js';
import { resourceCalls } from './resources.js';

export type BucketJson = ReturnType<typeof encodeBucket>;

export interface RetentionRuleJson {
  readonly type?: 'expire' | undefined;
  readonly everySeconds?: number | undefined;
  readonly shardGroupDurationSeconds?: number | undefined;
}

export interface BucketFilter {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly org?: string | undefined;
  readonly orgID?: string | undefined;
  readonly limit?: number | undefined;
  readonly offset?: number | undefined;
}

export interface NewBucket {
  readonly orgID: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly retentionRules: readonly RetentionRuleJson[];
  readonly schemaType?: string | undefined;
}

export interface BucketChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly retentionRules?: readonly RetentionRuleJson[] | undefined;
}

const calls = resourceCalls<BucketJson, NewBucket, BucketChange, BucketFilter>({ path: '/api/v2/buckets', list: { name: 'buckets' } });

export const { create: createBucket, list: listBuckets, update: updateBucket, remove: deleteBucket } = calls;
