import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifySync } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { makeBolt, type BoltTree } from '../../../test/support/influxdb/bolt-writer.js';
import { operatorPermissions, RESOURCE_TYPES } from '../../domain/permission.js';
import { bytesInMemory, openFile } from '../byte-source.js';
import type { Problem } from '../problem.js';
import { openMetadata, type InfluxMetadata } from './metadata.js';

const FIXTURE = join(import.meta.dirname, '../../../test/fixtures/influxdb-2.9.1');
const facts = JSON.parse(readFileSync(join(FIXTURE, 'facts.json'), 'utf8'));

const ORG = '0000000000000a01';
const USER = '0000000000000b01';
const BUCKET = '0000000000000c01';
const AUTH = '0000000000000d01';

/** The metadata of a store that holds what is given beside the buckets that each one has. */
function metadataOf(tree: BoltTree, problems: Problem[] = []): InfluxMetadata {
  const bytes = makeBolt({ organizationsv1: {}, usersv1: {}, ...tree });
  return openMetadata(bytesInMemory('influxd.bolt', bytes), (problem) => problems.push(problem));
}

const migrations = (last: number): BoltTree =>
  Object.fromEntries(
    Array.from({ length: last }, (_, i) => [
      (i + 1).toString(16).padStart(16, '0'),
      JSON.stringify({ name: `migration ${i + 1}`, finished_at: '2022-01-01T00:00:00Z' }),
    ]),
  );

