/** A body in slices is answered like one at once: what is dropped, of what is told, and in which words. */
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bucket } from '../domain/bucket.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import type { PointBatch, SeriesEngine } from '../domain/series.js';
import { openDuckDbEngine } from '../series/duckdb.js';
import { lineProtocolLimits, LineProtocolReader } from '../wire/line-protocol.js';
import { BodyWrite } from './body-write.js';

const RUNS = 60;
const HOUR_NS = 3_600_000_000_000n;
const NOW_NS = 1_000n * HOUR_NS;

let count = 0;
const aBucket = (retentionSeconds: number): Bucket => ({
  id: (++count).toString(16).padStart(16, '0') as BucketId,
  orgID: '01' as OrganizationId,
  type: 'user',
  name: 'b',
  description: '',
  retentionPolicyName: '',
  retentionSeconds,
  shardGroupDurationSeconds: 3600,
  createdAtMs: 0,
  updatedAtMs: 0,
});

function slicesOf(lines: readonly string[], sliceBytesMax: number): PointBatch[] {
  const limits = { ...lineProtocolLimits, sliceBytesMax };
  const reader = new LineProtocolReader(Buffer.from(lines.join('\n')), { precision: 'ns', defaultTimeNs: NOW_NS }, limits);
  const slices = [reader.next()];
  while (!reader.isAtEnd) slices.push(reader.next());
  reader.throwIfWrong();
  return slices;
}

describe('the points of a body', () => {
  let directory: string;
  let engine: SeriesEngine;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'body-write-'));
    engine = await openDuckDbEngine({ directory, memoryLimitBytes: 2 ** 27, threads: 1, onEvent: () => undefined });
  });
  afterAll(async () => {
    await engine.close();
    rmSync(directory, { recursive: true });
  });

  async function write(lines: readonly string[], sliceBytesMax: number, retentionSeconds: number): Promise<unknown> {
    const bucket = aBucket(retentionSeconds);
    const body = new BodyWrite(engine, bucket, NOW_NS);
    for (const slice of slicesOf(lines, sliceBytesMax)) await body.store(slice);
    const points: unknown[] = [];
    for await (const { measurement, field, tags, times, values } of engine.read({
      bucketId: bucket.id,
      range: { startNs: 0n, stopNs: 2n * NOW_NS },
    })) {
      points.push(JSON.stringify([measurement, field, tags, [...times].map(String), values.type, Array.from(values.values, String)]));
    }
    const outcome = body.outcome();
    // Of points that were dropped at the same time, any may be named as the oldest or the newest.
    return { outcome: { ...outcome, reason: outcome.reason?.replaceAll(/point \S+ at/g, 'point at') }, points };
  }

  const hoursAgo = (hours: number): string => String(NOW_NS - BigInt(hours) * HOUR_NS + 1n);
  const line = fc
    .record({
      measurement: fc.constantFrom('m', 'n', 'm,t=a', 'n,t=b'),
      fields: fc.constantFrom('f=1', 'f=1i', 'f="x"', 'g=t', 'f=2,g=1', 'time=1', 'f=1,time=2', 'g=f,time=3'),
      hours: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ measurement, fields, hours }) => `${measurement} ${fields} ${hoursAgo(hours)}`);

  it('fare alike at once and in slices', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 80 }),
        fc.constantFrom(0, 7200),
        async (lines, sliceBytesMax, retentionSeconds) => {
          expect(await write(lines, sliceBytesMax, retentionSeconds)).toEqual(await write(lines, Infinity, retentionSeconds));
        },
      ),
      { numRuns: RUNS },
    );
  });
});
