/** Permissions that a token could do without, worked out from what its requests asked for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OrganizationId } from '../domain/id.js';
import { PermissionSet, type Permission } from '../domain/permission.js';
import { findDeciding } from './deciding-permission.js';
import { PermissionNeeds } from './permission-needs.js';

const orgs = ['00000000000000a1', '00000000000000a2'] as OrganizationId[];
const permission = fc.record({
  action: fc.constantFrom('read', 'write'),
  resource: fc.record({
    type: fc.constantFrom('buckets', 'orgs', 'users', 'tasks', 'instance'),
    id: fc.option(fc.constantFrom(...orgs, '00000000000000b1', '00000000000000b2'), { nil: undefined }),
    orgID: fc.option(fc.constantFrom(...orgs), { nil: undefined }),
  }),
}) as fc.Arbitrary<Permission>;
const permissions = fc.array(permission, { maxLength: 12 });

const read = (id?: string, orgID?: OrganizationId): Permission => ({ action: 'read', resource: { type: 'buckets', id, orgID } });

describe('the permission that decides', () => {
  it('is there exactly where the permissions cover what is asked, and covers it alone', () => {
    fc.assert(
      fc.property(permissions, permission, (held, asked) => {
        const position = findDeciding(held, asked);
        expect(position >= 0).toBe(new PermissionSet(held).covers(asked));
        if (position >= 0) expect(new PermissionSet([held[position]!]).covers(asked)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('is the narrowest', () => {
    const held = [read(), read(undefined, orgs[0]), read('00000000000000b1'), read('00000000000000b1', orgs[0])];
    expect(findDeciding(held, read('00000000000000b1', orgs[0]))).toBe(3);
    expect(findDeciding(held, read('00000000000000b1', orgs[1]))).toBe(2);
    expect(findDeciding(held, read('00000000000000b2', orgs[0]))).toBe(1);
    expect(findDeciding(held, read('00000000000000b2', orgs[1]))).toBe(0);
  });
});

describe('the needs of a token', () => {
  it('are enough for everything that was asked for, however it was asked', () => {
    fc.assert(
      fc.property(permissions, fc.array(permission, { maxLength: 200 }), fc.nat(3), (held, asked, flushEvery) => {
        const set = new PermissionSet(held);
        const needs = new PermissionNeeds(held);
        needs.startDay(1);
        const granted = asked.filter((one) => set.covers(one));
        const needed = new Set<number>();
        const flush = (): void => {
          const positions = needs.listUnstored();
          expect(positions.filter((position) => needed.has(position))).toEqual([]);
          for (const position of positions) needed.add(position);
          needs.noteStored(positions);
        };
        for (const [n, one] of granted.entries()) {
          needs.noteNeed(one);
          if (flushEvery > 0 && n % flushEvery === 0) flush();
        }
        flush();
        const narrower = new PermissionSet(held.filter((_, position) => needed.has(position)));
        expect(narrower.firstMissing(granted)).toBeUndefined();
      }),
    );
  });

  it('are needed again on another day, and a list needs all of its type', () => {
    const needs = new PermissionNeeds([read('00000000000000b1'), read('00000000000000b2'), { ...read(), action: 'write' }]);
    needs.startDay(1);
    needs.noteNeed(read('00000000000000b1', orgs[0]));
    expect(needs.listUnstored()).toEqual([0]);
    needs.noteStored([0]);
    needs.noteNeed(read('00000000000000b1', orgs[0]));
    expect(needs.listUnstored()).toEqual([]);
    needs.startDay(2);
    needs.noteNeed(read('00000000000000b1', orgs[0]));
    expect(needs.listUnstored()).toEqual([0]);
    needs.noteList('read', 'buckets');
    expect(needs.listUnstored()).toEqual([0, 1]);
  });
});
