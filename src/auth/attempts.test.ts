import { describe, expect, it } from 'vitest';
import { Attempts } from './attempts.js';

describe('Attempts', () => {
  it('lets five failures pass and then makes one wait, twice as long each time', () => {
    let now = 0;
    const attempts = new Attempts(() => now);
    const waits = [];
    for (let i = 0; i < 20; i++) {
      attempts.recordFailure('::1', 'ann');
      const wait = attempts.waitMs('::1', 'ann');
      waits.push(wait / 1000);
      now += wait;
    }
    expect(waits.slice(0, 8)).toEqual([0, 0, 0, 0, 5, 10, 20, 40]);
    expect(Math.max(...waits)).toBe(900);
  });

  it('counts down, keeps users and addresses apart, and forgets at a success or in time', () => {
    let now = 0;
    const attempts = new Attempts(() => now);
    for (let i = 0; i < 5; i++) attempts.recordFailure('::1', 'ann');
    now += 2000;
    expect(attempts.waitMs('::1', 'ann')).toBe(3000);
    expect(attempts.waitMs('::2', 'ann')).toBe(0);
    expect(attempts.waitMs('::1', 'bob')).toBe(0);
    attempts.recordSuccess('::1', 'ann');
    expect(attempts.waitMs('::1', 'ann')).toBe(0);
    for (let i = 0; i < 5; i++) attempts.recordFailure('::1', 'ann');
    now += 3_600_000;
    attempts.recordFailure('::1', 'ann');
    expect(attempts.waitMs('::1', 'ann')).toBe(0);
  });

  it('watches a bounded number of pairs', () => {
    const attempts = new Attempts(() => 0);
    for (let i = 0; i < 5; i++) attempts.recordFailure('::1', 'first');
    for (let i = 0; i < 20_000; i++) attempts.recordFailure('::1', `user ${i}`);
    expect(attempts.waitMs('::1', 'first')).toBe(0);
  });
});
