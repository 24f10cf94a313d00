/**
 * The golden authorization matrix: what every route answers to everybody. The routes come from the server's own table: one without a row
 * here fails, and so does a row without a route. `UPDATE_GOLDEN=1` writes the file anew, to be read as a diff.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/server.js';
import { createPersonas, type Persona, type World } from './personas.js';
import { rows } from './rows.js';

const GOLDEN = join(import.meta.dirname, 'matrix.golden.txt');
const NAME_WIDTH = 64;
const CELL_WIDTH = 7;

describe('the authorization matrix', () => {
  let server: TestServer;
  let world: World;
  let personas: Persona[];

  beforeAll(async () => {
    server = await startTestServer();
    const { client } = server;
    const setUp = await client.setUp();
    const { operator, orgId } = setUp;
    const create = async (path: string, json: unknown): Promise<string> => (await client.post(path, { as: operator, json })).json.id;
    const otherOrgId = await create('/api/v2/orgs', { name: 'beta' });
    world = {
      ...setUp,
      client,
      otherOrgId,
      otherBucketId: await create('/api/v2/buckets', { orgID: otherOrgId, name: 'other' }),
      secondBucketId: await create('/api/v2/buckets', { orgID: orgId, name: 'second' }),
    };
    for (const [org, bucket] of [
      ['acme', 'data'],
      ['acme', 'second'],
      ['beta', 'other'],
    ]) {
      await client.post(`/api/v2/write?org=${org}&bucket=${bucket}`, { as: operator, body: 'm v=1 1' });
    }
    personas = await createPersonas(world);
  });
  afterAll(() => server.stop());

  it('has a row for every route, and a route for every row', () => {
    const routes = new Set(server.routes.map(({ method, path }) => `${method} ${path}`));
    const covered = new Set(Object.keys(rows).map((name) => name.replace(/ \[.*$/, '')));
    expect([...routes].filter((route) => !covered.has(route))).toEqual([]);
    expect([...covered].filter((row) => !routes.has(row))).toEqual([]);
  });

  it('is as it was', { timeout: 240_000 }, async () => {
    const lines = [' '.repeat(NAME_WIDTH) + personas.map(({ name }) => name.padStart(CELL_WIDTH)).join('')];
    let n = 0;
    for (const [name, row] of Object.entries(rows)) {
      const [method = ''] = name.split(' ');
      const cells = [];
      for (const persona of personas) {
        const { path, ...request } = await row(world, ++n);
        const { status, json } = await server.client.send(method, path, { ...request, as: persona.as });
        cells.push(describeAnswer(status, name, json).padStart(CELL_WIDTH));
      }
      lines.push(name.padEnd(NAME_WIDTH) + cells.join(''));
    }
    const matrix = `${lines.join('\n')}\n`;
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(GOLDEN, matrix);
    expect(matrix).toBe(readFileSync(GOLDEN, 'utf8'));
  });
});

/** The status, and of a list whether it showed anything: how much depends on the rows before. */
function describeAnswer(status: number, name: string, json: Record<string, unknown> | undefined): string {
  if (status !== 200 || !/^GET \/api\/v2\/(users|orgs|buckets|labels|authorizations)$/.test(name)) return String(status);
  const list = Object.values(json ?? {}).find((value) => Array.isArray(value)) as unknown[] | undefined;
  return `${status}${list === undefined || list.length === 0 ? '-' : '+'}`;
}
