/** Points chosen by index from others: what is left after deletions, or after sorting. */
import type { Column } from '../../domain/series.js';
import type { Points } from './block.js';

export function pickPoints({ times, values }: Points, indexes: Uint32Array): Points {
  const picked = new BigInt64Array(indexes.length);
  for (let i = 0; i < indexes.length; i++) picked[i] = times[indexes[i] as number] as bigint;
  return { times: picked, values: pickValues(values, indexes) };
}

function pickValues(column: Column, indexes: Uint32Array): Column {
  switch (column.type) {
    case 'float':
      return { type: 'float', values: Float64Array.from(indexes, (index) => column.values[index] as number) };
    case 'integer':
      return { type: 'integer', values: pickBigInts(column.values, indexes, new BigInt64Array(indexes.length)) };
    case 'unsigned':
      return { type: 'unsigned', values: pickBigInts(column.values, indexes, new BigUint64Array(indexes.length)) };
    case 'boolean':
      return { type: 'boolean', values: Uint8Array.from(indexes, (index) => column.values[index] as number) };
    case 'string':
      return { type: 'string', values: Array.from(indexes, (index) => column.values[index] as string) };
  }
}

function pickBigInts<T extends BigInt64Array | BigUint64Array>(values: T, indexes: Uint32Array, target: T): T {
  for (let i = 0; i < indexes.length; i++) target[i] = values[indexes[i] as number] as bigint;
  return target;
}

/** The same points in the order of time; of those with one time the last. */
export function sortPoints(points: Points): Points {
  const { times } = points;
  if (isAscending(times)) return points;
  const order = Uint32Array.from(times, (_, index) => index).sort((a, b) => {
    const left = times[a] as bigint;
    const right = times[b] as bigint;
    return left < right ? -1 : left > right ? 1 : a - b;
  });
  const isLast = (at: number): boolean => at + 1 === order.length || times[order[at] as number] !== times[order[at + 1] as number];
  return pickPoints(
    points,
    order.filter((_, at) => isLast(at)),
  );
}

function isAscending(times: BigInt64Array): boolean {
  for (let i = 1; i < times.length; i++) if ((times[i - 1] as bigint) >= (times[i] as bigint)) return false;
  return true;
}
