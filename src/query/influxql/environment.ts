/** Everything that the queries of a request can access; the caller has authorized them before. */
import type { MemoryPool } from '../flux/execute/memory.js';
import type { Pulse } from '../flux/execute/turn.js';
import type { BucketId } from '../../domain/id.js';
import type { SeriesEngine } from '../../domain/series.js';

/** A database and retention policy with the bucket that they stand for, among those that the caller may read. */
export interface ReadableMapping {
  readonly database: string;
  readonly retentionPolicy: string;
  readonly isDefault: boolean;
  readonly bucketId: BucketId;
  /** Whether the caller may also delete from the bucket. */
  readonly isWritable: boolean;
  /** How far apart the bounds lie between which InfluxDB looks for fields and tags. */
  readonly shardGroupDurationNs: bigint;
}

export interface InfluxqlEnvironment {
  readonly engine: Pick<SeriesEngine, 'read' | 'series' | 'delete'>;
  /** What `now()` is. */
  readonly nowNs: bigint;
  /** Ends the query; its reason is thrown. */
  readonly signal: AbortSignal;
  /** Of what the query holds at a time. */
  readonly memoryBytesMax: number;
  /** What the queries that run at the same time share; undefined where there are no others. */
  readonly memoryPool: MemoryPool | undefined;
  /** Watches over work that does not pause; undefined for none. */
  readonly pulse: Pulse | undefined;
  /**
   * The mappings that the caller may read, of a database or of all, in the order in which databases are listed. What may not be read is
   * left out: to the caller it is not there.
   */
  listMappings(database: string | undefined): Promise<readonly ReadableMapping[]>;
}
