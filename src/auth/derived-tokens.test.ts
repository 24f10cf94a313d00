import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACME, ANN, HOME, TwoOrganizations } from '../../test/support/two-organizations.js';
import type { AuthorizationId } from '../domain/id.js';
import { permissionFor, permissionInOrganization } from '../domain/permission.js';
import { Authenticator } from './authenticate.js';
import { derivationKeysOf, deriveToken, DERIVED_TOKEN_PATTERN, isDerivedFrom, parseDerivedToken, type Caveat } from './derived-tokens.js';
import { hashKeyOf } from './pepper.js';
import { storeToken } from './plain-tokens.js';
import type { Secret } from './secret.js';
import { SessionRules } from './session-rules.js';
import { generateToken, hashToken } from './token.js';
import { TokenHasher } from './token-hasher.js';

const READ_HOME: Caveat = { permissions: [{ action: 'read', bucket: 'home' }] };
const parse = (token: Secret) => parseDerivedToken(token.reveal());

describe('a derived token', () => {
  it('says what it says, and is checked with the root key of its parent alone', () => {
    const [parent, other] = [generateToken(), generateToken()];
    const derived = deriveToken(parent, { ...READ_HOME, expiresAtMs: 5, cidrs: ['10.0.0.0/8'] });
    const parsed = parse(derived);
    expect(parsed?.caveats).toEqual([{ ...READ_HOME, expiresAtMs: 5, cidrs: ['10.0.0.0/8'] }]);
    expect(parsed && isDerivedFrom(derivationKeysOf(parent).rootKey, parsed)).toBe(true);
    expect(parsed && isDerivedFrom(derivationKeysOf(other).rootKey, parsed)).toBe(false);
    expect(derived.reveal()).not.toContain(parent.reveal());
    expect(derived.reveal()).toMatch(new RegExp(`^${DERIVED_TOKEN_PATTERN}$`));
    expect(readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8')).toContain(DERIVED_TOKEN_PATTERN);
  });

  it('is derived 8 times at the most', () => {
    let token = generateToken();
    for (let n = 0; n < 8; n++) token = deriveToken(token, { expiresAtMs: n });
    expect(parse(token)?.caveats.map(({ expiresAtMs }) => expiresAtMs)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(() => deriveToken(token, READ_HOME)).toThrow('8 times');
  });

  it.each([
    {},
    { permissions: [] },
    { cidrs: ['x'] },
    { permissions: [{ action: 'own' as 'read', bucket: 'home' }] },
    { expiresAtMs: 0.5 },
  ])('is not derived with %j', (caveat) => {
    expect(() => deriveToken(generateToken(), caveat)).toThrow();
  });

  it('with any bit changed is none, or is refused; so is one that lost a caveat', () => {
    const parent = generateToken();
    const { rootKey } = derivationKeysOf(parent);
    const twice = deriveToken(deriveToken(parent, READ_HOME), { expiresAtMs: 5 });
    const bytes = Buffer.from(twice.reveal().slice(4), 'base64url');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length * 8 - 1 }), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        return parseDerivedToken(`sld_${changed.toString('base64url')}`) === undefined;
      }),
    );
    const parsed = parse(twice);
    if (parsed === undefined) throw new Error('it is one');
    const forgeries = [
      { ...parsed, encodedCaveats: parsed.encodedCaveats.slice(0, 1) },
      { ...parsed, encodedCaveats: parsed.encodedCaveats.slice(1) },
      { ...parsed, encodedCaveats: parsed.encodedCaveats.toReversed() },
      { ...parsed, encodedCaveats: [parsed.encodedCaveats[0] ?? Buffer.alloc(0), Buffer.from('{"expiresAtMs":9999999999999}')] },
    ];
    expect(isDerivedFrom(rootKey, parsed)).toBe(true);
    for (const forged of forgeries) expect(isDerivedFrom(rootKey, forged)).toBe(false);
  });
});

