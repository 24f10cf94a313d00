/** Runs Flux as an actor: a script only reaches the buckets that the actor can access. */
import { bucketRights, readableAmong } from '../auth/bucket-rights.js';
import { authorizeFluxWrite, mayReachAnyBucket, mayReadOrganization, mayReadPoints, pointsOf } from '../auth/data-access.js';
import type { WrittenBytes } from '../auth/written-bytes.js';
import type { Actor } from '../domain/actor.js';
import type { Bucket } from '../domain/bucket.js';
import { notFound } from '../domain/errors.js';
import type { BucketId, Clock, OrganizationId } from '../domain/id.js';
import { tryParseId } from '../domain/id.js';
import type { Outgoing } from '../domain/outgoing.js';
import { WHOLE_LIST } from '../domain/page.js';
import { lineBytesOf } from '../domain/point-batch.js';
import type { PointAccess } from '../domain/point-access.js';
import type { SeriesEngine } from '../domain/series.js';
import type { StoreReader } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';
import type { ReadableBucket } from '../query/flux/environment.js';
import type { WorkAnswer } from '../workers/job.js';
import type { BucketReference, Work } from '../workers/messages.js';
import { KnownReads, type KnownRead } from '../workers/known-reads.js';
import { type QueryPool, tookTooLong } from '../workers/query-pool.js';
import type { FluxReach } from '../workers/world.js';
import { listAllMappings } from './dbrps.js';
import { bucketNamedIn } from './named-bucket.js';
import { userOf } from './query-user.js';
import type { Secrets } from './secrets.js';
import { resolveOrganization, type OrganizationParameters } from './target.js';
import { BodyWrite } from './body-write.js';
import { nowNs } from './now-ns.js';

const NS_PER_SECOND = 1_000_000_000n;
/** Of the response to a request of a script. */
const RESPONSE_BYTES_MAX = 16 * 1024 * 1024;

export interface FluxDependencies {
  readonly secrets: Pick<Secrets, 'find'>;
  readonly store: StoreReader;
  readonly engine: SeriesEngine;
  readonly clock: Clock;
  readonly pool: QueryPool;
  readonly outgoing: Outgoing;
  readonly writtenBytes: WrittenBytes;
  /** Of one query; 0 for no limit. */
  readonly timeoutMs: number;
}

/** A request for a script to be run, as it came. */
export interface ScriptRequest {
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
  readonly wanted: Extract<Work, { kind: 'flux' }>['wanted'];
  readonly signal: AbortSignal;
  readonly onLateError: (error: Error) => void;
  /** The present of the script; undefined: now. */
  readonly nowNs?: bigint | undefined;
}

/** What an editor asks of a script. */
export type ToolRequest = Exclude<Work, { kind: 'flux' | 'influxql' }>;

export type Flux = ReturnType<typeof createFlux>;

