/** The rows of several calls side by side: rows with the same series and time are one. */
import type { Column, FieldType } from '../../../domain/series.js';
import type { Fill } from '../syntax/ast.js';
import { type Block, type Blocks, compareGroups, type Group } from './block.js';
import { ColumnBuilder, type Value, valueAt } from './column.js';
import { fillValue } from './fill.js';

const ROWS_PER_PIECE = 8_192;

/** Where a stream stands. */
class Head {
  block: Block | undefined;
  row = 0;
  private readonly iterator: AsyncIterator<Block>;

  constructor(blocks: Blocks) {
    this.iterator = blocks[Symbol.asyncIterator]();
  }

  /** Goes on to the next block that has rows. */
  async load(): Promise<void> {
    this.row = 0;
    do {
      const next = await this.iterator.next();
      this.block = next.done === true ? undefined : next.value;
    } while (this.block?.times.length === 0);
  }

  async close(): Promise<void> {
    await this.iterator.return?.();
  }

  get group(): Group | undefined {
    return this.block?.group;
  }

  get time(): bigint {
    return (this.block as Block).times[this.row] as bigint;
  }
}

export interface JoinOptions {
  readonly ascending: boolean;
  /** What stands where a stream has no value. */
  readonly fill: Fill;
  /** Of the streams' values. */
  readonly types: readonly FieldType[];
}

/** @returns blocks whose columns beside the function's are the values of the streams, in their order */
export async function* joinStreams(streams: readonly Blocks[], options: JoinOptions): AsyncGenerator<Block, void, undefined> {
  const heads = streams.map((blocks) => new Head(blocks));
  try {
    for (const head of heads) await head.load();
    const joiner = new Joiner(heads, options);
    for (;;) {
      const group = joiner.nextGroup();
      if (group === undefined) return;
      yield* joiner.joinGroup(group);
    }
  } finally {
    for (const head of heads) await head.close();
  }
}

class Joiner {
  private readonly heads: readonly Head[];
  private readonly options: JoinOptions;

  constructor(heads: readonly Head[], options: JoinOptions) {
    this.heads = heads;
    this.options = options;
  }

  nextGroup(): Group | undefined {
    let next: Group | undefined;
    for (const { group } of this.heads) {
      if (group === undefined) continue;
      if (next === undefined || (this.options.ascending ? compareGroups(group, next) < 0 : compareGroups(group, next) > 0)) next = group;
    }
    return next;
  }

  async *joinGroup(group: Group): AsyncGenerator<Block, void, undefined> {
    const { types, fill, ascending } = this.options;
    const last: (Value | undefined)[] = types.map(() => undefined);
    for (;;) {
      const here = this.heads.map((head) => (head.group !== undefined && compareGroups(head.group, group) === 0 ? head : undefined));
      const present = here.filter((head) => head !== undefined);
      if (present.length === 0) return;
      const whole = present.length === here.length ? wholeBlocks(present) : undefined;
      if (whole !== undefined && fill.kind !== 'previous' && fill.kind !== 'number') {
        for (const head of present) await head.load();
        yield { group, times: (whole[0] as Block).times, value: undefined, aux: whole.map(({ value }) => value) };
        continue;
      }
      const times: bigint[] = [];
      const builders = types.map((type, i) => new ColumnBuilder(here[i]?.block?.value?.type ?? type));
      for (let needsBlock = false; !needsBlock && times.length < ROWS_PER_PIECE;) {
        const time = present.map((head) => head.time).reduce((a, b) => (a < b === ascending ? a : b));
        times.push(time);
        for (const [i, head] of here.entries()) {
          const block = head?.block;
          const isAt = head !== undefined && block !== undefined && head.time === time;
          const own = isAt && block.value !== undefined ? valueAt(block.value, head.row) : undefined;
          last[i] = own ?? defaultOf(fill, (builders[i] as ColumnBuilder).type, last[i]);
          (builders[i] as ColumnBuilder).push(last[i]);
          if (isAt && ++head.row === block.times.length) needsBlock = true;
        }
      }
      yield { group, times: BigInt64Array.from(times), value: undefined, aux: builders.map((builder) => builder.build()) };
      for (const head of present) if (head.row === head.block?.times.length) await head.load();
    }
  }
}

/** The blocks of all streams where they have the very same times and none has been begun. */
function wholeBlocks(heads: readonly Head[]): readonly Block[] | undefined {
  const blocks = heads.map(({ block, row }) => (row === 0 ? block : undefined));
  const [first] = blocks;
  if (first === undefined) return undefined;
  const { times } = first;
  const isSame = (block: Block | undefined): block is Block =>
    block !== undefined && block.times.length === times.length && times.every((time, row) => block.times[row] === time);
  return blocks.every(isSame) ? blocks : undefined;
}

function defaultOf(fill: Fill, type: FieldType, previous: Value | undefined): Value | undefined {
  if (fill.kind === 'number') return fillValue(fill.value, type);
  return fill.kind === 'previous' ? previous : undefined;
}

/** Puts a fill's values where columns have none. `last` has the values that were before, and takes those that come. */
export function fillNulls(
  columns: readonly (Column | undefined)[],
  rowCount: number,
  fill: Fill,
  last: (Value | undefined)[],
): (Column | undefined)[] {
  if (fill.kind !== 'previous' && fill.kind !== 'number') return [...columns];
  return columns.map((column, i) => {
    if (column === undefined || (column.valid === undefined && fill.kind === 'number')) return column;
    const builder = new ColumnBuilder(column.type, rowCount);
    for (let row = 0; row < rowCount; row++) {
      last[i] = valueAt(column, row) ?? defaultOf(fill, column.type, last[i]);
      builder.push(last[i]);
    }
    return builder.build();
  });
}