describe('the authenticator', () => {
  let world: TwoOrganizations;
  beforeEach(async () => {
    world = await TwoOrganizations.open();
  });
  afterEach(() => world.close());

  const ID = '00000000000a0001' as AuthorizationId;
  const authenticatorOf = (hasher = new TokenHasher()) => new Authenticator(world.store, world.clock, new SessionRules(60, true), hasher);
  const insert = (parent: Secret, hasher = new TokenHasher(), more = {}) =>
    world.store.transaction((writer) =>
      writer.insertAuthorization({
        id: ID,
        orgID: ACME,
        userID: ANN,
        status: 'active',
        description: '',
        permissions: [permissionInOrganization('read', 'buckets', ACME), permissionInOrganization('write', 'authorizations', ACME)],
        secret: storeToken(parent, { hashTokens: true, hasher }, world.clock()),
        createdAtMs: 0,
        updatedAtMs: 0,
        ...more,
      }),
    );
  const judge = async (authenticator: Authenticator, token: Secret) => {
    const verdict = await authenticator.authenticateToken(token);
    return 'refusal' in verdict ? verdict.refusal : verdict.identity;
  };

  it('lets it do what its parent may and its caveats leave, on buckets only', async () => {
    const parent = generateToken();
    await insert(parent);
    const authenticator = authenticatorOf();
    expect(await judge(authenticator, deriveToken(parent, READ_HOME))).toMatchObject({
      authorizationId: ID,
      permissions: { permissions: [permissionFor('read', 'buckets', HOME, ACME)] },
    });
    const wide = await judge(authenticator, deriveToken(parent, { cidrs: ['10.0.0.0/8'] }));
    expect(wide).toMatchObject({
      permissions: { permissions: [permissionInOrganization('read', 'buckets', ACME)] },
      constraints: { cidrs: ['10.0.0.0/8'] },
    });
    for (const more of [
      { action: 'write', bucket: 'home' },
      { action: 'read', bucket: 'no such' },
    ] as const) {
      expect(await judge(authenticator, deriveToken(parent, { permissions: [more] }))).toMatchObject({ permissions: { permissions: [] } });
    }
    const none = deriveToken(deriveToken(parent, { cidrs: ['10.0.0.0/8'] }), { cidrs: ['192.168.0.0/16'] });
    expect(await judge(authenticator, none)).toMatchObject({ constraints: { cidrs: [] } });
    const narrower = deriveToken(deriveToken(parent, { cidrs: ['10.0.0.0/8'] }), { cidrs: ['10.1.0.0/16', '0.0.0.0/0'] });
    expect(await judge(authenticator, narrower)).toMatchObject({ constraints: { cidrs: ['10.1.0.0/16', '10.0.0.0/8'] } });
  });

  it('refuses it when its time is over, and when its parent is no more, also from memory', async () => {
    const parent = generateToken();
    await insert(parent);
    const authenticator = authenticatorOf();
    const now = world.clock();
    expect(await judge(authenticator, deriveToken(parent, { expiresAtMs: now }))).toBe('expired');
    const derived = deriveToken(deriveToken(parent, { expiresAtMs: now + 1000 }), { expiresAtMs: now + 9_000_000 });
    const verdict = await authenticator.authenticateToken(derived);
    expect('identity' in verdict && verdict.validUntilMs).toBe(now + 1000);
    await world.store.transaction((writer) => writer.deleteAuthorization(ID));
    expect(await judge(authenticator, derived)).toBe('unknown token');
    expect(await judge(authenticator, deriveToken(generateToken(), READ_HOME))).toBe('unknown token');
  });

  it('writes nothing for it; a parent of an earlier version is ready once it was used', async () => {
    const parent = generateToken();
    await insert(parent, undefined, { secret: { kind: 'token', tokens: [{ hash: hashToken(parent), createdAtMs: 7 }] } });
    const derived = deriveToken(parent, READ_HOME);
    expect(await judge(authenticatorOf(), derived)).toBe('unknown token');
    await judge(authenticatorOf(), parent);
    await world.store.transaction(() => Promise.resolve());
    const before = await world.store.findAuthorization(ID);
    expect(await judge(authenticatorOf(), derived)).toMatchObject({ authorizationId: ID, secretId: '7' });
    expect(await world.store.findAuthorization(ID)).toEqual(before);
  });

  it('needs the keys of hashes for it, too; what the store holds opens nothing', async () => {
    const parent = generateToken();
    const [one, other] = [hashKeyOf(Buffer.alloc(32, 1)), hashKeyOf(Buffer.alloc(32, 2))];
    const hasher = new TokenHasher(() => ({ current: one, older: [] }));
    await insert(parent, hasher);
    const derived = deriveToken(parent, READ_HOME);
    expect(await judge(authenticatorOf(), derived)).toBe('unknown token');
    expect(await judge(authenticatorOf(hasher), derived)).toMatchObject({ authorizationId: ID });
    const both = new TokenHasher(() => ({ current: other, older: [one] }));
    await world.store.transaction((writer) => writer.rehashTokens([`sha256.${one.id}`], 10, (stored) => both.wrap(stored) ?? stored));
    expect(await judge(authenticatorOf(both), derived)).toMatchObject({ authorizationId: ID });
    const { unlockKey, rootKey } = derivationKeysOf(parent);
    const stored = JSON.stringify(await world.store.findAuthorization(ID));
    for (const key of [unlockKey, rootKey])
      for (const form of ['hex', 'base64', 'base64url'] as const) expect(stored).not.toContain(key.toString(form));
  });
});
