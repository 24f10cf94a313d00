/** How fast the write path and the reads of the engine are: `npx tsx bench/engine.ts` prints a table. */
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BucketId } from '../src/domain/id.js';
import type { Predicate, ReadRequest, SeriesEngine } from '../src/domain/series.js';
import { openDuckDbEngine } from '../src/series/duckdb.js';
import { parseLineProtocol } from '../src/wire/line-protocol.js';

const SERIES = 100;
const ROWS_PER_SERIES = 10_000;
const LINES_PER_BATCH = 5_000;
const START_NS = 1_704_067_200_000_000_000n;
const STEP_NS = 10_000_000_000n;
const STOP_NS = START_NS + STEP_NS * BigInt(ROWS_PER_SERIES);
const WRITERS = 32;
const SMALL_WRITES_MS = 3_000;
const bucket = '000000000000000a' as BucketId;

const figures: { figure: string; measured: string; goal: string }[] = [];
const report = (figure: string, measured: string, goal: string): void => {
  figures.push({ figure, measured, goal });
};

const directory = await mkdtemp(path.join(tmpdir(), 'engine-bench-'));
const options = { directory, memoryLimitBytes: 512 * 1024 * 1024, threads: 2, onEvent: () => undefined };
let engine = await openDuckDbEngine(options);
try {
  await measureSmallWrites();
  await measureBulk();
  await engine.checkpoint();
  report('size on disk', `${((await sizeOf(directory)) / 1e6).toFixed(1)} MB`, '<= 26 MB');
  await engine.close();
  const opened = performance.now();
  engine = await openDuckDbEngine(options);
  report('open', `${(performance.now() - opened).toFixed(0)} ms`, '');
  await measureReads();
  report('resident memory', `${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`, '');
} finally {
  await engine.close();
  await rm(directory, { recursive: true });
}
console.table(figures);

function line(series: number, row: number): string {
  const tags = `host=server-${String(series).padStart(3, '0')},region=eu-west-${series % 4},rack=r${series % 10}`;
  const user = (50 + 40 * Math.sin(row / 500 + series) + Math.random()).toFixed(2);
  const fields = `usage_user=${user},usage_system=${(Math.random() * 20).toFixed(2)},procs=${100 + Math.floor(Math.random() * 50)}i,temp=${(20 + (row % 200) / 10).toFixed(1)}`;
  return `cpu,${tags} ${fields} ${START_NS + BigInt(row) * STEP_NS}`;
}

async function measureBulk(): Promise<void> {
  let parseMs = 0;
  let engineMs = 0;
  const count = SERIES * ROWS_PER_SERIES;
  for (let first = 0; first < count; first += LINES_PER_BATCH) {
    const body = Buffer.from(
      Array.from({ length: LINES_PER_BATCH }, (_, i) => line((first + i) % SERIES, Math.floor((first + i) / SERIES))).join('\n'),
    );
    const start = performance.now();
    const batch = parseLineProtocol(body, 'ns', 0n);
    const parsed = performance.now();
    await engine.write(bucket, batch);
    parseMs += parsed - start;
    engineMs += performance.now() - parsed;
  }
  const drain = performance.now();
  await engine.checkpoint();
  const drainMs = performance.now() - drain;
  report('parse 5,000-line batches', rate(count, parseMs, 'lines'), '');
  report('store 5,000-line batches', rate(count, engineMs, 'lines'), '> 340,000 lines/s');
  report('store, last drain and checkpoint included', rate(count, engineMs + drainMs, 'lines'), '');
}

async function measureSmallWrites(): Promise<void> {
  let count = 0;
  const start = performance.now();
  const write = async (writer: number): Promise<void> => {
    for (let row = 0; performance.now() - start < SMALL_WRITES_MS; row++) {
      const body = Buffer.from(line(writer, row).replace('cpu,', 'small,'));
      await engine.write(bucket, parseLineProtocol(body, 'ns', 0n));
      count++;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  report(`one-line writes, ${WRITERS} at once`, rate(count, performance.now() - start, 'writes'), '> 9,000 writes/s');
}

async function measureReads(): Promise<void> {
  const range = { startNs: START_NS, stopNs: STOP_NS };
  const cpu: Predicate = { op: 'compare', subject: { kind: 'measurement' }, comparison: '==', literal: 'cpu' };
  const field: Predicate = { op: 'compare', subject: { kind: 'field' }, comparison: '==', literal: 'usage_user' };
  const host = (series: number): Predicate => ({
    op: 'compare',
    subject: { kind: 'tag', key: 'host' },
    comparison: '==',
    literal: `server-${String(series).padStart(3, '0')}`,
  });
  const one: Predicate = { op: 'and', operands: [cpu, host(55)] };
  const ten: Predicate = { op: 'and', operands: [cpu, { op: 'or', operands: Array.from({ length: 10 }, (_, i) => host(i * 10 + 1)) }] };
  const minute = { kind: 'window', aggregate: 'mean', everyNs: 60_000_000_000n, offsetNs: 0n } as const;
  const hour = { ...minute, everyNs: 3_600_000_000_000n };
  const withField = (predicate: Predicate): Predicate => ({ op: 'and', operands: [predicate, field] });
  const request = (predicate: Predicate, reduction?: ReadRequest['reduction']): ReadRequest => ({
    bucketId: bucket,
    range,
    predicate,
    reduction,
  });
  await measureRead('last of one series, 4 fields', request(one, { kind: 'aggregate', aggregate: 'last' }), '< 3 ms');
  await measureRead('last of one series, 1 field', request(withField(one), { kind: 'aggregate', aggregate: 'last' }), '< 3 ms');
  await measureRead('1-minute means of one series, 1 field', request(withField(one), minute), '< 13 ms');
  await measureRead('1-minute means of one series, 4 fields', request(one, minute), '< 13 ms');
  await measureRead('1-hour means of all series, 1 field', request(withField(cpu), hour), '< 65 ms');
  await measureRead('1-hour means of all series, 4 fields', request(cpu, hour), '< 65 ms');
  await measureRead('1-hour maxima of all series, 1 field', request(withField(cpu), { ...hour, aggregate: 'max' }), '');
  await measureRead('points of ten series, 1 field', request(withField(ten)), '< 60 ms');
  await measureRead('points of ten series, 4 fields', request(ten), '< 60 ms');
  await measureRead('points of all series, 4 fields', request(cpu), '');
  await measureRead(
    'last 5 points of all series, 1 field',
    request(withField(cpu), { kind: 'limit', count: 5, offset: 0, descending: true }),
    '',
  );
  await time('series of the bucket', '', async () => (await engine.series(bucket, undefined, undefined)).length);
}

async function measureRead(figure: string, request: ReadRequest, goal: string): Promise<void> {
  await time(figure, goal, () => countRows(engine, request));
}

async function time(figure: string, goal: string, work: () => Promise<number>): Promise<void> {
  const times: number[] = [];
  let rows = 0;
  for (let i = 0; i < 7; i++) {
    const start = performance.now();
    rows = await work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  report(`${figure} (${rows.toLocaleString('en')} rows)`, `${(times[3] ?? 0).toFixed(1)} ms, best ${(times[0] ?? 0).toFixed(1)} ms`, goal);
}

async function countRows(from: SeriesEngine, request: ReadRequest): Promise<number> {
  let count = 0;
  for await (const table of from.read(request)) count += table.times.length;
  return count;
}

function rate(count: number, ms: number, unit: string): string {
  return `${Math.round((count / ms) * 1000).toLocaleString('en')} ${unit}/s`;
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(path.join(folder, name))).size;
  return bytes;
}
