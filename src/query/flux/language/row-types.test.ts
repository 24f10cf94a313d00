/** What functions of rows ask of the types of columns, and what they make. */
import { describe, expect, it } from 'vitest';
import { columnOf, environmentWith, failureOf, tablesOf } from '../../../../test/support/flux.js';

const LINES = ['m f=1.5,i=2i,s="x",b=true,n=1u 1000000000', 'm f=2.5,i=3i,s="y",b=false,n=2u 2000000000'].join('\n');
const PIVOTED = 'from(bucket: "data") |> range(start: 0) |> pivot(rowKey: ["_time"], columnKey: ["_field"], valueColumn: "_value")';
const script = (steps: string): string => `import "array" import "math" import "strings" import "regexp"
  half = (v) => v / 2.0
  halfOf = (r) => half(v: r.f)
  set = [true, false]
  ${PIVOTED} |> ${steps}`;

describe('columns of other types than a function asks for', () => {
  it.each([
    ['filter(fn: (r) => contains(value: r.f, set: [true, false]))', 'bool != float'],
    ['filter(fn: (r) => contains(value: r.f, set: set))', 'bool != float'],
    ['filter(fn: (r) => contains(value: r.i, set: [1.0]))', 'float != int'],
    ['filter(fn: (r) => strings.hasPrefix(v: r.i, prefix: "a"))', 'string != int'],
    ['filter(fn: (r) => r.f =~ /x/)', 'string != float'],
    ['filter(fn: (r) => r.s and true)', 'bool != string'],
    ['map(fn: (r) => ({x: r.i + 1.0}))', 'float != int'],
    ['map(fn: (r) => ({x: r.f + r.i}))', 'float != int'],
    ['map(fn: (r) => ({r with x: math.abs(x: r.i)}))', 'float != int'],
    ['map(fn: (r) => { y = half(v: r.i) return {r with y: y} })', 'float != int'],
    ['map(fn: (r) => ({x: if r.s then 1 else 2}))', 'bool != string'],
    ['map(fn: (r) => ({x: if r.b then r.i else r.f}))', 'int != float'],
    ['map(fn: (r) => ({x: array.map(arr: [r.i], fn: (x) => x * 2.0)[0]}))', 'float != int'],
    ['map(fn: (r) => ({x: strings.joinStr(arr: [r.s, r.i], v: ",")}))', 'string != int'],
    ['reduce(fn: (r, accumulator) => ({s: accumulator.s + r.f}), identity: {s: 0})', 'int != float'],
    ['stateCount(fn: (r) => r.s == "x" and r.f)', 'bool != float'],
  ])('are refused by %s', async (steps, conflict) => {
    expect(await failureOf(script(steps), await environmentWith(LINES))).toMatch(new RegExp(`type conflict: ${conflict}$`));
  });

  it.each([
    'filter(fn: (r) => contains(value: r.f, set: [1.5]))',
    'filter(fn: (r) => r.i < 2.5 and r.f == 1.5)',
    'filter(fn: (r) => contains(value: r.missing, set: [true]) or r.f == 1.5)',
    'map(fn: (r) => ({x: halfOf(r: r)})) |> filter(fn: (r) => r.x == 0.75)',
    'filter(fn: (r) => float(v: r.i) / 2.0 == 1.0 and string(v: r.f) =~ /^1/)',
    'filter(fn: (r) => not r.b == false and regexp.matchRegexpString(r: /x/, v: r.s))',
    'reduce(fn: (r, accumulator) => ({s: accumulator.s + r.f}), identity: {s: 0.0}) |> filter(fn: (r) => r.s == 4.0)',
  ])('of the right types are taken by %s', async (steps) => {
    const tables = await tablesOf(script(steps), await environmentWith(LINES));
    expect(tables.map(({ rowCount }) => rowCount)).toEqual([1]);
  });
});

describe('properties that are null in all rows', () => {
  const READ = `import "csv" csv.from(csv: "#datatype,string,long,long,double,boolean\n#group,false,false,false,false,false\n#default,_result,,,,\n,result,table,a,b,c\n,,0,1,,true\n")`;
  it.each([
    ['have the type of the column that they are made of', 'map(fn: (r) => { x = r.b return {x: x, y: 1} })', ['x', 'y']],
    ['or of the function', 'map(fn: (r) => { x = r.b + r.b z = r.gone return {x: x, y: float(v: r.gone), z: z} })', ['x', 'y']],
    ['or are left out', 'map(fn: (r) => ({x: r.gone, y: 1}))', ['y']],
    ['also where operators make them', 'map(fn: (r) => ({r with x: r.c and r.gone, z: r.c or r.gone}))', ['a', 'b', 'c', 'z']],
  ])('%s', async (_name, steps, labels) => {
    const [table] = await tablesOf(`${READ} |> ${steps}`, await environmentWith(''));
    expect(table?.columns.map(({ label }) => label).sort()).toEqual(labels);
  });

  it('stay in joins whose function has a body', async () => {
    const joined = `import "array" import "join"
      l = array.from(rows: [{k: 1, v: 2.0}]) r = array.from(rows: [{k: 2, w: "x"}])
      join.left(left: l, right: r, on: (l, r) => l.k == r.k, as: (l, r) => { w = r.w return {l with w: w} })`;
    const [table] = await tablesOf(joined, await environmentWith(''));
    expect(table?.columns.map(({ label, type }) => [label, type])).toEqual([
      ['k', 'int'],
      ['v', 'float'],
      ['w', 'string'],
    ]);
  });
});

describe('and and or with nulls', () => {
  it.each([
    // Applied to whole columns, they know three values; row by row, a null on the left is false.
    ['({r with x: r.n or r.f, y: r.n and r.f, z: r.n or r.t, q: r.t and r.n})', [null, false, true, null]],
    ['({x: r.n or r.f, y: r.n and r.f, z: r.n or r.t, q: r.t and r.n, w: string(v: r.n)})', [false, false, true, null]],
  ])('%s', async (body, expected) => {
    const rows = `import "csv" csv.from(csv: "#datatype,string,long,boolean,boolean,boolean
#group,false,false,false,false,false\n#default,_result,,,,\n,result,table,t,f,n\n,,0,true,false,true\n,,0,true,false,\n")
      |> map(fn: (r) => ${body}) |> tail(n: 1)`;
    const cells = await Promise.all(['x', 'y', 'z', 'q'].map((label) => columnOf(rows, label)));
    expect(cells.flat()).toEqual(expected);
  });
});
