/** Conditions taken apart: the range of time, and what remains to be asked of tags and fields. */
import { invalid } from '../../../domain/errors.js';
import { formatTime } from '../../../domain/time.js';
import { binary, type Expr } from '../syntax/ast.js';
import { formatExpr, goTypeOf } from '../syntax/format.js';
import type { Operator } from '../syntax/token.js';
import { type Known, reduce, toInt64 } from './reduce.js';
import { isTimeLiteral, parseTimeLiteral } from './time-literal.js';

/** The earliest and latest times of points, which stand for no bound. */
export const MIN_TIME = -(2n ** 63n) + 2n;
export const MAX_TIME = 2n ** 63n - 2n;

/** Both ends are included; undefined where there is no bound. */
export interface Bounds {
  readonly min: bigint | undefined;
  readonly max: bigint | undefined;
}

export const NO_BOUNDS: Bounds = { min: undefined, max: undefined };

export function intersect(a: Bounds, b: Bounds): Bounds {
  return {
    min: a.min === undefined || (b.min !== undefined && b.min > a.min) ? b.min : a.min,
    max: a.max === undefined || (b.max !== undefined && b.max < a.max) ? b.max : a.max,
  };
}

export interface Condition {
  /** Undefined where every point fits. */
  readonly expr: Expr | undefined;
  readonly bounds: Bounds;
}

/**
 * As InfluxDB takes conditions apart, bounds of time count wherever they stand, as if they were joined by AND.
 *
 * @throws DomainError `invalid`, in InfluxDB's words
 */
export function splitCondition(condition: Expr | undefined, known: Known): Condition {
  if (condition === undefined) return { expr: undefined, bounds: NO_BOUNDS };
  const { expr, bounds } = split(condition, known);
  const bare = expr?.kind === 'paren' ? expr.inner : expr;
  return { expr: bare?.kind === 'boolean' && bare.value ? undefined : bare, bounds };
}

function split(condition: Expr, known: Known): Condition {
  switch (condition.kind) {
    case 'binary': {
      const { operator, left, right } = condition;
      if (operator === 'AND' || operator === 'OR') {
        const a = split(left, known);
        const b = split(right, known);
        const bounds = intersect(a.bounds, b.bounds);
        if (a.expr === undefined || b.expr === undefined) return { expr: a.expr ?? b.expr, bounds };
        return { expr: join(operator, a.expr, b.expr), bounds };
      }
      if (isTime(left)) return { expr: undefined, bounds: boundsOf(operator, right, known) };
      if (isTime(right)) return { expr: undefined, bounds: boundsOf(MIRRORED[operator] ?? operator, left, known) };
      return { expr: reduce(condition, known), bounds: NO_BOUNDS };
    }
    case 'paren': {
      const { expr, bounds } = split(condition.inner, known);
      if (expr === undefined) return { expr, bounds };
      return { expr: expr.kind === 'binary' ? { kind: 'paren', inner: expr } : expr, bounds };
    }
    case 'boolean':
      return { expr: condition, bounds: NO_BOUNDS };
    default:
      throw invalid(`invalid condition expression: ${formatExpr(condition)}`);
  }
}

/** Both sides have been made smaller already; only what a literal decides is left to do. */
function join(operator: 'AND' | 'OR', left: Expr, right: Expr): Expr {
  const deciding = operator === 'OR';
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (side.kind === 'boolean') return side.value === deciding ? side : other;
  }
  return binary(operator, left, right);
}

const isTime = (expr: Expr): boolean => expr.kind === 'varRef' && expr.name.toLowerCase() === 'time';

const MIRRORED: Readonly<Partial<Record<Operator, Operator>>> = { '>': '<', '<': '>', '>=': '<=', '<=': '>=' };

function boundsOf(operator: Operator, expr: Expr, known: Known): Bounds {
  const time = timeOf(expr, known);
  switch (operator) {
    case '>':
      return { min: time + 1n, max: undefined };
    case '>=':
      return { min: time, max: undefined };
    case '<':
      return { min: undefined, max: time - 1n };
    case '<=':
      return { min: undefined, max: time };
    case '=':
      return { min: time, max: time };
    default:
      throw invalid(`invalid time comparison operator: ${operator}`);
  }
}

function timeOf(expr: Expr, known: Known): bigint {
  const literal = expr.kind === 'string' && isTimeLiteral(expr.value) ? readTime(expr.value, known) : reduce(expr, known);
  switch (literal.kind) {
    case 'time':
      if (literal.value > MAX_TIME) throw invalid(`time ${inSeconds(literal.value)} overflows time literal`);
      if (literal.value < MIN_TIME + 1n) throw invalid(`time ${inSeconds(literal.value)} underflows time literal`);
      return literal.value;
    case 'duration':
    case 'integer':
      return literal.value;
    case 'number':
      return toInt64(literal.value);
    default:
      throw invalid(`invalid operation: time and ${goTypeOf(literal)} are not compatible`);
  }
}

function readTime(text: string, { zone }: Known): Expr {
  const value = parseTimeLiteral(text, zone);
  if (value === undefined) throw invalid('invalid timestamp string');
  return { kind: 'time', value };
}

const inSeconds = (ns: bigint): string => formatTime(ns).replace(/\.\d+/, '');
