/** The contract of every metadata store in a file, in addition to `store.contract`. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileStore } from '../domain/store-file.js';
import { NOUNS, type StoreDamage } from '../domain/store.js';
import type { Bucket } from '../domain/bucket.js';
import type { BucketId, OrganizationId, UserId } from '../domain/id.js';
import { bucketKind } from '../kinds/buckets.js';

const bucket: Bucket = {
  id: '0000000000000001' as BucketId,
  orgID: '0000000000000002' as OrganizationId,
  type: 'user',
  name: 'b',
  description: '',
  retentionPolicyName: '',
  retentionSeconds: 0,
  shardGroupDurationSeconds: 3600,
  createdAtMs: 0,
  updatedAtMs: 0,
};

export function storeFileContract(name: string, open: (directory: string) => Promise<FileStore>): void {
  describe(`${name}, as a file`, () => {
    let directory: string;
    let store: FileStore;

    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'store-'));
      store = await open(directory);
    });
    afterEach(async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    });

    it('can be copied while it changes, and replaced by the copy', async () => {
      await store.transaction(async (writer) => {
        await writer.resources(bucketKind).insert(bucket);
        await writer.putFact('series directory', 'one');
      });
      const file = join(directory, 'copy');
      const copied = store.copyTo(file);
      await store.transaction((writer) => writer.resources(bucketKind).delete(bucket.id, 9));
      await copied;
      const heard: string[] = [];
      store.onChange((changes) => heard.push(...changes.map(({ noun }) => noun)));
      expect(await store.resources(bucketKind).find(bucket.id)).toBeUndefined();
      await store.replaceBy(file);
      expect(await store.resources(bucketKind).find(bucket.id)).toEqual(bucket);
      expect(await store.findFact('series directory')).toBe('one');
      expect(new Set(heard)).toEqual(new Set(NOUNS));
      await expect(store.copyTo(file)).rejects.toThrow();
      await expect(store.replaceBy(join(directory, 'missing', 'file'))).rejects.toThrow();
      expect(await store.resources(bucketKind).find(bucket.id)).toEqual(bucket);
    });

    it('holds nothing that was overwritten once it is purged', async () => {
      const isOnDisk = (text: string): boolean => readdirSync(directory).some((file) => readFileSync(join(directory, file)).includes(text));
      await store.transaction((writer) => writer.insertUser({ id: '0000000000000003' as UserId, name: 'an-old-name', status: 'active' }));
      expect(isOnDisk('an-old-name')).toBe(true);
      await store.transaction((writer) => writer.updateUser({ id: '0000000000000003' as UserId, name: 'a-new-name', status: 'active' }));
      await store.purge();
      expect(isOnDisk('an-old-name')).toBe(false);
      expect(isOnDisk('a-new-name')).toBe(true);
    });

    it('reports no damage when there is none', async () => {
      const damage: StoreDamage[] = [];
      store.onDamage((each) => damage.push(each));
      await store.checkIntegrity();
      expect(damage).toEqual([]);
    });
  });
}
