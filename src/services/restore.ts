/** Restores a backup part by part; each part is received and checked as a whole before it changes anything. */
import { createBucketRestore } from './restore/bucket.js';
import { createMetadataRestore, type MetadataRestoreDependencies } from './restore/metadata.js';
import { createKeyRestore } from './restore/sealed-key.js';
import { createShardRestore } from './restore/shard.js';

export type Restore = ReturnType<typeof createRestore>;

export const createRestore = (dependencies: MetadataRestoreDependencies) => ({
  metadata: createMetadataRestore(dependencies),
  sealedKey: createKeyRestore(dependencies),
  bucket: createBucketRestore(dependencies),
  shard: createShardRestore(dependencies),
});
