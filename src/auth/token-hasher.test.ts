import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TwoOrganizations } from '../../test/support/two-organizations.js';
import type { AuthorizationId, OrganizationId, UserId } from '../domain/id.js';
import { Authenticator } from './authenticate.js';
import { findToken } from './find-token.js';
import { rekeyTokens } from './rekey.js';
import type { Secret } from './secret.js';
import { SessionRules } from './session-rules.js';
import { generateToken, hashToken } from './token.js';
import { digestOfHash, schemeOfHash, TokenHasher } from './token-hasher.js';
import { hashKeyOf, NO_PEPPER, type HashKey, type Pepper } from './pepper.js';

const [A, B, C] = [0, 1, 2].map(() => hashKeyOf(randomBytes(32))) as [HashKey, HashKey, HashKey];
const pepper = (current: HashKey | undefined, ...older: HashKey[]): Pepper => ({ current, older });
const hasherOf = (current: HashKey | undefined, ...older: HashKey[]): TokenHasher => new TokenHasher(() => pepper(current, ...older));
const hashes = (hasher: TokenHasher, secret: Secret): string[] => hasher.forms(secret).map(({ hash }) => hash);

describe('hashes under a key', () => {
  it('are found by who has the key, wrapped or not, and by nobody else', () => {
    const token = generateToken();
    fc.assert(
      fc.property(fc.subarray([A, B, C]), fc.constantFrom('sha256', 'sha512'), (keys, variant) => {
        const wrapped = keys.reduce((hash, key) => hasherOf(key).wrap({ hash })?.hash ?? '', hashToken(token, variant as 'sha256'));
        expect(schemeOfHash(wrapped)).toBe([variant, ...keys.map(({ id }) => id)].join('.'));
        expect(digestOfHash(wrapped)).toBeDefined();
        const all = hasherOf(C, B, A);
        expect(all.knows(schemeOfHash(wrapped))).toBe(true);
        expect(hashes(all, token)).toContain(wrapped);
        expect(hashes(all, generateToken())).not.toContain(wrapped);
        for (const lost of keys) {
          const others = hasherOf(undefined, ...[C, B, A].filter((key) => key !== lost));
          expect([hashes(others, token).includes(wrapped), others.knows(schemeOfHash(wrapped))]).toEqual([false, false]);
        }
      }),
    );
  });

  it('hold nothing of the plain hash', () => {
    const token = generateToken();
    const stored = hasherOf(A).hash(token);
    expect(stored).toMatch(/^\$sluice-hmac\$sha256\.[0-9a-f]{8}\$[\w-]{43}$/);
    expect(stored.split('$').at(-1)).not.toBe(hashToken(token).split('$').at(-1)?.replace('=', ''));
    expect(hashes(new TokenHasher(), token)).not.toContain(stored);
  });

  it('look for what they become last', () => {
    const token = generateToken();
    const both = hashes(hasherOf(B, A), token);
    const inner = hasherOf(A).hash(token);
    const places = [hashToken(token), inner, hasherOf(B).wrap({ hash: inner })?.hash ?? '', hasherOf(B).hash(token)].map((hash) =>
      both.indexOf(hash),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.at(-1)).toBe(both.length - 1);
    expect(hashes(hasherOf(undefined, A), token).slice(-2)).toContain(hashToken(token));
  });
});

