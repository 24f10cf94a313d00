/** Scrapers: URLs from which the server fetches metrics into a bucket. */
import type { BucketId, Id, OrganizationId, UserId } from './id.js';

export interface Scraper {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  /** `prometheus` is the one that there is; any other is kept and does nothing, as in InfluxDB. */
  readonly type: string;
  readonly url: string;
  readonly bucketID: BucketId;
  /** Takes any certificate. */
  readonly allowInsecure: boolean;
  /** Who said last what is fetched and where to; it is written with no more than this user may write. Empty: nobody. */
  readonly ownerID: UserId;
}
