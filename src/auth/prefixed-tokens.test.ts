import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatePrefixedToken, isDamagedToken, isPrefixedToken, PREFIXED_TOKEN_PATTERN } from './prefixed-tokens.js';
import { generateToken } from './token.js';

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((array) => Buffer.from(array));
const make = (random?: Buffer): string => generatePrefixedToken('custom', random && (() => random)).reveal();
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('a prefixed token', () => {
  it.each([
    ['operator', 'o'],
    ['all-access', 'a'],
    ['read-write', 'r'],
    ['custom', 'c'],
  ] as const)('of the kind %s has the letter %s', (kind, letter) => {
    const token = generatePrefixedToken(kind).reveal();
    expect(token).toMatch(new RegExp(`^slc_${letter}_[0-9A-Za-z]{49}$`));
    expect(isPrefixedToken(token)).toBe(true);
  });

  it('is computed as it always was', () => {
    expect(make(Buffer.alloc(32))).toBe('slc_c_000000000000000000000000000000000000000000009FkQ9');
    // Computed once with Python's zlib.
    expect(make(Buffer.alloc(32, 0xff))).toBe('slc_c_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp12zp3zB');
  });

  it('holds all 256 bits: no two of them give the same', () => {
    const decode = (text: string): bigint => Array.from(text).reduce((sum, digit) => sum * 62n + BigInt(DIGITS.indexOf(digit)), 0n);
    fc.assert(fc.property(bytes, (random) => decode(make(random).slice(6, 49)) === BigInt(`0x${random.toString('hex')}`)));
  });

  it('with any one character changed is damaged, and so are two that changed places', () => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 6, max: 54 }), fc.constantFrom(...Array.from(DIGITS)), (random, at, digit) => {
        const token = make(random);
        const changed = token.slice(0, at) + digit + token.slice(at + 1);
        expect(isDamagedToken(changed)).toBe(changed !== token);
        if (at === 54) return;
        const swapped = token.slice(0, at) + (token[at + 1] ?? '') + (token[at] ?? '') + token.slice(at + 2);
        expect(isDamagedToken(swapped)).toBe(swapped !== token);
      }),
    );
    expect(isDamagedToken(make().replace('slc_c', 'slc_o'))).toBe(true);
  });

  it.each(['', 'slc_', 'slc_c_abc', 'operator-token', generateToken().reveal()])(
    'is not what %j is, and that is not damaged either',
    (text) => {
      expect([isPrefixedToken(text), isDamagedToken(text)]).toEqual([false, false]);
    },
  );
});

describe('the pattern for scanners', () => {
  const pattern = new RegExp(PREFIXED_TOKEN_PATTERN);

  it('stands in docs/security.md', () => {
    expect(readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8')).toContain(PREFIXED_TOKEN_PATTERN);
  });

  it('finds a token between other things', () => {
    for (const [before, after] of [
      ['', ''],
      ['Authorization: Token ', '\n'],
      ['"', '",'],
      ['TOKEN=', ';'],
      ['https://x/?t=', '&a'],
    ]) {
      const token = make();
      expect(pattern.exec(`${before ?? ''}${token}${after ?? ''}`)?.[0]).toBe(token);
    }
    expect(pattern.test(`x${make()}`)).toBe(false);
    expect(pattern.test(`${make()}x`)).toBe(false);
  });

  it('finds nothing in a million random strings, and none of the tokens that InfluxDB makes', () => {
    let found = 0;
    for (let round = 0; round < 1000; round++) {
      const text = randomBytes(66 * 1000).toString('base64url');
      for (let at = 0; at < 1000; at++) if (pattern.test(text.slice(at * 88, at * 88 + 88))) found++;
    }
    expect(found).toBe(0);
    for (let n = 0; n < 1000; n++) expect(pattern.test(generateToken().reveal())).toBe(false);
  }, 30_000);

  it('with the checksum finds nothing in a hundred thousand random strings of the very form', () => {
    let found = 0;
    const random = randomBytes(100_000 + 49);
    for (let n = 0; n < 100_000; n++) {
      const digits = Array.from(random.subarray(n, n + 49), (byte) => DIGITS[byte % 62] ?? '').join('');
      if (isPrefixedToken(`slc_r_${digits}`)) found++;
    }
    expect(found).toBe(0);
  });
});
