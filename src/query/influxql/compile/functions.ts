/** The functions of SELECT: how each may be called, in InfluxDB's words where it may not. */
import { DomainError, invalid } from '../../../domain/errors.js';
import { type Call, call, type Expr, type Field, isLiteral, type VarRef } from '../syntax/ast.js';
import { formatDuration } from '../syntax/duration.js';
import { formatExpr, goTypeOf } from '../syntax/format.js';
import { checkForecast, checkIndicator } from './indicators.js';
import { isMathFunction } from './math.js';

/** What the fields of a statement are found to be, and what of it matters for how they are read. */
export interface FieldSummary {
  /** Calls of functions that are not mathematical. */
  callCount: number;
  /** Whether no function but selectors was called. */
  onlySelectors: boolean;
  hasDistinct: boolean;
  /** Whether there are fields or tags outside of calls. */
  hasBareFields: boolean;
  topOrBottom: string | undefined;
}

export interface FieldContext {
  readonly hasInterval: boolean;
  /** Whether the interval is that of the query around this one. */
  readonly inheritsInterval: boolean;
  /** LIMIT; 0 for none. */
  readonly limit: number;
  readonly hasTarget: boolean;
}

const AGGREGATES: ReadonlySet<string> = new Set(['count', 'sum', 'mean', 'median', 'mode', 'stddev', 'spread']);
const SIMPLE_SELECTORS: ReadonlySet<string> = new Set(['max', 'min', 'first', 'last']);

/** Estimates of cardinality: `count(distinct(...))` counts exactly. */
const OMITTED: ReadonlySet<string> = new Set(['count_hll', 'sum_hll']);

/**
 * Checks the fields of a statement.
 *
 * @throws DomainError `invalid`, in InfluxDB's words, or `not implemented`
 */
export function checkFields(fields: readonly Field[], context: FieldContext): FieldSummary {
  const checker = new FieldChecker(context);
  for (const { expr } of fields) checker.check(expr);
  return checker.summary;
}

class FieldChecker {
  readonly summary: FieldSummary = {
    callCount: 0,
    onlySelectors: true,
    hasDistinct: false,
    hasBareFields: false,
    topOrBottom: undefined,
  };
  private readonly context: FieldContext;
  /** Whether `*` or a pattern may stand here. */
  private allowsWildcard = true;

  constructor(context: FieldContext) {
    this.context = context;
  }

  check(expr: Expr): void {
    this.allowsWildcard = true;
    this.checkExpr(expr);
  }

  private checkExpr(expr: Expr): void {
    switch (expr.kind) {
      case 'varRef':
        this.summary.hasBareFields = true;
        return;
      case 'wildcard':
        this.summary.hasBareFields = true;
        if (!this.allowsWildcard) throw invalid('unable to use wildcard in a binary expression');
        return;
      case 'regex':
        this.summary.hasBareFields = true;
        if (!this.allowsWildcard) throw invalid('unable to use regex in a binary expression');
        return;
      case 'call':
        if (isMathFunction(expr.name)) this.checkMath(expr);
        else {
          this.summary.callCount++;
          this.checkCall(expr);
        }
        return;
      case 'distinct':
        this.summary.callCount++;
        this.checkDistinct([{ kind: 'varRef', name: expr.name, type: undefined }], false);
        return;
      case 'binary':
        this.allowsWildcard = false;
        if (isLiteral(expr.left) && isLiteral(expr.right)) throw invalid('cannot perform a binary expression on two literals');
        for (const side of [expr.left, expr.right]) if (!isLiteral(side)) this.checkExpr(side);
        return;
      case 'paren':
        this.checkExpr(expr.inner);
        return;
      default:
        throw invalid('field must contain at least one variable');
    }
  }

