/**
 * A task that sums up each second of a bucket, under load, on a server that is killed twice: each second has one run and one point, or it is
 * marked as one in which the server did not run. `TASK_SECONDS=60 npx vitest run test/process/task-kills.test.ts` is the long run.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startProcess, type ServerProcess } from '../support/process.js';

const SECONDS = Number(process.env.TASK_SECONDS ?? 9);
const KILLS = 2;

interface Run {
  readonly id: string;
  readonly status: string;
  readonly scheduledFor: string;
  readonly log?: readonly { readonly message: string }[];
}

/** In a second after a start there may have been no load. */
const FLUX = `import "array"

option task = {name: "each second", every: 1s}

from(bucket: "data")
    |> range(start: -1s)
    |> filter(fn: (r) => r._measurement == "load")
    |> group()
    |> count()
    |> map(fn: (r) => ({_time: now(), _measurement: "sums", _field: "n", _value: r._value}))
    |> to(bucket: "out")

array.from(rows: [{_time: now(), _measurement: "seconds", _field: "n", _value: 1}])
    |> to(bucket: "out")
`;

const secondsOf = (firstMs: number, lastMs: number): number[] =>
  Array.from({ length: (lastMs - firstMs) / 1000 + 1 }, (_, index) => firstMs + index * 1000);

/** Writes points without a pause until it is told to end; a server that is not there is no reason to stop. */
function startLoad(server: () => ServerProcess, as: { token: string }): () => Promise<void> {
  let isOver = false;
  const work = (async () => {
    for (let n = 0; !isOver; n++) {
      await server()
        .client.post('/api/v2/write?org=acme&bucket=data', { as, body: `load,n=${n % 10} v=${n}` })
        .catch(() => sleep(20));
      await sleep(10);
    }
  })();
  return async () => {
    isOver = true;
    await work;
  };
}

describe(`a task of every second, for ${SECONDS} seconds`, () => {
  it('runs once for each, or says that the server did not run', { timeout: 90_000 + SECONDS * 3_000 }, async () => {
    let server = await startProcess();
    const { directory } = server;
    const { operator: as, orgId } = await server.client.setUp();
    await server.client.post('/api/v2/buckets', { as, json: { orgID: orgId, name: 'out' } });
    const stopLoad = startLoad(() => server, as);
    await sleep(1_000);
    const { json: task } = await server.client.post('/api/v2/tasks', { as, json: { orgID: orgId, flux: FLUX } });
    const path = `/api/v2/tasks/${task.id}`;
    for (let kill = 0; kill < KILLS; kill++) {
      await sleep((SECONDS * 1000) / (KILLS + 1));
      await server.stop('SIGKILL');
      server = await startProcess({ directory });
    }
    await sleep((SECONDS * 1000) / (KILLS + 1));
    await stopLoad();
    // From here on nothing is added.
    await server.client.patch(path, { as, json: { status: 'inactive' } });
    let runs: Run[];
    do {
      await sleep(100);
      runs = (await server.client.get(`${path}/runs?limit=500`, { as })).json.runs as Run[];
    } while (runs.some(({ status }) => status === 'scheduled' || status === 'started'));

    const times = runs.map(({ scheduledFor }) => Date.parse(scheduledFor));
    expect(new Set(times).size).toBe(times.length);
    const missed = new Set<number>();
    for (const { status, log, scheduledFor } of runs) {
      if (status !== 'canceled') continue;
      const message = log?.at(-1)?.message ?? '';
      expect(message).toMatch(/^Not run, .*: the server was not running$|^Run canceled: the task is inactive$/);
      const last = /up to (\S+):/.exec(message)?.[1] ?? scheduledFor;
      for (const ms of secondsOf(Date.parse(scheduledFor), Date.parse(last))) missed.add(ms);
    }
    const ran = new Set(runs.filter(({ status }) => status === 'success').map(({ scheduledFor }) => Date.parse(scheduledFor)));
    const failed = runs.filter(({ status }) => status === 'failed');
    expect(failed.map(({ log }) => log?.at(-1)?.message)).toEqual([]);
    for (const ms of secondsOf(Math.min(...times), Math.max(...times))) {
      expect([ran.has(ms), missed.has(ms)].filter(Boolean).length, new Date(ms).toISOString()).toBe(1);
    }
    // Killed twice, it was away twice, and ran in between.
    expect(ran.size).toBeGreaterThan(KILLS);

    const headers = { 'content-type': 'application/vnd.flux' };
    const timesOf = async (measurement: string): Promise<number[]> => {
      const filter = `filter(fn: (r) => r._measurement == "${measurement}")`;
      const body = `from(bucket: "out") |> range(start: -1d) |> ${filter} |> keep(columns: ["_time"]) |> sort(columns: ["_time"])`;
      const { text } = await server.client.post('/api/v2/query?org=acme', { as, headers, body });
      return [...text.matchAll(/,_result,\d+,(\S+Z)\r/g)].map(([, time = '']) => Date.parse(time));
    };
    expect(await timesOf('seconds')).toEqual([...ran].sort((a, b) => a - b));
    const sums = await timesOf('sums');
    expect(new Set(sums).size).toBe(sums.length);
    expect(sums.filter((ms) => !ran.has(ms))).toEqual([]);
    expect(sums.length).toBeGreaterThan(KILLS);

    // The bucket of runs has one point of each.
    const counted = 'from(bucket: "_tasks") |> range(start: -1d) |> filter(fn: (r) => r._field == "runID") |> group() |> count()';
    const countNoted = async (): Promise<number> => {
      const { text: noted } = await server.client.post('/api/v2/query?org=acme', { as, headers, body: counted });
      return Number(/,_result,0,(?:.*,)?(\d+)\r/.exec(noted)?.[1]);
    };
    await expect.poll(countNoted, { timeout: 20_000 }).toBe(ran.size);
    await server.stop();
  });
});
