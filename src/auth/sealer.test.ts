import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Sealer, SEALING_KEY_BYTES } from './sealer.js';
import { Secret } from './secret.js';

const newSealer = (): Sealer => new Sealer(randomBytes(SEALING_KEY_BYTES));
const value = new Secret('a válue');

describe('a sealed value', () => {
  const sealer = newSealer();
  const sealed = sealer.seal(value, 'acme/key');

  it('opens with the same key in the same place', () => {
    expect(sealer.open(sealed, 'acme/key').reveal()).toBe('a válue');
    expect(sealer.tryOpen(sealed, 'acme/key')?.reveal()).toBe('a válue');
  });

  it('is another each time, and shows nothing of the value', () => {
    expect(Buffer.from(sealer.seal(value, 'acme/key'))).not.toEqual(Buffer.from(sealed));
    expect(Buffer.from(sealed).includes('lue')).toBe(false);
    expect(sealed).toHaveLength(12 + Buffer.byteLength('a válue') + 16);
  });

  it('opens nowhere else', () => {
    expect(sealer.tryOpen(sealed, 'beta/key')).toBeUndefined();
    expect(newSealer().tryOpen(sealed, 'acme/key')).toBeUndefined();
    expect(() => sealer.open(sealed, 'beta/key')).toThrow();
  });

  it('does not open when any of its bytes has changed', () => {
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(sealer.tryOpen(changed, 'acme/key')).toBeUndefined();
    }
    expect(sealer.tryOpen(sealed.subarray(1), 'acme/key')).toBeUndefined();
  });
});

describe('a wrapped key', () => {
  const own = newSealer();
  const stranger = newSealer();
  const token = new Secret('operator-token');
  const sealed = own.seal(value, 'place');

  it('is known again by the sealer that has it', () => {
    expect(own.unwrapKey(own.wrapKey(token), undefined)).toBe('own');
    expect(own.unwrapKey(own.wrapKey(undefined), token)).toBe('own');
  });

  it('opens for the token that it was wrapped for, and opens the values then', () => {
    const opened = stranger.unwrapKey(own.wrapKey(token), token);
    expect(opened instanceof Sealer && opened.open(sealed, 'place').reveal()).toBe('a válue');
  });

  it('opens for no other token, and for none', () => {
    expect(stranger.unwrapKey(own.wrapKey(token), new Secret('another'))).toBeUndefined();
    expect(stranger.unwrapKey(own.wrapKey(token), undefined)).toBeUndefined();
    expect(stranger.unwrapKey(own.wrapKey(undefined), token)).toBeUndefined();
  });

  it('is another each time, and holds neither key nor token', () => {
    const wrapped = own.wrapKey(token);
    expect(wrapped.equals(own.wrapKey(token))).toBe(false);
    expect(wrapped.includes('operator-token')).toBe(false);
    expect(wrapped.subarray(0, 13).toString()).toBe('SLUICE-KEY-1\n');
  });

  it('has a form', () => {
    expect(own.unwrapKey(Buffer.from('something else entirely'), token)).toBe('unknown form');
    expect(own.unwrapKey(Buffer.from(''), token)).toBe('unknown form');
    expect(own.unwrapKey(own.wrapKey(undefined).subarray(0, 20), token)).toBe('unknown form');
    expect(own.unwrapKey(own.wrapKey(undefined).subarray(0, 21), token)).toBe('own');
  });
});
