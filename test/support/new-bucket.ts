/** A bucket as the store keeps it. */
import type { Bucket } from '../../src/domain/bucket.js';
import type { BucketId, OrganizationId } from '../../src/domain/id.js';

export const newBucket = (id: BucketId, orgID: OrganizationId, name: string, type: Bucket['type'] = 'user'): Bucket => ({
  id,
  orgID,
  type,
  name,
  description: '',
  retentionPolicyName: '',
  retentionSeconds: 0,
  shardGroupDurationSeconds: 604_800,
  createdAtMs: 0,
  updatedAtMs: 0,
});
