/** Set-up is done as a whole or refused as a whole. */
import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';

const INPUT = { username: 'admin', password: 'admin-passw0rd', org: 'acme', bucket: 'data' };

describe('set-up', () => {
  it('is done once when many come at once', async () => {
    const server = await startTestServer();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        server.client.post('/api/v2/setup', { json: { ...INPUT, username: `admin-${i}`, org: `org-${i}` } }),
      ),
    );
    const winners = answers.filter(({ status }) => status === 201);
    expect(winners).toHaveLength(1);
    for (const loser of answers.filter((answer) => answer !== winners[0])) {
      expect([loser.status, loser.json]).toEqual([422, { code: 'conflict', message: 'onboarding has already been completed' }]);
    }
    const as = { token: winners[0]!.json.auth.token as string };
    expect((await server.client.get('/api/v2/users', { as })).json.users).toHaveLength(1);
    expect((await server.client.get('/api/v2/orgs', { as })).json.orgs).toHaveLength(1);
    await server.stop();
  });

  it.each([
    [{ bucket: '_x' }, 400],
    [{ bucket: 'a"b' }, 400],
    [{ retentionPeriodSeconds: 60 }, 422],
    [{ retentionPeriodSeconds: -1 }, 400],
    [{ org: '   ' }, 400],
    [{ password: 'short' }, 400],
    [{ token: '$influxdb2-sha256$ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0=' }, 400],
    [{ token: 'eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoiYWRtaW4ifQ.x' }, 400],
  ])('leaves nothing behind when %j is refused', async (fault, status) => {
    const server = await startTestServer();
    const refused = await server.client.post('/api/v2/setup', { json: { ...INPUT, ...fault } });
    expect([refused.status, typeof refused.json.message]).toEqual([status, 'string']);
    expect((await server.client.get('/api/v2/setup')).json).toEqual({ allowed: true });
    expect((await server.client.post('/api/v2/setup', { json: INPUT })).status).toBe(201);
    await server.stop();
  });

  it('tells a body that is no JSON from one that is', async () => {
    const server = await startTestServer();
    expect((await server.client.post('/api/v2/setup', { body: '{"username":' })).status).toBe(400);
    await server.stop();
  });

  it.each(['/api/v2/setup/', '/api/v2//setup', '/api/v2/Setup', '/api/v2/setup/x'])(
    'is open at its very path and at no other: %s',
    async (path) => {
      const server = await startTestServer();
      for (const as of [undefined, { token: 'no-such-token' }]) {
        expect((await server.client.get(path, { as })).status).toBe(401);
        expect((await server.client.post(path, { as, json: INPUT })).status).toBe(401);
      }
      expect((await server.client.get('/api/v2/setup')).json).toEqual({ allowed: true });
      const { operator } = await server.client.setUp();
      // To those who are known it is the same path with a slash behind it: done once, also there.
      expect([404, 422]).toContain((await server.client.post(path, { as: operator, json: { ...INPUT, username: 'second' } })).status);
      expect((await server.client.get('/api/v2/users', { as: operator })).json.users).toHaveLength(1);
      await server.stop();
    },
  );
});
