/** Backup and restore in InfluxDB's protocol: snapshots of the metadata, and of the points shard by shard. */
import { findApiError } from './api-error.js';
import { call, callEmpty, callJson } from './call.js';
import { readParts, type Part } from './multipart.js';
import type { Send } from './request.js';

export interface ShardMetadata {
  readonly id: number;
  readonly shardOwners: readonly { readonly nodeID: number }[];
}

export interface ShardGroupMetadata<Shard = ShardMetadata> {
  readonly id: number;
  readonly startTime: string;
  readonly endTime: string;
  readonly deletedAt?: string | undefined;
  readonly truncatedAt?: string | undefined;
  readonly shards: readonly Shard[];
}

export interface RetentionPolicyMetadata<Shard = ShardMetadata> {
  readonly name: string;
  readonly replicaN: number;
  /** Nanoseconds, as the next. */
  readonly duration: number;
  readonly shardGroupDuration: number;
  readonly shardGroups: readonly ShardGroupMetadata<Shard>[];
  readonly subscriptions: readonly unknown[];
}

export interface BucketMetadata<Shard = ShardMetadata> {
  readonly organizationID: string;
  readonly organizationName: string;
  readonly bucketID: string;
  readonly bucketName: string;
  readonly description?: string | undefined;
  readonly defaultRetentionPolicy: string;
  readonly retentionPolicies: readonly RetentionPolicyMetadata<Shard>[];
}

/** How hard the server packs what it sends. */
export const GZIP_LEVELS = ['default', 'full', 'speedy', 'none'] as const;
export type GzipLevel = (typeof GZIP_LEVELS)[number];

const headersFor = (level: string | undefined) => ({
  'accept-encoding': 'gzip',
  ...(level === undefined ? {} : { 'gzip-compression-level': level }),
});

/** In this order: `kv`, `sql`, and `buckets`, which is JSON of BucketMetadata. @throws ApiError unless asked by an operator */
export async function downloadMetadata(send: Send, level: string | undefined): Promise<AsyncIterable<Part>> {
  const response = await call(send, { method: 'GET', path: '/api/v2/backup/metadata', headers: headersFor(level) });
  return readParts(response.headers['content-type'] ?? '', response.body);
}

export interface ShardDownload {
  readonly body: AsyncIterable<Uint8Array>;
  readonly isGzip: boolean;
}

/** @returns undefined for a shard that has gone in the meantime */
export async function downloadShard(send: Send, id: number, level: string | undefined): Promise<ShardDownload | undefined> {
  try {
    const path = `/api/v2/backup/shards/${id}`;
    const { headers, body } = await call(send, { method: 'GET', path, headers: headersFor(level), leavesPacked: true });
    return { body, isGzip: headers['content-encoding'] === 'gzip' };
  } catch (error) {
    if (findApiError(error)?.status === 404) return undefined;
    throw error;
  }
}

type Snapshot = AsyncIterable<Uint8Array>;

const upload = (path: string, body: Snapshot) => ({
  method: 'POST' as const,
  path,
  headers: { 'content-type': 'application/octet-stream', 'content-encoding': 'gzip' },
  body,
});

/** Replaces the metadata. @returns the first operator token of the new one; empty where it holds hashes only */
export async function restoreKv(send: Send, snapshot: Snapshot): Promise<string> {
  return (await callJson<{ token?: string }>(send, upload('/api/v2/restore/kv', snapshot))).token ?? '';
}

export const restoreSql = (send: Send, snapshot: Snapshot) => callEmpty(send, upload('/api/v2/restore/sql', snapshot));

export const restoreShard = (send: Send, id: number, snapshot: Snapshot) =>
  callEmpty(send, upload(`/api/v2/restore/shards/${id}`, snapshot));

/** Makes the bucket with empty shards. @returns the ids that its shards have now, by the ids that they had */
export async function restoreBucket(send: Send, bucket: BucketMetadata): Promise<ReadonlyMap<number, number>> {
  const answer = await callJson<{ shardMappings?: { oldId: number; newId: number }[] | null }>(
    send,
    { method: 'POST', path: '/api/v2/restore/bucketMetadata' },
    bucket,
  );
  return new Map((answer.shardMappings ?? []).map(({ oldId, newId }) => [oldId, newId]));
}
