/** The present in nanoseconds. */
import { expect, it } from 'vitest';
import { nowNs } from './now-ns.js';

it('lies within the millisecond of the clock, and is a later moment each time', () => {
  const moments = Array.from({ length: 1000 }, () => nowNs(() => 1_700_000_000_000));
  expect(new Set(moments).size).toBe(moments.length);
  expect(moments.every((ns, i) => i === 0 || ns > (moments[i - 1] as bigint))).toBe(true);
  expect(moments[0]).toBeGreaterThanOrEqual(1_700_000_000_000_000_000n);
  expect(moments.at(-1)).toBeLessThan(1_700_000_000_002_000_000n);
});

it('follows a clock that is set back', () => {
  expect(nowNs(() => 2000)).toBeGreaterThanOrEqual(2_000_000_000n);
  expect(nowNs(() => 1000)).toBeLessThan(1_001_000_000n);
});
