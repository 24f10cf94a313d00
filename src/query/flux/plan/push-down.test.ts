/**
 * What storage does for a script must not show in its answer. Each script runs twice: as it is, and with a `yield` after `range`, behind
 * which nothing is pushed down. The order of tables and columns is left out: InfluxDB's own differs between the two.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellOf, environmentWith, tablesOf } from '../../../../test/support/flux.js';
import type { DecodedTable } from '../../../wire/annotated-csv-decoder.js';
import type { FluxEnvironment } from '../environment.js';

const SECOND = 1_000_000_000;

/** Quarters, whose sums are exact in any order. */
const value = fc.integer({ min: -40, max: 40 }).map((quarters) => quarters / 4);

const point = fc.record({
  measurement: fc.constantFrom('m', 'n'),
  a: fc.constantFrom('x', 'y', 'z'),
  b: fc.constantFrom('p', 'q'),
  field: fc.constantFrom('f', 'g'),
  time: fc.integer({ min: 0, max: 300 }),
  value,
});

const linesOf = (points: readonly (typeof point extends fc.Arbitrary<infer T> ? T : never)[]): string =>
  points.map(({ measurement, a, b, field, time, value: v }) => `${measurement},a=${a},b=${b} ${field}=${v} ${time * SECOND}`).join('\n');

const comparison = fc.oneof(
  fc.constantFrom('r._measurement == "m"', 'r._field != "g"', 'r.a == "x"', 'r.a != "y"', 'r.b =~ /p|z/', 'r.a !~ /^[xy]$/', 'exists r.b'),
  fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '==', '!='), value).map(([operator, v]) => `r._value ${operator} ${v.toFixed(2)}`),
  // Nothing of this is pushed down.
  fc.constantFrom('r._value * 2.0 > 1.0', 'string(v: r._value) != "1"', 'r._time > 1970-01-01T00:01:00Z', '"x" == r.a'),
);

const predicate = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.tuple(tie('node'), fc.constantFrom('and', 'or'), tie('node')).map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    tie('node').map((node) => `not (${node})`),
  ),
})).node;

const filter = predicate.map((body) => `filter(fn: (r) => ${body})`);
const aggregate = fc.constantFrom('count()', 'sum()', 'mean()');
const selector = fc.constantFrom('first()', 'last()', 'min()', 'max()');
const every = fc.constantFrom('7s', '30s', '1m', '10m', '1mo');

const windowed = fc
  .record({
    every,
    fn: fc.constantFrom('count', 'sum', 'mean', 'first', 'last', 'min', 'max'),
    createEmpty: fc.boolean(),
    offset: fc.constantFrom('', ', offset: 3s'),
    timeSrc: fc.constantFrom('', ', timeSrc: "_start"'),
  })
  .map((w) => `aggregateWindow(every: ${w.every}, fn: ${w.fn}, createEmpty: ${w.createEmpty}${w.offset}${w.timeSrc})`);

/** Storage keeps the bounds in the key of a group, InfluxDB's too. */
const NO_BOUNDS = 'drop(columns: ["_start", "_stop"])';

/** What storage can do after filters; of groups it answers only what does not depend on the order of series. */
const reduction = fc.oneof(
  aggregate,
  selector,
  windowed,
  fc.tuple(every, fc.oneof(aggregate, selector)).map(([duration, last]) => `window(every: ${duration}) |> ${last}`),
  fc.integer({ min: 1, max: 5 }).map((count) => `limit(n: ${count})`),
  fc
    .constantFrom('group(columns: ["a"])', 'group(columns: ["_measurement", "b"])', 'group()')
    .map((group) => `${group} |> sort(columns: ["_time", "_value", "a", "b", "_field", "_measurement"]) |> ${NO_BOUNDS}`),
  fc
    .tuple(
      fc.constantFrom('group(columns: ["a"])', 'group(columns: ["_field", "a"])', 'group()'),
      fc.constantFrom('count()', 'sum()', 'mean()'),
    )
    .map(([group, last]) => `${group} |> ${last} |> ${NO_BOUNDS}`),
  fc.constantFrom('filter(fn: (r) => true)', `group() |> group(columns: ["b"]) |> count() |> ${NO_BOUNDS}`),
);

/** Where there are no series, storage answers with an empty table, so that nothing is counted after these. */
const schema = fc.constantFrom(
  'keep(columns: ["a"]) |> group() |> distinct(column: "a") |> sort()',
  // Of storage, the bounds are keys even where there are no series.
  'keys() |> keep(columns: ["_value"]) |> distinct() |> filter(fn: (r) => r._value !~ /^_st/) |> sort()',
);

