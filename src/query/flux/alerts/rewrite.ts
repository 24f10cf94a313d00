/** Changes the query of a check into one that is run on a schedule, as InfluxDB does. */
import type { Expression, File, ObjectExpression, Property } from '../syntax/ast.js';
import { flag, negative, property } from './nodes.js';

type Visit = (node: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** Replaces nodes from the outside to the inside. */
function rewrite<T>(node: T, visit: Visit): T {
  if (Array.isArray(node)) return node.map((item: unknown) => rewrite(item, visit)) as T;
  if (typeof node !== 'object' || node === null) return node;
  const visited = visit(node as Readonly<Record<string, unknown>>);
  return Object.fromEntries(Object.entries(visited).map(([key, value]) => [key, key === 'location' ? value : rewrite(value, visit)])) as T;
}

/** Every node, from the outside to the inside. */
export function* nodesIn(node: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) yield node as Readonly<Record<string, unknown>>;
  for (const [key, value] of Object.entries(node)) if (key !== 'location') yield* nodesIn(value);
}

export const keyOf = ({ key }: Property): string => ('name' in key ? key.name : key.value);

const isCallOf = (node: unknown, callee: string): boolean => {
  const found = (node as { readonly callee?: { readonly type?: string; readonly name?: string } } | undefined)?.callee;
  return found?.type === 'Identifier' && found.name === callee;
};

const changeArguments = (file: File, callee: string, change: (properties: readonly Property[]) => readonly Property[]): File =>
  rewrite(file, (node) => {
    if (node.type !== 'CallExpression' && node.callee === undefined) return node;
    if (!isCallOf(node, callee)) return node;
    const given = (node.arguments ?? []) as readonly Expression[];
    return {
      ...node,
      arguments: given.map((each) => (each.type === 'ObjectExpression' ? { ...each, properties: change(each.properties) } : each)),
    };
  });

/** All arguments `start` and `every`, whatever they belong to. */
export const replaceDurations = (file: File, value: Expression): File =>
  rewrite(file, (node) => {
    const { key } = node as { readonly key?: Property['key'] };
    if (key === undefined || !('value' in node)) return node;
    const name = keyOf(node as unknown as Property);
    return name === 'start' ? { ...node, value: negative(value) } : name === 'every' ? { ...node, value } : node;
  });

export const keepStartOfRange = (file: File): File =>
  changeArguments(file, 'range', (properties) => properties.filter((each) => keyOf(each) === 'start'));

export const withoutEmptyWindows = (file: File): File =>
  changeArguments(file, 'aggregateWindow', (properties) =>
    properties.some((each) => keyOf(each) === 'createEmpty') ? properties : [...properties, property('createEmpty', flag(false))],
  );

export const withoutAggregateWindow = (file: File): File =>
  rewrite(file, (node) => {
    if (node.type !== 'PipeExpression' || !isCallOf(node.call, 'aggregateWindow')) return node;
    const argument = node.argument as Readonly<Record<string, unknown>>;
    return argument.type === 'PipeExpression' ? argument : node;
  });

/** The fields that a query names: `r._field == "usage"`. */
export const fieldsIn = (file: File): string[] =>
  [...nodesIn(file)].flatMap((node) => {
    if (node.type !== 'BinaryExpression') return [];
    const { left, right } = node as unknown as { left: Expression; right: Expression };
    if (left.type !== 'MemberExpression' || right.type !== 'StringLiteral') return [];
    return ('name' in left.property ? left.property.name : left.property.value) === '_field' ? [right.value] : [];
  });

/** A query that is one pipe becomes the variable `data`, without its `yield`; others stay as they are. */
export function assignToData(file: File): File['body'] {
  const [statement] = file.body;
  if (file.body.length !== 1 || statement?.type !== 'ExpressionStatement') return file.body;
  const { expression } = statement;
  if (expression.type !== 'PipeExpression') return file.body;
  const init = isCallOf(expression.call, 'yield') ? expression.argument : expression;
  return [{ type: 'VariableAssignment', id: { type: 'Identifier', name: 'data' }, init }];
}

export const isRecord = (node: Expression | undefined): node is ObjectExpression => node?.type === 'ObjectExpression';
