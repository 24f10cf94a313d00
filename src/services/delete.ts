/** Deleting points: from which bucket, and whether the actor may. */
import { authorizeDelete, pointsOf } from '../auth/data-access.js';
import type { Actor } from '../domain/actor.js';
import { invalid } from '../domain/errors.js';
import type { SeriesEngine } from '../domain/series.js';
import type { StoreReader } from '../domain/store.js';
import { parseDeletePredicate } from '../query/influxql/delete-predicate.js';
import { resolveBucket, resolveOrganization, type OrganizationParameters } from './target.js';

export interface DeleteParameters extends OrganizationParameters {
  /** An id or a name. */
  readonly bucket?: string | undefined;
  /** An id; it wins. */
  readonly bucketID?: string | undefined;
}

/** What to delete; both times are included. */
export interface DeleteCommand {
  readonly startNs: bigint;
  readonly stopNs: bigint;
  /** In InfluxDB's language; empty: everything. */
  readonly predicate: string;
}

export type Delete = ReturnType<typeof createDelete>;

export const createDelete = ({ store, engine }: { readonly store: StoreReader; readonly engine: SeriesEngine }) => ({
  /** @throws DomainError in the order in which InfluxDB looks: predicate, organization, bucket, right */
  async run(actor: Actor, parameters: DeleteParameters, { startNs, stopNs, predicate: text }: DeleteCommand): Promise<void> {
    const predicate = parseDeletePredicate(text);
    const organization = await resolveOrganization(store, parameters);
    const named = parameters.bucketID ?? parameters.bucket;
    if (named === undefined) throw invalid('Please provide either bucketID or bucket');
    const bucket = await resolveBucket(store, organization.id, named);
    authorizeDelete(actor, bucket);
    const points = pointsOf(actor, engine, 0n);
    points.openToWrite(bucket);
    await points.delete(bucket.id, startNs, stopNs, predicate);
  },
});
