/** InfluxData's own JavaScript clients, unchanged, against a running server. */
import { fluxDuration, InfluxDB, Point, flux, HttpError } from '@influxdata/influxdb-client';
import {
  AuthorizationsAPI,
  BucketsAPI,
  DeleteAPI,
  HealthAPI,
  LabelsAPI,
  MeAPI,
  OrgsAPI,
  PingAPI,
  ReadyAPI,
  RootAPI,
  SetupAPI,
  SigninAPI,
  SignoutAPI,
  UsersAPI,
} from '@influxdata/influxdb-client-apis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noteSecret } from '../support/artifacts.js';
import { startTestServer, type TestServer } from '../support/server.js';

describe('the JavaScript clients', () => {
  let server: TestServer;
  let operator: InfluxDB;
  let orgID: string;
  let bucketID: string;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it('set up', async () => {
    const nobody = new InfluxDB({ url: server.url });
    const setup = new SetupAPI(nobody);
    expect((await setup.getSetup()).allowed).toBe(true);
    const { org, bucket, auth, user } = await setup.postSetup({
      body: { org: 'acme', bucket: 'data', username: 'admin', password: noteSecret('client-passw0rd', 'a password') },
    });
    expect(user?.name).toBe('admin');
    expect((await setup.getSetup()).allowed).toBe(false);
    orgID = org!.id!;
    bucketID = bucket!.id!;
    operator = new InfluxDB({ url: server.url, token: noteSecret(auth!.token!, 'a token') });
  });

  it('see that the server is well', async () => {
    expect((await new HealthAPI(operator).getHealth()).status).toBe('pass');
    expect((await new ReadyAPI(operator).getReady()).status).toBe('ready');
    await new PingAPI(operator).getPing();
    expect((await new RootAPI(operator).getRoutes()).authorizations).toBe('/api/v2/authorizations');
  });

  it('keep organizations, users, buckets, labels and secrets', async () => {
    expect((await new OrgsAPI(operator).getOrgs({ org: 'acme' })).orgs?.[0]?.id).toBe(orgID);
    const users = new UsersAPI(operator);
    const user = await users.postUsers({ body: { name: 'jane' } });
    await users.postUsersIDPassword({ userID: user.id!, body: { password: noteSecret('jane-client-passw0rd', 'a password') } });
    expect((await users.getUsers({ name: 'jane' })).users?.[0]?.id).toBe(user.id);
    await new OrgsAPI(operator).postOrgsIDMembers({ orgID, body: { id: user.id! } });

    const buckets = new BucketsAPI(operator);
    const bucket = await buckets.postBuckets({
      body: { orgID, name: 'second', retentionRules: [{ type: 'expire', everySeconds: 86_400 }] },
    });
    const labels = new LabelsAPI(operator);
    const { label } = await labels.postLabels({ body: { orgID, name: 'red', properties: { color: '#f00' } } });
    await buckets.postBucketsIDLabels({ bucketID: bucket.id!, body: { labelID: label!.id! } });
    expect((await buckets.getBucketsID({ bucketID: bucket.id! })).labels?.[0]?.name).toBe('red');
    await buckets.patchBucketsID({ bucketID: bucket.id!, body: { name: 'zwei' } });
    await buckets.deleteBucketsID({ bucketID: bucket.id! });

    const secrets = new OrgsAPI(operator);
    await secrets.patchOrgsIDSecrets({ orgID, body: { key: noteSecret('the-value-of-a-secret', 'a secret of an organization') } });
    expect((await secrets.getOrgsIDSecrets({ orgID })).secrets).toEqual(['key']);
  });

  it('sign in and out', async () => {
    const nobody = new InfluxDB({ url: server.url });
    let cookie = '';
    await new SigninAPI(nobody).postSignin(
      { auth: { user: 'admin', password: 'client-passw0rd' } },
      {
        responseStarted: (headers: Record<string, string | string[] | undefined>) => {
          cookie = String(headers['set-cookie']).split(';')[0]!;
        },
      },
    );
    noteSecret(cookie.split('=').slice(1).join('='), 'the key of a session');
    const session = new InfluxDB({ url: server.url, headers: { cookie } });
    expect((await new MeAPI(session).getMe()).name).toBe('admin');
    await new SignoutAPI(session).postSignout();
    await expect(new MeAPI(session).getMe()).rejects.toMatchObject({ statusCode: 401 });
  });

  it('make a token that opens one bucket, write with it and read with it, and nothing else', async () => {
    const authorizations = new AuthorizationsAPI(operator);
    const created = await authorizations.postAuthorizations({
      body: {
        orgID,
        description: 'one bucket',
        permissions: (['read', 'write'] as const).map((action) => ({ action, resource: { type: 'buckets', id: bucketID, orgID } })),
      },
    });
    noteSecret(created.token!, 'a token');
    const narrow = new InfluxDB({ url: server.url, token: created.token! });

    // Room for all: the client does not wait for a batch that it sent because it was full.
    const write = narrow.getWriteApi('acme', 'data', 'ms', {
      batchSize: 5000,
      gzipThreshold: 0,
      maxRetries: 2,
      defaultTags: { host: 'h' },
    });
    for (let i = 0; i < 1000; i++) {
      write.writePoint(
        new Point('m')
          .tag('t', `${i % 3}`)
          .floatField('v', i)
          .intField('n', i)
          .booleanField('b', i % 2 === 0)
          .stringField('s', `s "${i}"`)
          .timestamp(1_700_000_000_000 + i),
      );
    }
    await write.close();

    const query = narrow.getQueryApi('acme');
    const rows = await query.collectRows<{ _value: number; t: string }>(
      flux`from(bucket: "data") |> range(start: ${fluxDuration('-50y')}) |> filter(fn: (r) => r._field == ${'v'}) |> sum()`,
    );
    expect(rows.map(({ t, _value }) => [t, _value]).sort()).toEqual([
      ['0', 166_833],
      ['1', 166_167],
      ['2', 166_500],
    ]);
    const [row] = await query.collectRows<{ _value: unknown }>(
      'from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._field == "s" and r.t == "0") |> last()',
    );
    expect(row?._value).toBe('s "999"');

    await expect(query.collectRows('from(bucket: "_monitoring") |> range(start: 0)')).rejects.toBeInstanceOf(HttpError);
    const other = narrow.getWriteApi('acme', '_monitoring', 'ms', { maxRetries: 0, writeFailed: () => Promise.resolve() });
    other.writePoint(new Point('m').floatField('v', 1));
    await other.close();
    const seen = await operator.getQueryApi('acme').collectRows('from(bucket: "_monitoring") |> range(start: 0)');
    expect(seen).toEqual([]);

    await new DeleteAPI(narrow).postDelete({
      org: 'acme',
      bucket: 'data',
      body: { start: '1970-01-01T00:00:00Z', stop: '2100-01-01T00:00:00Z', predicate: 't="0"' },
    });
    const left = await query.collectRows<{ t: string }>(
      'from(bucket: "data") |> range(start: 0) |> filter(fn: (r) => r._field == "v") |> count()',
    );
    expect(left.map(({ t }) => t)).toEqual(['1', '2']);

    await authorizations.patchAuthorizationsID({ authID: created.id!, body: { status: 'inactive' } });
    await expect(query.collectRows('from(bucket: "data") |> range(start: 0)')).rejects.toMatchObject({ statusCode: 404 });
    await authorizations.deleteAuthorizationsID({ authID: created.id! });
    await expect(query.collectRows('from(bucket: "data") |> range(start: 0)')).rejects.toMatchObject({ statusCode: 401 });
    expect((await authorizations.getAuthorizations()).authorizations?.map(({ token }) => token)).toEqual(['']);
  });
});
