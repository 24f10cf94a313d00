/** Names of members match in any case, in the body of every route that takes one; and what was answered before is answered then. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KINDS } from '../../src/kinds/index.js';
import { CHANGED, kindRequests } from '../support/kind-requests.js';
import { startTestServer, type SetUp, type TestClient, type TestServer } from '../support/server.js';

interface World extends SetUp {
  readonly client: TestClient;
}

interface Body {
  readonly path: string;
  readonly json: Record<string, unknown>;
  /** What a request without any of the names would be taken for as well. */
  readonly isOptional?: true;
}

type MakeBody = (world: World, n: number) => Body | Promise<Body>;

const newId = async ({ client, operator }: World, path: string, json: object): Promise<string> => {
  const made = (await client.post(path, { as: operator, json })).json;
  return (made.id ?? made.label.id) as string;
};
const newUser = (world: World, n: number): Promise<string> => newId(world, '/api/v2/users', { name: `user ${n}` });
const newOrg = (world: World, n: number): Promise<string> => newId(world, '/api/v2/orgs', { name: `org ${n}` });
const newMapping = ({ bucketId, orgId, ...world }: World, n: number): Promise<string> =>
  newId({ bucketId, orgId, ...world }, '/api/v2/dbrps', { orgID: orgId, bucketID: bucketId, database: `db-${n}`, retention_policy: 'rp' });
const permissions = ({ bucketId, orgId }: World) => [{ action: 'read', resource: { type: 'buckets', id: bucketId, orgID: orgId } }];
const newToken = (world: World, path = '/api/v2/authorizations', more = {}): Promise<string> =>
  newId(world, path, { orgID: world.orgId, permissions: permissions(world), ...more });

const authorizationChange = { status: 'inactive', description: 'changed' };
const V1 = '/private/legacy/authorizations';

const roles = (role: string): Record<string, MakeBody> => ({
  [`POST /api/v2/orgs/:id/${role}`]: async (world, n) => ({
    path: `/api/v2/orgs/${world.orgId}/${role}`,
    json: { id: await newUser(world, n) },
  }),
});

const backedUp = (world: World, n: number): Record<string, unknown> => ({
  organizationID: world.orgId,
  bucketName: `restored ${n}`,
  description: 'from a backup',
  retentionPolicies: [
    {
      name: 'autogen',
      duration: 3600e9,
      shardGroupDuration: 3600e9,
      shardGroups: [{ startTime: '2020-01-01T00:00:00Z', endTime: '2020-01-01T01:00:00Z', shards: [{ id: 7 }] }],
    },
  ],
});

const NO_JSON: readonly string[] = [
  ...['ready', 'metrics'].flatMap((path) => ['POST', 'PUT', 'PATCH'].map((method) => `${method} /${path}`)),
  'POST /health',
  'PUT /health',
  'PATCH /health',
  'POST /ready',
  'PUT /ready',
  'PATCH /ready',
  'POST /metrics',
  'PUT /metrics',
  'PATCH /metrics',
  'POST /write',
  'POST /query',
  'POST /api/v2/write',
  // Forms.
  'POST /api/v2/introspect',
  'POST /api/v2/revoke',
  // A list.
  'POST /api/v2private/annotations',
  'POST /api/v2/tasks/:id/runs/:runID/retry',
  'POST /api/v2/replications/:id/validate',
  'POST /api/v2/signin',
  'POST /api/v2/stacks/:id/uninstall',
  'POST /api/v2/signout',
  'POST /api/v2/restore/kv',
  'POST /api/v2/restore/sql',
  'POST /api/v2/restore/shards/:id',
];

const kindBodies: Record<string, MakeBody> = Object.fromEntries(
  KINDS.flatMap((kind) =>
    Object.entries(kindRequests(kind))
      .filter(([route]) => /^(POST|PUT|PATCH) /.test(route) && !NO_JSON.includes(route))
      .map(([route, make]): [string, MakeBody] => [
        route,
        async (world, n) => ({ json: {}, ...(await make(world, n)), ...(route.startsWith('PATCH') && { isOptional: true }) }),
      ]),
  ),
);

