/**
 * What a task opens was not closed to whoever changed its script. Everybody who can makes tasks and changes those of others, the operator has
 * them run, and what a run has read and written is compared with what its author can read and write directly. `RUNS=1000` is the long run.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answered, Sent } from './client.js';
import { Random } from './random.js';
import { createWorld, type Maker, type Place, type World } from './world.js';

const RUNS = Number(process.env.RUNS ?? 60);
const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);

interface Script {
  readonly flux: string;
  /** The same, as a query of its author. */
  readonly query: string;
}

/** Reads one bucket, in one way or another, and writes another one. */
function scriptOf(random: Random, places: readonly Place[], n: number): Script {
  const [from, to] = [random.pick(places), random.pick(places)];
  const [source, target] = [random.pick(from.buckets), random.pick(to.buckets)];
  const reads = [
    `from(bucketID: "${source.id}") |> range(start: 0)`,
    `from(bucket: "${source.name}") |> range(start: 0)`,
    `import "array"\narray.from(rows: [{_time: 1970-01-01T00:00:00Z, _measurement: "m", _field: "v", _value: 1.0}])`,
    `import "influxdata/influxdb/secrets"\nimport "array"\narray.from(rows: [{_time: 1970-01-01T00:00:00Z, _measurement: "m", _field: secrets.get(key: "key of ${from.name}"), _value: 1.0}])`,
  ];
  const writes = [` |> to(bucketID: "${target.id}", orgID: "${to.id}")`, ` |> to(bucket: "${target.name}")`, ''];
  const query = random.pick(reads) + random.pick(writes);
  const imports = query.match(/^import .*\n/gm)?.join('') ?? '';
  const body = query.slice(imports.length);
  return { query, flux: `${imports}option task = {name: "task ${n}", cron: "0 0 1 1 *"}\n${body}` };
}

describe(`a run of a task (SEED=${SEED})`, () => {
  let world: World;

  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.stop());

  const send = (maker: Maker, sent: Sent): Promise<Answered> => world.client.send(maker.as, sent);

  async function runOf(taskID: string): Promise<{ status: string; log: string }> {
    const path = `/api/v2/tasks/${taskID}/runs`;
    const { id } = await world.client.must(world.operator, { method: 'POST', path, json: {} });
    for (;;) {
      const { status, log } = await world.client.must(world.operator, { method: 'GET', path: `${path}/${id}` });
      if (status !== 'scheduled' && status !== 'started') return { status, log: JSON.stringify(log) };
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  it('opens nothing that was closed to the author of its script', { timeout: 60_000 + RUNS * 1_000 }, async () => {
    const outcomes = { success: 0, failed: 0, refused: 0 };
    for (let index = 0; index < RUNS; index++) {
      const random = new Random(SEED, index);
      const place = random.pick(world.places);
      const script = scriptOf(random, world.places, index);
      const mayTask = world.makers.filter(({ held }) =>
        held.some(({ action, resource }) => action === 'write' && (resource.type === 'tasks' || resource.type === 'instance')),
      );
      // Half of them by those who hold nothing else, the others by whoever may.
      const base = random.pick(mayTask);
      let author = base;
      if (random.chance(0.5)) {
        const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'tasks', orgID: place.id } }));
        const some = base.held.filter(({ resource }) => resource.type === 'buckets' && random.chance(0.5));
        const json = { orgID: place.id, permissions: [...permissions, ...some] };
        const made = await send(base, { method: 'POST', path: '/api/v2/authorizations', json });
        if (made.status === 201) author = { ...base, as: { token: made.json.token }, held: made.json.permissions };
      }
      let taskID: string;
      if (random.chance(0.5)) {
        const made = await send(author, { method: 'POST', path: '/api/v2/tasks', json: { orgID: place.id, flux: script.flux } });
        if (made.status !== 201) {
          outcomes.refused++;
          continue;
        }
        taskID = made.json.id;
      } else {
        // The task of one who may do everything.
        const json = {
          orgID: place.id,
          flux: `option task = {name: "victim ${index}", cron: "0 0 1 1 *"}\nfrom(bucket: "data") |> range(start: 0)`,
        };
        taskID = (await world.client.must(world.operator, { method: 'POST', path: '/api/v2/tasks', json })).id;
        const changed = await send(author, { method: 'PATCH', path: `/api/v2/tasks/${taskID}`, json: { flux: script.flux } });
        if (changed.status !== 200) {
          outcomes.refused++;
          continue;
        }
      }
      const run = await runOf(taskID);
      outcomes[run.status as 'success' | 'failed']++;
      if (run.status !== 'success') continue;
      const path = `/api/v2/query?orgID=${place.id}`;
      const direct = await send(author, { method: 'POST', path, type: 'application/vnd.flux', body: script.query });
      const isOpen =
        direct.status === 200 &&
        !direct.text.includes('\nerror') &&
        !direct.text.startsWith('#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error');
      expect(isOpen, `${author.name}, case ${index}: ${script.query}\n${direct.status} ${direct.text}\n${run.log}`).toBe(true);
    }
    // Did nothing run, or nothing fail, it would prove nothing.
    expect(outcomes.success).toBeGreaterThan(RUNS / 20);
    expect(outcomes.failed).toBeGreaterThan(RUNS / 20);
  });
});
