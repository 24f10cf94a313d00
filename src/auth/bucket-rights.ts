/** Who may see and change which buckets. Mappings (DBRPs) are seen and changed with the right to their bucket. */
import type { Actor } from '../domain/actor.js';
import type { Bucket } from '../domain/bucket.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import { permissionById, permissionFor, type Action, type Permission, type Scope } from '../domain/permission.js';
import { authorize, isAllowed, readableScope, type Clearance } from './authorize.js';
import { rightsTo } from './resource-rights.js';

const rights = rightsTo('buckets');

type Place = Pick<Bucket, 'id' | 'orgID' | 'type'>;

export const bucketRights = {
  ...rights,
  /** System buckets are read with the right to read their organization; no permission for buckets helps (InfluxDB's rule). */
  toRead: (bucket: Place): Permission => (bucket.type === 'system' ? permissionById('read', 'orgs', bucket.orgID) : rights.toRead(bucket)),
};

export const mayReadBucket = (actor: Actor, bucket: Place): boolean => isAllowed(actor, bucketRights.toRead(bucket));

/** @throws DomainError `unauthorized` */
export const authorizeToReadBucket = (actor: Actor, bucket: Place): Clearance => authorize(actor, bucketRights.toRead(bucket));

/** The right to something about a bucket of which nothing but the id is known, as a mapping names it. */
export const toBucketOfMapping = (
  action: Action,
  { bucketID, orgID }: { readonly bucketID: BucketId; readonly orgID: OrganizationId },
): Permission => permissionFor(action, 'buckets', bucketID, orgID);

/** Which buckets a list may show to the actor. */
export const readableBuckets = (actor: Actor): { readonly readable: Scope; readonly readableOrganizations: Scope } => ({
  readable: readableScope(actor, 'buckets'),
  readableOrganizations: readableScope(actor, 'orgs'),
});
