/** The lines that a result can be drawn as: one per table that has times and numbers. */
import type { DecodedTable } from '../../../src/wire/annotated-csv-decoder.js';
import { cellAt, numberOfCell, textOfCell } from './cells.js';

export interface Line {
  readonly name: string;
  /** Seconds since 1970, growing. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** Lines that can be told apart. */
export const LINES_MAX = 12;

const HIDDEN_KEYS = ['_start', '_stop'];

export function linesOf(tables: readonly DecodedTable[]): { readonly lines: readonly Line[]; readonly lineCount: number } {
  const drawable = tables.flatMap((table) => {
    const time = table.columns.find(({ label, type }) => label === '_time' && type === 'time');
    const isNumber = ({ type }: { type: string }): boolean => type === 'float' || type === 'int' || type === 'uint';
    const value = table.columns.find((column) => column.label === '_value' && isNumber(column));
    return time === undefined || value === undefined || table.rowCount === 0 ? [] : [{ table, time, value }];
  });
  const lines = drawable.slice(0, LINES_MAX).map(({ table, time, value }): Line => {
    const points = Array.from({ length: table.rowCount }, (_, row) => {
      const ns = cellAt(time.vector, row);
      return { at: typeof ns === 'bigint' ? Number(ns / 1_000_000n) / 1000 : 0, value: numberOfCell(cellAt(value.vector, row)) };
    }).sort((a, b) => a.at - b.at);
    return { name: nameOf(table), times: points.map(({ at }) => at), values: points.map((point) => point.value) };
  });
  return { lines, lineCount: drawable.length };
}

const nameOf = ({ key }: DecodedTable): string =>
  key
    .filter(({ label }) => !HIDDEN_KEYS.includes(label))
    .map(({ label, type, value }) => (label.startsWith('_') ? textOfCell(value, type) : `${label}=${textOfCell(value, type)}`))
    .join(' ') || 'values';
