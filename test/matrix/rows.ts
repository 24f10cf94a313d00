/** One request for every route: the rows of the authorization matrix. Each makes what it needs, so that no row or persona sees another. */
import { bucketKind } from '../../src/kinds/buckets.js';
import { KINDS } from '../../src/kinds/index.js';
import { kindRequests, plain } from '../support/kind-requests.js';
import type { TestRequest } from '../support/server.js';
import type { Persona, World } from './personas.js';
import { templateRows } from './template-rows.js';

export interface RowRequest extends TestRequest {
  readonly path: string;
}

/** @param n differs from call to call, for names that must be unique */
export type Row = (world: World, n: number, persona: Persona) => RowRequest | Promise<RowRequest>;

const newBucket = async ({ client, operator, orgId }: World, n: number): Promise<string> =>
  (await client.post('/api/v2/buckets', { as: operator, json: { orgID: orgId, name: `bucket ${n}` } })).json.id;
const newUser = ({ client, operator }: World, n: number): Promise<string> => client.createUser(operator, `user ${n}`);
const newOrg = async ({ client, operator }: World, n: number): Promise<string> =>
  (await client.post('/api/v2/orgs', { as: operator, json: { name: `org ${n}` } })).json.id;
const newLabel = async ({ client, operator, orgId }: World, n: number): Promise<string> =>
  (await client.post('/api/v2/labels', { as: operator, json: { orgID: orgId, name: `label ${n}` } })).json.label.id;
const readData = ({ bucketId, orgId }: World) => [{ action: 'read', resource: { type: 'buckets', id: bucketId, orgID: orgId } }];
const newToken = async (world: World): Promise<string> => (await world.client.createToken(world.operator, world.orgId, readData(world))).id;
const newOperator = async ({ client, operator, orgId }: World): Promise<string> => {
  const types: string[] = (await client.get('/api/v2/resources', { as: operator })).json;
  const permissions = types
    .filter((type) => type !== 'instance')
    .flatMap((type) => ['read', 'write'].map((action) => ({ action, resource: { type } })));
  return (await client.createToken(operator, orgId, permissions)).id;
};

const checkOf = (subject: object, id: string): RowRequest => ({
  path: '/api/v2/authorizations/check',
  json: { ...subject, checks: [{ action: 'read', resource: { type: 'buckets', id } }] },
});

const newV1 = async (world: World, n: number): Promise<string> =>
  (
    await world.client.post('/private/legacy/authorizations', {
      as: world.operator,
      json: { orgID: world.orgId, token: `v1 ${n}`, permissions: readData(world) },
    })
  ).json.id;
const newMapping = async ({ client, operator, orgId, bucketId }: World, n: number): Promise<string> =>
  (
    await client.post('/api/v2/dbrps', {
      as: operator,
      json: { orgID: orgId, bucketID: bucketId, database: `mapped${n}`, retention_policy: 'rp' },
    })
  ).json.id;

const ANNOTATIONS = '/api/v2private/annotations';
const STREAMS = '/api/v2private/streams';
const SPAN = 'startTime=2026-01-01T00:00:00Z&endTime=2026-01-02T00:00:00Z';
const annotation = (n: number) => ({
  stream: `stream ${n}`,
  summary: 'x',
  startTime: '2026-01-01T10:00:00Z',
  endTime: '2026-01-01T11:00:00Z',
});
const newAnnotation = async ({ client, operator, orgId }: World, n: number): Promise<string> =>
  (await client.post(`${ANNOTATIONS}?orgID=${orgId}`, { as: operator, json: [annotation(n)] })).json[0].id;
const newStream = async ({ client, operator, orgId }: World, n: number): Promise<string> =>
  (await client.put(`${STREAMS}?orgID=${orgId}`, { as: operator, json: { stream: `stream ${n}` } })).json.id;

