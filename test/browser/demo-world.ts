/** An organization as one meets it: people, buckets, data and tokens of every kind. For pictures, and for tests that want much of it. */
import type { Credentials, SetUp, TestClient } from '../support/server.js';

export interface DemoWorld extends SetUp {
  readonly buckets: Readonly<Record<string, string>>;
  readonly tokens: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, string>>;
  readonly telegraf: string;
  readonly variable: string;
  readonly dashboard: string;
}

/**
 * @param client of a fresh server
 * @param letTimePass called before each token is made
 */
export async function makeDemoWorld(client: TestClient, letTimePass = (): void => undefined): Promise<DemoWorld> {
  const setUp = await client.setUp({ username: 'ada', password: 'ada-passw0rd', org: 'northwind', bucket: 'telemetry' });
  const { operator, orgId, bucketId } = setUp;
  const post = async (path: string, json: unknown): Promise<string> => (await client.post(path, { as: operator, json })).json.id as string;

  const buckets: Record<string, string> = { telemetry: bucketId };
  for (const [name, everySeconds] of [
    ['weather', 30 * 86_400],
    ['machines', 90 * 86_400],
    ['machines-raw', 7 * 86_400],
    ['billing', 0],
  ] as const) {
    buckets[name] = await post('/api/v2/buckets', { orgID: orgId, name, retentionRules: [{ type: 'expire', everySeconds }] });
  }
  await post('/api/v2/orgs', { name: 'workshop' });

  const grace = await client.createUser(operator, 'grace', 'grace-passw0rd');
  const linus = await client.createUser(operator, 'linus');
  await post(`/api/v2/orgs/${orgId}/owners`, { id: grace });
  await post(`/api/v2/orgs/${orgId}/members`, { id: linus });

  const bucket = (action: string, name?: string) => ({
    action,
    resource: { type: 'buckets', ...(name === undefined ? {} : { id: buckets[name] }), orgID: orgId },
  });
  const all = (action: string, type: string) => ({ action, resource: { type, orgID: orgId } });
  const tokens: Record<string, string> = {};
  const make = async (description: string, permissions: unknown[], more: Record<string, unknown> = {}): Promise<void> => {
    letTimePass();
    tokens[description] = (await client.createToken(operator, orgId, permissions, { description, ...more })).id;
  };
  await make('Telegraf on web-1', [bucket('write', 'telemetry')]);
  await make('Telegraf on web-2', [bucket('write', 'telemetry')]);
  await make('Grafana, production', [bucket('read', 'telemetry'), bucket('read', 'machines'), bucket('read', 'weather')], {
    userID: grace,
  });
  await make('Weather station, roof', [bucket('read', 'weather'), bucket('write', 'weather')]);
  await make('Machines gateway', [bucket('write', 'machines'), bucket('write', 'machines-raw'), bucket('read', 'machines')]);
  await make('Nightly downsampling', [bucket('read'), bucket('write', 'machines'), all('read', 'tasks'), all('write', 'tasks')], {
    userID: grace,
  });
  await make('Old collector', [bucket('write', 'telemetry')], { status: 'inactive' });
  await make('CI: throw-away organization set-up', [
    all('read', 'buckets'),
    all('write', 'buckets'),
    all('read', 'labels'),
    all('read', 'checks'),
  ]);
  await make('Terraform', allAccess(orgId, setUp.userId));
  await make('', [bucket('read', 'billing')]);

  const tasks: Record<string, string> = {};
  for (const [name, every, status] of [
    ['Downsample machines', '1h', 'active'],
    ['Nightly report', '1d', 'inactive'],
  ] as const) {
    const flux = `option task = {name: "${name}", every: ${every}}\n\nfrom(bucket: "telemetry")\n  |> range(start: -task.every)\n  |> aggregateWindow(every: 5m, fn: mean)\n  |> to(bucket: "machines")\n`;
    tasks[name] = await post('/api/v2/tasks', { orgID: orgId, flux, status, description: 'Means of five minutes' });
  }
  const config =
    '[agent]\n  interval = "10s"\n\n[[outputs.influxdb_v2]]\n  token = "$INFLUX_TOKEN"\n  bucket = "telemetry"\n\n[[inputs.cpu]]\n';
  const telegraf = await post('/api/v2/telegrafs', { orgID: orgId, name: 'Web servers', description: 'web-1 and web-2', config });
  const variable = await post('/api/v2/variables', {
    orgID: orgId,
    name: 'room',
    description: 'A room with a thermometer',
    arguments: { type: 'constant', values: ['kitchen', 'cellar'] },
  });
  const celsius =
    'from(bucket: "telemetry") |> range(start: v.timeRangeStart, stop: v.timeRangeStop) |> filter(fn: (r) => r._field == "celsius")';
  const cell = (x: number, y: number, w: number, h: number, name: string, type: string, text: string, more = {}) => ({
    ...{ x, y, w, h, name },
    properties: { shape: 'chronograf-v2', type, ...(text === '' ? {} : { queries: [{ text }] }), ...more },
  });
  const dashboard = await post('/api/v2/dashboards', {
    orgID: orgId,
    name: 'Rooms',
    description: 'Temperatures in the house',
    cells: [
      cell(0, 0, 8, 4, 'Temperatures', 'xy', `${celsius} |> aggregateWindow(every: v.windowPeriod, fn: mean, createEmpty: false)`),
      cell(8, 0, 4, 2, 'Now', 'single-stat', `${celsius} |> filter(fn: (r) => r.room == v.room) |> last()`, { suffix: ' °C' }),
      cell(8, 2, 4, 2, 'About', 'markdown', '', { note: '# Thermometers\nOne a room, read every minute.' }),
      cell(0, 4, 6, 4, 'Newest', 'table', `${celsius} |> tail(n: 3)`),
      cell(6, 4, 6, 4, 'Spread', 'heatmap', `${celsius} |> tail(n: 3)`),
    ],
  });
  return { ...setUp, buckets, tokens, tasks, telegraf, variable, dashboard };
}

const TYPES = [
  'authorizations',
  'buckets',
  'dashboards',
  'sources',
  'tasks',
  'telegrafs',
  'variables',
  'scrapers',
  'secrets',
  'labels',
  'views',
  'documents',
  'notificationRules',
  'notificationEndpoints',
  'checks',
  'dbrp',
  'notebooks',
  'annotations',
  'remotes',
  'replications',
];

const allAccess = (orgID: string, userId: string): unknown[] => [
  ...TYPES.flatMap((type) => ['read', 'write'].map((action) => ({ action, resource: { type, orgID } }))),
  { action: 'read', resource: { type: 'orgs', id: orgID } },
  ...['read', 'write'].map((action) => ({ action, resource: { type: 'users', id: userId } })),
];

/** Temperatures of two rooms, one a minute, up to now. */
export async function writeDemoData(client: TestClient, as: Credentials, org: string, bucket: string, nowMs: number): Promise<void> {
  const lines: string[] = [];
  for (let minute = 0; minute < 60; minute++) {
    const seconds = Math.floor(nowMs / 1000) - minute * 60;
    lines.push(`temperature,room=kitchen celsius=${(21 + 1.6 * Math.sin(minute / 9)).toFixed(2)} ${seconds}`);
    lines.push(`temperature,room=cellar celsius=${(13 + 0.5 * Math.cos(minute / 14)).toFixed(2)} ${seconds}`);
  }
  const answer = await client.post(`/api/v2/write?org=${org}&bucket=${bucket}&precision=s`, { as, body: lines.join('\n') });
  if (answer.status !== 204) throw new Error(`cannot write: ${answer.text}`);
}
