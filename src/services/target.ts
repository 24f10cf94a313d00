/** Which organization and bucket the parameters of a write, a delete or a query mean. */
import type { Bucket } from '../domain/bucket.js';
import { invalid, notFound } from '../domain/errors.js';
import { parseId, tryParseId, type BucketId, type OrganizationId } from '../domain/id.js';
import type { Organization } from '../domain/organization.js';
import type { StoreReader } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';

export interface OrganizationParameters {
  /** A name or an id. */
  readonly org?: string | undefined;
  /** An id; it wins. */
  readonly orgID?: string | undefined;
}

/** @throws DomainError `invalid` when neither is given or the id is malformed, `not found` */
export async function resolveOrganization(store: StoreReader, { org, orgID }: OrganizationParameters): Promise<Organization> {
  if (orgID !== undefined) {
    const organization = await store.findOrganization(parseId<OrganizationId>(orgID));
    if (organization === undefined) throw notFound('organization not found');
    return organization;
  }
  if (org === undefined) throw invalid('Please provide either orgID or org');
  const id = tryParseId<OrganizationId>(org);
  const organization = (id && (await store.findOrganization(id))) ?? (await store.findOrganizationByName(org));
  if (organization === undefined) throw notFound(`organization name "${org}" not found`);
  return organization;
}

/**
 * A bucket of the organization by id or name, the id first. InfluxDB looks an id up without asking whose bucket it is, and so lets a token
 * of one organization write into another's.
 */
export async function findBucketIn(store: StoreReader, orgID: OrganizationId, nameOrId: string): Promise<Bucket | undefined> {
  const id = tryParseId<BucketId>(nameOrId);
  const byId = id && (await store.resources(bucketKind).find(id));
  return byId?.orgID === orgID ? byId : store.resources(bucketKind).findByName(orgID, nameOrId);
}

/** @throws DomainError `not found` */
export async function resolveBucket(store: StoreReader, orgID: OrganizationId, nameOrId: string): Promise<Bucket> {
  const bucket = await findBucketIn(store, orgID, nameOrId);
  if (bucket === undefined) throw notFound(`bucket "${nameOrId}" not found`);
  return bucket;
}
