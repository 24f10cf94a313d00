/** Reads of storage as tables: the columns, keys and order in which InfluxDB's storage gives them. */
import type { Aggregate, Predicate, Reduction, SeriesDescription, SeriesTable, Tag } from '../../../domain/series.js';
import { DomainError } from '../../../domain/errors.js';
import type { ReadShape, ReadSpec, SourceTable } from '../plan/node.js';
import { looksAtValues } from '../plan/predicate.js';
import type { Chunk, Column } from '../table/chunk.js';
import { columnOf, constantColumn, keyColumns } from '../table/chunk.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import type { KeyColumn } from '../table/group-key.js';
import { GroupKey } from '../table/group-key.js';
import type { Cell, Vector } from '../table/vector.js';
import { boolVector, cellAt, constantVector, floatVector, intVector, stringVector, timeVector, vectorOf } from '../table/vector.js';
import { windowTables } from './read-window.js';
import type { RunContext } from './run-context.js';

export type SourceTables = AsyncIterable<SourceTable>;

export function readSource(spec: ReadSpec): (run: RunContext) => SourceTables {
  return (run) => {
    const { shape } = spec;
    switch (shape.kind) {
      case 'series':
        return readSeries(run, spec, shape.limit && { kind: 'limit', ...shape.limit, descending: false });
      case 'aggregate':
        return readAggregates(run, spec, shape.method);
      case 'window':
        return windowTables(run, spec, shape);
      case 'group':
        return readGroups(run, spec, shape);
      case 'tag keys':
        return readTagKeys(run, spec);
      case 'cardinality':
        return readCardinality(run, spec);
      case 'tag values':
        return readTagValues(run, spec, shape.key);
    }
  };
}

export function seriesTables(run: RunContext, spec: ReadSpec, reduction: Reduction | undefined): AsyncIterable<SeriesTable> {
  const { engine, signal } = run.environment;
  return engine.read(
    {
      bucketId: run.bucket(spec.bucket).id,
      range: spec.range,
      predicate: spec.predicate,
      reduction,
    },
    signal,
  );
}

/** Pieces of series, each with whether it is the last of its series. */
export async function* withLast(
  pieces: AsyncIterable<SeriesTable>,
): AsyncIterable<{ readonly piece: SeriesTable; readonly last: boolean }> {
  let held: SeriesTable | undefined;
  for await (const piece of pieces) {
    if (held !== undefined) yield { piece: held, last: !isSameSeries(held, piece) };
    held = piece;
  }
  if (held !== undefined) yield { piece: held, last: true };
}

function isSameSeries(a: SeriesTable, b: SeriesTable): boolean {
  return a.measurement === b.measurement && a.field === b.field && isSameTags(a.tags, b.tags);
}

function isSameTags(a: readonly Tag[], b: readonly Tag[]): boolean {
  return a === b || (a.length === b.length && a.every(([key, value], i) => b[i]?.[0] === key && b[i][1] === value));
}

async function* readSeries(run: RunContext, spec: ReadSpec, reduction: Reduction | undefined): SourceTables {
  let key: GroupKey | undefined;
  for await (const { piece, last } of withLast(seriesTables(run, spec, reduction))) {
    key ??= seriesKey(piece, spec);
    const rowCount = piece.times.length;
    yield { chunk: { key, columns: seriesColumns(key, columnOf('_time', timeVector(piece.times)), valueVector(piece)), rowCount }, last };
    if (last) key = undefined;
  }
}

/** `_start`, `_stop`, time, value, then the tags. */
function seriesColumns(key: GroupKey, time: Column, value: Vector): Column[] {
  const [start, stop, ...tags] = keyColumns(key, value.length);
  return [start as Column, stop as Column, time, columnOf('_value', value), ...tags];
}

async function* readAggregates(run: RunContext, spec: ReadSpec, method: Aggregate): SourceTables {
  for await (const table of seriesTables(run, spec, { kind: 'aggregate', aggregate: method })) {
    const key = seriesKey(table, spec);
    const value = valueVector(table);
    const [start, stop, ...tags] = keyColumns(key, value.length);
    const time = isSelector(method) ? [columnOf('_time', timeVector(table.times))] : [];
    yield {
      chunk: { key, columns: [start as Column, stop as Column, ...time, columnOf('_value', value), ...tags], rowCount: value.length },
      last: true,
    };
  }
}

