/** The life of an authorization: who may create, find, list, change and end it, and in which words everybody else is refused. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACME, ANN, BEN, BETA, CAT, HOME, NOBODYS, OFFICE, START_MS, TwoOrganizations } from '../../test/support/two-organizations.js';
import { systemActor, type Actor } from '../domain/actor.js';
import type { AuthorizationId, BucketId, Id, OrganizationId, UserId } from '../domain/id.js';
import type { Page } from '../domain/page.js';
import {
  globalPermission,
  operatorPermissions,
  ownerPermissions,
  permissionById,
  permissionFor,
  permissionInOrganization,
  type Permission,
} from '../domain/permission.js';
import type { RequestedPermission } from './grants.js';
import { Attempts } from './attempts.js';
import { createAuthorizations, type AuthorizationQuery, type NewAuthorization } from './authorizations.js';
import { createV1Authorizations } from './v1-authorizations.js';
import { PasswordChecks } from './password-checks.js';
import { PasswordVerifier } from './passwords.js';
import { Secret } from './secret.js';
import { hashToken } from './token.js';
import { TokenHasher } from './token-hasher.js';

const ANY_TEXT = expect.any(String) as string;
let world: TwoOrganizations;
beforeEach(async () => {
  world = await TwoOrganizations.open();
});
afterEach(() => world.close());

const tokens = (hashTokens = true) =>
  createAuthorizations({
    store: world.store,
    ids: world.ids,
    clock: world.clock,
    hashTokens,
    hasher: new TokenHasher(),
    tokenFormat: 'influxdb',
  });
const v1 = () => {
  const passwords = new PasswordChecks(new Attempts(world.clock), new PasswordVerifier(world.store, new Secret('decoy'), () => undefined));
  const { store, ids, clock } = world;
  return createV1Authorizations({ store, ids, clock, hashTokens: true, hasher: new TokenHasher(), tokenFormat: 'influxdb', passwords });
};

const readHome = permissionFor('read', 'buckets', HOME, ACME);
const writeHome = permissionFor('write', 'buckets', HOME, ACME);
const newToken = (change: Partial<NewAuthorization> = {}): NewAuthorization => ({
  orgID: ACME,
  status: 'active',
  description: 'd',
  permissions: [readHome],
  ...change,
});
const asked = (action: 'read' | 'write', resource: RequestedPermission['resource']): RequestedPermission => ({ action, resource });
const refusalOf = async (work: Promise<unknown>): Promise<{ code: unknown; message: unknown }> =>
  work.then(
    () => expect.fail('it was not refused'),
    (error: unknown) => ({ code: Reflect.get(error as object, 'code'), message: (error as Error).message }),
  );

describe('creating', () => {
  it('stores the hash of a new value, and answers with the value', async () => {
    const created = await tokens().create(await world.owner(), newToken());
    expect(created).toMatchObject({ userName: 'ann', userStatus: 'active', organizationName: 'acme' });
    expect(created.permissions).toEqual([{ permission: readHome, name: 'home', organizationName: 'acme' }]);
    const { id } = created.authorization;
    expect(await world.store.findAuthorization(id)).toEqual({
      id,
      orgID: ACME,
      userID: ANN,
      status: 'active',
      description: 'd',
      permissions: [readHome],
      secret: { kind: 'token', tokens: [{ hash: hashToken(created.secret), derivation: ANY_TEXT, createdAtMs: START_MS }] },
      createdAtMs: START_MS,
      updatedAtMs: START_MS,
    });
  });

  it('keeps the value itself only where hashing is switched off', async () => {
    const created = await tokens(false).create(await world.owner(), newToken());
    const stored = await world.store.findAuthorization(created.authorization.id);
    expect(stored?.secret).toMatchObject({ tokens: [{ hash: hashToken(created.secret), plainToken: created.secret.reveal() }] });
  });

  it('is for the user who is named, by those who may write that user', async () => {
    const created = await tokens().create(await world.operator(), newToken({ userID: BEN }));
    expect(created.authorization.userID).toBe(BEN);
    expect(created.userName).toBe('ben');
  });

  const selves = [permissionById('write', 'users', ANN)];
  const toCreate = permissionInOrganization('write', 'authorizations', ACME);
  it.each<[string, Permission[], Partial<NewAuthorization>, string, string]>([
    [
      'without the right to write authorizations',
      [...selves, readHome],
      {},
      'unauthorized',
      `write:orgs/${ACME}/authorizations is unauthorized`,
    ],
    [
      'with that right in another organization',
      [...selves, readHome, permissionInOrganization('write', 'authorizations', BETA)],
      {},
      'unauthorized',
      `write:orgs/${ACME}/authorizations is unauthorized`,
    ],
    ['without the right to write the user', [toCreate, readHome], {}, 'unauthorized', `write:users/${ANN} is unauthorized`],
    ['for another user', [...selves, toCreate, readHome], { userID: BEN }, 'unauthorized', `write:users/${BEN} is unauthorized`],
    [
      'without holding what is granted',
      [...selves, toCreate],
      {},
      'forbidden',
      `permission read:orgs/${ACME}/buckets/${HOME} is not allowed: read:orgs/${ACME}/buckets/${HOME} is unauthorized`,
    ],
    [
      'without holding the last of what is granted',
      [...selves, toCreate, readHome],
      { permissions: [readHome, writeHome] },
      'forbidden',
      `permission write:orgs/${ACME}/buckets/${HOME} is not allowed: write:orgs/${ACME}/buckets/${HOME} is unauthorized`,
    ],
  ])('is refused %s', async (_, held, change, code, message) => {
    expect(await refusalOf(tokens().create(await world.actor(held), newToken(change)))).toEqual({ code, message });
    expect(await world.store.listAuthorizations(everything, WHOLE)).toHaveLength(1);
  });

  it('is refused to an inactive token', async () => {
    const actor = await world.actor(operatorPermissions(), { status: 'inactive' });
    expect(await refusalOf(tokens().create(actor, newToken()))).toEqual({ code: 'unauthorized', message: 'token is inactive' });
  });

  it.each<[string, Partial<NewAuthorization>, string, string]>([
    ['an unknown user', { userID: '00000000000000ff' as UserId }, 'invalid', 'unable to create token'],
    ['an unknown organization', { orgID: NOBODYS, permissions: [] }, 'invalid', 'unable to create token'],
    [
      'more permissions than one may hold',
      { permissions: Array<Permission>(10_001).fill(readHome) },
      'invalid',
      'an authorization can hold 10000 permissions at the most',
    ],
    [
      'a permission for another organization',
      { permissions: [permissionInOrganization('read', 'buckets', BETA)] },
      'invalid',
      `permission read:orgs/${BETA}/buckets is not for org id ${ACME}`,
    ],
    [
      'a user with the organization of another beside the id',
      { permissions: [asked('read', { type: 'users', id: BEN, orgID: BETA })] },
      'invalid',
      `permission read:orgs/${BETA}/users/${BEN} is not for org id ${ACME}`,
    ],
    ['a bucket that lies elsewhere', { permissions: [permissionFor('read', 'buckets', OFFICE, ACME)] }, 'not found', 'bucket not found'],
    [
      'an organization that is not in itself',
      { permissions: [permissionFor('read', 'orgs', BETA, ACME)] },
      'not found',
      'organization not found',
    ],
    [
      'an unknown bucket by name',
      { permissions: [asked('read', { type: 'buckets', name: 'attic' })] },
      'not found',
      'bucket "attic" not found',
    ],
    [
      'a bucket of another organization by name',
      { permissions: [asked('read', { type: 'buckets', name: 'office' })] },
      'not found',
      'bucket "office" not found',
    ],
    ['an unknown user by name', { permissions: [asked('read', { type: 'users', name: 'dan' })] }, 'not found', 'user not found'],
    [
      'an unknown organization by name',
      { permissions: [asked('read', { type: 'orgs', name: 'gamma' })] },
      'not found',
      'organization name "gamma" not found',
    ],
    [
      'an unknown organization beside the type',
      { permissions: [asked('read', { type: 'buckets', org: 'gamma' })] },
      'not found',
      'organization name "gamma" not found',
    ],
    [
      'the name of what cannot be named',
      { permissions: [asked('read', { type: 'tasks', name: 'x' })] },
      'invalid',
      'a permission for tasks cannot name its resource; give the id, or leave the name out for all of them',
    ],
  ])('is refused to an operator for %s', async (_, change, code, message) => {
    expect(await refusalOf(tokens().create(await world.operator(), newToken(change)))).toEqual({ code, message });
    expect(await world.store.listAuthorizations(everything, WHOLE)).toHaveLength(1);
  });

  it('never grants `instance`, whoever asks', async () => {
    const input = newToken({ permissions: [globalPermission('read', 'instance')], userID: ANN });
    const message = 'permission read:instance is not allowed: read:instance is unauthorized';
    expect(await refusalOf(tokens().create(systemActor('test'), input))).toEqual({ code: 'forbidden', message });
    expect(await refusalOf(tokens().create(await world.operator(), input))).toEqual({ code: 'forbidden', message });
  });

  it('does not tell the id behind a name that it refuses', async () => {
    const held = [permissionById('write', 'users', ANN), permissionInOrganization('write', 'authorizations', ACME)];
    const permissions = [asked('read', { type: 'buckets', name: 'home' })];
    const { message } = await refusalOf(tokens().create(await world.actor(held), newToken({ permissions })));
    expect(message).not.toContain(HOME);
    expect(message).toBe(`permission read:orgs/${ACME}/buckets/home is not allowed: read:orgs/${ACME}/buckets/home is unauthorized`);
  });

  it.each<[string, RequestedPermission['resource'], Permission['resource']]>([
    ['a bucket by name', { type: 'buckets', name: 'home' }, { type: 'buckets', id: HOME, orgID: ACME }],
    ['a bucket by name and organization', { type: 'buckets', name: 'home', org: 'acme' }, { type: 'buckets', id: HOME, orgID: ACME }],
    ['all buckets, with an empty name', { type: 'buckets', name: '', orgID: ACME }, { type: 'buckets', orgID: ACME }],
    ['all buckets of an organization by its name', { type: 'buckets', org: 'acme' }, { type: 'buckets', orgID: ACME }],
    [
      'a bucket by id, whose name beside it counts for nothing',
      { type: 'buckets', id: HOME, name: 'x', orgID: ACME },
      { type: 'buckets', id: HOME, orgID: ACME },
    ],
    ['a user by name', { type: 'users', name: 'ben' }, { type: 'users', id: BEN }],
    ['a user by id with an organization', { type: 'users', id: BEN, orgID: ACME }, { type: 'users', id: BEN, statedOrgID: ACME }],
    ['an organization by name', { type: 'orgs', name: 'beta' }, { type: 'orgs', id: BETA }],
    [
      'an id that nobody has',
      { type: 'tasks', id: '00000000000000aa', orgID: ACME },
      { type: 'tasks', id: '00000000000000aa', orgID: ACME },
    ],
  ])('grants %s', async (_, resource, stored) => {
    const { authorization } = await tokens().create(await world.operator(), newToken({ permissions: [asked('write', resource)] }));
    expect((await world.store.findAuthorization(authorization.id))?.permissions).toEqual([{ action: 'write', resource: stored }]);
  });

  it('grants of an id that is held in one organization that alone, also when it is asked for by id', async () => {
    const held = [...ownerPermissions(ACME), permissionById('write', 'users', ANN)];
    const strange = '00000000000000aa';
    const actor = await world.actor([...held, permissionFor('read', 'tasks', strange, ACME)]);
    const { authorization } = await tokens().create(actor, newToken({ permissions: [asked('read', { type: 'tasks', id: strange })] }));
    expect(authorization.permissions).toEqual([permissionFor('read', 'tasks', strange, ACME)]);
  });

  it('is refused to the server itself without a user', async () => {
    expect(await refusalOf(tokens().create(systemActor('test'), newToken()))).toEqual({
      code: 'invalid',
      message: 'an authorization needs a user',
    });
  });

  it('mints the record of an operator token for set-up', () => {
    const token = new Secret('the-first');
    const { authorization: record } = tokens().mintOperator({ orgID: ACME, userID: ANN, description: 'first' }, token);
    expect(record).toMatchObject({ orgID: ACME, userID: ANN, status: 'active', description: 'first', createdAtMs: START_MS });
    expect(record.permissions).toEqual(operatorPermissions());
    expect(record.secret).toEqual({ kind: 'token', tokens: [{ hash: hashToken(token), derivation: ANY_TEXT, createdAtMs: START_MS }] });
  });
});

const WHOLE: Page = { offset: 0, descending: false };
const everything = { kind: 'token', readable: { everything: true }, readableUsers: { everything: true } } as const;

/** Tokens of acme and beta, of each of the users. */
async function makeTokens(): Promise<Record<'anns' | 'bens' | 'cats' | 'everywhere', AuthorizationId>> {
  const operator = await world.operator();
  const make = async (change: Partial<NewAuthorization>): Promise<AuthorizationId> => {
    world.nowMs++;
    return (await tokens().create(operator, newToken(change))).authorization.id;
  };
  return {
    anns: await make({ description: 'Sensor 7' }),
    bens: await make({
      orgID: BETA,
      userID: BEN,
      permissions: [permissionInOrganization('read', 'buckets', BETA)],
      description: 'beta reader',
    }),
    cats: await make({ userID: CAT, permissions: [writeHome], description: '100%', status: 'inactive' }),
    everywhere: await make({ permissions: operatorPermissions(), description: 'everywhere' }),
  };
}

