/** Permission checks for reading, writing and deleting points, in every language and API. */
import type { Actor } from '../domain/actor.js';
import type { PointExtent, PointJudge } from '../domain/point-access.js';
import { PointAccess } from '../domain/point-access.js';
import type { Bucket } from '../domain/bucket.js';
import { forbidden } from '../domain/errors.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import type { Organization } from '../domain/organization.js';
import { permissionById, type Action, type AskedPermission } from '../domain/permission.js';
import type { SeriesEngine } from '../domain/series.js';
import { bucketKind } from '../kinds/buckets.js';
import { isAllowed, isInactive, noteNeed, permissionsOf, reachesAny } from './authorize.js';
import { bucketRights, mayReadBucket, readableAmong, toBucketOfMapping } from './bucket-rights.js';

/** The points that a request of the actor reaches. Each bucket is opened when its right has been asked for. */
export const pointsOf = (actor: Actor, engine: SeriesEngine, nowNs: bigint): PointAccess => new PointAccess(engine, judgeOf(actor), nowNs);

function judgeOf(actor: Actor): PointJudge {
  const held = permissionsOf(actor);
  const { readSince: since, readUntil: until } = (actor.kind === 'token' ? actor.constraints : undefined) ?? {};
  const extent = (action: Action, { id, orgID }: Bucket): PointExtent | undefined => {
    const matches = held.pointsOf(action, id, orgID);
    return matches === 'all' || matches.length > 0 ? { matches } : undefined;
  };
  return {
    toRead(bucket) {
      // Who reads it with its organization reads all of it, but for the window of time.
      if (bucketKind.isReadWithOrganization?.(bucket) === true) {
        return held.covers(bucketRights.toRead(bucket)) ? { matches: 'all', since, until } : undefined;
      }
      const found = extent('read', bucket);
      return found && { ...found, since, until };
    },
    toWrite: (bucket) => extent('write', bucket),
  };
}

export const mayReadPoints = mayReadBucket;

/** Writing some of its points will do: which ones, `pointsOf` knows. */
const toWritePoints = (bucket: Bucket): AskedPermission => ({ ...bucketRights.toWrite(bucket), somePoints: true });

/** Which of some buckets an actor may read, and which of these it may also write, where a query may ask for any of them. */
export function accessAmong(
  actor: Actor,
  buckets: readonly Bucket[],
): { readonly readable: ReadonlyMap<BucketId, Bucket>; readonly writable: ReadonlySet<BucketId> } {
  const readable = readableAmong(actor, buckets);
  const held = permissionsOf(actor);
  return {
    readable: new Map(readable.map((bucket) => [bucket.id, bucket])),
    writable: new Set(readable.filter((bucket) => held.covers(toWritePoints(bucket))).map(({ id }) => id)),
  };
}

/** Most queries do not write what they may write: this one does. */
export function noteDelete(actor: Actor, bucket: Pick<Bucket, 'id' | 'orgID'>): void {
  noteNeed(actor, { ...toBucketOfMapping('write', { bucketID: bucket.id, orgID: bucket.orgID }), somePoints: true });
}

export const mayWritePoints = (actor: Actor, bucket: Bucket): boolean => isAllowed(actor, toWritePoints(bucket));

/** @throws DomainError `forbidden`, in the words of InfluxDB's write API */
export function authorizeWrite(actor: Actor, bucket: Bucket): void {
  if (mayWritePoints(actor, bucket)) return;
  throw forbidden(`insufficient permissions for write${isInactive(actor) ? ': token is inactive' : ''}`);
}

/** @throws DomainError `forbidden`, in the words of InfluxDB's delete API */
export function authorizeDelete(actor: Actor, bucket: Bucket): void {
  if (!mayWritePoints(actor, bucket)) throw forbidden('insufficient permissions to delete');
}

/** @throws DomainError `forbidden`, in the words of Flux's `to()` */
export function authorizeFluxWrite(actor: Actor, bucket: Bucket): void {
  if (!mayWritePoints(actor, bucket)) throw forbidden('user not authorized to write');
}

export const mayReadOrganization = (actor: Actor, { id }: Pick<Organization, 'id'>): boolean =>
  isAllowed(actor, permissionById('read', 'orgs', id));

/** Whether a query in the organization could reach any bucket. System buckets are read with the right to read the organization. */
export const mayReachAnyBucket = (actor: Actor, orgID: OrganizationId): boolean =>
  reachesAny(actor, 'read', 'buckets', orgID) || reachesAny(actor, 'write', 'buckets', orgID) || mayReadOrganization(actor, { id: orgID });
