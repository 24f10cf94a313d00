/** The SQL of reads. Names of tables and columns are made of numbers; texts of users are parameters. */
import type { Aggregate, FieldType, Reduction, TimeRange } from '../domain/series.js';
import { invalid } from '../domain/errors.js';
import type { Field, Measurement } from './catalog.js';
import { FIELD_TYPES } from './field-types.js';
import { isLoose, LOOSE_COLUMNS, LOOSE_KEY_COUNT, LOOSE_KEYS, measurementLists } from './loose.js';
import { predicateKey } from './predicate.js';
import type { ResultLayout } from './result-rows.js';
import { type Scope, TIME_END, TIME_MIN } from './scope.js';
import type { SelectedField } from './selection.js';
import type { Parameter } from './connection.js';
import { valueCondition } from './value-condition.js';

export interface Query {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly layout: ResultLayout;
}

/** Selected fields of some series of a measurement. */
export interface Selection {
  readonly scope: Scope;
  readonly fields: readonly SelectedField[];
}

/** A table, its rows and its values, as queries see them. */
interface Source {
  readonly table: string;
  /** What tells series from one another; where values lie loose also fields. */
  readonly keys: string;
  readonly keyCount: number;
  readonly condition: string;
  readonly values: readonly Value[];
  /** Whether there are rows without any of the values. */
  readonly hasOthers: boolean;
}

interface Value {
  readonly sql: string;
  readonly type: FieldType;
}

/** Up to so many series DuckDB finds their rows faster by looking through a list than by a join. */
const LISTED_SERIES_MAX = 64;

const inRange = ({ startNs, stopNs }: TimeRange): string => `time >= ${startNs} AND time < ${stopNs}`;

/** The condition of the rows in a scope. */
export function where({ ids, isAll, range }: Scope): string {
  return isAll ? inRange(range) : `${inRange(range)} AND ${isOneOf(ids)}`;
}

function isOneOf(ids: Int32Array): string {
  const first = ids.reduce((a, b) => Math.min(a, b));
  const last = ids.reduce((a, b) => Math.max(a, b));
  if (first === last) return `series = ${first}`;
  const between = `series BETWEEN ${first} AND ${last}`;
  if (last - first + 1 === ids.length) return between;
  return ids.length <= LISTED_SERIES_MAX ? `${between} AND list_contains([${ids.join()}], series)` : `series IN (${ids.join()})`;
}

/** The SQL of a field's value, null where the value does not fulfil its condition. */
function valueOf({ field, condition }: SelectedField, parameters: Parameter[]): string {
  const column = `f${field.index}`;
  if (condition === undefined) return column;
  return `CASE WHEN ${valueCondition(condition, field, column, parameters)} THEN ${column} END`;
}

/** Fields that have columns, in the table of their measurement. */
function columnSource({ scope, fields }: Selection, parameters: Parameter[]): Source {
  return {
    table: scope.measurement.table,
    keys: 'series',
    keyCount: 1,
    condition: where(scope),
    values: fields.map((selected) => ({ sql: valueOf(selected, parameters), type: selected.field.type })),
    hasOthers: fields.length < scope.measurement.columnCount || fields.some(({ condition }) => condition !== undefined),
  };
}

/** Loose values of one measurement, or of several; of these all series and fields, of which those that are not selected are left out later. */
function looseSource(selections: readonly Selection[], range: TimeRange, parameters: Parameter[]): Source {
  const fields = selections.flatMap((selection) => selection.fields);
  const types = FIELD_TYPES.filter((type) => fields.some(({ field }) => field.type === type));
  const [only] = selections.length === 1 ? selections : [];
  const conditions = [...measurementLists(selections.map(({ scope }) => scope.measurement))].join(' OR ');
  const isSelective = only !== undefined && fields.length < only.scope.measurement.fields.filter(isLoose).length;
  return {
    table: 'loose',
    keys: LOOSE_KEYS,
    keyCount: LOOSE_KEY_COUNT,
    condition: [
      `(${conditions})`,
      only === undefined ? inRange(range) : where(only.scope),
      ...(isSelective ? [`field IN (${fields.map(({ field }) => field.index).join()})`] : []),
    ].join(' AND '),
    values: types.map((type) => ({ sql: looseValue(type, fields, parameters), type })),
    hasOthers: true,
  };
}

