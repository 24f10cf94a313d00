/** The store and the points beside it: one without the other, or with another's, stops the start; and no points go because of it. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { newServerDirectory } from '../support/artifacts.js';
import { takeBackup } from '../support/backup.js';
import { runBinary, startProcess, type ServerProcess } from '../support/process.js';
import type { SetUp } from '../support/server.js';

const COUNT = 'from(bucket: "data") |> range(start: 0, stop: 2100-01-01T00:00:00Z) |> group() |> count()';

const STORE_FILES = ['sluice.sqlite', 'sluice.sqlite-wal', 'sluice.sqlite-shm'];

async function countPoints(server: ServerProcess, token: string, query = COUNT): Promise<number> {
  const headers = { 'content-type': 'application/vnd.flux' };
  const { status, text } = await server.client.post('/api/v2/query?org=acme', { as: { token }, headers, body: query });
  expect([status, text.includes('error')]).toEqual([200, false]);
  return Number(/,_result,0,.*,(\d+)\r/.exec(text)?.[1] ?? 0);
}

/** A server that was set up, holds three points and was stopped. */
async function aServer(): Promise<{ directory: string; data: string; setUp: SetUp }> {
  const server = await startProcess();
  const setUp = await server.client.setUp();
  const { status } = await server.client.post('/api/v2/write?org=acme&bucket=data', {
    as: setUp.operator,
    body: 'm v=1 1\nm v=2 2\nm v=3 3',
  });
  expect(status).toBe(204);
  await server.stop();
  return { directory: server.directory, data: server.dataDirectory, setUp };
}

const removeStore = (data: string): void => {
  for (const name of STORE_FILES) rmSync(join(data, name), { force: true });
};

const series = (data: string, ...args: string[]) => runBinary('sluiced', ['series', ...args, '--data-dir', data]);

async function expectThreePoints(directory: string, { operator }: SetUp): Promise<void> {
  const server = await startProcess({ directory });
  expect(await countPoints(server, operator.token)).toBe(3);
  await server.stop();
}

describe('a start', () => {
  it('is refused where the store is missing, is not open for set-up, and makes none', async () => {
    const { directory, data, setUp } = await aServer();
    const kept = join(directory, 'kept');
    cpSync(data, kept, { recursive: true });
    removeStore(data);
    await expect(startProcess({ directory })).rejects.toThrow(/holds points.*is missing.*sluiced series pair-anyway/s);
    expect(existsSync(join(data, 'sluice.sqlite'))).toBe(false);
    // Also where somebody made a new one.
    writeFileSync(join(data, 'sluice.sqlite'), '');
    await expect(startProcess({ directory })).rejects.toThrow(/holds points/);
    for (const name of STORE_FILES) if (existsSync(join(kept, name))) cpSync(join(kept, name), join(data, name));
    await expectThreePoints(directory, setUp);
  });

  it('is refused where the points are missing', async () => {
    const { directory, data, setUp } = await aServer();
    renameSync(join(data, 'series'), join(directory, 'series'));
    await expect(startProcess({ directory })).rejects.toThrow(/its points are missing.*sluiced series pair-anyway/s);
    mkdirSync(join(data, 'series'));
    await expect(startProcess({ directory })).rejects.toThrow(/its points are missing/);
    rmSync(join(data, 'series'), { recursive: true });
    renameSync(join(directory, 'series'), join(data, 'series'));
    await expectThreePoints(directory, setUp);
  });

  it('is refused where one of them is that of another server', async () => {
    const [one, other] = [await aServer(), await aServer()];
    rmSync(join(one.data, 'series'), { recursive: true });
    cpSync(join(other.data, 'series'), join(one.data, 'series'), { recursive: true });
    await expect(startProcess({ directory: one.directory })).rejects.toThrow(/do not belong together/);
    // Not even when it carries nothing.
    rmSync(join(one.data, 'series', 'identity'));
    await expect(startProcess({ directory: one.directory })).rejects.toThrow(/do not belong together/);
    await expectThreePoints(other.directory, other.setUp);
  });

  it('gives both an identity where an earlier version left them without', async () => {
    const { directory, data, setUp } = await aServer();
    const { default: Sqlite } = await import('better-sqlite3');
    const store = new Sqlite(join(data, 'sluice.sqlite'));
    store.exec("DELETE FROM facts WHERE name = 'identity'");
    // A copy of then is put back later.
    store.pragma('wal_checkpoint(TRUNCATE)');
    store.close();
    cpSync(join(data, 'sluice.sqlite'), join(directory, 'copy'));
    rmSync(join(data, 'series', 'identity'));
    await expectThreePoints(directory, setUp);
    const identity = readFileSync(join(data, 'series', 'identity'), 'utf8');
    expect(identity).toMatch(/^[0-9a-f]{32}\n$/);
    removeStore(data);
    renameSync(join(directory, 'copy'), join(data, 'sluice.sqlite'));
    await expectThreePoints(directory, setUp);
    expect(readFileSync(join(data, 'series', 'identity'), 'utf8')).toBe(identity);
  });

  it('goes on with the copy that a restore has left, beside its own points', async () => {
    const other = await aServer();
    const source = await startProcess({ directory: other.directory });
    const backup = await takeBackup(source.url, other.setUp.operator.token);
    await source.stop();
    const { directory, data, setUp } = await aServer();
    const server = await startProcess({ directory });
    expect((await server.client.post('/api/v2/restore/kv', { as: setUp.operator, body: backup.kv })).status).toBe(200);
    await server.stop();
    const restored = await startProcess({ directory });
    expect(await countPoints(restored, other.setUp.operator.token)).toBe(0);
    await restored.stop();
    const [copy = ''] = readdirSync(data).filter((name) => name.startsWith('sluice.sqlite.replaced-'));
    removeStore(data);
    cpSync(join(data, copy), join(data, 'sluice.sqlite'));
    await expectThreePoints(directory, setUp);
  });
});