describe('finding', () => {
  it('shows it to those who may read it and its user', async () => {
    const { anns } = await makeTokens();
    const reader = await world.actor([permissionInOrganization('read', 'authorizations', ACME), permissionById('read', 'users', ANN)]);
    expect((await tokens().find(reader, anns)).authorization.description).toBe('Sensor 7');
  });

  it('refuses it in the order of InfluxDB: the authorization, then its user', async () => {
    const { anns, bens } = await makeTokens();
    const nothing = await world.actor([]);
    expect(await refusalOf(tokens().find(nothing, anns))).toEqual({
      code: 'unauthorized',
      message: `read:orgs/${ACME}/authorizations/${anns} is unauthorized`,
    });
    const half = await world.actor([permissionInOrganization('read', 'authorizations', ACME)]);
    expect(await refusalOf(tokens().find(half, anns))).toEqual({ code: 'unauthorized', message: `read:users/${ANN} is unauthorized` });
    expect((await refusalOf(tokens().find(await world.owner(), bens))).code).toBe('unauthorized');
  });

  it('knows no unknown id, and no v1 authorization among tokens or the reverse', async () => {
    const operator = await world.operator();
    const named = (await v1().create(operator, newToken(), 'agent')).authorization.id;
    const { anns } = await makeTokens();
    const missing = { code: 'not found', message: 'authorization not found' };
    expect(await refusalOf(tokens().find(operator, '00000000000000ee' as AuthorizationId))).toEqual(missing);
    expect(await refusalOf(tokens().find(operator, named))).toEqual(missing);
    expect(await refusalOf(v1().find(operator, anns))).toEqual(missing);
    expect((await v1().find(operator, named)).authorization.id).toBe(named);
  });

  it('tells a token what it is, also an inactive one, and nothing to those who came without', async () => {
    const own = await world.actor([], { status: 'inactive' });
    expect((await tokens().findOwn(own)).authorization.description).toBe('the own token');
    expect(await refusalOf(tokens().findOwn(systemActor('test')))).toEqual({ code: 'not found', message: 'you did not ask with a token' });
  });

  it('tells whose a found token is to those who may read it, and answers all others alike', async () => {
    const operator = await world.operator();
    const created = await tokens().create(operator, newToken());
    expect((await tokens().findByToken(operator, created.secret)).authorization.id).toBe(created.authorization.id);
    const unknown = await refusalOf(tokens().findByToken(operator, new Secret('never-made')));
    expect(unknown).toEqual({ code: 'not found', message: 'authorization not found' });
    const withoutUser = await world.actor([permissionInOrganization('read', 'authorizations', ACME)]);
    expect(await refusalOf(tokens().findByToken(withoutUser, created.secret))).toEqual(unknown);
    expect(await refusalOf(tokens().findByToken(await world.actor([]), created.secret))).toEqual(unknown);
  });

  it('tells of an expired one nothing', async () => {
    const operator = await world.operator();
    const token = new Secret('short-lived');
    await world.store.transaction((writer) =>
      writer.insertAuthorization({
        id: '00000000000000e1' as AuthorizationId,
        orgID: ACME,
        userID: ANN,
        status: 'active',
        description: '',
        permissions: [],
        secret: { kind: 'token', tokens: [{ hash: hashToken(token), createdAtMs: 0, expiresAtMs: START_MS + 1000 }] },
        createdAtMs: 0,
        updatedAtMs: 0,
      }),
    );
    expect((await tokens().findByToken(operator, token)).authorization.id).toBe('00000000000000e1');
    world.nowMs = START_MS + 1000;
    expect((await refusalOf(tokens().findByToken(operator, token))).code).toBe('not found');
  });
});

