/** The resource that a list of authorizations asks about: only those that grant access to it are listed. */
import { invalid, notFound } from '../domain/errors.js';
import type { BucketId, Id } from '../domain/id.js';
import type { KindType } from '../domain/kind.js';
import { ACTIONS, type Action } from '../domain/permission.js';
import type { OpenedResource, Store } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';
import { KINDS } from '../kinds/index.js';

export interface AskedResource {
  readonly bucketID?: BucketId | undefined;
  /** The same for a resource of any kind: both, or neither. */
  readonly resourceType?: KindType | undefined;
  readonly resourceID?: Id | undefined;
  /** In this way; undefined: in either. */
  readonly action?: Action | undefined;
}

/**
 * @returns undefined where nothing is asked about
 * @throws DomainError `not found` for all actors where there is no such resource
 */
export async function openedResource(store: Store, asked: AskedResource): Promise<OpenedResource | undefined> {
  const { bucketID, resourceType, resourceID, action } = asked;
  const type = bucketID === undefined ? resourceType : bucketKind.type;
  const id = bucketID ?? resourceID;
  if (type === undefined && id === undefined) return undefined;
  if (type === undefined || id === undefined) throw invalid('resourceType and resourceID must be given together');
  const kind = KINDS.find((each) => each.type === type);
  if (kind === undefined) throw invalid(`authorizations cannot be found by a resource of the type ${type}`);
  const resource = await store.resources(kind).find(id);
  if (resource === undefined) throw notFound(kind.type === 'buckets' ? 'bucket not found' : kind.words.notFound(id));
  return { type, id, orgID: resource.orgID, actions: action === undefined ? ACTIONS : [action] };
}
