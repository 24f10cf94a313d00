/** Permission checks for reading, writing and deleting points, in every language and API. */
import type { Actor } from '../domain/actor.js';
import type { Bucket } from '../domain/bucket.js';
import { forbidden } from '../domain/errors.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import type { Organization } from '../domain/organization.js';
import { permissionById } from '../domain/permission.js';
import { filterAllowed, isAllowed, isInactive, reachesAny } from './authorize.js';
import { bucketRights, mayReadBucket, readableAmong } from './bucket-rights.js';

export const mayReadPoints = mayReadBucket;

/** Which of some buckets an actor may read, and which of these it may also write, where a query may ask for any of them. */
export function accessAmong(
  actor: Actor,
  buckets: readonly Bucket[],
): { readonly readable: ReadonlyMap<BucketId, Bucket>; readonly writable: ReadonlySet<BucketId> } {
  const readable = readableAmong(actor, buckets);
  return {
    readable: new Map(readable.map((bucket) => [bucket.id, bucket])),
    writable: new Set(filterAllowed(actor, 'buckets', readable, (bucket) => bucketRights.toWrite(bucket)).map(({ id }) => id)),
  };
}

export const mayWritePoints = (actor: Actor, bucket: Bucket): boolean => isAllowed(actor, bucketRights.toWrite(bucket));

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
