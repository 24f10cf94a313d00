/** Three organizations, their users and all that lies in them, on a real server; and everybody who may make a token there. */
import { anAnnotation, aStream } from './annotation-asks.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../src/config/load.js';
import { KINDS } from '../../src/kinds/index.js';
import { startServer } from '../../src/server.js';
import { RESOURCE_TYPES } from '../../src/domain/permission.js';
import { Client, type Credentials } from './client.js';
import { placeOf, plain } from '../support/kind-requests.js';

export interface Place {
  readonly name: string;
  readonly id: string;
  readonly buckets: readonly { readonly id: string; readonly name: string }[];
  readonly labels: readonly string[];
  readonly mappings: readonly string[];
  readonly tokens: readonly string[];
  readonly v1: readonly string[];
  /** One of each kind but buckets and labels, as it is shown, by its type. */
  readonly others: Readonly<Record<string, { readonly id: string }>>;
}

export const OTHER_KINDS = KINDS.filter(({ type }) => type !== 'buckets' && type !== 'labels');

export interface Person {
  readonly name: string;
  readonly id: string;
}

export interface Held {
  readonly action: string;
  readonly resource: { readonly type: string; readonly id?: string; readonly orgID?: string };
}

export interface Maker {
  readonly name: string;
  readonly as: Credentials;
  readonly userId: string;
  /** What he says he may. */
  readonly held: readonly Held[];
}

export interface World {
  readonly client: Client;
  /** `METHOD /path` of the routes that ask who comes. */
  readonly routes: readonly string[];
  readonly operator: Credentials;
  readonly places: readonly Place[];
  readonly people: readonly Person[];
  readonly makers: readonly Maker[];
  stop(): Promise<void>;
}

/** Too short to be set: who is told so may set a password. */
export const SHORT_PASSWORD = 'short';
const PASSWORD = 'prove-passw0rd';

const both = (resource: Record<string, string>): Held[] =>
  ['read', 'write'].map((action) => ({ action, resource: resource as Held['resource'] }));

/** What InfluxDB's pages and command line call all access. */
const allAccess = (orgID: string, userId: string): Held[] =>
  RESOURCE_TYPES.flatMap((type) => {
    if (type === 'orgs') return [{ action: 'read', resource: { type, id: orgID } }];
    return both(type === 'users' ? { type, id: userId } : { type, orgID });
  });

