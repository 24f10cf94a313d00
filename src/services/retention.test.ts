import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bucket } from '../domain/bucket.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import type { SeriesEngine } from '../domain/series.js';
import type { Store } from '../domain/store.js';
import { openDuckDbEngine } from '../series/duckdb.js';
import { openSqliteStore } from '../store/sqlite.js';
import { parseLineProtocol } from '../wire/line-protocol.js';
import { bucketKind } from '../kinds/buckets.js';
import { createRetention } from './retention.js';

const HOUR_MS = 3_600_000;
const NOW_MS = 1000 * HOUR_MS;

const bucket = (id: string, retentionSeconds: number): Bucket => ({
  id: id as BucketId,
  orgID: '01' as OrganizationId,
  type: 'user',
  name: id,
  description: '',
  retentionPolicyName: '',
  retentionSeconds,
  shardGroupDurationSeconds: 3600,
  createdAtMs: 0,
  updatedAtMs: 0,
});

describe('retention', () => {
  let directory: string;
  let store: Store;
  let engine: SeriesEngine;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'retention-'));
    store = await openSqliteStore(directory);
    engine = await openDuckDbEngine({
      directory: join(directory, 'series'),
      memoryLimitBytes: 2 ** 27,
      threads: 1,
      onEvent: () => undefined,
    });
  });
  afterEach(async () => {
    await engine.close();
    await store.close();
    rmSync(directory, { recursive: true });
  });

  const write = (id: string, ...hoursAgo: number[]) => {
    const lines = hoursAgo.map((hours) => `m v=${hours} ${NOW_MS - hours * HOUR_MS}`).join('\n');
    return engine.write(id as BucketId, parseLineProtocol(Buffer.from(lines), 'ms', 0n));
  };
  const read = async (id: string): Promise<unknown[]> => {
    const values: unknown[] = [];
    const range = { startNs: 0n, stopNs: 2n ** 62n };
    for await (const table of engine.read({ bucketId: id as BucketId, range })) values.push(...table.values.values);
    return values;
  };

  const makeBuckets = (...buckets: Bucket[]) =>
    store.transaction(async (writer) => {
      for (const each of buckets) await writer.resources(bucketKind).insert(each);
    });

  it('removes what is too old, what was deleted with its bucket, and nothing else', async () => {
    let now = NOW_MS;
    const retention = createRetention({ store, engine, clock: () => now });
    await makeBuckets(bucket('0a', 2 * 3600), bucket('0b', 0), bucket('0c', 3600), bucket('0d', 0));
    await write('0a', 1, 2, 3);
    for (const id of ['0b', '0d', '0e']) await write(id, 1, 500);
    await store.transaction((writer) => writer.resources(bucketKind).delete('0d', now));
    expect(await retention.findUnknown()).toEqual(['0e']);
    expect(await retention.enforce()).toEqual({ dropped: ['0d'] });
    expect(await read('0a')).toEqual([2, 1]);
    expect(await read('0d')).toEqual([]);
    for (const id of ['0b', '0e']) expect(await read(id)).toEqual([500, 1]);
    // A write that had found its bucket before it was deleted.
    await write('0d', 1);
    expect(await retention.findUnknown()).toEqual(['0e']);
    expect(await retention.enforce()).toEqual({ dropped: ['0d'] });
    now += 2 * HOUR_MS;
    expect(await retention.enforce()).toEqual({ dropped: [] });
    expect(await store.listTombstones()).toEqual([]);
  });

  it('keeps the points of a bucket that was deleted and is there again', async () => {
    const retention = createRetention({ store, engine, clock: () => NOW_MS });
    await makeBuckets(bucket('0a', 0));
    await store.transaction((writer) => writer.resources(bucketKind).delete('0a', NOW_MS));
    await makeBuckets(bucket('0a', 0));
    await write('0a', 1);
    expect(await retention.enforce()).toEqual({ dropped: [] });
    // Not even one that somebody put there.
    await store.transaction((writer) => writer.putTombstone({ bucketId: '0a' as BucketId, deletedAtMs: NOW_MS }));
    expect(await retention.enforce()).toEqual({ dropped: [] });
    expect(await read('0a')).toEqual([1]);
    expect(await store.listTombstones()).toEqual([]);
  });

  it('never removes what the store does not know: whatever subset of the buckets it has', async () => {
    const ids = ['0a', '0b', '0c', '0d'];
    for (const id of ids) await write(id, 1);
    for (let subset = 0; subset < 2 ** ids.length; subset++) {
      const directoryOfSubset = mkdtempSync(join(tmpdir(), 'retention-store-'));
      const other = await openSqliteStore(directoryOfSubset);
      try {
        const known = ids.filter((_, i) => (subset >> i) & 1);
        await other.transaction(async (writer) => {
          for (const id of known) await writer.resources(bucketKind).insert(bucket(id, 0));
        });
        const retention = createRetention({ store: other, engine, clock: () => NOW_MS });
        await retention.enforce();
        expect(await retention.findUnknown()).toEqual(ids.filter((id) => !known.includes(id)));
        for (const id of ids) expect(await read(id)).toEqual([1]);
      } finally {
        await other.close();
        rmSync(directoryOfSubset, { recursive: true });
      }
    }
  });
});
