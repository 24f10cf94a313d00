/** How the answers slow down as more is stored: for each decade of tokens, series, points, history, measurements and fields, and its factor. */
import { LINES_PER_BATCH, percentile, requests, START_S, timed, writeBatches } from './load.js';
import type { Target } from './target.js';

const PROBES = 40;
const WARM_UP = 5;
const DAY_S = 86_400;

export interface GrowthRow {
  readonly target: string;
  readonly of: string;
  readonly count: number;
  readonly probe: string;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Against the decade before. */
  readonly factor: number | undefined;
}

interface Dimension {
  readonly name: string;
  readonly counts: readonly number[];
  /** Stores what is missing between two counts. */
  load(target: Target, bucket: string, from: number, to: number): Promise<void>;
  /** What is asked, of `count` that are stored. */
  probes(bucket: string, count: number): Readonly<Record<string, (target: Target) => Promise<unknown>>>;
}

const flux = (script: string) => (target: Target) => target.query(script);

async function writeAll(target: Target, bucket: string, from: number, to: number, lineOf: (i: number) => string): Promise<void> {
  const slice = 20 * LINES_PER_BATCH;
  for (let first = from; first < to; first += slice) {
    const bodies: Buffer[] = [];
    for (let at = first; at < Math.min(to, first + slice); at += LINES_PER_BATCH) {
      const count = Math.min(LINES_PER_BATCH, to - at);
      bodies.push(Buffer.from(Array.from({ length: count }, (_, i) => lineOf(at + i)).join('\n')));
    }
    await writeBatches(target, bucket, bodies);
  }
}

const recent = (bucket: string, endS: number, host: string): string =>
  `from(bucket: "${bucket}") |> range(start: ${endS - 300}, stop: ${endS}) |> filter(fn: (r) => r._measurement == "m" and r.host == "${host}")`;
const tagValues = (bucket: string): string =>
  `import "influxdata/influxdb/schema"\nschema.tagValues(bucket: "${bucket}", tag: "host", start: 0) |> limit(n: 100)`;
const oneLine = (bucket: string, line: string) => (target: Target) => target.write(bucket, line);

