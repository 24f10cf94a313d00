/** Templates and stacks over HTTP: what is applied, all of it or nothing, with whose rights, and what an export gives back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startReceiver, type Receiver } from '../support/receiver.js';
import { startTestServer, type SetUp, type TestResponse, type TestServer } from '../support/server.js';

let server: TestServer;
let receiver: Receiver;
let setUp: SetUp;
let count = 0;
let remote = '';

beforeAll(async () => {
  receiver = await startReceiver((response) => response.end(remote));
  server = await startTestServer({ flags: [`--outgoing-allow=${new URL(receiver.url).host}`] });
  setUp = await server.client.setUp();
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

type Members = Readonly<Record<string, unknown>>;
const object = (kind: string, name: string, spec: Members) => ({
  apiVersion: 'influxdata.com/v2alpha1',
  kind,
  metadata: { name },
  spec,
});
const QUERY = 'from(bucket: "data") |> range(start: -1h) |> filter(fn: (r) => r._field == "v")';
const associations = [{ kind: 'Label', name: 'blue' }];

/** One of each kind. */
const EVERYTHING = [
  object('Label', 'blue', { color: '#00f', description: 'a color' }),
  object('Bucket', 'bucket', { name: 'from template', retentionRules: [{ type: 'expire', everySeconds: 7200 }], associations }),
  object('CheckDeadman', 'silent', { every: '1m', timeSince: '90s', level: 'crit', query: QUERY, statusMessageTemplate: 'silent' }),
  object('CheckThreshold', 'high', {
    ...{ every: '1m', offset: '15s', query: QUERY, statusMessageTemplate: 'high', status: 'inactive', associations },
    thresholds: [
      { type: 'inside_range', level: 'warn', min: 1, max: 2 },
      { type: 'greater', level: 'crit', value: 2 },
    ],
  }),
  object('NotificationEndpointHTTP', 'hook', { url: 'http://localhost/', method: 'post', type: 'bearer', token: 'hook-s3cret' }),
  object('NotificationEndpointSlack', 'slack', { url: 'http://localhost/', token: { secretRef: { key: 'slack-key' } } }),
  object('NotificationRule', 'rule', {
    ...{ endpointName: 'slack', every: '10m', messageTemplate: 'm', channel: '#c', associations },
    statusRules: [{ currentLevel: 'crit' }],
  }),
  object('Task', 'task', { name: 'the "task"', every: '1h', offset: '1m', query: `import "strings"\n${QUERY}`, associations }),
  object('Telegraf', 'agent', { config: '[agent]\n' }),
  object('Variable', 'host', { type: 'map', values: { a: '1' }, selected: ['a'] }),
  object('Dashboard', 'board', {
    charts: [
      { kind: 'Markdown', name: 'text', note: 'hello', width: 4, height: 3 },
      {
        ...{ kind: 'Xy', name: 'line', width: 4, height: 3, xPos: 4, geom: 'line', xCol: '_time', decimalPlaces: 2 },
        queries: [{ query: QUERY }],
        axes: [{ name: 'x' }, { name: 'y', suffix: '%' }],
        colors: [{ name: 'laser', type: 'scale', hex: '#8F8AF4' }],
        staticLegend: { show: true },
      },
      {
        kind: 'Heatmap',
        name: 'heat',
        width: 4,
        height: 3,
        axes: [{ name: 'x' }, { name: 'y', domain: [0, 10] }],
        colors: [{ hex: '#fff' }],
      },
    ],
    associations,
  }),
];
const TYPES = [
  'labels',
  'buckets',
  'checks',
  'notificationEndpoints',
  'notificationRules',
  'tasks',
  'telegrafs',
  'variables',
  'dashboards',
];

const post = (path: string, json: unknown, as: { token: string } = setUp.operator): Promise<TestResponse> =>
  server.client.post(path, { as, json });
const newOrganization = async (): Promise<string> => (await post('/api/v2/orgs', { name: `org ${++count}` })).json.id;
const apply = (orgID: string, contents: unknown, more: object = {}, as?: { token: string }): Promise<TestResponse> =>
  post('/api/v2/templates/apply', { orgID, template: { contents }, ...more }, as);
const exported = async (request: object): Promise<{ kind: string; metadata: Members; spec: Members }[]> =>
  (await post('/api/v2/templates/export', request)).json;

