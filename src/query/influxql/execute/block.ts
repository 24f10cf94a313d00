/** Rows of one series of a result, in columns: the form in which everything between the engine and the answer travels. */
import type { Column, Tag } from '../../../domain/series.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import { gatherColumn, reverseColumn, sliceColumn } from './column.js';
import { tagValue } from './series-filter.js';

/** What the rows of a series of a result have in common. */
export interface Group {
  readonly name: string;
  /** The tags that the query groups by, sorted by key; what a series does not have is empty. */
  readonly tags: readonly Tag[];
  /** The values of those tags in one text: with the same keys, groups are the same and ordered as these are. */
  readonly id: string;
}

/** Rows without their group. */
export interface Rows {
  readonly times: BigInt64Array;
  /** What a function works on; undefined where all are null, or where there is no function. */
  readonly value: Column | undefined;
  /** Other columns that go along, undefined where all are null. */
  readonly aux: readonly (Column | undefined)[];
}

/** Rows of a group. Blocks of one group follow each other and have the very same `group`. */
export interface Block extends Rows {
  readonly group: Group;
}

export type Blocks = AsyncIterable<Block>;

/** @param dimensions sorted, each once */
export function groupOf(name: string, tags: readonly Tag[], dimensions: readonly string[]): Group {
  const values = dimensions.map((key): Tag => [key, tagValue(tags, key)]);
  return { name, tags: values, id: values.map(([, value]) => value).join('\0') };
}

/** InfluxDB's order of series; descending queries have it the other way round. */
export const compareGroups = (a: Group, b: Group): number => compareUtf8(a.name, b.name) || compareUtf8(a.id, b.id);

export function sliceRows({ times, value, aux }: Rows, from: number, to: number): Rows {
  return {
    times: times.subarray(from, to),
    value: value && sliceColumn(value, from, to),
    aux: aux.map((column) => column && sliceColumn(column, from, to)),
  };
}

export function gatherRows({ times, value, aux }: Rows, rows: Int32Array): Rows {
  const gathered = new BigInt64Array(rows.length);
  for (let i = 0; i < rows.length; i++) gathered[i] = times[rows[i] as number] as bigint;
  return { times: gathered, value: value && gatherColumn(value, rows), aux: aux.map((column) => column && gatherColumn(column, rows)) };
}

export const reverseRows = ({ times, value, aux }: Rows): Rows => ({
  times: times.slice().reverse(),
  value: value && reverseColumn(value),
  aux: aux.map((column) => column && reverseColumn(column)),
});
