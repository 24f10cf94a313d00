import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairWork } from './fair-work.js';

/** Work that ends when it is told to, and notes who is at it. */
class Bench {
  readonly order: string[] = [];
  readonly running: string[] = [];
  readonly #ends = new Map<string, () => void>();
  #count = 0;

  readonly work = (key: string) => async (): Promise<string> => {
    const id = `${key}#${this.#count++}`;
    this.order.push(key);
    this.running.push(id);
    await new Promise<void>((resolve) => this.#ends.set(id, resolve));
    return key;
  };

  async endFirst(): Promise<void> {
    const id = this.running.shift();
    if (id !== undefined) this.#ends.get(id)?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const settle = (promises: readonly Promise<unknown>[]) => Promise.allSettled(promises);

describe('fair work', () => {
  it('takes turns: who comes last with one thing waits for one piece of work, not for all that came before', async () => {
    const line = new FairWork({ atOnceMax: 1, waitingPerKeyMax: 100, waitingMax: 1000 });
    const bench = new Bench();
    const all = Array.from({ length: 80 }, () => line.run('flood', bench.work('flood')));
    all.push(line.run('ann', bench.work('ann')), line.run('bob', bench.work('bob')));
    for (let i = 0; i < 82; i++) await bench.endFirst();
    await settle(all);
    expect(bench.order.slice(0, 4)).toEqual(['flood', 'flood', 'ann', 'bob']);
    expect(bench.order).toHaveLength(82);
  });

  it('sends away what is too much of one, and when all is full the last of the longest', async () => {
    const line = new FairWork({ atOnceMax: 1, waitingPerKeyMax: 3, waitingMax: 5 });
    const bench = new Bench();
    const outcomes: string[] = [];
    const ask = (key: string) =>
      line.run(key, bench.work(key)).then(
        () => outcomes.push(`${key} done`),
        (error: unknown) => outcomes.push(`${key}: ${(error as Error).message}`),
      );
    const all = ['a', 'a', 'a', 'a', 'a', 'b', 'b', 'c'].map(ask);
    await new Promise((resolve) => setImmediate(resolve));
    const busy = 'too many sign-ins at once; try again in a moment';
    // One of `a` works and three wait, the fifth is too many; c takes the place of the last of `a`.
    expect(outcomes).toEqual([`a: ${busy}`, `a: ${busy}`]);
    for (let i = 0; i < 8; i++) await bench.endFirst();
    await settle(all);
    expect(outcomes.filter((outcome) => outcome.endsWith('done')).sort()).toEqual([
      'a done',
      'a done',
      'a done',
      'b done',
      'b done',
      'c done',
    ]);
  });

  it('takes those of better standing first, however many of worse wait', async () => {
    const failures = new Map([...Array(50).keys()].map((i) => [`bad ${i}`, i + 1]));
    const line = new FairWork({ atOnceMax: 1, waitingPerKeyMax: 3, waitingMax: 1000 }, (key) => failures.get(key) ?? 0);
    const bench = new Bench();
    const all = [...failures.keys()].reverse().map((key) => line.run(key, bench.work(key)));
    all.push(line.run('good', bench.work('good')), line.run('better', bench.work('better')));
    for (let i = 0; i < 52; i++) await bench.endFirst();
    await settle(all);
    expect(bench.order.slice(0, 5)).toEqual(['bad 49', 'good', 'better', 'bad 0', 'bad 1']);
  });

  it('makes room for those of better standing when all is full', async () => {
    const failures = new Map([...Array(5).keys()].map((i) => [`bad ${i}`, i + 1]));
    const line = new FairWork({ atOnceMax: 1, waitingPerKeyMax: 3, waitingMax: 4 }, (key) => failures.get(key) ?? 0);
    const bench = new Bench();
    const refused: string[] = [];
    const ask = (key: string) => line.run(key, bench.work(key)).catch(() => refused.push(key));
    const all = [...failures.keys()].map(ask);
    all.push(ask('bad 4'), ask('good'), ask('better'));
    for (let i = 0; i < 8; i++) await bench.endFirst();
    await settle(all);
    expect(refused).toEqual(['bad 4', 'bad 4', 'bad 3']);
    expect(bench.order).toEqual(['bad 0', 'good', 'better', 'bad 1', 'bad 2']);
  });

  it('goes on after work that fails', async () => {
    const line = new FairWork({ atOnceMax: 1, waitingPerKeyMax: 3, waitingMax: 5 });
    await expect(line.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await line.run('a', () => Promise.resolve(1))).toBe(1);
  });

  it('never runs two of one, nor more than it may, and loses nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'b', 'c', 'end'), { maxLength: 60 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, atOnceMax) => {
          const line = new FairWork({ atOnceMax, waitingPerKeyMax: 100, waitingMax: 1000 });
          const bench = new Bench();
          const asked: Promise<string>[] = [];
          const look = (): void => {
            const keys = bench.running.map((id) => id.split('#')[0]);
            expect(new Set(keys).size).toBe(keys.length);
            expect(keys.length).toBeLessThanOrEqual(atOnceMax);
          };
          for (const step of steps) {
            if (step === 'end') await bench.endFirst();
            else asked.push(line.run(step, bench.work(step)));
            look();
          }
          while (bench.running.length > 0) {
            await bench.endFirst();
            look();
          }
          expect((await Promise.all(asked)).sort()).toEqual([...bench.order].sort());
        },
      ),
      { numRuns: 100 },
    );
  });
});