describe.each(['plain', 'hashed'] as const)('the metadata of InfluxDB 2.9.1 with %s tokens', (kind) => {
  const problems: Problem[] = [];
  const source = openFile(join(FIXTURE, kind, 'influxd.bolt'));
  const metadata = openMetadata(source, (problem) => problems.push(problem));
  const organizations = [...metadata.organizations()];
  const organizationIds = new Map(organizations.map(({ id, name }) => [name, id]));
  const users = [...metadata.users()];
  const userIds = new Map(users.map(({ id, name }) => [name, id]));

  it('has the organizations and the buckets', () => {
    expect(metadata.schema).toBe(21);
    expect(organizations.map(({ name }) => name).sort()).toEqual([...facts.organisations].sort());
    const buckets = [...metadata.buckets()];
    expect(
      buckets
        .filter(({ type }) => type === 'user')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(Object.keys(facts.buckets).sort());
    for (const [name, { org, retentionSeconds = 0 }] of Object.entries<any>(facts.buckets)) {
      expect(buckets.find((bucket) => bucket.name === name)).toMatchObject({
        orgID: organizationIds.get(org),
        retentionSeconds,
        shardGroupDurationSeconds: 7 * 86_400,
      });
    }
    expect(
      buckets
        .filter(({ type }) => type === 'system')
        .map(({ name, retentionSeconds, shardGroupDurationSeconds }) => [name, retentionSeconds, shardGroupDurationSeconds])
        .sort(),
    ).toEqual([
      ['_monitoring', 604_800, 86_400],
      ['_monitoring', 604_800, 86_400],
      ['_tasks', 259_200, 86_400],
      ['_tasks', 259_200, 86_400],
    ]);
    expect(buckets.every(({ createdAtMs }) => createdAtMs > Date.UTC(2020, 0))).toBe(true);
  });

  it('has the users, and their passwords fit', () => {
    expect([...userIds.keys()].sort()).toEqual(Object.keys(facts.users).sort());
    expect(users.filter(({ status }) => status === 'inactive').map(({ name }) => name)).toEqual(facts['inactive users']);
    const hashes = new Map([...metadata.passwords()].map(({ userId, hash }) => [userId, hash]));
    for (const [name, password] of Object.entries<string>(facts.users)) {
      expect(verifySync(password, hashes.get(userIds.get(name)!)!)).toBe(true);
    }
  });

  it('has the memberships, the label and the mapping', () => {
    const nameOf = new Map<string, string>([...organizations, ...users].map(({ id, name }) => [id, name]));
    expect(
      [...metadata.memberships()]
        .map(({ resourceType, resourceId, userId, role }) => [resourceType, nameOf.get(resourceId) ?? resourceId, nameOf.get(userId), role])
        .sort(),
    ).toEqual([
      ['instance', '0000000000000001', 'admin', 'owner'],
      ['orgs', 'acme', 'admin', 'owner'],
      ['orgs', 'acme', 'grace', 'member'],
      ['orgs', 'globex', 'admin', 'owner'],
      ['orgs', 'globex', 'linus', 'owner'],
    ]);
    const metrics = [...metadata.buckets()].find(({ name }) => name === 'metrics')!;
    const [label] = [...metadata.labels()];
    expect(label).toMatchObject({ name: 'production', properties: { color: 'ff0000' }, orgID: organizationIds.get('acme') });
    expect([...metadata.labelMappings()]).toEqual([{ labelId: label?.id, resourceType: 'buckets', resourceId: metrics.id }]);
    expect([...metadata.mappings()]).toMatchObject([
      { database: 'telegraf', retentionPolicy: 'autogen', isDefault: true, bucketID: metrics.id },
    ]);
  });

  it('has every token', () => {
    const secrets = [...metadata.authorizations()].map(({ secret, isIndexed, status }) => ({ secret, isIndexed, status }));
    const expected = Object.entries<string>(facts.tokens).map(([name, token]) => ({
      secret:
        kind === 'plain'
          ? { kind: 'plain', token }
          : {
              kind: 'hashed',
              hash: `$influxdb2-sha256$${createHash('sha256').update(token).digest('base64').replaceAll('+', '-').replaceAll('/', '_')}`,
            },
      isIndexed: true,
      status: name === 'inactive' ? 'inactive' : 'active',
    }));
    expect(new Set(secrets.map((secret) => JSON.stringify(secret)))).toEqual(new Set(expected.map((secret) => JSON.stringify(secret))));
    const [operator] = [...metadata.authorizations()].filter(
      ({ permissions }) =>
        permissions.length === operatorPermissions().length && permissions.every(({ resource }) => resource.orgID === undefined),
    );
    expect(operator?.permissions).toEqual(operatorPermissions());
    expect([...metadata.authorizations()].find(({ description }) => description === 'read two buckets')?.permissions).toEqual(
      ['metrics', 'archive'].map((name) => ({
        action: 'read',
        resource: {
          type: 'buckets',
          id: [...metadata.buckets()].find((bucket) => bucket.name === name)?.id,
          orgID: organizationIds.get('acme'),
        },
      })),
    );
  });

  it('has the v1 authorization, and its password fits', () => {
    const [v1] = [...metadata.v1Authorizations()];
    const { username, password } = facts['v1 user'];
    expect(v1).toMatchObject({ isIndexed: true, status: 'active', secret: { kind: 'v1', userName: username } });
    expect(v1?.secret.kind === 'v1' && verifySync(password, v1.secret.passwordHash!)).toBe(true);
  });

  it('knows the shards, and leaves nothing unexplained', () => {
    expect(
      metadata
        .shards()
        .map(({ id }) => id)
        .sort((a, b) => a - b),
    ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(metadata.shards().find(({ id }) => id === 1)).toMatchObject({
      startNs: 1_699_833_600_000_000_000n,
      stopNs: 1_700_438_400_000_000_000n,
      isDeleted: false,
    });
    expect([...metadata.secrets()]).toEqual([]);
    expect(metadata.leftovers()).toEqual([]);
    expect(problems).toEqual([]);
  });
});

describe('the metadata of other InfluxDBs', () => {
  it('is refused where a newer one wrote it, or something else did', () => {
    expect(() => metadataOf({ migrationsv1: migrations(22) })).toThrow(
      'influxd.bolt: was written by a newer InfluxDB (migration 22, "migration 22"); layouts up to migration 21, InfluxDB 2.9, can be read',
    );
    expect(() => openMetadata(bytesInMemory('chronograf.db', makeBolt({ SourcesV1: {} })), () => undefined)).toThrow(
      'chronograf.db: is a bolt file, but not the metadata of an InfluxDB 2.x',
    );
  });

  it('may lack what came later: shard groups, names of ids, times', () => {
    const metadata = metadataOf({
      bucketsv1: {
        [BUCKET]: JSON.stringify({
          id: BUCKET,
          orgID: ORG,
          type: 0,
          name: 'b',
          retentionPeriod: 86_400e9,
          createdAt: '0001-01-01T00:00:00Z',
        }),
      },
      dbrpv1: {
        '0000000000000e01': JSON.stringify({
          id: '0000000000000e01',
          database: 'db',
          retention_policy: 'rp',
          default: true,
          organization_id: ORG,
          bucket_id: BUCKET,
        }),
        '0000000000000e02': JSON.stringify({
          id: '0000000000000e02',
          database: 'db',
          retention_policy: 'two',
          default: true,
          orgID: ORG,
          bucketID: BUCKET,
        }),
      },
      dbrpdefaultv1: { [`${ORG}db`]: '0000000000000e02' },
    });
    expect([...metadata.buckets()]).toEqual([
      {
        id: BUCKET,
        orgID: ORG,
        type: 'user',
        name: 'b',
        description: '',
        retentionPolicyName: '',
        retentionSeconds: 86_400,
        shardGroupDurationSeconds: 3600,
        createdAtMs: 0,
        updatedAtMs: 0,
      },
    ]);
    // Which one is the default stands in a place of its own, whatever the mapping said when it was made.
    expect(
      [...metadata.mappings()].map(({ orgID, bucketID, retentionPolicy, isDefault }) => [orgID, bucketID, retentionPolicy, isDefault]),
    ).toEqual([
      [ORG, BUCKET, 'rp', false],
      [ORG, BUCKET, 'two', true],
    ]);
    expect(metadata.schema).toBe(0);
    expect([...metadata.authorizations(), ...metadata.secrets(), ...metadata.shards()]).toEqual([]);
  });

  const oldTypes = RESOURCE_TYPES.filter((type) => !['annotations', 'notebooks', 'remotes', 'replications'].includes(type));
  const token = (permissions: readonly unknown[]): BoltTree => ({
    authorizationsv1: { [AUTH]: JSON.stringify({ id: AUTH, token: 't', orgID: ORG, userID: USER, permissions }) },
    authorizationindexv1: { t: AUTH },
  });
  const everywhere = (types: readonly string[]): unknown[] =>
    types.flatMap((type) => ['read', 'write'].map((action) => ({ action, resource: { type } })));
  const keyOf = ({ action, resource }: any): string => `${action} ${resource.type} ${resource.id ?? ''} ${resource.orgID ?? ''}`;
  const keysOf = (permissions: readonly unknown[]): string[] => permissions.map(keyOf).sort();

  it('gives an operator of 2.0 and 2.1 what InfluxDB gives him when it is upgraded', () => {
    for (const [schema, types] of [
      [13, oldTypes],
      [18, [...oldTypes, 'annotations', 'notebooks']],
    ] as const) {
      const [operator] = [...metadataOf({ migrationsv1: migrations(schema), ...token(everywhere(types)) }).authorizations()];
      expect(keysOf(operator!.permissions)).toEqual(keysOf(operatorPermissions()));
      expect(operator).toMatchObject({ status: 'active', isIndexed: true, description: '' });
    }
    // A current store means what it says.
    const [token21] = [...metadataOf({ migrationsv1: migrations(21), ...token(everywhere(oldTypes)) }).authorizations()];
    expect(token21?.permissions).toHaveLength(36);
  });

  it('gives an all-access token of 2.0 the same within its organization', () => {
    const allAccess = (types: readonly string[]): unknown[] =>
      types.flatMap((type) =>
        ['read', 'write']
          .filter((action) => type !== 'orgs' || action === 'read')
          .map((action) => ({
            action,
            resource: type === 'orgs' ? { type, id: ORG } : type === 'users' ? { type, id: USER } : { type, orgID: ORG },
          })),
      );
    const [upgraded] = [...metadataOf({ migrationsv1: migrations(15), ...token(allAccess(oldTypes)) }).authorizations()];
    expect(keysOf(upgraded!.permissions)).toEqual(keysOf(allAccess(RESOURCE_TYPES)));
    const [narrow] = [...metadataOf({ migrationsv1: migrations(15), ...token(allAccess(oldTypes).slice(1)) }).authorizations()];
    expect(narrow?.permissions).toHaveLength(34);
  });

  it('reads hashes of both kinds, and tells which token InfluxDB would not find', () => {
    const sha512 = `$influxdb2-sha512$${createHash('sha512').update('x').digest('base64').replaceAll('+', '-').replaceAll('/', '_')}`;
    const problems: Problem[] = [];
    const record = (id: string, members: object): string =>
      JSON.stringify({ id, orgID: ORG, userID: USER, status: 'active', permissions: [], ...members });
    const metadata = metadataOf(
      {
        authorizationsv1: {
          '0000000000000d01': record('0000000000000d01', { hashedToken: sha512 }),
          '0000000000000d02': record('0000000000000d02', { hashedToken: sha512 }),
          '0000000000000d03': record('0000000000000d03', { hashedToken: '$argon2id$secret' }),
          '0000000000000d04': record('0000000000000d04', {}),
        },
        authorizationhashedindexv1: { [sha512]: '0000000000000d01' },
      },
      problems,
    );
    expect([...metadata.authorizations()].map(({ id, secret, isIndexed }) => [id, secret, isIndexed])).toEqual([
      ['0000000000000d01', { kind: 'hashed', hash: sha512 }, true],
      ['0000000000000d02', { kind: 'hashed', hash: sha512 }, false],
    ]);
    expect(problems).toEqual([
      { kind: 'authorization', key: '0000000000000d03', reason: 'its token is hashed in an unknown way' },
      { kind: 'authorization', key: '0000000000000d04', reason: 'it has neither a token nor the hash of one' },
    ]);
  });

  it('reads secrets, and counts what has no place here', () => {
    const metadata = metadataOf({
      secretsv1: { [`${ORG}api-key`]: Buffer.from('hunter2 ☂').toString('base64') },
      tasksv1: { '0000000000000f01': '{}', '0000000000000f01/latestCompleted': '{}', '0000000000000f02': '{}' },
      v1_pkger_stacks: { '0000000000000f03': '{}' },
    });
    expect([...metadata.documents('tasks')]).toHaveLength(2);
    expect([...metadata.secrets()]).toEqual([{ orgID: ORG, key: 'api-key', value: 'hunter2 ☂' }]);
    expect(metadata.leftovers()).toEqual([{ kind: 'template stacks', count: 1 }]);
  });

  it('tells of every record that it leaves out, and of no secret', () => {
    const problems: Problem[] = [];
    const good = { id: AUTH, orgID: ORG, userID: USER, token: 'topsecret' };
    const metadata = metadataOf(
      {
        organizationsv1: {
          a: 'no json',
          [ORG]: JSON.stringify({ id: ORG, name: 'fine', createdAt: '2021-06-29T17:26:35.123456789+02:00' }),
        },
        usersv1: { b: '[]', c: JSON.stringify({ id: 'short', name: 'x' }), d: JSON.stringify({ id: USER, name: 'x', status: 'asleep' }) },
        userspasswordv1: { [USER]: 'cleartext' },
        userresourcemappingsv1: {
          e: JSON.stringify({ userID: USER, userType: 'owner', mappingType: 'user', resourceType: 'documents', resourceID: AUTH }),
          f: JSON.stringify({ userID: USER, userType: 'boss', mappingType: 'user', resourceType: 'orgs', resourceID: ORG }),
        },
        authorizationsv1: {
          [AUTH]: JSON.stringify({
            ...good,
            permissions: [
              { action: 'read', resource: { type: 'flows' } },
              { action: 'read', resource: { type: 'tasks' } },
            ],
          }),
          x: JSON.stringify({ ...good, permissions: 'topsecret' }),
        },
        v1_tsm1_metadata: { 'meta.db': Buffer.from('2a7f', 'hex') },
      },
      problems,
    );
    expect([...metadata.organizations()].map(({ name, createdAtMs }) => [name, createdAtMs])).toEqual([
      ['fine', Date.UTC(2021, 5, 29, 15, 26, 35, 123)],
    ]);
    expect([...metadata.users()]).toEqual([]);
    expect([...metadata.passwords()]).toEqual([]);
    expect([...metadata.memberships()]).toEqual([]);
    expect([...metadata.authorizations()].map(({ permissions }) => permissions)).toEqual([
      [{ action: 'read', resource: { type: 'tasks' } }],
    ]);
    expect(metadata.shards()).toEqual([]);
    expect(problems).toEqual([
      { kind: 'organization', key: 'a', reason: 'it is no JSON' },
      { kind: 'user', key: 'b', reason: 'it is no JSON object' },
      { kind: 'user', key: 'c', reason: 'its id is no id' },
      { kind: 'user', key: 'd', reason: 'its status is neither active nor inactive' },
      { kind: 'password', key: USER, reason: 'its password is not hashed with bcrypt' },
      { kind: 'membership', key: 'f', reason: 'its userType is neither owner nor member' },
      { kind: 'permission of authorization', key: AUTH, reason: 'a permission is for flows, which is unknown' },
      { kind: 'authorization', key: 'x', reason: 'its permissions are no list' },
      { kind: 'shards', key: 'meta.db', reason: 'it is no valid message: it is cut off' },
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/topsecret|cleartext/);
  });
});
