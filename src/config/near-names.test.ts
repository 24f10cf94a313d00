/** Mistyped names lead to the right ones, far ones to none. */
import { describe, expect, it } from 'vitest';
import { describeNearNames, findNearNames } from './near-names.js';

const NAMES = ['session-length', 'log-level', 'tls-cert', 'tls-key', 'store'];

describe('findNearNames', () => {
  it.each([
    ['sesion-length', ['session-length']],
    ['loglevel', ['log-level']],
    ['TLS-KEYS', ['tls-key']],
    ['tls-cer', ['tls-cert']],
    ['tls-kert', ['tls-cert']],
    ['stroe', ['store']],
    ['storage', []],
    ['bogus', []],
    ['x', []],
    ['', []],
  ])('%s', (mistyped, near) => {
    expect(findNearNames(mistyped, NAMES)).toEqual(near);
  });

  it('says nothing where nothing is near', () => {
    expect(describeNearNames('bogus', NAMES)).toBe('');
    expect(describeNearNames('tls-ke', NAMES)).toBe(' (did you mean tls-key?)');
  });
});