describe('a store of tokens', () => {
  let world: TwoOrganizations;
  const tokens = Array.from({ length: 1200 }, () => generateToken());
  beforeEach(async () => {
    world = await TwoOrganizations.open();
    const id = <T extends string>(n: number): T => n.toString(16).padStart(16, '0') as T;
    await world.store.transaction((writer) =>
      writer.insertAuthorizations(
        tokens.map((token, n) => ({
          id: id<AuthorizationId>(0x1000 + n),
          orgID: id<OrganizationId>(1),
          userID: id<UserId>(1),
          status: 'active' as const,
          description: '',
          permissions: [],
          secret: { kind: 'token' as const, tokens: [{ hash: hashToken(token, n % 2 === 0 ? 'sha256' : 'sha512'), createdAtMs: n }] },
          createdAtMs: 0,
          updatedAtMs: 0,
        })),
      ),
    );
  });
  afterEach(() => world.close());

  const rekey = (hasher: TokenHasher, onProgress: (count: number) => void = () => undefined) =>
    rekeyTokens({ store: world.store, clock: world.clock, hasher, onProgress });
  const countFound = async (hasher: TokenHasher, step = 40): Promise<number> => {
    let count = 0;
    for (let n = 0; n < tokens.length; n += step) if ((await findToken(world.store, tokens[n] as Secret, hasher)) !== undefined) count++;
    return count;
  };
  const schemes = async () => (await world.store.countTokens()).hashed;
  const stop = () => {
    throw new Error('killed');
  };

  it('is put under a key in steps; when they stop anywhere, every token is found, and the rest follows later', async () => {
    const hasher = hasherOf(A);
    await expect(rekey(hasher, stop)).rejects.toThrow('killed');
    expect(Object.values(await schemes()).reduce((sum, count) => sum + count, 0)).toBe(1200);
    expect(Object.keys(await schemes()).length).toBeGreaterThan(2);
    expect(await countFound(hasher)).toBe(30);
    expect((await rekey(hasher)).rekeyedCount).toBe(700);
    expect(Object.keys(await schemes()).every((scheme) => scheme.endsWith(`.${A.id}`))).toBe(true);
    expect(await countFound(hasher)).toBe(30);
    expect(await countFound(new TokenHasher())).toBe(0);
    expect((await rekey(hasher)).rekeyedCount).toBe(0);
    const audit = await world.store.listAudit({ actions: ['tokens.rekeyed'] }, { limit: 10 });
    expect(audit.map(({ details }) => details?.count)).toEqual([500, 500, 200]);
  });

  it('changes its key; what has not been used needs the older one too, and what has been used does not', async () => {
    await rekey(hasherOf(A));
    const both = hasherOf(B, A);
    await expect(rekey(both, stop)).rejects.toThrow('killed');
    expect(await countFound(both)).toBe(30);
    expect((await rekey(both)).countByOlderKey).toEqual({ [A.id]: 1200 });
    const authenticator = new Authenticator(world.store, world.clock, new SessionRules(60, true), both);
    await authenticator.authenticateToken(tokens[0] as Secret);
    await world.store.transaction(() => Promise.resolve());
    expect((await schemes())[`sha256.${B.id}`]).toBe(1);
    expect(await countFound(hasherOf(B))).toBe(1);
    expect(await countFound(both)).toBe(30);
  });

  it('goes back to plain hashes token by token, as they are used', async () => {
    await rekey(hasherOf(A));
    const plain = hasherOf(undefined, A);
    expect(await rekey(plain)).toEqual({ rekeyedCount: 0, countByOlderKey: { [A.id]: 1200 } });
    const authenticator = new Authenticator(world.store, world.clock, new SessionRules(60, true), plain);
    await authenticator.authenticateToken(tokens[0] as Secret);
    await world.store.transaction(() => Promise.resolve());
    expect((await schemes()).sha256).toBe(1);
    expect([await countFound(new TokenHasher()), await countFound(plain)]).toEqual([1, 30]);
  });

  it('is not touched while a key is missing, or the keys have another order', async () => {
    await rekey(hasherOf(A));
    await rekey(hasherOf(B, A));
    const before = await schemes();
    for (const hasher of [hasherOf(C), hasherOf(C, B), hasherOf(C, A, B), hasherOf(A, B)])
      await expect(rekey(hasher)).rejects.toThrow('another order');
    expect(await schemes()).toEqual(before);
  });

  it('is found under a key that comes into the file while it is looked for', async () => {
    let now = NO_PEPPER;
    const server = new TokenHasher(() => now);
    now = pepper(A);
    await rekey(hasherOf(A));
    expect(await countFound(server)).toBe(30);
  });

  it('keeps the id of each secret: who has asked goes on', async () => {
    const authenticator = new Authenticator(world.store, world.clock, new SessionRules(60, true), hasherOf(A));
    await rekey(hasherOf(A));
    const id = (0x1000 + 2).toString(16).padStart(16, '0') as AuthorizationId;
    expect(await world.store.findAuthorizationStanding(id, '2')).toMatchObject({ status: 'active' });
    expect(await world.store.findAuthorizationStanding(id, '3')).toBeUndefined();
    expect(authenticator.generation).toBeGreaterThan(0);
  });
});
