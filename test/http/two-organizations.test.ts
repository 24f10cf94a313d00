/** What belongs to one organization is not found, named, listed or changed by way of another. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type TestClient, type TestServer } from '../support/server.js';

let server: TestServer;
let client: TestClient;
let operator: Credentials;
interface Side {
  readonly orgID: string;
  readonly bucketID: string;
  /** Reads and writes all buckets of its organization. */
  readonly token: Credentials;
  mappingID: string;
}
const sides: Record<'ours' | 'theirs', Side> = {} as never;

beforeAll(async () => {
  server = await startTestServer();
  ({ client } = server);
  const world = await client.setUp();
  ({ operator } = world);
  const otherOrgId = (await client.post('/api/v2/orgs', { as: operator, json: { name: 'beta' } })).json.id as string;
  const otherBucketId = (await client.post('/api/v2/buckets', { as: operator, json: { orgID: otherOrgId, name: 'theirs' } })).json
    .id as string;
  const side = async (orgID: string, bucketID: string): Promise<Side> => {
    const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'buckets', orgID } }));
    const mapping = await client.post('/api/v2/dbrps', { as: operator, json: { orgID, bucketID, database: 'db', retention_policy: 'rp' } });
    return { orgID, bucketID, token: await client.createToken(operator, orgID, permissions), mappingID: mapping.json.id };
  };
  sides.ours = await side(world.orgId, world.bucketId);
  sides.theirs = await side(otherOrgId, otherBucketId);
});
afterAll(() => server.stop());

describe('mappings (DBRPs)', () => {
  const show = async ({ orgID, mappingID }: Side): Promise<unknown> =>
    (await client.get(`/api/v2/dbrps/${mappingID}?orgID=${orgID}`, { as: operator })).json;

  it('of another organization cannot be shown, changed or removed, whichever organization is named', async () => {
    const before = await show(sides.theirs);
    for (const as of [sides.ours.token, operator]) {
      const path = `/api/v2/dbrps/${sides.theirs.mappingID}?orgID=${sides.ours.orgID}`;
      expect((await client.get(path, { as })).status).toBe(404);
      expect((await client.patch(path, { as, json: { retention_policy: 'stolen' } })).status).toBe(404);
      await client.delete(path, { as });
    }
    const path = `/api/v2/dbrps/${sides.theirs.mappingID}?orgID=${sides.theirs.orgID}`;
    expect((await client.get(path, { as: sides.ours.token })).status).toBe(401);
    expect((await client.patch(path, { as: sides.ours.token, json: { retention_policy: 'stolen' } })).status).toBe(401);
    expect((await client.delete(path, { as: sides.ours.token })).status).toBe(401);
    expect(await show(sides.theirs)).toEqual(before);
  });

  it.each([['ours'], ['theirs']] as const)('cannot join an organization to a bucket of another: %s', async (name) => {
    const [here, there] = name === 'ours' ? [sides.ours, sides.theirs] : [sides.theirs, sides.ours];
    for (const as of [here.token, operator]) {
      const json = { orgID: here.orgID, bucketID: there.bucketID, database: 'bridge', retention_policy: 'rp' };
      expect([401, 404]).toContain((await client.post('/api/v2/dbrps', { as, json })).status);
    }
    const { json } = await client.get(`/api/v2/dbrps?orgID=${here.orgID}&db=bridge`, { as: operator });
    expect(json.content).toEqual([]);
  });

  it('are listed for the organization that is named, and of it for those alone who may read its buckets', async () => {
    const list = async (as: Credentials, orgID: string): Promise<string[]> =>
      (await client.get(`/api/v2/dbrps?orgID=${orgID}&db=db`, { as })).json.content.map(({ id }: { id: string }) => id);
    const { ours, theirs } = sides;
    expect(await list(operator, ours.orgID)).toEqual([ours.mappingID]);
    expect(await list(ours.token, ours.orgID)).toEqual([ours.mappingID]);
    expect(await list(theirs.token, theirs.orgID)).toEqual([theirs.mappingID]);
    expect(await list(theirs.token, ours.orgID)).toEqual([]);
    expect(await list(ours.token, theirs.orgID)).toEqual([]);
  });

  it('of the same name mean the bucket of the organization of the token', async () => {
    for (const name of ['ours', 'theirs'] as const) {
      expect((await client.post('/write?db=db&rp=rp', { as: sides[name].token, body: `${name} v=1 1` })).status).toBe(204);
      const { json } = await client.get('/query?db=db&rp=rp&q=SHOW%20MEASUREMENTS', { as: sides[name].token });
      expect(json.results[0].series[0].values).toEqual([[name]]);
    }
  });
});

describe("a bucket's name in a permission", () => {
  const create = (orgID: string, resource: object) =>
    client.post('/api/v2/authorizations', { as: operator, json: { orgID, permissions: [{ action: 'read', resource }] } });

  it('is looked up in the organization of the token, and found there only', async () => {
    const found = await create(sides.ours.orgID, { type: 'buckets', name: 'data' });
    expect(found.json.permissions[0].resource).toMatchObject({ id: sides.ours.bucketID, orgID: sides.ours.orgID });
    const missing = await create(sides.ours.orgID, { type: 'buckets', name: 'theirs' });
    expect([missing.status, missing.json.message]).toEqual([404, 'bucket "theirs" not found']);
  });

  it.each([
    ['by its id', () => ({ orgID: sides.theirs.orgID })],
    ['by its name', () => ({ org: 'beta' })],
  ])('grants nothing where another organization is named %s', async (_, place) => {
    for (const name of ['theirs', 'data', 'nothing']) {
      const { status } = await create(sides.ours.orgID, { type: 'buckets', name, ...place() });
      expect(status).toBe(400);
    }
  });
});
