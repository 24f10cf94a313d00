/** Running InfluxQL for an authorization: its databases are the buckets that it may read, and there are no others. */
import { accessAmong, noteDelete, pointsOf } from '../auth/data-access.js';
import type { TokenActor } from '../domain/actor.js';
import type { Clock } from '../domain/id.js';
import type { PointAccess } from '../domain/point-access.js';
import type { SeriesEngine } from '../domain/series.js';
import type { StoreReader } from '../domain/store.js';
import type { ReadableMapping } from '../query/influxql/environment.js';
import type { WorkAnswer } from '../workers/job.js';
import type { QueryPool } from '../workers/query-pool.js';
import { listAllMappings } from './dbrps.js';
import { userOf } from './query-user.js';
import { nowNs } from './now-ns.js';

const NS_PER_SECOND = 1_000_000_000n;

/** A request with statements, as it came. */
export interface StatementsRequest {
  /** The query string. */
  readonly query: string;
  readonly contentType: string | undefined;
  readonly accept: string | undefined;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
  /** Told of an error that stands in the answer. */
  readonly onLateError: (error: Error) => void;
}

export interface InfluxqlDependencies {
  readonly store: StoreReader;
  readonly engine: SeriesEngine;
  readonly clock: Clock;
  readonly pool: QueryPool;
  /** Of one query; 0 for no limit. */
  readonly timeoutMs: number;
}

export type Influxql = ReturnType<typeof createInfluxql>;

export const createInfluxql = ({ store, engine, clock, pool, timeoutMs }: InfluxqlDependencies) => {
  async function listReadableMappings(actor: TokenActor, points: PointAccess, database: string | undefined): Promise<ReadableMapping[]> {
    const { mappings, buckets } = await listAllMappings(store, actor.orgId);
    const asked = database === undefined ? mappings : mappings.filter((mapping) => mapping.database === database);
    const ids = new Set(asked.map(({ bucketID }) => bucketID));
    const { readable, writable } = accessAmong(
      actor,
      buckets.filter(({ id }) => ids.has(id)),
    );
    return asked.flatMap((mapping) => {
      const bucket = readable.get(mapping.bucketID);
      if (bucket === undefined || !points.openToRead(bucket)) return [];
      return [
        {
          database: mapping.database,
          retentionPolicy: mapping.retentionPolicy,
          isDefault: mapping.isDefault,
          bucketId: bucket.id,
          isWritable: writable.has(bucket.id) && points.openToWrite(bucket),
          shardGroupDurationNs: BigInt(bucket.shardGroupDurationSeconds) * NS_PER_SECOND,
        },
      ];
    });
  }

  return {
    /**
     * Runs statements one after the other, while their results are read. What goes wrong with one stands in its result.
     *
     * @throws DomainError `invalid` for what is no InfluxQL, before anything is run
     */
    run(actor: TokenActor, { signal, onLateError, ...request }: StatementsRequest): Promise<WorkAnswer> {
      const points = pointsOf(actor, engine, nowNs(clock));
      return pool.run({
        expects: { database: new URLSearchParams(request.query).get('db') ?? undefined },
        work: { kind: 'influxql', nowNs: nowNs(clock), ...request },
        user: userOf(actor),
        reach: {
          kind: 'influxql',
          points,
          listMappings: (database) => listReadableMappings(actor, points, database),
          noteDelete(bucketId) {
            noteDelete(actor, { id: bucketId, orgID: actor.orgId });
          },
        },
        signal,
        timeoutMs,
        onLateError,
      });
    },
  };
};
