/** The rules of the SHOW statements that list what a database holds. */
import type { Expr, Measurement, ShowCardinality, ShowMeasurements, Statement, TagKeyFilter } from './ast.js';
import type { Parser } from './parser.js';
import { parseCondition, parseDimensions, parseMeasurement, parseOrder } from './select.js';

const optionalSources = (parser: Parser): Measurement[] => (parser.accept('FROM') ? parser.list(() => parseMeasurement(parser)) : []);

const parsePage = (parser: Parser): { limit: number; offset: number } => ({
  limit: parser.optionalCount('LIMIT'),
  offset: parser.optionalCount('OFFSET'),
});

interface Sorted {
  readonly condition: Expr | undefined;
  readonly limit: number;
  readonly offset: number;
}

function parseSorted(parser: Parser): Sorted {
  const condition = parseCondition(parser);
  parseOrder(parser);
  return { condition, ...parsePage(parser) };
}

export function parseShowMeasurements(parser: Parser): ShowMeasurements {
  const scope = { database: '', retentionPolicy: '', anyDatabase: false, anyRetentionPolicy: false };
  if (parser.accept('ON')) {
    const database = parseNameOrAny(parser);
    scope.anyDatabase = database === undefined;
    scope.database = database ?? '';
    if (parser.accept('.')) {
      const policy = parseNameOrAny(parser);
      scope.anyRetentionPolicy = policy === undefined;
      scope.retentionPolicy = policy ?? '';
    }
  }
  let sources: Measurement[] = [];
  if (parser.accept('WITH')) {
    parser.expect('MEASUREMENT');
    const token = parser.next();
    if (token.kind !== '=' && token.kind !== '=~') throw parser.unexpected(token, '=', '=~');
    sources = [parseMeasurement(parser)];
  }
  const { condition, limit, offset } = parseSorted(parser);
  return { kind: 'showMeasurements', ...scope, sources, condition, limit, offset };
}

/** Undefined for `*`. */
function parseNameOrAny(parser: Parser): string | undefined {
  const token = parser.next();
  if (token.kind === '*') return undefined;
  if (token.kind !== 'IDENT') throw parser.unexpected(token, 'identifier or *');
  return token.text;
}

export function parseShowTagKeys(parser: Parser): Statement {
  const database = parser.optionalDatabase();
  const sources = optionalSources(parser);
  let keys: TagKeyFilter | undefined;
  if (parser.accept('WITH')) {
    parser.back();
    keys = parseTagKeyFilter(parser);
  }
  const { condition, limit, offset } = parseSorted(parser);
  parser.optionalCount('SLIMIT');
  parser.optionalCount('SOFFSET');
  return { kind: 'showTagKeys', database, sources, keys, condition, limit, offset };
}

export function parseShowTagValues(parser: Parser): Statement {
  if (parser.accept('EXACT')) {
    parser.expect('CARDINALITY');
    return parseTagValuesCardinality(parser);
  }
  if (parser.accept('CARDINALITY')) return parseTagValuesCardinality(parser);
  const database = parser.optionalDatabase();
  const sources = optionalSources(parser);
  const keys = parseTagKeyFilter(parser);
  const { condition, limit, offset } = parseSorted(parser);
  return { kind: 'showTagValues', database, sources, keys, condition, limit, offset };
}

function parseTagKeyFilter(parser: Parser): TagKeyFilter {
  parser.expect('WITH', 'KEY');
  const token = parser.next();
  switch (token.kind) {
    case 'IN': {
      parser.expect('(');
      const keys = parser.identifierList();
      parser.expect(')');
      return { operator: 'IN', keys, pattern: undefined };
    }
    case '=':
    case '!=':
      return { operator: token.kind, keys: [parser.identifier()], pattern: undefined };
    case '=~':
    case '!~':
      return { operator: token.kind, keys: [], pattern: parser.requiredRegex().pattern };
    default:
      throw parser.unexpected(token, 'IN', '=', '=~');
  }
}

export function parseShowFieldKeys(parser: Parser): Statement {
  const database = parser.optionalDatabase();
  const sources = optionalSources(parser);
  parseOrder(parser);
  return { kind: 'showFieldKeys', database, sources, condition: undefined, ...parsePage(parser) };
}

export function parseShowSeries(parser: Parser): Statement {
  const isExact = parser.accept('EXACT');
  if (parser.accept('CARDINALITY')) return parseCardinality(parser, 'series', isExact);
  const database = parser.optionalDatabase();
  const sources = optionalSources(parser);
  return { kind: 'showSeries', database, sources, ...parseSorted(parser) };
}

/** What follows SHOW TAG KEY or SHOW FIELD KEY. */
export function parseKeyCardinality(parser: Parser, of: 'tagKey' | 'fieldKey'): Statement {
  const isExact = parser.accept('EXACT');
  const token = parser.next();
  if (token.kind !== 'CARDINALITY') throw parser.unexpected(token, ...(isExact ? [] : ['EXACT']), 'CARDINALITY');
  return parseCardinality(parser, of, true);
}

function parseTagValuesCardinality(parser: Parser): ShowCardinality {
  const database = parser.optionalDatabase();
  const sources = optionalSources(parser);
  return { kind: 'showCardinality', of: 'tagValues', database, sources, keys: parseTagKeyFilter(parser), ...parseCounted(parser) };
}

/**
 * What follows CARDINALITY.
 *
 * @param isExact a cardinality of series or measurements that is not, and that asks for nothing special, is not counted by InfluxDB
 */
export function parseCardinality(parser: Parser, of: 'series' | 'measurement' | 'tagKey' | 'fieldKey', isExact: boolean): Statement {
  const database = parser.optionalDatabase();
  const sources = optionalSources(parser);
  const counted = parseCounted(parser);
  const isPlain =
    sources.length === 0 &&
    counted.condition === undefined &&
    counted.dimensions.length === 0 &&
    counted.limit === 0 &&
    counted.offset === 0;
  if (!isExact && isPlain) return { kind: 'unsupported', name: `SHOW ${of.toUpperCase()} CARDINALITY` };
  return { kind: 'showCardinality', of, database, sources, keys: undefined, ...counted };
}

function parseCounted(parser: Parser): Pick<ShowCardinality, 'condition' | 'dimensions' | 'limit' | 'offset'> {
  const condition = parseCondition(parser);
  const dimensions = parseDimensions(parser);
  return { condition, dimensions, ...parsePage(parser) };
}
