/** What a command shows: a table, or JSON. */
import { formatTable, type Cell } from './table.js';
import { writeOut } from './terminal.js';

export interface OutputOptions {
  readonly json: boolean;
  readonly 'hide-headers': boolean;
}

export const printTable = (
  { 'hide-headers': hidesHeaders }: OutputOptions,
  headers: readonly string[],
  rows: readonly (readonly Cell[])[],
) => {
  writeOut(formatTable(headers, rows, hidesHeaders));
};

/** Indented by tabs, as `influx` does. */
export const printJson = (value: unknown): void => {
  writeOut(`${JSON.stringify(value, undefined, '\t')}\n`);
};

/** The members in the order of their names, as `influx` shows what the server answered. */
export const sortMembers = (object: object): object =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : Number(a > b))));

/** An empty list is `null` where `influx` says so. */
export const nullIfEmpty = <T>(list: readonly T[]): readonly T[] | null => (list.length === 0 ? null : list);
