/** A line in which everybody comes in turn. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairLine } from './fair-line.js';

const anybody = (): boolean => true;

describe('a line', () => {
  it('takes what it was given, once each, and of one user in the order in which it came', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('ann', 'ben', 'cy', 'dee'), { maxLength: 60 }), (users) => {
        const line = new FairLine<{ user: string; at: number }>(1000);
        for (const [at, user] of users.entries()) line.add(user, { user, at });
        const taken: { user: string; at: number }[] = [];
        for (let next = line.take(anybody); next !== undefined; next = line.take(anybody)) taken.push(next);
        expect(taken).toHaveLength(users.length);
        for (const user of new Set(users)) {
          const own = taken.filter((item) => item.user === user).map(({ at }) => at);
          expect(own).toEqual([...own].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('lets nobody have two turns while another waits for one', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('ann', 'ben', 'cy', 'dee'), { minLength: 1, maxLength: 60 }), (users) => {
        const line = new FairLine<string>(1000);
        for (const user of users) line.add(user, user);
        const left = new Map<string, number>();
        for (const user of users) left.set(user, (left.get(user) ?? 0) + 1);
        const waitedFor = new Map<string, number>();
        for (let next = line.take(anybody); next !== undefined; next = line.take(anybody)) {
          left.set(next, (left.get(next) ?? 0) - 1);
          for (const [user, count] of left) waitedFor.set(user, count === 0 || user === next ? 0 : (waitedFor.get(user) ?? 0) + 1);
          for (const turns of waitedFor.values()) expect(turns).toBeLessThan(left.size);
        }
      }),
    );
  });

  it('takes only for those who may', () => {
    const line = new FairLine<string>(10);
    line.add('ann', 'a');
    line.add('ben', 'b');
    expect(line.take((user) => user === 'ben')).toBe('b');
    expect(line.take((user) => user === 'ben')).toBeUndefined();
    expect(line.length).toBe(1);
  });

  it('refuses, when it is full, him who has most in it', () => {
    const line = new FairLine<string>(3);
    expect(line.add('ann', 'a1')).toBeUndefined();
    expect(line.add('ann', 'a2')).toBeUndefined();
    expect(line.add('ann', 'a3')).toBeUndefined();
    expect(line.add('ann', 'a4')).toBe('a4');
    expect(line.add('ben', 'b1')).toBe('a3');
    expect(line.add('ben', 'b2')).toBe('b2');
    expect(line.add('cy', 'c1')).toBe('a2');
    expect(line.length).toBe(3);
  });
});
