/** Permission checks for buckets. DBRP mappings need the permission for their bucket. */
import type { Actor } from '../domain/actor.js';
import type { Bucket } from '../domain/bucket.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import { permissionFor, type Action, type Permission } from '../domain/permission.js';
import { bucketKind } from '../kinds/buckets.js';
import { authorize, filterAllowed, isAllowed, type Clearance } from './authorize.js';
import { rightsToKind } from './kind-rights.js';

export const bucketRights = rightsToKind(bucketKind);

export const mayReadBucket = (actor: Actor, bucket: Bucket): boolean => isAllowed(actor, bucketRights.toRead(bucket));

/** @throws DomainError `unauthorized` */
export const authorizeToReadBucket = (actor: Actor, bucket: Bucket): Clearance => authorize(actor, bucketRights.toRead(bucket));

/** The right to something about a bucket of which nothing but the id is known, as a mapping names it. */
export const toBucketOfMapping = (
  action: Action,
  { bucketID, orgID }: { readonly bucketID: BucketId; readonly orgID: OrganizationId },
): Permission => permissionFor(action, 'buckets', bucketID, orgID);

export const readableAmong = (actor: Actor, buckets: readonly Bucket[]): Bucket[] =>
  filterAllowed(actor, 'buckets', buckets, (bucket) => bucketRights.toRead(bucket));
