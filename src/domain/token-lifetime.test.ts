import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatLifetime, LIFETIME_MS_MAX, parseLifetime } from './token-lifetime.js';

it.each([
  ['90d', 90 * 86_400_000],
  ['36h', 36 * 3_600_000],
  ['15m', 15 * 60_000],
  ['1d12h', 36 * 3_600_000],
  ['2w', 14 * 86_400_000],
  ['1s', 1000],
])('reads %s', (text, ms) => {
  expect(parseLifetime(text, 'it')).toBe(ms);
});

it.each(['', '0d', '5', 'd', '1.5d', '-1d', '+1d', ' 1d', '1 d', '1mo', '1y', '1ms', '1D', '1d ', '9'.repeat(80) + 'd', '5300w'])(
  'refuses %j',
  (text) => {
    expect(() => parseLifetime(text, 'it')).toThrow(/^it must be a duration/);
  },
);

it('reads what it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: LIFETIME_MS_MAX / 1000 }), (seconds) => {
      expect(parseLifetime(formatLifetime(seconds * 1000), 'it')).toBe(seconds * 1000);
    }),
  );
  expect(formatLifetime(90 * 86_400_000)).toBe('90d');
});
