/** What a replication lets out: the points of a bucket, to a server that a remote names. Whoever says where they go must be allowed to read them. */
import type { Actor } from '../domain/actor.js';
import { permissionFor } from '../domain/permission.js';
import type { Replication } from '../domain/replication.js';
import { authorize } from './authorize.js';

type Source = Pick<Replication, 'orgID' | 'localBucketID'>;

/**
 * For a new replication, or one that is to send elsewhere.
 *
 * @throws DomainError `unauthorized`
 */
export function authorizeReplication(actor: Actor, { orgID, localBucketID, remoteID }: Source & Pick<Replication, 'remoteID'>): void {
  authorize(actor, permissionFor('read', 'buckets', localBucketID, orgID), permissionFor('read', 'remotes', remoteID, orgID));
}

/**
 * For a remote that is to be another server, or another user there: what is sent to it goes there.
 *
 * @throws DomainError `unauthorized`
 */
export function authorizeRedirection(actor: Actor, sources: readonly Source[]): void {
  authorize(actor, ...sources.map(({ orgID, localBucketID }) => permissionFor('read', 'buckets', localBucketID, orgID)));
}