describe('listing', () => {
  const list = async (actor: Actor, query: AuthorizationQuery = {}, page: Partial<Page> = {}, order?: 'description'): Promise<string[]> => {
    const found: string[] = [];
    for await (const { authorization } of await tokens().list(actor, query, { ...WHOLE, ...page }, order))
      found.push(authorization.description);
    return found;
  };

  it('shows to each what they may read, with users whom they may read', async () => {
    await makeTokens();
    expect(await list(await world.operator())).toEqual(['Sensor 7', 'beta reader', '100%', 'everywhere', 'the own token']);
    expect(await list(await world.owner())).toEqual(['Sensor 7', 'everywhere', 'the own token']);
    expect(await list(await world.actor([permissionInOrganization('read', 'authorizations', ACME)]))).toEqual([]);
    expect(await list(await world.actor([globalPermission('read', 'users')]))).toEqual([]);
    expect(await list(await world.actor(operatorPermissions(), { status: 'inactive' }))).toEqual([]);
  });

  it.each<[string, AuthorizationQuery, string[]]>([
    ['an organization by id', { orgID: BETA }, ['beta reader']],
    ['an organization by name', { org: 'beta' }, ['beta reader']],
    ['a user by id', { userID: BEN }, ['beta reader']],
    ['a user by name', { user: 'cat' }, ['100%']],
    ['a part of the description in any case', { search: 'sENSOR' }, ['Sensor 7']],
    ['a part with a sign that patterns know', { search: '0%' }, ['100%']],
    ['a status', { status: 'inactive' }, ['100%']],
    ['a kind', { tokenKind: 'operator' }, ['everywhere', 'the own token']],
    ['a bucket that it opens', { bucketID: HOME, action: 'write' }, ['100%', 'everywhere', 'the own token']],
    ['a bucket that it opens in either way', { bucketID: HOME }, ['Sensor 7', '100%', 'everywhere', 'the own token']],
    ['the bucket of another', { bucketID: OFFICE, action: 'read' }, ['beta reader', 'everywhere', 'the own token']],
    ['an id before all others', { id: 'eeeeeeeeeeeeee01' as AuthorizationId, user: 'ann', search: 'nothing' }, ['the own token']],
  ])('filters by %s', async (_, query, expected) => {
    await makeTokens();
    expect(await list(await world.operator(), query)).toEqual(expected);
  });

  it.each<[string, AuthorizationQuery, string]>([
    ['a user', { user: 'dan' }, 'user not found'],
    ['an organization', { org: 'gamma' }, 'organization name "gamma" not found'],
    ['a name of the v1-compatible API', { v1User: 'nobody' }, 'authorization not found'],
    ['an id', { id: '00000000000000ee' as AuthorizationId }, 'authorization not found'],
    ['a bucket', { bucketID: '00000000000000ee' as BucketId }, 'bucket not found'],
  ])('refuses %s that there is not', async (_, query, message) => {
    expect(await refusalOf(list(await world.actor([]), query))).toEqual({ code: 'not found', message });
  });

  it('finds a v1 authorization by its name', async () => {
    const operator = await world.operator();
    await v1().create(operator, newToken({ description: 'one' }), 'one');
    await v1().create(operator, newToken({ description: 'two' }), 'two');
    const found: string[] = [];
    for await (const { authorization } of await v1().list(operator, { v1User: 'two' }, WHOLE)) found.push(authorization.description);
    expect(found).toEqual(['two']);
  });

  it('pages and sorts, over more than it fetches at once', async () => {
    const operator = await world.operator();
    await world.store.transaction((writer) =>
      writer.insertAuthorizations(
        Array.from({ length: 1101 }, (_, n) => ({
          id: (n + 1).toString(16).padStart(16, '0') as AuthorizationId,
          orgID: ACME,
          userID: ANN,
          status: 'active' as const,
          description: `t${String(1100 - n).padStart(4, '0')}`,
          permissions: [],
          secret: { kind: 'token' as const, tokens: [{ hash: `h${n}`, createdAtMs: 0 }] },
          createdAtMs: 0,
          updatedAtMs: 0,
        })),
      ),
    );
    const all = await list(operator);
    expect(all).toHaveLength(1102);
    expect(all.slice(0, 2)).toEqual(['t1100', 't1099']);
    expect(await list(operator, {}, { limit: 2, offset: 1 })).toEqual(['t1099', 't1098']);
    expect(await list(operator, {}, { limit: 601 })).toEqual(all.slice(0, 601));
    expect(await list(operator, {}, { descending: true, limit: 2 })).toEqual(['the own token', 't0000']);
    const sorted = await list(operator, {}, { offset: 2 }, 'description');
    expect(sorted).toHaveLength(1100);
    expect([sorted[0], sorted[600], sorted.at(-1)]).toEqual(['t0002', 't0602', 'the own token']);
  });

  it('leaves out those whose organization is gone, but for those that reach beyond it', async () => {
    await makeTokens();
    const operator = await world.operator();
    await world.store.transaction((writer) => writer.deleteOrganization(ACME, 1));
    const shown = await list(operator);
    expect(shown).toContain('everywhere');
    expect(shown).not.toContain('Sensor 7');
  });

  it('counts by kind and status', async () => {
    await makeTokens();
    const counts = await tokens().count(await world.operator(), {});
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(5);
    expect(counts).toContainEqual(expect.objectContaining({ tokenKind: 'operator', status: 'active', count: 2 }));
    expect(await tokens().count(await world.actor([]), {})).toEqual([]);
  });
});

