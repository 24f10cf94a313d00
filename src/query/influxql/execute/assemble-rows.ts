/** Rows out of the columns of several fields of a series, and of its tags. */
import type { Column, Tag } from '../../../domain/series.js';
import type { VarRef } from '../syntax/ast.js';
import type { Rows } from './block.js';
import { castColumn, constantColumn, gatherColumn } from './column.js';
import { type ReadRequest, typeAs } from './read-request.js';
import type { SelectedSeries } from './select-series.js';
import { tagValue } from './series-filter.js';

/** The points of one field of a series. */
export interface FieldPoints {
  readonly times: BigInt64Array;
  readonly column: Column;
}

/** The value of a tag in every row; undefined where the series does not have it. */
export function tagColumn(tags: readonly Tag[], key: string, length: number): Column | undefined {
  const value = tagValue(tags, key);
  return value === '' ? undefined : constantColumn('string', value, length);
}

export function assembleRows(
  { schema, driver, aux }: ReadRequest,
  { tags }: SelectedSeries,
  byField: ReadonlyMap<string, FieldPoints>,
): Rows | undefined {
  const points = driver && byField.get(driver.name);
  if (driver !== undefined && points === undefined) return undefined;
  // Where a field does not go by the type that it has in other measurements, it is as if it were not there.
  const isStored = ({ name, type }: VarRef): boolean => {
    const stored = type === 'tag' ? undefined : schema.fields.get(name);
    return stored !== undefined && typeAs(type, stored) !== undefined;
  };
  const isField = ({ name, type }: VarRef): boolean => type !== 'tag' && schema.fields.has(name);
  const times = points?.times ?? joinTimes(aux.filter(isStored).flatMap(({ name }) => byField.get(name)?.times ?? []));
  if (times.length === 0) return undefined;
  const value = points && castColumn(points.column, typeAs(driver.type, points.column.type) ?? points.column.type);
  return {
    times,
    value,
    aux: aux.map((reference) => {
      if (!isField(reference)) return tagColumn(tags, reference.name, times.length);
      const found = byField.get(reference.name);
      const type = found && typeAs(reference.type, found.column.type);
      return found && type && castColumn(alignColumn(found, times), type);
    }),
  };
}

function sameTimes(a: BigInt64Array, b: BigInt64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The times at which any of some fields has a value. */
function joinTimes(lists: readonly BigInt64Array[]): BigInt64Array {
  let joined = lists[0] ?? new BigInt64Array(0);
  for (const list of lists.slice(1)) if (!sameTimes(joined, list)) joined = unite(joined, list);
  return joined;
}

function unite(a: BigInt64Array, b: BigInt64Array): BigInt64Array {
  const united = new BigInt64Array(a.length + b.length);
  let count = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; count++) {
    const left = a[i];
    const right = b[j];
    if (right === undefined || (left !== undefined && left <= right)) {
      united[count] = left as bigint;
      i++;
      if (left === right) j++;
    } else {
      united[count] = right;
      j++;
    }
  }
  return united.slice(0, count);
}

/** A field in the rows of other times, which are all of its own and maybe more, or fewer. */
export function alignColumn({ times: own, column }: FieldPoints, times: BigInt64Array): Column {
  if (sameTimes(own, times)) return column;
  const rows = new Int32Array(times.length);
  let at = 0;
  for (let row = 0; row < times.length; row++) {
    const time = times[row] as bigint;
    while (at < own.length && (own[at] as bigint) < time) at++;
    rows[row] = at < own.length && own[at] === time ? at : -1;
  }
  return gatherColumn(column, rows);
}
