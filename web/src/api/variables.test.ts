import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readValues, writeValues } from './variables.js';

describe('values of a variable', () => {
  it('are the same after they were written as lines and read', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (values) => {
        expect(readValues('constant', writeValues({ type: 'constant', values }))).toEqual({ type: 'constant', values });
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }), (values) => {
        expect(readValues('map', writeValues({ type: 'map', values }))).toEqual({ type: 'map', values });
      }),
    );
  });

  it('are read as people write them', () => {
    expect(readValues('constant', ' a \n\nb c\n')).toEqual({ type: 'constant', values: ['a', 'b c'] });
    expect(readValues('map', 'one=1\n two = x=y\n')).toEqual({ type: 'map', values: { one: '1', two: 'x=y' } });
    expect(() => readValues('map', 'one')).toThrow('Write “name = value” in the line “one”.');
  });
});
