/** Points of a measurement out of the engine, gathered by the groups of a query. */
import type { BucketId } from '../../../domain/id.js';
import type { Aggregate, Column, FieldType, Predicate, Reduction, SeriesTable, Tag } from '../../../domain/series.js';
import { compareUtf8 } from '../../../domain/utf8-order.js';
import type { MemoryAccount } from '../../flux/execute/memory.js';
import type { Expr, VarRef } from '../syntax/ast.js';
import { referencesOf } from '../syntax/ast.js';
import type { InfluxqlEnvironment } from '../environment.js';
import { compareGroups, gatherRows, groupOf, reverseRows, type Group, type Rows } from './block.js';
import { bytesOfColumn, castColumn, concatColumns, constantColumn, gatherColumn } from './column.js';
import { evaluateCondition } from './evaluate.js';
import type { Turns } from './turns.js';
import { allOf, fieldPredicate, type MeasurementSchema, namePredicate } from './measurement.js';
import { judgeSeries, tagPredicate, tagValue, valuePredicate, type Verdict } from './series-filter.js';

export interface ReadContext {
  readonly environment: InfluxqlEnvironment;
  readonly memory: MemoryAccount;
  readonly turns: Turns;
}

export interface ReadRequest {
  readonly bucketId: BucketId;
  readonly schema: MeasurementSchema;
  /** The field that a function works on; undefined where rows are wanted as they are. */
  readonly driver: VarRef | undefined;
  /** Fields and tags beside it. */
  readonly aux: readonly VarRef[];
  readonly condition: Expr | undefined;
  /** Both ends are included. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Sorted, each once. */
  readonly dimensions: readonly string[];
  readonly ascending: boolean;
  /** As many rows of each series are enough; undefined for all. */
  readonly rowsMax: number | undefined;
  /** Groups by these tags; 0 for all. */
  readonly limitDimensions: readonly string[];
  readonly seriesLimit: number;
  readonly seriesOffset: number;
}

/** The series of one group, each with its rows in the order that is asked for. */
export interface GroupInputs {
  readonly group: Group;
  readonly inputs: readonly Rows[];
  /** Gives back what the account of memory holds for the rows. */
  readonly release: () => void;
}

/** Whether a name in a condition is a field. Its type says so where it has been found, and a name that nothing has is a tag. */
const isFieldOf =
  ({ fields }: MeasurementSchema) =>
  ({ name, type }: VarRef): boolean =>
    type === undefined ? fields.has(name) : type !== 'tag';

/** The column of a field that goes by a type, or nothing where the types do not go together. */
const typeAs = (type: VarRef['type'], stored: FieldType): FieldType | undefined => {
  if (type === undefined || type === 'field' || type === stored) return stored;
  const isNumeric = (t: string): boolean => t === 'float' || t === 'integer' || t === 'unsigned';
  return isNumeric(type) && isNumeric(stored) ? (type as FieldType) : undefined;
};

interface SelectedSeries {
  readonly tags: readonly Tag[];
  readonly verdict: Verdict;
  readonly group: number;
}

/** Which series of a measurement a request is about, and their groups in the order in which they are wanted. */
interface Selection {
  /** By the place of the series in the schema; undefined where a series is not wanted. */
  readonly series: readonly (SelectedSeries | undefined)[];
  readonly groups: readonly { readonly group: Group; readonly lastSeries: number }[];
  /** Places in `groups`. */
  readonly order: readonly number[];
}

function select(request: ReadRequest): Selection {
  const { schema, condition, dimensions, ascending } = request;
  const isField = isFieldOf(schema);
  const groups: { group: Group; lastSeries: number }[] = [];
  const groupOfId = new Map<string, number>();
  const series = schema.series.map((tags, place): SelectedSeries | undefined => {
    const verdict = condition === undefined ? true : judgeSeries(condition, tags, isField);
    if (verdict === false) return undefined;
    const group = groupOf(schema.name, tags, dimensions);
    let index = groupOfId.get(group.id);
    if (index === undefined) {
      index = groups.push({ group, lastSeries: place }) - 1;
      groupOfId.set(group.id, index);
    } else (groups[index] as { lastSeries: number }).lastSeries = place;
    return { tags, verdict, group: index };
  });
  const groupAt = (index: number): Group => (groups[index] as { group: Group }).group;
  const order = [...groups.keys()].sort((a, b) => compareGroups(groupAt(a), groupAt(b)));
  const selection = { series, groups, order: ascending ? order : order.reverse() };
  return request.seriesLimit === 0 && request.seriesOffset === 0 ? selection : limitSelection(selection, request);
}

