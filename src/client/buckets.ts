/** Buckets. */
import type { encodeBucket } from '../kinds/buckets.js';
import { callEmpty, callJson } from './call.js';
import type { Send } from './request.js';

const BASE = '/api/v2/buckets';

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

export const createBucket = (send: Send, bucket: NewBucket) => callJson<BucketJson>(send, { method: 'POST', path: BASE }, bucket);

/** One page; the server's first 20 without a limit. */
export async function listBuckets(send: Send, filter: BucketFilter): Promise<BucketJson[]> {
  const { buckets } = await callJson<{ buckets?: BucketJson[] }>(send, { method: 'GET', path: BASE, query: { ...filter } });
  return buckets ?? [];
}

export const updateBucket = (send: Send, id: string, change: BucketChange) =>
  callJson<BucketJson>(send, { method: 'PATCH', path: pathOf(id) }, change);

export const deleteBucket = (send: Send, id: string) => callEmpty(send, { method: 'DELETE', path: pathOf(id) });

const pathOf = (id: string): string => `${BASE}/${encodeURIComponent(id)}`;
