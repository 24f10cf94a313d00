/** Tasks that run: with which rights, in which order, and what they say when they do not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestServer } from '../support/server.js';

describe('tasks that run', () => {
  let server: TestServer;
  let world: SetUp;
  let as: Credentials;
  let outId: string;

  beforeAll(async () => {
    server = await startTestServer();
    world = await server.client.setUp();
    as = world.operator;
    outId = (await server.client.post('/api/v2/buckets', { as, json: { orgID: world.orgId, name: 'out' } })).json.id;
    await server.client.post('/api/v2/write?org=acme&bucket=data', { as, body: 'm v=1' });
  });
  afterAll(() => server.stop());

  const COPY = 'from(bucket: "data") |> range(start: -1h) |> to(bucket: "out")';
  const scriptOf = (name: string, body = COPY, when = 'cron: "0 0 1 1 *"'): string =>
    `option task = {name: "${name}", ${when}}\n\n${body}\n`;
  const make = async (who: Credentials, flux: string, more: object = {}): Promise<string> => {
    const { status, json, text } = await server.client.post('/api/v2/tasks', { as: who, json: { orgID: world.orgId, flux, ...more } });
    if (status !== 201) throw new Error(text);
    return json.id;
  };
  interface Shown {
    readonly status: string;
    readonly messages: readonly string[];
  }
  const finished = async (id: string, runID: string): Promise<Shown> => {
    let run: { status: string; log?: { message: string }[] };
    do {
      await new Promise((resolve) => setTimeout(resolve, 10));
      run = (await server.client.get(`/api/v2/tasks/${id}/runs/${runID}`, { as })).json;
    } while (run.status === 'scheduled' || run.status === 'started');
    return { status: run.status, messages: (run.log ?? []).map(({ message }) => message) };
  };
  const force = async (id: string): Promise<string> => (await server.client.post(`/api/v2/tasks/${id}/runs`, { as, json: {} })).json.id;
  const run = async (id: string): Promise<Shown> => finished(id, await force(id));
  const tokenFor = async (more: object[] = [], user?: string): Promise<{ id: string; as: Credentials }> => {
    const tasks = ['read', 'write'].map((action) => ({ action, resource: { type: 'tasks', orgID: world.orgId } }));
    const { id, token } = await server.client.createToken(as, world.orgId, [...tasks, ...more], user === undefined ? {} : { userID: user });
    return { id, as: { token } };
  };
  const readData = () => ({ action: 'read', resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId } });
  const writeOut = () => ({ action: 'write', resource: { type: 'buckets', id: outId, orgID: world.orgId } });
  const countRuns = async (id: string): Promise<number> => (await server.client.get(`/api/v2/tasks/${id}/runs`, { as })).json.runs.length;

  it('may do no more than the token with which they were made', async () => {
    const tasker = await tokenFor();
    expect((await run(await make(tasker.as, scriptOf('greedy')))).status).toBe('failed');
    const reader = await tokenFor([readData()]);
    const { status, messages } = await run(await make(reader.as, scriptOf('writes')));
    expect(status).toBe('failed');
    expect(messages.at(-1)).toContain('user not authorized to write');
    const both = await tokenFor([readData(), writeOut()]);
    expect(await run(await make(both.as, scriptOf('enough')))).toMatchObject({ status: 'success' });
  });

  it('go on when the token with which they were made is deleted', async () => {
    const both = await tokenFor([readData(), writeOut()]);
    const id = await make(both.as, scriptOf('goes on'));
    await server.client.delete(`/api/v2/authorizations/${both.id}`, { as });
    expect((await run(id)).status).toBe('success');
  });

  it('may do no more than whoever changed their script last, were it an option of it', async () => {
    const id = await make(as, scriptOf('of the operator'));
    expect((await run(id)).status).toBe('success');
    const tasker = await tokenFor();
    for (const change of [{ description: 'told' }, { status: 'active' }])
      await server.client.patch(`/api/v2/tasks/${id}`, { as: tasker.as, json: change });
    expect((await run(id)).status).toBe('success');
    expect((await server.client.patch(`/api/v2/tasks/${id}`, { as: tasker.as, json: { name: 'renamed' } })).status).toBe(200);
    expect((await run(id)).status).toBe('failed');
    await server.client.patch(`/api/v2/tasks/${id}`, { as, json: { flux: scriptOf('mine again') } });
    expect((await run(id)).status).toBe('success');
  });

  it('may do no more than their owner at that moment, and say so when the owner is inactive or deleted', async () => {
    const olga = await server.client.createUser(as, 'olga', 'olga-passw0rd');
    await server.client.post(`/api/v2/orgs/${world.orgId}/owners`, { as, json: { id: olga } });
    const id = await make(await server.client.signIn('olga', 'olga-passw0rd'), scriptOf('of olga'));
    expect((await run(id)).status).toBe('success');
    await server.client.patch(`/api/v2/users/${olga}`, { as, json: { status: 'inactive' } });
    expect(await run(id)).toEqual({
      status: 'failed',
      messages: ['Completed(failed)', 'the task does not run: its owner olga is inactive'],
    });
    expect((await server.client.get(`/api/v2/tasks/${id}`, { as })).json.lastRunError).toBe(
      'the task does not run: its owner olga is inactive',
    );
    await server.client.patch(`/api/v2/users/${olga}`, { as, json: { status: 'active' } });
    await server.client.delete(`/api/v2/orgs/${world.orgId}/owners/${olga}`, { as });
    expect((await run(id)).status).toBe('failed');
    await server.client.delete(`/api/v2/users/${olga}`, { as });
    expect((await run(id)).messages.at(-1)).toBe(`the task does not run: its owner ${olga} was deleted`);
  });

  it('do not run when they are inactive, also from the beginning', async () => {
    const off = await make(as, scriptOf('off', COPY, 'every: 1s'), { status: 'inactive' });
    const on = await make(as, scriptOf('on', COPY, 'every: 1s'));
    await expect.poll(() => countRuns(on), { timeout: 30_000 }).toBeGreaterThan(1);
    expect(await countRuns(off)).toBe(0);
    await server.client.delete(`/api/v2/tasks/${on}`, { as });
    expect((await server.client.get(`/api/v2/tasks/${on}/runs`, { as })).status).toBe(404);
  });

  it('wait neither for those that take long nor keep requests waiting, and end when they are canceled', async () => {
    const quick = await make(as, scriptOf('quick', COPY, 'every: 1s'));
    await expect.poll(() => countRuns(quick), { timeout: 30_000 }).toBeGreaterThan(1);
    const heavy =
      'import "generate"\noption task = {name: "heavy", cron: "0 0 1 1 *"}\n\n' +
      'generate.from(count: 2000000000, fn: (n) => n * n, start: 2020-01-01T00:00:00Z, stop: 2021-01-01T00:00:00Z) |> yield()';
    const slowId = await make(as, heavy);
    const runID = await force(slowId);
    const before = await countRuns(quick);
    await expect.poll(() => countRuns(quick), { timeout: 30_000 }).toBeGreaterThan(before + 1);
    const { status } = await server.client.post('/api/v2/query?org=acme', {
      as,
      headers: { 'content-type': 'application/vnd.flux' },
      body: 'from(bucket: "data") |> range(start: -1h)',
    });
    expect(status).toBe(200);
    const canceled = await server.client.delete(`/api/v2/tasks/${slowId}/runs/${runID}`, { as });
    const shown = await finished(slowId, runID);
    // It may have run out of memory before it was canceled.
    if (canceled.status === 200) expect(shown.status).toBe('canceled');
    else expect(shown.status).toBe('failed');
    await server.client.delete(`/api/v2/tasks/${quick}`, { as });
  });

  it('know when they last succeeded', async () => {
    const body = 'import "influxdata/influxdb/tasks"\nimport "array"\noption task = {name: "last", cron: "0 0 1 1 *"}\n';
    const point = '{_time: tasks.lastSuccess(orTime: 2020-01-01T00:00:00Z), _measurement: "last", _field: "v", _value: 1}';
    const id = await make(as, `${body}\narray.from(rows: [${point}]) |> to(bucket: "out")`);
    const { json } = await server.client.post(`/api/v2/tasks/${id}/runs`, { as, json: { scheduledFor: '2026-01-01T10:00:00Z' } });
    expect(await finished(id, json.id)).toMatchObject({ status: 'success' });
    expect(await run(id)).toMatchObject({ status: 'success' });
    const { text } = await server.client.post('/api/v2/query?org=acme', {
      as,
      headers: { 'content-type': 'application/vnd.flux' },
      body: 'from(bucket: "out") |> range(start: 2019-01-01T00:00:00Z) |> filter(fn: (r) => r._measurement == "last") |> keep(columns: ["_time"])',
    });
    expect([...text.matchAll(/,_result,\d+,(\S+)\r/g)].map(([, time]) => time)).toEqual(['2020-01-01T00:00:00Z', '2026-01-01T10:00:00Z']);
  });
});