/** Keeps the groups that SLIMIT and SOFFSET ask for. */
function limitSelection(
  { series, groups, order }: Selection,
  { schema, limitDimensions, seriesLimit, seriesOffset }: ReadRequest,
): Selection {
  const limitOf = series.map((one) => one && groupOf(schema.name, one.tags, limitDimensions));
  const limited = new Map(limitOf.filter((group) => group !== undefined).map((group) => [group.id, group]));
  const end = seriesLimit === 0 ? limited.size : seriesOffset + seriesLimit;
  const kept = new Set(inIndexOrder([...limited.values()]).slice(seriesOffset, end));
  const remaining = series.map((one, place) => (kept.has(limitOf[place]?.id ?? '') ? one : undefined));
  const wanted = new Set(remaining.map((one) => one?.group));
  return { series: remaining, groups, order: order.filter((index) => wanted.has(index)) };
}

/** Ids of groups in the order in which InfluxDB's index counts them, which is not that in which it shows them. */
function inIndexOrder(groups: readonly Group[]): string[] {
  const keyed = groups.map(({ tags, id }) => {
    const present = tags.filter(([, value]) => value !== '');
    return { id, key: [...present.map(([key]) => key), ...present.map(([, value]) => value)].join('|') };
  });
  return keyed.sort((a, b) => compareUtf8(a.key, b.key)).map(({ id }) => id);
}

/** How the points of the selected series are filtered: not at all, by the engine, or row by row here. */
interface PointFilter {
  readonly predicate: Predicate | undefined;
  readonly byRow: boolean;
}

function filterOf({ condition, schema }: ReadRequest, loaded: readonly string[]): PointFilter {
  const isField = isFieldOf(schema);
  const ofPoints = conjunctsOf(condition).filter((part) => typeof judgeSeries(part, [], isField) !== 'boolean' || hasFields(part, isField));
  if (ofPoints.length === 0) return { predicate: undefined, byRow: false };
  const [field] = loaded;
  const type = field === undefined ? undefined : schema.fields.get(field);
  if (loaded.length !== 1 || field === undefined || type === undefined) return { predicate: undefined, byRow: true };
  const predicates = ofPoints.map((part) => valuePredicate(part, field, type));
  return predicates.includes(undefined) ? { predicate: undefined, byRow: true } : { predicate: allOf(...predicates), byRow: false };
}

const hasFields = (expr: Expr, isField: (reference: VarRef) => boolean): boolean => referencesOf(expr).some(isField);

function conjunctsOf(condition: Expr | undefined): Expr[] {
  if (condition === undefined) return [];
  if (condition.kind === 'paren') return conjunctsOf(condition.inner);
  if (condition.kind === 'binary' && condition.operator === 'AND') return [...conjunctsOf(condition.left), ...conjunctsOf(condition.right)];
  return [condition];
}

/** The fields that must be read: those of the function, of the columns beside it, and of the condition. */
function fieldsToLoad({ schema, driver, aux, condition }: ReadRequest): string[] {
  const isField = isFieldOf(schema);
  const references = [
    ...(driver ? [driver] : []),
    ...aux.filter(({ type }) => type !== 'tag'),
    ...(condition ? referencesOf(condition).filter(isField) : []),
  ];
  return [...new Set(references.map(({ name }) => name))].filter((name) => schema.fields.has(name));
}

/** Every point, in its group. */
export async function* readGroups(context: ReadContext, request: ReadRequest): AsyncGenerator<GroupInputs, void, undefined> {
  const { schema, driver, rowsMax, ascending } = request;
  const driverType = driver && schema.fields.get(driver.name);
  if (driver !== undefined && (driverType === undefined || typeAs(driver.type, driverType) === undefined)) return;
  const loaded = fieldsToLoad(request);
  if (loaded.length === 0) return;
  const { predicate, byRow } = filterOf(request, loaded);
  const reduction: Reduction | undefined =
    rowsMax === undefined || byRow ? undefined : { kind: 'limit', count: rowsMax, offset: 0, descending: !ascending };
  const selection = select(request);
  const tables = readTables(context, request, selection, loaded, predicate, reduction);
  yield* gather(context, selection, ascending, tables, (series, byField) => {
    const rows = assembleRows(request, series, byField);
    if (rows === undefined) return undefined;
    const filtered = byRow ? filterRows(request, series, byField, rows) : rows;
    if (filtered.times.length === 0) return undefined;
    return ascending ? filtered : reverseRows(filtered);
  });
}

