import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, Tag } from '../../domain/series.js';
import { decodeBlock, type Points } from './block.js';
import { encodeBlock } from './encode-block.js';
import { readTsm } from './tsm-file.js';
import { TsmWriter } from './tsm-writer.js';

const timesOf = (texts: readonly bigint[]): BigInt64Array => BigInt64Array.from([...new Set(texts)].sort((a, b) => (a < b ? -1 : 1)));

const times = fc.oneof(
  fc.array(fc.bigInt({ min: -(2n ** 63n) + 2n, max: 2n ** 63n - 2n }), { minLength: 1, maxLength: 40 }).map(timesOf),
  fc
    .tuple(fc.bigInt({ min: -(2n ** 61n), max: 2n ** 61n }), fc.bigInt({ min: 1n, max: 2n ** 40n }), fc.integer({ min: 1, max: 60 }))
    .map(([first, step, count]) => BigInt64Array.from({ length: count }, (_, i) => first + BigInt(i) * step)),
);

const float = fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1, 1.5, Infinity, -Infinity, 5e-324));

const columns = (count: number): fc.Arbitrary<Column> => {
  const many = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: count, maxLength: count });
  return fc.oneof(
    many(float).map((values): Column => ({ type: 'float', values: Float64Array.from(values) })),
    many(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })).map((values): Column => ({
      type: 'integer',
      values: BigInt64Array.from(values),
    })),
    many(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })).map((values): Column => ({ type: 'unsigned', values: BigUint64Array.from(values) })),
    many(fc.boolean()).map((values): Column => ({ type: 'boolean', values: Uint8Array.from(values, Number) })),
    many(fc.string({ unit: 'grapheme' })).map((values): Column => ({ type: 'string', values })),
  );
};

const points = times.chain((some) => columns(some.length).map((values): Points => ({ times: some, values })));

const plain = ({ times: t, values }: Points) => ({ times: [...t], type: values.type, values: [...values.values] });

describe('blocks', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(points, (some) => {
        expect(plain(decodeBlock(encodeBlock(some).subarray(4)))).toEqual(plain(some));
      }),
      { numRuns: 500 },
    );
  });
});

describe('files', () => {
  const source = (bytes: Buffer) => ({
    name: 'made.tsm',
    size: bytes.length,
    read: (at: number, length: number) => bytes.subarray(at, at + length),
    close: () => undefined,
  });
  const name = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'b', ',', '=', ' ', 'ä', '#') }).filter((text) => !/^#/.test(text));
  const tags = fc
    .uniqueArray(fc.tuple(name, name), { selector: ([key]) => key, maxLength: 3 })
    .map((list): Tag[] => list.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))));

  it('are read as they were written, the keys in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, tags, fc.constantFrom('f', 'g'), points), { maxLength: 6 }), (series) => {
        const writer = new TsmWriter();
        const expected = new Map<string, unknown>();
        for (const [measurement, tagList, field, some] of series) {
          const key = { measurement, tags: tagList, field };
          if (expected.has(JSON.stringify(key))) continue;
          writer.add(key, some);
          expected.set(JSON.stringify(key), plain(some));
        }
        if (writer.isEmpty) return;
        const found = new Map<string, unknown>();
        for (const { measurement, tags: tagList, field, ...block } of readTsm(
          source(Buffer.concat(writer.finish())),
          undefined,
          () => undefined,
        ))
          found.set(JSON.stringify({ measurement, tags: tagList, field }), plain(block));
        expect(found).toEqual(expected);
      }),
    );
  });

  it('hold long series in blocks of a thousand', () => {
    const count = 2500;
    const long = {
      times: BigInt64Array.from({ length: count }, (_, i) => BigInt(i * i)),
      values: { type: 'float', values: Float64Array.from({ length: count }, Math.sqrt) },
    } as const;
    const writer = new TsmWriter();
    writer.add({ measurement: 'm', tags: [], field: 'f' }, long);
    const blocks = [...readTsm(source(Buffer.concat(writer.finish())), undefined, () => undefined)];
    expect(blocks.map((block) => block.times.length)).toEqual([1000, 1000, 500]);
    expect(blocks.flatMap((block) => [...block.times])).toEqual([...long.times]);
  });
});
