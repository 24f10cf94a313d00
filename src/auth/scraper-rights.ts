/** What a scraper may write: no more than the user who set it up may write at that moment. */
import type { Bucket } from '../domain/bucket.js';
import type { UserId } from '../domain/id.js';
import type { StoreReader } from '../domain/store.js';
import { bucketRights } from './bucket-rights.js';
import { permissionsOfUser } from './roles.js';

export async function mayScrapeInto(store: StoreReader, userId: UserId, bucket: Bucket, nowMs: number): Promise<boolean> {
  const user = await store.findUser(userId);
  if (user?.status !== 'active') return false;
  return (await permissionsOfUser(store, userId, nowMs)).permissions.covers(bucketRights.toWrite(bucket));
}