/** What the engine made of a field: for each series and window a row, with how many points it stands for where that matters. */
export interface PartialRows extends Rows {
  readonly weights: BigInt64Array | undefined;
}

export interface PartialInputs extends GroupInputs {
  readonly inputs: readonly PartialRows[];
}

/** Whether the engine can reduce the points of the function's field before it hands them over. */
export function canReduce(request: ReadRequest, aggregate: Aggregate): boolean {
  const { schema, driver, aux } = request;
  const type = driver && schema.fields.get(driver.name);
  if (driver === undefined || type === undefined || typeAs(driver.type, type) !== type) return false;
  if (aux.some((reference) => reference.type !== 'tag' && schema.fields.has(reference.name))) return false;
  const isNumeric = type !== 'string' && type !== 'boolean';
  if (!isNumeric && aggregate !== 'count' && aggregate !== 'first' && aggregate !== 'last') return false;
  return !filterOf(request, fieldsToLoad(request)).byRow;
}

/** What `canReduce` has found possible. Windows are uniform, and their rows in ascending order. */
export async function* readReduced(
  context: ReadContext,
  request: ReadRequest,
  aggregate: Aggregate,
  interval: { readonly everyNs: bigint; readonly offsetNs: bigint },
): AsyncGenerator<PartialInputs, void, undefined> {
  const loaded = fieldsToLoad(request);
  const { predicate } = filterOf(request, loaded);
  const selection = select(request);
  const reductionOf = (of: Aggregate): Reduction =>
    interval.everyNs === 0n ? { kind: 'aggregate', aggregate: of } : { kind: 'window', aggregate: of, ...interval };
  const read = (of: Aggregate): AsyncGenerator<PlacedTable> => readTables(context, request, selection, loaded, predicate, reductionOf(of));
  // Means of several series weigh as much as they have points.
  const counts = aggregate === 'mean' ? read('count') : undefined;
  const weightsOf = new Map<number, BigInt64Array>();
  const tables = counts === undefined ? read(aggregate) : withCounts(read(aggregate), counts, weightsOf);
  const groups = gather(context, selection, request.ascending, tables, (series, byField, place) => {
    const points = byField.get(loaded[0] as string);
    if (points === undefined) return undefined;
    const { times, column } = points;
    const weights = weightsOf.get(place);
    weightsOf.delete(place);
    const aux = request.aux.map(({ name }) => tagColumn(series.tags, name, times.length));
    return { times, value: column, aux, weights };
  });
  yield* groups;
}

/** The same tables; the counts that go with them are left in `weightsOf` by the place of the series. */
async function* withCounts(
  tables: AsyncGenerator<PlacedTable>,
  counts: AsyncGenerator<PlacedTable>,
  weightsOf: Map<number, BigInt64Array>,
): AsyncGenerator<PlacedTable, void, undefined> {
  try {
    for await (const placed of tables) {
      let parts: BigInt64Array[] = [];
      let length = 0;
      while (length < placed.table.times.length) {
        const next = await counts.next();
        if (next.done === true) return;
        if (next.value.place !== placed.place) continue;
        const { values } = next.value.table;
        if (values.type !== 'integer') return;
        parts = [...parts, values.values];
        length += values.values.length;
      }
      const before = weightsOf.get(placed.place);
      weightsOf.set(placed.place, joinIntegers(before === undefined ? parts : [before, ...parts]));
      yield placed;
    }
  } finally {
    await counts.return(undefined);
  }
}

function joinIntegers(parts: readonly BigInt64Array[]): BigInt64Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = new BigInt64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** A table of a series that is wanted, with the place of the series in the schema. */
interface PlacedTable {
  readonly place: number;
  readonly table: SeriesTable;
}

