/** The rules of expressions. */
import { type Call, type DataType, type Expr, binary, call } from './ast.js';
import { parseDuration } from './duration.js';
import type { Parser } from './parser.js';
import { syntaxError } from './syntax-error.js';
import { isOperator, type Operator, precedenceOf, type Token } from './token.js';

/** Operators of one expression; what works on expressions goes as deep as this. */
const OPERATORS_MAX = 3_000;

const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

export function parseExpr(parser: Parser): Expr {
  return parser.nested(() => {
    const operands: Expr[] = [parseOperand(parser)];
    const operators: Operator[] = [];
    for (let count = 0; ; count++) {
      const token = parser.next();
      if (!isOperator(token.kind)) {
        parser.back();
        while (operators.length > 0) combine(operands, operators);
        return operands[0] as Expr;
      }
      if (count === OPERATORS_MAX)
        throw syntaxError(`an expression may have ${OPERATORS_MAX} operators; use a regular expression or split it up`);
      const operator = token.kind;
      while (operators.length > 0 && precedenceOf(operators.at(-1) as Operator) >= precedenceOf(operator)) combine(operands, operators);
      operators.push(operator);
      operands.push(operator === '=~' || operator === '!~' ? parser.requiredRegex() : parseOperand(parser));
    }
  });
}

function combine(operands: Expr[], operators: Operator[]): void {
  const right = operands.pop() as Expr;
  const left = operands.pop() as Expr;
  operands.push(binary(operators.pop() as Operator, left, right));
}

function parseOperand(parser: Parser): Expr {
  const token = parser.next();
  switch (token.kind) {
    case '(': {
      const inner = parseExpr(parser);
      const end = parser.next();
      if (end.kind !== ')') throw parser.unexpected(end, ')');
      return { kind: 'paren', inner };
    }
    case 'IDENT':
      if (parser.scan().kind === '(') return parseCall(parser, token.text);
      parser.back();
      parser.back();
      return parseReference(parser);
    case 'DISTINCT':
      return parseDistinct(parser);
    case 'STRING':
      return { kind: 'string', value: token.text };
    case 'NUMBER':
      return { kind: 'number', value: Number(token.text) };
    case 'INTEGER':
      return parseInteger(parser, token);
    case 'TRUE':
    case 'FALSE':
      return { kind: 'boolean', value: token.kind === 'TRUE' };
    case 'DURATIONVAL': {
      const value = parseDuration(token.text);
      if (typeof value !== 'bigint') throw syntaxError(value.fault);
      return { kind: 'duration', value };
    }
    case '*':
      return parseWildcard(parser);
    case 'REGEX':
      return parser.regexOf(token);
    case 'BOUNDPARAM': {
      const name = token.text.slice(1);
      if (name === '') throw syntaxError('empty bound parameter');
      throw syntaxError(`missing parameter: ${parser.faultOfParameter(name) ?? name}`);
    }
    case '+':
    case '-':
      return parseSigned(parser, token.kind === '-');
    default:
      throw parser.unexpected(token, 'identifier', 'string', 'number', 'bool');
  }
}

function parseInteger(parser: Parser, token: Token): Expr {
  const value = BigInt(token.text);
  if (value <= INT64_MAX) return { kind: 'integer', value };
  if (value <= UINT64_MAX) return { kind: 'unsigned', value };
  throw parser.errorAt(token, 'unable to parse integer');
}

function parseSigned(parser: Parser, isNegative: boolean): Expr {
  const token = parser.next();
  if (!['NUMBER', 'INTEGER', 'DURATIONVAL', '(', 'IDENT'].includes(token.kind)) {
    throw parser.unexpected(token, 'identifier', 'number', 'duration', '(');
  }
  parser.back();
  const operand = parseOperand(parser);
  switch (operand.kind) {
    case 'number':
      return isNegative ? { kind: 'number', value: -operand.value } : operand;
    case 'integer':
    case 'duration':
      return isNegative ? { ...operand, value: -operand.value } : operand;
    case 'unsigned':
      if (!isNegative) return operand;
      if (operand.value === INT64_MAX + 1n) return { kind: 'integer', value: -operand.value };
      throw syntaxError(`constant -${operand.value} underflows int64`);
    default:
      return binary('*', { kind: 'integer', value: isNegative ? -1n : 1n }, operand);
  }
}

const TYPES: Readonly<Record<string, DataType>> = {
  float: 'float',
  integer: 'integer',
  unsigned: 'unsigned',
  string: 'string',
  boolean: 'boolean',
};

function parseReference(parser: Parser): Expr {
  const name = parser.segments().join('.');
  if (parser.scan().kind !== '::') {
    parser.back();
    return { kind: 'varRef', name, type: undefined };
  }
  const token = parser.scan();
  if (token.kind === 'FIELD') return { kind: 'varRef', name, type: 'field' };
  if (token.kind === 'TAG') return { kind: 'varRef', name, type: 'tag' };
  if (token.kind !== 'IDENT') throw parser.unexpected(token, 'float', 'integer', 'string', 'boolean', 'field', 'tag');
  const type = TYPES[token.text.toLowerCase()];
  if (type === undefined) throw parser.unexpected(token, 'float', 'integer', 'unsigned', 'string', 'boolean', 'field', 'tag');
  return { kind: 'varRef', name, type };
}

function parseDistinct(parser: Parser): Expr {
  const after = parser.scan();
  if (after.kind === '(') return parseCall(parser, 'distinct');
  if (after.kind !== 'WS') throw parser.unexpected(after, '(', 'identifier');
  return { kind: 'distinct', name: parser.identifier() };
}

function parseWildcard(parser: Parser): Expr {
  if (parser.scan().kind !== '::') {
    parser.back();
    return { kind: 'wildcard', only: undefined };
  }
  const token = parser.scan();
  if (token.kind !== 'FIELD' && token.kind !== 'TAG') throw parser.unexpected(token, 'field', 'tag');
  return { kind: 'wildcard', only: token.kind === 'FIELD' ? 'field' : 'tag' };
}

/** A call whose name and opening parenthesis have been read. */
function parseCall(parser: Parser, name: string): Call {
  const args: Expr[] = [];
  const regex = parser.optionalRegex();
  if (regex !== undefined) args.push(regex);
  else {
    if (parser.scan().kind === ')') return call(name.toLowerCase());
    parser.back();
    args.push(parseExpr(parser));
  }
  while (parser.accept(',')) args.push(parser.optionalRegex() ?? parseExpr(parser));
  const end = parser.scan();
  if (end.kind !== ')') throw parser.unexpected(end, ')');
  return call(name.toLowerCase(), ...args);
}