/** Not of a kind: their lists and bodies are of another form. */
const annotationRows: Record<string, Row> = {
  [`GET ${ANNOTATIONS}`]: ({ orgId }) => ({ path: `${ANNOTATIONS}?orgID=${orgId}&${SPAN}` }),
  [`POST ${ANNOTATIONS}`]: ({ orgId }, n) => ({ path: `${ANNOTATIONS}?orgID=${orgId}`, json: [annotation(n)] }),
  [`DELETE ${ANNOTATIONS}`]: async (world, n) => {
    await newAnnotation(world, n);
    return { path: `${ANNOTATIONS}?orgID=${world.orgId}&stream=stream%20${n}&${SPAN}` };
  },
  [`GET ${ANNOTATIONS}/:id`]: async (world, n) => ({ path: `${ANNOTATIONS}/${await newAnnotation(world, n)}` }),
  [`PUT ${ANNOTATIONS}/:id`]: async (world, n) => ({ path: `${ANNOTATIONS}/${await newAnnotation(world, n)}`, json: annotation(n) }),
  [`DELETE ${ANNOTATIONS}/:id`]: async (world, n) => ({ path: `${ANNOTATIONS}/${await newAnnotation(world, n)}` }),
  [`GET ${STREAMS}`]: ({ orgId }) => ({ path: `${STREAMS}?orgID=${orgId}` }),
  [`PUT ${STREAMS}`]: ({ orgId }, n) => ({ path: `${STREAMS}?orgID=${orgId}`, json: { stream: `stream ${n}` } }),
  [`PUT ${STREAMS} [known]`]: async (world, n) => {
    await newStream(world, n);
    return { path: `${STREAMS}?orgID=${world.orgId}`, json: { stream: `stream ${n}`, description: 'changed' } };
  },
  [`DELETE ${STREAMS}`]: async (world, n) => {
    await newStream(world, n);
    return { path: `${STREAMS}?orgID=${world.orgId}&stream=stream%20${n}` };
  },
  [`PUT ${STREAMS}/:id`]: async (world, n) => ({ path: `${STREAMS}/${await newStream(world, n)}`, json: { stream: `renamed ${n}` } }),
  [`DELETE ${STREAMS}/:id`]: async (world, n) => ({ path: `${STREAMS}/${await newStream(world, n)}` }),
};

const at =
  (path: string): Row =>
  () => ({ path });
const orgPath = ({ orgId }: World): string => `/api/v2/orgs/${orgId}`;

const roleRows = (role: 'members' | 'owners'): Record<string, Row> => ({
  [`GET /api/v2/orgs/:id/${role}`]: (world) => ({ path: `${orgPath(world)}/${role}` }),
  [`POST /api/v2/orgs/:id/${role}`]: async (world, n) => ({
    path: `${orgPath(world)}/${role}`,
    json: { id: await newUser(world, n) },
  }),
  [`DELETE /api/v2/orgs/:id/${role}/:userID`]: async (world, n) => ({ path: `${orgPath(world)}/${role}/${await newUser(world, n)}` }),
  [`GET /api/v2/buckets/:id/${role}`]: ({ bucketId }) => ({ path: `/api/v2/buckets/${bucketId}/${role}` }),
  [`POST /api/v2/buckets/:id/${role}`]: async (world, n) => ({
    path: `/api/v2/buckets/${world.bucketId}/${role}`,
    json: { id: await newUser(world, n) },
  }),
  [`DELETE /api/v2/buckets/:id/${role}/:userID`]: async (world, n) => ({
    path: `/api/v2/buckets/${world.bucketId}/${role}/${await newUser(world, n)}`,
  }),
});

/** The old password goes where a token would be: only somebody with a session can change a password that they know. */
const oldPassword = ({ name, password }: Persona, old: string | undefined): Record<string, string> => {
  if (password === undefined) return {};
  const userName = name === 'ADMI' ? 'admin' : name;
  return { authorization: `Basic ${Buffer.from(`${userName}:${old}`).toString('base64')}` };
};

const write = (org: string, bucket: string): RowRequest => ({ path: `/api/v2/write?org=${org}&bucket=${bucket}`, body: 'm v=1 1' });
const query = (org: string, bucket: string): RowRequest => ({
  path: `/api/v2/query?org=${org}`,
  headers: { 'content-type': 'application/vnd.flux' },
  body: `from(bucket: "${bucket}") |> range(start: 0)`,
});
const remove = (org: string, bucket: string): RowRequest => ({
  path: `/api/v2/delete?org=${org}&bucket=${bucket}`,
  json: { start: '1990-01-01T00:00:00Z', stop: '1990-01-02T00:00:00Z' },
});

const atAllMethods = (path: string): Record<string, Row> =>
  Object.fromEntries(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [`${method} ${path}`, at(path)]));

