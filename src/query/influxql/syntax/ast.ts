/** InfluxQL as trees: expressions, sources and statements. */
import type { Regexp } from '../../flux/language/regexp.js';
import type { Zone } from '../../flux/language/zone.js';
import type { Operator } from './token.js';

/** The types of InfluxQL's values. `field` stands for whichever type a field has; undefined is not known (yet). */
export type DataType = 'float' | 'integer' | 'unsigned' | 'string' | 'boolean' | 'time' | 'duration' | 'tag' | 'field';

export interface VarRef {
  readonly kind: 'varRef';
  readonly name: string;
  readonly type: DataType | undefined;
}

export interface Call {
  readonly kind: 'call';
  /** In lower case. */
  readonly name: string;
  readonly args: readonly Expr[];
}

export interface Binary {
  readonly kind: 'binary';
  readonly operator: Operator;
  readonly left: Expr;
  readonly right: Expr;
}

export interface RegexLiteral {
  readonly kind: 'regex';
  readonly pattern: Regexp;
}

export interface Wildcard {
  readonly kind: 'wildcard';
  readonly only: 'field' | 'tag' | undefined;
}

/** `DISTINCT name`, which means `distinct(name)`. */
export interface Distinct {
  readonly kind: 'distinct';
  readonly name: string;
}

export type Literal =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'unsigned'; readonly value: bigint }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Nanoseconds. */
  | { readonly kind: 'duration'; readonly value: bigint }
  /** Nanoseconds since 1970; not bound to 64 bits. */
  | { readonly kind: 'time'; readonly value: bigint }
  | { readonly kind: 'nil' }
  | RegexLiteral;

export type Expr = VarRef | Call | Binary | { readonly kind: 'paren'; readonly inner: Expr } | Wildcard | Distinct | Literal;

export interface Field {
  readonly expr: Expr;
  /** Empty for none. */
  readonly alias: string;
}

export interface Measurement {
  readonly kind: 'measurement';
  /** Empty where the request's is meant. */
  readonly database: string;
  /** Empty where the request's or the database's default is meant. */
  readonly retentionPolicy: string;
  /** Empty beside a pattern. */
  readonly name: string;
  readonly pattern: Regexp | undefined;
}

export type Source = Measurement | { readonly kind: 'subquery'; readonly statement: Select };

/** What stands in windows without points. */
export type Fill =
  { readonly kind: 'null' | 'none' | 'previous' | 'linear' } | { readonly kind: 'number'; readonly value: number | bigint };

export interface Select {
  readonly kind: 'select';
  readonly fields: readonly Field[];
  readonly hasTarget: boolean;
  readonly sources: readonly Source[];
  readonly condition: Expr | undefined;
  readonly dimensions: readonly Expr[];
  readonly fill: Fill;
  /** Undefined where there is no ORDER BY. */
  readonly order: 'ascending' | 'descending' | undefined;
  /** 0: none. */
  readonly limit: number;
  readonly offset: number;
  readonly seriesLimit: number;
  readonly seriesOffset: number;
  /** Undefined for UTC. */
  readonly zone: Zone | undefined;
}

export interface TagKeyFilter {
  readonly operator: '=' | '!=' | '=~' | '!~' | 'IN';
  readonly keys: readonly string[];
  readonly pattern: Regexp | undefined;
}

interface Listing {
  /** Empty where the request's is meant. */
  readonly database: string;
  readonly sources: readonly Measurement[];
  readonly condition: Expr | undefined;
  readonly limit: number;
  readonly offset: number;
}

export type ShowMeasurements = Listing & {
  readonly kind: 'showMeasurements';
  readonly retentionPolicy: string;
  readonly anyDatabase: boolean;
  readonly anyRetentionPolicy: boolean;
};
export type ShowTagKeys = Listing & { readonly kind: 'showTagKeys'; readonly keys: TagKeyFilter | undefined };
export type ShowTagValues = Listing & { readonly kind: 'showTagValues'; readonly keys: TagKeyFilter };
export type ShowFieldKeys = Listing & { readonly kind: 'showFieldKeys' };
export type ShowSeries = Listing & { readonly kind: 'showSeries' };

/** Cardinalities that are counted; those that are not are `unsupported`. */
export type ShowCardinality = Listing & {
  readonly kind: 'showCardinality';
  readonly of: 'series' | 'measurement' | 'tagKey' | 'tagValues' | 'fieldKey';
  readonly keys: TagKeyFilter | undefined;
  readonly dimensions: readonly Expr[];
};

export interface Delete {
  readonly kind: 'delete';
  readonly sources: readonly Measurement[];
  readonly condition: Expr | undefined;
}

export type Statement =
  | Select
  | ShowMeasurements
  | ShowTagKeys
  | ShowTagValues
  | ShowFieldKeys
  | ShowSeries
  | ShowCardinality
  | { readonly kind: 'showDatabases' }
  | { readonly kind: 'showRetentionPolicies'; readonly database: string }
  | { readonly kind: 'explain'; readonly analyze: boolean; readonly statement: Select }
  | Delete
  | { readonly kind: 'dropMeasurement'; readonly name: string }
  /** What InfluxDB 2 understands and does not do, with the name that it gives to it. */
  | { readonly kind: 'unsupported'; readonly name: string };

export const isLiteral = (expr: Expr): expr is Literal => {
  switch (expr.kind) {
    case 'varRef':
    case 'call':
    case 'binary':
    case 'paren':
    case 'wildcard':
    case 'distinct':
      return false;
    default:
      return true;
  }
};

export const binary = (operator: Operator, left: Expr, right: Expr): Binary => ({ kind: 'binary', operator, left, right });
export const varRef = (name: string, type?: DataType): VarRef => ({ kind: 'varRef', name, type });
export const call = (name: string, ...args: readonly Expr[]): Call => ({ kind: 'call', name, args });

/** Visits an expression and what is in it, from the outside; where `visit` answers false, not what is in that one. */
export function walk(expr: Expr, visit: (expr: Expr) => boolean | undefined): void {
  if (visit(expr) === false) return;
  switch (expr.kind) {
    case 'binary':
      walk(expr.left, visit);
      walk(expr.right, visit);
      break;
    case 'paren':
      walk(expr.inner, visit);
      break;
    case 'call':
      for (const arg of expr.args) walk(arg, visit);
      break;
    default:
  }
}

/** Whether an expression, or something in it, is of a kind. */
export function holds(expr: Expr, fits: (expr: Expr) => boolean): boolean {
  let found = false;
  walk(expr, (inner) => {
    found ||= fits(inner);
    return !found;
  });
  return found;
}

/** Replaces an expression and what is in it, from the inside. */
export function rewrite(expr: Expr, replace: (expr: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'binary':
      return replace({ ...expr, left: rewrite(expr.left, replace), right: rewrite(expr.right, replace) });
    case 'paren':
      return replace({ ...expr, inner: rewrite(expr.inner, replace) });
    case 'call':
      return replace({ ...expr, args: expr.args.map((arg) => rewrite(arg, replace)) });
    default:
      return replace(expr);
  }
}

/** The names that an expression refers to, each once. */
export function referencesOf(expr: Expr): VarRef[] {
  const found = new Map<string, VarRef>();
  walk(expr, (inner) => {
    if (inner.kind === 'varRef' && !found.has(inner.name)) found.set(inner.name, inner);
    return undefined;
  });
  return [...found.values()];
}
