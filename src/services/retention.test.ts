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
    engine = await openDuckDbEngine({ directory: join(directory, 'series'), memoryLimitBytes: 2 ** 27, threads: 1 });
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

  it('removes what is too old, what has no bucket, and nothing else', async () => {
    await store.transaction(async (writer) => {
      await writer.insertBucket(bucket('0a', 2 * 3600));
      await writer.insertBucket(bucket('0b', 0));
      await writer.insertBucket(bucket('0c', 3600));
    });
    await write('0a', 1, 2, 3);
    await write('0b', 1, 500);
    await write('0d', 1);
    const retention = createRetention({ store, engine, clock: () => NOW_MS });
    expect(await retention.enforce()).toEqual(['0d']);
    expect(await read('0a')).toEqual([2, 1]);
    expect(await read('0b')).toEqual([500, 1]);
    expect(await read('0d')).toEqual([]);
    expect(await retention.enforce()).toEqual([]);
  });
});
