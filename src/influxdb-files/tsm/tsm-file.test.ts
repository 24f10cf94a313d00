import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeTombstone, makeTsm, type TestSeries } from '../../../test/support/influxdb/tsm-writer.js';
import { DomainError } from '../../domain/errors.js';
import { bytesInMemory } from '../byte-source.js';
import { readTombstones, type Tombstones } from './tombstones.js';
import { readTsm, type SeriesBlock } from './tsm-file.js';

const read = (bytes: Buffer, tombstones?: Tombstones): SeriesBlock[] => [
  ...readTsm(bytesInMemory('000000001-000000001.tsm', bytes), tombstones, () => undefined),
];
const shapeOf = ({ measurement, tags, field, times, values }: SeriesBlock): unknown => [
  measurement,
  tags,
  field,
  values.type,
  [...times],
  [...values.values],
];

const SERIES: readonly TestSeries[] = [
  {
    key: 'cpu,host=a#!~#idle',
    blocks: [
      { type: 'integer', times: [1n, 2n, 3n], values: [-1n, 0n, 2n ** 63n - 1n] },
      { type: 'integer', times: [4n, 5n], values: [7n, 8n] },
    ],
  },
  { key: 'cpu,host=a#!~#usage', blocks: [{ type: 'float', times: [1n, 2n, 3n, 4n], values: [0.5, -0, 1e300, 3] }] },
  { key: 'cpu,host=b#!~#name', blocks: [{ type: 'string', times: [-5n, 9n], values: ['ü ☂', ''] }] },
  { key: 'cpu,host=b#!~#ok', blocks: [{ type: 'boolean', times: [1n], values: [true] }] },
  { key: 'cpu,host=b#!~#total', blocks: [{ type: 'unsigned', times: [1n, 2n], values: [2n ** 64n - 1n, 0n] }] },
];

