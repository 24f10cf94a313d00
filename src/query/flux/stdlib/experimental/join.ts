/** `join` of package `experimental`: rows of two streams with the same group key and time. */
import { TableCollection, emitTable } from '../../execute/operator.js';
import type { Operator } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import { fluxError } from '../../language/errors.js';
import { Row } from '../../language/row.js';
import { RowTypes } from '../../language/row-types.js';
import type { FunctionValue, Value } from '../../language/value.js';
import { cellOfValue, isRecord, typeName } from '../../language/value.js';
import { TableStream } from '../../execute/table-stream.js';
import { unionBounds } from '../../plan/node.js';
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import type { Chunk } from '../../table/chunk.js';
import { findColumn } from '../../table/chunk.js';
import type { GroupKey } from '../../table/group-key.js';
import { pairRows, withPairMemory } from '../join/row-pairs.js';
import { native } from '../native.js';
import { MappedColumn } from '../universe/map.js';
import { sortTable } from '../universe/sort.js';

const ON_TIME = { left: ['_time'], right: ['_time'] };

export const join = native((args, context) => {
  const inputs = [args.stream('left'), args.stream('right')];
  const fn = args.fn('fn');
  return new TableStream({
    spec: { kind: 'operator' },
    inputs,
    site: context.site,
    bounds: unionBounds(inputs),
    create: (run) => joinOperator(run, fn),
  });
});

function joinOperator(run: RunContext, fn: FunctionValue): Operator {
  const types = new RowTypes(fn, ['left', 'right']);
  const left = new TableCollection(run.memory);
  const right = new TableCollection(run.memory);
  return {
    flushes: true,
    process(chunk, _emit, input) {
      if (findColumn(chunk.columns, '_time') === undefined) throw fluxError('no _time column found');
      (input === 0 ? left : right).add(chunk);
    },
    flush: () => undefined,
    finish(emit) {
      for (const table of left.takeAll()) {
        const other = right.take(table.key);
        if (other === undefined) continue;
        withPairMemory(run.memory, [table, other], (hold) => {
          const joined = run.applyToRows(() => joinTables(table, other, fn, types, hold));
          if (joined !== undefined) emitTable(joined, emit);
        });
      }
    },
  };
}

function joinTables(a: Chunk, b: Chunk, fn: FunctionValue, types: RowTypes, hold: (pairCount: number) => void): Chunk | undefined {
  const left = sortTable(a, ON_TIME.left, false);
  const right = sortTable(b, ON_TIME.right, false);
  const pairs = pairRows(left, right, ON_TIME, 'inner', hold);
  if (pairs.count === 0) return undefined;
  const leftRow = new Row(left);
  const rightRow = new Row(right);
  const results = types.withColumns(left.columns, right.columns);
  const builders = new Map<string, MappedColumn>();
  for (let i = 0; i < pairs.count; i++) {
    const args = new Map<string, Value>([
      ['left', leftRow.at(pairs.left[i] as number)],
      ['right', rightRow.at(pairs.right[i] as number)],
    ]);
    const record = fn.call(args);
    if (!isRecord(record)) throw fluxError(`join function must return an object, got ${typeName(record)}`);
    if (i === 0) for (const label of record.labels()) builders.set(label, new MappedColumn(label, pairs.count));
    if (!keepsKey(a.key, (label) => record.get(label))) throw fluxError("argument 'fn' may not modify group key");
    for (const builder of builders.values()) builder.push(record.get(builder.label) ?? null);
  }
  const columns = [...builders.values()]
    .map((builder) => builder.build(results.of(builder.label)))
    .filter((column) => column !== undefined)
    .sort((x, y) => compareUtf8(x.label, y.label));
  return { key: a.key, columns, rowCount: pairs.count };
}

const keepsKey = (key: GroupKey, get: (label: string) => Value | undefined): boolean =>
  key.columns.every(({ label, value }) => {
    const given = get(label);
    return given !== undefined && cellOfValue(given) === value;
  });