async function listed(orgID: string, type: string): Promise<Members[]> {
  const { json } = await server.client.get(`/api/v2/${type}?orgID=${orgID}&limit=100`, { as: setUp.operator });
  const list = (Object.values(json as object).find((value) => Array.isArray(value)) ?? []) as Members[];
  return list.filter(({ type: is }) => is !== 'system' || type !== 'buckets');
}
const countAll = async (orgID: string): Promise<number> =>
  (await Promise.all(TYPES.map((type) => listed(orgID, type)))).reduce((sum, list) => sum + list.length, 0);

describe('a template', () => {
  it('is shown first, changing nothing, and then applied', async () => {
    const orgID = await newOrganization();
    const dry = await apply(orgID, EVERYTHING, { dryRun: true });
    expect([dry.status, await countAll(orgID)]).toEqual([200, 0]);
    expect(dry.json.summary.missingSecrets).toEqual(['slack-key']);
    const done = await apply(orgID, EVERYTHING, { secrets: { 'slack-key': 'slack-s3cret' } });
    expect([done.status, done.json.summary.missingSecrets, done.text.includes('s3cret')]).toEqual([201, [], false]);
    expect(await countAll(orgID)).toBe(EVERYTHING.length);
    expect((await listed(orgID, 'tasks'))[0]).toMatchObject({
      name: 'the "task"',
      every: '1h0m0s',
      offset: '1m',
      labels: [{ name: 'blue' }],
    });
    const [check] = (await listed(orgID, 'checks')).filter(({ name }) => name === 'high');
    expect(check).toMatchObject({ status: 'inactive', labels: [{ name: 'blue' }], thresholds: [{ level: 'WARN' }, { level: 'CRIT' }] });
  });

  it('is what its export says: applied to another organization it makes the same', async () => {
    const [first, second] = [await newOrganization(), await newOrganization()];
    await apply(first, EVERYTHING, { secrets: { 'slack-key': 'slack-s3cret' } });
    const objects = await exported({ orgIDs: [{ orgID: first }] });
    expect(objects).toHaveLength(EVERYTHING.length);
    // The secret of an endpoint stays behind: its key names another organization's.
    expect((await apply(second, objects)).status).toBe(201);
    const again = await exported({ orgIDs: [{ orgID: second }] });
    const comparable = (list: typeof objects): Members[] =>
      list
        .map(({ kind, spec }) => ({ kind, ...spec, associations: undefined, endpointName: undefined, token: undefined }))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(comparable(again)).toEqual(comparable(objects));
    expect(await exported({ orgIDs: [{ orgID: first }] })).toEqual(objects);
  });

  it('is applied as a whole, or not at all', async () => {
    const orgID = await newOrganization();
    const stacks = async () => (await server.client.get(`/api/v2/stacks?orgID=${orgID}`, { as: setUp.operator })).json.stacks;
    const broken = object('Task', 'broken', { every: '1h', query: 'from(bucket: ' });
    const refused = await apply(orgID, [...EVERYTHING, broken], { secrets: { kept: 'out' } });
    expect(refused.status).toBe(400);
    expect(refused.json.message).toMatch(/^Task broken: /);
    expect([await countAll(orgID), await stacks()]).toEqual([0, []]);
    const secrets = await server.client.get(`/api/v2/orgs/${orgID}/secrets`, { as: setUp.operator });
    expect(secrets.json.secrets).toEqual([]);
  });

  it('needs the rights to each of its resources, and to nothing else', async () => {
    const orgID = await newOrganization();
    const may = async (...rights: string[]): Promise<{ token: string }> => {
      const permissions = rights.map((right) => {
        const [action, type] = right.split(' ');
        return { action, resource: { type, orgID } };
      });
      return { token: (await server.client.createToken(setUp.operator, orgID, permissions)).token };
    };
    const two = [object('Label', 'one', {}), object('Variable', 'two', { type: 'constant', values: ['a'] })];
    const weak = await apply(orgID, two, {}, await may('write labels'));
    expect([weak.status, weak.json.message]).toEqual([401, `write:orgs/${orgID}/variables is unauthorized`]);
    expect(await countAll(orgID)).toBe(0);
    const enough = await apply(orgID, two, {}, await may('write labels', 'write variables'));
    // It may not make stacks.
    expect([enough.status, enough.json.stackID]).toEqual([201, '']);
    // What it may not see counts as not there, and its names are taken.
    const blind = await may('write labels', 'write variables');
    expect((await apply(orgID, two, { dryRun: true }, blind)).json.diff.labels[0].stateStatus).toBe('new');
    expect((await apply(orgID, two, {}, blind)).status).toBe(422);
    const reader = await may('read labels', 'read variables');
    expect((await apply(orgID, two, { dryRun: true }, reader)).json.diff.labels[0].stateStatus).toBe('exists');
    // Nothing changes, so that nothing needs to be written.
    expect((await apply(orgID, two, {}, reader)).status).toBe(201);
    expect((await apply(orgID, [object('Label', 'one', { color: '#f00' })], {}, reader)).status).toBe(401);
    const labelled = [...two, object('Bucket', 'bucket', { associations: [{ kind: 'Label', name: 'one' }] })];
    expect((await apply(orgID, labelled, {}, await may('read labels', 'write labels', 'write buckets', 'read variables'))).status).toBe(
      401,
    );
    expect(await listed(orgID, 'buckets')).toEqual([]);
  });

  it('is refused with all that is wrong in it', async () => {
    const bad = [
      object('Gadget', 'gadget', {}),
      object('Label', 'Not-A-Name', {}),
      object('Bucket', 'bucket', {
        retentionRules: [{ type: 'expire', everySeconds: 1 }],
        associations: [{ kind: 'Label', name: 'none' }],
      }),
      object('Dashboard', 'board', { charts: [{ kind: 'Xy', width: 0, height: 1, geom: 'round' }] }),
      object('Variable', 'or', { type: 'constant', values: ['a'] }),
      object('Check', 'check', {}),
    ];
    for (const dryRun of [true, false]) {
      const { status, json } = await apply(setUp.orgId, bad, { dryRun });
      expect([status, json.code]).toEqual([422, 'unprocessable entity']);
      const faults = (json.errors as { kind: string; fields: string[]; idxs: number[]; reason: string }[]).map(
        ({ kind, fields, idxs, reason }) => `${kind} ${idxs[0]} ${fields.join('.')}: ${reason.slice(0, 50)}`,
      );
      expect(faults).toMatchInlineSnapshot(`
        [
          "Gadget 0 root.kind: unsupported kind provided",
          "Label 1 root.metadata.name: name "Not-A-Name" is invalid; a DNS-1123 label mus",
          "Bucket 2 root.spec.retentionRules.everySeconds: seconds must be a minimum of 3600",
          "Bucket 2 root.associations: label "none" does not exist in pkg",
          "Dashboard 3 root.spec.charts.width: must be greater than 0",
          "Dashboard 3 root.spec.charts.geom: type provided is not supported: "round"",
          "Dashboard 3 root.spec.charts.axes: axis not found: "x"",
          "Dashboard 3 root.spec.charts.axes: axis not found: "y"",
          "Variable 4 root.spec: "or" is a protected variable name",
          "Check 5 root.kind: a check has the kind CheckDeadman or CheckThreshol",
        ]
      `);
    }
  });

  it('takes values from outside', async () => {
    const orgID = await newOrganization();
    const named = object('Bucket', 'bucket', { name: { envRef: { key: 'bucket', default: 'usual' } } });
    const dry = await apply(orgID, [named], { dryRun: true });
    expect([dry.json.summary.missingEnvRefs, dry.json.summary.buckets[0].name]).toEqual([['bucket'], 'usual']);
    await apply(orgID, [named], { envRefs: { bucket: 'given' } });
    expect((await listed(orgID, 'buckets')).map(({ name }) => name)).toEqual(['given']);
  });

  it('is fetched only from places that are allowed, and never run', async () => {
    const orgID = await newOrganization();
    remote = 'apiVersion: influxdata.com/v2alpha1\nkind: Label\nmetadata:\n  name: far\nspec:\n  name: from afar\n---\n';
    const from = (url: string) => post('/api/v2/templates/apply', { orgID, remotes: [{ url }] });
    expect((await from(`${receiver.url}/template.yml`)).status).toBe(201);
    expect((await listed(orgID, 'labels')).map(({ name }) => name)).toEqual(['from afar']);
    expect((await from('http://169.254.169.254/template.yml')).status).toBe(403);
    expect((await from('file:///etc/passwd')).status).toBe(422);
    for (const url of [`${receiver.url}/t.jsonnet`, `${receiver.url}/t.%6Asonnet`, `${receiver.url}/t.JSONNET`]) {
      expect((await from(url)).json.message).toMatch(/Jsonnet/);
    }
    remote = 'a: &a [*a]';
    expect((await from(`${receiver.url}/template.yml`)).status).toBe(422);
  });
});