export const isSelector = (method: Aggregate): boolean => method === 'first' || method === 'last' || method === 'min' || method === 'max';

/** The tags of a series, measurement and field among them, sorted by key. */
export function seriesTags({ measurement, field, tags }: Pick<SeriesTable, 'measurement' | 'field' | 'tags'>): Tag[] {
  const all: Tag[] = [['_field', field], ['_measurement', measurement], ...tags];
  // Tags come sorted; only those before `_field` (capitals, most often) have to move.
  return tags.length > 0 && compareUtf8((tags[0] as Tag)[0], '_measurement') < 0 ? all.sort(([a], [b]) => compareUtf8(a, b)) : all;
}

export function seriesKey(table: Pick<SeriesTable, 'measurement' | 'field' | 'tags'>, { range }: ReadSpec): GroupKey {
  return new GroupKey([
    { label: '_start', type: 'time', value: range.startNs },
    { label: '_stop', type: 'time', value: range.stopNs },
    ...seriesTags(table).map(([label, value]): KeyColumn => ({ label, type: 'string', value })),
  ]);
}

export function valueVector({ values }: Pick<SeriesTable, 'values'>): Vector {
  switch (values.type) {
    case 'float':
      return floatVector(values.values, values.valid);
    case 'integer':
      return intVector(values.values, values.valid);
    case 'unsigned':
      return { form: 'dense', type: 'uint', length: values.values.length, values: values.values, valid: values.valid };
    case 'boolean':
      return boolVector(values.values, values.valid);
    case 'string':
      return stringVector(values.values, values.valid);
  }
}

/** The parts of a predicate that say which series; values are not looked at. */
function seriesPredicate(predicate: Predicate | undefined): Predicate | undefined {
  if (predicate === undefined || !looksAtValues(predicate)) return predicate;
  if (predicate.op !== 'and') return undefined;
  const operands = predicate.operands.filter((operand) => !looksAtValues(operand));
  return operands.length === 0 ? undefined : { op: 'and', operands };
}

async function matchingSeries(run: RunContext, spec: ReadSpec): Promise<readonly SeriesDescription[]> {
  const { engine, signal } = run.environment;
  if (spec.predicate !== undefined && looksAtValues(spec.predicate)) {
    const found: SeriesDescription[] = [];
    for await (const { measurement, field, tags, values } of seriesTables(run, spec, {
      kind: 'limit',
      count: 1,
      offset: 0,
      descending: false,
    })) {
      found.push({ measurement, field, tags, type: values.type });
    }
    return found;
  }
  return engine.series(run.bucket(spec.bucket).id, spec.range, seriesPredicate(spec.predicate), signal);
}

type GroupShape = Extract<ReadShape, { kind: 'group' }>;

/** The series of one group, in the order of storage. */
interface SeriesGroup {
  readonly key: GroupKey;
  readonly sortKey: string;
  /** All tag keys of its series, sorted. */
  readonly labels: readonly string[];
}

const NUL = '\0';
/** Sorts a missing value after all others, as InfluxDB does. */
const MISSING = '\u{10FFFF}';

