/** `map`: a record for each row. */
import type { Operator } from '../../execute/operator.js';
import { regroup } from '../../execute/operator.js';
import type { MemoryAccount } from '../../execute/memory.js';
import type { RunContext } from '../../execute/run-context.js';
import { fluxError, wrapError } from '../../language/errors.js';
import { keyName } from '../../syntax/names.js';
import { Row, bindRowFunction } from '../../language/row.js';
import { RowTypes } from '../../language/row-types.js';
import type { FunctionValue, RecordValue, Value } from '../../language/value.js';
import { PlainRecord, cellOfValue, columnTypeOf, isRecord, typeName, valueOfCell } from '../../language/value.js';
import { columnsOf, isVectorizable, withoutParens } from '../../language/vectorizable.js';
import type { Chunk, Column } from '../../table/chunk.js';
import { columnOf, findColumn, gatherChunk, keyOfRow } from '../../table/chunk.js';
import { compareUtf8 } from '../../../../domain/utf8-order.js';
import { GroupKey } from '../../table/group-key.js';
import type { ColumnType } from '../../table/vector.js';
import { VectorBuilder, cellAt, isConstant, nullVector } from '../../table/vector.js';
import type { Native } from '../native.js';
import { step } from '../native.js';
import { sortedRows } from './sort.js';

/** Of a cell; a text comes on top. */
const CELL_BYTES = 8;

/** What the rows of a chunk have become: it is held until the next chunk comes, when it has gone on. */
class MadeBytes {
  private readonly memory: MemoryAccount;
  private held = 0;

  constructor(memory: MemoryAccount) {
    this.memory = memory;
  }

  hold(bytes: number): void {
    this.memory.hold(bytes);
    this.held += bytes;
  }

  release(): void {
    this.memory.release(this.held);
    this.held = 0;
  }
}

export const map = step((args, { context: { site } }) => {
  const fn = args.fn('fn');
  // A function that is applied to whole columns is a step which InfluxDB's planner has made: its errors name no place in the script.
  return isAppliedToColumns(fn)
    ? { create: (run) => mapOperator(run, fn), site: site && { ...site, location: undefined } }
    : { create: (run) => mapOperator(run, fn) };
});

const isAppliedToColumns = ({ definition }: FunctionValue): boolean => definition !== undefined && isVectorizable(definition.expression);

export function mapOperator(run: RunContext, fn: FunctionValue): Operator {
  const keepsOrder = isAppliedToColumns(fn);
  const bound = bindRowFunction(fn, 'r');
  const apply = keepsOrder ? bound : explaining(bound);
  const types = new NullTypes(fn, keepsOrder);
  const made = new MadeBytes(run.memory);
  return regroup((chunk, emit) => {
    made.release();
    if (chunk.rowCount === 0) return;
    types.check(chunk);
    const columns = run.applyToRows(() => mapChunk(chunk, apply, types, made));
    if (!keepsOrder) columns.sort((a, b) => compareUtf8(a.label, b.label));
    for (const part of regroupMapped(chunk, columns)) emit.chunk(part);
  });
}

type RowFunction = ReturnType<typeof bindRowFunction>;

/** What fails in the function itself is said to; what it answers is judged by `map`. */
const explaining =
  (apply: RowFunction): RowFunction =>
  (row) => {
    try {
      return apply(row);
    } catch (error) {
      throw wrapError(error, 'failed to evaluate map function');
    }
  };

/** A `map` of the library: columns that take the place of others or come after them. */
export const mapValues = (order: 'keeps order' | 'sorts', make: (chunk: Chunk) => readonly Column[]): Native =>
  step(() => ({
    create: () =>
      regroup((chunk, emit) => {
        if (chunk.rowCount === 0) return;
        const made = make(chunk);
        const columns = chunk.columns.map((column) => findColumn(made, column.label) ?? column);
        columns.push(...made.filter(({ label }) => findColumn(chunk.columns, label) === undefined));
        if (order === 'sorts') columns.sort((a, b) => compareUtf8(a.label, b.label));
        for (const part of regroupMapped(chunk, columns)) emit.chunk(part);
      }),
  }));

/** The columns of the records. What all records take over from the row as it is, is taken over as a whole. */
function mapChunk(chunk: Chunk, apply: (row: RecordValue) => Value, types: NullTypes, made: MadeBytes): Column[] {
  const row = new Row(chunk);
  const builders = new Map<string, MappedColumn>();
  let takesOver = true;
  for (let i = 0; i < chunk.rowCount; i++) {
    const record = apply(row.at(i));
    if (!isRecord(record)) throw fluxError(`map function must return an object, got ${typeName(record)}`);
    const own = ownLabels(record, row);
    for (const label of own ?? record.labels()) if (!builders.has(label)) builders.set(label, builderUpTo(chunk, label, i, made));
    if (own === undefined && takesOver) {
      // Rows before this one were taken over; now every column has to be told.
      if (i > 0) for (const { label } of chunk.columns) if (!builders.has(label)) builders.set(label, builderUpTo(chunk, label, i, made));
      takesOver = false;
    }
    for (const builder of builders.values()) builder.push(record.get(builder.label) ?? null);
  }
  const columns = [...builders.values()]
    .map((builder) => builder.build(types.of(builder.label, chunk)))
    .filter((column) => column !== undefined);
  if (!takesOver) return columns;
  // A column that is replaced stays where it is.
  const kept = chunk.columns.map((column) => findColumn(columns, column.label) ?? (builders.has(column.label) ? undefined : column));
  const added = columns.filter(({ label }) => findColumn(chunk.columns, label) === undefined);
  return [...kept.filter((column) => column !== undefined), ...added];
}

