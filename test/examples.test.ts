/** The stories in examples/, run as they are; and the README, which shows the first of them to the letter. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { noteSecret } from './support/artifacts.js';
import { startTestServer, type TestServer } from './support/server.js';

const PROJECT = join(import.meta.dirname, '..');
const EXAMPLES = join(PROJECT, 'examples');

const run = async (command: string, file: string, env: Record<string, string>): Promise<string> =>
  (await promisify(execFile)(command, [join(EXAMPLES, file)], { env: { PATH: process.env.PATH ?? '', ...env }, cwd: PROJECT })).stdout;

describe('the examples', () => {
  let server: TestServer;
  afterEach(() => server.stop());

  it('tour.sh', async () => {
    server = await startTestServer();
    noteSecret('choose-a-better-one', 'the password of the tour');
    const output = await run('sh', 'tour.sh', { SLUICE_URL: server.url });
    expect(output.replaceAll('\r', '').trim().split('\n')).toEqual([
      'written: 204',
      ',result,table,_time,_value,room',
      ',_result,0,2023-11-14T22:13:20Z,12.5,cellar',
      ',_result,1,2023-11-14T22:13:20Z,21.4,kitchen',
      ',_result,1,2023-11-14T22:14:20Z,21.9,kitchen',
      '',
      'another bucket: 403',
      'inactive: 403',
      'deleted: 401',
    ]);
  });

  it('create-tokens.sh', async () => {
    server = await startTestServer();
    const { operator, orgId } = await server.client.setUp();
    const output = await run('sh', 'create-tokens.sh', { SLUICE_URL: server.url, INFLUX_API_TOKEN: operator.token, INFLUX_ORG_ID: orgId });
    const [device, user, listed] = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const { token } of [device, user]) noteSecret(token, 'a token');
    const write = (token: string, bucket: string) =>
      server.client.post(`/api/v2/write?org=acme&bucket=${bucket}`, { as: { token }, body: 'm v=1' });
    expect((await write(device.token, 'iot-center')).status).toBe(204);
    expect((await write(device.token, 'data')).status).toBe(403);
    expect((await server.client.get('/api/v2/authorizations', { as: device })).status).toBe(200);
    expect(user.user).toBe('iot_user_1');
    expect((await server.client.get('/api/v2/buckets?name=data', { as: user })).json.buckets).toHaveLength(1);
    expect((await write(user.token, 'iot-center')).status).toBe(403);
    expect(listed.authorizations.map(({ id }: { id: string }) => id)).toEqual([user.id]);
  });

  it('fleet.sh', { timeout: 120_000 }, async () => {
    server = await startTestServer();
    const { operator } = await server.client.setUp();
    const home = mkdtempSync(join(tmpdir(), 'sluice-fleet-'));
    const output = await run('sh', 'fleet.sh', { INFLUX_HOST: server.url, INFLUX_TOKEN: operator.token, HOME: home });
    rmSync(home, { recursive: true });
    expect(output.trim().split('\n')).toEqual([
      'Done: create 500.',
      'No change: 500 tokens of acme are as the file says.',
      'Done: rotate 500.',
      'requests that were refused: 0',
      'never used: 100',
      'Done: delete 100, leave 400.',
      'Done: replace 400.',
      'what a sensor may do: write bucket metrics',
      'written before it leaked: 204',
      'reported: 202',
      'written after the report: 403',
      'Done: replace 1, leave 399.',
      'written with the new one: 204',
      'reported as leaked: 1',
      'audit log: intact',
    ]);
  });

  it('javascript-client.mjs', async () => {
    server = await startTestServer();
    const { operator } = await server.client.setUp();
    const output = await run(process.execPath, 'javascript-client.mjs', {
      SLUICE_URL: server.url,
      SLUICE_TOKEN: operator.token,
      SLUICE_BUCKET: 'data',
    });
    expect(output).toBe('temperature in the kitchen: 21.4 celsius\n');
  });

  it('are all run here, and the README shows the tour as it is', async () => {
    server = await startTestServer();
    const tests = readFileSync(import.meta.filename, 'utf8');
    expect(readdirSync(EXAMPLES).filter((file) => !tests.includes(`'${file}'`))).toEqual([]);
    const tour = readFileSync(join(EXAMPLES, 'tour.sh'), 'utf8').replace(/^#!.*\n#.*\n/, '');
    expect(readFileSync(join(PROJECT, 'README.md'), 'utf8')).toContain(tour.trim());
  });
});
