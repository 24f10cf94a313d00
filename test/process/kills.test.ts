/**
 * kill -9 while tokens are hashed, and while a backup is restored: what was acknowledged is there afterwards, and nothing is in the clear
 * on the disk. `KILLS=200 npx vitest run test/process/kills.test.ts` is the long run, `SEED=...` repeats one; every `npm test` kills a few
 * times. Kills while clients work are those of `test/crash`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { takeBackup, type TestBackup } from '../support/backup.js';
import { addPlainTokens } from '../support/plain-tokens.js';
import { launchProcess, startProcess, type ServerProcess } from '../support/process.js';
import { createRandom } from '../support/random.js';
import type { SetUp } from '../support/server.js';

const KILLS = Number(process.env.KILLS ?? 2);
const ROUNDS = Math.ceil(KILLS / 2);
const TIMEOUT_MS = 60_000 + ROUNDS * 20_000;
const COUNT_ALL = 'from(bucket: "data") |> range(start: 0, stop: 2100-01-01T00:00:00Z) |> group() |> count()';

/** The values of tokens that stand in a file of the directory. */
function inTheClear(directory: string, values: readonly string[]): string[] {
  const wanted = new Set(values);
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile())
    .flatMap((file) => (readFileSync(file, 'latin1').match(/[A-Za-z0-9_-]{86}==/g) ?? []).filter((value) => wanted.has(value)));
}

async function isAccepted(server: ServerProcess, token: string): Promise<boolean> {
  const { status } = await server.client.get('/api/v2/me/authorization', { as: { token } });
  return status === 200;
}

async function countPoints(server: ServerProcess, token: string): Promise<number> {
  const headers = { 'content-type': 'application/vnd.flux' };
  const { status, text } = await server.client.post('/api/v2/query?org=acme', { as: { token }, headers, body: COUNT_ALL });
  expect(status).toBe(200);
  return Number(/,_result,0,.*,(\d+)\r/.exec(text)?.[1] ?? 0);
}

/** `SEED=...` kills at the same moments again, as far as the machine allows. */
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const random = createRandom(SEED);

/** Some of many, the first and the last among them. */
const sampleOf = <T>(all: readonly T[]): T[] => all.filter((_, i) => i % Math.ceil(all.length / 20) === 0 || i === all.length - 1);

describe(`killed ${ROUNDS} times (SEED=${SEED})`, () => {
  it('while it hashes tokens, a server goes on where it was, and leaves none in the clear', { timeout: TIMEOUT_MS }, async () => {
    const first = await startProcess();
    const setUp = await first.client.setUp();
    await first.stop();
    const { directory, dataDirectory } = first;
    const hashed: string[] = [];
    let values: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      if (values.length === 0) values = await addPlainTokens(dataDirectory, setUp, 30_000);
      const { child, ready } = await launchProcess({ directory });
      const isDone = ready.then(
        () => true,
        () => false,
      );
      await sleep(random.between(500, 2500));
      child.kill('SIGKILL');
      if (!(await isDone)) continue;
      expect(inTheClear(dataDirectory, values)).toEqual([]);
      hashed.push(...sampleOf(values));
      values = [];
    }
    const last = await startProcess({ directory });
    for (const value of [...hashed, ...sampleOf(values), setUp.operator.token]) expect(await isAccepted(last, value)).toBe(true);
    expect(inTheClear(dataDirectory, [...hashed, ...values])).toEqual([]);
    await last.stop();
    expect(inTheClear(dataDirectory, [...hashed, ...values])).toEqual([]);
  });

  it('while it restores, a server has all of what it had, or all of what was restored', { timeout: TIMEOUT_MS }, async () => {
    /** Two worlds; a restore of the other one is cut off again and again. */
    const worlds: { setUp: SetUp; backup: TestBackup }[] = [];
    for (const lineCount of [1, 2]) {
      const server = await startProcess();
      const setUp = await server.client.setUp();
      await addPoints(server, setUp.operator.token, lineCount);
      worlds.push({ setUp, backup: await takeBackup(server.url, setUp.operator.token) });
      await server.stop();
    }
    const start = await startProcess();
    const { operator } = await start.client.setUp();
    expect((await start.client.post('/api/v2/restore/kv', { as: operator, body: worlds[0]!.backup.kv })).status).toBe(200);
    await start.stop();
    const { directory, dataDirectory } = start;
    let here = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const server = await startProcess({ directory });
      const there = 1 - here;
      const [from, to] = [worlds[here]!, worlds[there]!];
      const pointCount = await countPoints(server, from.setUp.operator.token);
      await addPoints(server, from.setUp.operator.token, 1);
      const restoring = server.client.post('/api/v2/restore/kv', { as: from.setUp.operator, body: to.backup.kv }).then(
        ({ status }) => status === 200,
        () => undefined,
      );
      await sleep(random.between(0, 250));
      await server.stop('SIGKILL');
      const answer = await restoring;
      const after = await startProcess({ directory });
      const [isFrom, isTo] = [await isAccepted(after, from.setUp.operator.token), await isAccepted(after, to.setUp.operator.token)];
      expect([isFrom, isTo]).toEqual(isFrom ? [true, false] : [false, true]);
      if (answer === true) expect(isTo).toBe(true);
      // The points of a store that was replaced went with it, and come back with the shards.
      expect(await countPoints(after, (isFrom ? from : to).setUp.operator.token)).toBe(isFrom ? pointCount + 1 : 0);
      expect(readdirSync(dataDirectory).filter((name) => name.startsWith('temporary-'))).toEqual([]);
      if (isTo) here = there;
      await after.stop();
    }
  });
});

async function addPoints(server: ServerProcess, token: string, count: number): Promise<void> {
  const body = Array.from({ length: count }, (_, i) => `m,of=${token.slice(0, 4)} v=${i} ${process.hrtime.bigint()}`).join('\n');
  const { status } = await server.client.post('/api/v2/write?org=acme&bucket=data', { as: { token }, body });
  expect(status).toBe(204);
}