async function* readGroups(run: RunContext, spec: ReadSpec, shape: GroupShape): SourceTables {
  const groups = new Map<string, { labels: Set<string>; key: GroupKey }>();
  const readOrder: string[] = [];
  for (const series of await matchingSeries(run, spec)) {
    const tags = new Map(seriesTags(series));
    const sortKey = sortKeyOf(tags, shape.columns);
    let group = groups.get(sortKey);
    if (group === undefined) {
      group = { labels: new Set(), key: groupKeyOf(tags, spec, shape.columns) };
      groups.set(sortKey, group);
    }
    for (const label of tags.keys()) group.labels.add(label);
    if (readOrder.at(-1) !== sortKey) readOrder.push(sortKey);
  }
  const sorted: SeriesGroup[] = [...groups]
    .map(([sortKey, { key, labels }]) => ({ sortKey, key, labels: [...labels].sort(compareUtf8) }))
    .sort((a, b) => compareUtf8(a.sortKey, b.sortKey));
  const reduction: Reduction | undefined = shape.method && { kind: 'aggregate', aggregate: shape.method };
  const inOrder = readOrder.length === sorted.length && readOrder.every((sortKey, i) => sorted[i]?.sortKey === sortKey);
  const pieces = seriesTables(run, spec, reduction);
  if (!inOrder) {
    const byGroup = await collectByGroup(run, pieces, shape.columns);
    for (const group of sorted) yield* groupTables(group, spec, shape, byGroup.get(group.sortKey) ?? []);
    return;
  }
  let index = 0;
  let table: GroupTable | undefined;
  for await (const piece of pieces) {
    const sortKey = sortKeyOf(new Map(seriesTags(piece)), shape.columns);
    if (table?.group.sortKey !== sortKey) {
      if (table !== undefined) yield* table.end();
      while (sorted[index] !== undefined && sorted[index]?.sortKey !== sortKey) index++;
      const group = sorted[index];
      // A series that has come since the groups were made belongs to none; the next query will see it.
      if (group === undefined) break;
      table = new GroupTable(group, spec, shape);
    }
    yield* table.add(piece);
  }
  if (table !== undefined) yield* table.end();
}

function* groupTables(group: SeriesGroup, spec: ReadSpec, shape: GroupShape, pieces: readonly SeriesTable[]): Iterable<SourceTable> {
  if (pieces.length === 0) return;
  const table = new GroupTable(group, spec, shape);
  for (const piece of pieces) yield* table.add(piece);
  yield* table.end();
}

async function collectByGroup(
  run: RunContext,
  pieces: AsyncIterable<SeriesTable>,
  columns: readonly string[],
): Promise<Map<string, SeriesTable[]>> {
  const byGroup = new Map<string, SeriesTable[]>();
  for await (const piece of pieces) {
    run.memory.hold(piece.times.byteLength * 2);
    const sortKey = sortKeyOf(new Map(seriesTags(piece)), columns);
    const known = byGroup.get(sortKey);
    if (known === undefined) byGroup.set(sortKey, [piece]);
    else known.push(piece);
  }
  return byGroup;
}

/** `_start` and `_stop` are the same for all rows and group nothing. */
const groupColumns = (columns: readonly string[]): readonly string[] => columns.filter((label) => label !== '_start' && label !== '_stop');

const sortKeyOf = (tags: ReadonlyMap<string, string>, columns: readonly string[]): string =>
  groupColumns(columns)
    .map((label) => `${tags.get(label) ?? MISSING}${NUL}`)
    .join('');

function groupKeyOf(tags: ReadonlyMap<string, string>, { range }: ReadSpec, columns: readonly string[]): GroupKey {
  return new GroupKey([
    { label: '_start', type: 'time', value: range.startNs },
    { label: '_stop', type: 'time', value: range.stopNs },
    ...groupColumns(columns).map((label): KeyColumn => ({ label, type: 'string', value: tags.get(label) ?? '' })),
  ]);
}

/** The table of a group: rows of all its series one after the other, or one row for all of them. */
class GroupTable {
  readonly group: SeriesGroup;
  private readonly spec: ReadSpec;
  private readonly method: GroupShape['method'];
  private type: SeriesTable['values']['type'] | undefined;
  private held: Chunk | undefined;
  private accumulated: { cell: Cell; ns: bigint; tags: ReadonlyMap<string, string>; vector: Vector } | undefined;

  constructor(group: SeriesGroup, spec: ReadSpec, shape: GroupShape) {
    this.group = group;
    this.spec = spec;
    this.method = shape.method;
  }

  *add(piece: SeriesTable): Iterable<SourceTable> {
    const { type } = piece.values;
    if (this.type !== undefined && this.type !== type) {
      if (this.held !== undefined) yield { chunk: this.held, last: false };
      throw new DomainError('invalid', `schema collision: cannot group ${this.type} and ${type} types together`);
    }
    this.type = type;
    const tags = new Map(seriesTags(piece));
    if (this.method !== undefined) {
      this.accumulate(piece, tags, this.method);
      return;
    }
    if (this.held !== undefined) yield { chunk: this.held, last: false };
    this.held = this.rows(piece, tags);
  }

  *end(): Iterable<SourceTable> {
    if (this.held !== undefined) yield { chunk: this.held, last: true };
    if (this.accumulated !== undefined) yield { chunk: this.accumulatedRow(), last: true };
  }

