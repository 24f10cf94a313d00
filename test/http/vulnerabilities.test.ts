/** Holes that InfluxDB had, each with its number where it has one, and the proof that they are closed here. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashToken } from '../../src/auth/token.js';
import { Secret } from '../../src/auth/secret.js';
import { startTestServer, type SetUp, type TestClient, type TestServer } from '../support/server.js';

const FLUX = { 'content-type': 'application/vnd.flux' };

describe.each([
  ['hashing on', []],
  ['hashing off', ['--use-hashed-tokens=false']],
])('with %s', (_, flags) => {
  let server: TestServer;
  let client: TestClient;
  let world: SetUp;

  beforeAll(async () => {
    server = await startTestServer({ flags });
    ({ client } = server);
    world = await client.setUp();
  });
  afterAll(() => server.stop());

  it('CVE-2019-20933, CVE-2020-26160: no JSON Web Token is taken, with an empty key or none', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const [header, key] of [
      [{ alg: 'HS256', typ: 'JWT' }, ''],
      [{ alg: 'none', typ: 'JWT' }, undefined],
    ] as const) {
      const text = `${encode(header)}.${encode({ username: 'admin', exp: 9_999_999_999 })}`;
      const jwt = `${text}.${key === undefined ? '' : createHmac('sha256', 'x').update(text).digest('base64url')}`;
      for (const [method, path] of [
        ['GET', '/api/v2/me'],
        ['POST', '/api/v2/write?org=acme&bucket=data'],
        ['POST', '/api/v2/query?org=acme'],
      ] as const) {
        for (const scheme of ['Bearer', 'Token']) {
          expect((await client.send(method, path, { headers: { authorization: `${scheme} ${jwt}` } })).status).toBe(401);
        }
      }
    }
  });

  it('influxdb#25982: a stolen hash is no token', async () => {
    for (const variant of ['sha256', 'sha512'] as const) {
      const hash = hashToken(new Secret(world.operator.token), variant);
      for (const scheme of ['Bearer', 'Token']) {
        expect((await client.get('/api/v2/me', { headers: { authorization: `${scheme} ${hash}` } })).status).toBe(401);
      }
    }
  });

  it('influxdb#24075: a token that only reads does not write, delete or change, by any way', async () => {
    const reader = await client.createToken(world.operator, world.orgId, [
      { action: 'read', resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId } },
    ]);
    expect((await client.post('/api/v2/write?org=acme&bucket=data', { as: reader, body: 'm v=1' })).status).toBe(403);
    expect(
      (
        await client.post('/api/v2/delete?org=acme&bucket=data', {
          as: reader,
          json: { start: '1970-01-01T00:00:00Z', stop: '2030-01-01T00:00:00Z' },
        })
      ).status,
    ).toBe(403);
    expect((await client.patch(`/api/v2/buckets/${world.bucketId}`, { as: reader, json: { description: 'x' } })).status).toBe(401);
  });

  it('influxdb#23110: a token that only writes does not read', async () => {
    const writer = await client.createToken(world.operator, world.orgId, [
      { action: 'write', resource: { type: 'buckets', id: world.bucketId, orgID: world.orgId } },
    ]);
    const answer = await client.post('/api/v2/query?org=acme', {
      as: writer,
      headers: FLUX,
      body: 'from(bucket: "data") |> range(start: 0)',
    });
    expect(answer.status).toBe(404);
    expect((await client.get(`/api/v2/buckets/${world.bucketId}`, { as: writer })).status).toBe(401);
  });

  it('influxdb#24576: nothing of the process is open to strangers but health, readiness and metrics', async () => {
    for (const path of ['/debug/vars', '/debug/pprof/', '/debug/pprof/cmdline', '/debug/requests']) {
      expect((await client.get(path)).status).toBe(404);
    }
    expect((await client.get('/metrics')).text).not.toContain(world.operator.token);
  });

  it('takes no token from a query string or a body', async () => {
    const { token } = world.operator;
    expect((await client.get(`/api/v2/me?token=${token}`)).status).toBe(401);
    expect((await client.get(`/api/v2/me?access_token=${token}`)).status).toBe(401);
    expect((await client.post('/api/v2/users', { json: { name: 'x', token } })).status).toBe(401);
  });

  it('refuses bodies and headers that are too large', async () => {
    const as = world.operator;
    const large = await client.post('/api/v2/authorizations', { as, body: `{"description":"${'x'.repeat(1_100_000)}"}` });
    expect([large.status, large.json.code]).toEqual([413, 'request too large']);
    expect((await client.get('/api/v2/me', { headers: { authorization: `Token ${'x'.repeat(40_000)}` } })).status).toBe(431);
  });

  it('ends a user’s tokens with him', async () => {
    const userID = await client.createUser(world.operator, 'leaver');
    const { id, token } = await client.createToken(
      world.operator,
      world.orgId,
      [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }],
      { userID },
    );
    expect((await client.get('/api/v2/buckets', { as: { token } })).status).toBe(200);
    await client.delete(`/api/v2/users/${userID}`, { as: world.operator });
    const answer = await client.get('/api/v2/buckets', { as: { token } });
    expect([answer.status, answer.json.message]).toEqual([403, 'User is inactive']);
    expect((await client.delete(`/api/v2/authorizations/${id}`, { as: world.operator })).status).toBe(204);
    expect((await client.get('/api/v2/buckets', { as: { token } })).status).toBe(401);
  });

  it('acts at once on what is changed: status, deletion, user', async () => {
    const userID = await client.createUser(world.operator, 'ursula');
    const { id, token } = await client.createToken(
      world.operator,
      world.orgId,
      [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }],
      { userID },
    );
    const status = async (): Promise<number> => (await client.get(`/api/v2/buckets/${world.bucketId}`, { as: { token } })).status;
    const patch = (path: string, json: unknown) => client.patch(path, { as: world.operator, json });
    for (let i = 0; i < 20; i++) {
      expect(await status()).toBe(200);
      await patch(`/api/v2/authorizations/${id}`, { status: 'inactive' });
      expect(await status()).toBe(401);
      await patch(`/api/v2/authorizations/${id}`, { status: 'active' });
      expect(await status()).toBe(200);
      await patch(`/api/v2/users/${userID}`, { status: 'inactive' });
      expect(await status()).toBe(403);
      await patch(`/api/v2/users/${userID}`, { status: 'active' });
    }
    await client.delete(`/api/v2/authorizations/${id}`, { as: world.operator });
    expect(await status()).toBe(401);
  });
});

describe('CVE-2024-30896: the secret of an operator token', () => {
  it('is shown to nobody after its creation: not by lists, single reads, changes, filters, errors or metrics', async () => {
    const server = await startTestServer();
    const { client } = server;
    const world = await client.setUp();
    const allAccess = await client.createToken(world.operator, world.orgId, [
      ...['read', 'write'].map((action) => ({ action, resource: { type: 'authorizations', orgID: world.orgId } })),
      ...['read', 'write'].map((action) => ({ action, resource: { type: 'users', id: world.userId } })),
    ]);
    const path = `/api/v2/authorizations/${world.authorizationId}`;
    for (const as of [allAccess, world.operator]) {
      for (const answer of [
        await client.get('/api/v2/authorizations', { as }),
        await client.get(`/api/v2/authorizations?token=${world.operator.token}`, { as }),
        await client.get(path, { as }),
        await client.patch(path, { as, json: { description: 'changed' } }),
        await client.get('/api/v2/config', { as }),
        await client.get('/metrics', { as }),
        await client.get('/api/v2/me', { headers: { authorization: `Token ${world.operator.token}x` } }),
      ]) {
        expect(answer.text).not.toContain(world.operator.token);
        expect(answer.text).not.toContain('$influxdb2-');
      }
    }
    await server.stop();
  });
});
