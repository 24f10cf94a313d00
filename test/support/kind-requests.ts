/** A request for every route that follows from the declaration of a kind; each makes what it needs by an operator's token. */
import type { Kind } from '../../src/kinds/kind.js';
import type { Credentials, TestClient } from './server.js';

export interface KindWorld {
  readonly client: TestClient;
  readonly operator: Credentials;
  readonly orgId: string;
  /** Of the organization, for what is written into one. */
  readonly bucketId: string;
}

export interface KindRequest {
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** With a `Map` for an object whose names are data. */
  readonly json?: Record<string, unknown>;
}

/** Added to `n` for what a change names. */
export const CHANGED = 100_000;

/** @param n differs from call to call, for names that must be unique */
export type MakeKindRequest = (world: KindWorld, n: number) => Promise<KindRequest>;

/** Makes one of the kind, and returns it as it is shown. */
export async function makeOne(kind: Kind, world: KindWorld, n: number): Promise<Record<string, any>> {
  const { client, operator } = world;
  const json = plain({ ...(await needsOf(kind, world, n)), ...kind.example(n).create });
  const made = await client.post(kind.path, { as: operator, json });
  if (made.status >= 300) throw new Error(`${kind.type} cannot be made: ${made.text}`);
  return made.json.id === undefined
    ? (Object.values(made.json).find((value) => (value as { id?: string }).id !== undefined) as any)
    : made.json;
}

export const placeOf = ({ rights }: Kind, { orgId, bucketId }: Pick<KindWorld, 'orgId' | 'bucketId'>) => ({
  orgID: orgId,
  ...(rights?.bucketOf === undefined ? {} : { bucketID: bucketId }),
});

/** The same, with what else one of the kind cannot be without. */
async function needsOf(kind: Kind, world: KindWorld, n: number) {
  return {
    ...placeOf(kind, world),
    ...(kind.type === 'notificationRules' ? { endpointID: await newEndpoint(world, n) } : {}),
    ...(kind.type === 'replications' ? { localBucketID: world.bucketId, remoteID: await newRemote(world, n) } : {}),
  };
}

/** Nothing is listening there. */
async function newRemote({ client, operator, orgId }: KindWorld, n: number): Promise<string> {
  const json = {
    orgID: orgId,
    name: `remote of kinds ${n} ${made++}`,
    remoteURL: 'http://127.0.0.1:1',
    remoteAPIToken: 'a-token-of-the-other-side',
  };
  return (await client.post('/api/v2/remotes', { as: operator, json })).json.id;
}

/** A rule names an endpoint of its own type. */
async function newEndpoint({ client, operator, orgId }: KindWorld, n: number): Promise<string> {
  const url = 'http://127.0.0.1:1/';
  const json = {
    type: 'http',
    name: `endpoint of kinds ${n} ${made++}`,
    orgID: orgId,
    status: 'active',
    url,
    method: 'POST',
    authMethod: 'none',
  };
  return (await client.post('/api/v2/notificationEndpoints', { as: operator, json })).json.id;
}

let made = 0;

const newUser = ({ client, operator }: KindWorld, n: number): Promise<string> => client.createUser(operator, `user of kinds ${n}`);

const newLabel = async ({ client, operator, orgId }: KindWorld, n: number): Promise<string> =>
  (await client.post('/api/v2/labels', { as: operator, json: { orgID: orgId, name: `label of kinds ${n}` } })).json.label.id;

/** `METHOD path` of each route -> a request for it. */
export function kindRequests(kind: Kind): Record<string, MakeKindRequest> {
  const { path } = kind;
  const one = async (world: KindWorld, n: number): Promise<string> => `${path}/${(await makeOne(kind, world, n)).id}`;
  const requests: Record<string, MakeKindRequest> = {
    [`GET ${path}`]: async (world, n) => {
      await makeOne(kind, world, n);
      return { path: kind.list.filters.includes('orgID') ? `${path}?orgID=${world.orgId}` : path };
    },
    [`POST ${path}`]: async (world, n) => ({ path, json: { ...(await needsOf(kind, world, n)), ...kind.example(n).create } }),
    // Some kinds have other forms for those who accept them.
    [`GET ${path}/:id`]: async (world, n) => ({ path: await one(world, n), headers: { accept: 'application/json' } }),
  };
  for (const method of kind.changedBy ?? ['PATCH']) {
    requests[`${method} ${path}/:id`] = async (world, n) => ({
      path: await one(world, n),
      json: {
        // A change that names what a new one reads would ask to read it, too.
        ...(kind.rights?.newOneReads === undefined ? await needsOf(kind, world, n) : {}),
        ...(method === 'PUT' ? kind.example(n + CHANGED).create : {}),
        ...kind.example(n + CHANGED).change,
      },
    });
  }
  requests[`DELETE ${path}/:id`] = async (world, n) => ({ path: await one(world, n) });
  if (kind.takesTrials === true) {
    requests[`POST ${path}/:id/validate`] = async (world, n) => ({ path: `${await one(world, n)}/validate` });
  }
  for (const operation of kind.operations ?? []) {
    requests[`${operation.method} ${path}/:id${operation.path}`] = async (world, n) => {
      const shown = await makeOne(kind, world, n);
      const request = operation.example(shown);
      return { ...request, path: `${path}/${shown.id}${request.path}` } as KindRequest;
    };
  }
  for (const role of kind.takesMembers ? ['members', 'owners'] : []) {
    requests[`GET ${path}/:id/${role}`] = async (world, n) => ({ path: `${await one(world, n)}/${role}` });
    requests[`POST ${path}/:id/${role}`] = async (world, n) => ({
      path: `${await one(world, n)}/${role}`,
      json: { id: await newUser(world, n) },
    });
    requests[`DELETE ${path}/:id/${role}/:userID`] = async (world, n) => ({
      path: `${await one(world, n)}/${role}/${await newUser(world, n)}`,
    });
  }
  if (kind.takesLabels) {
    requests[`GET ${path}/:id/labels`] = async (world, n) => ({ path: `${await one(world, n)}/labels` });
    requests[`POST ${path}/:id/labels`] = async (world, n) => ({
      path: `${await one(world, n)}/labels`,
      json: { labelID: await newLabel(world, n) },
    });
    requests[`DELETE ${path}/:id/labels/:labelID`] = async (world, n) => ({
      path: `${await one(world, n)}/labels/${await newLabel(world, n)}`,
    });
  }
  return requests;
}

/** JSON, with objects in the place of maps. */
export function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