const templateOf = (n: number) => ({
  apiVersion: 'influxdata.com/v2alpha1',
  kind: 'Label',
  metadata: { name: `label-${n}` },
  spec: { name: `templated ${n}`, color: '#fff' },
});
const newLabelId = async ({ client, operator, orgId }: World, n: number): Promise<string> =>
  (await client.post('/api/v2/labels', { as: operator, json: { orgID: orgId, name: `label ${n}` } })).json.label.id;

const BODIES: Readonly<Record<string, MakeBody>> = {
  'POST /api/v2/users': (_, n) => ({ path: '/api/v2/users', json: { name: `created ${n}`, status: 'inactive' } }),
  'PATCH /api/v2/users/:id': async (world, n) => ({
    path: `/api/v2/users/${await newUser(world, n)}`,
    json: { name: `renamed ${n}`, status: 'inactive' },
    isOptional: true,
  }),
  'POST /api/v2/users/:id/password': async (world, n) => ({
    path: `/api/v2/users/${await newUser(world, n)}/password`,
    json: { password: 'given-passw0rd' },
  }),
  'POST /api/v2/orgs': (_, n) => ({ path: '/api/v2/orgs', json: { name: `created ${n}`, description: 'new' } }),
  'PATCH /api/v2/orgs/:id': async (world, n) => ({
    path: `/api/v2/orgs/${await newOrg(world, n)}`,
    json: { name: `renamed ${n}`, description: 'changed' },
    isOptional: true,
  }),
  ...roles('members'),
  ...roles('owners'),
  'POST /api/v2/orgs/:id/secrets/delete': ({ orgId }) => ({
    path: `/api/v2/orgs/${orgId}/secrets/delete`,
    json: { secrets: ['none'] },
    isOptional: true,
  }),
  ...kindBodies,
  'PUT /api/v2private/annotations/:id': async ({ client, operator, orgId }, n) => {
    const annotation = { stream: `s ${n}`, summary: 'x', startTime: '2026-01-01T10:00:00Z', endTime: '2026-01-01T11:00:00Z' };
    const made = await client.post(`/api/v2private/annotations?orgID=${orgId}`, { as: operator, json: [annotation] });
    const json = { ...annotation, message: 'm', stickers: new Map([['Product', 'cloud']]) };
    return { path: `/api/v2private/annotations/${made.json[0].id}`, json };
  },
  'PUT /api/v2private/streams': ({ orgId }, n) => ({
    path: `/api/v2private/streams?orgID=${orgId}`,
    json: { stream: `created ${n}`, description: 'new' },
    isOptional: true,
  }),
  'PUT /api/v2private/streams/:id': async ({ client, operator, orgId }, n) => {
    const made = await client.put(`/api/v2private/streams?orgID=${orgId}`, { as: operator, json: { stream: `changed ${n}` } });
    return { path: `/api/v2private/streams/${made.json.id}`, json: { stream: `renamed ${n}`, description: 'new' }, isOptional: true };
  },
  'POST /api/v2/tasks/:id/runs': async (world, n) => {
    const flux = `option task = {name: "run ${n}", every: 8760h}`;
    const id = await newId(world, '/api/v2/tasks', { orgID: world.orgId, flux });
    return { path: `/api/v2/tasks/${id}/runs`, json: { scheduledFor: '2090-01-01T00:00:00Z' }, isOptional: true };
  },
  'POST /api/v2/authorizations': (world, n) => ({
    path: '/api/v2/authorizations',
    json: {
      orgID: world.orgId,
      userID: world.userId,
      status: 'inactive',
      description: 'new',
      name: `created ${n}`,
      expiresIn: '1d',
      permissions: permissions(world),
    },
  }),
  'POST /api/v2/authorizations/check': ({ bucketId, orgId, operator }) => ({
    path: '/api/v2/authorizations/check',
    json: { token: operator.token, checks: [{ action: 'read', resource: { type: 'buckets', id: bucketId, orgID: orgId } }] },
  }),
  'POST /api/v2/authorizations/find': ({ operator }) => ({ path: '/api/v2/authorizations/find', json: { token: operator.token } }),
  'POST /api/v2/authorizations/leaked': () => ({
    path: '/api/v2/authorizations/leaked',
    json: { tokens: ['no-such-token'] },
    isOptional: true,
  }),
  'PATCH /api/v2/authorizations/:id': async (world) => ({
    path: `/api/v2/authorizations/${await newToken(world)}`,
    json: authorizationChange,
    isOptional: true,
  }),
  'POST /api/v2/authorizations/:id/rotate': async (world) => ({
    path: `/api/v2/authorizations/${await newToken(world)}/rotate`,
    json: { graceSeconds: 0, awaitConfirmation: false },
    isOptional: true,
  }),
  'POST /api/v2/authorizations/:id/confirm-rotation': async (world) => {
    const id = await newToken(world);
    await world.client.post(`/api/v2/authorizations/${id}/rotate`, { as: world.operator, json: { awaitConfirmation: true } });
    return { path: `/api/v2/authorizations/${id}/confirm-rotation`, json: { graceSeconds: 0 }, isOptional: true };
  },
  'POST /api/v2/authorizations/:id/replace': async (world, n) => ({
    path: `/api/v2/authorizations/${await newToken(world, undefined, { name: `replaced ${n}` })}/replace`,
    json: { authorizationID: await newToken(world), graceSeconds: 0 },
  }),
  [`POST ${V1}`]: (world, n) => ({
    path: V1,
    json: { orgID: world.orgId, token: `agent ${n}`, description: 'new', permissions: permissions(world) },
  }),
  [`PATCH ${V1}/:id`]: async (world, n) => ({
    path: `${V1}/${await newToken(world, V1, { token: `patched ${n}` })}`,
    json: authorizationChange,
    isOptional: true,
  }),
  [`POST ${V1}/:id/password`]: async (world, n) => ({
    path: `${V1}/${await newToken(world, V1, { token: `with password ${n}` })}/password`,
    json: { password: 'v1-passw0rd' },
  }),
  'POST /api/v2/dbrps': ({ orgId, bucketId }, n) => ({
    path: '/api/v2/dbrps',
    json: { orgID: orgId, bucketID: bucketId, database: `created-${n}`, retention_policy: 'rp', default: false },
  }),
  'PATCH /api/v2/dbrps/:id': async (world, n) => ({
    path: `/api/v2/dbrps/${await newMapping(world, n)}?orgID=${world.orgId}`,
    json: { retention_policy: 'other', default: true },
    isOptional: true,
  }),
  'POST /api/v2/delete': () => ({
    path: '/api/v2/delete?org=acme&bucket=data',
    json: { start: '1990-01-01T00:00:00Z', stop: '1990-01-02T00:00:00Z', predicate: 'a="b"' },
  }),
  'POST /api/v2/query': () => ({
    path: '/api/v2/query?org=acme',
    json: {
      query: 'import "array"\narray.from(rows: [{v: now()}])',
      type: 'flux',
      now: '2020-01-01T00:00:00Z',
      dialect: { header: false, delimiter: ';', annotations: ['datatype'], commentPrefix: '#', dateTimeFormat: 'RFC3339' },
    },
  }),
  'POST /api/v2/templates/apply': ({ orgId }, n) => ({
    path: '/api/v2/templates/apply',
    json: {
      orgID: orgId,
      dryRun: true,
      templates: [{ sources: ['here'], contents: [new Map(Object.entries(templateOf(n)))] }],
      envRefs: new Map([['Key', 'value']]),
      secrets: new Map([['Key', 'value']]),
      actions: [{ action: 'skipResource', properties: { kind: 'Label', resourceTemplateName: 'none' } }],
    },
  }),
  'POST /api/v2/templates/export': async (world, n) => ({
    path: '/api/v2/templates/export',
    json: { resources: [{ kind: 'Label', id: await newLabelId(world, n), name: `exported ${n}` }] },
  }),
  'POST /api/v2/stacks': ({ orgId }, n) => ({ path: '/api/v2/stacks', json: { orgID: orgId, name: `created ${n}`, description: 'new' } }),
  'PATCH /api/v2/stacks/:id': async (world, n) => ({
    path: `/api/v2/stacks/${await newId(world, '/api/v2/stacks', { orgID: world.orgId, name: `patched ${n}` })}`,
    json: { name: `renamed ${n}`, templateURLs: ['http://localhost/a.yml'] },
    isOptional: true,
  }),
  'POST /api/v2/query/ast': () => ({ path: '/api/v2/query/ast', json: { query: 'x = 1' }, isOptional: true }),
  'POST /api/v2/query/analyze': () => ({
    path: '/api/v2/query/analyze',
    json: { query: 'x = ', type: 'flux' },
  }),
  'POST /api/v2/restore/bucketMetadata': (world, n) => ({ path: '/api/v2/restore/bucketMetadata', json: backedUp(world, n) }),
  'POST /api/v2/restore/bucket-metadata': (world, n) => ({ path: '/api/v2/restore/bucket-metadata', json: backedUp(world, n) }),
};

