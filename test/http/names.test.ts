/** Names of every kind: new ones show whole, old ones stay. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashPassword } from '../../src/auth/passwords.js';
import { Secret } from '../../src/auth/secret.js';
import { bucketKind } from '../../src/kinds/buckets.js';
import { openSqliteStore } from '../../src/store/sqlite.js';
import { noteSecret } from '../support/artifacts.js';
import { startTestServer, type SetUp, type TestServer } from '../support/server.js';

const REFUSED = [
  ['a zero-width character', 'ad\u200bmin', /contains a character that does not show, U\+200B: leave it out$/],
  ['a control character', 'admin\u0007', /contains a character that does not show, U\+0007: leave it out$/],
  ['a change of direction', '\u202enimda', /contains a character that does not show, U\+202E: leave it out$/],
  ['1,000 characters', 'x'.repeat(1000), /is too long: it has 1000 characters, and may have 256$/],
  ['100,000 characters', 'x'.repeat(100_000), /is too long: it has 100000 characters, and may have 256$/],
] as const;

let server: TestServer;
let world: SetUp;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** How each kind is made, and renamed where it can be. */
const kinds = (): Record<
  string,
  { path: string; json: (name: string) => Record<string, unknown>; rename?: (name: string) => Record<string, unknown> }
> => {
  const { orgId: orgID, bucketId: bucketID } = world;
  const rename = (name: string) => ({ name });
  return {
    users: { path: '/api/v2/users', json: (name) => ({ name }), rename },
    orgs: { path: '/api/v2/orgs', json: (name) => ({ name }), rename },
    buckets: { path: '/api/v2/buckets', json: (name) => ({ name, orgID, retentionRules: [] }), rename },
    labels: { path: '/api/v2/labels', json: (name) => ({ name, orgID }), rename },
    'v1 authorizations': {
      path: '/private/legacy/authorizations',
      json: (token) => ({ token, orgID, permissions: [{ action: 'read', resource: { type: 'buckets', orgID } }] }),
    },
    databases: { path: '/api/v2/dbrps', json: (database) => ({ database, retention_policy: 'rp', bucketID, orgID }) },
  };
};

describe('names', () => {
  // Who sets up is not known yet: what is much longer is not even read.
  it.each(REFUSED.slice(0, -1))(
    'of the first user, organization and bucket are refused with %s, and nothing is made',
    async (_, name, message) => {
      const input = { username: 'admin', password: 'admin-passw0rd', org: 'acme', bucket: 'data' };
      for (const member of ['username', 'org', 'bucket']) {
        const answer = await server.client.post('/api/v2/setup', { json: { ...input, [member]: name } });
        expect([answer.status, answer.json.code]).toEqual([400, 'invalid']);
        expect(answer.json.message).toMatch(message);
      }
      expect((await server.client.get('/api/v2/setup')).json).toEqual({ allowed: true });
    },
  );

  it('of every kind are refused when new, made or renamed', async () => {
    world = await server.client.setUp();
    const as = world.operator;
    for (const [kind, { path, json, rename }] of Object.entries(kinds())) {
      const made = await server.client.post(path, { as, json: json(kind.replace(' ', '-')) });
      expect([kind, made.status]).toEqual([kind, 201]);
      for (const [, name, message] of REFUSED) {
        const answers = [await server.client.post(path, { as, json: json(name) })];
        const id = made.json.id ?? made.json.label?.id;
        if (rename !== undefined) answers.push(await server.client.patch(`${path}/${id}`, { as, json: rename(name) }));
        for (const answer of answers) {
          expect([kind, answer.status, answer.json.code]).toEqual([kind, 400, 'invalid']);
          // Databases have a rule of InfluxDB's own, which is met first.
          if (kind !== 'databases') expect(answer.json.message).toMatch(message);
        }
      }
    }
  });

  it('that are there go on working, and may be left as they are in a change of something else', async () => {
    const as = world.operator;
    const name = 'old\u200bname';
    const id = await server.client.createUser(as, 'oldname');
    await server.stop();
    const store = await openSqliteStore(server.dataDirectory);
    const hash = await hashPassword(new Secret(noteSecret('old-name-passw0rd', 'a password')));
    await store.transaction(async (writer) => {
      const user = (await writer.findUser(id as never))!;
      const organization = (await writer.findOrganization(world.orgId as never))!;
      const bucket = (await writer.resources(bucketKind).find(world.bucketId))!;
      await writer.updateUser({ ...user, name });
      await writer.putPasswordHash(user.id, hash);
      await writer.updateOrganization({ ...organization, name });
      await writer.resources(bucketKind).update({ ...bucket, name });
    });
    await store.close();
    server = await startTestServer({ directory: server.directory });
    const { client } = server;
    expect((await client.signIn(name, 'old-name-passw0rd')).session).not.toBe('');
    const write = `/api/v2/write?org=${encodeURIComponent(name)}&bucket=${encodeURIComponent(name)}`;
    expect((await client.post(write, { as, body: 'm v=1 1000' })).status).toBe(204);
    const changes: [string, Record<string, unknown>][] = [
      [`/api/v2/users/${id}`, { name, status: 'inactive' }],
      [`/api/v2/orgs/${world.orgId}`, { name, description: 'the same' }],
      [`/api/v2/buckets/${world.bucketId}`, { name, description: 'the same' }],
    ];
    for (const [path, json] of changes) {
      const { status, json: changed } = await client.patch(path, { as, json });
      expect([path, status, changed.name]).toEqual([path, 200, name]);
      expect((await client.patch(path, { as, json: { name: 'another' } })).status).toBe(200);
      expect((await client.patch(path, { as, json: { name } })).status).toBe(400);
    }
  });
});
