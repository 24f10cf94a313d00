/** A line in which everybody comes in turn. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairLine } from './fair-line.js';

const anybody = (): boolean => true;

describe('a line', () => {
  it('takes what it was given, once each, and of one user in the order in which it came', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('ann', 'ben', 'cy', 'dee'), { maxLength: 60 }), (users) => {
        const line = new FairLine<{ user: string; at: number }>({ lengthMax: 1000, lengthPerUserMax: 1000 });
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
        const line = new FairLine<string>({ lengthMax: 1000, lengthPerUserMax: 1000 });
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
    const line = new FairLine<string>({ lengthMax: 10, lengthPerUserMax: 10 });
    line.add('ann', 'a');
    line.add('ben', 'b');
    expect(line.take((user) => user === 'ben')).toBe('b');
    expect(line.take((user) => user === 'ben')).toBeUndefined();
    expect(line.length).toBe(1);
  });

  it('refuses, when it is full, him who has most in it', () => {
    const line = new FairLine<string>({ lengthMax: 3, lengthPerUserMax: 3 });
    expect(line.add('ann', 'a1')).toBeUndefined();
    expect(line.add('ann', 'a2')).toBeUndefined();
    expect(line.add('ann', 'a3')).toBeUndefined();
    expect(line.add('ann', 'a4')).toBe('a4');
    expect(line.add('ben', 'b1')).toBe('a3');
    expect(line.add('ben', 'b2')).toBe('b2');
    expect(line.add('cy', 'c1')).toBe('a2');
    expect(line.length).toBe(3);
  });

  it('refuses what is too much of one user, though there is room', () => {
    const line = new FairLine<string>({ lengthMax: 10, lengthPerUserMax: 2 });
    expect(['a1', 'a2', 'a3'].map((item) => line.add('ann', item))).toEqual([undefined, undefined, 'a3']);
    expect(line.add('ben', 'b1')).toBeUndefined();
  });

  it('takes the best rank first, and has the worst make room', () => {
    const rank: Record<string, number> = { good: 0, bad: 1, worse: 2 };
    const line = new FairLine<string>({ lengthMax: 3, lengthPerUserMax: 3 }, (user) => rank[user] ?? 0);
    for (const user of ['worse', 'bad', 'good']) line.add(user, user);
    expect(line.add('worse', 'again')).toBe('again');
    expect(line.add('good', 'more')).toBe('worse');
    expect([line.take(anybody), line.take(anybody), line.take(anybody)]).toEqual(['good', 'more', 'bad']);
  });

  it('forgets what is removed, and is empty when all is taken', () => {
    const line = new FairLine<string>({ lengthMax: 3, lengthPerUserMax: 3 });
    for (const item of ['a1', 'a2']) line.add('ann', item);
    line.add('ben', 'b1');
    line.remove('ann', 'a1');
    line.remove('ben', 'unknown');
    expect([line.length, line.some((user) => user === 'ann')]).toEqual([2, true]);
    expect(line.takeAll().sort()).toEqual(['a2', 'b1']);
    expect([line.length, line.some(anybody), line.take(anybody)]).toEqual([0, false, undefined]);
  });
});