function looseValue(type: FieldType, fields: readonly SelectedField[], parameters: Parameter[]): string {
  const column = LOOSE_COLUMNS[type];
  const ofType = fields.filter(({ field }) => field.type === type);
  if (ofType.every(({ condition }) => condition === undefined)) return column;
  const groups = new Map<string, SelectedField[]>();
  for (const selected of ofType) {
    const key = selected.condition === undefined ? '' : predicateKey(selected.condition);
    groups.set(key, [...(groups.get(key) ?? []), selected]);
  }
  const cases = [...groups.values()].map((group) => {
    const [{ field, condition }] = group as [SelectedField];
    const isField = `field IN (${group.map((selected) => selected.field.index).join()})`;
    return `WHEN ${isField}${condition === undefined ? '' : ` AND ${valueCondition(condition, field, column, parameters)}`} THEN ${column}`;
  });
  return `CASE ${cases.join(' ')} END`;
}

/** What answers for fields that have columns. */
export function columnQueries(selection: Selection, reduction: Reduction | undefined): Query[] {
  // A limit counts rows field by field.
  const parts = reduction?.kind === 'limit' ? selection.fields.map((field) => ({ ...selection, fields: [field] })) : [selection];
  return parts.map((part) => {
    const parameters: Parameter[] = [];
    return query(columnSource(part, parameters), selection.scope, reduction, parameters);
  });
}

/**
 * What answers for loose values.
 *
 * @param selections more than one only where nothing is asked of values
 * @param range of all
 */
export function looseQuery(
  selections: readonly Selection[],
  range: Pick<Scope, 'range' | 'stopNs' | 'ids'>,
  reduction: Reduction | undefined,
): Query {
  const parameters: Parameter[] = [];
  return query(looseSource(selections, range.range, parameters), { ...range, ids: NOT_ONE }, reduction, parameters);
}

const NOT_ONE = new Int32Array(2);

type Within = Pick<Scope, 'range' | 'stopNs' | 'ids'>;

function query(source: Source, within: Within, reduction: Reduction | undefined, parameters: Parameter[]): Query {
  switch (reduction?.kind) {
    case undefined:
      return pointsQuery(source, parameters);
    case 'limit':
      return limitQuery(source, within, reduction, parameters);
    case 'aggregate':
      return aggregateQuery(source, within, reduction.aggregate, undefined, parameters);
    case 'window':
      return aggregateQuery(source, within, reduction.aggregate, reduction, parameters);
  }
}

const listOf = (count: number, column: (i: number) => string): string => Array.from({ length: count }, (_, i) => column(i)).join(', ');

function rowsOf({ table, keys, condition, values }: Source, more = ''): string {
  return `SELECT ${keys}, time${more}, ${values.map(({ sql }, i) => `${sql} AS v${i}`).join(', ')} FROM ${table} WHERE ${condition}`;
}

function typesOf({ values }: Source): Pick<ResultLayout, 'fields' | 'sources'> {
  const types = values.map(({ type }) => type);
  return { fields: types, sources: types };
}

/** A row that has none of the values would be read in vain. */
const isPresent = ({ values }: Source): string => values.map((_, i) => `v${i} IS NOT NULL`).join(' OR ');

/** Every point. */
function pointsQuery(source: Source, parameters: Parameter[]): Query {
  const rows = rowsOf(source);
  return {
    sql: source.hasOthers ? `SELECT * FROM (${rows}) WHERE ${isPresent(source)}` : rows,
    parameters,
    layout: { keyCount: source.keyCount, ...typesOf(source), sharesTimes: true },
  };
}

/** For each series whether it has each of the fields, which have columns. */
export function presenceQuery({ scope, fields }: Selection): string {
  const present = fields.map(({ field }) => `count(f${field.index}) > 0`);
  return `SELECT series, ${present.join(', ')} FROM ${scope.measurement.table} WHERE ${where(scope)} GROUP BY series`;
}

/** The series and fields that have loose values. */
export function loosePresenceQuery(selections: readonly Selection[], range: TimeRange): string {
  return `SELECT DISTINCT ${LOOSE_KEYS} FROM loose WHERE ${looseSource(selections, range, []).condition}`;
}

