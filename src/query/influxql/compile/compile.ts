/** SELECT statements checked and made ready, as far as that goes without knowing what is stored. */
import { invalid } from '../../../domain/errors.js';
import { floorDivide } from '../../../domain/time.js';
import type { Zone } from '../../flux/language/zone.js';
import type { Expr, Field, Fill, Measurement, Select } from '../syntax/ast.js';
import { formatExpr } from '../syntax/format.js';
import { type Bounds, MAX_TIME, MIN_TIME, splitCondition } from './condition.js';
import { checkFields, distinctCall, notCombined } from './functions.js';
import { isMathFunction } from './math.js';
import { reduce } from './reduce.js';
import { isTimeLiteral, parseTimeLiteral } from './time-literal.js';

/** Windows of time; `everyNs` 0 for none. */
export interface Interval {
  readonly everyNs: bigint;
  readonly offsetNs: bigint;
}

export const NO_INTERVAL: Interval = { everyNs: 0n, offsetNs: 0n };

export type CompiledSource = Measurement | { readonly kind: 'subquery'; readonly statement: CompiledSelect };

/** A statement whose fields and condition can be evaluated once their names have types. */
export interface CompiledSelect {
  /** Without `time`; `DISTINCT x` is a call. */
  readonly fields: readonly Field[];
  readonly sources: readonly CompiledSource[];
  /** Without bounds of time. */
  readonly condition: Expr | undefined;
  /** Those that the statement's own condition has. */
  readonly bounds: Bounds;
  /** Tags, `*` and patterns. */
  readonly dimensions: readonly Expr[];
  readonly interval: Interval;
  readonly fill: Fill;
  readonly ascending: boolean;
  readonly limit: number;
  readonly offset: number;
  readonly seriesLimit: number;
  readonly seriesOffset: number;
  readonly zone: Zone | undefined;
  /** The name of the column of times. */
  readonly timeColumn: string;
}

/**
 * @param nowNs what `now()` is
 * @throws DomainError `invalid`, in InfluxDB's words
 */
export function compileSelect(statement: Select, nowNs: bigint): CompiledSelect {
  return compile(statement, nowNs, undefined);
}

/** What a subquery takes over from the query around it. */
interface Parent {
  readonly interval: Interval;
  readonly ascending: boolean;
}

function compile(statement: Select, nowNs: bigint, parent: Parent | undefined): CompiledSelect {
  const known = { now: nowNs, zone: statement.zone };
  const { expr: condition, bounds } = splitCondition(statement.condition, known);
  checkCondition(condition);
  const { interval: own, dimensions } = compileDimensions(statement, nowNs);
  const ownAscending = statement.order !== 'descending';
  if (parent !== undefined && statement.order !== undefined && ownAscending !== parent.ascending) {
    throw invalid('subqueries must be ordered in the same direction as the query itself');
  }
  const ascending = parent?.ascending ?? ownAscending;
  const inheritsInterval = parent !== undefined && parent.interval.everyNs !== 0n && own.everyNs === 0n;
  const interval = inheritsInterval ? parent.interval : own;
  const { fields, timeColumn } = compileFields(statement, interval, inheritsInterval);
  return {
    fields,
    sources: statement.sources.map((source) =>
      source.kind === 'measurement' ? source : { kind: 'subquery', statement: compile(source.statement, nowNs, { interval, ascending }) },
    ),
    condition,
    bounds,
    dimensions,
    interval: interval.everyNs < 0n ? NO_INTERVAL : interval,
    // Windows of a subquery that have no points would be left out by the query around it.
    fill: parent !== undefined && statement.fill.kind === 'null' ? { kind: 'none' } : statement.fill,
    ascending,
    limit: statement.limit,
    offset: statement.offset,
    seriesLimit: statement.seriesLimit,
    seriesOffset: statement.seriesOffset,
    zone: statement.zone,
    timeColumn,
  };
}

function compileFields(
  statement: Select,
  interval: Interval,
  inheritsInterval: boolean,
): { readonly fields: readonly Field[]; readonly timeColumn: string } {
  let timeColumn = 'time';
  const fields: Field[] = [];
  for (const { expr, alias } of statement.fields) {
    if (expr.kind === 'varRef' && expr.name === 'time') {
      if (alias !== '') timeColumn = alias;
      continue;
    }
    fields.push({ expr: reduce(expr, { math: true }), alias });
  }
  const hasInterval = interval.everyNs !== 0n;
  const { hasTarget, limit } = statement;
  const summary = checkFields(fields, { hasInterval, inheritsInterval, limit, hasTarget });
  if (fields.length === 0) throw invalid('at least 1 non-time field must be queried');
  if (summary.callCount > 1 && summary.topOrBottom !== undefined) throw notCombined(summary.topOrBottom);
  if (summary.callCount === 0) {
    if (statement.fill.kind === 'none' || statement.fill.kind === 'linear') {
      throw invalid(`fill(${statement.fill.kind}) must be used with a function`);
    }
    if (hasInterval && !inheritsInterval) throw invalid('GROUP BY requires at least one aggregate function');
  }
  if (summary.hasDistinct && (summary.callCount !== 1 || summary.hasBareFields)) {
    throw invalid('aggregate function distinct() cannot be combined with other functions or fields');
  }
  if (summary.hasBareFields && !summary.onlySelectors) throw invalid('mixing aggregate and non-aggregate queries is not supported');
  if (summary.hasBareFields && summary.callCount > 1) {
    throw invalid('mixing multiple selector functions with tags or fields is not supported');
  }
  return { fields: fields.map(withoutDistinct), timeColumn };
}

