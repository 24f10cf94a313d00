/** The load of `npm run bench`: what is asked of a server for each figure. */
import autocannon from 'autocannon';
import type { Target } from './target.js';

export const LINES_PER_BATCH = 5_000;
export const START_S = 1_704_067_200;
const STEP_S = 10;
const WRITERS = 4;

/** What one round of a figure came to. */
export interface Round {
  readonly operations: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** 3 tags, 4 fields. */
export function line(series: number, index: number): string {
  const tags = `host=server-${String(series).padStart(3, '0')},region=eu-west-${series % 4},rack=r${series % 10}`;
  const user = (50 + 40 * Math.sin(index / 500 + series) + Math.random()).toFixed(2);
  const rest = `usage_system=${(Math.random() * 20).toFixed(2)},procs=${100 + Math.floor(Math.random() * 50)}i,temp=${(20 + (index % 200) / 10).toFixed(1)}`;
  return `cpu,${tags} usage_user=${user},${rest} ${START_S + index * STEP_S}`;
}

export function batches(lineCount: number, seriesCount: number): Buffer[] {
  return Array.from({ length: Math.ceil(lineCount / LINES_PER_BATCH) }, (_, batch) => {
    const first = batch * LINES_PER_BATCH;
    const count = Math.min(LINES_PER_BATCH, lineCount - first);
    return Buffer.from(
      Array.from({ length: count }, (_, i) => line((first + i) % seriesCount, Math.floor((first + i) / seriesCount))).join('\n'),
    );
  });
}

/** Asks one after the other. */
export async function timed(count: number, ask: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const askedAtMs = performance.now();
    await ask();
    times.push(performance.now() - askedAtMs);
  }
  return times;
}

export function roundOf(times: readonly number[], operations = times.length, seconds = sum(times) / 1000): Round {
  return { operations, seconds, p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Requests over a number of connections, each the next as soon as the last is answered. */
export async function requests(
  target: Target,
  options: Pick<autocannon.Options, 'method' | 'body' | 'connections' | 'duration' | 'amount'>,
  path: string,
) {
  const headers = { authorization: `Token ${target.token}` };
  const { requests: counted, latency, non2xx, errors, duration } = await autocannon({ ...options, url: target.url + path, headers });
  if (non2xx + errors > 0) throw new Error(`${target.name}: ${non2xx + errors} of the requests to ${path} failed`);
  return { operations: counted.total, seconds: duration, p50Ms: latency.p50, p99Ms: latency.p99 };
}

/** Writes batches from several clients. */
export async function writeBatches(target: Target, bucket: string, bodies: readonly Buffer[]): Promise<Round> {
  const times: number[] = [];
  const waiting = [...bodies];
  const beganAtMs = performance.now();
  const client = async (): Promise<void> => {
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift()) {
      const next = body;
      times.push(...(await timed(1, () => target.write(bucket, next))));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, client));
  return roundOf(times, bodies.length * LINES_PER_BATCH, (performance.now() - beganAtMs) / 1000);
}

/** The queries of the table, over so many lines of so many series in a bucket. */
export function queries(bucket: string, lineCount: number, seriesCount: number): Readonly<Record<string, string>> {
  const stop = START_S + Math.ceil(lineCount / seriesCount) * STEP_S;
  const from = `from(bucket: "${bucket}") |> range(start: ${START_S}, stop: ${stop})`;
  const all = `${from} |> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_user")`;
  const one = `${from} |> filter(fn: (r) => r._measurement == "cpu" and r.host == "server-042" and r._field == "usage_user")`;
  const rows = Math.min(50_000, lineCount);
  const some = `r.host < "server-${String(Math.ceil((rows * seriesCount) / lineCount)).padStart(3, '0')}"`;
  return {
    'last of one series': `${one} |> last()`,
    '1-minute means of one series': `${one} |> aggregateWindow(every: 1m, fn: mean)`,
    '1-hour means of all series': `${all} |> aggregateWindow(every: 1h, fn: mean)`,
    'mean by a tag over all fields': `${from} |> filter(fn: (r) => r._measurement == "cpu") |> group(columns: ["region", "_field"]) |> mean()`,
    [`${rows.toLocaleString('en')} raw rows`]: `${all} |> filter(fn: (r) => ${some})`,
    'values of a tag': `import "influxdata/influxdb/schema"\nschema.tagValues(bucket: "${bucket}", tag: "host", start: ${START_S}, stop: ${stop})`,
  };
}
