/** Flux that writes: `to()` names buckets and organizations as InfluxDB 2.9.1 lets it, and asks for the rights that InfluxDB asks for. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestClient, type TestServer } from '../support/server.js';

describe('to()', () => {
  let server: TestServer;
  let client: TestClient;
  let world: SetUp;
  let foreignOrgId: string;
  const askers: Record<string, Credentials> = {};

  beforeAll(async () => {
    server = await startTestServer();
    ({ client } = server);
    world = await client.setUp();
    const { operator, orgId: orgID } = world;
    const foreign = await client.post('/api/v2/orgs', { as: operator, json: { name: 'branch' } });
    foreignOrgId = foreign.json.id;
    await client.post('/api/v2/buckets', { as: operator, json: { orgID: foreignOrgId, name: 'there' } });
    const permission = (action: string, type: string) => ({ action, resource: type === 'orgs' ? { type, id: orgID } : { type, orgID } });
    askers.operator = operator;
    askers.reader = await client.createToken(operator, orgID, [permission('read', 'buckets'), permission('read', 'orgs')]);
    askers.writer = await client.createToken(operator, orgID, [permission('read', 'buckets'), permission('write', 'buckets')]);
    askers['writer who sees the organization'] = await client.createToken(operator, orgID, [
      permission('read', 'buckets'),
      permission('write', 'buckets'),
      permission('read', 'orgs'),
    ]);
  });
  afterAll(() => server.stop());

  let count = 0;
  async function writeBy(asker: string, target: string) {
    const value = ++count;
    const answer = await client.post('/api/v2/query?org=acme', {
      as: askers[asker],
      headers: { 'content-type': 'application/vnd.flux' },
      body: `import "array"
        array.from(rows: [{_time: 2026-01-01T00:00:00Z, _measurement: "m", _field: "f${value}", _value: 1}]) |> to(${target})`,
    });
    const stored = await client.post('/api/v2/query?org=acme', {
      as: world.operator,
      headers: { 'content-type': 'application/vnd.flux' },
      body: `from(bucket: "data") |> range(start: 2025-01-01T00:00:00Z) |> filter(fn: (r) => r._field == "f${value}")`,
    });
    return { status: answer.status, message: answer.json?.message as unknown, isStored: stored.text.includes(`f${value}`) };
  }

  const OWN_NAME = () => 'bucket: "data", org: "acme"';
  const OWN_ID = () => `bucket: "data", orgID: "${world.orgId}"`;
  const UNNAMED = () => 'bucket: "data"';
  const FOREIGN_NAME = () => 'bucket: "there", org: "branch"';
  const FOREIGN_ID = () => `bucket: "there", orgID: "${foreignOrgId}"`;
  const NOWHERE = () => 'bucket: "data", org: "nowhere"';

  it.each([
    ['operator', OWN_NAME],
    ['operator', OWN_ID],
    ['operator', UNNAMED],
    ['writer who sees the organization', OWN_NAME],
    ['writer', OWN_ID],
    ['writer', UNNAMED],
  ])('writes for %s: %s', async (asker, target) => {
    expect(await writeBy(asker, target())).toEqual({ status: 200, message: undefined, isStored: true });
  });

  const INITIALIZING = 'failed to initialize execute state';
  it.each([
    ['operator', NOWHERE, 404, 'could not find org "nowhere"'],
    ['operator', FOREIGN_NAME, 400, 'host must be specified when writing points to another org'],
    ['operator', FOREIGN_ID, 400, 'host must be specified when writing points to another org'],
    ['writer', OWN_NAME, 404, 'could not find org "acme"'],
    ['writer', FOREIGN_NAME, 404, 'could not find org "branch"'],
    ['writer', FOREIGN_ID, 400, 'host must be specified when writing points to another org'],
    ['reader', OWN_NAME, 403, 'user not authorized to write'],
    ['reader', OWN_ID, 403, 'user not authorized to write'],
    ['reader', UNNAMED, 403, 'user not authorized to write'],
  ])('refuses %s: %s (%i)', async (asker, target, status, reason) => {
    expect(await writeBy(asker, target())).toEqual({ status, message: `${INITIALIZING}: ${reason}`, isStored: false });
  });
});
