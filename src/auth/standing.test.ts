/** The closed list of standings, against a table of all that it depends on. */
import { describe, expect, it } from 'vitest';
import type { Status } from '../domain/user.js';
import { refusalOf } from './authenticate.js';
import { lifetimeOfSession, STANDINGS, standingOf, type Lifetime, type Standing } from './standing.js';

const NOW = 1000;
const at = (lifetime: Partial<Lifetime>, userStatus: Status | undefined = 'active'): Standing =>
  standingOf({ status: 'active', endedAtMs: undefined, expiresAtMs: undefined, ...lifetime }, userStatus, NOW);

describe('standingOf', () => {
  it.each<[string, Standing, Standing]>([
    ['nothing against it', at({}), 'active'],
    ['an end that is still to come', at({ expiresAtMs: NOW + 1 }), 'active'],
    ['its end at this moment', at({ expiresAtMs: NOW }), 'expired'],
    ['its end before', at({ expiresAtMs: NOW - 1 }), 'expired'],
    ['an end at the beginning of time', at({ expiresAtMs: 0 }), 'expired'],
    ['itself inactive', at({ status: 'inactive' }), 'inactive'],
    ['an inactive user', at({}, 'inactive'), 'user inactive'],
    ['no user', standingOf({ status: 'active', endedAtMs: undefined, expiresAtMs: undefined }, undefined, NOW), 'user inactive'],
    ['a deleted user', at({ endedAtMs: 5 }), 'ended'],
    ['a user deleted at the beginning of time', at({ endedAtMs: 0 }), 'ended'],
    // An inactive token is let in and told so: nothing that refuses may hide behind it.
    ['itself and its user inactive', at({ status: 'inactive' }, 'inactive'), 'user inactive'],
    ['itself inactive, and expired', at({ status: 'inactive', expiresAtMs: NOW }), 'expired'],
    ['itself inactive, and ended', at({ status: 'inactive', endedAtMs: 5 }), 'ended'],
  ])('with %s', (_, found, expected) => {
    expect(found).toBe(expected);
  });

  it('is active only where nothing at all is against it', () => {
    const found = new Set<Standing>();
    for (const status of ['active', 'inactive'] as const)
      for (const endedAtMs of [undefined, 5])
        for (const expiresAtMs of [undefined, NOW - 1, NOW, NOW + 1])
          for (const userStatus of ['active', 'inactive', undefined] as const) {
            const standing = standingOf({ status, endedAtMs, expiresAtMs }, userStatus, NOW);
            found.add(standing);
            const isAlive = endedAtMs === undefined && (expiresAtMs ?? NOW + 1) > NOW && userStatus === 'active';
            expect(standing === 'active').toBe(isAlive && status === 'active');
            expect(standing === 'inactive').toBe(isAlive && status === 'inactive');
          }
    expect([...found].sort()).toEqual([...STANDINGS].sort());
  });
});

it('refuses every standing but one', () => {
  expect(STANDINGS.filter((standing) => refusalOf(standing) === undefined)).toEqual(['active']);
});

it('ends a session with its time', () => {
  const session = { hash: 'h', userId: '0000000000000001' as never, createdAtMs: 0, expiresAtMs: NOW };
  expect(standingOf(lifetimeOfSession(session), 'active', NOW - 1)).toBe('active');
  expect(standingOf(lifetimeOfSession(session), 'active', NOW)).toBe('expired');
});
