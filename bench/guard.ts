/**
 * What the worst scripts cost everybody else: p50 and p99 of /health, a token check and a write of one line, without them and while four
 * clients of two users send one after the other; and small queries, to be compared with another build.
 *
 *     npx tsx bench/guard.ts [SECONDS=10]
 *     PROGRAM=/another/bin/sluiced npx tsx bench/guard.ts small
 */
import { Agent, request } from 'node:http';
import { WORST_FLUX, WORST_INFLUXQL } from '../test/support/worst-scripts.js';
import { call, memoryOf, OPERATOR, percentile, removeData, row, setUp, startServer, stopServer, URL_BASE } from './server-process.js';

const WORST_CLIENTS = 4;
const PROBE_PAUSE_MS = 20;
const SMALL_ROUNDS = 300;
const WARM_UP_ROUNDS = 50;
const LINES = 100_000;
const LINES_PER_BATCH = 5_000;
const START_S = 1_704_067_200;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

function send(method: string, path: string, body: string, contentType = 'text/plain', token = OPERATOR): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Token ${token}`, 'content-type': contentType };
    const sent = request(URL_BASE + path, { method, agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        resolve(answer.statusCode ?? 0);
      });
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const flux = (script: string, token?: string): Promise<number> =>
  send('POST', '/api/v2/query?org=acme', script, 'application/vnd.flux', token);
const influxql = (statements: string, token?: string): Promise<number> =>
  send('POST', '/query?db=data', statements, 'application/vnd.influxql', token);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function probe(name: string, seconds: number): Promise<void> {
  const probes: Readonly<Record<string, () => Promise<number>>> = {
    'GET /health': () => send('GET', '/health', ''),
    'a token check': () => send('GET', '/api/v2/me', ''),
    'a write of one line': () => send('POST', '/api/v2/write?org=acme&bucket=data', 'probe,host=a usage=1'),
  };
  const times = new Map(Object.keys(probes).map((key): [string, number[]] => [key, []]));
  const endsAtMs = performance.now() + seconds * 1000;
  const run = async (key: string, ask: () => Promise<number>): Promise<void> => {
    while (performance.now() < endsAtMs) {
      const askedAtMs = performance.now();
      const status = await ask();
      times.get(key)?.push(performance.now() - askedAtMs);
      if (status >= 300) throw new Error(`${key} was answered ${status}`);
      await pause(PROBE_PAUSE_MS);
    }
  };
  await Promise.all(Object.entries(probes).map(([key, ask]) => run(key, ask)));
  for (const [key, all] of times) {
    row(`${key}, ${name}`, `p50 ${percentile(all, 0.5).toFixed(1)} ms, p99 ${percentile(all, 0.99).toFixed(1)} ms (${all.length})`);
  }
}

async function guard(seconds: number): Promise<void> {
  await probe('nothing else running', seconds);
  const { id: userID } = await call('POST', '/api/v2/users', { name: 'ben' });
  const [{ id: orgID }] = (await call('GET', '/api/v2/orgs')).orgs;
  const permissions = [{ action: 'read', resource: { type: 'buckets', orgID } }];
  const { token } = await call('POST', '/api/v2/authorizations', { orgID, userID, permissions });
  let isOver = false;
  const counts = new Map<number, number>();
  const attack = async (first: number): Promise<void> => {
    const scripts = [
      ...Object.values(WORST_FLUX).map((script) => (by: string) => flux(script, by)),
      ...Object.values(WORST_INFLUXQL).map((statements) => (by: string) => influxql(statements, by)),
    ];
    for (let i = first; !isOver; i++) {
      const status = await scripts[(i * 7) % scripts.length]?.(i % 2 === 0 ? token : OPERATOR);
      if (status !== undefined) counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  const attacks = Array.from({ length: WORST_CLIENTS }, (_, i) => attack(i * 5).catch(() => undefined));
  await pause(500);
  await probe(`${WORST_CLIENTS} clients sending the worst scripts`, seconds * 2);
  isOver = true;
  row('answers to the worst scripts', [...counts].map(([status, count]) => `${status}: ${count}`).join(', '));
  agent.destroy();
  await Promise.all(attacks);
}

async function small(): Promise<void> {
  const from = `from(bucket: "data") |> range(start: ${START_S}, stop: ${START_S + 86_400})`;
  const one = `filter(fn: (r) => r._measurement == "cpu" and r.host == "server-042" and r._field == "usage_user")`;
  const queries: Readonly<Record<string, () => Promise<number>>> = {
    'last of one series': () => flux(`${from} |> ${one} |> last()`),
    'means of a minute of one series': () => flux(`${from} |> ${one} |> aggregateWindow(every: 1m, fn: mean)`),
    'a script without data': () => flux('import "array"\narray.from(rows: [{_value: 1}])'),
    'last of one series, InfluxQL': () => influxql(`SELECT last(usage_user) FROM cpu WHERE host = 'server-042'`),
  };
  for (const [name, ask] of Object.entries(queries)) {
    const times: number[] = [];
    for (let round = -WARM_UP_ROUNDS; round < SMALL_ROUNDS; round++) {
      const askedAtMs = performance.now();
      const status = await ask();
      if (status !== 200) throw new Error(`${name}: ${status}`);
      if (round >= 0) times.push(performance.now() - askedAtMs);
    }
    row(name, `p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`);
  }
}

async function writeLines(): Promise<void> {
  for (let first = 0; first < LINES; first += LINES_PER_BATCH) {
    const lines = Array.from({ length: LINES_PER_BATCH }, (_, i) => {
      const series = (first + i) % 100;
      return `cpu,host=server-${String(series).padStart(3, '0')} usage_user=${series + i / 7} ${START_S + Math.floor((first + i) / 100) * 10}`;
    });
    const status = await send('POST', '/api/v2/write?org=acme&bucket=data&precision=s', lines.join('\n'));
    if (status !== 204) throw new Error(`a write was answered ${status}`);
  }
}

const [argument = '10'] = process.argv.slice(2);
const server = await startServer('--query-timeout=20s');
try {
  await setUp();
  await writeLines();
  await small();
  if (argument !== 'small') await guard(Number(argument));
  row('memory', `${memoryOf(server).residentMb} MB, at the most ${memoryOf(server).peakMb} MB`);
  await stopServer(server);
} finally {
  server.kill();
  agent.destroy();
  removeData();
}
