/** The audit log over HTTP: what is recorded of a day of work, who may read it, refusals and their requests, and that no secret is in it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type Credentials, type SetUp, type TestServer } from '../support/server.js';

interface AuditRecord {
  readonly sequence?: number;
  readonly action: string;
  readonly outcome: string;
  readonly reason?: string;
  readonly requestID?: string;
  readonly orgID?: string;
  readonly address?: string;
  readonly actor: { readonly kind: string; readonly userID?: string; readonly authorizationID?: string; readonly name?: string };
  readonly resource?: { readonly type: string; readonly id?: string; readonly name?: string };
  readonly details?: Readonly<Record<string, unknown>>;
}

let server: TestServer;
let world: SetUp;
let aheadMs = 0;

beforeAll(async () => {
  server = await startTestServer({ clock: () => Date.now() + aheadMs });
  world = await server.client.setUp();
});
afterAll(() => server.stop());

const read = async (query: string, as: Credentials = world.operator): Promise<AuditRecord[]> => {
  const { status, json } = await server.client.get(`/api/v2/audit?limit=1000&${query}`, { as });
  expect(status).toBe(200);
  return json.records as AuditRecord[];
};
const verify = async (query = '') => (await server.client.get(`/api/v2/audit/verify${query}`, { as: world.operator })).json;
const post = (path: string, json: unknown, requestId?: string) =>
  server.client.post(path, { as: world.operator, json, ...(requestId === undefined ? {} : { headers: { 'x-request-id': requestId } }) });
const newToken = async (orgID = world.orgId) =>
  (
    await post('/api/v2/authorizations', {
      orgID,
      description: 'for audits',
      permissions: [{ action: 'read', resource: { type: 'buckets', orgID } }],
    })
  ).json as { id: string; token: string };
const later = async (): Promise<void> => {
  aheadMs += 61_000;
  await server.services.refusals.summarize();
};

describe('the audit log', () => {
  it('begins with the setup', async () => {
    const [first, second] = await read('until=9999-01-01T00:00:00Z');
    expect(first).toMatchObject({ sequence: 1, action: 'setup.completed', actor: { kind: 'system', name: 'setup' }, orgID: world.orgId });
    expect(second).toMatchObject({ action: 'authorization.created', resource: { type: 'authorizations', id: world.authorizationId } });
  });

  it('has the life of a token, with who did it, from where and in which request', async () => {
    const { id } = (
      await post(
        '/api/v2/authorizations',
        { orgID: world.orgId, description: 'life', permissions: [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }] },
        'made-here',
      )
    ).json as { id: string };
    const path = `/api/v2/authorizations/${id}`;
    await post(`${path}/rotate`, { graceSeconds: 60 });
    await server.client.delete(`${path}/previous-secret`, { as: world.operator });
    await post(`${path}/rotate`, { awaitConfirmation: true });
    await post(`${path}/confirm-rotation`, { graceSeconds: 5 });
    await server.client.patch(path, { as: world.operator, json: { status: 'inactive', expiresIn: '1h' } });
    await server.client.delete(path, { as: world.operator });
    const records = await read(`resourceID=${id}`);
    expect(records.map(({ action }) => action)).toEqual([
      'authorization.created',
      'authorization.rotated',
      'authorization.changed',
      'authorization.rotated',
      'authorization.confirmed',
      'authorization.changed',
      'authorization.deleted',
    ]);
    expect(records[0]).toMatchObject({
      actor: { kind: 'token', userID: world.userId, authorizationID: world.authorizationId },
      address: '127.0.0.1',
      outcome: 'success',
      requestID: 'made-here',
      orgID: world.orgId,
      resource: { name: 'life' },
    });
    expect(records[1]?.details).toEqual({ graceSeconds: 60 });
    expect(records[5]?.details).toMatchObject({ status: 'inactive', expiresAt: expect.any(String) as string });
    expect(await read(`resourceID=${id}&action=rotated`)).toHaveLength(2);
    expect(await read('requestID=made-here')).toHaveLength(1);
    expect((await read(`actorID=${world.authorizationId}&resourceID=${id}&since=1h&outcome=success`)).length).toBe(7);
  });

  it('has users, roles, organizations, secrets, sign-ins and backups', async () => {
    const { id: userID } = (await post('/api/v2/users', { name: 'nina' })).json as { id: string };
    await post(`/api/v2/users/${userID}/password`, { password: 'nina-passw0rd' });
    await post(`/api/v2/orgs/${world.orgId}/members`, { id: userID });
    const { session } = await server.client.signIn('nina', 'nina-passw0rd');
    await server.client.post('/api/v2/signout', { as: { session } });
    await server.client.patch(`/api/v2/orgs/${world.orgId}/secrets`, { as: world.operator, json: { key: 'hidden-value' } });
    await server.client.patch(`/api/v2/orgs/${world.orgId}`, { as: world.operator, json: { tokenLifetimeMax: null } });
    await server.client.get('/api/v2/backup/kv', { as: world.operator });
    const actions = (await read('since=1h')).map(({ action }) => action);
    for (const action of ['user.created', 'password.changed', 'membership.created', 'session.created', 'session.ended', 'secret.changed']) {
      expect(actions).toContain(action);
    }
    for (const action of ['organization.changed', 'backup.created']) expect(actions).toContain(action);
    expect(await read(`resourceID=${userID}&action=session`)).toMatchObject([{ actor: { kind: 'session', userID } }, {}]);
  });

  it('pages both ways, and refuses what it cannot read', async () => {
    const { json } = await server.client.get('/api/v2/audit?limit=2', { as: world.operator });
    expect(json.records).toHaveLength(2);
    expect(json.links.next).toBe('/api/v2/audit?after=2&limit=2');
    const next = (await server.client.get(json.links.next as string, { as: world.operator })).json;
    expect(next.records[0].sequence).toBe(3);
    const newest = (await server.client.get('/api/v2/audit?limit=3&descending=true', { as: world.operator })).json;
    const sequences = newest.records.map(({ sequence }: AuditRecord) => sequence) as number[];
    expect(sequences).toEqual([...sequences].sort((a, b) => b - a));
    for (const query of ['limit=0', 'limit=1001', 'after=x', 'action=nothing', 'outcome=maybe', 'since=soon', 'orgID=1', 'descending=2']) {
      const { status } = await server.client.get(`/api/v2/audit?${query}`, { as: world.operator });
      expect([query, status]).toEqual([query, 400]);
    }
  });

  it('is read by owners for their organization, and by nobody for another', async () => {
    const { id: otherOrg } = (await post('/api/v2/orgs', { name: 'elsewhere' })).json as { id: string };
    const { id: ownerId } = (await post('/api/v2/users', { name: 'otto' })).json as { id: string };
    await post(`/api/v2/users/${ownerId}/password`, { password: 'otto-passw0rd' });
    await post(`/api/v2/orgs/${otherOrg}/owners`, { id: ownerId });
    const owner = await server.client.signIn('otto', 'otto-passw0rd');
    await newToken(otherOrg);
    const seen = await read('', owner);
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(new Set(seen.map(({ orgID }) => orgID))).toEqual(new Set([otherOrg]));
    expect(await read(`orgID=${otherOrg}`, owner)).toEqual(seen);
    expect((await read(`orgID=${otherOrg}`)).length).toBe(seen.length);
    for (const path of [`?orgID=${world.orgId}`, '/verify']) {
      expect((await server.client.get(`/api/v2/audit${path}`, { as: owner })).status).toBe(401);
    }
    const { token } = await newToken(otherOrg);
    for (const path of ['', `?orgID=${otherOrg}`, '/verify']) {
      expect((await server.client.get(`/api/v2/audit${path}`, { as: { token } })).status).toBe(401);
    }
  });

  it('explains a refused request by its id: the first of a kind, and those that are only counted', async () => {
    const { id, token } = await newToken();
    const ask = (requestId: string, as?: Credentials) =>
      server.client.get('/api/v2/users', { headers: { 'x-request-id': requestId }, ...(as === undefined ? {} : { as }) });
    const org = (requestId: string) =>
      server.client.get(`/api/v2/orgs/${world.orgId}`, { headers: { 'x-request-id': requestId }, as: { token } });
    for (const n of [1, 2, 3]) expect((await org(`refused-${n}`)).status).toBe(401);
    const [first] = await read('requestID=refused-1');
    expect(first).toMatchObject({
      sequence: expect.any(Number) as number,
      action: 'request.refused',
      outcome: 'refused',
      actor: { kind: 'token', authorizationID: id, userID: world.userId },
      orgID: world.orgId,
      resource: { type: 'routes', name: 'GET /api/v2/orgs/:id' },
      reason: `read:orgs/${world.orgId} is unauthorized`,
      details: { status: 401 },
    });
    const [third] = await read('requestID=refused-3');
    expect(third).toMatchObject({ reason: first?.reason, actor: { authorizationID: id } });
    expect(third).not.toHaveProperty('sequence');
    await ask('nobody');
    await ask('stranger', { token: 'never-seen-before' });
    expect(await read('requestID=nobody')).toMatchObject([{ reason: 'no credentials', actor: { kind: 'unknown' } }]);
    expect(await read('requestID=stranger')).toMatchObject([{ reason: 'unknown token', actor: { kind: 'unknown' } }]);
    await later();
    expect(await read(`actorID=${id}&action=refused`)).toMatchObject([{ requestID: 'refused-1' }, { details: { count: 2, status: 401 } }]);
    await later();
    await org('refused-again');
    expect(await read('requestID=refused-again')).toMatchObject([{ sequence: expect.any(Number) as number }]);
  });

  it('names the token of credentials that are refused, such as an expired one', async () => {
    const { json } = await post('/api/v2/authorizations', {
      orgID: world.orgId,
      expiresIn: '1m',
      permissions: [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }],
    });
    aheadMs += 120_000;
    await server.client.get('/api/v2/buckets', { as: { token: json.token as string }, headers: { 'x-request-id': 'too-late' } });
    expect(await read('requestID=too-late')).toMatchObject([
      { reason: 'expired', actor: { kind: 'token', authorizationID: json.id as string, userID: world.userId }, orgID: world.orgId },
    ]);
  });

  it('stays small however much is refused, and whatever is guessed', async () => {
    const before = (await verify()).last as number;
    const guess = (name: string) =>
      server.client.post('/api/v2/signin', {
        headers: { authorization: `Basic ${Buffer.from(`${name}:wrong-passw0rd`).toString('base64')}` },
      });
    for (let i = 0; i < 3; i++) await guess('hunter2-in-the-wrong-field');
    for (let i = 0; i < 2; i++) await guess('admin');
    const flood = Array.from({ length: 300 }, (_, i) =>
      server.client.get(`/api/v2/buckets/${i.toString(16).padStart(16, '0')}`, { as: { token: `guess-${i}` } }),
    );
    expect((await Promise.all(flood)).every(({ status }) => status === 401)).toBe(true);
    await later();
    const added = ((await verify()).last as number) - before;
    expect(added).toBeLessThan(10);
    const failures = await read('action=session.created&outcome=failure');
    expect(failures[0]).toMatchObject({ reason: 'wrong name or password', resource: { type: 'users' } });
    expect(failures[0]?.details?.['nameDigest']).toMatch(/^[0-9a-f]{20}$/);
    expect(failures.find(({ resource }) => resource?.name === 'admin')).toMatchObject({ actor: { kind: 'unknown', userID: world.userId } });
    const counts = await read('action=refused&outcome=refused&descending=true');
    expect(counts.some(({ details }) => details?.['count'] === 299)).toBe(true);
  });

  it('refuses a change that cannot be recorded', async () => {
    const { default: Sqlite } = await import('better-sqlite3');
    const database = new Sqlite(`${server.dataDirectory}/sluice.sqlite`);
    database.exec("CREATE TRIGGER audit_is_full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END");
    try {
      const answer = await post('/api/v2/authorizations', {
        orgID: world.orgId,
        description: 'unrecorded',
        permissions: [{ action: 'read', resource: { type: 'buckets', orgID: world.orgId } }],
      });
      expect(answer.status).toBe(500);
      expect(answer.text).not.toContain('token"');
    } finally {
      database.exec('DROP TRIGGER audit_is_full');
      database.close();
    }
    const list = (await server.client.get('/api/v2/authorizations', { as: world.operator })).json.authorizations;
    expect(list.some(({ description }: { description: string }) => description === 'unrecorded')).toBe(false);
  });

  it('stays this server’s own over a restore, which it records', async () => {
    const copy = await fetch(`${server.url}/api/v2/backup/kv`, { headers: { authorization: `Token ${world.operator.token}` } });
    const body = new Uint8Array(await copy.arrayBuffer());
    const before = await read('');
    const restored = await server.client.post('/api/v2/restore/kv', { as: world.operator, body });
    expect(restored.status).toBe(200);
    const after = await read('');
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.at(-1)).toMatchObject({
      action: 'restore.completed',
      details: { part: 'metadata', auditSequence: expect.any(Number) as number },
    });
  });

  it('is intact at the end, and holds no secret', async () => {
    const verdict = await verify();
    expect(verdict).toMatchObject({ intact: true, first: 1, problems: [] });
    expect(await verify(`?expect=${verdict.last}:${verdict.lastHash}`)).toMatchObject({ intact: true });
    expect(await verify(`?expect=${verdict.last}:${'0'.repeat(64)}`)).toMatchObject({ intact: false });
    expect((await server.client.get('/api/v2/audit/verify?expect=x', { as: world.operator })).status).toBe(400);
    const { text } = await server.client.get('/api/v2/audit?limit=1000', { as: world.operator });
    for (const secret of [world.operator.token, 'hidden-value', 'hunter2', 'nina-passw0rd', 'guess-1']) expect(text).not.toContain(secret);
  });
});