async function* readTables(
  { environment }: ReadContext,
  { bucketId, schema, condition, startNs, endNs }: ReadRequest,
  selection: Selection,
  fields: readonly string[],
  predicate: Predicate | undefined,
  reduction: Reduction | undefined,
): AsyncGenerator<PlacedTable, void, undefined> {
  if (startNs > endNs || selection.order.length === 0) return;
  const { engine, signal } = environment;
  const placeOf = placesOf(schema);
  const request = {
    bucketId,
    range: { startNs, stopNs: endNs + 1n },
    predicate: allOf(
      namePredicate({ name: schema.name, pattern: undefined }),
      fieldPredicate(fields),
      condition && tagPredicate(condition, isFieldOf(schema)),
      predicate,
    ),
    reduction,
  };
  for await (const table of engine.read(request, signal)) {
    signal.throwIfAborted();
    const place = placeOf(table.tags);
    if (place !== undefined && selection.series[place] !== undefined && fields.includes(table.field)) yield { place, table };
  }
}

/** Finds series by their tags: mostly by the very list that the engine showed before. */
function placesOf({ series }: MeasurementSchema): (tags: readonly Tag[]) => number | undefined {
  const byList = new Map(series.map((tags, place) => [tags, place]));
  let byText: Map<string, number> | undefined;
  const textOf = (tags: readonly Tag[]): string => JSON.stringify(tags);
  return (tags) => {
    const place = byList.get(tags);
    if (place !== undefined) return place;
    byText ??= new Map(series.map((known, i) => [textOf(known), i]));
    return byText.get(textOf(tags));
  };
}

/** The points of one field of a series. */
interface FieldPoints {
  readonly times: BigInt64Array;
  readonly column: Column;
}

/** Makes rows of what a series holds, and hands groups over as soon as all of their series have been read. */
async function* gather<T extends Rows>(
  { memory }: ReadContext,
  { series, groups, order }: Selection,
  ascending: boolean,
  tables: AsyncIterable<PlacedTable>,
  rowsOf: (series: SelectedSeries, byField: ReadonlyMap<string, FieldPoints>, place: number) => T | undefined,
): AsyncGenerator<GroupInputs & { readonly inputs: readonly T[] }, void, undefined> {
  const collected = new Map<number, { inputs: T[]; bytes: number }>();
  let emitted = 0;
  let current: { place: number; pieces: Map<string, SeriesTable[]> } | undefined;

  const finish = (): void => {
    if (current === undefined) return;
    const { place, pieces } = current;
    current = undefined;
    const one = series[place] as SelectedSeries;
    const rows = rowsOf(one, new Map([...pieces].map(([field, tables]) => [field, joinTables(tables)])), place);
    if (rows === undefined) return;
    const bytes = bytesOfRows(rows);
    memory.hold(bytes);
    const group = collected.get(one.group);
    if (group === undefined) collected.set(one.group, { inputs: [rows], bytes });
    else {
      group.inputs.push(rows);
      group.bytes += bytes;
    }
  };
  const take = (index: number): (GroupInputs & { readonly inputs: readonly T[] }) | undefined => {
    const found = collected.get(index);
    if (found === undefined) return undefined;
    collected.delete(index);
    const { group } = groups[index] as { group: Group };
    return {
      group,
      // InfluxDB turns the series around as well, which shows where rows have one time.
      inputs: ascending ? found.inputs : found.inputs.reverse(),
      release: () => {
        memory.release(found.bytes);
      },
    };
  };

  for await (const { place, table } of tables) {
    if (current?.place !== place) {
      finish();
      // Series come in the order of their places: groups whose last series lies before this one are complete.
      while (emitted < order.length && (groups[order[emitted] as number] as { lastSeries: number }).lastSeries < place) {
        const group = take(order[emitted++] as number);
        if (group !== undefined) yield group;
      }
      current = { place, pieces: new Map() };
    }
    const pieces = current.pieces.get(table.field);
    if (pieces === undefined) current.pieces.set(table.field, [table]);
    else pieces.push(table);
  }
  finish();
  while (emitted < order.length) {
    const group = take(order[emitted++] as number);
    if (group !== undefined) yield group;
  }
}

