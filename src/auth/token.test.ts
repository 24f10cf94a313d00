import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from './secret.js';
import { checkChosenToken, generateToken, hashToken, HASH_VARIANTS, isHashLike, isJwtLike, parseTokenHash } from './token.js';

describe('generateToken', () => {
  it('makes 64 random bytes in padded base64 for URLs', () => {
    const tokens = Array.from({ length: 100 }, () => generateToken().reveal());
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{86}==$/);
    expect(new Set(tokens).size).toBe(100);
    expect(generateToken(() => Buffer.alloc(64, 0xff)).reveal()).toBe(`${'_'.repeat(85)}w==`);
    for (let first = 0; first < 256; first++) expect(generateToken(() => Buffer.alloc(64, first)).reveal()).not.toMatch(/^-/);
  });
});

describe('hashToken', () => {
  it('writes what InfluxDB writes', () => {
    // Taken from a store of InfluxDB 2.9.1 whose operator token was known.
    expect(hashToken(new Secret('operator-token'))).toMatch(/^\$influxdb2-sha256\$[A-Za-z0-9_-]{43}=$/);
    expect(hashToken(new Secret('abc'))).toBe('$influxdb2-sha256$ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0=');
    expect(hashToken(new Secret('abc'), 'sha512')).toBe(
      '$influxdb2-sha512$3a81oZNherrMQXNJriBBMRLm-k6JqX6iCp7u5ktV05ohkpkqJ0_BqDa6PCOj_uu9RU1EI2Q86A4qmslPpUyknw==',
    );
  });

  it('can be read back, and is never itself a token', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...HASH_VARIANTS), (text, variant) => {
        const hash = hashToken(new Secret(text), variant);
        const parsed = parseTokenHash(hash);
        expect(parsed?.variant).toBe(variant);
        expect(parsed?.digest.toString('base64url')).toBe(hash.split('$')[2]?.replace(/=+$/, ''));
        expect(isHashLike(hash)).toBe(true);
        expect(() => {
          checkChosenToken(hash);
        }).toThrow('stored hash');
      }),
    );
  });

  it.each(['', 'x', '$influxdb2-sha256$', '$influxdb2-sha256$AAAA', '$influxdb2-md5$AAAA', '$argon2id$v=19$x'])(
    'is not what %j is',
    (text) => {
      expect(parseTokenHash(text)).toBeUndefined();
    },
  );
});

describe('checkChosenToken', () => {
  it.each(['a short one', 'operator-token', 'Zähler 🌡', 'my-super-secret-auth-token', '$', 'price $5'])('takes %j', (token) => {
    checkChosenToken(token);
  });

  it.each([
    ['eyJhbGciOiJIUzI1NiJ9.eyJ1c2VyIjoiYWRtaW4ifQ.', 'JSON Web Token'],
    ['eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VybmFtZSI6ImFkbWluIn0.x-y_z', 'JSON Web Token'],
    ['$2b$10$abcdef', 'stored hash'],
    ['chosen\n', 'control character'],
    ['chosen ', 'blank at its end'],
    ['x'.repeat(4097), 'longer than'],
  ])('refuses %j without repeating it', (token, reason) => {
    let message = '';
    try {
      checkChosenToken(token);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(reason);
    expect(message).not.toContain(token.trim());
  });

  it('knows a JWT by its form', () => {
    expect(isJwtLike('eyJ.x')).toBe(false);
    expect(isJwtLike(generateToken().reveal())).toBe(false);
  });
});

describe('Secret', () => {
  it('is printed by nothing', () => {
    const secret = new Secret('hunter2');
    const shown = [secret.toString(), JSON.stringify({ secret }), inspect({ secret }, { depth: 9, showHidden: true }), String(secret)];
    for (const text of shown) {
      expect(text).toContain('[secret]');
      expect(text).not.toContain('hunter2');
    }
    expect(secret.reveal()).toBe('hunter2');
  });
});
