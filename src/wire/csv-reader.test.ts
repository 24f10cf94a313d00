/** CSV with all the quotes and line breaks that there are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvReader, readCsv } from './csv-reader.js';

describe('a record', () => {
  it.each<[string, string[][]]>([
    [
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'a,b\r\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['\n\r\na\n\n', [['a']]],
    [',\n', [['', '']]],
    ['"a,b","c""d"\n', [['a,b', 'c"d']]],
    ['"two\r\nlines",x\n', [['two\nlines', 'x']]],
    ['a"b,c"\n', [['a"b', 'c"']]],
    ['"a"b",c\n', [['a"b', 'c']]],
    ['""\n', [['']]],
    ['"open', [['open']]],
    ['', []],
  ])('is read from %j', (text, records) => {
    expect([...readCsv(text)]).toEqual(records);
  });

  it('has another delimiter', () => {
    expect([...readCsv('a;b,c;"d;e"', { delimiter: ';' })]).toEqual([['a', 'b,c', 'd;e']]);
  });
});

describe('a reader', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '\r\n'), maxLength: 30 });

  it('does not care where a text is cut', () => {
    fc.assert(
      fc.property(letters, fc.nat(30), fc.nat(30), (text, first, second) => {
        const [from, to] = [Math.min(first, second), Math.max(first, second)];
        const reader = new CsvReader();
        const pieces = [text.slice(0, from), text.slice(from, to), text.slice(to)];
        expect([...pieces.flatMap((piece) => [...reader.push(piece)]), ...reader.end()]).toEqual([...readCsv(text)]);
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    const begin = performance.now();
    expect([...readCsv(','.repeat(1_000_000))][0]!.length).toBe(1_000_001);
    expect([...readCsv('"'.repeat(1_000_000))].length).toBe(1);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });
});
