import { describe, expect, it } from 'vitest';
import { MemoryEngine } from '../../test/support/memory-engine.js';
import { parseLineProtocol } from '../wire/line-protocol.js';
import type { Bucket } from './bucket.js';
import type { BucketId } from './id.js';
import { cutToMatches, PointAccess, type PointExtent } from './point-access.js';
import type { SeriesEngine, SeriesTable } from './series.js';

const NOW_NS = 1_800_000_000_000_000_000n;
const HOUR_NS = 3_600_000_000_000n;
const bucket = { id: '00000000000000b1' } as Bucket;
const batchOf = (lines: string) => parseLineProtocol(Buffer.from(lines), 'ns', NOW_NS);

async function accessTo(lines: string, toRead: PointExtent | undefined): Promise<PointAccess> {
  const engine = new MemoryEngine();
  await engine.write(bucket.id, batchOf(lines));
  return new PointAccess(engine as unknown as SeriesEngine, { toRead: () => toRead, toWrite: () => undefined }, NOW_NS);
}

async function tablesOf(read: AsyncIterable<SeriesTable>): Promise<SeriesTable[]> {
  const tables: SeriesTable[] = [];
  for await (const table of read) tables.push(table);
  return tables;
}

describe('the points of a request', () => {
  const wholeDay = { startNs: NOW_NS - 24n * HOUR_NS, stopNs: NOW_NS + HOUR_NS };

  it('are none of a bucket that was not opened, or that may not be', async () => {
    const access = await accessTo('m f=1', undefined);
    expect(access.openToRead(bucket)).toBe(false);
    expect(() => access.read({ bucketId: bucket.id, range: wholeDay })).toThrow(/was not granted/);
    await expect(access.series(bucket.id, undefined, undefined)).rejects.toThrow(/was not granted/);
    await expect(access.schema(bucket.id, undefined, undefined, { kind: 'cardinality' })).rejects.toThrow(/was not granted/);
    await expect(access.write(bucket.id, batchOf('m f=1'))).rejects.toThrow(/was not granted/);
    await expect(access.delete(bucket.id, 0n, 1n, undefined)).rejects.toThrow(/was not granted/);
    await expect(access.delete('00000000000000b2' as BucketId, 0n, 1n, undefined)).rejects.toThrow(/was not granted/);
  });

  it('end where the narrowest bounds end; an aggregate has the end that was asked for', async () => {
    const lines = [1, 2, 3, 4, 5].map((hours) => `m,t=a f=${hours} ${NOW_NS - BigInt(hours) * HOUR_NS}`).join('\n');
    const access = await accessTo(lines, { matches: [{ since: ['4h'], until: ['30m'] }, { since: ['10h'] }], until: '2h' });
    expect(access.openToRead(bucket)).toBe(true);
    const [table] = await tablesOf(access.read({ bucketId: bucket.id, range: wholeDay }));
    expect([...(table?.values.values ?? [])]).toEqual([4, 3]);
    const reduction = { kind: 'aggregate', aggregate: 'count' } as const;
    const [count] = await tablesOf(access.read({ bucketId: bucket.id, range: wholeDay, reduction }));
    expect([count?.times[0], count?.values.values[0]]).toEqual([wholeDay.stopNs, 2n]);
    const last = { kind: 'aggregate', aggregate: 'last' } as const;
    const [newest] = await tablesOf(access.read({ bucketId: bucket.id, range: wholeDay, reduction: last }));
    expect(newest?.times[0]).toBe(NOW_NS - 3n * HOUR_NS);
    expect(await tablesOf(access.read({ bucketId: bucket.id, range: { startNs: NOW_NS - HOUR_NS, stopNs: NOW_NS } }))).toEqual([]);
    expect(await access.schema(bucket.id, { startNs: NOW_NS - HOUR_NS, stopNs: NOW_NS }, undefined, { kind: 'cardinality' })).toEqual({
      texts: [],
      count: 0,
    });
  });

  it('are written only where they match; the first that is left out is named', () => {
    const batch = batchOf('m,s=a f=1\nm,s=b f=2\nn,s=a f=3\nm f=4\nm,s=a g="x"');
    const cut = cutToMatches(batch, [{ measurement: ['m'], tags: { s: ['a'] } }]);
    expect([cut.rowCount, cut.measurements.length, cut.dropped?.count]).toEqual([2, 1, 3]);
    expect(cut.dropped?.first.reason).toContain('measurement "m"');
    expect(cut.dropped?.first.position).toBe(1);
    expect(cutToMatches(batch, 'all')).toBe(batch);
    expect(cutToMatches(batch, [{}])).toBe(batch);
    expect(cutToMatches(batch, []).rowCount).toBe(0);
    expect(cutToMatches(batch, [{ measurement: ['n'] }, { tags: { s: ['b'] } }]).rowCount).toBe(2);
  });
});
