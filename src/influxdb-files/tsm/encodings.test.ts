import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compressSnappy,
  encodeBooleans,
  encodeFloats,
  encodeIntegers,
  encodeSimple8b,
  encodeStrings,
  encodeTimes,
  packBlock,
  varint,
} from '../../../test/support/influxdb/tsm-writer.js';
import { DomainError } from '../../domain/errors.js';
import { decodeBlock } from './block.js';
import { decodeBooleans } from './booleans.js';
import { decodeFloats } from './floats.js';
import { decodeIntegers, decodeUnsigned } from './integers.js';
import { countSimple8b, decodeSimple8b } from './simple8b.js';
import { decompressSnappy } from './snappy.js';
import { decodeStrings } from './strings.js';
import { decodeTimes } from './times.js';

const PACKED_MAX = (1n << 60n) - 1n;
/** Differences of all sizes, so that all sixteen packings occur. */
const packable = fc.nat(59).chain((bits) => fc.bigInt(0n, (1n << BigInt(bits + 1)) - 1n));
const int64 = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt(-1000n, 1000n),
  fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n),
);

function sums(first: bigint, deltas: readonly bigint[], factor = 1n): bigint[] {
  const all = [first];
  for (const delta of deltas) all.push(BigInt.asIntN(64, (all.at(-1) as bigint) + delta * factor));
  return all;
}

describe('simple8b', () => {
  it('unpacks what is packed in any of its sixteen ways', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(packable, fc.constant(1n)), { maxLength: 600 }), (numbers) => {
        const bytes = encodeSimple8b(numbers);
        expect(countSimple8b(bytes, 0)).toBe(numbers.length);
        const words = new Uint32Array(2 * numbers.length);
        decodeSimple8b(bytes, 0, words, 0);
        expect([...new BigUint64Array(words.buffer)]).toEqual(numbers);
      }),
    );
    const ones = Array<bigint>(500).fill(1n);
    expect(encodeSimple8b(ones).length).toBe(8 * 3);
    const words = new Uint32Array(1000);
    decodeSimple8b(encodeSimple8b(ones), 0, words, 0);
    expect([...new BigUint64Array(words.buffer)]).toEqual(ones);
  });
});

describe('times', () => {
  it('are read from all three encodings, over the whole of 64 bits and with any factor', () => {
    fc.assert(
      fc.property(int64, fc.array(packable, { maxLength: 300 }), (first, deltas) => {
        const times = sums(first, deltas);
        expect([...decodeTimes(encodeTimes(times, 'packed'))]).toEqual(times);
        expect([...decodeTimes(encodeTimes(times, 'uncompressed'))]).toEqual(times);
      }),
    );
    fc.assert(
      fc.property(int64, fc.nat(12), fc.array(fc.oneof(fc.nat(1000), fc.nat(10_000_000)), { maxLength: 50 }), (first, power, deltas) => {
        const times = sums(first, deltas.map(BigInt), 10n ** BigInt(power));
        expect([...decodeTimes(encodeTimes(times, 'packed', power))]).toEqual(times);
      }),
    );
    fc.assert(
      fc.property(int64, fc.bigInt(0n, 2n ** 64n - 1n), fc.integer({ min: 2, max: 1000 }), (first, delta, count) => {
        const times = sums(first, Array<bigint>(count - 1).fill(delta));
        expect([...decodeTimes(encodeTimes(times, 'run-length'))]).toEqual(times);
      }),
    );
    const minutes = sums(1_700_000_000_000_000_000n, Array<bigint>(9).fill(60n), 10n ** 9n);
    expect([...decodeTimes(encodeTimes(minutes, 'run-length', 9))]).toEqual(minutes);
    expect(encodeTimes(minutes, 'run-length', 9).length).toBe(11);
  });

  it('are refused where they are cut off, of an unknown encoding, or too many', () => {
    const times = encodeTimes([1n, 2n, 4n], 'uncompressed');
    expect(() => decodeTimes(times.subarray(0, 12))).toThrow('its times are cut off');
    expect(() => decodeTimes(Buffer.of(0x30, 0))).toThrow('its times have the unknown encoding 3');
    expect(() => decodeTimes(Buffer.of(0x10, 0))).toThrow('its times are cut off');
    expect(() => decodeTimes(Buffer.alloc(0))).toThrow('it has no times');
    expect(() => decodeTimes(Buffer.concat([Buffer.of(0x20), Buffer.alloc(8), varint(1), varint(2n ** 60n)]))).toThrow(
      'it claims 1152921504606847000 points; a block has at most 1048576',
    );
  });
});

describe('integers', () => {
  it('are read from all three encodings, with and without a sign', () => {
    fc.assert(
      fc.property(fc.array(int64, { minLength: 1, maxLength: 300 }), (values) => {
        const bytes = encodeIntegers(values, 'uncompressed');
        expect([...decodeIntegers(bytes)]).toEqual(values);
        expect([...decodeUnsigned(bytes)]).toEqual(values.map((value) => BigInt.asUintN(64, value)));
      }),
    );
    fc.assert(
      fc.property(int64, fc.array(fc.bigInt(-(PACKED_MAX >> 1n), PACKED_MAX >> 1n), { maxLength: 300 }), (first, deltas) => {
        const values = sums(first, deltas);
        expect([...decodeIntegers(encodeIntegers(values, 'packed'))]).toEqual(values);
      }),
    );
    fc.assert(
      fc.property(int64, int64, fc.integer({ min: 2, max: 500 }), (first, delta, count) => {
        const values = sums(first, Array<bigint>(count - 1).fill(delta));
        expect([...decodeIntegers(encodeIntegers(values, 'run-length'))]).toEqual(values);
      }),
    );
  });
});