const DIMENSIONS: readonly Dimension[] = [
  {
    name: 'tokens',
    counts: [1_000, 10_000, 100_000, 1_000_000],
    async load(target, _bucket, from, to) {
      const permissions = [{ action: 'read', resource: { type: 'buckets', orgID: target.orgID } }];
      const body = JSON.stringify({ orgID: target.orgID, permissions });
      await requests(target, { connections: 16, amount: to - from, method: 'POST', body }, '/api/v2/authorizations');
    },
    probes: () => ({
      'a checked request': (target) => target.must('GET', '/api/v2/me'),
      'create a token': (target) =>
        target.json('POST', '/api/v2/authorizations', {
          orgID: target.orgID,
          permissions: [{ action: 'read', resource: { type: 'buckets', orgID: target.orgID } }],
        }),
      'a page of 20': (target) => target.must('GET', '/api/v2/authorizations?limit=20'),
    }),
  },
  {
    name: 'series',
    counts: [100, 1_000, 10_000, 100_000, 1_000_000],
    load: (target, bucket, from, to) =>
      writeAll(
        target,
        bucket,
        from * 3,
        to * 3,
        (i) => `m,host=h${Math.floor(i / 3)},rack=r${Math.floor(i / 3) % 10} v=${i % 7} ${START_S + (i % 3) * 10}`,
      ),
    probes: (bucket) => ({
      'one series': flux(`${recent(bucket, START_S + 300, 'h42')} |> last()`),
      'values of a tag, 100 of them': flux(tagValues(bucket)),
      'a write of one line': oneLine(bucket, `m,host=h42,rack=r2 v=1 ${START_S}`),
    }),
  },
  {
    name: 'points',
    counts: [1_000_000, 10_000_000, 50_000_000],
    load: (target, bucket, from, to) =>
      writeAll(target, bucket, from, to, (i) => `m,host=h${i % 100} v=${i % 7} ${START_S + Math.floor(i / 100) * 10}`),
    probes: (bucket, count) => ({
      'last 5 minutes of one series': flux(recent(bucket, START_S + Math.floor(count / 100) * 10, 'h42')),
      'values of a tag, 100 of them': flux(tagValues(bucket)),
      'a write of one line': oneLine(bucket, `m,host=h42 v=1 ${START_S}`),
    }),
  },
  {
    name: 'days of history',
    counts: [1, 10, 100, 365],
    load: (target, bucket, from, to) =>
      writeAll(target, bucket, from * 14_400, to * 14_400, (i) => `m,host=h${i % 10} v=${i % 7} ${START_S + Math.floor(i / 10) * 60}`),
    probes: (bucket, count) => ({
      'last 5 minutes of one series': flux(recent(bucket, START_S + count * DAY_S, 'h2')),
      'last of one series over all': flux(
        `from(bucket: "${bucket}") |> range(start: 0) |> filter(fn: (r) => r._measurement == "m" and r.host == "h2") |> last()`,
      ),
    }),
  },
  {
    name: 'measurements',
    counts: [10, 100, 1_000, 10_000],
    load: (target, bucket, from, to) => writeAll(target, bucket, from, to, (i) => `m${i},host=h1 v=1 ${START_S}`),
    probes: (bucket) => ({
      'one series': flux(`from(bucket: "${bucket}") |> range(start: 0) |> filter(fn: (r) => r._measurement == "m5") |> last()`),
      'names of measurements': flux(
        `import "influxdata/influxdb/schema"\nschema.measurements(bucket: "${bucket}", start: 0) |> limit(n: 100)`,
      ),
      'a write of one line': oneLine(bucket, `m5,host=h1 v=1 ${START_S}`),
    }),
  },
  {
    name: 'fields',
    counts: [10, 100, 1_000, 10_000],
    load: (target, bucket, from, to) => writeAll(target, bucket, from, to, (i) => `m,host=h1 f${i}=1 ${START_S}`),
    probes: (bucket) => ({
      'one series': flux(
        `from(bucket: "${bucket}") |> range(start: 0) |> filter(fn: (r) => r._measurement == "m" and r._field == "f5") |> last()`,
      ),
      'a write of one line': oneLine(bucket, `m,host=h1 f5=1 ${START_S}`),
    }),
  },
];

/** @param isSmall without the last two decades of each */
export async function growth(
  targets: readonly Target[],
  { only, isSmall }: { only: string; isSmall: boolean },
): Promise<readonly GrowthRow[]> {
  const rows: GrowthRow[] = [];
  console.log('| of | server | count | asked | p50 ms | p99 ms | factor |\n| --- | --- | --- | --- | --- | --- | --- |');
  for (const dimension of DIMENSIONS.filter(({ name }) => name.includes(only))) {
    for (const target of targets) {
      const bucket = `growth-${dimension.name.replaceAll(' ', '-')}`;
      await target.createBucket(bucket);
      const before = new Map<string, number>();
      const counts = isSmall ? dimension.counts.slice(0, -2) : dimension.counts;
      for (const [i, count] of counts.entries()) {
        await dimension.load(target, bucket, counts[i - 1] ?? 0, count);
        for (const [probe, ask] of Object.entries(dimension.probes(bucket, count))) {
          await timed(WARM_UP, () => ask(target));
          const times = await timed(PROBES, () => ask(target));
          const p50Ms = percentile(times, 0.5);
          const p99Ms = percentile(times, 0.99);
          const last = before.get(probe);
          before.set(probe, p50Ms);
          const factor = last === undefined ? undefined : p50Ms / last;
          rows.push({ target: target.name, of: dimension.name, count, probe, p50Ms, p99Ms, factor });
          const cells = [dimension.name, target.name, count.toLocaleString('en'), probe, p50Ms.toFixed(2), p99Ms.toFixed(2)];
          console.log(`| ${cells.join(' | ')} | ${factor?.toFixed(2) ?? ''} |`);
        }
      }
    }
  }
  return rows;
}
