/** Rows of CSV come back as they were written, however the text is cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvReader } from '../../wire/csv-reader.js';
import { formatCsvRow } from './format-csv-row.js';

const anyCell = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ',', ';', '\n', ' ', 'a') }));
// A row of one empty cell is a blank line, which is no row; a return before a line break is dropped, as Go does it.
const anyRow = fc
  .array(
    anyCell.filter((cell) => !cell.includes('\r')),
    { minLength: 1 },
  )
  .filter((cells) => cells.length > 1 || cells[0] !== '');

describe('CSV rows', () => {
  it('round-trip', () => {
    fc.assert(
      fc.property(fc.array(anyRow), fc.constantFrom(',', ';'), fc.integer({ min: 1, max: 20 }), (rows, delimiter, pieceLength) => {
        const text = rows.map((cells) => formatCsvRow(cells, delimiter)).join('');
        const reader = new CsvReader({ delimiter, isStrict: true });
        const read = [];
        for (let at = 0; at < text.length; at += pieceLength) read.push(...reader.push(text.slice(at, at + pieceLength)));
        read.push(...reader.end());
        expect(read).toEqual(rows);
      }),
    );
  });

  it('have the number of their last line', () => {
    const reader = new CsvReader({ isStrict: true });
    const lines: [string, number][] = [];
    for (const [first = ''] of reader.push('a,b\n\n"1\n2",c\nd')) lines.push([first, reader.line]);
    for (const [first = ''] of reader.end()) lines.push([first, reader.line]);
    expect(lines).toEqual([
      ['a', 1],
      ['1\n2', 4],
      ['d', 5],
    ]);
  });

  it.each([
    ['a,b"c\n', 'parse error on line 1, column 4: bare " in non-quoted-field'],
    ['x\n"a"b,c\n', 'parse error on line 2, column 3: extraneous or missing " in quoted-field'],
    ['x\n"a\nb', 'parse error on line 2, column 5: extraneous or missing " in quoted-field'],
  ])('are refused with wrong quotes, however the text is cut: %j', (text, message) => {
    for (let cut = 0; cut <= text.length; cut++) {
      const reader = new CsvReader({ isStrict: true });
      const read = () => [...reader.push(text.slice(0, cut)), ...reader.push(text.slice(cut)), ...reader.end()];
      expect(read).toThrow(message);
    }
  });
});
