import { hash as hashBcrypt } from '@node-rs/bcrypt';
import { describe, expect, it } from 'vitest';
import { checkPasswordRules, hashPassword, isForeignHash, PasswordVerifier, STRENGTH_RULE } from './passwords.js';
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

describe('PasswordVerifier', () => {
  const verifier = new PasswordVerifier(new Secret('decoy'));
  const right = new Secret('passw0rd');

  it('knows argon2id, and bcrypt of data that moved in', async () => {
    const own = await hashPassword(right);
    const foreign = await hashBcrypt('passw0rd', { cost: 4 });
    expect(own).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect([isForeignHash(own), isForeignHash(foreign)]).toEqual([false, true]);
    for (const hash of [own, foreign]) {
      expect(await verifier.verify(hash, right)).toBe(true);
      expect(await verifier.verify(hash, new Secret('passw0rd2'))).toBe(false);
    }
    expect(await verifier.verify(undefined, right)).toBe(false);
    expect(await verifier.verify(undefined, new Secret('decoy'))).toBe(false);
  });

  it('takes as much work for nobody as for somebody', async () => {
    const own = await hashPassword(right);
    const time = async (hash: string | undefined): Promise<number> => {
      const startedAt = performance.now();
      for (let i = 0; i < 5; i++) await verifier.verify(hash, new Secret('wrong'));
      return performance.now() - startedAt;
    };
    await time(own);
    // Without the decoy the ratio is about 1000.
    expect((await time(own)) / (await time(undefined))).toBeLessThan(5);
  });

  it('turns away what would pile up', async () => {
    const own = await hashPassword(right);
    const results = await Promise.allSettled(Array.from({ length: 70 }, () => verifier.verify(own, right)));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(6);
    expect(await verifier.verify(own, right)).toBe(true);
  });
});