/** `DISTINCT x` and `count(DISTINCT x)` as calls. */
function withoutDistinct(field: Field): Field {
  const { expr } = field;
  if (expr.kind === 'distinct') return { ...field, expr: distinctCall(expr.name) };
  if (expr.kind !== 'call') return field;
  return { ...field, expr: { ...expr, args: expr.args.map((arg) => (arg.kind === 'distinct' ? distinctCall(arg.name) : arg)) } };
}

function compileDimensions(
  { dimensions, zone }: Select,
  nowNs: bigint,
): { readonly interval: Interval; readonly dimensions: readonly Expr[] } {
  let interval = NO_INTERVAL;
  const others: Expr[] = [];
  for (const dimension of dimensions) {
    const expr = reduce(dimension);
    switch (expr.kind) {
      case 'varRef':
        if (expr.name.toLowerCase() === 'time') throw invalid('time() is a function and expects at least one argument');
        others.push(expr);
        break;
      case 'call': {
        if (expr.name !== 'time') throw invalid('only time() calls allowed in dimensions');
        const [every, offset] = expr.args;
        if (expr.args.length < 1 || expr.args.length > 2) throw invalid('time dimension expected 1 or 2 arguments');
        if (every?.kind !== 'duration') throw invalid('time dimension must have duration argument');
        if (interval.everyNs !== 0n) throw invalid('multiple time dimensions not allowed');
        if (every.value === 0n && offset !== undefined) throw invalid('time dimension must have a duration longer than 0s');
        interval = { everyNs: every.value, offsetNs: offset === undefined ? 0n : offsetOf(offset, every.value, zone, nowNs) };
        break;
      }
      case 'wildcard':
      case 'regex':
        others.push(expr);
        break;
      default:
        throw invalid('only time and tag dimensions allowed');
    }
  }
  return { interval, dimensions: others };
}

function offsetOf(offset: Expr, everyNs: bigint, zone: Zone | undefined, nowNs: bigint): bigint {
  switch (offset.kind) {
    case 'duration':
      return offset.value % everyNs;
    case 'time':
      return sinceTruncated(offset.value, everyNs);
    case 'call':
      if (offset.name !== 'now') throw invalid('time dimension offset function must be now()');
      if (offset.args.length !== 0) throw invalid('time dimension offset now() function requires no arguments');
      return sinceTruncated(nowNs, everyNs);
    case 'string': {
      if (!isTimeLiteral(offset.value)) throw invalid('time dimension offset must be duration or now()');
      const time = parseTimeLiteral(offset.value, zone);
      if (time === undefined) throw invalid('invalid timestamp string');
      return sinceTruncated(time, everyNs);
    }
    default:
      throw invalid('time dimension offset must be duration or now()');
  }
}

/** Nanoseconds from the beginning of the year 1, from which Go counts when it truncates times, to 1970. */
const GO_EPOCH_NS = 62_135_596_800_000_000_000n;

function sinceTruncated(time: bigint, everyNs: bigint): bigint {
  if (everyNs <= 0n) return 0n;
  const since = time + GO_EPOCH_NS;
  return since - floorDivide(since, everyNs) * everyNs;
}

function checkCondition(expr: Expr | undefined): void {
  if (expr === undefined) return;
  if (expr.kind === 'binary') {
    checkCondition(expr.left);
    checkCondition(expr.right);
  } else if (expr.kind === 'call') {
    if (!isMathFunction(expr.name)) throw invalid(`invalid function call in condition: ${formatExpr(expr)}`);
    const expected = expr.name === 'atan2' || expr.name === 'pow' || expr.name === 'log' ? 2 : 1;
    if (expr.args.length !== expected) {
      throw invalid(`invalid number of arguments for ${expr.name}, expected ${expected}, got ${expr.args.length}`);
    }
    for (const arg of expr.args) checkCondition(arg);
  }
}

/** Bounds that have an end wherever points could go on for ever; both ends are included. */
export function closeBounds({ min, max }: Bounds, interval: Interval, nowNs: bigint): { readonly startNs: bigint; readonly endNs: bigint } {
  return { startNs: min ?? MIN_TIME, endNs: max ?? (interval.everyNs === 0n ? MAX_TIME : nowNs) };
}
