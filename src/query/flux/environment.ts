/** Everything that a running script can access. The caller that runs a script decides here which actor it runs as and what it can read. */
import type { MemoryPool } from './execute/memory.js';
import type { Pulse } from './execute/turn.js';
import type { BucketId, OrganizationId } from '../../domain/id.js';
import type { PointBatch, SeriesEngine, WriteOutcome } from '../../domain/series.js';

export interface ReadableBucket {
  readonly id: BucketId;
  readonly name: string;
  readonly organizationId: OrganizationId;
  /** 0 keeps for ever. */
  readonly retentionPeriodNs: bigint;
}

/** A database and retention policy of the 1.x-compatible API, with its bucket. */
export interface ReadableDatabase {
  readonly database: string;
  readonly retentionPolicy: string;
  readonly isDefault: boolean;
  readonly bucketId: BucketId;
  /** 0 keeps for ever. */
  readonly retentionPeriodNs: bigint;
}

/** An HTTP request of a script. */
export interface ScriptRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
  readonly timeoutMs: number;
  readonly allowInsecureTls: boolean;
}

export interface ScriptResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface FluxEnvironment {
  readonly engine: Pick<SeriesEngine, 'read' | 'series' | 'schema'>;
  readonly organizationId: OrganizationId;
  /** Nanoseconds. */
  readonly now: bigint;
  readonly signal: AbortSignal;
  /** What the tables that one query must hold may take. */
  readonly memoryBytesMax: number;
  /** What the queries that run at the same time share; undefined where there are no others. */
  readonly memoryPool: MemoryPool | undefined;
  /** Watches over work that does not pause; undefined for a limit of time. */
  readonly pulse: Pulse | undefined;
  /** The id of an organization that the caller may read. */
  findOrganization(name: string): Promise<OrganizationId | undefined>;
  /** A bucket that the caller may read, by name or by id; undefined when there is none or they may not. */
  findBucket(reference: { readonly name: string } | { readonly id: string }): Promise<ReadableBucket | undefined>;
  /** A bucket that the caller may write. @throws DomainError when they may not */
  findWritableBucket(reference: { readonly name: string } | { readonly id: string }): Promise<ReadableBucket | undefined>;
  listReadableBuckets(): Promise<readonly ReadableBucket[]>;
  listReadableDatabases(): Promise<readonly ReadableDatabase[]>;
  /** The value of a secret of the organization. @throws DomainError where there is none, or the caller may not read it */
  findSecret(key: string): Promise<string>;
  write(bucketId: BucketId, batch: PointBatch): Promise<WriteOutcome>;
  /** Waits for the response: a script sends its requests one after the other. @throws DomainError where there is none, or it is not allowed */
  send(request: ScriptRequest): ScriptResponse;
}