/** In tests of their own below. */
const APART: readonly string[] = [
  'POST /api/v2/setup',
  'PATCH /api/v2/orgs/:id/secrets',
  'PUT /api/v2/me/password',
  'PUT /api/v2/users/:id/password',
];

const mixed = (name: string): string =>
  name.replace(/./g, (letter, at: number) => (at % 2 === 0 ? letter.toUpperCase() : letter.toLowerCase()));
const random = (name: string): string =>
  name.replace(/./g, (letter) => (Math.random() < 0.5 ? letter.toUpperCase() : letter.toLowerCase()));
const CASES: [string, (name: string) => string][] = [
  ['lower', (name) => name.toLowerCase()],
  ['upper', (name) => name.toUpperCase()],
  ['mixed', mixed],
  ['random', random],
];

/** With all names changed; those of maps, which are written as such above, stay. */
function rename(value: unknown, change: (name: string) => string): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (Array.isArray(value)) return value.map((one) => rename(one, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [change(name), rename(member, change)]));
}

describe('names of members in any case', () => {
  let server: TestServer;
  let world: World;
  // Behind the numbers that answers hold anyway.
  let n = 1000;

  beforeAll(async () => {
    server = await startTestServer();
    world = { ...(await server.client.setUp()), client: server.client };
  });
  afterAll(() => server.stop());

  /** The answer, without what differs from one time to the next. */
  async function answer(route: string, change: (name: string) => string, behind = ''): Promise<string> {
    const [method = ''] = route.split(' ');
    const made = await BODIES[route]!(world, ++n);
    const body = JSON.stringify(rename(made.json, change)) + behind;
    const answered = await world.client.send(method, made.path, {
      as: world.operator,
      body,
      headers: { 'content-type': 'application/json' },
    });
    const text = answered.text
      .replace(/"token":"[^"]+"/g, '"token":"..."')
      .replace(/\b[0-9a-f]{16}\b/g, 'ID')
      .replace(/-[0-9a-f]{8}"/g, '-ID"')
      .replace(/"newId":\d+/g, '"newId":0')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replace(new RegExp(`(?<!\\d)(${n}|${n + CHANGED})(?!\\d)`, 'g'), 'N');
    return `${answered.status} ${text}`;
  }

  it('are asked of every route with a body', () => {
    const taking = server.routes.map(({ method, path }) => `${method} ${path}`).filter((route) => /^(POST|PUT|PATCH) /.test(route));
    expect(taking.filter((route) => ![...Object.keys(BODIES), ...NO_JSON, ...APART].includes(route))).toEqual([]);
  });

  it.each(Object.keys(BODIES))('%s', async (route) => {
    const asWritten = await answer(route, (name) => name);
    expect(asWritten).toMatch(/^2/);
    for (const [name, change] of CASES) expect([name, await answer(route, change)]).toEqual([name, asWritten]);
    expect(await answer(route, (name) => name, '{"status":"active"} and more')).toBe(asWritten);
    // Other names are others.
    const { isOptional } = await BODIES[route]!(world, ++n);
    const otherwise = await answer(route, (name) => `${name}_`);
    if (isOptional !== true) expect(otherwise).not.toBe(asWritten);
  });

  it('make a token inactive, which it then is', async () => {
    const { id, token } = await world.client.createToken(world.operator, world.orgId, permissions(world));
    expect(
      (await world.client.patch(`/api/v2/authorizations/${id}`, { as: world.operator, json: { Status: 'inactive' } })).json.status,
    ).toBe('inactive');
    expect((await world.client.get(`/api/v2/buckets/${world.bucketId}`, { as: { token } })).status).toBe(401);
  });

  it('limit a token as they do in any case: what an operator asks for one organization does not open all', async () => {
    const { client, operator, orgId } = world;
    const betaId = await newOrg(world, ++n);
    const foreign = await newId(world, '/api/v2/buckets', { orgID: betaId, name: 'foreign' });
    for (const limit of [{ orgId }, { ORGID: orgId }, { ID: world.bucketId }, { Id: world.bucketId, orgid: orgId }]) {
      const { token } = await client.createToken(operator, orgId, [{ action: 'read', resource: { type: 'buckets', ...limit } }]);
      expect((await client.get(`/api/v2/buckets/${world.bucketId}`, { as: { token } })).status).toBe(200);
      expect((await client.get(`/api/v2/buckets/${foreign}`, { as: { token } })).status).toBe(401);
      expect((await client.get(`/api/v2/buckets?orgID=${betaId}`, { as: { token } })).json.buckets).toEqual([]);
    }
  });

  it('delete what the predicate names only', async () => {
    const { client, operator } = world;
    await client.post('/api/v2/write?org=acme&bucket=data', { as: operator, body: 'kept,a=x v=1 1\nkept,a=y v=1 1' });
    const json = { START: '1970-01-01T00:00:00Z', Stop: '1970-01-02T00:00:00Z', Predicate: 'a="x"' };
    expect((await client.post('/api/v2/delete?org=acme&bucket=data', { as: operator, json })).status).toBe(204);
    const query = 'from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._measurement == "kept") |> keep(columns: ["a"])';
    const left = await client.post('/api/v2/query?org=acme', { as: operator, json: { Query: query } });
    expect(left.text.trim().split('\r\n').at(-1)).toMatch(/,y$/);
  });

  it('of secrets are keys, and stay', async () => {
    const { client, operator, orgId } = world;
    const path = `/api/v2/orgs/${orgId}/secrets`;
    await client.patch(path, { as: operator, json: { Key: 'first-value', KEY: 'second-value' } });
    expect((await client.get(path, { as: operator })).json.secrets).toEqual(expect.arrayContaining(['Key', 'KEY']));
    await client.post(`${path}/delete`, { as: operator, json: { Secrets: ['KEY'] } });
    expect((await client.get(path, { as: operator })).json.secrets).toEqual(['Key']);
  });

  it('change a password', async () => {
    const { client, operator } = world;
    const id = await client.createUser(operator, 'changer', 'first-passw0rd');
    let old = 'first-passw0rd';
    for (const [path, next] of [
      ['/api/v2/me/password', 'second-passw0rd'],
      [`/api/v2/users/${id}/password`, 'third-passw0rd'],
    ] as const) {
      const { session } = await client.signIn('changer', old);
      const headers = { cookie: `influxdb-oss-session=${session}` };
      expect((await client.put(path, { as: { basic: ['changer', old] }, headers, json: { PassWord: next } })).status).toBe(204);
      await client.signIn('changer', (old = next));
    }
  });

  it('set a server up', async () => {
    const other = await startTestServer();
    const json = { UserName: 'admin', Password: 'setup-passw0rd', ORG: 'acme', Bucket: 'data', retentionperiodseconds: 7200 };
    const answered = await other.client.post('/api/v2/setup', { json });
    expect([answered.status, answered.json.bucket.retentionRules[0].everySeconds]).toEqual([201, 7200]);
    await other.client.signIn('admin', 'setup-passw0rd');
    await other.stop();
  });
});