  private checkCall(expr: Call): void {
    const { name, args } = expr;
    if (OMITTED.has(name)) throw new DomainError('not implemented', `${name}() is not supported; compute it from the result of the query`);
    switch (name) {
      case 'percentile':
        exactly('percentile', 2, args);
        if (args[1]?.kind !== 'integer' && args[1]?.kind !== 'number') throw invalid('expected float argument in percentile()');
        this.checkSymbol(name, args[0]);
        return;
      case 'sample': {
        exactly('sample', 2, args);
        const [, size] = args;
        if (size?.kind !== 'integer') throw invalid('expected integer argument in sample()');
        if (size.value <= 0n) throw invalid(`sample window must be greater than 1, got ${size.value}`);
        this.checkSymbol(name, args[0]);
        return;
      }
      case 'distinct':
        this.checkDistinct(args, false);
        return;
      case 'top':
      case 'bottom':
        this.checkTopOrBottom(expr);
        return;
      case 'derivative':
      case 'non_negative_derivative':
      case 'elapsed':
        between(name, 1, 2, args);
        checkUnit(args[1], `second argument to ${name} must be a duration, got `);
        this.checkTransformation(name, args[0]);
        return;
      case 'difference':
      case 'non_negative_difference':
      case 'cumulative_sum':
        exactly(name, 1, args);
        this.checkTransformation(name, args[0]);
        return;
      case 'moving_average': {
        exactly(name, 2, args);
        const [, window] = args;
        if (window?.kind !== 'integer')
          throw invalid(`second argument for moving_average must be an integer, got ${window ? goTypeOf(window) : ''}`);
        if (window.value <= 1n) throw invalid(`moving_average window must be greater than 1, got ${window.value}`);
        this.checkTransformation(name, args[0]);
        return;
      }
      case 'exponential_moving_average':
      case 'double_exponential_moving_average':
      case 'triple_exponential_moving_average':
      case 'triple_exponential_derivative':
      case 'relative_strength_index':
      case 'chande_momentum_oscillator':
      case 'kaufmans_efficiency_ratio':
      case 'kaufmans_adaptive_moving_average':
        checkIndicator(name, args);
        this.checkTransformation(name, args[0], false);
        return;
      case 'holt_winters':
      case 'holt_winters_with_fit':
        checkForecast(name, args, this.context.hasInterval);
        this.checkTransformation(name, args[0]);
        return;
      case 'integral':
        between(name, 1, 2, args);
        checkUnit(args[1], undefined);
        this.summary.onlySelectors = false;
        this.checkSymbol(name, args[0]);
        return;
      default:
        this.checkSimple(expr);
    }
  }

  private checkSimple({ name, args }: Call): void {
    if (AGGREGATES.has(name)) this.summary.onlySelectors = false;
    else if (!SIMPLE_SELECTORS.has(name)) throw invalid(`undefined function ${name}()`);
    exactly(name, 1, args);
    const [arg] = args;
    if (name === 'count' && arg?.kind === 'call' && arg.name === 'distinct') this.checkDistinct(arg.args, true);
    else if (name === 'count' && arg?.kind === 'distinct') return;
    else this.checkSymbol(name, arg);
  }

  /** A function over rows in their order: of a field, or of an aggregate for each window. */
  private checkTransformation(name: string, arg: Expr | undefined, takesDistinct = true): void {
    this.summary.onlySelectors = false;
    if (arg?.kind === 'call') {
      if (!this.context.hasInterval) throw invalid(`${name} aggregate requires a GROUP BY interval`);
      if (takesDistinct && arg.name === 'distinct') this.checkDistinct(arg.args, true);
      else this.checkExpr(arg);
      return;
    }
    if (this.context.hasInterval && !this.context.inheritsInterval) {
      throw invalid(`aggregate function required inside the call to ${name}`);
    }
    this.checkSymbol(name, arg);
  }

  private checkSymbol(name: string, arg: Expr | undefined): void {
    switch (arg?.kind) {
      case 'varRef':
        return;
      case 'wildcard':
        if (!this.allowsWildcard) throw invalid(`unsupported expression with wildcard: ${name}()`);
        break;
      case 'regex':
        if (!this.allowsWildcard) throw invalid(`unsupported expression with regex field: ${name}()`);
        break;
      default:
        throw invalid(`expected field argument in ${name}()`);
    }
    this.summary.onlySelectors = false;
  }

