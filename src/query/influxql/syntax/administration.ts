/** The rules of statements that InfluxDB 2 understands but does not do: what is wrong with their text is still said. */
import { holds, type Statement } from './ast.js';
import type { Parser } from './parser.js';
import { parseSelect } from './select.js';
import type { TokenKind } from './token.js';

const unsupported = (name: string): Statement => ({ kind: 'unsupported', name });

export function parseNothing(name: string): () => Statement {
  return () => unsupported(name);
}

/** A statement that ends with a name. */
export function parseNamed(name: string): (parser: Parser) => Statement {
  return (parser) => {
    parser.identifier();
    return unsupported(name);
  };
}

/** `FOR 'module'`, where it is there. */
export function parseModule(name: string): (parser: Parser) => Statement {
  return (parser) => {
    if (parser.accept('FOR')) parser.string();
    return unsupported(name);
  };
}

export function parseCreateDatabase(parser: Parser): Statement {
  parser.identifier();
  if (parser.accept('WITH')) {
    const token = parser.next();
    const options: readonly TokenKind[] = ['DURATION', 'NAME', 'REPLICATION', 'SHARD'];
    if (!options.includes(token.kind)) throw parser.unexpected(token, ...options);
    parser.back();
    if (parser.accept('DURATION')) parser.duration();
    if (parser.accept('REPLICATION')) parser.positiveInteger();
    if (parser.accept('SHARD')) {
      parser.expect('DURATION');
      parser.duration();
    }
    if (parser.accept('NAME')) parser.identifier();
  }
  return unsupported('CREATE DATABASE');
}

export function parseCreateUser(parser: Parser): Statement {
  parser.identifier();
  parser.expect('WITH', 'PASSWORD');
  parser.string();
  if (parser.accept('WITH')) parser.expect('ALL', 'PRIVILEGES');
  return unsupported('CREATE USER');
}

export function parseCreateRetentionPolicy(parser: Parser): Statement {
  parser.identifier();
  parser.expect('ON');
  parser.identifier();
  parser.expect('DURATION');
  parser.duration();
  parser.expect('REPLICATION');
  parser.positiveInteger();
  if (parser.accept('SHARD')) parseShardDuration(parser);
  parser.accept('DEFAULT');
  return unsupported('CREATE RETENTION POLICY');
}

function parseShardDuration(parser: Parser): void {
  parser.expect('DURATION');
  const token = parser.next();
  if (token.kind === 'INF') throw parser.errorAt(token, 'invalid duration INF for shard duration');
  parser.back();
  parser.duration();
}

export function parseAlterRetentionPolicy(parser: Parser): Statement {
  const name = parser.next();
  if (name.kind !== 'DEFAULT' && name.kind !== 'IDENT') throw parser.unexpected(name, 'identifier');
  parser.expect('ON');
  parser.identifier();
  const found = new Set<TokenKind>();
  for (;;) {
    const token = parser.next();
    if (found.has(token.kind)) throw parser.errorAt(token, `found duplicate ${token.kind} option`);
    if (token.kind === 'DURATION') parser.duration();
    else if (token.kind === 'REPLICATION') parser.positiveInteger();
    else if (token.kind === 'SHARD') parseShardDuration(parser);
    else if (token.kind !== 'DEFAULT') {
      if (found.size === 0) throw parser.unexpected(token, 'DURATION', 'REPLICATION', 'SHARD', 'DEFAULT');
      parser.back();
      return unsupported('ALTER RETENTION POLICY');
    }
    found.add(token.kind);
  }
}

export function parseCreateSubscription(parser: Parser): Statement {
  parsePolicyOfSubscription(parser);
  parser.expect('DESTINATIONS');
  const mode = parser.next();
  if (mode.kind !== 'ALL' && mode.kind !== 'ANY') throw parser.unexpected(mode, 'ALL', 'ANY');
  parser.stringList();
  return unsupported('CREATE SUBSCRIPTION');
}

export function parseDropSubscription(parser: Parser): Statement {
  parsePolicyOfSubscription(parser);
  return unsupported('DROP SUBSCRIPTION');
}

function parsePolicyOfSubscription(parser: Parser): void {
  parser.identifier();
  parser.expect('ON');
  parser.identifier();
  const dot = parser.scan();
  if (dot.kind !== '.') throw parser.unexpected(dot, '.');
  parser.identifier();
}

/** `name ON database`. */
export function parseNameOnDatabase(name: string): (parser: Parser) => Statement {
  return (parser) => {
    parser.identifier();
    parser.expect('ON');
    parser.identifier();
    return unsupported(name);
  };
}

export function parseCreateContinuousQuery(parser: Parser): Statement {
  parser.identifier();
  parser.expect('ON');
  parser.identifier();
  if (parser.accept('RESAMPLE')) parseResample(parser);
  parser.expect('BEGIN', 'SELECT');
  const select = parseSelect(parser);
  if (!select.hasTarget) throw parser.unexpected(parser.next(), 'INTO');
  const isAggregated = select.fields.some(({ expr }) => holds(expr, ({ kind }) => kind === 'call'));
  const hasInterval = select.dimensions.some((dimension) => dimension.kind === 'call' && dimension.name === 'time');
  if (isAggregated && !hasInterval) throw parser.unexpected(parser.next(), 'GROUP BY time(...)');
  parser.expect('END');
  return unsupported('CREATE CONTINUOUS QUERY');
}

function parseResample(parser: Parser): void {
  let every = 0n;
  let period = 0n;
  if (parser.accept('EVERY')) every = parseStrictDuration(parser);
  if (parser.accept('FOR')) period = parseStrictDuration(parser);
  if (every === 0n && period === 0n) throw parser.unexpected(parser.next(), 'EVERY', 'FOR');
}

function parseStrictDuration(parser: Parser): bigint {
  const token = parser.next();
  if (token.kind !== 'DURATIONVAL') throw parser.unexpected(token, 'duration');
  parser.back();
  return parser.duration();
}

export function parseDropShard(parser: Parser): Statement {
  parser.unsignedInteger();
  return unsupported('DROP SHARD');
}

export function parseSetPassword(parser: Parser): Statement {
  parser.identifier();
  parser.expect('=');
  parser.string();
  return unsupported('SET PASSWORD');
}

export function parseKillQuery(parser: Parser): Statement {
  parser.unsignedInteger();
  if (parser.accept('ON')) parser.identifier();
  return unsupported('SHOW QUERIES');
}

export const parseGrant = (parser: Parser): Statement => parsePrivilege(parser, 'GRANT', 'TO');
export const parseRevoke = (parser: Parser): Statement => parsePrivilege(parser, 'REVOKE', 'FROM');

function parsePrivilege(parser: Parser, verb: 'GRANT' | 'REVOKE', towards: 'TO' | 'FROM'): Statement {
  const privilege = parser.next();
  if (privilege.kind !== 'READ' && privilege.kind !== 'WRITE' && privilege.kind !== 'ALL') {
    throw parser.unexpected(privilege, 'READ', 'WRITE', 'ALL [PRIVILEGES]');
  }
  const isAll = privilege.kind === 'ALL';
  if (isAll) parser.accept('PRIVILEGES');
  const token = parser.next();
  if (token.kind === 'ON') {
    parser.identifier();
    parser.expect(towards);
    parser.identifier();
    return unsupported(verb);
  }
  if (!isAll) throw parser.unexpected(token, 'ON');
  if (token.kind !== towards) throw parser.unexpected(token, 'ON', towards);
  parser.identifier();
  return unsupported(`${verb} ALL`);
}
