/** The list of tokens as its page asks for it: searched, filtered, sorted, counted; and what a caller may do himself. */
import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findAuthorizationOfToken } from '../../src/client/authorizations.js';
import { createNodeTransport } from '../../src/client/node-transport.js';
import { startTestServer, type Credentials, type SetUp, type TestClient, type TestServer } from '../support/server.js';

describe('the list of tokens', () => {
  let server: TestServer;
  let client: TestClient;
  let world: SetUp;
  let operator: Credentials;
  let reader: { id: string; token: string };

  beforeAll(async () => {
    server = await startTestServer();
    ({ client } = server);
    world = await client.setUp();
    ({ operator } = world);
    const { orgId, bucketId } = world;
    const bucket = (action: string, id?: string) => ({ action, resource: { type: 'buckets', id, orgID: orgId } });
    reader = await client.createToken(operator, orgId, [bucket('read', bucketId)], { description: 'Grafana' });
    await client.createToken(operator, orgId, [bucket('write', bucketId)], { description: 'telegraf 1' });
    await client.createToken(operator, orgId, [bucket('write')], { description: 'Telegraf 2', status: 'inactive' });
    await client.createToken(operator, orgId, [{ action: 'read', resource: { type: 'tasks', orgID: orgId } }], { description: 'tasks' });
  });
  afterAll(() => server.stop());

  const list = async (query: string, as = operator) => client.get(`/api/v2/authorizations?${query}`, { as });
  const names = async (query: string): Promise<string[]> =>
    (await list(query)).json.authorizations.map(({ description }: { description: string }) => description);

  it('is searched and filtered', async () => {
    expect(await names('search=TELEGRAF')).toEqual(['telegraf 1', 'Telegraf 2']);
    expect(await names(`search=${reader.id}`)).toEqual(['Grafana']);
    expect(await names('kind=operator')).toEqual(["admin's Token"]);
    expect(await names('kind=read-write&status=inactive')).toEqual(['Telegraf 2']);
    expect(await names(`bucketID=${world.bucketId}&action=write`)).toEqual(["admin's Token", 'telegraf 1', 'Telegraf 2']);
    expect(await names(`bucketID=${world.bucketId}&action=read`)).toEqual(["admin's Token", 'Grafana']);
    expect(await names(`bucketID=${world.bucketId}&kind=read-write`)).toEqual(['Grafana', 'telegraf 1', 'Telegraf 2']);
  });

  it('is filtered by access to a resource of any kind', async () => {
    const { orgId } = world;
    const { id } = (await client.post('/api/v2/dashboards', { as: operator, json: { orgID: orgId, name: 'wall' } })).json;
    const { id: granting } = await client.createToken(
      operator,
      orgId,
      [{ action: 'read', resource: { type: 'dashboards', id, orgID: orgId } }],
      { description: 'wall display' },
    );
    expect(await names(`resourceType=dashboards&resourceID=${id}&action=read`)).toEqual(["admin's Token", 'wall display']);
    expect(await names(`resourceType=dashboards&resourceID=${id}&action=write`)).toEqual(["admin's Token"]);
    expect(await names(`resourceType=buckets&resourceID=${world.bucketId}&action=read`)).toEqual(["admin's Token", 'Grafana']);
    expect((await list(`resourceType=dashboards&resourceID=${world.bucketId}`)).json.message).toBe('dashboard not found');
    await client.delete(`/api/v2/authorizations/${granting}`, { as: operator });
  });

  it('is sorted and cut into pages', async () => {
    expect(await names('sortBy=description&limit=2&offset=1')).toEqual(['Grafana', 'tasks']);
    expect(await names('sortBy=description&descending=true&limit=2')).toEqual(['Telegraf 2', 'telegraf 1']);
    expect((await names('sortBy=description')).length).toBe(5);
    expect(await names('sortBy=createdAt&descending=true&limit=1')).toEqual(['tasks']);
  });

  it('is counted by kind and status, whichever of them are asked for', async () => {
    const { counts, authorizations } = (await list('kind=custom&counts=true&limit=1')).json;
    expect(authorizations).toHaveLength(1);
    expect(counts).toEqual([
      { kind: 'custom', status: 'active', count: 1 },
      { kind: 'operator', status: 'active', count: 1 },
      { kind: 'read-write', status: 'active', count: 2 },
      { kind: 'read-write', status: 'inactive', count: 1 },
    ]);
    // Nobody counts what he may not see.
    expect((await list('counts=true', { token: reader.token })).json).toEqual({
      links: { self: '/api/v2/authorizations' },
      counts: [],
      authorizations: [],
    });
    expect((await list('')).json).not.toHaveProperty('counts');
  });

  it('is as long as it is in every order', async () => {
    for (let n = 0; n < 501; n++) {
      await client.createToken(operator, world.orgId, [{ action: 'read', resource: { type: 'checks', orgID: world.orgId } }], {
        description: `many ${n}`,
      });
    }
    const found = (await list('search=many&sortBy=description')).json.authorizations.map(({ id }: { id: string }) => id);
    expect([found.length, new Set(found).size]).toEqual([501, 501]);
  });

  it.each([
    ['kind=root', 'kind must be one of operator, all-access, read-write, custom'],
    ['status=on', 'status must be one of active, inactive'],
    ['action=own', 'action must be one of read, write'],
    ['sortBy=token', 'sortBy must be one of createdAt, updatedAt, description, kind, status, user'],
    ['sortBy=user&after=0000000000000001', 'after cannot be combined with sortBy: use offset'],
    ['bucketID=data', 'id must have a length of 16 bytes'],
    ['resourceType=tasks', 'resourceType and resourceID must be given together'],
    ['resourceType=views&resourceID=0000000000000001', 'authorizations cannot be found by a resource of the type views'],
    ['counts=maybe', 'counts is invalid'],
  ])('%s: 400 %s', async (query, message) => {
    const { status, json } = await list(query);
    expect([status, json.message]).toEqual([400, message]);
  });

  it('knows no tokens of a bucket that is not there', async () => {
    const { status, json } = await list('bucketID=00000000000000aa');
    expect([status, json.message]).toEqual([404, 'bucket not found']);
  });

  it('tells whether tokens are of use where that is asked for, and is as ever where not', async () => {
    const userID = await client.createUser(operator, 'leaving');
    const rights = [{ action: 'read', resource: { type: 'tasks', orgID: world.orgId } }];
    const { id } = await client.createToken(operator, world.orgId, rights, { description: 'left behind', userID });
    await client.patch(`/api/v2/users/${userID}`, { as: operator, json: { status: 'inactive' } });
    const [plain] = (await list(`userID=${userID}&status=active`)).json.authorizations;
    expect([plain.status, 'userStatus' in plain]).toEqual(['active', false]);
    expect((await list(`userID=${userID}&status=active&effective=true`)).json.authorizations).toEqual([]);
    const { authorizations, counts } = (await list(`userID=${userID}&status=inactive&effective=true&counts=true`)).json;
    expect(authorizations).toEqual([{ ...plain, userStatus: 'inactive' }]);
    expect(counts).toEqual([{ kind: 'custom', status: 'inactive', count: 1 }]);
    const one = (await client.get(`/api/v2/authorizations/${id}`, { as: operator })).json;
    expect(one).not.toHaveProperty('userStatus');
    expect((await client.get(`/api/v2/authorizations/${id}?effective=true`, { as: operator })).json.userStatus).toBe('inactive');
  });

  it('finds the one that a found token opens, for who may read it, and says of all others the same', async () => {
    const find = (token: unknown, as: Credentials = operator) => client.post('/api/v2/authorizations/find', { as, json: { token } });
    const found = await client.createToken(operator, world.orgId, [{ action: 'write', resource: { type: 'checks', orgID: world.orgId } }], {
      description: 'pushed to a repository',
    });
    const answer = await find(found.token);
    expect([answer.status, answer.json.id, answer.json.description, answer.json.token, answer.json.userStatus]).toEqual([
      200,
      found.id,
      'pushed to a repository',
      '',
      'active',
    ]);
    expect(answer.text).not.toContain(found.token);
    const send = createNodeTransport({
      url: new URL(server.url),
      skipVerify: false,
      headers: { authorization: `Token ${world.operator.token}` },
    });
    expect((await findAuthorizationOfToken(send, found.token)).id).toBe(found.id);

    // Inactive ones are found, too; what is not there, not to be read, ended or no token at all is all the same.
    await client.patch(`/api/v2/authorizations/${found.id}`, { as: operator, json: { status: 'inactive' } });
    expect((await find(found.token)).json.status).toBe('inactive');
    const unknown = await find(`${'A'.repeat(86)}==`);
    expect([unknown.status, unknown.json]).toEqual([404, { code: 'not found', message: 'authorization not found' }]);
    const userID = await client.createUser(operator, 'ended');
    const rights = [{ action: 'read', resource: { type: 'tasks', orgID: world.orgId } }];
    const ended = await client.createToken(operator, world.orgId, rights, { userID });
    await client.delete(`/api/v2/users/${userID}`, { as: operator });
    await client.post('/private/legacy/authorizations', {
      as: operator,
      json: { orgID: world.orgId, token: 'v1 name', permissions: rights },
    });
    const stored = `$influxdb2-sha256$${hash('sha256', world.operator.token, 'base64url')}=`;
    for (const token of [ended.token, 'v1 name', stored, 'x'.repeat(100_000)]) {
      // As text: a name and a hash are no secrets, and rest in the store as they are.
      const refused = await client.post('/api/v2/authorizations/find', { as: operator, body: JSON.stringify({ token }) });
      expect([refused.status, refused.json]).toEqual([404, unknown.json]);
      expect(refused.text).not.toContain(token);
    }
    expect((await find(world.operator.token, { token: reader.token })).json).toEqual(unknown.json);
    await client.delete(`/api/v2/authorizations/${found.id}`, { as: operator });
    expect((await find(found.token)).json).toEqual(unknown.json);
    expect((await find('')).status).toBe(400);
    expect((await client.post('/api/v2/authorizations/find', { json: { token: found.token } })).status).toBe(401);
    expect(server.log()).not.toContain(found.token.slice(0, 20));
  });

  it('has beside it what the caller may do himself, each permission once', async () => {
    const own = async (as: Credentials) => (await client.get('/api/v2/me/permissions', { as })).json;
    expect(await own({ token: reader.token })).toEqual([
      { action: 'read', resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId } },
    ]);
    const session = await own(await client.signIn('admin', 'admin-passw0rd'));
    expect(session.map((permission: unknown) => JSON.stringify(permission))).toContain('{"action":"write","resource":{"type":"instance"}}');
    expect(new Set(session.map((permission: unknown) => JSON.stringify(permission))).size).toBe(session.length);
    await client.patch(`/api/v2/authorizations/${reader.id}`, { as: operator, json: { status: 'inactive' } });
    expect(await own({ token: reader.token })).toEqual([]);
  });
});
