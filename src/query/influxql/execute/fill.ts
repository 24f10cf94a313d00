/** Rows for windows that have no points. */
import { invalid } from '../../../domain/errors.js';
import type { Column, FieldType } from '../../../domain/series.js';
import { floorDivide } from '../../../domain/time.js';
import { toInt64 } from '../compile/reduce.js';
import { MIN_TIME } from '../compile/condition.js';
import type { Fill } from '../syntax/ast.js';
import type { Block, Blocks, Group } from './block.js';
import { ColumnBuilder, type Value, valueAt } from './column.js';
import { lineAt } from './transformations.js';
import type { Turns } from './turns.js';
import type { Windows } from './windows.js';

/** Rows that are made at a time. */
const ROWS_PER_PIECE = 8_192;

export interface FillOptions {
  readonly fill: Fill;
  readonly windows: Windows;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly ascending: boolean;
  readonly type: FieldType;
  /** Columns beside the function's. */
  readonly auxCount: number;
  readonly turns: Turns;
  readonly windowBudget: WindowBudget;
}

/** How many windows one statement may show, those without points included. */
const WINDOWS_MAX = 5_000_000;

/** Counts the windows of a statement. */
export class WindowBudget {
  private count = 0;

  /** @throws DomainError `invalid`, in InfluxDB's words, before so many windows are made in vain */
  spend(windows: number): void {
    this.count += windows;
    if (this.count > WINDOWS_MAX) {
      throw invalid(
        `max-select-buckets limit exceeded: (${this.count}/${WINDOWS_MAX}); narrow the range of time, use longer windows or fill(none)`,
      );
    }
  }
}

/** A number as a value of a column; undefined where the column is not of numbers. */
export function fillValue(value: number | bigint, type: FieldType): Value | undefined {
  switch (type) {
    case 'float':
      return Number(value);
    case 'integer':
      return typeof value === 'bigint' ? value : toInt64(value);
    case 'unsigned':
      return BigInt.asUintN(64, typeof value === 'bigint' ? value : toInt64(value));
    default:
      return undefined;
  }
}

/** The same rows and one for each window between the bounds that has none. Series without any row stay without. */
export async function* fillWindows(blocks: Blocks, options: FillOptions): AsyncGenerator<Block, void, undefined> {
  let filler: Filler | undefined;
  const { turns } = options;
  const finish = async function* (ended: Filler | undefined): AsyncGenerator<Block, void, undefined> {
    for (const piece of ended?.finish() ?? []) {
      await turns.next();
      yield piece;
    }
  };
  for await (const block of blocks) {
    if (filler?.group !== block.group) {
      yield* finish(filler);
      filler = new Filler(block.group, options);
    }
    for (const piece of filler.take(block)) {
      await turns.next();
      yield piece;
    }
  }
  yield* finish(filler);
}

class Filler {
  readonly group: Group;
  private readonly options: FillOptions;
  private times: bigint[] = [];
  private values: ColumnBuilder;
  private aux: { block: Block; row: number }[] = [];
  /** The window that comes next; undefined before the first row. */
  private expected: bigint | undefined;
  private readonly first: bigint;
  private readonly last: bigint;
  /** Of the window that comes next, as far as steps have noticed a change of clocks. */
  private zoneOffset: bigint | undefined;
  private previous: { readonly time: bigint; readonly value: Value | undefined } | undefined;

  constructor(group: Group, options: FillOptions) {
    const { windows, startNs, endNs, ascending, type } = options;
    this.group = group;
    this.options = options;
    this.values = new ColumnBuilder(type);
    const [begin, end] = ascending ? [startNs, endNs] : [endNs, startNs];
    this.first = begin === MIN_TIME ? MIN_TIME : windows.of(begin).start;
    this.last = end === MIN_TIME ? MIN_TIME : windows.of(end).start;
  }

  *take(block: Block): Generator<Block, void, undefined> {
    for (let row = 0; row < block.times.length; row++) {
      const time = block.times[row] as bigint;
      const value = block.value && valueAt(block.value, row);
      this.expected ??= this.begin(time);
      yield* this.fillUntil(time, value);
      this.push(time, value, { block, row });
      this.previous = { time, value };
      // InfluxDB goes on by a window with each row, also where one comes before it is expected: where clocks change.
      this.expected = this.step(this.expected);
      if (this.times.length >= ROWS_PER_PIECE) yield this.piece();
    }
  }