describe('a TSM file', () => {
  it('gives its blocks in the order of its index', () => {
    expect(read(makeTsm(SERIES)).map(shapeOf)).toEqual([
      ['cpu', [['host', 'a']], 'idle', 'integer', [1n, 2n, 3n], [-1n, 0n, 2n ** 63n - 1n]],
      ['cpu', [['host', 'a']], 'idle', 'integer', [4n, 5n], [7n, 8n]],
      ['cpu', [['host', 'a']], 'usage', 'float', [1n, 2n, 3n, 4n], [0.5, -0, 1e300, 3]],
      ['cpu', [['host', 'b']], 'name', 'string', [-5n, 9n], ['ü ☂', '']],
      ['cpu', [['host', 'b']], 'ok', 'boolean', [1n], [1]],
      ['cpu', [['host', 'b']], 'total', 'unsigned', [1n, 2n], [2n ** 64n - 1n, 0n]],
    ]);
  });

  it('may be larger than what is read of it at once', () => {
    const series = Array.from({ length: 6000 }, (_, i): TestSeries => ({
      key: `measurement,tag=${'x'.repeat(200)}${String(i).padStart(5, '0')}#!~#field`,
      blocks: [{ type: 'string', times: [BigInt(i)], values: [`${i} ${'y'.repeat(i === 3000 ? 5_000_000 : 10)}`] }],
    }));
    let count = 0;
    for (const { tags, times, values } of readTsm(bytesInMemory('large.tsm', makeTsm(series)), undefined, () => undefined)) {
      expect(tags[0]?.[1].endsWith(String(count).padStart(5, '0'))).toBe(true);
      expect(times[0]).toBe(BigInt(count));
      expect(String(values.values[0]).startsWith(`${count} y`)).toBe(true);
      count++;
    }
    expect(count).toBe(6000);
  });

  it('leaves out what its tombstones delete, with both ends, and in every type', () => {
    const span = (key: string, firstNs: bigint, lastNs: bigint): { key: string; firstNs: bigint; lastNs: bigint } => ({
      key,
      firstNs,
      lastNs,
    });
    const deletions = [
      span('cpu,host=a#!~#idle', 2n, 4n),
      span('cpu,host=a#!~#usage', -100n, 1n),
      span('cpu,host=a#!~#usage', 3n, 3n),
      span('cpu,host=b#!~#name', -(2n ** 63n), 2n ** 63n - 1n),
      span('cpu,host=b#!~#ok', 2n, 3n),
      span('cpu,host=b#!~#total', 2n, 2n),
      span('cpu,host=c#!~#total', 0n, 9n),
    ];
    const expected = [
      ['cpu', [['host', 'a']], 'idle', 'integer', [1n], [-1n]],
      ['cpu', [['host', 'a']], 'idle', 'integer', [5n], [8n]],
      ['cpu', [['host', 'a']], 'usage', 'float', [2n, 4n], [-0, 3]],
      ['cpu', [['host', 'b']], 'ok', 'boolean', [1n], [1]],
      ['cpu', [['host', 'b']], 'total', 'unsigned', [1n], [2n ** 64n - 1n]],
    ];
    for (const tombstone of [
      makeTombstone(2, deletions),
      makeTombstone(3, deletions),
      makeTombstone(4, deletions.slice(0, 2), deletions.slice(2), []),
    ]) {
      const tombstones = readTombstones(bytesInMemory('000000001-000000001.tombstone', tombstone));
      expect(read(makeTsm(SERIES), tombstones).map(shapeOf)).toEqual(expected);
    }
  });

  it('leaves out whole series that a tombstone of the first version names', () => {
    const tombstone = makeTombstone(1, [{ key: 'cpu,host=a#!~#idle', firstNs: 0n, lastNs: 0n }]);
    expect(read(makeTsm(SERIES), readTombstones(bytesInMemory('x.tombstone', tombstone))).map(({ field }) => field)).toEqual([
      'usage',
      'name',
      'ok',
      'total',
    ]);
    for (const empty of [Buffer.alloc(0), Buffer.of(0, 0, 0x15, 4)]) {
      expect(read(makeTsm(SERIES), readTombstones(bytesInMemory('x.tombstone', empty)))).toHaveLength(6);
    }
  });

  it('says what is wrong with it', () => {
    const file = makeTsm(SERIES);
    const name = '000000001-000000001.tsm';
    expect(() => read(Buffer.from('hello'))).toThrow(`${name}: is no TSM file: it has only 5 bytes`);
    expect(() => read(Buffer.alloc(100))).toThrow(`${name}: is no TSM file`);
    expect(() => read(Buffer.concat([file.subarray(0, 4), Buffer.of(2), file.subarray(5)]))).toThrow(
      `${name}: is a TSM file of version 2; only version 1 can be read`,
    );
    expect(() => read(file.subarray(0, file.length - 20))).toThrow(`${name}: is damaged or cut off: its end does not point at its index`);
    const torn = Buffer.from(file);
    torn[12] = (torn[12] as number) ^ 1;
    expect(() => read(torn)).toThrow(`${name}: is damaged: the checksum of the block of cpu,host=a idle at 5 is wrong`);
    const tombstone = makeTombstone(4, [{ key: 'cpu', firstNs: 0n, lastNs: 0n }]);
    expect(() => readTombstones(bytesInMemory('x.tombstone', tombstone.subarray(0, 20)))).toThrow('x.tombstone: is damaged or cut off');
    expect(() =>
      readTombstones(bytesInMemory('x.tombstone', makeTombstone(2, [{ key: 'cpu', firstNs: 0n, lastNs: 0n }]).subarray(0, 20))),
    ).toThrow('x.tombstone: is damaged or cut off');
  });

  it('is read or refused, whatever bytes are wrong or missing', () => {
    const file = makeTsm(SERIES);
    let refused = 0;
    const indexStart = Number(file.readBigUInt64BE(file.length - 8));
    const place = fc.oneof(fc.nat(file.length - 1), fc.integer({ min: indexStart, max: file.length - 1 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 5 }), fc.oneof(fc.constant(0), fc.nat(100)), (changes, cut) => {
        const bytes = Buffer.from(file.subarray(0, file.length - cut));
        for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
        try {
          read(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
          expect((error as Error).message).toMatch(/^000000001-000000001\.tsm: /);
          refused++;
        }
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});
