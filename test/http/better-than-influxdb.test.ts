/** Where the server does better than InfluxDB on purpose; each of these stands in docs/differences.md. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestClient, type TestServer } from '../support/server.js';

const FLUX = { 'content-type': 'application/vnd.flux' };

/** Of a point in another organization; no id looks like it. */
const FOREIGN_VALUE = '31415926.5';

describe('better than InfluxDB', () => {
  let server: TestServer;
  let client: TestClient;
  let world: SetUp;
  let operator: Credentials;
  let otherOrgId: string;
  let otherBucketId: string;

  beforeAll(async () => {
    server = await startTestServer();
    ({ client } = server);
    world = await client.setUp();
    ({ operator } = world);
    otherOrgId = (await client.post('/api/v2/orgs', { as: operator, json: { name: 'beta' } })).json.id;
    otherBucketId = (await client.post('/api/v2/buckets', { as: operator, json: { orgID: otherOrgId, name: 'foreign' } })).json.id;
    await client.post('/api/v2/write?org=beta&bucket=foreign', { as: operator, body: `m v=${FOREIGN_VALUE} 1000` });
  });
  afterAll(() => server.stop());

  const bucketPermission = (action: string, id: string, orgID = world.orgId) => ({ action, resource: { type: 'buckets', id, orgID } });
  const token = async (permissions: unknown[], more?: Record<string, unknown>, orgID = world.orgId) =>
    client.createToken(operator, orgID, permissions, more);

  describe('a bucket of another organization', () => {
    it('is not read by its id, with any token', async () => {
      for (const permissions of [
        [bucketPermission('read', world.bucketId)],
        [{ action: 'read', resource: { type: 'tasks', orgID: world.orgId } }],
      ]) {
        const mine = await token(permissions);
        for (const org of ['acme', 'beta']) {
          const answer = await client.post(`/api/v2/query?org=${org}`, {
            as: mine,
            headers: FLUX,
            body: `from(bucketID: "${otherBucketId}") |> range(start: 0)`,
          });
          expect([answer.status, answer.json.code]).toEqual([404, 'not found']);
          expect(answer.text).not.toContain(FOREIGN_VALUE);
        }
      }
      const unknown = await client.post('/api/v2/query?org=acme', {
        as: operator,
        headers: FLUX,
        body: 'from(bucketID: "00000000000000aa") |> range(start: 0)',
      });
      expect(unknown.status).toBe(404);
    });

    it('is neither written nor deleted in by its id under an organization of one’s own', async () => {
      const mine = await token([{ action: 'write', resource: { type: 'buckets', orgID: world.orgId } }]);
      const write = await client.post(`/api/v2/write?org=acme&bucket=${otherBucketId}`, { as: mine, body: 'm v=1 1' });
      expect([write.status, write.json.message]).toEqual([404, `bucket "${otherBucketId}" not found`]);
      for (const parameter of ['bucket', 'bucketID']) {
        const answer = await client.post(`/api/v2/delete?org=acme&${parameter}=${otherBucketId}`, {
          as: mine,
          json: { start: '1970-01-01T00:00:00Z', stop: '2030-01-01T00:00:00Z' },
        });
        expect([answer.status, answer.json.message]).toEqual([404, `bucket "${otherBucketId}" not found`]);
      }
      const left = await client.post('/api/v2/query?org=beta', {
        as: operator,
        headers: FLUX,
        body: 'from(bucket: "foreign") |> range(start: 0)',
      });
      expect(left.text).toContain(FOREIGN_VALUE);
      expect(left.text.trim().split('\r\n')).toHaveLength(2);
    });
  });

  describe('an authorization with permissions for every organization', () => {
    it('is changed and ended only by those who hold them all', async () => {
      const allAccess = await token([
        ...['read', 'write'].map((action) => ({ action, resource: { type: 'authorizations', orgID: world.orgId } })),
        ...['read', 'write'].map((action) => ({ action, resource: { type: 'users', id: world.userId } })),
        ...['read', 'write'].map((action) => ({ action, resource: { type: 'buckets', orgID: world.orgId } })),
      ]);
      const wide = await token([{ action: 'read', resource: { type: 'buckets' } }]);
      for (const id of [world.authorizationId, wide.id]) {
        const path = `/api/v2/authorizations/${id}`;
        expect((await client.get(path, { as: allAccess })).status).toBe(200);
        for (const change of [{ status: 'inactive' }, { description: 'mine' }]) {
          expect((await client.patch(path, { as: allAccess, json: change })).status).toBe(403);
        }
        const answer = await client.delete(path, { as: allAccess });
        expect([answer.status, answer.json.code]).toEqual([403, 'forbidden']);
        expect((await client.get(path, { as: operator })).json.status).toBe('active');
      }
      // One who reads all buckets of the world holds what that token holds.
      const peer = await token([
        ...['read', 'write'].map((action) => ({ action, resource: { type: 'authorizations', orgID: world.orgId } })),
        ...['read', 'write'].map((action) => ({ action, resource: { type: 'users', id: world.userId } })),
        { action: 'read', resource: { type: 'buckets' } },
      ]);
      expect((await client.delete(`/api/v2/authorizations/${wide.id}`, { as: peer })).status).toBe(204);
    });

    it('stays in sight when its organization goes', async () => {
      const orgID = (await client.post('/api/v2/orgs', { as: operator, json: { name: 'brief' } })).json.id;
      const wide = await token([{ action: 'read', resource: { type: 'orgs' } }], {}, orgID);
      const narrow = await token([{ action: 'read', resource: { type: 'buckets', orgID } }], {}, orgID);
      await client.delete(`/api/v2/orgs/${orgID}`, { as: operator });
      const ids = (await client.get('/api/v2/authorizations', { as: operator })).json.authorizations.map(({ id }: { id: string }) => id);
      expect(ids).toContain(wide.id);
      expect(ids).not.toContain(narrow.id);
      expect((await client.get(`/api/v2/authorizations/${wide.id}`, { as: operator })).json.org).toBe('');
    });
  });

  describe('a permission that names its resource', () => {
    it('means that one, as the example in InfluxDB’s documentation does', async () => {
      const answer = await client.post('/api/v2/authorizations', {
        as: operator,
        json: {
          status: 'active',
          description: 'iot-center-device',
          orgID: world.orgId,
          permissions: [
            { action: 'read', resource: { orgID: world.orgId, type: 'buckets', name: 'data' } },
            { action: 'write', resource: { type: 'buckets', name: 'data' } },
          ],
        },
      });
      expect(answer.status).toBe(201);
      expect(answer.json.permissions.map(({ resource }: { resource: { id: string } }) => resource.id)).toEqual([
        world.bucketId,
        world.bucketId,
      ]);
      const named = { token: answer.json.token as string };
      const others = (await client.get('/api/v2/buckets', { as: named })).json.buckets;
      expect(others.map(({ name }: { name: string }) => name)).toEqual(['data']);
    });

    it.each([
      ['buckets', 'nowhere', 404, 'bucket "nowhere" not found'],
      ['buckets', 'foreign', 404, 'bucket "foreign" not found'],
      ['orgs', 'nowhere', 404, 'organization name "nowhere" not found'],
      ['users', 'nobody', 404, 'user not found'],
      ['tasks', 'nightly', 400, 'a permission for tasks cannot name its resource; give the id, or leave the name out for all of them'],
    ])('%s %j: %i', async (type, name, status, message) => {
      const before = (await client.get('/api/v2/authorizations', { as: operator })).json.authorizations.length;
      const answer = await client.post('/api/v2/authorizations', {
        as: operator,
        json: { orgID: world.orgId, permissions: [{ action: 'read', resource: { type, name } }] },
      });
      expect([answer.status, answer.json.message]).toEqual([status, message]);
      expect((await client.get('/api/v2/authorizations', { as: operator })).json.authorizations).toHaveLength(before);
    });

    it('takes organizations and users by name', async () => {
      const answer = await client.post('/api/v2/authorizations', {
        as: operator,
        json: {
          orgID: world.orgId,
          permissions: [
            { action: 'read', resource: { type: 'orgs', name: 'acme' } },
            { action: 'read', resource: { type: 'users', name: 'admin' } },
          ],
        },
      });
      expect(answer.json.permissions.map(({ resource }: { resource: { id: string } }) => resource.id)).toEqual([world.orgId, world.userId]);
    });
  });

  it('gives a session nothing of an inactive token', async () => {
    const userID = await client.createUser(operator, 'ina', 'ina-passw0rd');
    const session = await client.signIn('ina', 'ina-passw0rd');
    const { id } = await token([bucketPermission('read', world.bucketId)], { userID });
    const path = `/api/v2/buckets/${world.bucketId}`;
    expect((await client.get(path, { as: session })).status).toBe(200);
    await client.patch(`/api/v2/authorizations/${id}`, { as: operator, json: { status: 'inactive' } });
    expect((await client.get(path, { as: session })).status).toBe(401);
    await client.patch(`/api/v2/authorizations/${id}`, { as: operator, json: { status: 'active' } });
    expect((await client.get(path, { as: session })).status).toBe(200);
  });

  it('lets nobody hold the instance, not even by the first user’s session', async () => {
    const session = await client.signIn('admin', 'admin-passw0rd');
    for (const as of [operator, session]) {
      const answer = await client.post('/api/v2/authorizations', {
        as,
        json: { orgID: world.orgId, permissions: [{ action: 'read', resource: { type: 'instance' } }] },
      });
      expect([answer.status, answer.json.message]).toEqual([403, 'permission read:instance is not allowed: read:instance is unauthorized']);
    }
  });

  describe('bad input', () => {
    const jsonRoutes = (): [string, string][] => [
      ['POST', '/api/v2/users'],
      ['POST', '/api/v2/orgs'],
      ['POST', '/api/v2/buckets'],
      ['POST', '/api/v2/labels'],
      ['POST', '/api/v2/authorizations'],
      ['PATCH', `/api/v2/users/${world.userId}`],
      ['PATCH', `/api/v2/orgs/${world.orgId}`],
      ['PATCH', `/api/v2/buckets/${world.bucketId}`],
      ['PATCH', `/api/v2/authorizations/${world.authorizationId}`],
      ['PATCH', `/api/v2/orgs/${world.orgId}/secrets`],
      ['POST', `/api/v2/orgs/${world.orgId}/secrets/delete`],
      ['POST', `/api/v2/orgs/${world.orgId}/members`],
      ['POST', `/api/v2/buckets/${world.bucketId}/labels`],
      ['POST', `/api/v2/users/${world.userId}/password`],
      ['POST', '/api/v2/delete?org=acme&bucket=data'],
    ];

    it.each([
      '',
      '{',
      'text',
      '[]',
      '"text"',
      '7',
      '{"name":7,"description":7,"orgID":7,"id":7,"labelID":7,"password":7,"secrets":7,"status":7,"start":7}',
      '\xff',
    ])('%j is 400 everywhere, never 500, and is not repeated in the answer', async (body) => {
      for (const [method, path] of jsonRoutes()) {
        const answer = await client.send(method, path, { as: operator, body });
        expect([method, path, answer.status, answer.json?.code]).toEqual([method, path, 400, 'invalid']);
        if (body.length > 3) expect(answer.json.message).not.toContain(body);
      }
    });

    it.each([
      [{ everySeconds: 60 }, 422],
      [{ everySeconds: 3600, shardGroupDurationSeconds: 7200 }, 422],
      [{ everySeconds: 1e17 }, 422],
      [{ everySeconds: 1.5 }, 400],
    ])('a retention of %j is %i', async (rule, status) => {
      const answer = await client.post('/api/v2/buckets', {
        as: operator,
        json: { orgID: world.orgId, name: 'odd', retentionRules: [rule] },
      });
      expect(answer.status).toBe(status);
      expect((await client.get('/api/v2/buckets?name=odd', { as: operator })).json.buckets).toEqual([]);
    });

    it('somebody who has a role is a conflict, and another role is not taken away', async () => {
      const id = await client.createUser(operator, 'olga');
      const owners = `/api/v2/orgs/${world.orgId}/owners`;
      await client.post(owners, { as: operator, json: { id } });
      for (const role of ['owners', 'members']) {
        const answer = await client.post(`/api/v2/orgs/${world.orgId}/${role}`, { as: operator, json: { id } });
        expect([answer.status, answer.json.code]).toEqual([422, 'conflict']);
      }
      await client.delete(`/api/v2/orgs/${world.orgId}/members/${id}`, { as: operator });
      expect((await client.get(owners, { as: operator })).json.users.map((user: { name: string }) => user.name)).toContain('olga');
    });

    it.each([
      ['/api/v2/users', { name: '' }, 'empty value'],
      ['/api/v2/users', { name: 'x', status: 'asleep' }],
      ['/api/v2/buckets', { name: '' }],
    ])('%s %j is refused', async (path, json, code = 'invalid') => {
      const answer = await client.post(path, { as: operator, json: { orgID: world.orgId, ...json } });
      expect([answer.status, answer.json.code]).toEqual([400, code]);
    });

    it('takes no id from a body', async () => {
      const answer = await client.post('/api/v2/users', { as: operator, json: { id: '00000000000000aa', name: 'eve' } });
      expect(answer.json.id).not.toBe('00000000000000aa');
    });
  });

  it('pages and narrows the list of authorizations', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await token([bucketPermission('read', world.bucketId)], {}, world.orgId)).id);
    const list = async (query: string): Promise<string[]> =>
      (await client.get(`/api/v2/authorizations?${query}`, { as: operator })).json.authorizations.map(({ id }: { id: string }) => id);
    const all = await list('');
    expect(await list('limit=2')).toEqual(all.slice(0, 2));
    expect(await list('limit=2&offset=3')).toEqual(all.slice(3, 5));
    expect(await list('offset=3')).toEqual(all.slice(3));
    expect(await list(`limit=2&after=${ids[1]}`)).toEqual(ids.slice(2, 4));
    expect(await list('descending=true&limit=2')).toEqual(all.slice(-2).reverse());
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'offset=x', 'after=x', 'descending=x']) {
      expect((await client.get(`/api/v2/authorizations?${query}`, { as: operator })).status).toBe(400);
    }
  });

  describe('a hint', () => {
    it('tells what is plain in the request itself, beside an answer that is InfluxDB’s to the letter', async () => {
      const answer = await client.get('/api/v2/me', { headers: { authorization: `Token "${world.operator.token}"` } });
      expect(answer.json).toEqual({ code: 'unauthorized', message: 'unauthorized access' });
      expect(answer.headers.get('hint')).toContain('quotes');
      expect(answer.headers.get('hint')).not.toContain(world.operator.token);
      expect((await client.get('/api/v2/me', { as: { token: 'unknown' } })).headers.get('hint')).toBeNull();
      const inactive = await token([bucketPermission('read', world.bucketId)], { status: 'inactive' });
      await client.patch(`/api/v2/authorizations/${inactive.id}`, { as: operator, json: { status: 'inactive' } });
      expect((await client.get('/api/v2/me', { as: inactive })).headers.get('hint')).toBeNull();
    });
  });

  it('logs every refusal with client, route and reason, and without the secret', async () => {
    await client.get('/api/v2/buckets?token=in-the-query-string', { as: { token: 'a-wrong-token-value' } });
    await client.get('/api/v2/config', { as: await token([bucketPermission('read', world.bucketId)]) });
    const refusals = server
      .log()
      .split('\n')
      .filter((line) => line.includes('"refused"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(refusals).toContainEqual(
      expect.objectContaining({ method: 'GET', path: '/api/v2/buckets', status: 401, address: '127.0.0.1', reason: 'unknown token' }),
    );
    expect(refusals).toContainEqual(
      expect.objectContaining({ path: '/api/v2/config', reason: 'access to /api/v2/config requires operator permissions' }),
    );
    expect(server.log()).not.toContain('a-wrong-token-value');
    expect(server.log()).not.toContain('in-the-query-string');
  });
});
