/** Writing points: into which bucket, and whether the actor may. */
import { authorizeWrite, pointsOf } from '../auth/data-access.js';
import type { WrittenBytes } from '../auth/written-bytes.js';
import type { Actor, TokenActor } from '../domain/actor.js';
import type { Bucket } from '../domain/bucket.js';
import { notFound, unprocessable } from '../domain/errors.js';
import type { PointBatch, SeriesEngine } from '../domain/series.js';
import type { StoreReader } from '../domain/store.js';
import { BodyWrite } from './body-write.js';
import { resolveMapping } from './dbrps.js';
import { resolveBucket, resolveOrganization, type OrganizationParameters } from './target.js';

export interface WriteParameters extends OrganizationParameters {
  /** An id or a name. */
  readonly bucket?: string | undefined;
}

/** A bucket that the actor has been found to be allowed to write. */
export interface WritableBucket {
  readonly bucket: Bucket;
  /**
   * Stores the slices of a body one after the other; when this is fulfilled the points are durable.
   *
   * @param bodyBytes the length of the body: some tokens may write so much a day
   * @param nowNs what is older than the bucket keeps at this time is not stored
   * @param confirm asked before each slice; what it throws ends the write
   * @throws DomainError `unprocessable entity`, in InfluxDB's words, when points were dropped; the others have been stored
   */
  write(
    slices: Iterable<PointBatch> | AsyncIterable<PointBatch>,
    bodyBytes: number,
    nowNs: bigint,
    confirm: () => Promise<void>,
  ): Promise<void>;
}

/** Told of each body: how many points it had, and what became of them. */
export interface WriteObserver {
  wrote(points: { readonly requested: number; readonly dropped: number }): void;
  failed(requested: number): void;
}

export interface WriteDependencies {
  readonly store: StoreReader;
  readonly engine: SeriesEngine;
  readonly observer: WriteObserver;
  readonly writtenBytes: WrittenBytes;
}

export type Write = ReturnType<typeof createWrite>;

export const createWrite = ({ store, engine, observer, writtenBytes }: WriteDependencies) => {
  function openBucket(actor: Actor, bucket: Bucket): WritableBucket {
    authorizeWrite(actor, bucket);
    const points = pointsOf(actor, engine, 0n);
    points.openToWrite(bucket);
    return {
      bucket,
      async write(slices, bodyBytes, nowNs, confirm) {
        const taken = writtenBytes.take(actor, bodyBytes);
        if (taken !== undefined) await taken;
        const body = new BodyWrite(points, bucket, nowNs);
        const store = async (slice: PointBatch): Promise<void> => {
          await confirm();
          await body.store(slice);
        };
        // Nearly all bodies are read at once; waiting for each of their slices as for one from elsewhere costs more than reading it.
        try {
          if (Symbol.iterator in slices) for (const slice of slices) await store(slice);
          else for await (const slice of slices) await store(slice);
        } catch (error) {
          if (body.requestedCount > 0) observer.failed(body.requestedCount);
          throw error;
        }
        const { reason, droppedCount, namesPlace } = body.outcome();
        observer.wrote({ requested: body.requestedCount, dropped: droppedCount });
        if (reason === undefined) return;
        const place = namesPlace ? ` for database: ${bucket.id} for retention policy: autogen` : '';
        throw unprocessable(`failure writing points to database: partial write: ${reason} dropped=${droppedCount}${place}`);
      },
    };
  }

  return {
    /** @throws DomainError in the order in which InfluxDB looks: bucket given, organization, bucket, right */
    async open(actor: Actor, parameters: WriteParameters): Promise<WritableBucket> {
      if (parameters.bucket === undefined) throw notFound('bucket not found');
      const organization = await resolveOrganization(store, parameters);
      return openBucket(actor, await resolveBucket(store, organization.id, parameters.bucket));
    },

    /**
     * What a database and a retention policy of the v1-compatible API mean, in the organization of the authorization.
     *
     * @throws DomainError `not found` where they mean nothing
     */
    async openMapped(actor: TokenActor, database: string, retentionPolicy: string | undefined): Promise<WritableBucket> {
      const mapped = await resolveMapping(store, actor.orgId, database, retentionPolicy);
      if (mapped === undefined) throw notFound('no dbrp mapping found');
      return openBucket(actor, mapped.bucket);
    },
  };
};
