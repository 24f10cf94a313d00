import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ADDRESS_FREE_FAILURES, ADDRESS_REFILL_MS, Attempts, FREE_FAILURES, type Attempt } from './attempts.js';

const fail = (attempts: Attempts, address: string, name: string): void => {
  attempts.begin(address, name).fail();
};

describe('Attempts', () => {
  it('lets five failures pass and then makes one wait, twice as long each time', () => {
    let now = 0;
    const attempts = new Attempts(() => now);
    const waits = [];
    for (let i = 0; i < 20; i++) {
      fail(attempts, '::1', 'ann');
      const wait = attempts.waitMs('::1', 'ann');
      waits.push(wait / 1000);
      now += wait;
    }
    expect(waits.slice(0, 8)).toEqual([0, 0, 0, 0, 5, 10, 20, 40]);
    expect(Math.max(...waits)).toBe(900);
  });

  it('counts down, keeps names and addresses apart, and forgets at a success or in time', () => {
    let now = 0;
    const attempts = new Attempts(() => now);
    for (let i = 0; i < 4; i++) fail(attempts, '::1', 'ann');
    attempts.begin('::1', 'ann').succeed();
    expect(attempts.waitMs('::1', 'ann')).toBe(0);
    for (let i = 0; i < 5; i++) fail(attempts, '::1', 'ann');
    now += 2000;
    expect(attempts.waitMs('::1', 'ann')).toBe(3000);
    expect(attempts.waitMs('::2', 'ann')).toBe(0);
    expect(attempts.waitMs('::1', 'bob')).toBe(0);
    now += 3_600_000;
    fail(attempts, '::1', 'ann');
    expect(attempts.waitMs('::1', 'ann')).toBe(0);
  });

  it('counts a guess before it is known whether it is wrong', () => {
    const attempts = new Attempts(() => 0);
    const begun = Array.from({ length: FREE_FAILURES }, () => attempts.begin('::1', 'ann'));
    expect(() => attempts.begin('::1', 'ann')).toThrow('too many failed attempts; try again in 5 seconds');
    begun[0]?.cancel();
    begun[1] = attempts.begin('::1', 'ann');
    expect(() => attempts.begin('::1', 'ann')).toThrow('too many failed attempts');
    begun[1].succeed();
    expect(attempts.waitMs('::1', 'ann')).toBe(0);
  });

  it('gives an address a larger allowance over all names, which time fills and no success does', () => {
    let now = 0;
    const attempts = new Attempts(() => now);
    for (let i = 0; i < ADDRESS_FREE_FAILURES; i++) {
      fail(attempts, '::1', `name ${i}`);
      if (i < ADDRESS_FREE_FAILURES - 1) attempts.begin('::1', 'mine').succeed();
    }
    expect(attempts.waitMs('::1', 'another')).toBe(ADDRESS_REFILL_MS);
    expect(attempts.waitMs('::2', 'another')).toBe(0);
    now += ADDRESS_REFILL_MS;
    fail(attempts, '::1', 'another');
    expect(() => attempts.begin('::1', 'a third')).toThrow('try again in 15 seconds');
  });

  it('locks nobody out for hours when the clock is set back', () => {
    let now = 10 * 3_600_000;
    const attempts = new Attempts(() => now);
    for (let i = 0; i < 5; i++) fail(attempts, '::1', 'ann');
    now = 0;
    expect(attempts.waitMs('::1', 'ann')).toBe(5000);
  });

  it('watches a bounded number of pairs and addresses', () => {
    const attempts = new Attempts(() => 0);
    for (let i = 0; i < 5; i++) fail(attempts, '::1', 'first');
    for (let i = 0; i < 20_000; i++) fail(attempts, `address ${i}`, 'name');
    expect(attempts.waitMs('::1', 'first')).toBe(0);
  });

  const address = fc.constantFrom('a', 'b');
  const name = fc.constantFrom('ann', 'bob', 'cem');
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('begin' as const), address, name }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('fail' as const, 'fail' as const, 'succeed' as const, 'cancel' as const),
        pick: fc.nat(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.oneof(fc.nat(4000), fc.nat(40_000), fc.nat(4_000_000)) }),
    },
    // Straight at the limits: many guesses over many names.
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('spray' as const), address, count: fc.nat(70), settle: fc.boolean() }) },
  );

  it('never lets in more wrong or undecided guesses than it says, whatever is done at the same time', () => {
    interface Guess {
      readonly address: string;
      readonly name: string;
      readonly atMs: number;
      readonly attempt: Attempt;
      state: 'open' | 'wrong' | 'right' | 'cancelled';
      /** Guesses of this pair before a success do not count towards its row. */
      row: number;
    }
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let now = 0;
        const attempts = new Attempts(() => now);
        const guesses: Guess[] = [];
        const rows = new Map<string, number>();
        let sprayed = 0;
        const settle = (guess: Guess, how: 'fail' | 'succeed' | 'cancel'): void => {
          guess.attempt[how]();
          guess.state = how === 'fail' ? 'wrong' : how === 'succeed' ? 'right' : 'cancelled';
          const key = `${guess.address} ${guess.name}`;
          if (how === 'succeed') rows.set(key, (rows.get(key) ?? 0) + 1);
        };
        const counts = (guess: Guess): boolean => guess.state === 'open' || guess.state === 'wrong';
        const begin = (from: string, as: string): Guess | undefined => {
          const row = rows.get(`${from} ${as}`) ?? 0;
          const mine = guesses.filter((guess) => guess.address === from && counts(guess));
          const inRow = mine.filter((guess) => guess.name === as && (guess.row === row || guess.state === 'open'));
          let attempt: Attempt;
          try {
            attempt = attempts.begin(from, as);
          } catch {
            // Refused for a reason: there is a guess that counts.
            expect(mine.length).toBeGreaterThanOrEqual(Math.min(FREE_FAILURES, ADDRESS_FREE_FAILURES));
            return undefined;
          }
          expect(inRow.filter(({ atMs }) => now - atMs < 5000).length).toBeLessThan(FREE_FAILURES);
          // 5, and what waits of 5, 10, 20, ... 900 seconds leave room for in an hour.
          expect(inRow.filter(({ atMs }) => now - atMs < 3_600_000).length).toBeLessThan(FREE_FAILURES + 12);
          const first = mine[0];
          for (const since of [first?.atMs ?? 0, now - 60_000, now - 3_600_000]) {
            const inWindow = mine.filter(({ atMs }) => atMs >= since).length + 1;
            expect(inWindow).toBeLessThanOrEqual(ADDRESS_FREE_FAILURES + Math.max(0, now - since) / ADDRESS_REFILL_MS);
          }
          const guess: Guess = { address: from, name: as, atMs: now, attempt, state: 'open', row };
          guesses.push(guess);
          return guess;
        };
        for (const each of steps) {
          if (each.kind === 'begin') begin(each.address, each.name);
          else if (each.kind === 'wait') now += each.ms;
          else if (each.kind === 'spray') {
            for (let i = 0; i < each.count; i++) {
              const guess = begin(each.address, `made up ${sprayed++}`);
              if (guess !== undefined && each.settle) settle(guess, 'fail');
            }
          } else {
            const open = guesses.filter(({ state }) => state === 'open');
            const guess = open[each.pick % Math.max(1, open.length)];
            if (guess !== undefined) settle(guess, each.kind);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
