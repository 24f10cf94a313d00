/** Everybody who might ask: the columns of the authorization matrix. */
import type { Credentials, SetUp, TestClient } from '../support/server.js';

/** What all personas and rows play on. */
export interface World extends SetUp {
  readonly client: TestClient;
  readonly otherOrgId: string;
  readonly otherBucketId: string;
  readonly secondBucketId: string;
}

export interface Persona {
  /** Short, for the head of a column. */
  readonly name: string;
  readonly as: Credentials;
  /** Of those who come with a session. */
  readonly password?: string;
  readonly userId: string | undefined;
}

export const ANONYMOUS: Persona = { name: 'ANON', as: undefined, userId: undefined };

const TYPES = [
  'authorizations',
  'buckets',
  'dashboards',
  'orgs',
  'sources',
  'tasks',
  'telegrafs',
  'users',
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

/** What InfluxDB's pages and command line call all access: everything in one organization, of which it cannot write itself. */
const allAccess = (orgID: string, userId: string): unknown[] =>
  TYPES.flatMap((type) => {
    if (type === 'orgs') return [{ action: 'read', resource: { type, id: orgID } }];
    const resource = type === 'users' ? { type, id: userId } : { type, orgID };
    return ['read', 'write'].map((action) => ({ action, resource }));
  });

export async function createPersonas(world: World): Promise<Persona[]> {
  const { client, operator, userId, orgId, otherOrgId, bucketId } = world;
  const bucket = (action: string) => ({ action, resource: { type: 'buckets', id: bucketId, orgID: orgId } });
  const token = async (name: string, permissions: unknown[], more: Record<string, unknown> = {}, orgID = orgId): Promise<Persona> => ({
    name,
    as: { token: (await client.createToken(operator, orgID, permissions, { description: name, ...more })).token },
    userId: (more.userID as string | undefined) ?? userId,
  });
  const session = async (name: string, role?: 'member' | 'owner'): Promise<Persona> => {
    const password = `${name}-passw0rd`;
    const id = await client.createUser(operator, name, password);
    if (role !== undefined) await client.post(`/api/v2/orgs/${orgId}/${role}s`, { as: operator, json: { id } });
    return { name, as: await client.signIn(name, password), password, userId: id };
  };

  const leaverId = await client.createUser(operator, 'leaver');
  const leaver = await token('LEFT', operatorLike(), { userID: leaverId });
  await client.delete(`/api/v2/users/${leaverId}`, { as: operator });

  return [
    { name: 'OPER', as: operator, userId },
    await token('ALL', allAccess(orgId, userId)),
    await token('ALLB', allAccess(otherOrgId, userId), {}, otherOrgId),
    await token('R1', [bucket('read')]),
    await token('W1', [bucket('write')]),
    await token('RW1', [bucket('read'), bucket('write')]),
    await token('RBUC', [{ action: 'read', resource: { type: 'buckets', orgID: orgId } }]),
    await token('RORG', [{ action: 'read', resource: { type: 'orgs', id: orgId } }]),
    await token('RAUT', [{ action: 'read', resource: { type: 'authorizations', orgID: orgId } }]),
    await token('WAUT', [{ action: 'write', resource: { type: 'authorizations', orgID: orgId } }]),
    await token('INAC', operatorLike(), { status: 'inactive' }),
    leaver,
    await session('NONE'),
    await session('MEMB', 'member'),
    await session('OWNR', 'owner'),
    { name: 'ADMI', as: await client.signIn('admin', 'admin-passw0rd'), password: 'admin-passw0rd', userId },
    ANONYMOUS,
  ];
}

const operatorLike = (): unknown[] => TYPES.flatMap((type) => ['read', 'write'].map((action) => ({ action, resource: { type } })));