describe('changing', () => {
  it('changes status and description, and nothing else', async () => {
    const { anns } = await makeTokens();
    const owner = await world.owner();
    const before = await world.store.findAuthorization(anns);
    world.nowMs = START_MS + 5000;
    const changed = await tokens().update(owner, anns, { status: 'inactive' });
    expect(changed.authorization).toEqual({ ...before, status: 'inactive', updatedAtMs: START_MS + 5000 });
    expect((await tokens().update(owner, anns, { description: 'new' })).authorization).toMatchObject({
      status: 'inactive',
      description: 'new',
    });
    expect((await tokens().update(owner, anns, { status: '' })).authorization).toMatchObject({ status: 'active', description: 'new' });
    expect(await world.store.findAuthorization(anns)).toEqual({ ...before, description: 'new', updatedAtMs: START_MS + 5000 });
  });

  it('knows two statuses', async () => {
    const { anns } = await makeTokens();
    const operator = await world.operator();
    expect(await refusalOf(tokens().update(operator, anns, { status: 'weird' }))).toEqual({
      code: 'invalid',
      message: 'encodeAuthorization: unknown authorization status',
    });
    const named = (await v1().create(operator, newToken(), 'agent')).authorization.id;
    expect(await refusalOf(v1().update(operator, named, { status: 'weird' }))).toEqual({
      code: 'invalid',
      message: 'unknown authorization status',
    });
  });

  const reads = [permissionInOrganization('read', 'authorizations', ACME), permissionById('read', 'users', ANN)];
  const writes = [permissionInOrganization('write', 'authorizations', ACME), permissionById('write', 'users', ANN)];
  it.each<[string, Permission[], (id: Id) => string]>([
    ['to read it', writes, (id) => `read:orgs/${ACME}/authorizations/${id}`],
    ['to write it', reads, (id) => `write:orgs/${ACME}/authorizations/${id}`],
    ['to read its user', [...writes, ...reads.slice(0, 1)], () => `read:users/${ANN}`],
    ['to write its user', [...reads, ...writes.slice(0, 1)], () => `write:users/${ANN}`],
  ])('is refused without the right %s', async (_, held, missing) => {
    const { anns } = await makeTokens();
    expect(await refusalOf(tokens().update(await world.actor(held), anns, { status: 'inactive' }))).toEqual({
      code: 'unauthorized',
      message: `${missing(anns)} is unauthorized`,
    });
    expect((await world.store.findAuthorization(anns))?.status).toBe('active');
  });

  it('of an authorization that reaches every organization is refused to those who do not', async () => {
    const { everywhere } = await makeTokens();
    const owner = await world.owner();
    const refused = {
      code: 'forbidden',
      message: 'this authorization holds read:authorizations for every organization, which yours does not: ask an operator',
    };
    expect(await refusalOf(tokens().update(owner, everywhere, { status: 'inactive' }))).toEqual(refused);
    expect(await refusalOf(tokens().remove(owner, everywhere))).toEqual(refused);
    expect((await world.store.findAuthorization(everywhere))?.status).toBe('active');
    expect((await tokens().update(await world.operator(), everywhere, { status: 'inactive' })).authorization.status).toBe('inactive');
  });
});

