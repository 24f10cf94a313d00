/** Answers that differ in small things: what becomes of nulls, in which order columns and tables come, how values are shown. */
import { describe, expect, it } from 'vitest';
import { columnOf, environmentWith, tablesOf, valueOf } from '../../../../../test/support/flux.js';

const LINES = ['m,t=a f=1,g=2 1000000000', 'm,t=b f=5 2000000000', 'm f=2 62000000000', 'n,t=c f=3 1000000000'].join('\n');
const READ = 'from(bucket: "data") |> range(start: 0, stop: 240)';
const SERIES = `${READ} |> filter(fn: (r) => r._field == "f" and r._measurement == "m") |> group()`;

const values = async (script: string): Promise<unknown[]> => columnOf(script, '_value', await environmentWith(LINES));

describe('nulls', () => {
  it.each([
    ['cumulativeSum() keeps its sum', 'aggregateWindow(every: 1m, fn: sum) |> cumulativeSum()', [6, 8, 8, 8]],
    ['increase() does so too', 'aggregateWindow(every: 1m, fn: sum) |> increase()', [0, 2, 2, 2]],
    ['sort() has them first', 'aggregateWindow(every: 1m, fn: sum) |> sort()', [null, null, 2, 6]],
    ['sort(desc: true), too', 'aggregateWindow(every: 1m, fn: sum) |> sort(desc: true)', [null, null, 6, 2]],
    ['so does top()', 'aggregateWindow(every: 1m, fn: sum) |> top(n: 3)', [null, null, 6]],
    ['and bottom()', 'aggregateWindow(every: 1m, fn: sum) |> bottom(n: 3)', [null, null, 2]],
  ])('%s', async (_name, steps, expected) => {
    expect(await values(`${SERIES} |> ${steps}`)).toEqual(expected);
  });
});

describe('movingAverage over more rows than there are', () => {
  it('leaves empty tables, and hands out what there is after them', async () => {
    const script = `${READ} |> filter(fn: (r) => r._field == "f" and r._measurement == "m") |> movingAverage(n: 3)`;
    const tables = await tablesOf(script, await environmentWith(LINES));
    expect(tables.map(({ rowCount, key }) => [rowCount, key.find(({ label }) => label === 't')?.value])).toEqual([
      [0, undefined],
      [0, 'a'],
      [0, 'b'],
      [1, undefined],
      [1, 'a'],
      [1, 'b'],
    ]);
  });
});

describe('columns', () => {
  const labels = async (script: string): Promise<string[]> =>
    (await tablesOf(script, await environmentWith(LINES)))[0]?.columns.map(({ label }) => label) ?? [];

  it('_start and _stop come first when range adds them', async () => {
    const script = 'import "array" array.from(rows: [{_time: 1970-01-01T00:00:01Z, _value: 1}]) |> range(start: 0)';
    expect(await labels(script)).toEqual(['_start', '_stop', '_time', '_value']);
  });

  it('map may leave none: then there are no rows', async () => {
    const tables = await tablesOf(`${READ} |> map(fn: (r) => ({}))`, await environmentWith(LINES));
    expect(tables.map(({ rowCount }) => rowCount)).toEqual([0]);
  });
});

describe('the schema', () => {
  const schema = (args: string): string =>
    `import "influxdata/influxdb/schema" schema.tagValues(bucket: "data", tag: "t", start: 1970-01-01T00:00:00Z${args})`;
  it.each([
    ['tagValues', schema(''), ['a', 'b', 'c']],
    ['tagValues of a field has a missing tag as an empty one', schema(', predicate: (r) => r._field == "f"'), [null, 'a', 'b', 'c']],
    ['cardinality counts series, not fields', 'import "influxdata/influxdb" influxdb.cardinality(bucket: "data", start: -100y)', [4n]],
    [
      'within the range',
      'import "influxdata/influxdb" influxdb.cardinality(bucket: "data", start: -100y, stop: 1970-01-01T00:00:02Z)',
      [2n],
    ],
    [
      'that fit',
      'import "influxdata/influxdb" influxdb.cardinality(bucket: "data", start: -100y, predicate: (r) => r._measurement == "m" and r._field == "g")',
      [1n],
    ],
  ])('%s', async (_name, script, expected) => {
    expect(await values(script)).toEqual(expected);
  });
});

describe.each([
  ['display(v: bytes(v: "abc"))', '0x616263'],
  ['display(v: [1, 2, 3])', '[1, 2, 3]'],
  ['display(v: [1, 2, 3, 4])', '[\n    1,\n    2,\n    3,\n    4\n]'],
  ['display(v: {d: [1.5], c: "x", b: 1000000.0, a: ["k": 2s]})', '{\n    a: [k: 2s],\n    b: 1e+06,\n    c: x,\n    d: [1.5]\n}'],
  ['types.isType(v: 1, type: "int")', true],
  ['types.isType(v: "a", type: "strin")', false],
])('%s', (expression, expected) => {
  it('is as in InfluxDB', async () => {
    expect(await valueOf(expression, ['types'])).toBe(expected);
  });
});
