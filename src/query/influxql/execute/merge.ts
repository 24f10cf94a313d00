/** Rows of several series brought together in the order of time. */
import type { Column } from '../../../domain/series.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import type { Rows } from './block.js';
import { gatherFromColumns } from './column.js';
import { Heap } from './heap.js';
import { shardStart } from './shards.js';

/** Rows that are made at a time, so that others get their turn. */
const ROWS_PER_PIECE = 8_192;

export interface MergeOrder {
  readonly ascending: boolean;
  /**
   * How rows with one time are ordered: as the inputs come, or as InfluxDB's storage happens to have them. There, the columns beside the
   * function may count as long as they are texts, and beyond that the state of a heap, which begins anew with each shard group.
   */
  readonly ties: 'stable' | { readonly shardGroupDurationNs: bigint; readonly countsTexts: boolean };
}

/** @param inputs each in the order of time that is asked for, none empty */
export function* mergeRows(inputs: readonly Rows[], order: MergeOrder): Generator<Rows, void, undefined> {
  const [first] = inputs;
  if (first === undefined) return;
  if (inputs.length === 1) {
    yield first;
    return;
  }
  const values = inputs.map(({ value }) => value);
  const columns = first.aux.map((_, i) => inputs.map(({ aux }) => aux[i]));
  const merger = new Merger(inputs, order);
  for (let count = merger.fill(); count > 0; count = merger.fill()) {
    const from = merger.inputOf.subarray(0, count);
    const rows = merger.rowOf.subarray(0, count);
    const times = new BigInt64Array(count);
    for (let i = 0; i < count; i++) times[i] = (inputs[from[i] as number] as Rows).times[rows[i] as number] as bigint;
    yield { times, value: gatherFromColumns(values, from, rows), aux: columns.map((column) => gatherFromColumns(column, from, rows)) };
  }
}

/** Finds which row of which input comes next. */
class Merger {
  readonly inputOf = new Int32Array(ROWS_PER_PIECE);
  readonly rowOf = new Int32Array(ROWS_PER_PIECE);
  private readonly inputs: readonly Rows[];
  private readonly order: MergeOrder;
  private readonly next: Int32Array;
  private readonly heap: Heap;
  /** Inputs whose next row lies in a later shard group. */
  private waiting: number[];
  private shardStart = 0n;
  private shardStop = 0n;

  constructor(inputs: readonly Rows[], order: MergeOrder) {
    this.inputs = inputs;
    this.order = order;
    this.next = new Int32Array(inputs.length);
    this.waiting = [...inputs.keys()];
    const isTieLess = this.tieOrder();
    const { ascending } = order;
    this.heap = new Heap((a, b) => {
      const timeA = this.timeOf(a);
      const timeB = this.timeOf(b);
      return timeA === timeB ? isTieLess(a, b) : timeA < timeB === ascending;
    });
  }

  private tieOrder(): (a: number, b: number) => boolean {
    const { ties } = this.order;
    if (ties === 'stable') return (a, b) => a < b;
    return ties.countsTexts ? this.isLessByTexts.bind(this) : () => false;
  }

  /** Puts the next rows into `inputOf` and `rowOf`. @returns how many; 0 at the end */
  fill(): number {
    const { heap, next } = this;
    for (let count = 0; count < ROWS_PER_PIECE; count++) {
      if (heap.size === 0 && !this.enterNextShard()) return count;
      const input = heap.pop();
      const row = next[input] as number;
      this.inputOf[count] = input;
      this.rowOf[count] = row;
      next[input] = row + 1;
      if (row + 1 === (this.inputs[input] as Rows).times.length) continue;
      if (this.isHere(input)) heap.push(input);
      else this.waiting.push(input);
    }
    return ROWS_PER_PIECE;
  }

  private timeOf(input: number): bigint {
    return (this.inputs[input] as Rows).times[this.next[input] as number] as bigint;
  }

  private isHere(input: number): boolean {
    if (this.order.ties === 'stable') return true;
    const time = this.timeOf(input);
    return time >= this.shardStart && time < this.shardStop;
  }

  private enterNextShard(): boolean {
    if (this.waiting.length === 0) return false;
    const { ascending, ties } = this.order;
    if (ties !== 'stable') {
      const nearest = this.waiting.map((input) => this.timeOf(input)).reduce((a, b) => (a < b === ascending ? a : b));
      const everyNs = ties.shardGroupDurationNs;
      this.shardStart = shardStart(nearest, everyNs);
      this.shardStop = this.shardStart + everyNs;
    }
    const all = this.waiting.sort((a, b) => a - b);
    this.heap.init(all.filter((input) => this.isHere(input)));
    this.waiting = all.filter((input) => !this.isHere(input));
    return true;
  }

  private isLessByTexts(a: number, b: number): boolean {
    const auxOfA = (this.inputs[a] as Rows).aux;
    const auxOfB = (this.inputs[b] as Rows).aux;
    for (let i = 0; i < auxOfA.length; i++) {
      const textA = this.textOf(a, auxOfA[i]);
      const textB = this.textOf(b, auxOfB[i]);
      if (textA === undefined || textB === undefined) return false;
      const order = compareUtf8(textA, textB);
      if (order !== 0) return order < 0 === this.order.ascending;
    }
    return false;
  }

  private textOf(input: number, column: Column | undefined): string | undefined {
    const row = this.next[input] as number;
    return column?.type === 'string' && column.valid?.[row] !== 0 ? column.values[row] : undefined;
  }
}
