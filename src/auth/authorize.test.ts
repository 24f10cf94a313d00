/** The questions that are asked of an actor, and how they are answered and refused. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { newBucket } from '../../test/support/new-bucket.js';
import { ACME, ANN, BEN, BETA, HOME, OFFICE } from '../../test/support/two-organizations.js';
import { systemActor, type Actor, type SessionActor, type TokenActor } from '../domain/actor.js';
import type { AuthorizationId } from '../domain/id.js';
import {
  EVERYTHING,
  globalPermission,
  memberPermissions,
  NOTHING,
  operatorPermissions,
  ownerPermissions,
  permissionById,
  permissionFor,
  permissionInOrganization,
  PermissionSet,
  type Permission,
} from '../domain/permission.js';
import type { Change } from '../domain/store.js';
import type { Status } from '../domain/user.js';
import { authorize, Clearance, filterAllowed, isAllowed, reachesAny, readableScope } from './authorize.js';
import { authorizeToReadBucket, mayReadBucket, toBucketOfMapping } from './bucket-rights.js';
import {
  accessAmong,
  authorizeDelete,
  authorizeFluxWrite,
  authorizeWrite,
  mayReachAnyBucket,
  mayReadOrganization,
  mayWritePoints,
} from './data-access.js';
import { DECISIONS_CHANNEL, type Decision } from './decisions.js';
import { areOperatorPermissions, authorizeConfiguration, authorizeOperator, isOperator } from './operator.js';
import { findLoss, mayEnd } from './reviews.js';
import { mayListMembers, toChangeMembers } from './tenancy.js';

const request = { id: 'r', address: '192.0.2.1' };
const token = (permissions: Permission[], status: Status = 'active'): TokenActor => ({
  kind: 'token',
  userId: ANN,
  orgId: ACME,
  authorizationId: 'a1' as AuthorizationId,
  permissions: new PermissionSet(permissions),
  status,
  request,
});
const session = (permissions: Permission[]): SessionActor => ({
  kind: 'session',
  userId: ANN,
  sessionHash: 's1',
  permissions: new PermissionSet(permissions),
  request,
});
const home = newBucket(HOME, ACME, 'home');
const office = newBucket(OFFICE, BETA, 'office');
const system = newBucket('00000000000000cc' as never, ACME, '_tasks', 'system');
const readHome = permissionFor('read', 'buckets', HOME, ACME);
const writeHome = permissionFor('write', 'buckets', HOME, ACME);
const nobody = token([]);
const inactive = token(operatorPermissions(), 'inactive');
const operator = token(operatorPermissions());

function decisionsOf(work: () => unknown): string[] {
  const seen: string[] = [];
  const listen = (message: unknown): void => {
    const { about, action, type, allowed } = message as Decision;
    seen.push(`${about} ${action}:${type} ${allowed ? 'yes' : 'no'}`);
  };
  subscribe(DECISIONS_CHANNEL, listen);
  try {
    work();
  } finally {
    unsubscribe(DECISIONS_CHANNEL, listen);
  }
  return seen;
}

describe('authorize', () => {
  it('gives a clearance for all rights that are held', () => {
    const actor = token([readHome, writeHome]);
    const clearance = authorize(actor, readHome, writeHome);
    expect(clearance).toBeInstanceOf(Clearance);
    expect(clearance.actor).toBe(actor);
    expect(clearance.rights).toEqual([readHome, writeHome]);
  });

  it('refuses the first that is missing, by its name', () => {
    expect(() => authorize(token([readHome]), readHome, writeHome)).toThrow(`write:orgs/${ACME}/buckets/${HOME} is unauthorized`);
    expect(() => authorize(nobody, globalPermission('write', 'orgs'))).toThrow('write:orgs is unauthorized');
  });

  it('tells an inactive token that it is inactive', () => {
    expect(() => authorize(inactive, readHome)).toThrow('token is inactive');
    expect(isAllowed(inactive, readHome)).toBe(false);
  });

  it('publishes what was asked and decided', () => {
    expect(decisionsOf(() => isAllowed(token([readHome]), readHome))).toEqual(['one read:buckets yes']);
    expect(decisionsOf(() => isAllowed(nobody, writeHome))).toEqual(['one write:buckets no']);
    expect(decisionsOf(() => readableScope(token([readHome]), 'buckets'))).toEqual(['list read:buckets yes']);
    expect(decisionsOf(() => readableScope(operator, 'labels'))).toEqual(['list read:labels yes']);
    expect(decisionsOf(() => readableScope(token(ownerPermissions(ACME)), 'labels'))).toEqual(['list read:labels yes']);
    expect(decisionsOf(() => readableScope(token([permissionById('read', 'users', ANN)]), 'users'))).toEqual(['list read:users yes']);
    expect(decisionsOf(() => readableScope(nobody, 'labels'))).toEqual(['list read:labels no']);
    expect(decisionsOf(() => reachesAny(operator, 'write', 'buckets', ACME))).toEqual(['list write:buckets yes']);
    expect(decisionsOf(() => filterAllowed(nobody, 'buckets', [home], () => readHome))).toEqual(['list read:buckets no']);
    expect(decisionsOf(() => filterAllowed(operator, 'buckets', [home], () => readHome))).toEqual(['list read:buckets yes']);
  });
});

describe('lists', () => {
  it('are asked for by scope: nothing for an inactive token, everything for an operator', () => {
    expect(readableScope(inactive, 'buckets')).toEqual(NOTHING);
    expect(readableScope(operator, 'buckets')).toEqual(EVERYTHING);
    expect(readableScope(token([permissionInOrganization('read', 'buckets', ACME)]), 'buckets')).toMatchObject({ organizationIds: [ACME] });
    expect(readableScope(token([permissionInOrganization('write', 'buckets', ACME)]), 'buckets')).toEqual(NOTHING);
  });

  it('are filtered where the store was not asked', () => {
    const permissionTo = ({ id, orgID }: typeof home): Permission => permissionFor('read', 'buckets', id, orgID);
    expect(filterAllowed(token([readHome]), 'buckets', [home, office], permissionTo)).toEqual([home]);
    expect(filterAllowed(inactive, 'buckets', [home, office], permissionTo)).toEqual([]);
  });

  it('are reached by any right to one of an organization', () => {
    expect(reachesAny(token([readHome]), 'read', 'buckets', ACME)).toBe(true);
    expect(reachesAny(token([readHome]), 'write', 'buckets', ACME)).toBe(false);
    expect(reachesAny(token([readHome]), 'read', 'buckets', BETA)).toBe(false);
    expect(reachesAny(inactive, 'read', 'buckets', ACME)).toBe(false);
  });
});

describe('points', () => {
  it('are read by those who may read the bucket; system buckets by those who may read the organization', () => {
    expect(mayReadBucket(token([readHome]), home)).toBe(true);
    expect(mayReadBucket(token([readHome]), office)).toBe(false);
    expect(mayReadBucket(token([permissionInOrganization('read', 'buckets', ACME)]), system)).toBe(false);
    expect(mayReadBucket(token([permissionById('read', 'orgs', ACME)]), system)).toBe(true);
    expect(() => authorizeToReadBucket(nobody, home)).toThrow(`read:orgs/${ACME}/buckets/${HOME} is unauthorized`);
    expect(authorizeToReadBucket(token([readHome]), home).rights).toEqual([{ ...readHome, somePoints: true }]);
  });

  it('are written and deleted by those who may write the bucket, in the words of each API', () => {
    const writer = token([writeHome]);
    expect(mayWritePoints(writer, home)).toBe(true);
    expect(mayWritePoints(token([readHome]), home)).toBe(false);
    authorizeWrite(writer, home);
    authorizeDelete(writer, home);
    authorizeFluxWrite(writer, home);
    expect(() => {
      authorizeWrite(token([readHome]), home);
    }).toThrow(/^insufficient permissions for write$/);
    expect(() => {
      authorizeWrite(inactive, home);
    }).toThrow(/^insufficient permissions for write: token is inactive$/);
    expect(() => {
      authorizeDelete(token([readHome]), home);
    }).toThrow('insufficient permissions to delete');
    expect(() => {
      authorizeFluxWrite(token([readHome]), home);
    }).toThrow('user not authorized to write');
  });

  it('of which a query may reach several are told apart', () => {
    const { readable, writable } = accessAmong(token([readHome, permissionFor('write', 'buckets', OFFICE, BETA)]), [home, office]);
    expect([...readable.keys()]).toEqual([HOME]);
    expect([...writable]).toEqual([]);
    const all = accessAmong(operator, [home, office]);
    expect([...all.readable.keys()]).toEqual([HOME, OFFICE]);
    expect([...all.writable]).toEqual([HOME, OFFICE]);
  });

  it('are looked for only where some bucket could be reached', () => {
    expect(mayReachAnyBucket(token([readHome]), ACME)).toBe(true);
    expect(mayReachAnyBucket(token([writeHome]), ACME)).toBe(true);
    expect(mayReachAnyBucket(token([permissionById('read', 'orgs', ACME)]), ACME)).toBe(true);
    expect(mayReachAnyBucket(token([readHome]), BETA)).toBe(false);
    expect(mayReachAnyBucket(nobody, ACME)).toBe(false);
    expect(mayReachAnyBucket(inactive, ACME)).toBe(false);
    expect(mayReadOrganization(token([permissionById('read', 'orgs', BETA)]), { id: ACME })).toBe(false);
  });

  it('are mapped by those who have the right to the bucket', () => {
    expect(toBucketOfMapping('write', { bucketID: HOME, orgID: ACME })).toEqual(writeHome);
  });
});

describe('members', () => {
  const place = { type: 'buckets', id: HOME, orgID: ACME } as const;
  it('are listed for those who may read the organization, whatever they are members of', () => {
    expect(mayListMembers(token([permissionById('read', 'orgs', ACME)]), place)).toBe(true);
    expect(mayListMembers(token([readHome, permissionById('read', 'orgs', BETA)]), place)).toBe(false);
  });

  it('are changed with the right to write what they are members of', () => {
    expect(toChangeMembers(place)).toEqual(writeHome);
    expect(isAllowed(token([permissionById('write', 'orgs', ACME)]), toChangeMembers({ type: 'orgs', id: ACME, orgID: ACME }))).toBe(true);
  });
});

describe('operators', () => {
  it('hold every permission over every organization', () => {
    expect(isOperator(operator)).toBe(true);
    expect(isOperator(systemActor('test'))).toBe(true);
    expect(isOperator(inactive)).toBe(false);
    expect(isOperator(token(operatorPermissions().slice(1)))).toBe(false);
    expect(isOperator(token(ownerPermissions(ACME)))).toBe(false);
    expect(areOperatorPermissions(operatorPermissions())).toBe(true);
    expect(areOperatorPermissions(operatorPermissions().slice(0, -1))).toBe(false);
  });

  it('alone may back up, and are told what they lack', () => {
    expect(authorizeOperator(operator).rights).toEqual(operatorPermissions());
    expect(() => authorizeOperator(token(operatorPermissions().slice(0, -1)))).toThrow('write:replications is unauthorized');
    expect(() => authorizeOperator(inactive)).toThrow('token is inactive');
    try {
      authorizeOperator(nobody);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({
        code: 'unauthorized',
        message: 'read:authorizations is unauthorized',
        hint: 'only an operator token may back up or restore',
      });
    }
  });

  it('alone may read the configuration', () => {
    authorizeConfiguration(operator);
    expect(() => {
      authorizeConfiguration(token(ownerPermissions(ACME)));
    }).toThrow('access to /api/v2/config requires operator permissions');
  });
});

describe('a change', () => {
  const change = (noun: Change['noun'], kind: Change['kind'], id: string): Change => ({ noun, kind, id });
  it.each<[string, Actor, Change, boolean]>([
    ['of its user', nobody, change('user', 'update', ANN), true],
    ['of any user', nobody, change('user', 'update', ''), true],
    ['of another user', nobody, change('user', 'update', BEN), false],
    ['of its authorization', nobody, change('authorization', 'delete', 'a1'), true],
    ['of any authorization', nobody, change('authorization', 'update', ''), true],
    ['of another authorization', nobody, change('authorization', 'delete', 'a2'), false],
    ['of a role', nobody, change('membership', 'delete', ''), false],
    ['of a session', nobody, change('session', 'delete', 's1'), false],
    ['of any authorization', session([]), change('authorization', 'delete', 'a2'), true],
    ['of a role', session([]), change('membership', 'delete', ''), true],
    ['that ends a session', session([]), change('session', 'delete', 's2'), true],
    ['that extends one', session([]), change('session', 'update', 's1'), false],
    ['of all sessions', session([]), change('session', 'update', ''), true],
    ['that adds something', session([]), change('membership', 'insert', ''), false],
    ['of something else', session([]), change('bucket' as Change['noun'], 'delete', HOME), false],
    ['of anything', systemActor('test'), change('user', 'delete', ANN), false],
  ])('%s concerns the actor or does not', (_, actor, one, concerns) => {
    expect(mayEnd(actor, one)).toBe(concerns);
  });

  it('takes something away, or does not', () => {
    expect(findLoss(token([readHome]), token([readHome, writeHome]))).toBeUndefined();
    expect(findLoss(token([readHome, writeHome]), token([readHome]))).toBe('rights were taken away');
    expect(findLoss(token([readHome]), token([readHome], 'inactive'))).toBe('inactive token');
    expect(findLoss(token([readHome], 'inactive'), token([readHome], 'inactive'))).toBeUndefined();
    expect(findLoss(session(memberPermissions(ACME)), session([]))).toBe('rights were taken away');
  });
});
