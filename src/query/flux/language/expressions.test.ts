/** Expressions: operators and their types, nulls, texts, records, functions. */
import { describe, expect, it } from 'vitest';
import { columnOf, environmentWith, failureOf, valueOf } from '../../../../test/support/flux.js';

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['1 + 2 * 3', 7n],
    ['7 / 2', 3n],
    ['-7 / 2', -3n],
    ['-7 % 3', -1n],
    ['7.5 % 2.0', 1.5],
    ['2.0 ^ 10.0', 1024],
    ['2 ^ 3', 8],
    ['9223372036854775807 + 1', -9223372036854775808n],
    ['uint(v: 3) - uint(v: 4)', 18446744073709551615n],
    ['1.0 / 0.0', Infinity],
    ['"a" + "b"', 'ab'],
    ['"x ${1 + 1} ${1.5} ${true} ${2024-01-01T00:00:00Z} ${1h30m}"', 'x 2 1.5 true 2024-01-01T00:00:00.000000000Z 1h30m'],
    ['"\\t\\"\\\\\\x41\\${x}"', '\t"\\A${x}'],
    ['1 < 2 and not 2 <= 1 or false', true],
    ['"a" < "b"', true],
    ['"abc" =~ /b/', true],
    ['"abc" !~ /^b/', true],
    ['2024-01-01T00:00:00Z < 2024-01-01T00:00:00.000000001Z', true],
    ['if 1 > 2 then "a" else if true then "b" else "c"', 'b'],
    ['[1, 2, 3][1]', 2n],
    ['({a: {b: 5}}).a.b', 5n],
    ['((x, y=2) => x + y)(x: 1)', 3n],
    ['(() => { a = 1 b = a + 1 return b })()', 2n],
    ['int(v: 2024-01-01T00:00:00Z)', 1704067200000000000n],
    ['int(v: 1m)', 60000000000n],
    ['string(v: 1000000000000000000000.0)', '1000000000000000000000'],
    ['string(v: 0.0000001)', '0.0000001'],
    ['string(v: -0.0)', '-0'],
    ['float(v: "1e3")', 1000],
    ['time(v: "2024-01-01")', 1704067200000000000n],
    ['bool(v: 1.0)', true],
    ['length(arr: [1, 2])', 2n],
    ['contains(value: 2, set: [1, 2])', true],
    ['display(v: {a: 1, b: ["x"]})', '{a: 1, b: [x]}'],
  ])('%s', async (expression, value) => {
    expect(await valueOf(expression)).toEqual(value);
  });

  it.each([
    ['1 / 0', 'cannot divide by zero'],
    ['1 % 0', 'cannot mod zero'],
    ['[1][5]', 'cannot access element 5 of array of length 1'],
    ['int(v: "x")', 'cannot convert string "x" to int due to invalid syntax'],
    ['bool(v: 2)', 'cannot convert int 2 to bool, must be 0 or 1'],
    ['die(msg: "enough")', 'enough'],
    ['1 + 1.0', 'expected int but found float'],
    ['{a: 1}.b', 'record is missing label b'],
  ])('%s fails', async (expression, message) => {
    expect(await failureOf(`import "array"\narray.from(rows: [{v: ${expression}}])`)).toContain(message);
  });
});

describe('functions', () => {
  it('keep what was around them when they were made', async () => {
    const script = `import "array"
      make = (n) => (x) => x + n
      add2 = make(n: 2)
      add5 = make(n: 5)
      array.from(rows: [{a: add2(x: 1), b: add5(x: 1)}])`;
    expect(await columnOf(script, 'a')).toEqual([3n]);
    expect(await columnOf(script, 'b')).toEqual([6n]);
  });

  it('extend records', async () => {
    const script = `import "array"
      a = {x: 1, y: "b"}
      b = {a with y: 2.5, z: true}
      array.from(rows: [b])`;
    expect(await columnOf(script, 'x')).toEqual([1n]);
    expect(await columnOf(script, 'y')).toEqual([2.5]);
  });

  it('take a pipe', async () => {
    expect(await columnOf('import "array"\nadd = (v=<-, n) => v + n\narray.from(rows: [{v: 1 |> add(n: 2) |> add(n: 3)}])', 'v')).toEqual([
      6n,
    ]);
  });

  it('of rows may answer in two ways', async () => {
    const environment = await environmentWith('m f=1 1\nm f=9 2');
    const script =
      'from(bucket: "data") |> range(start: 0) |> map(fn: (r) => if r._value > 5.0 then {r with _value: 5.0} else {r with _value: 0.5})';
    expect(await columnOf(script, '_value', environment)).toEqual([0.5, 5]);
  });
});
