/** Makes the nodes of generated scripts. */
import type { DurationPart, Expression, File, Property, Statement } from '../syntax/ast.js';

type Call = Extract<Expression, { type: 'CallExpression' }>;

export const text = (value: string): Expression => ({ type: 'StringLiteral', value });
export const flag = (value: boolean): Expression => ({ type: 'BooleanLiteral', value });
export const float = (value: number): Expression => ({ type: 'FloatLiteral', value });
export const integer = (value: number): Expression => ({ type: 'IntegerLiteral', value: String(value) });
export const name = (value: string): Expression => ({ type: 'Identifier', name: value });
export const list = (...elements: Expression[]): Expression => ({ type: 'ArrayExpression', elements });

export const partsOf = (duration: string): DurationPart[] =>
  [...duration.matchAll(/(\d+)(\p{L}+)/gu)].map(([, digits, unit = '']) => ({ magnitude: Number(digits), unit }));

export const literalOf = (values: readonly DurationPart[]): Expression => ({ type: 'DurationLiteral', values });
export const duration = (value: string): Expression => literalOf(partsOf(value));
export const negative = (argument: Expression): Expression => ({ type: 'UnaryExpression', operator: '-', argument });

/** `object["property"]`, as InfluxDB writes it. */
export const member = (object: string, property: string): Expression => ({
  type: 'MemberExpression',
  object: name(object),
  property: { type: 'StringLiteral', value: property },
});

export const binary = (left: Expression, operator: string, right: Expression): Expression => ({
  type: 'BinaryExpression',
  operator,
  left,
  right,
});
export const logical = (left: Expression, operator: 'and' | 'or', right: Expression): Expression => ({
  type: 'LogicalExpression',
  operator,
  left,
  right,
});
export const choice = (test: Expression, consequent: Expression, alternate: Expression): Expression => ({
  type: 'ConditionalExpression',
  test,
  consequent,
  alternate,
});

export type Members = Readonly<Record<string, Expression>>;

export const property = (key: string, value: Expression): Property => ({ key: { type: 'Identifier', name: key }, value });

const propertiesOf = (members: readonly (readonly [string, Expression])[]): Property[] =>
  members.map(([key, value]) => property(key, value));

export const record = (members: Members | readonly (readonly [string, Expression])[], base?: string): Expression => ({
  type: 'ObjectExpression',
  ...(base === undefined ? {} : { with: { type: 'Identifier', name: base } }),
  properties: propertiesOf(Array.isArray(members) ? (members as [string, Expression][]) : Object.entries(members as Members)),
});

/** A record whose keys are quoted. */
export const dictionary = (members: Members): Expression => ({
  type: 'ObjectExpression',
  properties: Object.entries(members).map(([key, value]): Property => ({ key: { type: 'StringLiteral', value: key }, value })),
});

export const call = (callee: Expression, members: Members = {}): Call => ({
  type: 'CallExpression',
  callee,
  arguments: [record(members)],
});

export const pipe = (first: Expression, ...calls: Call[]): Expression =>
  calls.reduce<Expression>((argument, each) => ({ type: 'PipeExpression', argument, call: each }), first);

/** `(r) => body` */
export const ofRow = (body: Expression | readonly Statement[]): Expression => ({
  type: 'FunctionExpression',
  params: [{ key: { type: 'Identifier', name: 'r' }, value: null }],
  body: Array.isArray(body) ? { type: 'Block', body: body as Statement[] } : (body as Expression),
});

export const define = (id: string, init: Expression) =>
  ({ type: 'VariableAssignment', id: { type: 'Identifier', name: id }, init }) as const satisfies Statement;

export const expression = (value: Expression): Statement => ({ type: 'ExpressionStatement', expression: value });
export const giveBack = (argument: Expression): Statement => ({ type: 'ReturnStatement', argument });

export const taskOption = (taskName: string, every: string, offset: string): Statement => ({
  type: 'OptionStatement',
  assignment: define(
    'task',
    record({
      name: text(taskName),
      ...(every === '' ? {} : { every: duration(every) }),
      ...(offset === '' ? {} : { offset: duration(offset) }),
    }),
  ),
});

export const importsOf = (...paths: string[]): NonNullable<File['imports']> =>
  paths.map((value) => ({ type: 'ImportDeclaration', path: { type: 'StringLiteral', value } }));

export const subtractedFromNow = (every: string): Expression =>
  call(member('experimental', 'subDuration'), { from: call(name('now')), d: duration(every) });
