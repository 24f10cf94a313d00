/** Running Flux for somebody: a script reaches the buckets that he may reach, and nothing else. */
import { permissionsOf, readableScope } from '../auth/authorize.js';
import type { Actor } from '../domain/actor.js';
import type { Bucket } from '../domain/bucket.js';
import { forbidden, notFound } from '../domain/errors.js';
import type { BucketId, Clock, OrganizationId } from '../domain/id.js';
import { tryParseId } from '../domain/id.js';
import { WHOLE_LIST } from '../domain/page.js';
import type { SeriesEngine } from '../domain/series.js';
import type { StoreReader } from '../domain/store.js';
import type { FluxEnvironment, ReadableBucket } from '../query/flux/environment.js';
import { startFlux, type FluxQuery, type FluxResult } from '../query/flux/evaluate.js';
import { analyzeScript } from '../query/flux/tools/analysis.js';
import { functionSuggestion, functionSuggestions } from '../query/flux/tools/suggestions.js';
import { syntaxTreeOf } from '../query/flux/tools/syntax-tree.js';
import { isReadable } from './buckets.js';
import { memoryLimitOf, withTimeout, type QueryLimits } from './query-limits.js';
import { resolveOrganization, type OrganizationParameters } from './target.js';
import { BodyWrite } from './body-write.js';

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;

export interface QueryDependencies extends QueryLimits {
  readonly store: StoreReader;
  readonly engine: SeriesEngine;
  readonly clock: Clock;
}

export type Query = ReturnType<typeof createQuery>;

export const createQuery = ({ store, engine, clock, ...limits }: QueryDependencies) => {
  async function findBucket(
    orgID: OrganizationId,
    reference: { readonly name: string } | { readonly id: string },
  ): Promise<Bucket | undefined> {
    if ('name' in reference) return store.findBucketByName(orgID, reference.name);
    const id = tryParseId<BucketId>(reference.id);
    return id && store.findBucket(id);
  }

  const environmentFor = (actor: Actor, orgID: OrganizationId, now: bigint, signal: AbortSignal): FluxEnvironment => ({
    engine,
    organizationId: orgID,
    now,
    signal,
    memoryBytesMax: memoryLimitOf(limits),
    memoryPool: limits.memoryPool,
    async findBucket(reference) {
      const bucket = await findBucket(orgID, reference);
      return bucket !== undefined && isReadable(actor, bucket) ? show(bucket) : undefined;
    },
    async findWritableBucket(reference) {
      const bucket = await findBucket(orgID, reference);
      if (bucket === undefined) return undefined;
      if (!permissionsOf(actor).allows('write', 'buckets', bucket.id, bucket.orgID)) throw forbidden('user not authorized to write');
      return show(bucket);
    },
    async listReadableBuckets() {
      const visible = { readable: readableScope(actor, 'buckets'), readableOrganizations: readableScope(actor, 'orgs') };
      return (await store.listBuckets({ ...visible, orgID }, WHOLE_LIST)).map(show);
    },
    async write(bucketId, batch) {
      const bucket = await store.findBucket(bucketId);
      if (bucket === undefined) throw notFound('bucket not found');
      const write = new BodyWrite(engine, bucket, BigInt(clock()) * NS_PER_MS);
      await write.store(batch);
      return write.outcome();
    },
  });

  return {
    /** @throws DomainError `invalid` or `not found` */
    resolveOrganization: (parameters: OrganizationParameters) => resolveOrganization(store, parameters),

    /** These know nothing of data, and may be asked by everybody who is known. */
    syntaxTree: syntaxTreeOf,
    analyze: analyzeScript,
    listSuggestions: functionSuggestions,
    findSuggestion: functionSuggestion,

    /**
     * Starts a script in an organization; what it may not do has been refused when this is fulfilled.
     *
     * @param nowNs what the script takes for the present
     * @param signal ends it
     */
    run(
      actor: Actor,
      orgID: OrganizationId,
      script: FluxQuery,
      nowNs: bigint | undefined,
      signal: AbortSignal,
    ): Promise<readonly FluxResult[]> {
      return startFlux(script, environmentFor(actor, orgID, nowNs ?? BigInt(clock()) * NS_PER_MS, withTimeout(signal, limits)));
    },
  };
};

const show = ({ id, name, orgID, retentionSeconds }: Bucket): ReadableBucket => ({
  id,
  name,
  organizationId: orgID,
  retentionPeriodNs: BigInt(retentionSeconds) * NS_PER_SECOND,
});