/** Buckets have rows of their own: personas hold rights to single ones. */
const kindRows: Record<string, Row> = Object.fromEntries(
  KINDS.filter((kind) => kind !== bucketKind).flatMap((kind) =>
    Object.entries(kindRequests(kind)).map(([name, make]): [string, Row] => [
      name,
      async (world, n) => {
        const { path, headers, json } = await make(world, n);
        return { path, ...(headers && { headers }), ...(json && { json: plain(json) }) };
      },
    ]),
  ),
);

/** An active task whose next run is far away. */
const newTask = async ({ client, operator, orgId }: World, n: number): Promise<string> => {
  const flux = `option task = {name: "task ${n}", cron: "0 0 1 1 *"}\nfrom(bucket: "data") |> range(start: -1h)`;
  const { json } = await client.post('/api/v2/tasks', { as: operator, json: { orgID: orgId, flux } });
  return `/api/v2/tasks/${json.id}`;
};
/** A run that nothing starts meanwhile. */
const FAR_AWAY = { scheduledFor: '2100-01-01T00:00:00Z' };
const newRun = async (world: World, n: number): Promise<string> => {
  const task = await newTask(world, n);
  const { json } = await world.client.post(`${task}/runs`, { as: world.operator, json: FAR_AWAY });
  return `${task}/runs/${json.id}`;
};

