/**
 * Backups: a copy of the metadata, a list of the buckets with their parts, and these parts one by one. Each part is a
 * consistent snapshot, and contains everything that was acknowledged before it was requested.
 */
import { recordEvent } from '../auth/audit.js';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { authorizeOperator } from '../auth/operator.js';
import type { Sealer } from '../auth/sealer.js';
import type { Secret } from '../auth/secret.js';
import type { Actor } from '../domain/actor.js';
import type { Bucket } from '../domain/bucket.js';
import { notFound } from '../domain/errors.js';
import type { Clock } from '../domain/id.js';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING } from '../domain/permission.js';
import type { SeriesEngine, TimeRange } from '../domain/series.js';
import type { FileStore } from '../domain/store-file.js';
import type { Shard } from '../domain/store.js';
import { writeShardArchive } from '../influxdb-files/backup/shard-writer.js';
import { makeTemporaryFolder } from './temporary-folder.js';
import { bucketKind } from '../kinds/buckets.js';

/** More parts than these are not made of one bucket: the stretches of time become longer instead. */
const SHARDS_PER_BUCKET_MAX = 2_000;
const NS_PER_SECOND = 1_000_000_000n;
const TIME_MIN_NS = -(2n ** 63n);
const TIME_MAX_NS = 2n ** 63n - 1n;

export interface BackedUpBucket {
  readonly bucket: Bucket;
  readonly organizationName: string;
  readonly shards: readonly Shard[];
}

export interface BackupDependencies {
  readonly store: FileStore;
  readonly engine: SeriesEngine;
  readonly clock: Clock;
  readonly sealer: Sealer;
  /** Where copies may lie while they are sent. */
  readonly directory: string;
}

async function* readAndRemove(file: string, folder: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    for await (const chunk of createReadStream(file)) yield chunk as Buffer;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export type Backup = ReturnType<typeof createBackup>;

export const createBackup = ({ store, engine, clock, sealer, directory }: BackupDependencies) => {
  async function shardsOf(bucket: Bucket): Promise<TimeRange[]> {
    for (let everyNs = BigInt(bucket.shardGroupDurationSeconds || 3600) * NS_PER_SECOND; ; everyNs *= 2n) {
      const starts = await engine.windows(bucket.id, everyNs);
      if (starts.length > SHARDS_PER_BUCKET_MAX) continue;
      return starts.map((start) => ({
        startNs: start < TIME_MIN_NS ? TIME_MIN_NS : start,
        stopNs: start + everyNs > TIME_MAX_NS ? TIME_MAX_NS : start + everyNs,
      }));
    }
  }

  return {
    /** A copy of the metadata, as a store of its own. */
    async openStoreCopy(actor: Actor): Promise<AsyncGenerator<Buffer, void, undefined>> {
      authorizeOperator(actor);
      // Before, so that none is made that is not recorded.
      await store.transaction((writer) =>
        recordEvent(writer, actor, clock(), { action: 'backup.created', resource: { type: 'instance' }, details: { part: 'metadata' } }),
      );
      const folder = await makeTemporaryFolder(directory);
      const file = join(folder, 'copy');
      try {
        await store.copyTo(file);
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
      return readAndRemove(file, folder);
    },

    /**
     * What opens the sealed values in the copy elsewhere: the key of this server, which the token that asks for the backup opens.
     *
     * @param token undefined for a session, and then nothing does
     */
    wrapSealingKey(actor: Actor, token: Secret | undefined): Buffer {
      authorizeOperator(actor);
      return sealer.wrapKey(token);
    },

    /** All buckets, system ones included, with the stretches of time in which they have points. */
    async listBuckets(actor: Actor): Promise<BackedUpBucket[]> {
      authorizeOperator(actor);
      const buckets = await store.resources(bucketKind).list({ readable: EVERYTHING }, WHOLE_LIST);
      const backedUp: BackedUpBucket[] = [];
      for (const bucket of buckets) {
        const ranges = await shardsOf(bucket);
        const organization = await store.findOrganization(bucket.orgID);
        const shards = await store.transaction(async (writer) => {
          const found: Shard[] = [];
          for (const range of ranges) found.push(await writer.putShard(bucket.id, range));
          return found;
        });
        backedUp.push({ bucket, organizationName: organization?.name ?? '', shards });
      }
      return backedUp;
    },

    /**
     * @param decode called for an operator only (InfluxDB's order)
     * @throws DomainError `not found`
     */
    async openShard(actor: Actor, decode: () => number, signal: AbortSignal): Promise<AsyncGenerator<Buffer, void, undefined>> {
      authorizeOperator(actor);
      const id = decode();
      const shard = Number.isSafeInteger(id) ? await store.findShard(id) : undefined;
      if (shard === undefined) throw notFound(`shard ${id} not found`);
      return writeShardArchive(shard, engine.read({ bucketId: shard.bucketId, range: shard }, signal), clock());
    },
  };
};
