/** Checks that fire, and their notifications, received by a server. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startReceiver, type Receiver } from '../support/receiver.js';
import { startTestServer, type SetUp, type TestServer } from '../support/server.js';

const INTERVAL_MS = 60_000;

let server: TestServer;
let receiver: Receiver;
let setUp: SetUp;

beforeAll(async () => {
  receiver = await startReceiver();
  server = await startTestServer({ flags: ['--outgoing-allow', '127.0.0.1'] });
  setUp = await server.client.setUp();
});
afterAll(async () => {
  await server.stop();
  await receiver.close();
});

describe('a deadman check', () => {
  it(
    'fires, and its notification is received within its interval',
    async () => {
      const { client } = server;
      const { operator, orgId } = setUp;
      await client.post(`/api/v2/write?orgID=${orgId}&bucket=data&precision=ms`, {
        as: operator,
        body: `cpu,host=a usage=1 ${Date.now() - 60_000}`,
      });
      const endpoint = await client.post('/api/v2/notificationEndpoints', {
        as: operator,
        json: {
          type: 'http',
          name: 'hook',
          orgID: orgId,
          status: 'active',
          url: `${receiver.url}/hook`,
          method: 'POST',
          authMethod: 'bearer',
          token: 'the-secret-of-a-hook',
        },
      });
      expect(endpoint.status, endpoint.text).toBe(201);
      const rule = await client.post('/api/v2/notificationRules', {
        as: operator,
        json: {
          type: 'http',
          name: 'tell',
          orgID: orgId,
          endpointID: endpoint.json.id,
          every: '2s',
          status: 'active',
          statusRules: [{ currentLevel: 'CRIT' }],
        },
      });
      expect(rule.status, rule.text).toBe(201);
      const check = await client.post('/api/v2/checks', {
        as: operator,
        json: {
          type: 'deadman',
          name: 'silent',
          orgID: orgId,
          status: 'active',
          query: { text: 'from(bucket: "data") |> range(start: -1h) |> filter(fn: (r) => r._field == "usage")' },
          every: '1s',
          timeSince: '30s',
          staleTime: '10m',
          level: 'CRIT',
          statusMessageTemplate: 'host ${r.host} is silent',
          tags: [{ key: 'team', value: 'ops' }],
        },
      });
      expect(check.status, check.text).toBe(201);

      await vi.waitFor(
        () => {
          expect(receiver.received.length).toBeGreaterThan(0);
        },
        { timeout: INTERVAL_MS, interval: 100 },
      );
      const [{ method, path, headers, body }] = receiver.received as [Receiver['received'][number]];
      expect({ method, path, authorization: headers.authorization }).toEqual({
        method: 'POST',
        path: '/hook',
        authorization: 'Bearer the-secret-of-a-hook',
      });
      expect(JSON.parse(body.toString())).toMatchObject({
        _check_id: check.json.id,
        _check_name: 'silent',
        _level: 'crit',
        _message: 'host a is silent',
        _notification_rule_id: rule.json.id,
        _notification_endpoint_name: 'hook',
        _source_measurement: 'cpu',
        dead: true,
        host: 'a',
        team: 'ops',
        _version: 1,
      });

      // Who changes the endpoint changes where its rules send to, and nothing of what they may do.
      const moved = { ...endpoint.json, url: `${receiver.url}/moved`, token: 'another-secret-of-a-hook' };
      expect((await client.put(`/api/v2/notificationEndpoints/${endpoint.json.id}`, { as: operator, json: moved })).status).toBe(200);
      const { flux } = (await client.get(`/api/v2/tasks/${rule.json.taskID}`, { as: operator })).json;
      expect([flux.includes(`${receiver.url}/moved`), flux.includes(`${receiver.url}/hook`)]).toEqual([true, false]);

      for (const [path, made] of [
        ['notificationRules', rule],
        ['checks', check],
      ] as const) {
        expect((await client.delete(`/api/v2/${path}/${made.json.id}`, { as: operator })).status).toBe(204);
        expect((await client.get(`/api/v2/tasks/${made.json.taskID}`, { as: operator })).status).toBe(404);
      }
    },
    INTERVAL_MS + 30_000,
  );
});

describe('a rule', () => {
  it(
    'names no endpoint of another organization, and sends nothing to one that its maker may not read',
    async () => {
      const { client } = server;
      const { operator, orgId } = setUp;
      const post = (path: string, json: object, as = operator) => client.post(path, { as, json });
      const other = await post('/api/v2/orgs', { name: 'other' });
      const endpointIn = async (orgID: string): Promise<string> => {
        const json = {
          type: 'http',
          name: 'e',
          orgID,
          status: 'active',
          url: `${receiver.url}/forbidden`,
          method: 'POST',
          authMethod: 'none',
        };
        return (await post('/api/v2/notificationEndpoints', json)).json.id;
      };
      const ruleFor = (endpointID: string) => ({
        type: 'http',
        name: 'r',
        orgID: orgId,
        endpointID,
        every: '1s',
        status: 'active',
        statusRules: [{ currentLevel: 'ANY' }],
      });
      expect((await post('/api/v2/notificationRules', ruleFor(await endpointIn(other.json.id)))).status).toBe(404);

      const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'notificationRules', orgID: orgId } }));
      const token = await post('/api/v2/authorizations', { orgID: orgId, permissions });
      const weak = { token: token.json.token as string };
      const rule = await post('/api/v2/notificationRules', ruleFor(await endpointIn(orgId)), weak);
      expect(rule.status, rule.text).toBe(201);
      const path = `/api/v2/notificationRules/${rule.json.id}`;
      await vi.waitFor(
        async () => {
          const { json } = await client.get(path, { as: operator });
          expect(json.lastRunStatus).toBe('failed');
        },
        { timeout: INTERVAL_MS, interval: 200 },
      );
      expect((await client.get(`${path}/query`, { as: weak })).status).toBe(401);
      expect(receiver.received.filter((each) => each.path === '/forbidden')).toEqual([]);
      await client.delete(path, { as: operator });
    },
    INTERVAL_MS + 30_000,
  );

  it('sends no stored secret that whoever changes the endpoint may not read', async () => {
    const { client } = server;
    const { operator, orgId } = setUp;
    await client.patch(`/api/v2/orgs/${orgId}/secrets`, { as: operator, json: { vault: 'x' } });
    const permissions = ['read', 'write'].map((action) => ({ action, resource: { type: 'notificationEndpoints', orgID: orgId } }));
    const token = await client.post('/api/v2/authorizations', { as: operator, json: { orgID: orgId, permissions } });
    const weak = { token: token.json.token as string };
    const endpoint = { type: 'slack', name: 'own', orgID: orgId, status: 'active', url: 'https://a.example/', token: 'of its own' };
    const named = await client.post('/api/v2/notificationEndpoints', { as: weak, json: { ...endpoint, token: 'secret: vault' } });
    expect(named.json.message).toBe(`read:orgs/${orgId}/secrets is unauthorized`);
    const made = await client.post('/api/v2/notificationEndpoints', { as: weak, json: endpoint });
    expect(made.status, made.text).toBe(201);
    const path = `/api/v2/notificationEndpoints/${made.json.id}`;
    const kept = { ...endpoint, token: made.json.token };
    expect((await client.put(path, { as: weak, json: { ...kept, url: 'https://elsewhere.example/' } })).status).toBe(401);
    expect((await client.put(path, { as: weak, json: { ...kept, name: 'renamed' } })).status).toBe(200);
    await client.delete(path, { as: operator });
    const { secrets } = (await client.get(`/api/v2/orgs/${orgId}/secrets`, { as: operator })).json;
    expect(secrets).not.toContain(`${made.json.id}-token`);
  });
});
