/** The tokens of InfluxQL: keywords, operators and what stands for itself. */

const KEYWORDS = [
  'ALL',
  'ALTER',
  'ANALYZE',
  'AND',
  'ANY',
  'AS',
  'ASC',
  'BEGIN',
  'BY',
  'CARDINALITY',
  'CREATE',
  'CONTINUOUS',
  'DATABASE',
  'DATABASES',
  'DEFAULT',
  'DELETE',
  'DESC',
  'DESTINATIONS',
  'DIAGNOSTICS',
  'DISTINCT',
  'DROP',
  'DURATION',
  'END',
  'EVERY',
  'EXACT',
  'EXPLAIN',
  'FALSE',
  'FIELD',
  'FOR',
  'FROM',
  'GRANT',
  'GRANTS',
  'GROUP',
  'GROUPS',
  'IN',
  'INF',
  'INSERT',
  'INTO',
  'KEY',
  'KEYS',
  'KILL',
  'LIMIT',
  'MEASUREMENT',
  'MEASUREMENTS',
  'NAME',
  'OFFSET',
  'ON',
  'OR',
  'ORDER',
  'PASSWORD',
  'POLICY',
  'POLICIES',
  'PRIVILEGES',
  'QUERIES',
  'QUERY',
  'READ',
  'REPLICATION',
  'RESAMPLE',
  'RETENTION',
  'REVOKE',
  'SELECT',
  'SERIES',
  'SET',
  'SHOW',
  'SHARD',
  'SHARDS',
  'SLIMIT',
  'SOFFSET',
  'STATS',
  'SUBSCRIPTION',
  'SUBSCRIPTIONS',
  'TAG',
  'TO',
  'TRUE',
  'USER',
  'USERS',
  'VALUES',
  'VERBOSE',
  'WHERE',
  'WITH',
  'WRITE',
] as const;

export type Keyword = (typeof KEYWORDS)[number];

export type Operator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '=' | '!=' | '=~' | '!~' | '<' | '<=' | '>' | '>=' | 'AND' | 'OR';

export type TokenKind =
  | 'ILLEGAL'
  | 'EOF'
  | 'WS'
  | 'COMMENT'
  | 'IDENT'
  | 'BOUNDPARAM'
  | 'NUMBER'
  | 'INTEGER'
  | 'DURATIONVAL'
  | 'STRING'
  | 'BADSTRING'
  | 'BADESCAPE'
  | 'REGEX'
  | 'BADREGEX'
  | Operator
  | '('
  | ')'
  | ','
  | ':'
  | '::'
  | ';'
  | '.'
  | Keyword;

export interface Token {
  readonly kind: TokenKind;
  /** What the token holds, without quotes; empty where the kind says it all. */
  readonly text: string;
  /** Where InfluxDB says that the token is: an offset in the scanner's text. */
  readonly position: number;
}

const KEYWORD_SET = new Set<string>(KEYWORDS);

/** The keyword that a bare word is, in any case of letters. */
export function findKeyword(word: string): Keyword | undefined {
  const upper = word.toUpperCase();
  return KEYWORD_SET.has(upper) ? (upper as Keyword) : undefined;
}

const PRECEDENCE: ReadonlyMap<TokenKind, number> = new Map<TokenKind, number>([
  ['OR', 1],
  ['AND', 2],
  ...(['=', '!=', '=~', '!~', '<', '<=', '>', '>='] as const).map((operator): [TokenKind, number] => [operator, 3]),
  ...(['+', '-', '|', '^'] as const).map((operator): [TokenKind, number] => [operator, 4]),
  ...(['*', '/', '%', '&'] as const).map((operator): [TokenKind, number] => [operator, 5]),
]);

export const isOperator = (kind: TokenKind): kind is Operator => PRECEDENCE.has(kind);

/** Operators that bind more tightly have a larger one. */
export const precedenceOf = (operator: Operator): number => PRECEDENCE.get(operator) ?? 0;

/** Kinds that InfluxDB has no name for, so that its messages show nothing. */
const NAMELESS = new Set<TokenKind>(['COMMENT', 'BOUNDPARAM', 'INTEGER', 'BADREGEX']);

/** A token as messages show it. */
export const describeToken = ({ kind, text }: Token): string => (text !== '' ? text : NAMELESS.has(kind) ? '' : kind);