describe('points without their bucket', () => {
  it('stay when an older store is put back, are told of, and can be taken in or removed', async () => {
    const { directory, data, setUp } = await aServer();
    for (const name of STORE_FILES) if (existsSync(join(data, name))) cpSync(join(data, name), join(directory, name));
    const server = await startProcess({ directory });
    const ids: string[] = [];
    for (const name of ['newer', 'newest']) {
      const made = await server.client.post('/api/v2/buckets', { as: setUp.operator, json: { orgID: setUp.orgId, name } });
      ids.push(made.json.id);
      await server.client.post(`/api/v2/write?org=acme&bucket=${name}`, { as: setUp.operator, body: 'm v=1 1\nm v=2 2' });
    }
    await server.stop();
    removeStore(data);
    for (const name of STORE_FILES) if (existsSync(join(directory, name))) cpSync(join(directory, name), join(data, name));
    const older = await startProcess({ directory });
    expect(await countPoints(older, setUp.operator.token)).toBe(3);
    const told = older
      .log()
      .split('\n')
      .filter((line) => line.includes('points of unknown buckets were found'));
    expect(told).toHaveLength(1);
    for (const id of ids) expect(told[0]).toContain(id);
    await older.stop();

    const [kept = '', dropped = ''] = ids;
    const list = await series(data, 'list');
    expect(list.stdout).toMatch(new RegExp(`${kept}\\s+\\(orphan\\)\\s+2`));
    expect(list.stdout).toMatch(/acme\/data\s+3/);
    expect((await series(data, 'drop-orphan', setUp.bucketId)).stderr).toContain('is not an orphan');
    expect((await series(data, 'drop-orphan', dropped)).stdout).toContain('2 values');
    expect((await series(data, 'adopt-orphan', kept, '--org', 'acme', '--name', 'data')).stderr).toContain('already exists');
    expect((await series(data, 'adopt-orphan', kept, '--org', 'acme', '--name', 'back')).code).toBe(0);
    const last = await startProcess({ directory });
    expect(await countPoints(last, setUp.operator.token, COUNT.replace('data', 'back'))).toBe(2);
    expect(last.log()).not.toContain('points of unknown buckets were found');
    await last.stop();
  });
});

describe('sluiced series pair-anyway', () => {
  it('goes on without the store: its points are kept, and the store fits again when it comes back', async () => {
    const { directory, data, setUp } = await aServer();
    mkdirSync(join(directory, 'kept'));
    for (const name of STORE_FILES) if (existsSync(join(data, name))) renameSync(join(data, name), join(directory, 'kept', name));
    const paired = await series(data, 'pair-anyway');
    expect([paired.code, paired.stdout]).toEqual([0, expect.stringContaining('the first client to call setup')]);
    const server = await startProcess({ directory });
    await server.client.setUp();
    expect(server.log()).toContain(setUp.bucketId);
    await server.stop();
    removeStore(data);
    for (const name of readdirSync(join(directory, 'kept'))) renameSync(join(directory, 'kept', name), join(data, name));
    await expectThreePoints(directory, setUp);
  });

  it('goes on without the points', async () => {
    const { directory, data, setUp } = await aServer();
    rmSync(join(data, 'series'), { recursive: true });
    expect((await series(data, 'pair-anyway')).code).toBe(0);
    const server = await startProcess({ directory });
    expect(await countPoints(server, setUp.operator.token)).toBe(0);
    await server.stop();
  });

  it('is refused while a server runs', async () => {
    const server = await startProcess({ directory: newServerDirectory() });
    expect((await series(server.dataDirectory, 'pair-anyway')).stderr).toContain('is in use');
    await server.stop();
  });
});
