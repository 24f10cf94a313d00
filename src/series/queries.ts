/** The SQL of reads. Names of tables and columns are made of numbers; texts of users are parameters. */
import type { Aggregate, FieldType, Reduction, TimeRange } from '../domain/series.js';
import { invalid } from '../domain/errors.js';
import type { Measurement } from './catalog.js';
import type { ResultLayout } from './result-rows.js';
import { type Scope, TIME_END, TIME_MIN } from './scope.js';
import type { SelectedField } from './selection.js';
import type { Parameter } from './session.js';
import { valueCondition } from './value-condition.js';

export interface Query {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly layout: ResultLayout;
}

/** Up to so many series DuckDB finds their rows faster by looking through a list than by a join. */
const LISTED_SERIES_MAX = 64;

/** The condition of the rows in a scope. */
function where({ ids, isAll, range }: Scope): string {
  const inRange = `time >= ${range.startNs} AND time < ${range.stopNs}`;
  return isAll ? inRange : `${inRange} AND ${isOneOf(ids)}`;
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

/** Every point. */
export function pointsQuery(scope: Scope, fields: readonly SelectedField[]): Query {
  const parameters: Parameter[] = [];
  const values = fields.map((selected, i) => `${valueOf(selected, parameters)} AS v${i}`);
  // A row that has none of the fields would be read in vain.
  const present = fields.length < scope.fieldCount || fields.some(({ condition }) => condition !== undefined);
  const filter = present ? `WHERE ${fields.map((_, i) => `v${i} IS NOT NULL`).join(' OR ')}` : '';
  const rows = `SELECT series, time, ${values.join(', ')} FROM ${scope.measurement.table} WHERE ${where(scope)}`;
  return {
    sql: present ? `SELECT * FROM (${rows}) ${filter}` : rows,
    parameters,
    layout: { fields: fields.map(({ field }) => field.type), sharesTimes: true },
  };
}

/** For each series whether it has each of the fields. */
export function presenceQuery(scope: Scope, fields: readonly SelectedField[]): string {
  const present = fields.map(({ field }) => `count(f${field.index}) > 0`);
  return `SELECT series, ${present.join(', ')} FROM ${scope.measurement.table} WHERE ${where(scope)} GROUP BY series`;
}

/** The starts of the windows that have rows; SQL's remainder has the sign of what is divided. */
export function windowsQuery({ table }: Measurement, everyNs: bigint): string {
  return `SELECT DISTINCT time::HUGEINT - (time % ${everyNs} + ${everyNs}) % ${everyNs} FROM ${table}`;
}

/** Deletes rows. */
export function deletion(scope: Scope): string {
  return `DELETE FROM ${scope.measurement.table} WHERE ${where(scope)}`;
}

/** The points of one field of one series in the order of time. */
export function orderedQuery(scope: Scope, selected: SelectedField): Query {
  const parameters: Parameter[] = [];
  const value = valueOf(selected, parameters);
  return {
    sql: `SELECT * FROM (SELECT series, time, ${value} AS v0 FROM ${scope.measurement.table} WHERE ${where(scope)}) WHERE v0 IS NOT NULL ORDER BY time`,
    parameters,
    layout: { fields: [selected.field.type], sharesTimes: true },
  };
}

/** What a reduction makes of the points. All fields come in one query, but for `limit`, which counts rows field by field. */
export function reductionQueries(scope: Scope, fields: readonly SelectedField[], reduction: Reduction): Query[] {
  switch (reduction.kind) {
    case 'limit':
      return fields.map((selected) => limitQuery(scope, selected, reduction));
    case 'aggregate':
      return [aggregateQuery(scope, fields, reduction.aggregate, undefined)];
    case 'window':
      return [aggregateQuery(scope, fields, reduction.aggregate, reduction)];
  }
}

function limitQuery(scope: Scope, selected: SelectedField, { count, offset, descending }: Reduction & { readonly kind: 'limit' }): Query {
  const parameters: Parameter[] = [];
  const value = valueOf(selected, parameters);
  const points = `SELECT series, time, ${value} AS v0 FROM ${scope.measurement.table} WHERE ${where(scope)}`;
  const order = `ORDER BY time${descending ? ' DESC' : ''}`;
  const skipped = Math.min(offset, Number.MAX_SAFE_INTEGER);
  const end = Math.min(offset + count, Number.MAX_SAFE_INTEGER);
  const cut =
    scope.ids.length === 1
      ? `${order} LIMIT ${end - skipped} OFFSET ${skipped}`
      : `QUALIFY row_number() OVER (PARTITION BY series ${order}) BETWEEN ${skipped + 1} AND ${end}`;
  return {
    sql: `SELECT series, time, v0 FROM (${points}) WHERE v0 IS NOT NULL ${cut}`,
    parameters,
    layout: { fields: [selected.field.type], sharesTimes: true },
  };
}

type Windows = Reduction & { readonly kind: 'window' };

function aggregateQuery(scope: Scope, fields: readonly SelectedField[], aggregate: Aggregate, windows: Windows | undefined): Query {
  const parameters: Parameter[] = [];
  const values = fields.map((selected, i) => `${valueOf(selected, parameters)} AS v${i}`);
  const selects = isSelector(aggregate);
  const times = selects ? '' : `${windows === undefined ? asTime(scope.stopNs) : windowStart(scope.range, windows)} AS time, `;
  const reduced = fields.map(({ field }, i) => reduce(aggregate, `v${i}`, field.type));
  const windowIndex = windows === undefined ? '' : `, ${windowNumber(scope.range, windows)} AS w`;
  const grouped = windows === undefined ? 'series' : 'series, w';
  const points = `SELECT series, time${windowIndex}, ${values.join(', ')} FROM ${scope.measurement.table} WHERE ${where(scope)}`;
  return {
    sql: `SELECT series, ${times}${reduced.join(', ')} FROM (${points}) GROUP BY ${grouped}${windows === undefined ? '' : ' ORDER BY series, w'}`,
    parameters,
    layout: { fields: fields.map(({ field }) => reducedType(aggregate, field.type)), sharesTimes: !selects },
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
function reduce(aggregate: Aggregate, value: string, type: FieldType): string {
  switch (aggregate) {
    case 'count':
      return `nullif(count(${value}), 0)`;
    case 'first':
      return `arg_min(${value}, time), min(time) FILTER (${value} IS NOT NULL)`;
    case 'last':
      return `arg_max(${value}, time), max(time) FILTER (${value} IS NOT NULL)`;
    case 'min':
    case 'max': {
      refuse(aggregate, type, type === 'string' || type === 'boolean');
      // Of equal values the earliest point is selected: the pair is compared whole.
      const time = aggregate === 'min' ? 'time' : '-time';
      const pair = `${aggregate}({'v': ${value}, 't': ${time}}) FILTER (${value} IS NOT NULL)`;
      return `(${pair}).v, ${aggregate === 'min' ? '' : '-'}(${pair}).t`;
    }
    case 'mean':
      refuse(aggregate, type, type === 'string' || type === 'boolean');
      return `avg(${value})`;
    case 'sum':
      refuse(aggregate, type, type === 'string' || type === 'boolean');
      return type === 'float' ? `sum(${value})` : wrappedSum(value, type);
  }
}

function refuse(aggregate: Aggregate, type: FieldType, isUnsupported: boolean): void {
  if (isUnsupported) throw invalid(`unsupported input type for ${aggregate} aggregate: ${type}`);
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
function firstWindowStart(range: TimeRange, { everyNs, offsetNs }: Windows): bigint {
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
