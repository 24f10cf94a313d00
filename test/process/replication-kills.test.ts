/**
 * A bucket that is replicated to another server, which is away for a while, by a server that is killed twice: every point that was
 * acknowledged arrives, once. `REPLICATION_SECONDS=120 npx vitest run test/process/replication-kills.test.ts` is the long run.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { freePort, startProcess, type ServerProcess } from '../support/process.js';

const SECONDS = Number(process.env.REPLICATION_SECONDS ?? 6);
const FLUX = { 'content-type': 'application/vnd.flux' };
const WRITERS = 4;

describe(`a replication under load for ${SECONDS} seconds`, () => {
  it('brings every acknowledged point, once', { timeout: 120_000 + SECONDS * 3_000 }, async () => {
    const port = await freePort();
    let there = await startProcess({ port });
    const other = await there.client.setUp({ org: 'far', bucket: 'copies' });
    const flags = ['--outgoing-allow', '127.0.0.1'];
    let here: ServerProcess = await startProcess({ flags });
    const { operator: as, orgId, bucketId } = await here.client.setUp();
    const remote = await here.client.post('/api/v2/remotes', {
      as,
      json: { orgID: orgId, name: 'far', remoteURL: there.url, remoteAPIToken: other.operator.token, remoteOrgID: other.orgId },
    });
    const json = { orgID: orgId, name: 'copy', remoteID: remote.json.id, localBucketID: bucketId, remoteBucketID: other.bucketId };
    const { id } = (await here.client.post('/api/v2/replications', { as, json })).json;

    const acknowledged = new Map<number, number>();
    let isOver = false;
    let next = 0;
    const write = async (): Promise<void> => {
      while (!isOver) {
        const from = next;
        next += 50;
        const body = Array.from({ length: 50 }, (_, i) => `load,n=${(from + i) % 7} v=${from + i}i ${from + i + 1}`).join('\n');
        const status = await here.client
          .post('/api/v2/write?org=acme&bucket=data', { as, body })
          .then((response) => response.status)
          .catch(() => 0);
        if (status === 204) for (let i = 0; i < 50; i++) acknowledged.set(from + i + 1, from + i);
        await sleep(status === 204 ? 10 : 50);
      }
    };
    const writing = Promise.all(Array.from({ length: WRITERS }, write));
    const part = (SECONDS * 1000) / 6;
    const killSource = async (): Promise<void> => {
      await here.stop('SIGKILL');
      here = await startProcess({ flags, directory: here.directory });
    };

    await sleep(part);
    await killSource();
    await sleep(part);
    await there.stop('SIGKILL');
    await sleep(part);
    await killSource();
    await sleep(part);
    // What is there now has waited for the other server, some of it over the kill.
    const waiting = (await here.client.get(`/api/v2/replications/${id}`, { as })).json;
    expect(waiting).toMatchObject({ latestResponseCode: 0 });
    expect(waiting.remainingBytesToBeSynced).toBeGreaterThan(0);
    there = await startProcess({ port, directory: there.directory });
    await sleep(part);
    isOver = true;
    await writing;

    const timeout = 60_000 + SECONDS * 1000;
    const remaining = async (): Promise<number> =>
      (await here.client.get(`/api/v2/replications/${id}`, { as })).json.remainingBytesToBeSynced;
    await expect.poll(remaining, { timeout, interval: 200 }).toBe(0);
    const read = async (server: ServerProcess, token: { token: string }, org: string, bucket: string): Promise<Map<number, number>> => {
      const body = `from(bucket: "${bucket}") |> range(start: 0) |> keep(columns: ["_time", "_value"]) |> map(fn: (r) => ({t: uint(v: r._time), v: r._value}))`;
      const { text } = await server.client.post(`/api/v2/query?org=${org}`, { as: token, headers: FLUX, body });
      const rows = [...text.matchAll(/,_result,\d+,(\d+),(\d+)\r/g)].map(([, time, value]): [number, number] => [
        Number(time),
        Number(value),
      ]);
      const found = new Map(rows);
      // A time stands once in the map, and as often in the answer as it is there.
      expect(rows).toHaveLength(found.size);
      return found;
    };
    const copies = await read(there, other.operator, 'far', 'copies');
    const missing = [...acknowledged].filter(([time, value]) => copies.get(time) !== value);
    expect(missing).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(100);
    // What was stored and not acknowledged may have arrived or not, but nothing arrives that is not here.
    const originals = await read(here, as, 'acme', 'data');
    expect([...copies].filter(([time, value]) => originals.get(time) !== value)).toEqual([]);
    await here.stop();
    await there.stop();
  });
});
