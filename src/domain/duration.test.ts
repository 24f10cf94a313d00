/** Durations read and write as Go's do, and survive the round trip to the nanosecond. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.js';

const SECOND = 1_000_000_000n;

describe('parseDuration', () => {
  it.each<[string, bigint]>([
    ['0', 0n],
    ['-0', 0n],
    ['0s', 0n],
    ['10s', 10n * SECOND],
    ['+10s', 10n * SECOND],
    ['-10s', -10n * SECOND],
    ['3m0s', 180n * SECOND],
    ['1h30m', 5400n * SECOND],
    ['30m1h', 5400n * SECOND],
    ['1.5h', 5400n * SECOND],
    ['.5s', SECOND / 2n],
    ['1.s', SECOND],
    ['1ns', 1n],
    ['1us', 1000n],
    ['1\u00b5s', 1000n],
    ['1\u03bcs', 1000n],
    ['1.0005ms', 1_000_500n],
    ['1.9999ns', 1n],
    ['1h2m3s4ms5us6ns', 3_723_004_005_006n],
    ['9223372036854775807ns', 2n ** 63n - 1n],
    ['-9223372036854775808ns', -(2n ** 63n)],
  ])('%s', (text, ns) => {
    expect(parseDuration(text)).toBe(ns);
  });

  it.each([
    ['', /must be a duration/],
    ['-', /must be a duration/],
    ['soon', /must be a duration/],
    ['180', /no unit/],
    ['3m10', /no unit/],
    ['1.5', /no unit/],
    ['10d', /unknown unit/],
    ['10S', /must be a duration|unknown unit|no unit/],
    ['10 s', /no unit/],
    [' 10s', /must be a duration/],
    ['.s', /must be a duration/],
    ['1h-5m', /must be a duration/],
    ['9223372036854775808ns', /at most/],
    ['2562048h', /at most/],
    ['9'.repeat(10_000), /must be a duration/],
  ])('refuses %j', (text, reason) => {
    expect(() => parseDuration(text)).toThrow(reason);
  });
});

describe('formatDuration', () => {
  it.each<[bigint, string]>([
    [0n, '0s'],
    [1n, '1ns'],
    [1_500n, '1.5\u00b5s'],
    [2_000_000n, '2ms'],
    [1_000_001n, '1.000001ms'],
    [SECOND, '1s'],
    [SECOND + 1n, '1.000000001s'],
    [180n * SECOND, '3m0s'],
    [5400n * SECOND, '1h30m0s'],
    [14_400n * SECOND, '4h0m0s'],
    [-90n * SECOND, '-1m30s'],
    [2n ** 63n - 1n, '2562047h47m16.854775807s'],
  ])('%s', (ns, text) => {
    expect(formatDuration(ns)).toBe(text);
  });

  it('is undone by parseDuration', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (ns) => parseDuration(formatDuration(ns)) === ns));
  });
});
