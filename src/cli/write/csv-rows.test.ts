/** Rows of CSV come back as they were written, however the text is cut. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvRows, formatCsvRow } from './csv-rows.js';

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
        const reader = new CsvRows();
        reader.delimiter = delimiter;
        const read = [];
        for (let at = 0; at < text.length; at += pieceLength) read.push(...reader.push(text.slice(at, at + pieceLength)));
        read.push(...reader.end());
        expect(read.map(({ cells }) => cells)).toEqual(rows);
      }),
    );
  });

  it('have the number of their last line', () => {
    const reader = new CsvRows();
    const rows = [...reader.push('a,b\n\n"1\n2",c\nd'), ...reader.end()];
    expect(rows.map(({ line }) => line)).toEqual([1, 4, 5]);
  });
});