describe('ending', () => {
  it('removes it, once', async () => {
    const { anns } = await makeTokens();
    const owner = await world.owner();
    await tokens().remove(owner, anns);
    expect(await world.store.findAuthorization(anns)).toBeUndefined();
    expect(await refusalOf(tokens().remove(owner, anns))).toEqual({ code: 'not found', message: 'authorization not found' });
  });

  it('needs the right to write it and its user, and none to read', async () => {
    const { anns, bens } = await makeTokens();
    const writer = [permissionInOrganization('write', 'authorizations', ACME), permissionById('write', 'users', ANN)];
    expect((await refusalOf(tokens().remove(await world.actor(writer.slice(0, 1)), anns))).message).toBe(
      `write:users/${ANN} is unauthorized`,
    );
    expect((await refusalOf(tokens().remove(await world.actor(writer.slice(1)), anns))).message).toContain('authorizations');
    expect((await refusalOf(tokens().remove(await world.actor(writer), bens))).code).toBe('unauthorized');
    await tokens().remove(await world.actor(writer), anns);
    expect(await world.store.findAuthorization(anns)).toBeUndefined();
  });
});

describe('those of the v1-compatible API', () => {
  it('need a name of their own', async () => {
    const operator = await world.operator();
    expect(await refusalOf(v1().create(operator, newToken(), ''))).toEqual({
      code: 'invalid',
      message: 'token required for v1 user authorization type',
    });
    expect((await refusalOf(v1().create(operator, newToken(), 'a\u202eb'))).code).toBe('invalid');
    expect((await v1().create(operator, newToken(), 'agent')).authorization.secret).toEqual({ kind: 'v1', userName: 'agent' });
    expect(await refusalOf(v1().create(operator, newToken(), 'agent'))).toEqual({ code: 'conflict', message: 'token already exists' });
  });

  it('need buckets that exist, as tokens do not', async () => {
    const strange = '00000000000000bb' as BucketId;
    const input = newToken({ permissions: [permissionFor('read', 'buckets', strange, ACME)] });
    expect(await refusalOf(v1().create(await world.operator(), input, 'agent'))).toEqual({
      code: 'not found',
      message: 'bucket not found when creating auth',
    });
    expect((await tokens().create(await world.operator(), input)).authorization.permissions).toHaveLength(1);
  });

  describe('their password', () => {
    const passwordHashOf = async (id: AuthorizationId): Promise<string | undefined> => {
      const secret = (await world.store.findAuthorization(id))?.secret;
      return secret?.kind === 'v1' ? secret.passwordHash : undefined;
    };
    const make = async (permissions: readonly Permission[], orgID: OrganizationId = ACME): Promise<AuthorizationId> =>
      (await v1().create(await world.operator(), newToken({ orgID, permissions, userID: ANN }), 'agent')).authorization.id;

    it('is set by those who hold all that it opens', async () => {
      const id = await make([readHome]);
      world.nowMs = START_MS + 7000;
      await v1().setPassword(await world.owner(), id, new Secret('long-enough'));
      expect(await passwordHashOf(id)).toMatch(/^\$argon2id\$/);
      expect((await world.store.findAuthorization(id))?.updatedAtMs).toBe(START_MS + 7000);
    });

    it.each<[string, readonly Permission[], readonly Permission[], string, string]>([
      [
        'without what it opens',
        [readHome],
        [permissionInOrganization('write', 'authorizations', ACME), permissionById('write', 'users', ANN)],
        'forbidden',
        `this authorization holds read:orgs/${ACME}/buckets/${HOME}, which yours does not`,
      ],
      [
        'without the right to write its user',
        [readHome],
        [permissionInOrganization('write', 'authorizations', ACME), readHome],
        'unauthorized',
        `write:users/${ANN} is unauthorized`,
      ],
      [
        'of one that reaches every organization, by an owner',
        [globalPermission('read', 'buckets')],
        [...ownerPermissions(ACME), permissionById('write', 'users', ANN)],
        'forbidden',
        'this authorization holds read:buckets for every organization, which yours does not: ask an operator',
      ],
    ])('is not set %s', async (_, opened, held, code, message) => {
      const id = await make(opened);
      const actor = await world.actor(held);
      expect(await refusalOf(v1().setPassword(actor, id, new Secret('long-enough')))).toEqual({ code, message });
      expect(await passwordHashOf(id)).toBeUndefined();
    });

    it('has a length', async () => {
      const id = await make([readHome]);
      expect((await refusalOf(v1().setPassword(await world.owner(), id, new Secret('short')))).code).toBe('invalid');
      expect(await passwordHashOf(id)).toBeUndefined();
    });

    it('belongs to no token', async () => {
      const { anns } = await makeTokens();
      expect((await refusalOf(v1().setPassword(await world.operator(), anns, new Secret('long-enough')))).code).toBe('not found');
    });
  });
});
