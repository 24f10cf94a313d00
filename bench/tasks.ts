/**
 * 1,000 tasks of every ten seconds: what a checked request and a list of 20 take while they run and while they do not, in turns. Run with
 * `npx tsx bench/tasks.ts` after a build.
 */
import { call, OPERATOR, percentile, removeData, row, setUp, startServer, stopServer, URL_BASE } from './server-process.js';

const TASKS = Number(process.env.TASKS ?? 1_000);
const ROUNDS = Number(process.env.ROUNDS ?? 2);
/** Two of their intervals. */
const PHASE_MS = Number(process.env.PHASE_MS ?? 20_000);
const PAUSE_MS = 5;

const server = await startServer();
try {
  const { org, bucket } = await setUp();
  await call('POST', '/api/v2/buckets', { orgID: org.id, name: 'out' });
  const ids: string[] = [];
  for (let n = 0; n < TASKS; n++) {
    const flux = `option task = {name: "task ${n}", every: 10s}\nfrom(bucket: "data") |> range(start: -10s) |> to(bucket: "out")`;
    ids.push((await call('POST', '/api/v2/tasks', { orgID: org.id, flux, status: 'inactive' })).id);
  }
  const timed = async (path: string): Promise<number> => {
    const startedAt = performance.now();
    const answer = await fetch(URL_BASE + path, { headers: { authorization: `Token ${OPERATOR}` } });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return performance.now() - startedAt;
  };
  const paths = { 'a checked request': `/api/v2/buckets/${bucket.id}`, 'a list of 20': `/api/v2/tasks?orgID=${org.id}&limit=20` };
  const times = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const status of ['inactive', 'active']) {
      for (const id of ids) await call('PATCH', `/api/v2/tasks/${id}`, { status });
      const endAt = performance.now() + PHASE_MS;
      while (performance.now() < endAt) {
        for (const [name, path] of Object.entries(paths)) {
          const key = `${name}, ${TASKS} tasks ${status}`;
          times.set(key, [...(times.get(key) ?? []), await timed(path)]);
        }
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  }
  for (const [name, measured] of [...times].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [median, most] = [0.5, 0.95].map((p) => percentile(measured, p).toFixed(2));
    row(name, `median ${median} ms, 95 % within ${most} ms (${measured.length})`);
  }
  const { runs } = await call('GET', `/api/v2/tasks/${ids.at(-1) ?? ''}/runs?limit=500`);
  const done = (runs as { status: string }[]).filter(({ status }) => status === 'success').length;
  row('runs of the last task that succeeded', `${done} of ${runs.length}`);
} finally {
  await stopServer(server);
  removeData();
}
