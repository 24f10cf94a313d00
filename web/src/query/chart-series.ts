/** The lines that a result can be drawn as: one per table that has times and numbers. */
import type { TableColumn } from '../../../src/domain/table.js';
import type { DecodedTable } from '../../../src/wire/annotated-csv-decoder.js';
import { shownText } from '../components/shown-text.js';
import { cellAt, numberOfCell, textOfCell } from './cells.js';
import { isNamedResult } from './results.js';

export interface Line {
  readonly name: string;
  /** Seconds since 1970, growing. */
  readonly times: readonly number[];
  /** Null where the line has a gap. */
  readonly values: readonly (number | null)[];
}

/** A table that can be drawn, before it costs anything. */
export interface Drawable {
  readonly name: string;
  readonly table: DecodedTable;
  readonly time: TableColumn;
  readonly value: TableColumn;
}

/** Lines that can be told apart. */
export const LINES_MAX = 12;

const HIDDEN_KEYS = ['_start', '_stop'];

/** @param x the column with the times, and y with the numbers */
export function drawableOf(tables: readonly DecodedTable[], x = '_time', y = '_value'): readonly Drawable[] {
  const withResult = isNamedResult(tables);
  return tables.flatMap((table) => {
    const time = table.columns.find(({ label, type }) => label === x && type === 'time');
    const isNumber = ({ type }: { type: string }): boolean => type === 'float' || type === 'int' || type === 'uint';
    const value = table.columns.find((column) => column.label === y && isNumber(column));
    if (time === undefined || value === undefined || table.rowCount === 0) return [];
    return [{ name: `${withResult ? `${shownText(table.result)}: ` : ''}${nameOf(table)}`, table, time, value }];
  });
}

/** A pause of so many times the usual one is a gap. */
const GAP_STEPS = 3;
/** Points from which on there is a usual pause. */
const GAP_POINTS_MIN = 4;

export function lineOf({ name, table, time, value }: Drawable): Line {
  const points = Array.from({ length: table.rowCount }, (_, row) => {
    const ns = cellAt(time.vector, row);
    return { at: typeof ns === 'bigint' ? Number(ns / 1_000n) / 1e6 : 0, value: numberOfCell(cellAt(value.vector, row)) };
  }).sort((a, b) => a.at - b.at);
  const pauses = points.slice(1).map(({ at }, index) => at - (points[index]?.at ?? at));
  const usual = pauses.toSorted((a, b) => a - b)[Math.floor(pauses.length / 2)] ?? 0;
  const times: number[] = [];
  const values: (number | null)[] = [];
  for (const [index, point] of points.entries()) {
    const pause = pauses[index - 1] ?? 0;
    if (points.length >= GAP_POINTS_MIN && usual > 0 && pause > usual * GAP_STEPS) {
      times.push(point.at - pause / 2);
      values.push(null);
    }
    times.push(point.at);
    values.push(point.value);
  }
  return { name, times, values };
}

const nameOf = ({ key }: DecodedTable): string =>
  shownText(
    key
      .filter(({ label }) => !HIDDEN_KEYS.includes(label))
      .map(({ label, type, value }) => (label.startsWith('_') ? textOfCell(value, type) : `${label}=${textOfCell(value, type)}`))
      .join(' ') || 'values',
  );
