/** Reads of groups of series: the rows of all series of a group in one table, or the one row that they come down to. */
import type { Reduction, SeriesTable } from '../../../domain/series.js';
import { DomainError } from '../../../domain/errors.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import type { ReadShape, ReadSpec } from '../plan/node.js';
import type { SourceTable } from './runnable-node.js';
import type { Chunk, Column } from '../table/chunk.js';
import { columnOf, constantColumn, keyColumns } from '../table/chunk.js';
import type { KeyColumn } from '../table/group-key.js';
import { compareGroupKeys, GroupKey } from '../table/group-key.js';
import type { Cell, Vector } from '../table/vector.js';
import { cellAt, constantVector, timeVector } from '../table/vector.js';
import { fluxError } from '../language/errors.js';
import { matchingSeries, seriesTables, seriesTags, valueVector, type SourceTables } from './series-read.js';
import type { RunContext } from './run-context.js';

/** Up to so many points a mean is added up point by point, as InfluxDB does: above, the last digit is not worth the reading. */
const EXACT_MEAN_POINTS_MAX = 50_000;

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

export async function* readGroups(run: RunContext, spec: ReadSpec, shape: GroupShape): SourceTables {
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
    // InfluxDB's storage knows no means: what makes them hands tables out in the order of their keys.
    .sort((a, b) => (shape.method === 'mean' ? compareGroupKeys(a.key, b.key) : compareUtf8(a.sortKey, b.sortKey)));
  const { reduction, weightOf } = await planReduction(run, spec, shape);
  const inOrder = readOrder.length === sorted.length && readOrder.every((sortKey, i) => sorted[i]?.sortKey === sortKey);
  const pieces = seriesTables(run, spec, reduction);
  if (!inOrder) {
    const byGroup = await collectByGroup(run, pieces, shape.columns);
    for (const group of sorted) yield* groupTables(new GroupTable(group, spec, shape, weightOf), byGroup.get(group.sortKey) ?? []);
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
      table = new GroupTable(group, spec, shape, weightOf);
    }
    yield* table.add(piece);
  }
  if (table !== undefined) yield* table.end();
}

interface PlannedReduction {
  readonly reduction: Reduction | undefined;
  /** How many points the reduced value of a series stands for; undefined where that does not matter or the points themselves are read. */
  readonly weightOf: ((series: SeriesTable) => number) | undefined;
}

/** What storage makes of each series before the series of a group are put together. */
async function planReduction(run: RunContext, spec: ReadSpec, { method }: GroupShape): Promise<PlannedReduction> {
  if (method !== 'mean') return { reduction: method && { kind: 'aggregate', aggregate: method }, weightOf: undefined };
  const counts = new Map<string, number>();
  let pointCount = 0;
  for await (const piece of seriesTables(run, spec, { kind: 'aggregate', aggregate: 'count' })) {
    const count = Number(piece.values.values[0]);
    counts.set(identityOf(piece), count);
    pointCount += count;
  }
  if (pointCount <= EXACT_MEAN_POINTS_MAX) return { reduction: undefined, weightOf: undefined };
  for (const { type } of await matchingSeries(run, spec)) if (type === 'string' || type === 'boolean') throw unsupportedMean(type);
  return { reduction: { kind: 'aggregate', aggregate: 'mean' }, weightOf: (series) => counts.get(identityOf(series)) ?? 1 };
}

const identityOf = ({ measurement, field, tags }: SeriesTable): string => [measurement, field, ...tags.flat()].join(NUL);

const unsupportedMean = (type: 'string' | 'boolean'): DomainError =>
  fluxError(`unsupported aggregate column type ${type === 'boolean' ? 'bool' : type}`);

function* groupTables(table: GroupTable, pieces: readonly SeriesTable[]): Iterable<SourceTable> {
  if (pieces.length === 0) return;
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
  private readonly weightOf: PlannedReduction['weightOf'];
  private readonly mean = { sum: 0, count: 0 };
  private type: SeriesTable['values']['type'] | undefined;
  private held: Chunk | undefined;
  private accumulated: { cell: Cell; ns: bigint; tags: ReadonlyMap<string, string>; vector: Vector } | undefined;

  constructor(group: SeriesGroup, spec: ReadSpec, shape: GroupShape, weightOf: PlannedReduction['weightOf']) {
    this.group = group;
    this.spec = spec;
    this.method = shape.method;
    this.weightOf = weightOf;
  }

  *add(piece: SeriesTable): Iterable<SourceTable> {
    const { type } = piece.values;
    if (this.type !== undefined && this.type !== type) {
      if (this.held !== undefined) yield { chunk: this.held, last: false };
      throw new DomainError('invalid', `schema collision: cannot group ${this.type} and ${type} types together`);
    }
    this.type = type;
    if (this.method === 'mean') {
      this.addToMean(piece);
      return;
    }
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
    if (this.method === 'mean') yield { chunk: this.meanRow(), last: true };
  }

  private addToMean(piece: SeriesTable): void {
    const { mean, weightOf } = this;
    const { values } = piece;
    if (values.type === 'string' || values.type === 'boolean') throw unsupportedMean(values.type);
    const weight = weightOf?.(piece);
    // Each series is added up by itself, as in InfluxDB: the last digit depends on it.
    let sum = 0;
    for (let row = 0; row < piece.times.length; row++) {
      const value = Number(values.values[row]);
      sum += weight === undefined ? value : value * weight;
      mean.count += weight ?? 1;
    }
    mean.sum += sum;
  }

  private meanRow(): Chunk {
    const value = columnOf('_value', constantVector('float', this.mean.sum / this.mean.count, 1));
    return { key: this.group.key, columns: [...keyColumns(this.group.key, 1), value], rowCount: 1 };
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

  private accumulate(
    piece: SeriesTable,
    tags: ReadonlyMap<string, string>,
    method: Exclude<GroupShape['method'], 'mean' | undefined>,
  ): void {
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
