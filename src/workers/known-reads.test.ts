/** Scripts that are one read: what is kept of them, and that running it is running the script. */
import { describe, expect, it } from 'vitest';
import { environmentWith } from '../../test/support/flux.js';
import type { FluxEnvironment } from '../query/flux/environment.js';
import { startFlux } from '../query/flux/evaluate.js';
import type { SimpleRead } from '../query/flux/plan/simple-read.js';
import { encodeAnnotatedCsv, type CsvDialect } from '../wire/annotated-csv.js';
import { KnownReads } from './known-reads.js';

const DIALECT: CsvDialect = { header: true, delimiter: ',', annotations: ['datatype', 'group', 'default'] };
const HOUR_NS = 3_600_000_000_000n;
const NOW = 1_704_067_200_000_000_000n;
/** Four series of two fields and a text, a point each ten seconds for an hour up to now. */
const LINES = Array.from({ length: 1440 }, (_, i) => {
  const at = NOW - HOUR_NS + BigInt(Math.floor(i / 4)) * 10_000_000_000n;
  return `m,t=${'abcd'[i % 4]} f=${i / 7},n=${i % 13}i,s="x${i % 3}" ${at}`;
}).join('\n');

async function run(script: string, environment: FluxEnvironment): Promise<{ csv: string; read: SimpleRead | undefined }> {
  let read: SimpleRead | undefined;
  const results = await startFlux({ script, onSimpleRead: (known) => (read = known) }, environment);
  const parts: Uint8Array[] = [];
  for await (const part of encodeAnnotatedCsv(results, DIALECT)) parts.push(part);
  return { csv: Buffer.concat(parts).toString(), read };
}

async function runKnown(read: SimpleRead, environment: FluxEnvironment): Promise<string | undefined> {
  const bucket = await environment.findBucket({ name: read.bucket.name ?? '' });
  if (bucket === undefined) throw new Error('no bucket');
  const { engine, organizationId, now: nowNs, signal } = environment;
  // As it comes from another thread: nothing but plain data.
  const known = { read: structuredClone(read), dialect: DIALECT, muchUntilMs: 0 };
  const bytes = await new KnownReads().run(known, { engine, organizationId, nowNs, signal, bucket });
  return bytes && Buffer.from(bytes).toString();
}

const FILTER = 'filter(fn: (r) => r._measurement == "m" and r.t == "b" and r._field == "f")';
const RANGES = [
  'range(start: -1h)',
  'range(start: -10m, stop: -1m)',
  'range(start: 2023-12-31T23:30:00Z, stop: 2023-12-31T23:50:00Z)',
  'range(start: 1704065000)',
  'range(start: -5h)',
  'range(start: 2023-12-31T23:55:00Z)',
];
const STEPS = [
  FILTER,
  `${FILTER} |> last()`,
  `${FILTER} |> aggregateWindow(every: 1m, fn: mean)`,
  `${FILTER} |> aggregateWindow(every: 7m, fn: max, createEmpty: false)`,
  `${FILTER} |> aggregateWindow(every: 5m, offset: 30s, fn: count) |> yield(name: "counts")`,
  'filter(fn: (r) => r._field == "n" and r.t != "a") |> sum()',
  'filter(fn: (r) => r._field == "s") |> first()',
  'filter(fn: (r) => r._field == "f" and r._value > 100.0) |> limit(n: 3)',
  `${FILTER} |> window(every: 20m) |> mean()`,
];

describe('a script that is one read', () => {
  it.each(RANGES.flatMap((range) => STEPS.map((steps): [string] => [`from(bucket: "data") |> ${range} |> ${steps}`])))(
    '%s answers the same when it is known, at any time',
    async (script) => {
      const environment = await environmentWith(LINES);
      const { read } = await run(script, { ...environment, now: NOW });
      expect(read).toBeDefined();
      if (read === undefined) return;
      for (const now of [NOW, NOW - 61_000_000_007n, NOW + 3n, NOW - 7n * HOUR_NS]) {
        const there = { ...environment, now };
        const evaluated = await run(script, there).catch(() => undefined);
        // What is wrong is left to the thread that evaluates scripts.
        expect(await runKnown(read, there)).toBe(evaluated?.csv);
      }
    },
  );

  it.each([
    ['a time of its own', `from(bucket: "data") |> range(start: now()) |> last()`],
    ['a clock of its own', `option now = () => 2024-01-01T00:00:00Z\nfrom(bucket: "data") |> range(start: -1h) |> last()`],
    ['the day', `from(bucket: "data") |> range(start: today()) |> last()`],
    ['a package', `import "strings"\nfrom(bucket: "data") |> range(start: -1h) |> filter(fn: (r) => r.t == strings.toLower(v: "A"))`],
    [
      'a secret',
      `import "influxdata/influxdb/secrets"\nfrom(bucket: "data") |> range(start: -1h) |> filter(fn: (r) => r.t == secrets.get(key: "k"))`,
    ],
    [
      'other tables',
      `x = (from(bucket: "data") |> range(start: -1h) |> findColumn(fn: (key) => true, column: "t"))[0]\nfrom(bucket: "data") |> range(start: -1h) |> filter(fn: (r) => r.t == x)`,
    ],
    ['a pattern', `from(bucket: "data") |> range(start: -1h) |> filter(fn: (r) => r.t =~ /a/)`],
    ['a step that storage does not take', `from(bucket: "data") |> range(start: -1h) |> map(fn: (r) => ({r with x: 1}))`],
    [
      'two results',
      `from(bucket: "data") |> range(start: -1h) |> yield(name: "a")\nfrom(bucket: "data") |> range(start: -2h) |> yield(name: "b")`,
    ],
    ['calendar windows', `from(bucket: "data") |> range(start: -1h) |> ${FILTER} |> aggregateWindow(every: 1mo, fn: mean)`],
  ])('is not one with %s', async (_, script) => {
    const environment = await environmentWith(LINES);
    const { read } = await run(script, { ...environment, now: NOW - 1n, findSecret: () => Promise.resolve('a') }).catch(() => ({
      read: undefined,
    }));
    expect(read).toBeUndefined();
  });

  it('is left to a thread where it reads or makes much', async () => {
    const many = Array.from({ length: 2_001 }, (_, i) => `m,t=a f=1 ${NOW - BigInt(i + 1)}`).join('\n');
    const long = Array.from({ length: 5 }, (_, i) => `long s="${'x'.repeat(60_000)}" ${NOW - BigInt(i + 1)}`).join('\n');
    const environment = { ...(await environmentWith(`${many}\n${long}`)), now: NOW };
    const texts = 'range(start: -1h) |> filter(fn: (r) => r._measurement == "long")';
    for (const steps of ['range(start: -1h)', 'range(start: -1h) |> aggregateWindow(every: 1s, fn: count)', texts]) {
      const { read } = await run(`from(bucket: "data") |> ${steps}`, environment);
      expect(read).toBeDefined();
      if (read !== undefined) expect(await runKnown(read, environment)).toBeUndefined();
    }
  });
});
