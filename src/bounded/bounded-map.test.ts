/** A map that never holds more than it may, and drops what came first. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.js';

describe('a bounded map', () => {
  it('drops what came first, and a key that is there keeps its place', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1).set('b', 2).set('a', 3);
    map.set('c', 4);
    expect([...map]).toEqual([
      ['b', 2],
      ['c', 4],
    ]);
  });

  it('drops what was used longest ago, where uses are noted', () => {
    const map = new BoundedMap<string, number>(2);
    map.set('a', 1).set('b', 2);
    expect(map.use('a')).toBe(1);
    expect(map.use('z')).toBeUndefined();
    map.set('c', 3);
    expect([...map.keys()]).toEqual(['a', 'c']);
    map.setLast('a', 4).set('d', 5);
    expect([...map]).toEqual([
      ['a', 4],
      ['d', 5],
    ]);
  });

  it('tells what it dropped, after it is gone, and nothing else', () => {
    const dropped: [string, number, boolean][] = [];
    const map: BoundedMap<string, number> = new BoundedMap(1, (key, value) => dropped.push([key, value, map.has(key)]));
    map.set('a', 1).set('a', 2).setLast('a', 3).set('b', 4);
    map.delete('b');
    map.set('c', 5).clear();
    expect(dropped).toEqual([['a', 3, false]]);
  });

  it('is a map of the last entries, whatever is done with it', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('set', 'setLast', 'use', 'delete'), fc.nat(8)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (all, sizeMax) => {
        const map = new BoundedMap<number, number>(sizeMax);
        let model: number[] = [];
        for (const [step, key] of all) {
          const isThere = model.includes(key);
          if (step === 'delete') map.delete(key);
          else if (step === 'use') map.use(key);
          else map[step](key, key);
          if (step === 'delete') model = model.filter((each) => each !== key);
          else if (!(step === 'set' && isThere) && !(step === 'use' && !isThere)) model = [...model.filter((each) => each !== key), key];
          model = model.slice(-sizeMax);
          expect([...map.keys()]).toEqual(model);
        }
      }),
    );
  });
});