/** What a record has beside the row that it extends; undefined where it extends none. */
function ownLabels(record: RecordValue, row: Row): Iterable<string> | undefined {
  if (record === row) return [];
  return record instanceof PlainRecord && record.base === row ? record.own.keys() : undefined;
}

/** A column of which the rows before one are those of the chunk. */
function builderUpTo(chunk: Chunk, label: string, row: number, made: MadeBytes): MappedColumn {
  made.hold(chunk.rowCount * CELL_BYTES);
  const builder = new MappedColumn(label, chunk.rowCount, made);
  const column = findColumn(chunk.columns, label);
  for (let i = 0; i < row; i++) builder.push(column === undefined ? null : valueOfCell(column.type, cellAt(column.vector, i)));
  return builder;
}

/** Collects values of one property; its type is that of the first value that is not null. */
export class MappedColumn {
  readonly label: string;
  private readonly rowCount: number;
  private readonly made: MadeBytes | undefined;
  private lastText = '';
  private nulls = 0;
  private builder: VectorBuilder | undefined;

  constructor(label: string, rowCount: number, made?: MadeBytes) {
    this.label = label;
    this.rowCount = rowCount;
    this.made = made;
  }

  push(value: Value): void {
    if (this.builder === undefined) {
      if (value === null) {
        this.nulls++;
        return;
      }
      const type = columnTypeOf(value);
      if (type === undefined) {
        throw fluxError(`map object property "${this.label}" is ${typeName(value)} type which is not supported in a flux table`);
      }
      this.builder = new VectorBuilder(type, this.rowCount);
      for (let i = 0; i < this.nulls; i++) this.builder.push(null);
    }
    if (value !== null && columnTypeOf(value) !== this.builder.type) {
      throw fluxError(`map object property "${this.label}" is both of type ${this.builder.type} and ${typeName(value)}`);
    }
    // A text that comes again and again is there once.
    if (typeof value === 'string' && this.made !== undefined && value !== this.lastText) {
      this.made.hold(value.length * 2);
      this.lastText = value;
    }
    this.builder.push(cellOfValue(value));
  }

  /** Nothing where all values are null and their type is not known: InfluxDB leaves such columns out. */
  build(type: ColumnType | undefined): Column | undefined {
    if (this.builder !== undefined) return columnOf(this.label, this.builder.build());
    return type === undefined ? undefined : columnOf(this.label, nullVector(type, this.nulls));
  }
}

/** The types of properties whose values are all null: InfluxDB leaves out those of which it knows none. */
class NullTypes {
  private readonly types: RowTypes;
  private readonly fn: FunctionValue;
  /** Of a function that InfluxDB applies to whole columns, what is made of a column that is not there has no type. */
  private readonly needsColumns: boolean;

  constructor(fn: FunctionValue, isVectorized: boolean) {
    this.fn = fn;
    this.types = new RowTypes(fn);
    this.needsColumns = isVectorized;
  }

  /** @throws DomainError for columns whose types do not fit the function */
  check(chunk: Chunk): void {
    this.types.withColumns(chunk.columns);
  }

  of(label: string, chunk: Chunk): ColumnType | undefined {
    if (this.needsColumns && this.lacksColumns(label, chunk)) return undefined;
    return this.types.withColumns(chunk.columns).of(label);
  }

  private lacksColumns(label: string, chunk: Chunk): boolean {
    const body = this.fn.definition?.expression.body;
    if (body === undefined || body.type === 'Block') return false;
    const record = withoutParens(body);
    const property = record.type === 'ObjectExpression' ? record.properties.find((candidate) => keyName(candidate) === label) : undefined;
    return property?.value ? columnsOf(property.value).some((column) => findColumn(chunk.columns, column) === undefined) : false;
  }
}

/** The rows by what the columns of the group key have become. */
function regroupMapped(chunk: Chunk, columns: readonly Column[]): Chunk[] {
  const keyed = columns.filter(({ label }) => chunk.key.has(label));
  // Rows are what columns have.
  const mapped = { key: chunk.key, columns, rowCount: columns.length === 0 ? 0 : chunk.rowCount };
  const varying = keyed.filter(({ vector }) => !isConstant(vector));
  if (varying.length === 0) return [{ ...mapped, key: keyed.length === 0 ? GroupKey.EMPTY : keyOfRow(keyed, 0) }];
  const order = sortedRows(
    varying.map(({ vector }) => vector),
    chunk.rowCount,
    false,
  );
  const sorted = order === undefined ? mapped : gatherChunk(mapped, order);
  const sortedKeyed = keyed.map(({ label }) => findColumn(sorted.columns, label) as Column);
  const parts: Chunk[] = [];
  let from = 0;
  let key = keyOfRow(sortedKeyed, 0);
  for (let row = 1; row <= sorted.rowCount; row++) {
    const next = row < sorted.rowCount ? keyOfRow(sortedKeyed, row) : undefined;
    if (next?.id === key.id) continue;
    parts.push({
      ...gatherChunk(
        sorted,
        Int32Array.from({ length: row - from }, (_, i) => from + i),
      ),
      key,
    });
    from = row;
    if (next !== undefined) key = next;
  }
  return parts;
}
