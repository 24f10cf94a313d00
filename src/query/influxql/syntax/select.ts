/** The rules of SELECT, and the clauses that it shares with other statements. */
import { Zone } from '../../flux/language/zone.js';
import { walk, type Expr, type Field, type Fill, type Measurement, type Select, type Source } from './ast.js';
import { parseExpr } from './expressions.js';
import { formatExpr } from './format.js';
import type { Parser } from './parser.js';
import { syntaxError } from './syntax-error.js';
import type { Operator } from './token.js';

/** A statement whose SELECT has been read. */
export function parseSelect(parser: Parser): Select {
  return parser.nested(() => {
    const fields = parseFields(parser);
    const hasTarget = parseTarget(parser);
    parser.expect('FROM');
    return {
      kind: 'select',
      fields,
      hasTarget,
      sources: parser.list(() => parseSource(parser)),
      condition: parseCondition(parser),
      dimensions: parseDimensions(parser),
      fill: parseFill(parser),
      order: parseOrder(parser),
      limit: parser.optionalCount('LIMIT'),
      offset: parser.optionalCount('OFFSET'),
      seriesLimit: parser.optionalCount('SLIMIT'),
      seriesOffset: parser.optionalCount('SOFFSET'),
      zone: parseZone(parser),
    };
  });
}

function parseFields(parser: Parser): Field[] {
  const fields: Field[] = [];
  do fields.push(parseField(parser));
  while (acceptAtOnce(parser));
  return fields;
}

/** A comma that follows without anything between. */
function acceptAtOnce(parser: Parser): boolean {
  if (parser.scan().kind === ',') return true;
  parser.back();
  return false;
}

function parseField(parser: Parser): Field {
  let expr: Expr | undefined = parser.optionalRegex();
  if (expr === undefined) {
    const first = parser.next();
    parser.back();
    expr = parseExpr(parser);
    const operator = findConditionOperator(expr);
    if (operator !== undefined) {
      const { message } = parser.errorAt(first, `invalid operator ${operator} in SELECT clause`);
      throw syntaxError(`${message.replace(/^failed to parse query: /, '')}; operator is intended for WHERE clause`);
    }
  }
  const alias = parser.accept('AS') ? parser.identifier() : '';
  parser.skipBlanks();
  return { expr, alias };
}

const CONDITION_OPERATORS: ReadonlySet<Operator> = new Set(['=', '!=', '=~', '!~', '<', '<=', '>', '>=', 'AND', 'OR']);

function findConditionOperator(expr: Expr): Operator | undefined {
  let found: Operator | undefined;
  walk(expr, (inner) => {
    if (found === undefined && inner.kind === 'binary' && CONDITION_OPERATORS.has(inner.operator)) found = inner.operator;
    return found === undefined;
  });
  return found;
}

/** Whether the statement would write somewhere, which is understood but not done. */
function parseTarget(parser: Parser): boolean {
  if (!parser.accept('INTO')) return false;
  if (parser.segments().length < 3 && parser.peekCharacter() === ':') parser.expect(':', 'MEASUREMENT');
  return true;
}

export function parseSource(parser: Parser): Source {
  const pattern = parser.optionalRegex();
  if (pattern !== undefined) return measurementOf([], pattern.pattern);
  if (!parser.accept('(')) return parseMeasurementName(parser);
  parser.expect('SELECT');
  const statement = parseSelect(parser);
  parser.expect(')');
  return { kind: 'subquery', statement };
}

/** A source that is no subquery. */
export function parseMeasurement(parser: Parser): Measurement {
  const pattern = parser.optionalRegex();
  return pattern === undefined ? parseMeasurementName(parser) : measurementOf([], pattern.pattern);
}

function parseMeasurementName(parser: Parser): Measurement {
  const segments = parser.segments();
  if (segments.length === 3) return measurementOf(segments, undefined);
  const pattern = parser.optionalRegex();
  return measurementOf(segments, pattern?.pattern);
}

function measurementOf(segments: readonly string[], pattern: Measurement['pattern']): Measurement {
  const places = pattern === undefined ? [...segments] : [...segments, ''];
  const name = places.pop() ?? '';
  return { kind: 'measurement', name, retentionPolicy: places.pop() ?? '', database: places.pop() ?? '', pattern };
}

export const parseCondition = (parser: Parser): Expr | undefined => (parser.accept('WHERE') ? parseExpr(parser) : undefined);

export function parseDimensions(parser: Parser): Expr[] {
  if (!parser.accept('GROUP')) return [];
  parser.expect('BY');
  const dimensions: Expr[] = [];
  do {
    let dimension: Expr | undefined = parser.optionalRegex();
    if (dimension === undefined) {
      dimension = parseExpr(parser);
      parser.skipBlanks();
    }
    dimensions.push(dimension);
  } while (acceptAtOnce(parser));
  return dimensions;
}

/** The one argument of a call such as `fill(none)` that stands as a clause; undefined where the clause is not there. */
function parseCallClause(parser: Parser, name: string, noCall: string, wrongCount: string): Expr | undefined {
  const token = parser.next();
  parser.back();
  if (token.kind !== 'IDENT' || token.text.toLowerCase() !== name) return undefined;
  const expr = parseExpr(parser);
  if (expr.kind !== 'call') throw syntaxError(noCall);
  const [arg] = expr.args;
  if (arg === undefined || expr.args.length !== 1) throw syntaxError(wrongCount);
  return arg;
}

function parseFill(parser: Parser): Fill {
  const arg = parseCallClause(
    parser,
    'fill',
    'fill must be a function call',
    'fill requires an argument, e.g.: 0, null, none, previous, linear',
  );
  if (arg === undefined) return { kind: 'null' };
  const text = formatExpr(arg);
  if (text === 'null' || text === 'none' || text === 'previous' || text === 'linear') return { kind: text };
  if (arg.kind !== 'integer' && arg.kind !== 'number') throw syntaxError('expected number argument in fill()');
  return { kind: 'number', value: arg.value };
}

function parseZone(parser: Parser): Zone | undefined {
  const arg = parseCallClause(parser, 'tz', 'tz must be a function call', 'tz requires exactly one argument');
  if (arg === undefined) return undefined;
  if (arg.kind !== 'string') throw syntaxError('expected string argument in tz()');
  try {
    return Zone.load(arg.value);
  } catch {
    throw syntaxError(`unable to find time zone ${arg.value}`);
  }
}

const ONLY_TIME = 'only ORDER BY time supported at this time';

export function parseOrder(parser: Parser): Select['order'] {
  if (!parser.accept('ORDER')) return undefined;
  parser.expect('BY');
  const token = parser.next();
  let order: Select['order'];
  if (token.kind === 'ASC' || token.kind === 'DESC') order = token.kind === 'ASC' ? 'ascending' : 'descending';
  else if (token.kind === 'IDENT') {
    parser.back();
    order = parseSortField(parser);
    if (token.text !== 'time') throw syntaxError(ONLY_TIME);
  } else throw parser.unexpected(token, 'identifier', 'ASC', 'DESC');
  if (parser.accept(',')) {
    do parseSortField(parser);
    while (parser.accept(','));
    throw syntaxError(ONLY_TIME);
  }
  return order;
}

function parseSortField(parser: Parser): 'ascending' | 'descending' {
  parser.identifier();
  if (parser.accept('DESC')) return 'descending';
  parser.accept('ASC');
  return 'ascending';
}
