/** Whatever the shape of what is written - wide, sparse, of many measurements - it is stored and read within a small memory. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BucketId } from '../domain/id.js';
import type { PointBatch } from '../domain/series.js';
import { type DuckDbEngine, openDuckDbEngine } from './duckdb.js';
import { fileIn } from './database.js';
import { batchOf } from './series.contract.js';

const bucket = '000000000000000a' as BucketId;
const otherBucket = '000000000000000b' as BucketId;
const ALL_TIME = { startNs: -(2n ** 63n), stopNs: 2n ** 63n };
const memoryLimitBytes = 64 * 1024 * 1024;

describe('within 64 MiB', () => {
  let directory: string;
  let engine: DuckDbEngine;
  let events: unknown[];

  const open = (): Promise<DuckDbEngine> =>
    openDuckDbEngine({ directory, memoryLimitBytes, threads: 2, onEvent: (event) => events.push(event) });

  beforeEach(async () => {
    events = [];
    directory = await mkdtemp(path.join(tmpdir(), 'shapes-'));
    engine = await open();
  });

  afterEach(async () => {
    await engine.close();
    await rm(directory, { recursive: true });
  });

  async function readAll(): Promise<Map<string, unknown>> {
    const found = new Map<string, unknown>();
    for await (const { measurement, field, tags, times, values } of engine.read({ bucketId: bucket, range: ALL_TIME })) {
      times.forEach((time, i) => found.set(`${measurement} ${tags.join()} ${field} ${time}`, values.values[i]));
    }
    return found;
  }

  const fieldsAt = (keys: readonly string[], time: bigint) => ({
    measurement: 'm',
    tags: {},
    fields: keys.map((key) => [key, ['float', Number(time)]] as const),
    time,
  });
  const numbered = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

  const shapes: [string, () => PointBatch[], number][] = [
    ['4,000 points with a field of their own each', () => [batchOf(numbered(4000, 'f').map((key, i) => fieldsAt([key], BigInt(i))))], 4000],
    ['a point of 10,000 fields', () => [batchOf([fieldsAt(numbered(10_000, 'f'), 1n)])], 10_000],
    [
      'a point in each of 3,000 measurements',
      () => [batchOf(numbered(3000, 'm').map((measurement, i) => ({ ...fieldsAt(['f'], BigInt(i)), measurement })))],
      3000,
    ],
    [
      '1,000 fields grown onto 100 points',
      () => [
        batchOf(Array.from({ length: 100 }, (_, i) => fieldsAt(['f'], BigInt(i)))),
        ...Array.from({ length: 10 }, (_, k) =>
          batchOf(Array.from({ length: 100 }, (_, i) => fieldsAt(numbered(100, `g${k}-`), BigInt(i)))),
        ),
      ],
      100_100,
    ],
  ];

  it.each(shapes)('%s', { timeout: 60_000 }, async (_name, batches, count) => {
    await engine.write(otherBucket, batchOf([fieldsAt(['f'], 1n)]));
    for (const batch of batches()) {
      expect(await engine.write(bucket, batch)).toEqual({ droppedCount: 0 });
      expect((await readAll()).size).toBeGreaterThan(0);
    }
    const found = await readAll();
    expect(found.size).toBe(count);
    expect(await engine.series(bucket, undefined, undefined)).toHaveLength(
      new Set([...found.keys()].map((key) => key.replace(/ \d+$/, ''))).size,
    );
    await engine.checkpoint();
    await engine.close();
    expect((await stat(fileIn(directory))).size).toBeLessThan(16 * 1024 * 1024);
    engine = await open();
    expect(await readAll()).toEqual(found);
    await engine.dropBucket(bucket);
    expect(await engine.listBuckets()).toEqual([otherBucket]);
    expect(events).toEqual([]);
  });

  it(
    'any mixture of measurements, fields and series, read back as it was acknowledged, also after a start',
    { timeout: 120_000 },
    async () => {
      const write = fc.record({
        measurements: fc.integer({ min: 1, max: 300 }),
        fields: fc.integer({ min: 1, max: 200 }),
        series: fc.integer({ min: 1, max: 30 }),
        points: fc.integer({ min: 1, max: 400 }),
        fieldsOfPoint: fc.integer({ min: 1, max: 6 }),
        seed: fc.integer({ min: 1, max: 2 ** 31 }),
        then: fc.constantFrom('nothing', 'read', 'checkpoint', 'reopen'),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 6 }), async (writes) => {
          await engine.dropBucket(bucket);
          const expected = new Map<string, unknown>();
          for (const { measurements, fields, series, points, fieldsOfPoint, seed, then } of writes) {
            let state = seed;
            // Any numbers will do, as long as they are the same each time.
            const next = (limit: number): number => (state = (state * 48271) % 2147483647) % limit;
            const written = Array.from({ length: points }, () => {
              const keys = [...new Set(Array.from({ length: fieldsOfPoint }, () => `f${next(fields)}`))];
              const host = `h${next(series)}`;
              const time = BigInt(next(1000));
              const measurement = `m${next(measurements)}`;
              for (const key of keys) expected.set(`${measurement} host,${host} ${key} ${time}`, Number(time) + seed);
              return { measurement, tags: { host }, fields: keys.map((key) => [key, ['float', Number(time) + seed]] as const), time };
            });
            expect(await engine.write(bucket, batchOf(written))).toEqual({ droppedCount: 0 });
            if (then === 'read') expect(await readAll()).toEqual(expected);
            if (then === 'checkpoint') await engine.checkpoint();
            if (then === 'reopen') {
              await engine.close();
              engine = await open();
            }
          }
          expect(await readAll()).toEqual(expected);
          await engine.close();
          engine = await open();
          expect(await readAll()).toEqual(expected);
          expect(events).toEqual([]);
        }),
        { numRuns: 12 },
      );
    },
  );

  it('shows a large batch of a field whose few points were deleted before', { timeout: 60_000 }, async () => {
    const rowCount = 140_000;
    const few = (field: string, start: number): PointBatch =>
      batchOf(Array.from({ length: 10 }, (_, i) => fieldsAt([field], BigInt(start + i))));
    await engine.write(bucket, few('v', 0));
    // These keep the measurement.
    await engine.write(bucket, few('w', 100));
    expect((await readAll()).size).toBe(20);
    await engine.delete(bucket, 0n, 50n, undefined);
    await engine.write(bucket, batchOf(Array.from({ length: rowCount }, (_, i) => fieldsAt(['v'], BigInt(1000 + i)))));
    expect((await readAll()).size).toBe(10 + rowCount);
    await engine.delete(bucket, 2000n, 2009n, undefined);
    expect((await readAll()).size).toBe(rowCount);
    await engine.close();
    engine = await open();
    expect((await readAll()).size).toBe(rowCount);
  });
});