  private rows(piece: SeriesTable, tags: ReadonlyMap<string, string>): Chunk {
    const rowCount = piece.times.length;
    return {
      key: this.group.key,
      columns: [
        ...this.bounds(rowCount),
        columnOf('_time', timeVector(piece.times)),
        columnOf('_value', valueVector(piece)),
        ...this.tags(tags, rowCount),
      ],
      rowCount,
    };
  }

  private bounds(rowCount: number): Column[] {
    const { startNs, stopNs } = this.spec.range;
    return [constantColumn('_start', 'time', startNs, rowCount), constantColumn('_stop', 'time', stopNs, rowCount)];
  }

  /** A tag that a series lacks is an empty text among series that have it. */
  private tags(tags: ReadonlyMap<string, string>, rowCount: number): Column[] {
    return this.group.labels.map((label) => constantColumn(label, 'string', tags.get(label) ?? '', rowCount));
  }

  private accumulate(piece: SeriesTable, tags: ReadonlyMap<string, string>, method: NonNullable<GroupShape['method']>): void {
    const vector = valueVector(piece);
    const cell = cellAt(vector, 0);
    const ns = piece.times[0] as bigint;
    const { accumulated } = this;
    if (accumulated === undefined) {
      this.accumulated = { cell, ns, tags, vector };
    } else if (method === 'count' || method === 'sum') {
      accumulated.cell = addCells(accumulated.cell, cell, vector);
    } else if (isBetter(method, { cell, ns }, accumulated)) {
      this.accumulated = { cell, ns, tags, vector };
    }
  }

  private accumulatedRow(): Chunk {
    const { cell, ns, tags, vector } = this.accumulated as NonNullable<typeof this.accumulated>;
    const value = columnOf('_value', constantVector(vector.type, cell, 1));
    if (this.method === 'count' || this.method === 'sum') {
      return { key: this.group.key, columns: [...this.bounds(1), value, ...keyColumns(this.group.key, 1).slice(2)], rowCount: 1 };
    }
    const time = constantColumn('_time', 'time', ns, 1);
    return { key: this.group.key, columns: [...this.bounds(1), time, value, ...this.tags(tags, 1)], rowCount: 1 };
  }
}

function addCells(a: Cell, b: Cell, { type }: Vector): Cell {
  if (type === 'float') return (a as number) + (b as number);
  const total = (a as bigint) + (b as bigint);
  return type === 'uint' ? BigInt.asUintN(64, total) : BigInt.asIntN(64, total);
}

type Point = { readonly cell: Cell; readonly ns: bigint };

/** Whether a point takes the place of one that came before. */
function isBetter(method: 'first' | 'last' | 'min' | 'max', point: Point, than: Point): boolean {
  switch (method) {
    case 'first':
      return point.ns < than.ns;
    case 'last':
      return point.ns >= than.ns;
    case 'min':
      return (point.cell as number) < (than.cell as number);
    case 'max':
      return (point.cell as number) > (than.cell as number);
  }
}

async function* readTagKeys(run: RunContext, spec: ReadSpec): SourceTables {
  const keys = new Set<string>();
  for (const series of await matchingSeries(run, spec)) for (const [key] of seriesTags(series)) keys.add(key);
  yield valueTable(['_start', '_stop', ...[...keys].sort(compareUtf8)]);
}

async function* readTagValues(run: RunContext, spec: ReadSpec, key: string): SourceTables {
  const values = new Set<string>();
  for (const series of await matchingSeries(run, spec))
    for (const [label, value] of seriesTags(series)) if (label === key) values.add(value);
  yield valueTable([...values].sort(compareUtf8));
}

async function* readCardinality(run: RunContext, spec: ReadSpec): SourceTables {
  const count = (await matchingSeries(run, spec)).length;
  yield { chunk: { key: GroupKey.EMPTY, columns: [constantColumn('_value', 'int', BigInt(count), 1)], rowCount: 1 }, last: true };
}

function valueTable(values: readonly string[]): SourceTable {
  return { chunk: { key: GroupKey.EMPTY, columns: [columnOf('_value', vectorOf('string', values))], rowCount: values.length }, last: true };
}
