/** Smaller packages, each by what InfluxDB 2.9.1 answers to the same script. */
import { describe, expect, it } from 'vitest';
import { columnOf, environmentWith, failureOf, valueOf } from '../../../../test/support/flux.js';

const ROWS = [1, 2, 7, 3, 2, 2.5, 2.1].map((value, i) => `{_time: 2020-01-0${i + 1}T00:00:00Z, _value: ${value.toFixed(1)}}`);
const POINTS = `import "array" import "experimental/polyline" array.from(rows: [${ROWS.join(', ')}])`;

describe('polyline.rdp', () => {
  it.each([
    ['retention: 60.0', [1, 7, 3, 2.1]],
    ['epsilon: 1.0', [1, 2, 7, 3, 2.1]],
    ['', [1, 2, 7, 3, 2.1]],
  ])('(%s)', async (args, expected) => {
    expect(await columnOf(`${POINTS} |> polyline.rdp(${args})`, '_value')).toEqual(expected);
  });

  it('takes one of the two ways', async () => {
    expect(await failureOf(`${POINTS} |> polyline.rdp(epsilon: 1.0, retention: 20.0)`)).toContain('either epsilon or retention rate');
  });
});

describe('generate.from', () => {
  it('makes rows at equal distances', async () => {
    const script = 'import "generate" generate.from(count: 3, fn: (n) => n * n, start: 2020-01-01T00:00:00Z, stop: 2020-01-01T00:00:06Z)';
    expect(await columnOf(script, '_value')).toEqual([0n, 1n, 4n]);
    expect((await columnOf(script, '_time')).map((ns) => Number(ns) % 6e10)).toEqual([0, 2e9, 4e9]);
  });
});

describe('experimental/query', () => {
  it.each([
    ['fields: ["f"]', [1, 2]],
    ['predicate: (r) => r.t == "b"', [2, 4]],
    ['', [1, 3, 2, 4]],
  ])('inBucket(%s)', async (args, expected) => {
    const lines = ['m,t=a f=1,g=3 1', 'm,t=b f=2,g=4 1', 'n f=9 1'].join('\n');
    const script = `import "experimental/query" query.inBucket(bucket: "data", measurement: "m", start: 1970-01-01T00:00:00Z${args && `, ${args}`})`;
    expect(await columnOf(script, '_value', await environmentWith(lines))).toEqual(expected);
  });
});

describe('statistics', () => {
  it('linearRegression fits a line', async () => {
    const script = `import "contrib/anaisdg/statsmodels" ${POINTS} |> statsmodels.linearRegression()`;
    expect((await columnOf(script, 'slope'))[0]).toBeCloseTo(-0.025, 12);
  });

  it('mad finds the series that lies apart', async () => {
    const rows = ['a', 'b', 'c'].map((host, i) => `{_time: 2020-01-01T00:00:00Z, _value: ${[1, 2, 9][i] ?? 0}.0, h: "${host}"}`);
    const script = `import "array" import "contrib/anaisdg/anomalydetection" array.from(rows: [${rows.join(', ')}]) |> anomalydetection.mad()`;
    expect(await columnOf(script, 'level')).toEqual(['normal', 'normal', 'anomaly']);
  });
});

describe('sample', () => {
  it('alignToNow ends at the present', async () => {
    const script = `import "influxdata/influxdb/sample" ${POINTS.replace(' import "experimental/polyline"', '')} |> sample.alignToNow()`;
    const environment = await environmentWith('');
    expect((await columnOf(script, '_time', environment)).at(-1)).toBe(environment.now);
  });
});

describe('dynamic', () => {
  it.each([
    ['display(v: dynamic.dynamic(v: {a: 1, b: [1.5]}))', 'dynamic({a: dynamic(1), b: dynamic([dynamic(1.5)])})'],
    ['int(v: dynamic.jsonParse(data: bytes(v: "{\\"a\\": [1, 2]}")).a |> dynamic.asArray() |> length())', 2n],
    ['string(v: dynamic.jsonEncode(v: dynamic.dynamic(v: {b: true, a: "x"})))', '{"a":"x","b":true}'],
    ['exists dynamic.dynamic(v: {a: 1}).b', false],
    ['dynamic.isType(v: dynamic.dynamic(v: 1), type: "int")', true],
    ['float(v: dynamic.dynamic(v: 2)) + 0.5', 2.5],
  ])('%s', async (expression, expected) => {
    expect(await valueOf(expression, ['experimental/dynamic'])).toEqual(expected);
  });

  it('says what is no JSON', async () => {
    const script =
      'import "array" import "experimental/dynamic" array.from(rows: [{v: display(v: dynamic.jsonParse(data: bytes(v: "{")))}])';
    expect(await failureOf(script)).toContain('the data is no JSON');
  });
});

describe('experimental.chain', () => {
  it('begins the second stream when the first has ended', async () => {
    const script = `import "experimental"
      experimental.chain(
        first: from(bucket: "data") |> range(start: 0) |> to(bucket: "other"),
        second: from(bucket: "other") |> range(start: 0) |> count(),
      )`;
    expect(await columnOf(script, '_value', await environmentWith('m f=1 1\nm f=2 2'))).toEqual([2n]);
  });
});