export async function createWorld(): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'prove-'));
  const { config } = loadConfig({
    argv: ['--data-dir', join(directory, 'data'), '--http-bind-address', '127.0.0.1:0', '--log-level', 'error'],
    env: {},
    cwd: directory,
    homeDir: directory,
  });
  const server = await startServer({
    config,
    logger: pino({ level: 'error' }, process.stderr),
    clock: Date.now,
    kinds: KINDS,
    unattendedSetup: undefined,
  });
  const client = new Client(server.url);
  const setUp = await client.must(undefined, {
    method: 'POST',
    path: '/api/v2/setup',
    json: { username: 'admin', password: PASSWORD, org: 'acme', bucket: 'data' },
  });
  const operator: Credentials = { token: setUp.auth.token };
  const make = async (path: string, json: unknown): Promise<any> => client.must(operator, { method: 'POST', path, json });

  const people: Person[] = [{ name: 'admin', id: setUp.user.id }];
  for (const name of ['olive', 'mia', 'bo', 'nora']) {
    const { id } = await make('/api/v2/users', { name });
    await make(`/api/v2/users/${id}/password`, { password: PASSWORD });
    people.push({ name, id });
  }
  const [admin, olive, mia, bo] = people as [Person, Person, Person, Person, Person];

  const places: Place[] = [];
  for (const name of ['acme', 'beta', 'gamma']) {
    const id: string = name === 'acme' ? setUp.org.id : (await make('/api/v2/orgs', { name })).id;
    const buckets = [name === 'acme' ? { id: setUp.bucket.id, name: 'data' } : await make('/api/v2/buckets', { orgID: id, name: 'data' })];
    buckets.push(await make('/api/v2/buckets', { orgID: id, name: `${name} only` }));
    const labels = [];
    for (const label of ['one', 'two']) labels.push((await make('/api/v2/labels', { orgID: id, name: label })).label.id);
    const bucketID = buckets[1].id;
    const mapping = await make('/api/v2/dbrps', { orgID: id, bucketID, database: 'mapped', retention_policy: 'rp' });
    for (const bucket of buckets) {
      await make(`/api/v2/buckets/${bucket.id}/owners`, { id: admin.id });
      await client.must(operator, { method: 'POST', path: `/api/v2/write?orgID=${id}&bucket=${bucket.id}`, body: 'm v=1 1' });
    }
    await client.must(operator, { method: 'PATCH', path: `/api/v2/orgs/${id}/secrets`, json: { [`key of ${name}`]: 'a value' } });
    const permissions = both({ type: 'buckets', orgID: id });
    const token = await make('/api/v2/authorizations', { orgID: id, permissions });
    const v1 = await make('/private/legacy/authorizations', { orgID: id, permissions, token: `agent of ${name}` });
    const others: Record<string, { readonly id: string }> = {};
    for (const kind of OTHER_KINDS) {
      const place = placeOf(kind, { orgId: id, bucketId: bucketID });
      // A rule names an endpoint, which is made before it.
      const endpointID = kind.type === 'notificationRules' ? { endpointID: others.notificationEndpoints?.id } : {};
      const remoteID = kind.type === 'replications' ? { localBucketID: bucketID, remoteID: others.remotes?.id } : {};
      others[kind.type] = await make(kind.path, plain({ ...place, ...endpointID, ...remoteID, ...kind.example(0).create }));
    }
    others.annotations = (await make(`/api/v2private/annotations?orgID=${id}`, [anAnnotation]))[0];
    others.stacks = await make('/api/v2/stacks', { orgID: id, name: 'stack' });
    others.streams = await client.must(operator, { method: 'PUT', path: `/api/v2private/streams?orgID=${id}`, json: aStream });
    places.push({
      name,
      id,
      buckets: buckets.map((bucket) => ({ id: bucket.id, name: bucket.name })),
      labels,
      mappings: [mapping.id],
      tokens: [token.id],
      v1: [v1.id],
      others,
    });
  }
  const [acme, beta, gamma] = places as [Place, Place, Place];
  await make(`/api/v2/orgs/${beta.id}/owners`, { id: olive.id });
  await make(`/api/v2/orgs/${acme.id}/members`, { id: mia.id });
  await make(`/api/v2/orgs/${beta.id}/members`, { id: bo.id });
  await make(`/api/v2/orgs/${gamma.id}/owners`, { id: bo.id });

  const makers: Maker[] = [];
  const addMaker = async (name: string, as: Credentials, userId: string): Promise<void> => {
    const held = (await client.must(as, { method: 'GET', path: '/api/v2/me/permissions' })) as Held[];
    makers.push({ name, as, userId, held });
  };
  await addMaker('operator token', operator, admin.id);
  for (const { name, id } of people) await addMaker(`session of ${name}`, await client.signIn(name, PASSWORD), id);
  const addToken = async (name: string, place: Place, user: Person, permissions: readonly Held[]): Promise<void> => {
    const { token } = await make('/api/v2/authorizations', { orgID: place.id, userID: user.id, permissions });
    await addMaker(name, { token }, user.id);
  };
  const maySpend = (place: Place, user: Person): Held[] => [
    ...both({ type: 'authorizations', orgID: place.id }),
    ...both({ type: 'users', id: user.id }),
  ];
  const bucketOf = (place: Place): string => place.buckets[0]?.id ?? '';
  for (const place of places) await addToken(`all access of ${place.name}`, place, olive, allAccess(place.id, olive.id));
  await addToken('beta, a bucket by id', beta, bo, [...maySpend(beta, bo), ...both({ type: 'buckets', id: bucketOf(beta) })]);
  await addToken('beta, a bucket by id and orgID', beta, bo, [
    ...maySpend(beta, bo),
    ...both({ type: 'buckets', id: bucketOf(beta), orgID: beta.id }),
    { action: 'read', resource: { type: 'labels', id: beta.labels[0] ?? '', orgID: beta.id } },
    ...both({ type: 'authorizations', id: beta.tokens[0] ?? '', orgID: beta.id }),
  ]);
  await addToken('beta, buckets of acme by id', beta, bo, [...maySpend(beta, bo), ...both({ type: 'buckets', id: bucketOf(acme) })]);
  await addToken('gamma, buckets everywhere', gamma, bo, [...maySpend(gamma, bo), ...both({ type: 'buckets' })]);
  await addToken('gamma, users and orgs by orgID', gamma, bo, [
    ...maySpend(gamma, bo),
    ...both({ type: 'users', orgID: gamma.id }),
    ...both({ type: 'orgs', orgID: gamma.id }),
    ...both({ type: 'labels', orgID: gamma.id }),
  ]);
  await addToken('acme, a user and an organization by id and orgID', acme, admin, [
    ...maySpend(acme, admin),
    ...both({ type: 'users', id: mia.id, orgID: acme.id }),
    ...both({ type: 'orgs', id: acme.id, orgID: acme.id }),
  ]);
  await addToken('acme, all users', acme, admin, [...both({ type: 'authorizations', orgID: acme.id }), ...both({ type: 'users' })]);
  await addToken('acme, authorizations everywhere', acme, admin, [
    ...both({ type: 'authorizations' }),
    ...both({ type: 'users', id: admin.id }),
  ]);
  await addToken('acme, reads a bucket, makes nothing', acme, mia, [
    { action: 'read', resource: { type: 'buckets', id: bucketOf(acme), orgID: acme.id } },
  ]);

  const routes = server.routes.filter(({ access }) => access !== 'open').map(({ method, path }) => `${method} ${path}`);
  return {
    client,
    routes,
    operator,
    places,
    people,
    makers,
    async stop() {
      client.close();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