  /** The first window of the series. */
  private begin(time: bigint): bigint {
    const first = this.first === MIN_TIME ? this.options.windows.of(time).start : this.first;
    if (this.last !== MIN_TIME) this.spend(first, this.last);
    return first;
  }

  private step(from: bigint): bigint {
    const { windows, ascending } = this.options;
    this.zoneOffset ??= windows.zoneOffset(this.first === MIN_TIME ? from : this.first);
    const { next, zoneOffset } = windows.step(from, this.zoneOffset, ascending);
    this.zoneOffset = zoneOffset;
    return next;
  }

  private spend(from: bigint, to: bigint): void {
    const span = to > from ? to - from : from - to;
    this.options.windowBudget.spend(Number(span / this.options.windows.everyNs) + 1);
  }

  *finish(): Generator<Block, void, undefined> {
    const { ascending } = this.options;
    if (this.expected !== undefined && (ascending || this.last !== MIN_TIME)) {
      while (ascending ? this.expected <= this.last : this.expected >= this.last) {
        this.push(this.expected, this.filled(this.expected, undefined), undefined);
        this.expected = this.step(this.expected);
        if (this.times.length >= ROWS_PER_PIECE) yield this.piece();
      }
    }
    if (this.times.length > 0) yield this.piece();
  }

  private *fillUntil(time: bigint, value: Value | undefined): Generator<Block, void, undefined> {
    const { ascending } = this.options;
    let expected = this.expected as bigint;
    if (this.last === MIN_TIME && !ascending && expected > time) this.spend(expected, time);
    while (ascending ? expected < time : expected > time) {
      this.push(expected, this.filled(expected, { time, value }), undefined);
      expected = this.step(expected);
      if (this.times.length >= ROWS_PER_PIECE) {
        this.expected = expected;
        yield this.piece();
      }
    }
    this.expected = expected;
  }

  private push(time: bigint, value: Value | undefined, source: { block: Block; row: number } | undefined): void {
    this.times.push(time);
    this.values.push(value);
    if (this.options.auxCount > 0) this.aux.push(source ?? { block: EMPTY, row: 0 });
  }

  private filled(time: bigint, next: { readonly time: bigint; readonly value: Value | undefined } | undefined): Value | undefined {
    const { fill, type, windows } = this.options;
    switch (fill.kind) {
      case 'number':
        return fillValue(fill.value, type);
      case 'previous':
        return this.previous?.value;
      case 'linear': {
        const from = this.previous;
        if (from?.value === undefined || next?.value === undefined || type === 'string' || type === 'boolean') return undefined;
        // InfluxDB counts windows, not nanoseconds.
        const place = (at: bigint): bigint => floorDivide(at, windows.everyNs);
        const height = lineAt(
          place(time),
          { time: place(from.time), value: Number(from.value) },
          { time: place(next.time), value: Number(next.value) },
        );
        return fillValue(height, type);
      }
      default:
        return undefined;
    }
  }

  private piece(): Block {
    const sources = this.aux;
    const aux = Array.from({ length: this.options.auxCount }, (_, i) => collectAux(sources, i));
    const block = { group: this.group, times: BigInt64Array.from(this.times), value: this.values.build(), aux };
    this.times = [];
    this.values = new ColumnBuilder(this.options.type);
    this.aux = [];
    return block;
  }
}

const EMPTY: Block = { group: { name: '', tags: [], id: '' }, times: new BigInt64Array(0), value: undefined, aux: [] };

function collectAux(sources: readonly { readonly block: Block; readonly row: number }[], index: number): Column | undefined {
  const type = sources.map(({ block }) => block.aux[index]).find((column) => column !== undefined)?.type;
  if (type === undefined) return undefined;
  const builder = new ColumnBuilder(type, sources.length);
  for (const { block, row } of sources) {
    const column = block.aux[index];
    builder.push(column && valueAt(column, row));
  }
  return builder.build();
}
