/** A kind that is declared here alone: store, routes, rights, labels, members, operations and cascades follow from its declaration. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeTransport } from '../../src/client/node-transport.js';
import { resourceCalls } from '../../src/client/resources.js';
import { invalid } from '../../src/domain/errors.js';
import { listOf, number, text } from '../../src/domain/field.js';
import type { Id, OrganizationId } from '../../src/domain/id.js';
import { KINDS } from '../../src/kinds/index.js';
import { defineKind } from '../../src/kinds/kind.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { kindRequests, plain } from '../support/kind-requests.js';
import { startTestServer, type Credentials, type SetUp, type TestServer } from '../support/server.js';

interface Recipe {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly steps: readonly string[];
  readonly createdAtMs: number;
}

const PATH = '/api/v2/recipes';

const recipeKind = defineKind<
  Recipe,
  { readonly orgID: OrganizationId | undefined; readonly org: string | undefined; readonly name: string },
  { readonly name: string | undefined }
>({
  type: 'documents',
  path: PATH,
  router: 'httprouter',
  takesLabels: true,
  takesMembers: true,
  fields: { name: text(), steps: listOf(text()), createdAtMs: number() },
  uniqueKey: (name) => name.toLowerCase(),
  rights: { toChange: ['read', 'write'] },
  words: { notFound: () => 'recipe not found', taken: ({ name }) => `there is a recipe ${name}` },
  list: {
    name: 'recipes',
    paging: 'pages',
    links: 'pages',
    filters: ['id', 'name', 'org', 'orgID'],
    sortBy: { Name: 'name' },
  },
  build: ({ name }, { id, orgID, nowMs }) => ({ id, orgID, name, steps: [], createdAtMs: nowMs }),
  change(recipe, { name = recipe.name }) {
    if (name === '') throw invalid('a recipe needs a name');
    return { ...recipe, name };
  },
  decodeNew: (json) => ({ orgID: json.id<OrganizationId>('orgID'), org: json.string('org'), name: json.string('name') ?? '' }),
  decodeChange: (json) => ({ name: json.string('name') }),
  encode: ({ id, orgID, name, steps }, labels) => ({ id, orgID, name, steps, labels: labels.map((label) => label.name) }),
  operations: [
    {
      method: 'POST',
      path: '/steps/:step',
      needs: ['write'],
      apply(recipe, { params }) {
        if (params.step === 'burn') throw invalid('no recipe says so');
        const changed = { ...recipe, steps: [...recipe.steps, params.step ?? ''] };
        return { changed, status: 201, body: { steps: changed.steps } };
      },
      example: () => ({ path: '/steps/stir' }),
    },
  ],
  example: (n) => ({ create: { name: `recipe ${n}` }, change: { name: `other recipe ${n}` } }),
});

describe('a kind of its own', () => {
  let server: TestServer;
  let world: SetUp & { otherOrgId: string };
  let as: Credentials;

  const kinds = [...KINDS, recipeKind];
  const create = async (name: string, orgID = world.orgId): Promise<string> =>
    (await server.client.post(PATH, { as, json: { orgID, name } })).json.id as string;
  const names = (json: { recipes: { name: string }[] }): string[] => json.recipes.map(({ name }) => name);
  const tokenFor = async (actions: string[], more: object = {}, orgID = world.orgId): Promise<Credentials> => {
    const permissions = actions.map((action) => ({ action, resource: { type: 'documents', orgID, ...more } }));
    return { token: (await server.client.createToken(as, orgID, permissions)).token };
  };

  beforeAll(async () => {
    server = await startTestServer({ kinds });
    const setUp = await server.client.setUp();
    as = setUp.operator;
    const otherOrgId = (await server.client.post('/api/v2/orgs', { as, json: { name: 'beta' } })).json.id as string;
    world = { ...setUp, otherOrgId };
  });
  afterAll(() => server.stop());

  it('is made, found, listed in pages, changed and deleted', async () => {
    const { client } = server;
    const made = await client.post(PATH, { as, json: { org: 'beta', name: 'Soup' } });
    expect([made.status, made.json]).toEqual([
      201,
      { id: expect.any(String), orgID: world.otherOrgId, name: 'Soup', steps: [], labels: [] },
    ]);
    expect((await client.get(`${PATH}/${made.json.id}`, { as })).json).toEqual(made.json);
    for (const name of ['c', 'a', 'b']) await create(name, world.otherOrgId);
    const first = await client.get(`${PATH}?org=beta&limit=2`, { as });
    expect([names(first.json), first.json.links.next]).toEqual([['Soup', 'c'], `${PATH}?descending=false&limit=2&offset=2&org=beta`]);
    expect(names((await client.get(first.json.links.next as string, { as })).json)).toEqual(['a', 'b']);
    expect(names((await client.get(`${PATH}?org=beta&sortBy=Name&descending=true`, { as })).json)).toEqual(['c', 'b', 'a', 'Soup']);
    expect(names((await client.get(`${PATH}?org=beta&after=${made.json.id}`, { as })).json)).toEqual(['c', 'a', 'b']);
    expect(names((await client.get(`${PATH}?name=SOUP`, { as })).json)).toEqual(['Soup']);
    expect(names((await client.get(`${PATH}?id=${made.json.id}`, { as })).json)).toEqual(['Soup']);
    expect((await client.get(`${PATH}?org=nobody`, { as })).json.message).toBe('organization name "nobody" not found');
    expect((await client.patch(`${PATH}/${made.json.id}`, { as, json: { name: 'stew' } })).json.name).toBe('stew');
    expect((await client.delete(`${PATH}/${made.json.id}`, { as })).status).toBe(204);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const gone = await client.send(method, `${PATH}/${made.json.id}`, method === 'PATCH' ? { as, json: {} } : { as });
      expect([gone.status, gone.json.message]).toEqual([404, 'recipe not found']);
    }
  });

  it('keeps its names unique in an organization, as it compares them, and refuses in its words', async () => {
    const { client } = server;
    const id = await create('bread');
    await create('bread', world.otherOrgId);
    const twice = await client.post(PATH, { as, json: { orgID: world.orgId, name: 'BREAD' } });
    expect([twice.status, twice.json.message]).toEqual([422, 'there is a recipe BREAD']);
    const other = await create('rolls');
    expect((await client.patch(`${PATH}/${other}`, { as, json: { name: 'Bread' } })).json.message).toBe('there is a recipe Bread');
    expect((await client.patch(`${PATH}/${id}`, { as, json: { name: 'Bread' } })).status).toBe(200);
    expect((await client.patch(`${PATH}/${id}`, { as, json: { name: '' } })).json.message).toBe('a recipe needs a name');
    const nowhere = await client.post(PATH, { as, json: { orgID: '00000000000000aa', name: 'x' } });
    expect([nowhere.status, nowhere.json.message]).toEqual([404, 'organization not found']);
    expect((await client.post(PATH, { as, json: { name: 'x' } })).json.message).toBe('invalid org id for permission: invalid ID');
    expect((await client.put(`${PATH}/${id}`, { as, json: {} })).json.message).toBe('allow: DELETE, GET, OPTIONS, PATCH');
  });

  it('asks for the rights that it declares', async () => {
    const { client } = server;
    const [id, foreign] = [await create('guarded'), await create('guarded', world.otherOrgId)];
    const at = `${PATH}/${id}`;
    const reader = await tokenFor(['read']);
    const writer = await tokenFor(['write']);
    const both = await tokenFor(['read', 'write']);
    const one = await tokenFor(['read', 'write'], { id });
    const ask = async (who: Credentials): Promise<number[]> => [
      (await client.get(at, { as: who })).status,
      (await client.get(`${PATH}/${foreign}`, { as: who })).status,
      (await client.post(PATH, { as: who, json: { orgID: world.orgId, name: `${Math.random()}` } })).status,
      (await client.patch(at, { as: who, json: { name: 'guarded' } })).status,
      (await client.post(`${at}/steps/stir`, { as: who })).status,
    ];
    expect(await ask(reader)).toEqual([200, 401, 401, 401, 401]);
    expect(await ask(writer)).toEqual([401, 401, 201, 401, 201]);
    expect(await ask(both)).toEqual([200, 401, 201, 200, 201]);
    expect(await ask(one)).toEqual([200, 401, 401, 200, 201]);
    expect((await client.patch(at, { as: writer, json: {} })).json.message).toBe(
      `read:orgs/${world.orgId}/documents/${id} is unauthorized`,
    );
    expect(names((await client.get(PATH, { as: one })).json)).toEqual(['guarded']);
    expect(names((await client.get(PATH, { as: writer })).json)).toEqual([]);
    expect((await client.delete(at, { as: reader })).status).toBe(401);
    expect((await client.delete(at, { as: one })).status).toBe(204);
  });

  it('has operations: what they return is stored, and nothing of one that fails', async () => {
    const { client } = server;
    const at = `${PATH}/${await create('long')}`;
    await Promise.all(Array.from({ length: 10 }, (_, n) => client.post(`${at}/steps/${n}`, { as })));
    expect((await client.post(`${at}/steps/burn`, { as })).json.message).toBe('no recipe says so');
    expect(((await client.get(at, { as })).json.steps as string[]).toSorted()).toEqual(Array.from({ length: 10 }, (_, n) => String(n)));
    expect((await client.post(`${PATH}/00000000000000aa/steps/stir`, { as })).status).toBe(404);
  });

  it('takes labels and members, and all goes with the organization', async () => {
    const { client } = server;
    const orgID = (await client.post('/api/v2/orgs', { as, json: { name: 'gamma' } })).json.id as string;
    const id = await create('cake', orgID);
    const label = async (name: string, place: string): Promise<string> =>
      (await client.post('/api/v2/labels', { as, json: { orgID: place, name } })).json.label.id;
    const [sweet, foreign] = [await label('sweet', orgID), await label('sweet', world.orgId)];
    const labels = `${PATH}/${id}/labels`;
    expect((await client.post(labels, { as, json: { labelID: sweet } })).status).toBe(201);
    expect((await client.post(labels, { as, json: { labelID: sweet } })).status).toBe(422);
    expect((await client.post(labels, { as, json: { labelID: foreign } })).status).toBe(400);
    expect((await client.get(`${PATH}/${id}`, { as })).json.labels).toEqual(['sweet']);
    const userId = await client.createUser(as, 'cook');
    expect((await client.post(`${PATH}/${id}/members`, { as, json: { id: userId } })).status).toBe(201);
    expect((await client.post(`${PATH}/${id}/owners`, { as, json: { id: userId } })).status).toBe(422);
    expect((await client.get(`${PATH}/${id}/members`, { as })).json.users).toHaveLength(1);
    // A label that is put on two resources leaves with the one of them that is deleted.
    const second = await create('tart', orgID);
    await client.post(`${PATH}/${second}/labels`, { as, json: { labelID: sweet } });
    await client.delete(`${PATH}/${second}`, { as });
    expect((await client.delete(`/api/v2/orgs/${orgID}`, { as })).status).toBe(204);
    expect((await client.get(`${PATH}/${id}`, { as })).status).toBe(404);

    await server.stop();
    const store = await openSqliteStore(server.dataDirectory);
    expect(await store.resources(recipeKind).listOf(orgID as OrganizationId)).toEqual([]);
    for (const one of [id, second]) {
      expect(await store.listLabelIdsOn('documents', one)).toEqual([]);
      expect(await store.listMembershipsOfResource('documents', one)).toEqual([]);
    }
    expect((await store.resources(recipeKind).listOf(world.orgId as OrganizationId)).length).toBeGreaterThan(0);
    await store.close();
    server = await startTestServer({ kinds, directory: server.directory });
  });

  it('is called by a client that knows its declaration', async () => {
    const headers = { authorization: `Token ${(as as { token: string }).token}` };
    const send = createNodeTransport({ url: new URL(server.url), skipVerify: false, headers });
    const calls = resourceCalls<{ id: string; name: string }, object, object, { org?: string; name?: string }>(recipeKind);
    const { id } = await calls.create(send, { org: 'acme', name: 'called' });
    expect(await calls.find(send, id)).toMatchObject({ name: 'called' });
    expect((await calls.list(send, { org: 'acme', name: 'called' })).map((each) => each.id)).toEqual([id]);
    expect((await calls.update(send, id, { name: 'renamed' })).name).toBe('renamed');
    await calls.remove(send, id);
    await expect(calls.find(send, id)).rejects.toThrow('recipe not found');
  });

  it('has a request for each of its routes, which all are answered', async () => {
    const requests = kindRequests(recipeKind);
    const own = server.routes.map(({ method, path }) => `${method} ${path}`).filter((route) => route.includes(PATH));
    expect(Object.keys(requests).toSorted()).toEqual(own.toSorted());
    let n = 0;
    for (const [route, make] of Object.entries(requests)) {
      const { path, json } = await make({ ...world, client: server.client }, ++n);
      const { status } = await server.client.send(route.split(' ')[0]!, path, { as, ...(json && { json: plain(json) }) });
      expect([route, Math.floor(status / 100)]).toEqual([route, 2]);
    }
  });
});