  private checkDistinct(args: readonly Expr[], isNested: boolean): void {
    if (args.length === 0) throw invalid('distinct function requires at least one argument');
    if (args.length !== 1) throw invalid('distinct function can only have one argument');
    if (args[0]?.kind !== 'varRef') throw invalid('expected field argument in distinct()');
    if (!isNested) this.summary.hasDistinct = true;
    this.summary.onlySelectors = false;
  }

  private checkTopOrBottom(expr: Call): void {
    const { name, args } = expr;
    const { topOrBottom } = this.summary;
    if (topOrBottom !== undefined) throw notCombined(topOrBottom);
    if (args.length < 2) throw invalid(`invalid number of arguments for ${name}, expected at least 2, got ${args.length}`);
    const limit = args.at(-1) as Expr;
    if (limit.kind !== 'integer') throw invalid(`expected integer as last argument in ${name}(), found ${formatExpr(limit)}`);
    if (limit.value <= 0n) throw invalid(`limit (${limit.value}) in ${name} function must be at least 1`);
    if (this.context.limit > 0 && limit.value > this.context.limit) {
      throw invalid(
        `limit (${limit.value}) in ${name} function can not be larger than the LIMIT (${this.context.limit}) in the select statement`,
      );
    }
    const [field] = args;
    if (field?.kind !== 'varRef')
      throw invalid(`expected first argument to be a field in ${name}(), found ${field ? formatExpr(field) : ''}`);
    for (const arg of args.slice(1, -1)) {
      if (arg.kind !== 'varRef') throw invalid(`only fields or tags are allowed in ${name}(), found ${formatExpr(arg)}`);
      if (!this.context.hasTarget) this.summary.hasBareFields = true;
    }
    this.summary.topOrBottom = name;
  }

  private checkMath({ name, args }: Call): void {
    exactly(name, name === 'atan2' || name === 'pow' || name === 'log' ? 2 : 1, args);
    for (const arg of args) if (!isLiteral(arg)) this.checkExpr(arg);
  }
}

export const notCombined = (name: string): Error => invalid(`selector function ${name}() cannot be combined with other functions`);

function exactly(name: string, expected: number, { length }: readonly Expr[]): void {
  if (length !== expected) throw invalid(`invalid number of arguments for ${name}, expected ${expected}, got ${length}`);
}

function between(name: string, min: number, max: number, { length }: readonly Expr[]): void {
  if (length < min || length > max) {
    throw invalid(`invalid number of arguments for ${name}, expected at least ${min} but no more than ${max}, got ${length}`);
  }
}

/** @param refusal begins the message for what is no duration; undefined for the one of `integral` */
function checkUnit(arg: Expr | undefined, refusal: string | undefined): void {
  if (arg === undefined) return;
  if (arg.kind !== 'duration') {
    throw invalid(refusal === undefined ? 'second argument must be a duration' : `${refusal}${goTypeOf(arg)}`);
  }
  if (arg.value <= 0n) throw invalid(`duration argument must be positive, got ${formatDuration(arg.value)}`);
}

const SELECTORS: ReadonlySet<string> = new Set([...SIMPLE_SELECTORS, 'percentile', 'sample', 'top', 'bottom']);

/** Whether a function picks points, so that their times, tags and other fields are at hand. */
export const isSelector = ({ name }: Call): boolean => SELECTORS.has(name);

/** The fields or tags between the first and the last argument of `top` and `bottom`, which become columns. */
export function columnsOfCall({ name, args }: Call): VarRef[] {
  if (name !== 'top' && name !== 'bottom') return [];
  return args.slice(1, -1).filter((arg): arg is VarRef => arg.kind === 'varRef');
}

export const distinctCall = (name: string): Call => call('distinct', { kind: 'varRef', name, type: undefined });
