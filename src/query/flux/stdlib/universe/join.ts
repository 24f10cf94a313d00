/** `join`: the rows of two streams that agree in some columns. */
import { quoteGo } from '../../../../domain/go-quote.js';
import { emitTable } from '../../execute/operator.js';
import type { Emit, Operator } from '../../execute/operator.js';
import { TableCollection } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import { fluxError } from '../../language/errors.js';
import { Inference } from '../../language/inference.js';
import { TableStream } from '../../execute/table-stream.js';
import { unionBounds } from '../../plan/node.js';
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { chunkBytes, columnOf, findColumn } from '../../table/chunk.js';
import type { KeyColumn } from '../../table/group-key.js';
import { GroupKey, compareGroupKeys } from '../../table/group-key.js';
import { gatherVector } from '../../table/vector.js';
import { pairRows, withPairMemory } from '../join/row-pairs.js';
import { native } from '../native.js';
import { sortTable } from './sort.js';

export const join = native((args, context) => {
  const tables = args.record('tables');
  const names = [...tables.labels()].sort(compareUtf8);
  const notStream = names.find((name) => !(tables.get(name) instanceof TableStream));
  if (notStream !== undefined)
    throw fluxError(
      `expected ${quoteGo(notStream)} to be stream type; instead got ${new Inference().nameOf(tables.get(notStream) ?? null)}`,
    );
  const [left, right] = names;
  if (names.length !== 2 || left === undefined || right === undefined) throw fluxError('joins currently must have exactly two parents');
  const on = [...args.strings('on')].sort(compareUtf8);
  if (on.length === 0) throw fluxError('at least one column in `on` is required');
  const method = args.string('method', 'inner');
  if (method !== 'inner') throw fluxError(`${method} is not a valid join method`);
  const inputs = names.flatMap((name) => {
    const stream = tables.get(name);
    return stream instanceof TableStream ? [stream.node] : [];
  });
  return new TableStream({
    spec: { kind: 'operator' },
    inputs,
    site: context.site,
    bounds: unionBounds(inputs),
    create: (run) => joinOperator(run, [left, right], on),
  });
});

function joinOperator(run: RunContext, names: readonly [string, string], on: readonly string[]): Operator {
  const collections = [new TableCollection(run.memory), new TableCollection(run.memory)] as const;
  return {
    flushes: true,
    process: (chunk, _emit, input) => {
      (input === 0 ? collections[0] : collections[1]).add(chunk);
    },
    flush: () => undefined,
    finish(emit) {
      const [left, right] = collections.map((collection) => [...collection.takeAll()].filter(({ key }) => !hasNullIn(key, on)));
      joinTables(run, left ?? [], right ?? [], names, on, emit);
    },
  };
}

/** A null equals nothing, so a table that has one in all its rows joins nothing. */
const hasNullIn = (key: GroupKey, on: readonly string[]): boolean => on.some((label) => key.column(label)?.value === null);

function joinTables(
  run: RunContext,
  left: readonly Chunk[],
  right: readonly Chunk[],
  names: readonly [string, string],
  on: readonly string[],
  emit: Emit,
): void {
  const shared = on.filter((label) => left[0]?.key.has(label) === true && right[0]?.key.has(label) === true);
  const joined = new Map<string, Chunk>();
  for (const l of left) {
    for (const r of right) {
      run.environment.signal.throwIfAborted();
      if (shared.some((label) => l.key.column(label)?.value !== r.key.column(label)?.value)) continue;
      withPairMemory(run.memory, [l, r], (hold) => {
        const table = joinPair(l, r, names, on, hold);
        if (table.rowCount === 0) return;
        run.memory.hold(chunkBytes(table));
        joined.set(table.key.id, table);
      });
    }
  }
  for (const table of [...joined.values()].sort((a, b) => compareGroupKeys(a.key, b.key))) emitTable(table, emit);
}

function joinPair(
  l: Chunk,
  r: Chunk,
  [leftName, rightName]: readonly [string, string],
  on: readonly string[],
  hold: (pairCount: number) => void,
): Chunk {
  const left = sortTable(l, on, false);
  const right = sortTable(r, on, false);
  const isJoinable = on.every((label) => findColumn(l.columns, label) !== undefined && findColumn(r.columns, label) !== undefined);
  const pairs = pairRows(isJoinable ? left : undefined, isJoinable ? right : undefined, { left: on, right: on }, 'inner', hold);
  const inBoth = new Set(left.columns.map(({ label }) => label).filter((label) => findColumn(right.columns, label) !== undefined));
  const rename = (label: string, name: string): string => (inBoth.has(label) && !on.includes(label) ? `${label}_${name}` : label);
  const columns: Column[] = left.columns.map(({ label, vector }) => columnOf(rename(label, leftName), gatherVector(vector, pairs.left)));
  for (const { label, vector } of right.columns) {
    const name = rename(label, rightName);
    if (findColumn(columns, name) === undefined) columns.push(columnOf(name, gatherVector(vector, pairs.right)));
  }
  columns.sort((a, b) => compareUtf8(a.label, b.label));
  const keyed = new Map<string, KeyColumn>();
  for (const column of left.key.columns) keyed.set(rename(column.label, leftName), { ...column, label: rename(column.label, leftName) });
  for (const column of right.key.columns) {
    const label = rename(column.label, rightName);
    if (!keyed.has(label)) keyed.set(label, { ...column, label });
  }
  const key = new GroupKey([...keyed.values()].sort((a, b) => compareUtf8(a.label, b.label)));
  return { key, columns, rowCount: pairs.left.length };
}
