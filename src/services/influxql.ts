/** Running InfluxQL for an authorization: its databases are the buckets that it may read, and there are no others. */
import { permissionsOf } from '../auth/authorize.js';
import type { TokenActor } from '../domain/actor.js';
import type { Clock } from '../domain/id.js';
import type { StatementResult } from '../domain/influxql-result.js';
import type { SeriesEngine } from '../domain/series.js';
import type { StoreReader } from '../domain/store.js';
import type { InfluxqlEnvironment, ReadableMapping } from '../query/influxql/environment.js';
import { runQuery } from '../query/influxql/run.js';
import type { Parameters } from '../query/influxql/syntax/parameters.js';
import { parseQuery } from '../query/influxql/syntax/statements.js';
import { isReadable } from './buckets.js';
import { listAllMappings } from './dbrps.js';
import { memoryLimitOf, withTimeout, type QueryLimits } from './query-limits.js';

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;

export interface InfluxqlQuery {
  /** Statements. */
  readonly query: string;
  readonly parameters: Parameters;
  /** Where a statement names none; empty for none. */
  readonly database: string;
  readonly retentionPolicy: string;
  readonly rowsPerPiece: number;
}

export interface InfluxqlDependencies extends QueryLimits {
  readonly store: StoreReader;
  readonly engine: SeriesEngine;
  readonly clock: Clock;
}

export type Influxql = ReturnType<typeof createInfluxql>;

export const createInfluxql = ({ store, engine, clock, ...limits }: InfluxqlDependencies) => {
  async function listReadableMappings(actor: TokenActor, database: string | undefined): Promise<ReadableMapping[]> {
    const { mappings, buckets } = await listAllMappings(store, actor.orgId);
    const byId = new Map(buckets.map((bucket) => [bucket.id, bucket]));
    return mappings.flatMap((mapping) => {
      const bucket = byId.get(mapping.bucketID);
      if ((database !== undefined && mapping.database !== database) || bucket === undefined || !isReadable(actor, bucket)) return [];
      return [
        {
          database: mapping.database,
          retentionPolicy: mapping.retentionPolicy,
          isDefault: mapping.isDefault,
          bucketId: bucket.id,
          isWritable: permissionsOf(actor).allows('write', 'buckets', bucket.id, bucket.orgID),
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
    run(actor: TokenActor, query: InfluxqlQuery, signal: AbortSignal): AsyncGenerator<StatementResult, void, undefined> {
      const statements = parseQuery(query.query, query.parameters);
      const environment: InfluxqlEnvironment = {
        engine,
        nowNs: BigInt(clock()) * NS_PER_MS,
        signal: withTimeout(signal, limits),
        memoryBytesMax: memoryLimitOf(limits),
        memoryPool: limits.memoryPool,
        listMappings: (database) => listReadableMappings(actor, database),
      };
      return runQuery(statements, environment, query);
    },
  };
};
