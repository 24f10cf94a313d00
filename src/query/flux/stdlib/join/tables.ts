/** `join.tables` and its short forms: rows of two streams with the same group key that agree in some columns, and those that find none. */
import type { Emit, Operator } from '../../execute/operator.js';
import { TableCollection } from '../../execute/operator.js';
import type { RunContext } from '../../execute/run-context.js';
import { fluxError } from '../../language/errors.js';
import { memberName } from '../../syntax/names.js';
import { Row } from '../../language/row.js';
import { RowTypes } from '../../language/row-types.js';
import type { FunctionValue, RecordValue, Value } from '../../language/value.js';
import { cellOfValue, isRecord, typeName } from '../../language/value.js';
import { TableStream } from '../../execute/table-stream.js';
import { withoutParens } from '../../language/vectorizable.js';
import { bodyExpression } from '../../plan/predicate.js';
import { unionBounds } from '../../plan/node.js';
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import type { Chunk, Column, ColumnMeta } from '../../table/chunk.js';
import { constantColumn, findColumn } from '../../table/chunk.js';
import type { GroupKey } from '../../table/group-key.js';
import type { ColumnType } from '../../table/vector.js';
import type { Arguments, CallContext, Native } from '../native.js';
import { native } from '../native.js';
import { MappedColumn } from '../universe/map.js';
import { sortTable } from '../universe/sort.js';
import type { ColumnPairs } from './predicate.js';
import { columnPairs, faultOf } from './predicate.js';
import type { JoinMethod, RowPairs } from './row-pairs.js';
import { pairRows, withPairMemory } from './row-pairs.js';

const METHODS: readonly JoinMethod[] = ['inner', 'left', 'right', 'full'];

export const tables = native((args, context) => {
  const method = METHODS.find((known) => known === args.string('method'));
  if (method === undefined) throw fluxError('invalid argument for \'method\' - must be "inner", "left", "right", or "full"');
  return joined(args, context, method, args.fn('on'));
}, 'left');

export const joinBy = (method: JoinMethod): Native => native((args, context) => joined(args, context, method, args.fn('on')), 'left');

export function joined(args: Arguments, context: CallContext, method: JoinMethod, on: FunctionValue): TableStream {
  const inputs = [args.stream('left'), args.stream('right')];
  const as = args.fn('as');
  return new TableStream({
    spec: { kind: 'operator', fault: faultOf(on) },
    inputs,
    site: context.site,
    bounds: unionBounds(inputs),
    create: (run) => joinOperator(run, method, columnPairs(on), as),
  });
}

/** The columns that tables of one side have had. */
type Schema = Map<string, ColumnType>;

const columnsOfSchema = (schema: Schema): ColumnMeta[] => [...schema].map(([label, type]) => ({ label, type }));

function joinOperator(run: RunContext, method: JoinMethod, on: ColumnPairs, as: FunctionValue): Operator {
  const sides = [new TableCollection(run.memory), new TableCollection(run.memory)] as const;
  const schemas: readonly [Schema, Schema] = [new Map(), new Map()];
  const keys = new Map<string, GroupKey>();
  return {
    flushes: false,
    process(chunk, _emit, input) {
      const side = input === 0 ? 0 : 1;
      if (chunk.rowCount === 0) return;
      for (const { label, type } of chunk.columns) if (!schemas[side].has(label)) schemas[side].set(label, type);
      keys.set(chunk.key.id, chunk.key);
      sides[side].add(chunk);
    },
    flush: () => undefined,
    finish(emit) {
      const join = new Join(run, method, on, as, schemas);
      for (const key of keys.values()) {
        run.environment.signal.throwIfAborted();
        join.join(key, sides[0].take(key), sides[1].take(key), emit);
      }
    },
  };
}

class Join {
  private readonly run: RunContext;
  private readonly method: JoinMethod;
  private readonly on: ColumnPairs;
  private readonly as: FunctionValue;
  private readonly schemas: readonly [Schema, Schema];
  private readonly types: RowTypes;

