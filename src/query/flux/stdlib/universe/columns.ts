/** `keep`, `drop`, `rename` and `duplicate`: which columns tables have, and what they are called. */
import type { Operator } from '../../execute/operator.js';
import { TableCollection, emitTable } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import { fluxError } from '../../language/errors.js';
import type { FunctionValue, Value } from '../../language/value.js';
import { isRecord, typeName } from '../../language/value.js';
import type { ColumnMutation } from '../../plan/node.js';
import type { Chunk } from '../../table/chunk.js';
import { findColumn } from '../../table/chunk.js';
import { GroupKey } from '../../table/group-key.js';
import type { Arguments, Native } from '../native.js';
import { step } from '../native.js';

export const keep = mutation((args) => ({ op: 'keep', ...columnsOrFunction(args, 'keep', 'predicate function', 'predicate') }));

export const drop = mutation((args) => ({ op: 'drop', ...columnsOrFunction(args, 'drop', 'predicate function', 'predicate') }));

export const rename = mutation((args) => {
  const record = args.get('columns');
  const fn = args.has('fn') ? args.fn('fn') : undefined;
  if (record === undefined && fn === undefined) throw fluxError('rename error: neither column list nor map function provided');
  if (record !== undefined && fn !== undefined) throw fluxError('rename error: both column list and map function provided');
  if (record === undefined) return { op: 'rename', columns: undefined, fn };
  if (!isRecord(record)) throw fluxError(`keyword argument "columns" should be of kind object, but got ${typeName(record)}`);
  const columns = new Map<string, string>();
  for (const label of record.labels()) {
    const name = record.get(label) ?? null;
    if (typeof name !== 'string') throw fluxError(`rename error: columns object contains non-string value of type ${typeName(name)}`);
    columns.set(label, name);
  }
  return { op: 'rename', columns, fn: undefined };
});

export const duplicate = mutation((args) => ({ op: 'duplicate', column: args.string('column'), as: args.string('as') }));

function columnsOrFunction(
  args: Arguments,
  name: string,
  missing: string,
  both: string,
): { columns: readonly string[] | undefined; fn: FunctionValue | undefined } {
  const columns = args.has('columns') ? args.strings('columns') : undefined;
  const fn = args.has('fn') ? args.fn('fn') : undefined;
  if (columns === undefined && fn === undefined) throw fluxError(`${name} error: neither column list nor ${missing} provided`);
  if (columns !== undefined && fn !== undefined) throw fluxError(`${name} error: both column list and ${both} provided`);
  return { columns, fn };
}

function mutation(read: (args: Arguments) => ColumnMutation): Native {
  return step((args) => {
    const change = read(args);
    return { spec: { kind: 'columns', mutation: change }, create: (run) => columnsOperator(run, change) };
  });
}

/** Tables whose keys have become the same become one. */
export function columnsOperator(run: RunContext, change: ColumnMutation): Operator {
  const output = new TableCollection(run.memory);
  return {
    flushes: true,
    process: (chunk) => {
      output.add(run.applyToRows(() => mutateColumns(chunk, change)));
    },
    flush: () => undefined,
    finish(emit) {
      for (const table of output.takeAll()) emitTable(table, emit);
    },
  };
}

function mutateColumns(chunk: Chunk, change: ColumnMutation): Chunk {
  switch (change.op) {
    case 'keep':
    case 'drop':
      return select(chunk, keepsColumn(change));
    case 'rename':
      return renamed(chunk, change);
    case 'duplicate':
      return duplicated(chunk, change.column, change.as);
  }
}

function keepsColumn({ op, columns, fn }: Extract<ColumnMutation, { op: 'keep' | 'drop' }>): (label: string) => boolean {
  if (columns !== undefined) return (label) => columns.includes(label) === (op === 'keep');
  return (label) => (callWithColumn(fn as FunctionValue, label) === true) === (op === 'keep');
}

const callWithColumn = (fn: FunctionValue, column: string): Value => fn.call(new Map([['column', column]]));

function select(chunk: Chunk, keeps: (label: string) => boolean): Chunk {
  const columns = chunk.columns.filter(({ label }) => keeps(label));
  const key = new GroupKey(columns.map(({ label }) => chunk.key.column(label)).filter((column) => column !== undefined));
  // Rows are what columns have.
  return { key, columns, rowCount: columns.length === 0 ? 0 : chunk.rowCount };
}

function renamed(chunk: Chunk, { columns, fn }: Extract<ColumnMutation, { op: 'rename' }>): Chunk {
  for (const label of columns?.keys() ?? []) {
    if (findColumn(chunk.columns, label) === undefined) throw fluxError(`rename error: column "${label}" doesn't exist`);
  }
  const names = new Map(
    chunk.columns.map(({ label }) => {
      if (columns !== undefined) return [label, columns.get(label) ?? label];
      const name = callWithColumn(fn as FunctionValue, label);
      if (typeof name !== 'string') throw fluxError(`rename error: the function must return a string, got ${typeName(name)}`);
      return [label, name];
    }),
  );
  const nameOf = (label: string): string => names.get(label) as string;
  const result = chunk.columns.map((column) => ({ ...column, label: nameOf(column.label) }));
  result.forEach(({ label }, i) => {
    const first = result.findIndex((column) => column.label === label);
    if (first < i) throw fluxError(`column ${first} and ${i} have the same name ("${label}") which is not allowed`);
  });
  const keyed = chunk.columns.map(({ label }) => chunk.key.column(label)).filter((column) => column !== undefined);
  return {
    key: new GroupKey(keyed.map((column) => ({ ...column, label: nameOf(column.label) }))),
    columns: result,
    rowCount: chunk.rowCount,
  };
}

function duplicated(chunk: Chunk, from: string, as: string): Chunk {
  const source = findColumn(chunk.columns, from);
  if (source === undefined) throw fluxError(`duplicate error: column "${from}" doesn't exist`);
  const copy = { ...source, label: as };
  const exists = findColumn(chunk.columns, as) !== undefined;
  const columns = exists ? chunk.columns.map((column) => (column.label === as ? copy : column)) : [...chunk.columns, copy];
  if (!chunk.key.has(as)) return { ...chunk, columns };
  const keyed = chunk.key.column(from);
  const others = chunk.key.columns.filter(({ label }) => label !== as);
  return { ...chunk, columns, key: new GroupKey(keyed === undefined ? others : [...others, { ...keyed, label: as }]) };
}