const pipeline = fc
  .tuple(
    fc.array(filter, { maxLength: 2 }),
    fc.oneof(
      { weight: 8, arbitrary: fc.tuple(fc.option(reduction, { nil: '' }), fc.option(aggregate, { nil: '' })) },
      { weight: 1, arbitrary: fc.tuple(schema) },
    ),
  )
  .map(([filters, rest]) =>
    [...filters, ...rest]
      .filter((step) => step !== '')
      .map((step) => `|> ${step}`)
      .join(' '),
  );

/** Tables as sets: columns by name, tables by their contents. */
const normalize = (tables: readonly DecodedTable[]): unknown =>
  tables
    .filter(({ result, rowCount }) => result === '_result' && rowCount > 0)
    .map((table) => {
      const columns = table.columns.map(({ label, type }) => ({ label, type })).sort((x, y) => (x.label < y.label ? -1 : 1));
      const rows = Array.from({ length: table.rowCount }, (_, row) => columns.map(({ label }) => String(cellOf(table, label, row))));
      return JSON.stringify({ key: table.key.map(({ label, value: v }) => `${label}=${String(v)}`).sort(), columns, rows });
    })
    .sort();

async function sameWithout(steps: string, environment: FluxEnvironment): Promise<void> {
  const read = 'from(bucket: "data") |> range(start: 1970-01-01T00:00:10Z, stop: 1970-01-01T00:04:30Z)';
  const pushed = await tablesOf(`${read} ${steps} |> yield()`, environment);
  const plain = await tablesOf(`${read} |> yield(name: "barrier") ${steps} |> yield()`, environment);
  expect(normalize(pushed)).toEqual(normalize(plain));
}

describe('what storage does for a script', () => {
  it('does not show in the answer', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(point, { minLength: 1, maxLength: 60 }), pipeline, async (points, steps) => {
        await sameWithout(steps, await environmentWith(linesOf(points)));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '|> filter(fn: (r) => r.c == "1")',
    '|> filter(fn: (r) => exists r.c)',
    '|> filter(fn: (r) => not exists r.c)',
    '|> filter(fn: (r) => r.c =~ /1/)',
    '|> filter(fn: (r) => r["a"] == "x" and r._value > 1.0)',
  ])('nor in %s, where series lack a tag', async (steps) => {
    await sameWithout(
      steps,
      await environmentWith(`m,a=x f=1 20${'0'.repeat(9)}\nm,a=x,c=1 f=2 20${'0'.repeat(9)}\nm,c=2 f=3 30${'0'.repeat(9)}`),
    );
  });

  it('differs in what InfluxDB makes of a missing tag, as InfluxDB does', async () => {
    const environment = await environmentWith(`m f=1 20${'0'.repeat(9)}\nm,c=1 f=2 20${'0'.repeat(9)}`);
    const read = 'from(bucket: "data") |> range(start: 0)';
    // Storage has an empty text where a table has a null.
    expect((await tablesOf(`${read} |> filter(fn: (r) => r.c != "1")`, environment)).length).toBe(1);
    expect(
      (await tablesOf(`${read} |> yield(name: "x") |> filter(fn: (r) => r.c != "1")`, environment)).filter(
        ({ result }) => result === '_result',
      ),
    ).toEqual([]);
  });
});

describe('a predicate', () => {
  it('is pushed down with the values of names around it', async () => {
    const environment = await environmentWith(`m,a=x f=1 20${'0'.repeat(9)}\nm,a=y f=2 20${'0'.repeat(9)}`);
    const predicates: unknown[] = [];
    const spied: FluxEnvironment = {
      ...environment,
      engine: {
        series: (...args) => environment.engine.series(...args),
        schema: (...args) => environment.engine.schema(...args),
        read: (request) => {
          predicates.push(request.predicate);
          return environment.engine.read(request);
        },
      },
    };
    await tablesOf(
      'v = {tag: "x"}\nmin = 0.5\nfrom(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r.a == v.tag and r._value > min)',
      spied,
    );
    expect(predicates).toEqual([
      {
        op: 'and',
        operands: [
          { op: 'compare', subject: { kind: 'tag', key: 'a' }, comparison: '==', literal: 'x' },
          { op: 'compare', subject: { kind: 'value' }, comparison: '>', literal: 0.5 },
        ],
      },
    ]);
  });
});
