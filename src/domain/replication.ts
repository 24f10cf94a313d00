/** Replications: what is written to a bucket here is sent to a bucket of another server, too. */
import type { BucketId, Id, OrganizationId } from './id.js';

export interface Replication {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string | undefined;
  readonly remoteID: Id;
  readonly localBucketID: BucketId;
  /** The bucket there, by its id or by its name: one of the two. */
  readonly remoteBucketID: string | undefined;
  readonly remoteBucketName: string;
  readonly maxQueueSizeBytes: number;
  /** Drop what the other server refuses for good, instead of trying it again. */
  readonly dropNonRetryableData: boolean;
  /** 0: `MAX_AGE_SECONDS_DEFAULT`. */
  readonly maxAgeSeconds: number;
}

/** Bytes; InfluxDB's (replication.go). */
export const QUEUE_BYTES_MIN = 33_554_430;
export const QUEUE_BYTES_DEFAULT = 2 * QUEUE_BYTES_MIN;
export const MAX_AGE_SECONDS_DEFAULT = 604_800;
export const MAX_AGE_SECONDS_RANGE = { min: 60, max: 5_184_000 } as const;

/** What a request to the other server may have at most: InfluxDB's. A single point can be longer. */
export const REQUEST_POINTS_MAX = 5_000;
export const REQUEST_BYTES_MAX = 2_500_000;

/** How a replication does. */
export interface ReplicationFigures {
  /** On disk. */
  readonly currentQueueSizeBytes: number;
  readonly remainingBytesToBeSynced: number;
  /** Of the last request; 0: there was none. Undefined: nothing was sent yet. */
  readonly latestResponseCode: number | undefined;
  readonly latestErrorMessage: string | undefined;
}

/** The answer of the other server to a write. */
export interface RemoteAnswer {
  /** 0: it gave none. Only 204 means that the points are there. */
  readonly status: number;
  /** What is wrong; empty: nothing. */
  readonly message: string;
  /** What it asks to wait. */
  readonly retryAfterMs: number | undefined;
}
