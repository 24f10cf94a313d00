/** Expressions as text, in InfluxDB's way: for its messages, and to tell whether two are the same. */
import { formatFloat } from '../../../domain/float.js';
import { formatTime } from '../../../domain/time.js';
import type { Expr } from './ast.js';
import { formatDuration } from './duration.js';
import { findKeyword } from './token.js';

export function formatExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'varRef':
      return expr.type === undefined ? quoteIdentifier(expr.name) : `${quoteIdentifier(expr.name)}::${expr.type}`;
    case 'call':
      return `${expr.name}(${expr.args.map(formatExpr).join(', ')})`;
    case 'binary':
      return `${formatExpr(expr.left)} ${expr.operator} ${formatExpr(expr.right)}`;
    case 'paren':
      return `(${formatExpr(expr.inner)})`;
    case 'wildcard':
      return expr.only === undefined ? '*' : `*::${expr.only}`;
    case 'distinct':
      return `DISTINCT ${expr.name}`;
    case 'number': {
      const text = formatFloat(expr.value);
      return /^-?\d+$/.test(text) ? `${text}.0` : text;
    }
    case 'integer':
    case 'unsigned':
    case 'boolean':
      return String(expr.value);
    case 'string':
      return `'${expr.value.replace(/[\n\\']/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}'`;
    case 'duration':
      return formatDuration(expr.value);
    case 'time':
      return `'${formatTime(expr.value)}'`;
    case 'nil':
      return 'nil';
    case 'regex':
      return `/${expr.pattern.source.replaceAll('/', '\\/')}/`;
  }
}

const BARE_WORD = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A name with quotes where it needs them. */
export const quoteIdentifier = (name: string): string =>
  BARE_WORD.test(name) && findKeyword(name) === undefined
    ? name
    : `"${name.replace(/[\n\\"]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`))}"`;

/** The names of kinds of expressions in InfluxDB's program, which some of its messages show. */
const GO_TYPES: Readonly<Record<Expr['kind'], string>> = {
  varRef: 'VarRef',
  call: 'Call',
  binary: 'BinaryExpr',
  paren: 'ParenExpr',
  wildcard: 'Wildcard',
  distinct: 'Distinct',
  number: 'NumberLiteral',
  integer: 'IntegerLiteral',
  unsigned: 'UnsignedLiteral',
  string: 'StringLiteral',
  boolean: 'BooleanLiteral',
  duration: 'DurationLiteral',
  time: 'TimeLiteral',
  nil: 'NilLiteral',
  regex: 'RegexLiteral',
};

export const goTypeOf = (expr: Expr): string => `*influxql.${GO_TYPES[expr.kind]}`;