function joinTables(tables: readonly SeriesTable[]): FieldPoints {
  const [first] = tables as readonly [SeriesTable];
  if (tables.length === 1) return { times: first.times, column: first.values };
  const column = concatColumns(
    first.values.type,
    tables.map(({ values, times }) => ({ column: values, length: times.length })),
  );
  return { times: joinIntegers(tables.map(({ times }) => times)), column };
}

function bytesOfRows({ times, value, aux }: Rows): number {
  return aux.reduce((sum, column) => sum + (column ? bytesOfColumn(column) : 0), times.length * 8 + (value ? bytesOfColumn(value) : 0));
}

/** The value of a tag in every row; undefined where the series does not have it. */
export function tagColumn(tags: readonly Tag[], key: string, length: number): Column | undefined {
  const value = tagValue(tags, key);
  return value === '' ? undefined : constantColumn('string', value, length);
}

function assembleRows(
  { schema, driver, aux }: ReadRequest,
  { tags }: SelectedSeries,
  byField: ReadonlyMap<string, FieldPoints>,
): Rows | undefined {
  const points = driver && byField.get(driver.name);
  if (driver !== undefined && points === undefined) return undefined;
  const isStored = ({ name, type }: VarRef): boolean => type !== 'tag' && schema.fields.has(name);
  const times = points?.times ?? joinTimes(aux.filter(isStored).flatMap(({ name }) => byField.get(name)?.times ?? []));
  if (times.length === 0) return undefined;
  const value = points && castColumn(points.column, typeAs(driver.type, points.column.type) ?? points.column.type);
  return {
    times,
    value,
    aux: aux.map((reference) => {
      if (!isStored(reference)) return tagColumn(tags, reference.name, times.length);
      const found = byField.get(reference.name);
      const type = found && typeAs(reference.type, found.column.type);
      return found && type && castColumn(alignColumn(found, times), type);
    }),
  };
}

function filterRows(
  { schema }: ReadRequest,
  { tags, verdict }: SelectedSeries,
  byField: ReadonlyMap<string, FieldPoints>,
  rows: Rows,
): Rows {
  if (typeof verdict === 'boolean') return rows;
  const { times } = rows;
  const isField = isFieldOf(schema);
  const columns = new Map(
    referencesOf(verdict).map((reference) => {
      const { name } = reference;
      if (!isField(reference)) return [name, tagColumn(tags, name, times.length)];
      const found = byField.get(name);
      const type = found && typeAs(reference.type, found.column.type);
      return [name, found && type && castColumn(alignColumn(found, times), type)];
    }),
  );
  const fits = evaluateCondition(verdict, {
    columnOf: (name) => columns.get(name),
    rowCount: times.length,
    dividesToFloat: false,
    nullNameIsFalse: false,
  });
  const kept = new Int32Array(times.length);
  let count = 0;
  for (let row = 0; row < fits.length; row++) if (fits[row] === 1) kept[count++] = row;
  return count === times.length ? rows : gatherRows(rows, kept.subarray(0, count));
}

function sameTimes(a: BigInt64Array, b: BigInt64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The times at which any of some fields has a value. */
function joinTimes(lists: readonly BigInt64Array[]): BigInt64Array {
  let joined = lists[0] ?? new BigInt64Array(0);
  for (const list of lists.slice(1)) if (!sameTimes(joined, list)) joined = unite(joined, list);
  return joined;
}

function unite(a: BigInt64Array, b: BigInt64Array): BigInt64Array {
  const united = new BigInt64Array(a.length + b.length);
  let count = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; count++) {
    const left = a[i];
    const right = b[j];
    if (right === undefined || (left !== undefined && left <= right)) {
      united[count] = left as bigint;
      i++;
      if (left === right) j++;
    } else {
      united[count] = right;
      j++;
    }
  }
  return united.slice(0, count);
}

/** A field in the rows of other times, which are all of its own and maybe more, or fewer. */
function alignColumn({ times: own, column }: FieldPoints, times: BigInt64Array): Column {
  if (sameTimes(own, times)) return column;
  const rows = new Int32Array(times.length);
  let at = 0;
  for (let row = 0; row < times.length; row++) {
    const time = times[row] as bigint;
    while (at < own.length && (own[at] as bigint) < time) at++;
    rows[row] = at < own.length && own[at] === time ? at : -1;
  }
  return gatherColumn(column, rows);
}