/** How many rows, or loose values, each series has in a range. */
export function countQuery({ measurement, range }: Scope): string {
  const from = (table: string, condition: string): string =>
    `SELECT series, count(*) FROM ${table} WHERE ${condition} AND ${inRange(range)} GROUP BY series`;
  const loose = from('loose', `measurement = ${measurement.id}`);
  return measurement.hasTable ? `${from(measurement.table, 'TRUE')} UNION ALL ${loose}` : loose;
}

/** The series that have rows in a range. */
export function seriesQuery({ id, hasTable, table }: Measurement, range: TimeRange): string {
  const loose = `SELECT DISTINCT series FROM loose WHERE measurement = ${id} AND ${inRange(range)}`;
  return hasTable ? `SELECT DISTINCT series FROM ${table} WHERE ${inRange(range)} UNION ${loose}` : loose;
}

/** The indexes of the fields that have values in a range: a column is read until there is one. */
export function* storedFieldsQueries({ id, table }: Measurement, fields: readonly Field[], range: TimeRange): IterableIterator<string> {
  for (const field of fields) {
    const column = `f${field.index}`;
    if (!isLoose(field)) yield `SELECT ${field.index} FROM ${table} WHERE ${column} IS NOT NULL AND ${inRange(range)} LIMIT 1`;
  }
  if (fields.some(isLoose)) yield `SELECT DISTINCT field FROM loose WHERE measurement = ${id} AND ${inRange(range)}`;
}

/** The starts of the windows that have rows; SQL's remainder has the sign of what is divided. */
export function windowsQuery(table: string, condition: string, everyNs: bigint): string {
  return `SELECT DISTINCT time::HUGEINT - (time % ${everyNs} + ${everyNs}) % ${everyNs} FROM ${table} WHERE ${condition}`;
}

/** The points of one field of one series in the order of time. */
export function orderedQuery(scope: Scope, selected: SelectedField): Query {
  const parameters: Parameter[] = [];
  const selection = { scope, fields: [selected] };
  const source = selected.field.hasColumn ? columnSource(selection, parameters) : looseSource([selection], scope.range, parameters);
  return {
    sql: `SELECT series, time, v0 FROM (${rowsOf(source)}) WHERE v0 IS NOT NULL ORDER BY time`,
    parameters,
    layout: { keyCount: 1, ...typesOf(source), sharesTimes: true },
  };
}

function limitQuery(source: Source, { ids }: Within, { count, offset, descending }: Limit, parameters: Parameter[]): Query {
  const { keys, keyCount, values } = source;
  const order = `ORDER BY time${descending ? ' DESC' : ''}`;
  const skipped = Math.min(offset, Number.MAX_SAFE_INTEGER);
  const end = Math.min(offset + count, Number.MAX_SAFE_INTEGER);
  const cut =
    ids.length === 1
      ? `${order} LIMIT ${end - skipped} OFFSET ${skipped}`
      : `QUALIFY row_number() OVER (PARTITION BY ${keys} ${order}) BETWEEN ${skipped + 1} AND ${end}`;
  return {
    sql: `SELECT ${keys}, time, ${listOf(values.length, (i) => `v${i}`)} FROM (${rowsOf(source)}) WHERE (${isPresent(source)}) ${cut}`,
    parameters,
    layout: { keyCount, ...typesOf(source), sharesTimes: true },
  };
}

type Limit = Reduction & { readonly kind: 'limit' };

export type Windows = Reduction & { readonly kind: 'window' };

function aggregateQuery(
  source: Source,
  { range, stopNs }: Within,
  aggregate: Aggregate,
  windows: Windows | undefined,
  parameters: Parameter[],
): Query {
  const { keys, keyCount, values } = source;
  const selects = isSelector(aggregate);
  const times = selects ? '' : `${windows === undefined ? asTime(stopNs) : windowStart(range, windows)} AS time, `;
  // The last digits of sums of floats depend on the order of addition, which is that of time; in a table of its own a series lies so.
  const order = source.keyCount === LOOSE_KEY_COUNT ? ' ORDER BY time' : '';
  const reduced = values.map(({ type }, i) => reduce(aggregate, `v${i}`, type, order));
  const windowIndex = windows === undefined ? '' : `, ${windowNumber(range, windows)} AS w`;
  const grouped = windows === undefined ? keys : `${keys}, w`;
  const ordered = windows === undefined ? '' : ` ORDER BY ${keys}, w`;
  return {
    sql: `SELECT ${keys}, ${times}${reduced.join(', ')} FROM (${rowsOf(source, windowIndex)}) GROUP BY ${grouped}${ordered}`,
    parameters,
    layout: { ...typesOf(source), keyCount, fields: values.map(({ type }) => reducedType(aggregate, type)), sharesTimes: !selects },
  };
}

