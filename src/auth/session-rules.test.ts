import { describe, expect, it } from 'vitest';
import type { UserId } from '../domain/id.js';
import { SessionRules } from './session-rules.js';

const MINUTE = 60_000;
const session = (createdAtMs: number, expiresAtMs: number) => ({ hash: 'h', userId: '1' as UserId, createdAtMs, expiresAtMs });

describe('SessionRules', () => {
  it('slide the end on with each use, but write it once a minute at the most', () => {
    const rules = new SessionRules(60, true);
    expect(rules.expiryOfNew(0)).toBe(60 * MINUTE);
    expect(rules.extendedExpiry(session(0, 60 * MINUTE), 30_000)).toBeUndefined();
    expect(rules.extendedExpiry(session(0, 60 * MINUTE), MINUTE)).toBe(61 * MINUTE);
    expect(rules.extendedExpiry(session(0, 60 * MINUTE), 59 * MINUTE)).toBe(119 * MINUTE);
  });

  it('never slide beyond the age at which the cookie ends', () => {
    const rules = new SessionRules(60, true);
    const last = rules.cookieExpiry(0);
    expect(last).toBe(30 * 24 * 60 * MINUTE);
    expect(rules.extendedExpiry(session(0, last - 30 * MINUTE), last - 31 * MINUTE)).toBe(last);
    expect(rules.extendedExpiry(session(0, last), last - MINUTE)).toBeUndefined();
  });

  it('leave the end where it is when renewal is switched off', () => {
    const rules = new SessionRules(5, false);
    expect(rules.extendedExpiry(session(0, 5 * MINUTE), 4 * MINUTE)).toBeUndefined();
    expect(rules.cookieExpiry(0)).toBe(5 * MINUTE);
  });
});
