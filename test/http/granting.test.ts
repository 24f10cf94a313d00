/** What may be granted and what it opens: an id and an organization both count, and users and organizations count by their ids alone. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestClient, type TestResponse, type TestServer } from '../support/server.js';

const PLACES = ['/api/v2/authorizations', '/private/legacy/authorizations'] as const;
const ACTIONS = ['read', 'write'] as const;

interface Ids {
  readonly buckets: string;
  readonly labels: string;
  readonly dbrp: string;
  readonly authorizations: string;
}

describe('granting', () => {
  let server: TestServer;
  let client: TestClient;
  let world: SetUp;
  let operator: Credentials;
  let betaId: string;
  let ownerId: string;
  let owner: Credentials;
  let acme: Ids;
  let beta: Ids;
  let v1Count = 0;

  beforeAll(async () => {
    server = await startTestServer();
    ({ client } = server);
    world = await client.setUp();
    ({ operator } = world);
    const make = async (path: string, json: object): Promise<any> => (await client.post(path, { as: operator, json })).json;
    betaId = (await make('/api/v2/orgs', { name: 'beta' })).id;
    ownerId = await client.createUser(operator, 'olive', 'olive-passw0rd');
    await make(`/api/v2/orgs/${betaId}/owners`, { id: ownerId });
    owner = await client.signIn('olive', 'olive-passw0rd');
    const idsIn = async (orgID: string, buckets: string): Promise<Ids> => ({
      buckets,
      labels: (await make('/api/v2/labels', { orgID, name: 'red' })).label.id,
      dbrp: (await make('/api/v2/dbrps', { orgID, bucketID: buckets, database: 'db', retention_policy: 'rp' })).id,
      authorizations: (await client.createToken(operator, orgID, [{ action: 'read', resource: { type: 'buckets', orgID } }])).id,
    });
    acme = await idsIn(world.orgId, world.bucketId);
    beta = await idsIn(betaId, (await make('/api/v2/buckets', { orgID: betaId, name: 'own' })).id);
  });
  afterAll(() => server.stop());

  const ask = (as: Credentials, place: string, resource: object, action = 'write', orgID = betaId): Promise<TestResponse> =>
    client.post(place, {
      as,
      json: { orgID, ...(place === PLACES[1] ? { token: `agent ${++v1Count}` } : {}), permissions: [{ action, resource }] },
    });

  describe.each(PLACES)('%s', (place) => {
    it.each(ACTIONS)('gives an owner no user and no organization by the orgID beside it, to %s', async (action) => {
      const { userId, orgId } = world;
      for (const resource of [
        { type: 'users', id: userId, orgID: betaId },
        { type: 'users', name: 'admin', orgID: betaId },
        { type: 'users', id: userId },
        { type: 'users', id: userId, orgID: orgId },
        { type: 'users' },
        { type: 'orgs', id: orgId, orgID: betaId },
        { type: 'orgs', name: 'acme', orgID: betaId },
        { type: 'orgs', id: orgId },
        { type: 'orgs' },
      ]) {
        const answered = await ask(owner, place, resource, action);
        expect([resource, answered.status]).toEqual([resource, 403]);
        // Who asks by a name is not told the id.
        if ('name' in resource) expect(answered.text).not.toMatch(`${userId}|${orgId}`);
      }
    });

    it.each(ACTIONS)('gives nobody what lies in another organization than stated, to %s', async (action) => {
      const words = {
        buckets: 'bucket not found',
        labels: 'label not found',
        dbrp: 'unable to find DBRP',
        authorizations: 'authorization not found',
      };
      for (const as of [owner, operator]) {
        for (const [type, message] of Object.entries(words)) {
          const answered = await ask(as, place, { type, id: acme[type as keyof Ids], orgID: betaId }, action);
          expect([type, answered.status, answered.json.message]).toEqual([type, 404, message]);
        }
      }
      const foreign = await ask(operator, place, { type: 'orgs', id: world.orgId, orgID: betaId }, action);
      expect([foreign.status, foreign.json.message]).toEqual([404, 'organization not found']);
    });

    it('gives an owner what lies in his organization', async () => {
      for (const type of ['buckets', 'labels', 'dbrp', 'authorizations'] as const)
        expect((await ask(owner, place, { type, id: beta[type], orgID: betaId })).status).toBe(201);
      expect((await ask(owner, place, { type: 'users', id: ownerId, orgID: betaId })).status).toBe(201);
      expect((await ask(owner, place, { type: 'orgs', id: betaId, orgID: betaId })).status).toBe(201);
      for (const named of [
        { type: 'buckets', name: 'own' },
        { type: 'buckets', name: 'own', orgID: betaId },
      ]) {
        const { status, json } = await ask(owner, place, named);
        expect([status, json.permissions[0].resource]).toMatchObject([201, { id: beta.buckets, orgID: betaId }]);
      }
      expect((await ask(owner, place, { type: 'buckets', org: 'beta' })).status).toBe(201);
    });

    it('gives an operator ids of anywhere, alone', async () => {
      for (const type of ['buckets', 'labels', 'dbrp', 'authorizations'] as const)
        expect((await ask(operator, place, { type, id: acme[type] })).status).toBe(201);
    });

    it('does not say what another organization has', async () => {
      const there = await ask(owner, place, { type: 'buckets', name: 'data', orgID: world.orgId });
      const nowhere = await ask(owner, place, { type: 'buckets', name: 'no such bucket', orgID: world.orgId });
      expect([there.status, there.text]).toEqual([nowhere.status, nowhere.text.replaceAll('no such bucket', 'data')]);
      expect(there.text).not.toContain(world.bucketId);
    });
  });

  it('of a user with an orgID beside the id, which a client may send, gives the user and shows both', async () => {
    const resource = { type: 'users', id: ownerId, orgID: betaId };
    const made = await ask(operator, PLACES[0], resource);
    expect(made.json.permissions).toEqual([{ action: 'write', resource: { ...resource, name: 'olive', org: 'beta' } }]);
    const shown = await client.get(`/api/v2/authorizations/${made.json.id}`, { as: operator });
    expect(shown.json.permissions).toEqual(made.json.permissions);
    const as = { token: made.json.token };
    expect((await client.patch(`/api/v2/users/${ownerId}`, { as, json: {} })).status).toBe(200);
    expect((await client.patch(`/api/v2/users/${world.userId}`, { as, json: {} })).status).toBe(401);
    // Sent back as it was shown.
    const again = await client.post(PLACES[0], { as: operator, json: shown.json });
    expect([again.status, again.json.permissions]).toEqual([201, made.json.permissions]);
  });

  it('of a name of an organization gives that organization, not all of them', async () => {
    const made = await ask(operator, PLACES[0], { type: 'buckets', org: 'beta' }, 'read');
    const as = { token: made.json.token };
    expect((await client.get(`/api/v2/buckets/${beta.buckets}`, { as })).status).toBe(200);
    expect((await client.get(`/api/v2/buckets/${acme.buckets}`, { as })).status).toBe(401);
    expect((await ask(operator, PLACES[0], { type: 'buckets', org: 'nowhere' })).json.message).toBe(
      'organization name "nowhere" not found',
    );
  });

  it('of an id alone gives who holds it in an organization what he holds', async () => {
    const { token } = await client.createToken(
      operator,
      betaId,
      [
        { action: 'write', resource: { type: 'authorizations', orgID: betaId } },
        { action: 'write', resource: { type: 'users', id: ownerId } },
        { action: 'read', resource: { type: 'buckets', id: beta.buckets, orgID: betaId } },
      ],
      { userID: ownerId },
    );
    const made = await ask({ token }, PLACES[0], { type: 'buckets', id: beta.buckets }, 'read');
    expect([made.status, made.json.permissions[0].resource.orgID]).toEqual([201, betaId]);
    expect((await ask({ token }, PLACES[0], { type: 'buckets', id: acme.buckets }, 'read')).status).toBe(403);
  });

  it('of what a v1 authorization opens is needed to set its password', async () => {
    const made = await ask(operator, PLACES[1], { type: 'buckets', id: beta.buckets, orgID: betaId }, 'read');
    const path = `${PLACES[1]}/${made.json.id}/password`;
    const json = { password: 'taken-passw0rd' };
    const mayWrite = [
      { action: 'write', resource: { type: 'authorizations', orgID: betaId } },
      { action: 'write', resource: { type: 'users', id: world.userId } },
    ];
    const read = { action: 'read', resource: { type: 'buckets', orgID: betaId } };
    const without = await client.createToken(operator, betaId, mayWrite);
    const refused = await client.post(path, { as: without, json });
    expect([refused.status, refused.json.message]).toEqual([
      403,
      `this authorization holds read:orgs/${betaId}/buckets/${beta.buckets}, which yours does not`,
    ]);
    const withIt = await client.createToken(operator, betaId, [...mayWrite, read]);
    expect((await client.post(path, { as: withIt, json })).status).toBe(204);
  });

  it('lets an id that nobody has be granted, as InfluxDB does', async () => {
    for (const type of ['buckets', 'labels', 'dashboards', 'tasks'])
      expect((await ask(owner, PLACES[0], { type, id: '00000000000000cc', orgID: betaId })).status).toBe(201);
  });

  it('names the member that it does not know, and makes nothing', async () => {
    const before = (await client.get(PLACES[0], { as: operator })).json.authorizations.length;
    for (const [resource, name] of [
      [{ type: 'buckets', organization: betaId }, 'organization'],
      [{ type: 'buckets', orgid_: betaId }, 'orgid_'],
      [{ type: 'buckets', Bucket: beta.buckets }, 'Bucket'],
    ] as const) {
      const answered = await ask(operator, PLACES[0], resource);
      expect([answered.status, answered.json.message]).toEqual([
        400,
        `invalid json structure: permissions[0].resource.${name} is unknown; known are type, id, orgID, name and org`,
      ]);
    }
    expect((await client.get(PLACES[0], { as: operator })).json.authorizations).toHaveLength(before);
  });

  it('of an organization needs its id to change its members', async () => {
    const { token } = await client.createToken(operator, world.orgId, [
      { action: 'read', resource: { type: 'orgs', id: world.orgId } },
      { action: 'write', resource: { type: 'orgs', orgID: world.orgId } },
    ]);
    const answered = await client.post(`/api/v2/orgs/${world.orgId}/owners`, { as: { token }, json: { id: ownerId } });
    expect([answered.status, answered.json.message]).toEqual([401, `write:orgs/${world.orgId}/orgs/${world.orgId} is unauthorized`]);
  });
});
