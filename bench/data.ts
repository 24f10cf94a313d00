/**
 * The data plane over HTTP, the load generator on the same machine: lines per second, small writes per second, and five queries over a
 * million lines. Run with `npx tsx bench/data.ts` after a build.
 */
import { readdirSync, statSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import autocannon from 'autocannon';
import {
  call,
  dataDirectory,
  memoryOf,
  OPERATOR,
  percentile,
  removeData,
  row,
  setUp,
  startServer,
  stopServer,
  URL_BASE,
} from './server-process.js';

const LINES = Number(process.env.LINES ?? 1_000_000);
const LINES_PER_BATCH = 5000;
const SERIES = 100;
const CLIENTS = 4;
const START_S = 1_704_067_200;
const STEP_S = 10;
/** Of each query, behind some that are not counted: a panel asks again and again. */
const QUERY_ROUNDS = 100;
const WARM_UP_ROUNDS = 20;
const ROWS = LINES / SERIES;
const start = new Date(START_S * 1000).toISOString();
const stop = new Date((START_S + ROWS * STEP_S) * 1000).toISOString();

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const post = (path: string, contentType: string, body: Buffer | string): Promise<{ status: number; body: Buffer }> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Token ${OPERATOR}`, 'content-type': contentType };
    const sent = request(URL_BASE + path, { method: 'POST', agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** 3 tags, 4 fields. */
function line(series: number, index: number): string {
  const tags = `host=server-${String(series).padStart(3, '0')},region=eu-west-${series % 4},rack=r${series % 10}`;
  const user = (50 + 40 * Math.sin(index / 500 + series) + Math.random()).toFixed(2);
  const rest = `usage_system=${(Math.random() * 20).toFixed(2)},procs=${100 + Math.floor(Math.random() * 50)}i,temp=${(20 + (index % 200) / 10).toFixed(1)}`;
  return `cpu,${tags} usage_user=${user},${rest} ${START_S + index * STEP_S}`;
}

function batch(first: number): Buffer {
  const lines = Array.from({ length: LINES_PER_BATCH }, (_, i) => line((first + i) % SERIES, Math.floor((first + i) / SERIES)));
  return Buffer.from(lines.join('\n'));
}

const bytesIn = (directory: string): number =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(directory, name)))
    .reduce((sum, { size }) => sum + size, 0);

const server = await startServer();
try {
  await setUp();
  await call('POST', '/api/v2/buckets', { orgID: (await call('GET', '/api/v2/orgs')).orgs[0].id, name: 'small' });
  row('memory after the start', `${memoryOf(server).residentMb} MB`);

  const batches = Array.from({ length: LINES / LINES_PER_BATCH }, (_, i) => batch(i * LINES_PER_BATCH));
  const beganAt = performance.now();
  const clients = Array.from({ length: CLIENTS }, async () => {
    for (let body = batches.shift(); body !== undefined; body = batches.shift()) {
      const { status } = await post('/api/v2/write?org=acme&bucket=data&precision=s', 'text/plain', body);
      if (status !== 204) throw new Error(`a write was answered ${status}`);
    }
  });
  await Promise.all(clients);
  const seconds = (performance.now() - beganAt) / 1000;
  row(`batches of ${LINES_PER_BATCH} lines from ${CLIENTS} clients`, `${Math.round(LINES / seconds).toLocaleString('en')} lines/s`);

  const small = await autocannon({
    url: `${URL_BASE}/api/v2/write?org=acme&bucket=small`,
    method: 'POST',
    connections: 32,
    duration: 5,
    headers: { authorization: `Token ${OPERATOR}` },
    body: 'cpu,host=a usage=1',
  });
  row(
    'writes of one line, 32 connections',
    `${Math.round(small.requests.average)}/s, p99 ${small.latency.p99} ms, ${small.non2xx} refused`,
  );
  row('memory after the writes', `${memoryOf(server).residentMb} MB, at the most ${memoryOf(server).peakMb} MB`);

  const from = `from(bucket: "data") |> range(start: ${start}, stop: ${stop})`;
  const one = `filter(fn: (r) => r._measurement == "cpu" and r.host == "server-042" and r._field == "usage_user")`;
  const all = `filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_user")`;
  const ten = Array.from({ length: 10 }, (_, i) => `r.host == "server-0${i + 10}"`).join(' or ');
  const queries: Record<string, string> = {
    'last of one series': `${from} |> ${one} |> last()`,
    'means of a minute of one series': `${from} |> ${one} |> aggregateWindow(every: 1m, fn: mean)`,
    'means of an hour of all series': `${from} |> ${all} |> aggregateWindow(every: 1h, fn: mean)`,
    'mean by a tag over all fields': `${from} |> filter(fn: (r) => r._measurement == "cpu") |> group(columns: ["region", "_field"]) |> mean()`,
    'raw points of ten series': `${from} |> filter(fn: (r) => r._measurement == "cpu" and r._field == "usage_user" and (${ten}))`,
  };
  for (const [name, script] of Object.entries(queries)) {
    const times: number[] = [];
    let byteCount = 0;
    for (let round = -WARM_UP_ROUNDS; round < QUERY_ROUNDS; round++) {
      const askedAt = performance.now();
      const { status, body } = await post('/api/v2/query?org=acme', 'application/vnd.flux', script);
      if (round >= 0) times.push(performance.now() - askedAt);
      if (status !== 200) throw new Error(`${name}: ${status} ${body.toString()}`);
      byteCount = body.length;
    }
    row(
      name,
      `p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms (${(byteCount / 1000).toFixed(0)} kB)`,
    );
  }
  row('memory after the queries', `${memoryOf(server).residentMb} MB, at the most ${memoryOf(server).peakMb} MB`);
  await stopServer(server);
  row('on disk, both buckets', `${(bytesIn(join(dataDirectory, 'series')) / 1e6).toFixed(1)} MB`);
} finally {
  server.kill();
  agent.destroy();
  removeData();
}