function asTime(timeNs: bigint): string {
  return `(${timeNs})::BIGINT`;
}

function isSelector(aggregate: Aggregate): boolean {
  return aggregate === 'first' || aggregate === 'last' || aggregate === 'min' || aggregate === 'max';
}

function reducedType(aggregate: Aggregate, type: FieldType): FieldType {
  if (aggregate === 'count') return 'integer';
  return aggregate === 'mean' ? 'float' : type;
}

/** The value of a group, followed by its time where the aggregate selects a point; null where no row has the field. */
function reduce(aggregate: Aggregate, value: string, type: FieldType, order: string): string {
  switch (aggregate) {
    case 'count':
      return `nullif(count(${value}), 0)`;
    case 'first':
      return `arg_min(${value}, time), min(time) FILTER (${value} IS NOT NULL)`;
    case 'last':
      return `arg_max(${value}, time), max(time) FILTER (${value} IS NOT NULL)`;
    case 'min':
    case 'max': {
      refuseUnsupported(aggregate, type);
      // Of equal values the earliest point is selected: the pair is compared whole.
      const time = aggregate === 'min' ? 'time' : '-time';
      const pair = `${aggregate}({'v': ${value}, 't': ${time}}) FILTER (${value} IS NOT NULL)`;
      return `(${pair}).v, ${aggregate === 'min' ? '' : '-'}(${pair}).t`;
    }
    case 'mean':
      refuseUnsupported(aggregate, type);
      return `avg(${value}${order})`;
    case 'sum':
      refuseUnsupported(aggregate, type);
      return type === 'float' ? `sum(${value}${order})` : wrappedSum(value, type);
  }
}

/** @throws DomainError `invalid` for an aggregate of values that do not have it */
export function refuseUnsupported(aggregate: Aggregate, type: FieldType): void {
  const isForAll = aggregate === 'count' || aggregate === 'first' || aggregate === 'last';
  if (!isForAll && (type === 'string' || type === 'boolean')) throw invalid(`unsupported input type for ${aggregate} aggregate: ${type}`);
}

/** Sums of integers run over as they do in InfluxDB: only the low 64 bits count. */
function wrappedSum(value: string, type: FieldType): string {
  const sum = `sum(${value}::HUGEINT)`;
  const modulus = '18446744073709551616::HUGEINT';
  const low = `((${sum} % ${modulus} + ${modulus}) % ${modulus})`;
  if (type === 'unsigned') return `${low}::UBIGINT`;
  return `(CASE WHEN ${low} > 9223372036854775807 THEN ${low} - ${modulus} ELSE ${low} END)::BIGINT`;
}

/** The start of the window that the range's start lies in; other windows are counted from it, so that no difference is negative. */
export function firstWindowStart(range: TimeRange, { everyNs, offsetNs }: Windows): bigint {
  const { startNs } = range;
  return startNs - ((((startNs - offsetNs) % everyNs) + everyNs) % everyNs);
}

function windowNumber(range: TimeRange, windows: Windows): string {
  const first = firstWindowStart(range, windows);
  // Where differences might not fit 64 bits, the slower wide integers are used.
  const isNarrow = first >= TIME_MIN && range.stopNs - first < TIME_END;
  return isNarrow ? `(time - ${asTime(first)}) // ${windows.everyNs}` : `(time::HUGEINT - (${first})) // ${windows.everyNs}`;
}

function windowStart(range: TimeRange, windows: Windows): string {
  const first = firstWindowStart(range, windows);
  // A window that starts before all times is said to start with them.
  return `greatest((${first})::HUGEINT + w * ${windows.everyNs}::HUGEINT, ${asTime(TIME_MIN - 1n)})::BIGINT`;
}
