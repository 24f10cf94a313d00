/** What is inferred here against what InfluxData's own checker infers. */
import { describe, expect, it } from 'vitest';
import { canonicalType } from '../../../../test/support/flux-types.js';
import type { FunctionExpression } from '../syntax/ast.js';
import { FluxLsp } from '../syntax/flux-lsp.js';
import { keyName } from '../syntax/names.js';
import { Inference } from './inference.js';
import { typeOfSignature } from './signature.js';
import type { Type } from './types.js';
import { unknownType } from './types.js';

const FUNCTIONS = [
  '(r) => ({r with x: r.a + 1, y: r.b + 2.0, z: r.c + "x"})',
  '(r) => r.a == 1 and r.b == "x" or r.c > 2.0',
  '(r) => ({x: r.a - r.b, y: if r.c then r.d else r.e})',
  '(r) => { y = r.a + 1 z = r.b + y return {r with y: y, z: z, w: r.q} }',
  '(r) => ({r with v: r._value / 2.0 * r.m})',
  '(r) => ({r with v: r.a + "${r.b}"})',
  '(r) => r.a =~ /x/ and not r.b',
  '(r) => exists r.a and -r.b < 3',
  '(r, accumulator) => ({s: accumulator.s + r._value, c: accumulator.c + 1})',
  '(r) => ({r with a: r.l[0] + 1})',
  '(r) => ({r with a: (if r.a > 1 then "x" else "y") + r.b})',
  '(r) => ({r with _value: r._value + 1})',
  '(r) => r.a < r.b and r.a == r.c and r.d + r.e == 1.0',
  '(r) => { f = (x, y=2.0) => x * y return {a: f(x: r.p), b: f(x: r.q, y: r.w)} }',
  '(r) => ({a: [r.x, r.y, 1], b: ["k": r.z, "l": "m"]})',
  '(r) => { g = (t=<-, n) => t + n return {a: r.x |> g(n: 1), d: 1m, u: r.when == 2020-01-01T00:00:00Z} }',
  '(r, f=(v) => v + 1) => ({a: f(v: r.x)})',
];

const lsp = new FluxLsp();

describe('the type of', () => {
  it.each(FUNCTIONS)('%s', async (source) => {
    const statement = lsp.parse(`f = ${source}`).body[0] as { readonly init: FunctionExpression };
    const parameters = new Map<string, Type>(
      statement.init.params.filter(({ value }) => value === undefined || value === null).map((param) => [keyName(param), unknownType()]),
    );
    const result = new Inference().call(statement.init, parameters, () => undefined);
    const [checked = ''] = await lsp.typesOf([`f = ${source}`]);
    const own: Type = { kind: 'function', parameters, optional: new Set(), pipe: undefined, result };
    expect(canonicalType(own)).toBe(canonicalType(withoutOptional(typeOfSignature(checked.replaceAll('#', '')), parameters)));
  });
});

/** Parameters that have a value are not asked for. */
const withoutOptional = (type: Type, asked: ReadonlyMap<string, Type>): Type =>
  type.kind === 'function' ? { ...type, parameters: new Map([...type.parameters].filter(([name]) => asked.has(name))) } : type;
