/**
 * The golden authorization matrix: what every route answers to everybody. The routes come from the server's own table: one without a row
 * here fails, and so does a row without a route. `UPDATE_GOLDEN=1` writes the file anew, to be read as a diff.
 * With each answer goes a look inside: whether the route's handler asked for the rights that its row of the table declares, no others, and
 * before anything was changed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/http/route.js';
import { KINDS } from '../../src/kinds/index.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { createPersonas, type Persona, type World } from './personas.js';
import { rows } from './rows.js';
import { listedRights, requiredRights, Watch, type Happening } from './watch.js';

const GOLDEN = join(import.meta.dirname, 'matrix.golden.txt');
const LISTS: ReadonlySet<string> = new Set([
  ...['users', 'orgs', 'authorizations'].map((type) => `GET /api/v2/${type}`),
  ...KINDS.map(({ path }) => `GET ${path}`),
]);
const NAME_WIDTH = 64;
const CELL_WIDTH = 7;

describe('the authorization matrix', () => {
  let server: TestServer;
  let world: World;
  let personas: Persona[];
  let watch: Watch;

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
    watch = new Watch(server);
  });
  afterAll(async () => {
    watch.end();
    await server.stop();
  });

  it('has a row for every route, and a route for every row', () => {
    const routes = new Set(server.routes.map(({ method, path }) => `${method} ${path}`));
    const covered = new Set(Object.keys(rows).map((name) => name.replace(/ \[.*$/, '')));
    expect([...routes].filter((route) => !covered.has(route))).toEqual([]);
    expect([...covered].filter((row) => !routes.has(row))).toEqual([]);
  });

  const routeOf = (name: string): Route => {
    const [plain = ''] = name.split(' [');
    const route = server.routes.find(({ method, path }) => `${method} ${path}` === plain);
    if (route === undefined) throw new Error(`no route for ${name}`);
    return route;
  };

  it('is as it was, and every handler asks for what its route declares', { timeout: 240_000 }, async () => {
    const lines = [' '.repeat(NAME_WIDTH) + personas.map(({ name }) => name.padStart(CELL_WIDTH)).join('')];
    const wrong: string[] = [];
    let n = 0;
    for (const [name, row] of Object.entries(rows)) {
      const [method = ''] = name.split(' ');
      const cells = [];
      for (const persona of personas) {
        const { path, headers, ...request } = await row(world, ++n, persona);
        watch.take();
        const sent = { ...request, headers: { ...headers, 'x-request-id': `row-${n}` }, as: persona.as };
        const { status, json } = await server.client.send(method, path, sent);
        const route = routeOf(name);
        const problems = findProblems(route, `row-${n}`, status, watch.take(), persona.name === 'OPER');
        wrong.push(...problems.map((problem) => `${name} as ${persona.name} (${status}): ${problem}`));
        cells.push(describeAnswer(status, name, json).padStart(CELL_WIDTH));
      }
      lines.push(name.padEnd(NAME_WIDTH) + cells.join(''));
    }
    const matrix = `${lines.join('\n')}\n`;
    if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(GOLDEN, matrix);
    expect(wrong).toEqual([]);
    expect(matrix).toBe(readFileSync(GOLDEN, 'utf8'));
  });
});

/**
 * What is wrong with how an answer came about.
 *
 * @param isWhole everything that the route needs is held, so that a success has asked for all of it and for nothing else
 */
function findProblems(route: Route, requestId: string, status: number, happenings: readonly Happening[], isWhole: boolean): string[] {
  if (route.access === 'open') return happenings.map((happening) => `an open route: ${JSON.stringify(happening)}`);
  const problems: string[] = [];
  const asked = happenings.filter((happening) => happening.kind === 'asked');
  for (const { requestId: id, right } of asked) if (id !== requestId) problems.push(`${right} was asked for by ${id ?? 'nobody'}`);
  const firstChange = happenings.findIndex(({ kind }) => kind === 'changed');
  if (status >= 400) {
    if (firstChange >= 0) problems.push(`refused, and ${JSON.stringify(happenings[firstChange])}`);
    return problems;
  }
  const before = firstChange < 0 ? happenings : happenings.slice(0, firstChange);
  const wasGranted = (right: string): boolean =>
    before.some((happening) => happening.kind === 'asked' && happening.right === right && happening.allowed);
  const [required, listed] = [requiredRights(route.needs), listedRights(route.needs)];
  for (const right of required) if (!wasGranted(right)) problems.push(`${right} was not asked for and granted before`);
  // Lists change nothing, and what lies on things that are shown is asked for where there are some.
  const wasListed = (right: string): boolean => asked.some((one) => one.right === right);
  const missing = listed.filter((right) => !wasListed(right));
  if (isWhole || missing.length === listed.length) problems.push(...missing.map((right) => `${right} was not asked for`));
  const { grants, operatorForSome, perResource, named } = typeof route.needs === 'object' ? route.needs : {};
  const asksForMore = grants ?? operatorForSome ?? perResource ?? named ?? false;
  if (isWhole && !asksForMore) {
    const declared = new Set([...required, ...listed]);
    for (const right of new Set(asked.map((one) => one.right))) if (!declared.has(right)) problems.push(`${right} is not declared`);
  }
  return problems;
}

/** The status, and of a list whether it showed anything: how much depends on the rows before. */
function describeAnswer(status: number, name: string, json: Record<string, unknown> | undefined): string {
  if (status !== 200 || !LISTS.has(name)) return String(status);
  const list = Object.values(json ?? {}).find((value) => Array.isArray(value)) as unknown[] | undefined;
  return `${status}${list === undefined || list.length === 0 ? '-' : '+'}`;
}
