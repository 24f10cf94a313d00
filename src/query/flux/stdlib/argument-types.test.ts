/** What functions say to arguments and columns of a type that they are not for: InfluxDB's words, and never a value. */
import { describe, expect, it } from 'vitest';
import { columnOf, failureOf, valueOf } from '../../../../test/support/flux.js';

const TABLE = 'import "array"\ndata = array.from(rows: [{_time: 2021-01-01T00:00:00Z, _value: 1.0}])\n';

describe('an argument of another type', () => {
  it.each([
    ['data |> range(start: [1])', 'value is not a time, got [int]'],
    ['data |> range(start: {a: 1})', 'value is not a time, got {a: int}'],
    ['x = time(v: "x")', 'cannot convert string "x" to time due to invalid syntax: cannot parse date'],
    ['x = int(v: {a: 1})', 'cannot convert {a: int} to int'],
    ['import "contrib/bonitoo-io/hex"\nx = hex.string(v: [1])', 'cannot convert [int] to string'],
    ['import "contrib/qxip/hash"\nx = hash.md5(v: {a: 1})', 'hash cannot convert {a: int} to md5'],
    [
      'import "experimental"\ndata |> experimental.group(mode: "x", columns: ["a"])',
      'invalid group mode "x"; experimental.group requires mode "extend"',
    ],
    ['x = join(tables: {a: data, b: 1}, on: ["_time"])', 'expected "b" to be stream type; instead got int'],
    ['import "internal/debug"\ndata |> rename(columns: debug.null(type: "float"))', 'keyword argument "columns" should be of kind object'],
    ['x = data |> tableFind(fn: (key) => true) |> getColumn(column: "x")', 'cannot find column x'],
    ['import "strings"\nx = strings.toUpper(v: 1)', 'expected string but found int (argument v)'],
    ['x = contains(value: 1.0, set: [true])', 'expected bool but found float (argument value)'],
  ])('%s', async (script, message) => {
    const imports = script.match(/^import .*$/gm) ?? [];
    expect(await failureOf(`${imports.join('\n')}\n${TABLE}${script.replace(/^import .*\n/gm, '')}`)).toContain(message);
  });

  it.each([
    ['timezone.fixed(offset: "x").offset', ['timezone'], 'x'],
    ['length(arr: array.from(rows: [{a: 1}]) |> findColumn(fn: (key) => true, column: "b"))', ['array'], 0n],
  ])('%s is taken, as in InfluxDB', async (expression, imports, value) => {
    expect(await valueOf(expression, imports)).toEqual(value);
  });

  it('alignTo of alignTime is whatever int() takes', async () => {
    const script =
      'import "array"\nimport "experimental"\narray.from(rows: [{_time: 2021-01-01T00:00:00Z, a: 1}]) |> experimental.alignTime(alignTo: 1s)';
    expect(await columnOf(script, '_time')).toEqual([1_000_000_000n]);
  });
});