describe('a stack', () => {
  const newStack = async (orgID: string): Promise<string> => (await post('/api/v2/stacks', { orgID, name: 'stack' })).json.id;
  const stackPath = (id: string): string => `/api/v2/stacks/${id}`;

  it('knows what it made, and takes away what its template no longer has', async () => {
    const orgID = await newOrganization();
    const stackID = await newStack(orgID);
    const more = { stackID, secrets: { 'slack-key': 'slack-s3cret' } };
    await apply(orgID, EVERYTHING, more);
    const [before] = await listed(orgID, 'dashboards');
    await apply(orgID, EVERYTHING, more);
    expect(await countAll(orgID)).toBe(EVERYTHING.length);
    expect((await listed(orgID, 'dashboards'))[0]).toMatchObject({ id: before?.id });

    const left = EVERYTHING.filter(({ kind }) => !['Task', 'Variable'].includes(kind));
    const skips = { actions: [{ action: 'skipKind', properties: { kind: 'Variable' } }] };
    expect((await apply(orgID, left, { ...more, ...skips, dryRun: true })).json.diff.tasks).toMatchObject([{ stateStatus: 'remove' }]);
    await apply(orgID, left, { ...more, ...skips });
    expect([(await listed(orgID, 'tasks')).length, (await listed(orgID, 'variables')).length]).toEqual([0, 1]);
    expect((await exported({ stackID })).map(({ metadata }) => metadata.name).sort()).toEqual(
      EVERYTHING.filter(({ kind }) => kind !== 'Task')
        .map(({ metadata }) => metadata.name)
        .sort(),
    );

    const bare = left.map((each) => ({ ...each, spec: { ...each.spec, associations: [] } }));
    await apply(orgID, bare, { ...more, ...skips });
    expect((await listed(orgID, 'dashboards'))[0]).toMatchObject({ id: before?.id, labels: [] });

    const gone = await server.client.delete(`${stackPath(stackID)}?orgID=${orgID}`, { as: setUp.operator });
    expect([gone.status, await countAll(orgID)]).toEqual([204, 0]);
  });

  it('reaches nothing of another organization', async () => {
    const [orgID, other] = [await newOrganization(), await newOrganization()];
    const foreign = (await post('/api/v2/labels', { orgID: other, name: 'foreign' })).json.label.id;
    const stackID = await newStack(orgID);
    const added = [{ resourceID: foreign, kind: 'Label', templateMetaName: 'mine' }];
    await server.client.patch(stackPath(stackID), { as: setUp.operator, json: { additionalResources: added } });
    expect((await apply(other, EVERYTHING, { stackID })).status).toBe(422);
    await apply(orgID, [], { stackID });
    expect(await listed(other, 'labels')).toHaveLength(1);
    await server.client.patch(stackPath(stackID), { as: setUp.operator, json: { additionalResources: added } });
    await server.client.delete(`${stackPath(stackID)}?orgID=${orgID}`, { as: setUp.operator });
    expect(await listed(other, 'labels')).toHaveLength(1);
  });

  it('is taken away whole, or not at all', async () => {
    const orgID = await newOrganization();
    const stackID = await newStack(orgID);
    await apply(orgID, EVERYTHING, { stackID, secrets: { 'slack-key': 'slack-s3cret' } });
    const permissions = [
      ...['read', 'write'].map((action) => ({ action, resource: { type: 'orgs', id: orgID } })),
      ...['dashboards', 'tasks', 'notificationRules'].flatMap((type) =>
        ['read', 'write'].map((action) => ({ action, resource: { type, orgID } })),
      ),
    ];
    const { token } = await server.client.createToken(setUp.operator, orgID, permissions);
    expect((await server.client.delete(`${stackPath(stackID)}?orgID=${orgID}`, { as: { token } })).status).toBe(401);
    expect(await countAll(orgID)).toBe(EVERYTHING.length);
  });
});