describe('floats', () => {
  const bitsOf = (values: Float64Array): bigint[] => [...new BigUint64Array(values.buffer, 0, values.length)];

  it('are read to the bit', () => {
    const float = fc.oneof(fc.double({ noNaN: true }), fc.integer().map(Number), fc.constantFrom(0, -0, 1.5, Infinity, -Infinity, 5e-324));
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 200 }), (values) => {
        expect(bitsOf(decodeFloats(encodeFloats(values), values.length))).toEqual(bitsOf(Float64Array.from(values)));
      }),
    );
  });

  it('must be as many as there are times, and end', () => {
    const bytes = encodeFloats([1, 2, 3]);
    expect(() => decodeFloats(bytes, 2)).toThrow('it has 2 times and 3 or more values');
    expect(() => decodeFloats(bytes, 4)).toThrow('it has 4 times and 3 values');
    expect(() => decodeFloats(bytes.subarray(0, 10), 3)).toThrow('its floats are damaged or cut off');
    expect(() => decodeFloats(Buffer.concat([Buffer.of(0x20), bytes.subarray(1)]), 3)).toThrow('its floats have the unknown encoding 2');
  });
});

describe('booleans and strings', () => {
  it('are read', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 100 }), (values) => {
        expect([...decodeBooleans(encodeBooleans(values))]).toEqual(values.map(Number));
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 100 }), (values) => {
        expect(decodeStrings(encodeStrings(values), values.length)).toEqual(values);
      }),
    );
  });

  it('are refused where there are more or fewer than times', () => {
    expect(() => decodeBooleans(encodeBooleans([true, false]).subarray(0, 2))).toThrow('its booleans are cut off');
    expect(() => decodeStrings(encodeStrings(['a', 'b']), 1)).toThrow('it has 1 times and more values');
    expect(() => decodeStrings(encodeStrings(['a', 'b']), 3)).toThrow('a length in it is cut off or impossible');
    expect(() => decodeBlock(packBlock('boolean', encodeTimes([1n, 2n, 3n], 'packed'), encodeBooleans([true])))).toThrow(
      'it has 3 times and 1 values',
    );
  });
});

describe('snappy', () => {
  it('gives back what was compressed', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc.array(fc.constantFrom('abcd', 'abcabcabc', 'x'), { maxLength: 500 }).map((parts) => Buffer.from(parts.join(''))),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        expect(decompressSnappy(compressSnappy(Buffer.from(content)))).toEqual(Buffer.from(content));
      }),
    );
    const long = Buffer.from('0123456789'.repeat(20_000));
    expect(decompressSnappy(compressSnappy(long)).equals(long)).toBe(true);
  });

  it('reads copies in all three forms, and those that reach into themselves', () => {
    // "ab", then ten bytes from two back: a copy of one, of two and of four bytes of distance.
    for (const copy of [
      [1 | ((10 - 4) << 2), 2],
      [2 | ((10 - 1) << 2), 2, 0],
      [3 | ((10 - 1) << 2), 2, 0, 0, 0],
    ]) {
      expect(decompressSnappy(Buffer.of(12, 1 << 2, 0x61, 0x62, ...copy)).toString()).toBe('abababababab');
    }
    const literal = Buffer.alloc(70_000, 7);
    const long = Buffer.concat([varint(literal.length), Buffer.of(62 << 2, 0x6f, 0x11, 0x01), literal]);
    expect(decompressSnappy(long).equals(literal)).toBe(true);
  });

  it('refuses all else', () => {
    expect(() => decompressSnappy(Buffer.alloc(0))).toThrow('does not tell its length');
    expect(() => decompressSnappy(Buffer.of(0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0x61))).toThrow('claims an impossible length');
    for (const bytes of [
      [12, 1 << 2, 0x61],
      [12, 1 << 2, 0x61, 0x62],
      [4, 1 << 2, 0x61, 0x62, 2 | (1 << 2), 3, 0],
      [4, 1 << 2, 0x61, 0x62, 2 | (5 << 2), 1, 0],
      [4, 1 << 2, 0x61, 0x62, 2 | (1 << 2), 0, 0],
    ]) {
      expect(() => decompressSnappy(Buffer.from(bytes))).toThrow('its compressed part is damaged');
    }
  });
});

describe('a block with wrong bytes in it', () => {
  it('is read or refused, and never crashes', () => {
    const times = encodeTimes([1n, 5n, 6n, 100n], 'packed');
    const blocks = [
      packBlock('float', times, encodeFloats([1.5, 2.25, -3, 1e300])),
      packBlock('integer', times, encodeIntegers([1n, -5n, 7n, 8n], 'packed')),
      packBlock('unsigned', encodeTimes([1n, 2n, 3n, 4n], 'run-length'), encodeIntegers([1n, 2n, 3n, 4n], 'run-length')),
      packBlock('boolean', encodeTimes([1n, 2n, 3n, 4n], 'uncompressed'), encodeBooleans([true, false, true, true])),
      packBlock('string', times, encodeStrings(['hello', 'hello', 'hello world', ''])),
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...blocks),
        fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(100),
        (block, changes, cut) => {
          const bytes = Buffer.from(block.subarray(0, block.length - (cut > 80 ? cut - 80 : 0)));
          for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
          try {
            const { times: decoded, values } = decodeBlock(bytes);
            expect(values.values.length).toBe(decoded.length);
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});
