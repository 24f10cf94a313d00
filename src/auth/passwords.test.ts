import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import type { Change } from '../domain/store.js';
import { checkPasswordRules, hashPassword, isForeignHash, PasswordVerifier, STRENGTH_RULE, type Comparison } from './passwords.js';
import { Secret } from './secret.js';

const faultOf = (password: string, strong: boolean): string | undefined => {
  try {
    checkPasswordRules(new Secret(password), strong);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('checkPasswordRules', () => {
  const length = 'passwords must be between 8 and 72 characters long';
  it.each([
    ['1234567', false, length],
    ['12345678', false, undefined],
    ['x'.repeat(72), false, undefined],
    ['x'.repeat(73), false, length],
    // Bytes count: 25 letters of three bytes are too many.
    ['温'.repeat(25), false, length],
    ['password', true, STRENGTH_RULE],
    ['PASSWORD1', true, STRENGTH_RULE],
    ['has_special_and_lower', true, STRENGTH_RULE],
    ['ümlautpasswort', true, STRENGTH_RULE],
    ['has-dash-1', true, STRENGTH_RULE],
    ['Passw0rds', true, undefined],
    ['passw0rd!', true, undefined],
    ['pw', true, `${length}\n${STRENGTH_RULE}`],
    ['Pw1', true, length],
  ])('%j, strong: %j', (password, strong, fault) => {
    expect(faultOf(password, strong)).toBe(fault);
  });
});

/** A store of these hashes, as far as the verifier looks. */
const storeOf = (hashes: string[]) => {
  const listeners: ((changes: readonly Change[]) => void)[] = [];
  return {
    listPasswordHashForms: () => Promise.resolve(hashes.map((hash) => hash.slice(0, 7))),
    onChange: (listener: (changes: readonly Change[]) => void) => void listeners.push(listener),
    put(hash: string) {
      hashes.push(hash);
      for (const listener of listeners) listener([{ noun: 'password', kind: 'update', id: '1' }]);
    },
  };
};

describe('PasswordVerifier', () => {
  const right = new Secret('passw0rd');
  const wrong = new Secret('passw0rd2');

  it('knows argon2id, and bcrypt of data that moved in', async () => {
    const own = await hashPassword(right);
    const foreign = await hashBcrypt('passw0rd', 4);
    const verifier = new PasswordVerifier(storeOf([own, foreign]), new Secret('decoy'));
    expect(own).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect([isForeignHash(own), isForeignHash(foreign)]).toEqual([false, true]);
    for (const hash of [own, foreign]) {
      expect(await verifier.verify(hash, right)).toBe(true);
      expect(await verifier.verify(hash, wrong)).toBe(false);
    }
    expect(await verifier.verify(undefined, right)).toBe(false);
    expect(await verifier.verify(undefined, new Secret('decoy'))).toBe(false);
  });

  it('takes for right what is right to its last byte', async () => {
    const foreign = await hashBcrypt('x'.repeat(72), 4);
    const verifier = new PasswordVerifier(storeOf([foreign]), new Secret('decoy'));
    expect(await verifier.verify(foreign, new Secret('x'.repeat(72)))).toBe(true);
    expect(await verifier.verify(foreign, new Secret('x'.repeat(73)))).toBe(false);
  });

  it('does the same work for every wrong password, whatever rests of it and whatever else is at rest', async () => {
    const own = await hashPassword(right);
    const [cost4, cost5] = [await hashBcrypt('passw0rd', 4), await hashBcrypt('passw0rd', 5)];
    const store = storeOf([own]);
    const made: Comparison[] = [];
    const verifier = new PasswordVerifier(store, new Secret('decoy'), (kind) => made.push(kind));
    const workFor = async (hash: string | undefined): Promise<Comparison[]> => {
      made.length = 0;
      expect(await verifier.verify(hash, wrong)).toBe(false);
      return [...made].sort();
    };
    expect([await workFor(undefined), await workFor(own)]).toEqual([['argon2'], ['argon2']]);
    store.put(cost4);
    for (const hash of [undefined, own, cost4]) expect(await workFor(hash)).toEqual([4, 'argon2']);
    store.put(cost5);
    for (const hash of [undefined, own, cost4, cost5]) expect(await workFor(hash)).toEqual([4, 5, 'argon2']);
  });

  it('compares with decoys that bcrypt takes for hashes', async () => {
    const foreign = await hashBcrypt('passw0rd', 11);
    const verifier = new PasswordVerifier(storeOf([foreign]), new Secret('decoy'));
    await verifier.verify(undefined, wrong);
    // bcrypt answers at once for what is no hash: thousands of times as fast as at cost 11.
    const startedAt = performance.now();
    await verifier.verify(undefined, wrong);
    const unknownMs = performance.now() - startedAt;
    const foreignAt = performance.now();
    await verifier.verify(foreign, wrong);
    expect(unknownMs).toBeGreaterThan((performance.now() - foreignAt) / 5);
  });
});