  constructor(run: RunContext, method: JoinMethod, on: ColumnPairs, as: FunctionValue, schemas: readonly [Schema, Schema]) {
    this.run = run;
    this.method = method;
    this.on = on;
    this.as = as;
    this.schemas = schemas;
    this.types = new RowTypes(as, ['l', 'r']);
    for (const [side, name, label] of this.usedLabels()) {
      const prefix = `error preparing ${name} side of join`;
      if (schemas[side].size === 0) throw fluxError(`${prefix}: cannot join on an empty table`);
      if (!schemas[side].has(label)) throw fluxError(`${prefix}: table is missing label ${label}`);
    }
  }

  join(key: GroupKey, left: Chunk | undefined, right: Chunk | undefined, emit: Emit): void {
    const { method, on } = this;
    if (left === undefined && (method === 'inner' || method === 'left')) return;
    if (right === undefined && (method === 'inner' || method === 'right')) return;
    const sortedLeft = left && sortTable(checkColumns(left, on.left, 'left'), on.left, false);
    const sortedRight = right && sortTable(checkColumns(right, on.right, 'right'), on.right, false);
    withPairMemory(this.run.memory, [left, right], (hold) => {
      const pairs = pairRows(sortedLeft, sortedRight, on, method, hold);
      if (pairs.count === 0) return;
      const rows: readonly [SideRows, SideRows] = [
        new SideRows(sortedLeft, key, this.schemas[0]),
        new SideRows(sortedRight, key, this.schemas[1]),
      ];
      const columns = this.run.applyToRows(() => this.columns(key, rows, pairs));
      emit.chunk({ key, columns, rowCount: pairs.count });
    });
  }

  private columns(key: GroupKey, [left, right]: readonly [SideRows, SideRows], pairs: RowPairs): Column[] {
    const types = this.types.withColumns(...this.schemas.map(columnsOfSchema));
    const builders = new Map<string, MappedColumn>();
    for (let i = 0; i < pairs.count; i++) {
      const args = new Map<string, Value>([
        ['l', left.at(pairs.left[i] as number)],
        ['r', right.at(pairs.right[i] as number)],
      ]);
      const record = this.as.call(args);
      if (!isRecord(record)) throw fluxError(`join function must return an object, got ${typeName(record)}`);
      checkKey(record, key);
      if (i === 0) for (const label of record.labels()) builders.set(label, new MappedColumn(label, pairs.count));
      for (const builder of builders.values()) builder.push(record.get(builder.label) ?? null);
    }
    return [...builders.values()]
      .map((builder) => builder.build(types.of(builder.label)))
      .filter((column) => column !== undefined)
      .sort((a, b) => compareUtf8(a.label, b.label));
  }

  /** Columns that the properties of `as` are taken from, as far as they can be told from it. */
  private *usedLabels(): Iterable<readonly [side: 0 | 1, name: string, label: string]> {
    const expression = this.as.definition?.expression;
    const body = expression && bodyExpression(expression);
    const record = body && withoutParens(body);
    if (record?.type !== 'ObjectExpression') return;
    for (const { value } of record.properties) {
      if (value?.type !== 'MemberExpression' || value.object.type !== 'Identifier') continue;
      if (value.object.name === 'l') yield [0, 'left', memberName(value)];
      if (value.object.name === 'r') yield [1, 'right', memberName(value)];
    }
  }
}

function checkColumns(table: Chunk, labels: readonly string[], side: string): Chunk {
  const missing = labels.find((label) => findColumn(table.columns, label) === undefined);
  if (missing === undefined) return table;
  throw fluxError(`cannot set join columns in ${side} table stream: table is missing column '${missing}'`);
}

function checkKey(record: RecordValue, key: GroupKey): void {
  for (const { label, type, value } of key.columns) {
    const given = record.get(label);
    if (given !== undefined && cellOfValue(given) === value) continue;
    throw fluxError(`join cannot modify group key: output record has a missing or invalid value for column '${label}:${type}'`);
  }
}

/** The rows of one side; in place of a row that is not there stand nulls, and the values of the group key. */
class SideRows {
  private readonly row: Row | undefined;
  private readonly missing: Row;

  constructor(table: Chunk | undefined, key: GroupKey, schema: Schema) {
    this.row = table && new Row(table);
    const columns = [...schema].map(([label, type]) => constantColumn(label, type, key.column(label)?.value ?? null, 1));
    this.missing = new Row({ key, columns, rowCount: 1 });
  }

  at(index: number): Row {
    return this.row === undefined || index < 0 ? this.missing : this.row.at(index);
  }
}