export const createFlux = ({ store, engine, clock, pool, timeoutMs, secrets, outgoing, writtenBytes }: FluxDependencies) => {
  const knownReads = new KnownReads();

  async function findBucket(orgID: OrganizationId, reference: BucketReference): Promise<Bucket | undefined> {
    if ('name' in reference) return store.resources(bucketKind).findByName(orgID, reference.name);
    const id = tryParseId<BucketId>(reference.id);
    return id && store.resources(bucketKind).find(id);
  }

  const reachOf = (actor: Actor, orgID: OrganizationId, points: PointAccess): FluxReach => ({
    kind: 'flux',
    points,
    async findOrganization(name) {
      const organization = await store.findOrganizationByName(name);
      return organization !== undefined && mayReadOrganization(actor, organization) ? organization.id : undefined;
    },
    async findBucket(reference) {
      const bucket = await findBucket(orgID, reference);
      return bucket !== undefined && mayReadPoints(actor, bucket) && points.openToRead(bucket) ? show(bucket) : undefined;
    },
    async findWritableBucket(reference) {
      const bucket = await findBucket(orgID, reference);
      if (bucket === undefined) return undefined;
      authorizeFluxWrite(actor, bucket);
      points.openToWrite(bucket);
      return show(bucket);
    },
    async listReadableBuckets() {
      return (await store.resources(bucketKind).list({ ...bucketRights.readable(actor), orgID }, WHOLE_LIST, 'name')).map(show);
    },
    async listReadableDatabases() {
      const { mappings, buckets } = await listAllMappings(store, orgID);
      const readable = new Map(readableAmong(actor, buckets).map((bucket) => [bucket.id, show(bucket)]));
      return mappings.flatMap(({ bucketID, database, retentionPolicy, isDefault }) => {
        const bucket = readable.get(bucketID);
        if (bucket === undefined) return [];
        return [{ database, retentionPolicy, isDefault, bucketId: bucketID, retentionPeriodNs: bucket.retentionPeriodNs }];
      });
    },
    async findSecret(key) {
      return (await secrets.find(actor, orgID, key)).reveal();
    },
    async write(bucketId, batch) {
      const bucket = await store.resources(bucketKind).find(bucketId);
      if (bucket === undefined) throw notFound('bucket not found');
      await writtenBytes.take(actor, lineBytesOf(batch));
      const write = new BodyWrite(points, bucket, nowNs(clock));
      await write.store(batch);
      return write.outcome();
    },
    send: (request, signal) =>
      outgoing.send({
        ...request,
        responseBytesMax: RESPONSE_BYTES_MAX,
        followRedirects: true,
        user: userOf(actor),
        signal,
      }),
  });

  /** The answer to a script that is known to be one read, where the caller may read and it is little; undefined otherwise. */
  async function runHere(
    known: KnownRead,
    reach: FluxReach,
    organizationId: OrganizationId,
    now: bigint,
    signal: AbortSignal,
  ): Promise<WorkAnswer | undefined> {
    const { name, id } = known.read.bucket;
    const bucket = await reach.findBucket(name === undefined ? { id: id ?? '' } : { name });
    if (bucket === undefined) return undefined;
    const controller = timeoutMs === 0 ? undefined : new AbortController();
    const timer =
      controller &&
      setTimeout(() => {
        controller.abort(tookTooLong(timeoutMs));
      }, timeoutMs);
    const beganAtMs = performance.now();
    try {
      const until = controller === undefined ? signal : AbortSignal.any([signal, controller.signal]);
      const bytes = await knownReads.run(known, { engine: reach.points, organizationId, nowNs: now, signal: until, bucket });
      if (bytes === undefined) return undefined;
      pool.ranHere('flux', performance.now() - beganAtMs);
      return { contentType: undefined, bytes: once(bytes) };
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    /** @throws DomainError `invalid` or `not found` */
    resolveOrganization: (parameters: OrganizationParameters) => resolveOrganization(store, parameters),

    /** Parsing and suggestions for scripts: uses no data, and is available to every authenticated actor. */
    ask: (actor: Actor, work: ToolRequest, signal: AbortSignal): Promise<WorkAnswer> =>
      pool.run({
        work,
        user: userOf(actor),
        reach: { kind: 'nothing' },
        expects: {},
        signal,
        timeoutMs,
        onLateError: () => undefined,
      }),

    /**
     * Runs a script in an organization; what it may not do has been refused when this is fulfilled.
     *
     * @throws DomainError `not found`, in InfluxDB's words, before anything is run, if the actor can neither read nor write there
     */
    async run(actor: Actor, organizationId: OrganizationId, request: ScriptRequest): Promise<WorkAnswer> {
      const { contentType, body, wanted, signal, onLateError } = request;
      refuseWithoutRights(actor, organizationId, body);
      const user = userOf(actor);
      const reach = reachOf(actor, organizationId, pointsOf(actor, engine, nowNs(clock)));
      const key = wanted === 'answer' ? KnownReads.keyOf(user, organizationId, contentType, body) : undefined;
      const now = request.nowNs ?? nowNs(clock);
      const known = key === undefined ? undefined : knownReads.find(key);
      const answer = known && (await runHere(known, reach, organizationId, now, signal));
      if (answer !== undefined) return answer;
      return pool.run({
        work: { kind: 'flux', organizationId, contentType, body, nowNs: now, wanted },
        expects: { bucket: bucketNamedIn(body) },
        user,
        reach,
        signal,
        timeoutMs,
        onLateError,
        onSimpleRead: (read, dialect) => {
          if (key !== undefined) knownReads.note(key, read, dialect);
        },
      });
    },
  };
};

// eslint-disable-next-line @typescript-eslint/require-await -- answers come in pieces
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (bytes.length > 0) yield bytes;
}

/** For an actor without access to any bucket, no bucket exists. */
function refuseWithoutRights(actor: Actor, orgID: OrganizationId, body: Uint8Array): void {
  if (mayReachAnyBucket(actor, orgID)) return;
  const name = bucketNamedIn(body);
  throw notFound(
    name === undefined
      ? `no buckets found in organization ${orgID}`
      : `failed to initialize execute state: could not find bucket "${name}"`,
  );
}

const show = ({ id, name, orgID, retentionSeconds }: Bucket): ReadableBucket => ({
  id,
  name,
  organizationId: orgID,
  retentionPeriodNs: BigInt(retentionSeconds) * NS_PER_SECOND,
});
