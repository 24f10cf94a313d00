/** Queries: statements with semicolons between them, each found by its first words. */
import {
  parseAlterRetentionPolicy,
  parseCreateContinuousQuery,
  parseCreateDatabase,
  parseCreateRetentionPolicy,
  parseCreateSubscription,
  parseCreateUser,
  parseDropShard,
  parseDropSubscription,
  parseGrant,
  parseKillQuery,
  parseModule,
  parseNameOnDatabase,
  parseNamed,
  parseNothing,
  parseRevoke,
  parseSetPassword,
} from './administration.js';
import type { Measurement, Statement } from './ast.js';
import type { Parameters } from './parameters.js';
import { Parser } from './parser.js';
import { parseCondition, parseMeasurement, parseSelect } from './select.js';
import {
  parseCardinality,
  parseKeyCardinality,
  parseShowFieldKeys,
  parseShowMeasurements,
  parseShowSeries,
  parseShowTagKeys,
  parseShowTagValues,
} from './show.js';
import { syntaxError, syntaxErrorAt } from './syntax-error.js';
import type { Keyword, TokenKind } from './token.js';

/** Statements in one query. */
const STATEMENTS_MAX = 1_000;

/**
 * The statements of a query.
 *
 * @throws DomainError `invalid`, in InfluxDB's words and with the place: `failed to parse query: found X, expected Y at line 1, char N`
 */
export function parseQuery(text: string, parameters: Parameters): Statement[] {
  const parser = new Parser(text, parameters);
  const statements: Statement[] = [];
  let isSeparated = true;
  for (;;) {
    const token = parser.next();
    if (token.kind === 'EOF') return statements;
    if (token.kind === ';') {
      isSeparated = true;
      continue;
    }
    if (!isSeparated) throw parser.unexpected(token, ';');
    if (statements.length === STATEMENTS_MAX) throw syntaxError(`a query may have ${STATEMENTS_MAX} statements; send the rest in another`);
    parser.back();
    statements.push(parseStatement(parser));
    isSeparated = false;
  }
}

type Rule = (parser: Parser) => Statement;

/** Words that begin statements, in the order in which InfluxDB lists them. */
interface Words {
  readonly [word: string]: Words | Rule;
}

const LANGUAGE: Words = {
  SELECT: parseSelect,
  DELETE: (parser) => ({ kind: 'delete', ...parseSelection(parser) }),
  SHOW: {
    CONTINUOUS: { QUERIES: parseNothing('SHOW CONTINUOUS QUERIES') },
    DATABASES: () => ({ kind: 'showDatabases' }),
    DIAGNOSTICS: parseModule('SHOW DIAGNOSTICS'),
    FIELD: { KEY: (parser) => parseKeyCardinality(parser, 'fieldKey'), KEYS: parseShowFieldKeys },
    GRANTS: { FOR: parseNamed('SHOW GRANTS') },
    MEASUREMENT: {
      EXACT: (parser) => {
        parser.expect('CARDINALITY');
        return parseCardinality(parser, 'measurement', true);
      },
      CARDINALITY: (parser) => parseCardinality(parser, 'measurement', false),
    },
    MEASUREMENTS: parseShowMeasurements,
    QUERIES: parseNothing('SHOW QUERIES'),
    RETENTION: { POLICIES: (parser) => ({ kind: 'showRetentionPolicies', database: parser.optionalDatabase() }) },
    SERIES: parseShowSeries,
    SHARD: { GROUPS: parseNothing('SHOW SHARD GROUPS') },
    SHARDS: parseNothing('SHOW SHARDS'),
    STATS: parseModule('SHOW STATS'),
    SUBSCRIPTIONS: parseNothing('SHOW SUBSCRIPTIONS'),
    TAG: { KEY: (parser) => parseKeyCardinality(parser, 'tagKey'), KEYS: parseShowTagKeys, VALUES: parseShowTagValues },
    USERS: parseNothing('SHOW USERS'),
  },
  CREATE: {
    CONTINUOUS: { QUERY: parseCreateContinuousQuery },
    DATABASE: parseCreateDatabase,
    USER: parseCreateUser,
    RETENTION: { POLICY: parseCreateRetentionPolicy },
    SUBSCRIPTION: parseCreateSubscription,
  },
  DROP: {
    CONTINUOUS: { QUERY: parseNameOnDatabase('DROP CONTINUOUS QUERY') },
    DATABASE: parseNamed('DROP DATABASE'),
    MEASUREMENT: (parser) => ({ kind: 'dropMeasurement', name: parser.identifier() }),
    RETENTION: { POLICY: parseNameOnDatabase('DROP RETENTION POLICY') },
    SERIES: parseDropSeries,
    SHARD: parseDropShard,
    SUBSCRIPTION: parseDropSubscription,
    USER: parseNamed('DROP USER'),
  },
  EXPLAIN: parseExplain,
  GRANT: parseGrant,
  REVOKE: parseRevoke,
  ALTER: { RETENTION: { POLICY: parseAlterRetentionPolicy } },
  SET: { PASSWORD: { FOR: parseSetPassword } },
  KILL: { QUERY: parseKillQuery },
};

const WORDS = new Map<Words, ReadonlyMap<TokenKind, Words | Rule>>();

function rulesOf(words: Words): ReadonlyMap<TokenKind, Words | Rule> {
  let rules = WORDS.get(words);
  if (rules === undefined) {
    rules = new Map(Object.entries(words) as [Keyword, Words | Rule][]);
    WORDS.set(words, rules);
  }
  return rules;
}

function parseStatement(parser: Parser): Statement {
  let words = LANGUAGE;
  for (;;) {
    const token = parser.next();
    const rule = rulesOf(words).get(token.kind);
    if (rule === undefined) throw parser.unexpected(token, ...rulesOf(words).keys());
    if (typeof rule === 'function') return rule(parser);
    words = rule;
  }
}

function parseExplain(parser: Parser): Statement {
  const analyze = parser.accept('ANALYZE');
  parser.accept('VERBOSE');
  parser.expect('SELECT');
  return { kind: 'explain', analyze, statement: parseSelect(parser) };
}

interface Selection {
  readonly sources: Measurement[];
  readonly condition: ReturnType<typeof parseCondition>;
}

/** FROM and WHERE of a statement that removes points; it needs at least one of them. */
function parseSelection(parser: Parser): Selection {
  const token = parser.next();
  let sources: Measurement[] = [];
  if (token.kind === 'FROM') {
    sources = parser.list(() => parseMeasurement(parser));
    if (sources.some(({ database }) => database !== '')) throw misplaced('database not supported');
  } else parser.back();
  const condition = parseCondition(parser);
  if (sources.length === 0 && condition === undefined) throw parser.unexpected(token, 'FROM', 'WHERE');
  return { sources, condition };
}

function parseDropSeries(parser: Parser): Statement {
  const { sources } = parseSelection(parser);
  if (sources.some(({ retentionPolicy }) => retentionPolicy !== '')) throw misplaced('retention policy not supported');
  return { kind: 'unsupported', name: 'DROP SERIES' };
}

const misplaced = (message: string): Error => syntaxErrorAt(message, { line: 1, char: 1 });