/** `METHOD path` of a route, with what tells several rows of one route apart behind it in brackets. */
export const rows: Readonly<Record<string, Row>> = {
  ...atAllMethods('/health'),
  ...atAllMethods('/ready'),
  'GET /ping': at('/ping'),
  'HEAD /ping': at('/ping'),
  'OPTIONS /ping': at('/ping'),
  ...atAllMethods('/metrics'),
  'GET /api/v2': at('/api/v2'),
  'GET /api/v2/telegraf/plugins': at('/api/v2/telegraf/plugins'),
  'GET /api/v2/resources': at('/api/v2/resources'),
  'GET /api/v2/flags': at('/api/v2/flags'),
  'GET /api/v2/config': at('/api/v2/config'),
  'GET /api/v2/setup': at('/api/v2/setup'),
  'POST /api/v2/setup': () => ({ path: '/api/v2/setup', json: { username: 'x', password: 'setup-passw0rd', org: 'x', bucket: 'x' } }),
  'POST /api/v2/signin': at('/api/v2/signin'),
  // Without a cookie of its own: with it, a session would be gone for the rows that follow.
  'POST /api/v2/signout': () => ({ path: '/api/v2/signout', headers: { cookie: 'influxdb-oss-session=unknown' } }),

  'GET /api/v2/me': at('/api/v2/me'),
  'GET /api/v2/me/authorization': at('/api/v2/me/authorization'),
  'GET /api/v2/me/permissions': at('/api/v2/me/permissions'),
  'PUT /api/v2/me/password': (_, __, persona) => ({
    path: '/api/v2/me/password',
    headers: oldPassword(persona, persona.password),
    json: { password: persona.password ?? 'changed-passw0rd' },
  }),
  'GET /api/v2/users': at('/api/v2/users'),
  'POST /api/v2/users': (_, n) => ({ path: '/api/v2/users', json: { name: `created ${n}` } }),
  'GET /api/v2/users/:id': ({ userId }) => ({ path: `/api/v2/users/${userId}` }),
  'PATCH /api/v2/users/:id': async (world, n) => ({ path: `/api/v2/users/${await newUser(world, n)}`, json: { name: `renamed ${n}` } }),
  'DELETE /api/v2/users/:id': async (world, n) => ({ path: `/api/v2/users/${await newUser(world, n)}` }),
  'GET /api/v2/users/:id/permissions': ({ userId }) => ({ path: `/api/v2/users/${userId}/permissions` }),
  'POST /api/v2/users/:id/password': async (world, n) => ({
    path: `/api/v2/users/${await newUser(world, n)}/password`,
    json: { password: 'given-passw0rd' },
  }),
  'PUT /api/v2/users/:id/password': async (world, n, persona) => ({
    path: `/api/v2/users/${await world.client.createUser(world.operator, `user ${n}`, 'old-passw0rd')}/password`,
    headers: oldPassword(persona, 'old-passw0rd'),
    json: { password: 'given-passw0rd' },
  }),

  'GET /api/v2/orgs': at('/api/v2/orgs'),
  'POST /api/v2/orgs': (_, n) => ({ path: '/api/v2/orgs', json: { name: `created ${n}` } }),
  'GET /api/v2/orgs/:id [own]': ({ orgId }) => ({ path: `/api/v2/orgs/${orgId}` }),
  'GET /api/v2/orgs/:id [other]': ({ otherOrgId }) => ({ path: `/api/v2/orgs/${otherOrgId}` }),
  'PATCH /api/v2/orgs/:id [cap]': async (world, n) => ({
    path: `/api/v2/orgs/${await newOrg(world, n)}`,
    json: { tokenLifetimeMax: '90d' },
  }),
  'PATCH /api/v2/orgs/:id': ({ orgId }) => ({ path: `/api/v2/orgs/${orgId}`, json: { description: 'x' } }),
  'DELETE /api/v2/orgs/:id': async (world, n) => ({ path: `/api/v2/orgs/${await newOrg(world, n)}` }),
  ...roleRows('members'),
  ...roleRows('owners'),
  'GET /api/v2/orgs/:id/secrets': ({ orgId }) => ({ path: `/api/v2/orgs/${orgId}/secrets` }),
  'PATCH /api/v2/orgs/:id/secrets': ({ orgId }, n) => ({ path: `/api/v2/orgs/${orgId}/secrets`, json: { [`key${n}`]: 'value' } }),
  'POST /api/v2/orgs/:id/secrets/delete': ({ orgId }) => ({ path: `/api/v2/orgs/${orgId}/secrets/delete`, json: { secrets: ['none'] } }),
  'DELETE /api/v2/orgs/:id/secrets/:key': ({ orgId }) => ({ path: `/api/v2/orgs/${orgId}/secrets/none` }),

  'GET /api/v2/buckets': at('/api/v2/buckets'),
  'POST /api/v2/buckets': ({ orgId }, n) => ({ path: '/api/v2/buckets', json: { orgID: orgId, name: `created ${n}` } }),
  'GET /api/v2/buckets/:id [data]': ({ bucketId }) => ({ path: `/api/v2/buckets/${bucketId}` }),
  'GET /api/v2/buckets/:id [second]': ({ secondBucketId }) => ({ path: `/api/v2/buckets/${secondBucketId}` }),
  'GET /api/v2/buckets/:id [other org]': ({ otherBucketId }) => ({ path: `/api/v2/buckets/${otherBucketId}` }),
  'PATCH /api/v2/buckets/:id': ({ bucketId }) => ({ path: `/api/v2/buckets/${bucketId}`, json: { description: 'x' } }),
  'DELETE /api/v2/buckets/:id': async (world, n) => ({ path: `/api/v2/buckets/${await newBucket(world, n)}` }),
  'GET /api/v2/buckets/:id/labels': ({ bucketId }) => ({ path: `/api/v2/buckets/${bucketId}/labels` }),
  'POST /api/v2/buckets/:id/labels': async (world, n) => ({
    path: `/api/v2/buckets/${world.bucketId}/labels`,
    json: { labelID: await newLabel(world, n) },
  }),
  'DELETE /api/v2/buckets/:id/labels/:labelID': async (world, n) => ({
    path: `/api/v2/buckets/${world.bucketId}/labels/${await newLabel(world, n)}`,
  }),

  ...kindRows,
  'GET /api/v2/tasks/:id/runs': async (world, n) => ({ path: `${await newTask(world, n)}/runs` }),
  'POST /api/v2/tasks/:id/runs': async (world, n) => ({ path: `${await newTask(world, n)}/runs`, json: FAR_AWAY }),
  'GET /api/v2/tasks/:id/logs': async (world, n) => ({ path: `${await newTask(world, n)}/logs` }),
  'GET /api/v2/tasks/:id/runs/:runID': async (world, n) => ({ path: await newRun(world, n) }),
  'DELETE /api/v2/tasks/:id/runs/:runID': async (world, n) => ({ path: await newRun(world, n) }),
  'POST /api/v2/tasks/:id/runs/:runID/retry': async (world, n) => ({ path: `${await newRun(world, n)}/retry` }),
  'GET /api/v2/tasks/:id/runs/:runID/logs': async (world, n) => ({ path: `${await newRun(world, n)}/logs` }),
  ...annotationRows,
  ...templateRows,

  'GET /api/v2/authorizations': at('/api/v2/authorizations'),
  'POST /api/v2/authorizations': (world) => ({
    path: '/api/v2/authorizations',
    json: { orgID: world.orgId, permissions: readData(world) },
  }),
  'POST /api/v2/authorizations/find [operator]': ({ operator }) => ({
    path: '/api/v2/authorizations/find',
    json: { token: operator.token },
  }),
  'POST /api/v2/authorizations/find [unknown]': () => ({ path: '/api/v2/authorizations/find', json: { token: 'no-such-token' } }),
  'POST /api/v2/authorizations/check': ({ bucketId }) => checkOf({}, bucketId),
  'POST /api/v2/authorizations/check [another]': async (world) => checkOf({ authorizationID: await newToken(world) }, world.bucketId),
  'POST /api/v2/authorizations/check [unknown token]': ({ bucketId }) => checkOf({ token: 'no-such-token' }, bucketId),
  'POST /api/v2/introspect': ({ operator }) => ({ path: '/api/v2/introspect', body: `token=${encodeURIComponent(operator.token)}` }),
  'POST /api/v2/revoke [unknown]': () => ({ path: '/api/v2/revoke', body: 'token=no-such-token' }),
  'POST /api/v2/revoke': async ({ client, ...world }) => ({
    path: '/api/v2/revoke',
    body: `token=${encodeURIComponent((await client.createToken(world.operator, world.orgId, readData({ client, ...world }))).token)}`,
  }),
  ...Object.fromEntries(
    ['GET', 'HEAD'].flatMap((method) =>
      ['read', 'write'].map((action): [string, Row] => [
        `${method} /api/v2/authorize [${action} data]`,
        () => ({ path: `/api/v2/authorize?action=${action}&type=buckets&name=data&org=acme` }),
      ]),
    ),
  ),
  'POST /api/v2/authorizations/leaked': () => ({ path: '/api/v2/authorizations/leaked', json: { tokens: ['no-such-token'] } }),
  'GET /api/v2/authorizations/:id': async (world) => ({ path: `/api/v2/authorizations/${await newToken(world)}` }),
  'PATCH /api/v2/authorizations/:id': async (world) => ({
    path: `/api/v2/authorizations/${await newToken(world)}`,
    json: { description: 'x' },
  }),
  'PATCH /api/v2/authorizations/:id [operator]': ({ authorizationId }) => ({
    path: `/api/v2/authorizations/${authorizationId}`,
    json: { description: 'x' },
  }),
  'DELETE /api/v2/authorizations/:id': async (world) => ({ path: `/api/v2/authorizations/${await newToken(world)}` }),
  'POST /api/v2/authorizations/:id/rotate': async (world) => ({
    path: `/api/v2/authorizations/${await newToken(world)}/rotate`,
    json: { graceSeconds: 60 },
  }),
  'POST /api/v2/authorizations/:id/rotate [operator]': async (world) => ({
    path: `/api/v2/authorizations/${await newOperator(world)}/rotate`,
    json: {},
  }),
  'POST /api/v2/authorizations/:id/confirm-rotation': async (world) => {
    const id = await newToken(world);
    await world.client.post(`/api/v2/authorizations/${id}/rotate`, { as: world.operator, json: { awaitConfirmation: true } });
    return { path: `/api/v2/authorizations/${id}/confirm-rotation`, json: {} };
  },
  'POST /api/v2/authorizations/:id/replace': async (world, n) => {
    const id = await newToken(world);
    await world.client.patch(`/api/v2/authorizations/${id}`, { as: world.operator, json: { name: `replaced ${n}` } });
    return { path: `/api/v2/authorizations/${id}/replace`, json: { authorizationID: await newToken(world) } };
  },
  'DELETE /api/v2/authorizations/:id/previous-secret': async (world) => {
    const id = await newToken(world);
    await world.client.post(`/api/v2/authorizations/${id}/rotate`, { as: world.operator, json: {} });
    return { path: `/api/v2/authorizations/${id}/previous-secret` };
  },

  'GET /private/legacy/authorizations': at('/private/legacy/authorizations'),
  'POST /private/legacy/authorizations': (world, n) => ({
    path: '/private/legacy/authorizations',
    json: { orgID: world.orgId, token: `created ${n}`, permissions: readData(world) },
  }),
  'GET /private/legacy/authorizations/:id': async (world, n) => ({ path: `/private/legacy/authorizations/${await newV1(world, n)}` }),
  'PATCH /private/legacy/authorizations/:id': async (world, n) => ({
    path: `/private/legacy/authorizations/${await newV1(world, n)}`,
    json: { description: 'x' },
  }),
  'DELETE /private/legacy/authorizations/:id': async (world, n) => ({ path: `/private/legacy/authorizations/${await newV1(world, n)}` }),
  'POST /private/legacy/authorizations/:id/password': async (world, n) => ({
    path: `/private/legacy/authorizations/${await newV1(world, n)}/password`,
    json: { password: 'v1-passw0rd' },
  }),

  'GET /api/v2/dbrps': ({ orgId }) => ({ path: `/api/v2/dbrps?orgID=${orgId}` }),
  'POST /api/v2/dbrps': ({ orgId, bucketId }, n) => ({
    path: '/api/v2/dbrps',
    json: { orgID: orgId, bucketID: bucketId, database: `db${n}`, retention_policy: 'rp' },
  }),
  'GET /api/v2/dbrps/:id': async (world, n) => ({ path: `/api/v2/dbrps/${await newMapping(world, n)}?orgID=${world.orgId}` }),
  'PATCH /api/v2/dbrps/:id': async (world, n) => ({
    path: `/api/v2/dbrps/${await newMapping(world, n)}?orgID=${world.orgId}`,
    json: { retention_policy: 'other' },
  }),
  'DELETE /api/v2/dbrps/:id': async (world, n) => ({ path: `/api/v2/dbrps/${await newMapping(world, n)}?orgID=${world.orgId}` }),

  'POST /write [data]': () => ({ path: '/write?db=data', body: 'm v=1 1' }),
  'POST /write [second]': () => ({ path: '/write?db=second', body: 'm v=1 1' }),
  'POST /api/v2/write [data]': () => write('acme', 'data'),
  'POST /api/v2/write [second]': () => write('acme', 'second'),
  'POST /api/v2/write [other org]': () => write('beta', 'other'),
  'POST /api/v2/write [other by id]': ({ otherBucketId }) => write('acme', otherBucketId),
  'POST /api/v2/delete [data]': () => remove('acme', 'data'),
  'POST /api/v2/delete [second]': () => remove('acme', 'second'),
  'POST /api/v2/delete [other by id]': ({ otherBucketId }) => remove('acme', otherBucketId),
  'GET /api/v2/backup/metadata': at('/api/v2/backup/metadata'),
  'GET /api/v2/audit': at('/api/v2/audit'),
  'GET /api/v2/audit [organization]': ({ orgId }) => ({ path: `/api/v2/audit?orgID=${orgId}` }),
  'GET /api/v2/audit/verify': at('/api/v2/audit/verify'),
  'GET /api/v2/backup/kv': at('/api/v2/backup/kv'),
  'GET /api/v2/backup/shards/:id': at('/api/v2/backup/shards/999'),
  'POST /api/v2/restore/kv': () => ({ path: '/api/v2/restore/kv', body: 'no metadata' }),
  'POST /api/v2/restore/sql': () => ({ path: '/api/v2/restore/sql', body: 'no metadata' }),
  'POST /api/v2/restore/bucketMetadata': () => ({ path: '/api/v2/restore/bucketMetadata', json: {} }),
  'POST /api/v2/restore/bucket-metadata': () => ({ path: '/api/v2/restore/bucket-metadata', json: {} }),
  'POST /api/v2/restore/shards/:id': () => ({ path: '/api/v2/restore/shards/999', body: 'no archive' }),
  'GET /query': at('/query?db=data&q=SELECT%20*%20FROM%20m'),
  'POST /query': at('/query?db=data&q=SELECT%20*%20FROM%20m'),
  'POST /api/v2/query/ast': () => ({ path: '/api/v2/query/ast', json: { query: 'x = 1' } }),
  'POST /api/v2/query/analyze': () => ({ path: '/api/v2/query/analyze', json: { query: 'x = 1' } }),
  'GET /api/v2/query/suggestions': at('/api/v2/query/suggestions'),
  'GET /api/v2/query/suggestions/:name': at('/api/v2/query/suggestions/sum'),
  'POST /api/v2/query [data]': () => query('acme', 'data'),
  'POST /api/v2/query [second]': () => query('acme', 'second'),
  'POST /api/v2/query [other org]': () => query('beta', 'other'),
};
