/**
 * Which points `first` and `last` without windows choose from, where several series have one at the same time: InfluxDB takes the top of
 * a heap of series twice, and of these two points the greater one.
 */
import { floorDivide } from '../../../domain/time.js';
import { valueAt } from './column.js';
import type { PartialRows } from './read-reduced.js';

/** One series: the only row of its part. */
interface Item {
  readonly input: PartialRows;
  readonly time: bigint;
}

type Less = (a: Item, b: Item) => boolean;

/**
 * @param inputs by the keys of their series, descending where the query is
 * @returns those that are chosen from
 */
export function popped(
  inputs: readonly PartialRows[],
  name: 'first' | 'last',
  { ascending, shardGroupDurationNs }: { readonly ascending: boolean; readonly shardGroupDurationNs: bigint },
): readonly PartialRows[] {
  const ordered = ascending === (name === 'first') ? inputs : inputs.toReversed();
  const items = ordered.flatMap((input): Item[] => {
    const [time] = input.times;
    return time === undefined ? [] : [{ input, time }];
  });
  if (items.length <= 2) return inputs;
  const isEarlier = name === 'first' ? (a: bigint, b: bigint) => a < b : (a: bigint, b: bigint) => a > b;
  const best = items.reduce((a, b) => (isEarlier(b.time, a.time) ? b : a));
  // Each shard has a heap of its own.
  const shard = floorDivide(best.time, shardGroupDurationNs);
  const heap = items.filter(({ time }) => floorDivide(time, shardGroupDurationNs) === shard);
  const less: Less = (a, b) => (a.time === b.time ? isBeforeByTexts(a.input, b.input, name === 'first') : isEarlier(a.time, b.time));
  for (let place = (heap.length >> 1) - 1; place >= 0; place--) sink(heap, place, heap.length, less);
  return [pop(heap, less), pop(heap, less)].flatMap((item) => (item === undefined ? [] : [item.input]));
}

/** By the columns beside the function's, as long as they are texts. */
function isBeforeByTexts(a: PartialRows, b: PartialRows, ascending: boolean): boolean {
  for (const [place, column] of a.aux.entries()) {
    const [own, other] = [column, b.aux[place]].map((one) => one && valueAt(one, 0));
    if (typeof own !== 'string' || typeof other !== 'string') return false;
    if (own !== other) return own < other === ascending;
  }
  return false;
}

/** As Go's package heap does it: of equals the one that happens to lie on top comes first. */
function pop(heap: Item[], less: Less): Item | undefined {
  const last = heap.length - 1;
  if (last < 0) return undefined;
  swap(heap, 0, last);
  sink(heap, 0, last, less);
  return heap.pop();
}

function sink(heap: Item[], from: number, length: number, less: Less): void {
  for (let place = from; ;) {
    const left = 2 * place + 1;
    if (left >= length) return;
    const right = left + 1;
    const child = right < length && less(heap[right] as Item, heap[left] as Item) ? right : left;
    if (!less(heap[child] as Item, heap[place] as Item)) return;
    swap(heap, place, child);
    place = child;
  }
}

function swap(heap: Item[], a: number, b: number): void {
  const item = heap[a] as Item;
  heap[a] = heap[b] as Item;
  heap[b] = item;
}
