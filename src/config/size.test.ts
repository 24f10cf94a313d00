/** Sizes read as InfluxDB 2.9 reads them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSize } from './size.js';

describe('parseSize', () => {
  it.each<[string, bigint]>([
    ['0', 0n],
    ['1048576', 1_048_576n],
    ['1b', 1n],
    ['1k', 1_000n],
    ['1K', 1_000n],
    ['1kb', 1_000n],
    ['1 KB', 1_000n],
    ['1ki', 1_024n],
    ['1KiB', 1_024n],
    ['25m', 25_000_000n],
    ['25 MiB', 26_214_400n],
    ['1g', 1_000_000_000n],
    ['1.5G', 1_500_000_000n],
    ['1.5GiB', 1_610_612_736n],
    ['0.3k', 300n],
    ['1t', 10n ** 12n],
    ['1PiB', 2n ** 50n],
    ['-5m', -5_000_000n],
    ['9223372036854775807', 2n ** 63n - 1n],
  ])('%s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    ['', /must be a number of bytes/],
    ['m', /must be a number of bytes/],
    ['big', /must be a number of bytes/],
    ['1,5g', /must be a number of bytes/],
    ['1e9', /must be a number of bytes/],
    ['1x', /unknown unit/],
    ['1ib', /unknown unit/],
    ['1i', /unknown unit/],
    ['1mm', /unknown unit/],
    ['9223372036854775808', /at most/],
    ['8EiB', /at most/],
    ['9'.repeat(10_000), /must be a number of bytes/],
  ])('refuses %j', (text, reason) => {
    expect(() => parseSize(text)).toThrow(reason);
  });

  it('takes every integer for itself', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), (bytes) => parseSize(bytes.toString()) === bytes));
  });
});
