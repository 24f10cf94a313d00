/** The contract of every metadata store. An engine runs it with a function that opens a store in a fresh directory. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Authorization } from '../domain/authorization.js';
import type { Bucket } from '../domain/bucket.js';
import type { AuthorizationId, BucketId, LabelId, OrganizationId, UserId } from '../domain/id.js';
import type { Organization } from '../domain/organization.js';
import type { ResourceFilter } from '../domain/kind.js';
import { WHOLE_LIST, type Page } from '../domain/page.js';
import { EVERYTHING, NOTHING, operatorPermissions, type PlacedId, type Scope } from '../domain/permission.js';
import { DuplicateError, type AuthorizationFilter, type AuthorizationOrder, type Change, type Store } from '../domain/store.js';
import { bucketKind } from '../kinds/buckets.js';
import { labelKind } from '../kinds/labels.js';

const id = <T extends string>(n: number): T => n.toString(16).padStart(16, '0') as T;

const organization = (n: number, name: string): Organization => ({
  id: id<OrganizationId>(n),
  name,
  description: '',
  createdAtMs: n,
  updatedAtMs: n,
});

const bucket = (n: number, orgID: OrganizationId, name: string, type: Bucket['type'] = 'user'): Bucket => ({
  id: id<BucketId>(n),
  orgID,
  type,
  name,
  description: 'd',
  retentionPolicyName: '',
  retentionSeconds: 3600,
  shardGroupDurationSeconds: 3600,
  createdAtMs: n,
  updatedAtMs: n,
});

const hashOf = (n: number): string => `$influxdb2-sha256$${n}`;

const authorization = (n: number, fields: Partial<Authorization> = {}, plainToken?: string): Authorization => ({
  id: id<AuthorizationId>(n),
  orgID: id<OrganizationId>(1),
  userID: id<UserId>(1),
  status: 'active',
  description: '',
  permissions: [{ action: 'read', resource: { type: 'buckets', id: undefined, orgID: id<OrganizationId>(1) } }],
  secret: { kind: 'token', tokens: [{ hash: hashOf(n), plainToken, createdAtMs: n }] },
  endedAtMs: undefined,
  createdAtMs: n,
  updatedAtMs: n,
  ...fields,
});

const scopeOf = (organizationIds: OrganizationId[], ids: string[] = [], placedIds: PlacedId[] = []): Scope => ({
  everything: false,
  organizationIds,
  ids,
  placedIds,
});

export function storeContract(name: string, open: (directory: string) => Promise<Store>): void {
  describe(name, () => {
    let directory: string;
    let store: Store;
    const [acme, beta] = [organization(1, 'acme'), organization(2, 'beta')];
    const [ann, bob] = [
      { id: id<UserId>(1), name: 'ann', status: 'active' as const },
      { id: id<UserId>(2), name: 'bob', status: 'active' as const },
    ];

    beforeEach(async () => {
      directory = mkdtempSync(join(tmpdir(), 'store-'));
      store = await open(directory);
    });
    afterEach(async () => {
      await store.close();
      rmSync(directory, { recursive: true });
    });

    async function addPeople(): Promise<void> {
      await store.transaction(async (writer) => {
        await writer.insertOrganization(acme);
        await writer.insertOrganization(beta);
        await writer.insertUser(ann);
        await writer.insertUser(bob);
      });
    }

    async function aBucket(): Promise<Bucket> {
      await addPeople();
      const made = bucket(1, acme.id, 'b');
      await store.transaction((writer) => writer.resources(bucketKind).insert(made));
      return made;
    }

    describe('transactions', () => {
      it('leave nothing of work that failed, and do not disturb those that share its commit', async () => {
        const results = await Promise.allSettled([
          store.transaction((writer) => writer.insertOrganization(acme)),
          store.transaction(async (writer) => {
            await writer.insertUser(ann);
            throw new Error('no');
          }),
          store.transaction((writer) => writer.insertOrganization({ ...beta, name: 'acme' })),
          store.transaction((writer) => writer.insertUser(bob)),
        ]);
        expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
        expect((results[2] as PromiseRejectedResult).reason).toBeInstanceOf(DuplicateError);
        expect(await store.findUser(ann.id)).toBeUndefined();
        expect(await store.findUser(bob.id)).toEqual(bob);
        expect(await store.findOrganization(beta.id)).toBeUndefined();
      });

      it('see their own changes, which nobody else sees before the commit', async () => {
        await store.transaction(async (writer) => {
          await writer.insertUser(ann);
          expect(await writer.findUser(ann.id)).toEqual(ann);
          expect(await store.findUser(ann.id)).toBeUndefined();
        });
        expect(await store.findUser(ann.id)).toEqual(ann);
      });

      it('are found again after the store was closed and opened', async () => {
        await addPeople();
        await store.close();
        store = await open(directory);
        expect(await store.findOrganizationByName('acme')).toEqual(acme);
        expect(await store.hasAnyUserOrOrganization()).toBe(true);
      });

      it('tell what they changed, once it is committed, and nothing of what failed', async () => {
        const seen: Change[] = [];
        store.onChange((changes) => seen.push(...changes));
        await addPeople();
        await store.transaction((writer) => writer.updateUser({ ...ann, name: 'anna' }));
        await expect(
          store.transaction(async (writer) => {
            await writer.deleteUser(ann.id, 1);
            throw new Error('no');
          }),
        ).rejects.toThrow('no');
        expect(seen.filter(({ noun }) => noun === 'user').map(({ kind }) => kind)).toEqual(['insert', 'insert', 'update']);
      });

      it('have parts that fail alone, as transactions do', async () => {
        const seen: Change[] = [];
        store.onChange((changes) => seen.push(...changes));
        await store.transaction(async (writer) => {
          await writer.part((part) => part.insertOrganization(acme));
          const failing = writer.part(async (part) => {
            await part.insertUser(bob);
            await part.insertOrganization({ ...beta, name: 'acme' });
          });
          await expect(failing).rejects.toBeInstanceOf(DuplicateError);
          await writer.insertUser(ann);
        });
        expect([await store.findUser(ann.id), await store.findUser(bob.id)]).toEqual([ann, undefined]);
        expect(seen.map(({ noun }) => noun)).toEqual(['organization', 'user']);
      });

      it('come in any number at once', async () => {
        await Promise.all(
          Array.from({ length: 1000 }, (_, n) =>
            store.transaction((writer) => writer.insertUser({ id: id<UserId>(n + 1), name: `user ${n}`, status: 'active' })),
          ),
        );
        expect(await store.listUsers({ readable: EVERYTHING }, WHOLE_LIST)).toHaveLength(1000);
      });
    });

    describe('organizations', () => {
      it('are found by name without the blanks around it, and clash so', async () => {
        await store.transaction((writer) => writer.insertOrganization(organization(3, '  spaced ')));
        expect((await store.findOrganizationByName('spaced'))?.name).toBe('  spaced ');
        await expect(store.transaction((writer) => writer.insertOrganization(organization(4, 'spaced')))).rejects.toBeInstanceOf(
          DuplicateError,
        );
      });

      it('are listed within the scope, by membership, in pages', async () => {
        await addPeople();
        await store.transaction((writer) =>
          writer.insertMembership({ resourceType: 'orgs', resourceId: beta.id, userId: ann.id, role: 'member' }),
        );
        const list = async (...[filter, page]: Parameters<Store['listOrganizations']>) =>
          (await store.listOrganizations(filter, page)).map((one) => one.name);
        expect(await list({ readable: EVERYTHING }, WHOLE_LIST)).toEqual(['acme', 'beta']);
        expect(await list({ readable: NOTHING }, WHOLE_LIST)).toEqual([]);
        expect(await list({ readable: scopeOf([], [acme.id]) }, WHOLE_LIST)).toEqual(['acme']);
        // An organization lies in no organization.
        expect(await list({ readable: scopeOf([acme.id]) }, WHOLE_LIST)).toEqual([]);
        expect(await list({ readable: EVERYTHING, memberId: ann.id }, WHOLE_LIST)).toEqual(['beta']);
        expect(await list({ readable: EVERYTHING }, { limit: 1, offset: 1, descending: false })).toEqual(['beta']);
        expect(await list({ readable: EVERYTHING }, { limit: 1, offset: 0, descending: true })).toEqual(['beta']);
      });

      it('take their buckets, labels, secrets and memberships with them, and leave the authorizations', async () => {
        await addPeople();
        const label = { id: id<LabelId>(9), orgID: acme.id, name: 'red', properties: {} };
        const data = bucket(5, acme.id, 'data');
        await store.transaction(async (writer) => {
          await writer.resources(bucketKind).insert(data);
          await writer.resources(bucketKind).insert(bucket(6, beta.id, 'data'));
          await writer.resources(labelKind).insert(label);
          await writer.insertLabelMapping({ labelId: label.id, resourceType: 'buckets', resourceId: data.id });
          await writer.putSecret(acme.id, 'key', Buffer.from('sealed'));
          await writer.insertMembership({ resourceType: 'orgs', resourceId: acme.id, userId: ann.id, role: 'owner' });
          await writer.insertMembership({ resourceType: 'buckets', resourceId: data.id, userId: ann.id, role: 'member' });
          await writer.insertAuthorization(authorization(7));
        });
        expect(await store.transaction((writer) => writer.deleteOrganization(acme.id, 9))).toBe(true);
        expect(await store.transaction((writer) => writer.deleteOrganization(acme.id, 9))).toBe(false);
        expect(await store.listTombstones()).toEqual([{ bucketId: data.id, deletedAtMs: 9 }]);
        expect(await store.resources(bucketKind).find(data.id)).toBeUndefined();
        expect(await store.resources(bucketKind).findByName(beta.id, 'data')).toBeDefined();
        expect(await store.resources(labelKind).find(label.id)).toBeUndefined();
        expect(await store.listSecretKeys(acme.id)).toEqual([]);
        expect(await store.listMembershipsOfUser(ann.id)).toEqual([]);
        expect(await store.findAuthorization(id<AuthorizationId>(7))).toBeDefined();
      });
    });

    describe('users', () => {
      it('and v1 authorizations tell how their passwords rest, each way once', async () => {
        await addPeople();
        const v1 = (n: number, passwordHash?: string) => authorization(n, { secret: { kind: 'v1', userName: `agent ${n}`, passwordHash } });
        expect(await store.listPasswordHashForms()).toEqual([]);
        await store.transaction(async (writer) => {
          await writer.putPasswordHash(ann.id, '$argon2id$v=19$one');
          await writer.putPasswordHash(bob.id, '$2a$10$two');
          for (const each of [v1(7), v1(8, '$2a$10$three'), v1(9, '$2b$12$four'), v1(10, '$argon2id$v=19$five')]) {
            await writer.insertAuthorization(each);
          }
        });
        expect((await store.listPasswordHashForms()).sort()).toEqual(['$2a$10$', '$2b$12$', '$argon2']);
      });

      it('lose password, roles and tokens when they go, all at once', async () => {
        await addPeople();
        await store.transaction(async (writer) => {
          await writer.putPasswordHash(ann.id, 'old');
          await writer.putPasswordHash(ann.id, 'new');
          await writer.insertMembership({ resourceType: 'orgs', resourceId: acme.id, userId: ann.id, role: 'owner' });
          await writer.insertAuthorization(authorization(7));
          await writer.insertAuthorization(authorization(8, { userID: bob.id }));
        });
        expect(await store.findPasswordHash(ann.id)).toBe('new');
        await store.transaction((writer) => writer.deleteUser(ann.id, 123));
        expect(await store.findPasswordHash(ann.id)).toBeUndefined();
        expect(await store.listMembershipsOfResource('orgs', acme.id)).toEqual([]);
        expect((await store.findAuthorization(id<AuthorizationId>(7)))?.endedAtMs).toBe(123);
        expect((await store.findAuthorizationStanding(id<AuthorizationId>(7)))?.endedAtMs).toBe(123);
        expect(await store.findAuthorizationStanding(id<AuthorizationId>(8))).toEqual({ status: 'active', endedAtMs: undefined });
        expect(await store.findAuthorizationStanding(id<AuthorizationId>(999))).toBeUndefined();
        expect((await store.findAuthorization(id<AuthorizationId>(8)))?.endedAtMs).toBeUndefined();
      });

      it('have names to the letter', async () => {
        await addPeople();
        expect(await store.findUserByName('Ann')).toBeUndefined();
        expect(await store.findUserByName('ann ')).toBeUndefined();
        await expect(store.transaction((writer) => writer.updateUser({ ...bob, name: 'ann' }))).rejects.toBeInstanceOf(DuplicateError);
      });
    });

    describe('sessions', () => {
      const session = (hash: string, userId: UserId, expiresAtMs: number) => ({ hash, userId, createdAtMs: 0, expiresAtMs });

      it('are extended and never shortened, end one by one, by user and by time', async () => {
        await store.transaction(async (writer) => {
          for (const [hash, user, end] of [
            ['a', ann, 10],
            ['b', ann, 20],
            ['c', ann, 30],
            ['d', bob, 30],
          ] as const) {
            await writer.insertSession(session(hash, user.id, end));
          }
        });
        expect(await store.transaction((writer) => writer.extendSession('a', 15))).toBe(true);
        expect(await store.transaction((writer) => writer.extendSession('a', 5))).toBe(false);
        expect((await store.findSession('a'))?.expiresAtMs).toBe(15);
        expect(await store.transaction((writer) => writer.deleteExpiredSessions(15))).toBe(1);
        await store.transaction((writer) => writer.deleteSessionsOfUser(ann.id, 'c'));
        expect(await store.findSession('b')).toBeUndefined();
        expect(await store.findSession('c')).toBeDefined();
        expect(await store.transaction((writer) => writer.deleteSession('d'))).toBe(true);
        expect(await store.transaction((writer) => writer.deleteSession('d'))).toBe(false);
      });
    });

    describe('memberships', () => {
      it('are one per user and resource, told in the order of their making, and taken away by role', async () => {
        const member = { resourceType: 'orgs' as const, resourceId: acme.id, userId: bob.id, role: 'member' as const };
        await store.transaction(async (writer) => {
          await writer.insertMembership(member);
          await writer.insertMembership({ ...member, userId: ann.id, role: 'owner' });
        });
        expect((await store.listMembershipsOfResource('orgs', acme.id)).map(({ userId }) => userId)).toEqual([bob.id, ann.id]);
        await expect(store.transaction((writer) => writer.insertMembership({ ...member, role: 'owner' }))).rejects.toBeInstanceOf(
          DuplicateError,
        );
        expect(await store.transaction((writer) => writer.deleteMembership('orgs', acme.id, ann.id, 'member'))).toBe(false);
        expect(await store.transaction((writer) => writer.deleteMembership('orgs', acme.id, ann.id, 'owner'))).toBe(true);
      });
    });

    describe('buckets', () => {
      it('are listed by name in an organization and by id among all, as far as the scopes reach', async () => {
        await store.transaction(async (writer) => {
          await writer.resources(bucketKind).insert(bucket(15, acme.id, '_tasks', 'system'));
          await writer.resources(bucketKind).insert(bucket(14, acme.id, 'b'));
          await writer.resources(bucketKind).insert(bucket(13, acme.id, 'ä'));
          await writer.resources(bucketKind).insert(bucket(12, acme.id, 'Z'));
          await writer.resources(bucketKind).insert(bucket(11, beta.id, 'b'));
        });
        const list = async (filter: ResourceFilter, page: Page) =>
          (await store.resources(bucketKind).list(filter, page, filter.orgID === undefined ? 'id' : 'name')).map((one) => one.name);
        const all = { readable: EVERYTHING, readableOrganizations: EVERYTHING };
        // As bytes: capitals before lower case, other letters behind both.
        expect(await list({ ...all, orgID: acme.id }, WHOLE_LIST)).toEqual(['Z', '_tasks', 'b', 'ä']);
        expect(await list({ ...all, orgID: acme.id }, { ...WHOLE_LIST, descending: true, limit: 2 })).toEqual(['ä', 'b']);
        expect(await list({ ...all, orgID: acme.id }, { ...WHOLE_LIST, after: id(12), limit: 2 })).toEqual(['_tasks', 'b']);
        expect(await list(all, WHOLE_LIST)).toEqual(['b', 'Z', 'ä', 'b', '_tasks']);
        expect(await list({ ...all, name: 'b' }, WHOLE_LIST)).toEqual(['b', 'b']);
        expect(await list({ readable: scopeOf([acme.id]), readableOrganizations: NOTHING }, WHOLE_LIST)).toEqual(['Z', 'ä', 'b']);
        expect(await list({ readable: scopeOf([], [id(11), id(14)]), readableOrganizations: NOTHING }, WHOLE_LIST)).toEqual(['b', 'b']);
        expect(await list({ readable: NOTHING, readableOrganizations: scopeOf([], [acme.id]) }, WHOLE_LIST)).toEqual(['_tasks']);
        // A system bucket does not belong to anyone by its own id.
        expect(await list({ readable: scopeOf([], [id(15)]), readableOrganizations: NOTHING }, WHOLE_LIST)).toEqual([]);
        // An id that counts in an organization only, in the right one and in the wrong one; one is enough, and so are many.
        const placed = [11, 14].map((n) => ({ id: id(n), orgID: acme.id }));
        expect(await list({ readable: scopeOf([], [], placed), readableOrganizations: NOTHING }, WHOLE_LIST)).toEqual(['b']);
        const many = Array.from({ length: 20_000 }, (_, n) => ({ id: id(n + 100), orgID: acme.id }));
        expect(await list({ readable: scopeOf([], [], [...many, ...placed]), readableOrganizations: NOTHING }, WHOLE_LIST)).toEqual(['b']);
        expect(await list({ readable: NOTHING, readableOrganizations: scopeOf([], [], placed) }, WHOLE_LIST)).toEqual([]);
      });

      it('can be asked for by more ids than a statement has parameters', async () => {
        await store.transaction((writer) => writer.resources(bucketKind).insert(bucket(70_000, acme.id, 'far')));
        const ids = Array.from({ length: 70_000 }, (_, n) => id(n + 1));
        const found = await store.resources(bucketKind).list({ readable: scopeOf([], ids), readableOrganizations: NOTHING }, WHOLE_LIST);
        expect(found.map(({ name }) => name)).toEqual(['far']);
        expect(
          await store.resources(bucketKind).list({ readable: scopeOf([], ids.slice(0, -1)), readableOrganizations: NOTHING }, WHOLE_LIST),
        ).toEqual([]);
      });
    });

    describe('labels', () => {
      it('have names that differ by more than case and blanks, and are on a resource once', async () => {
        const label = { id: id<LabelId>(1), orgID: acme.id, name: 'Red', properties: { color: '#f00' } };
        const mapping = { labelId: label.id, resourceType: 'buckets', resourceId: id(5) } as const;
        await store.transaction(async (writer) => {
          await writer.resources(labelKind).insert(label);
          expect(await writer.insertLabelMapping(mapping)).toBe(true);
          expect(await writer.insertLabelMapping(mapping)).toBe(false);
        });
        expect(await store.listLabelIdsOn('buckets', id(5))).toEqual([label.id]);
        expect(await store.listLabelIdsOn('dashboards', id(5))).toEqual([]);
        expect(await store.resources(labelKind).list({ readable: EVERYTHING, name: ' rEd' }, WHOLE_LIST)).toEqual([label]);
        await expect(
          store.transaction((writer) => writer.resources(labelKind).insert({ ...label, id: id<LabelId>(2), name: ' red' })),
        ).rejects.toBeInstanceOf(DuplicateError);
        await store.transaction((writer) => writer.resources(labelKind).update({ ...label, name: 'Blue' }));
        expect(await store.resources(labelKind).find(label.id)).toEqual({ ...label, name: 'Blue' });
        expect(await store.transaction((writer) => writer.deleteLabelMapping(mapping))).toBe(true);
        expect(await store.listLabelIdsOn('buckets', id(5))).toEqual([]);
        await store.transaction(async (writer) => {
          await writer.insertLabelMapping(mapping);
          await writer.resources(labelKind).delete(label.id, 1);
        });
        expect(await store.listLabelIdsOn('buckets', id(5))).toEqual([]);
      });
    });

    describe('secrets', () => {
      it('are overwritten, listed by key and given back as they were sealed', async () => {
        const sealed = Buffer.from([0, 255, 1]);
        await store.transaction(async (writer) => {
          await writer.putSecret(acme.id, 'b', Buffer.from('x'));
          await writer.putSecret(acme.id, 'b', sealed);
          await writer.putSecret(acme.id, 'a', sealed);
        });
        expect(await store.listSecretKeys(acme.id)).toEqual(['a', 'b']);
        expect(Buffer.from((await store.findSealedSecret(acme.id, 'b'))!)).toEqual(sealed);
        expect(await store.findSealedSecret(beta.id, 'b')).toBeUndefined();
        expect(await store.transaction((writer) => writer.deleteSecret(acme.id, 'b'))).toBe(true);
        expect(await store.transaction((writer) => writer.deleteSecret(acme.id, 'b'))).toBe(false);
      });
    });

    describe('authorizations', () => {
      it('come back as they were, and are found by hash', async () => {
        const full = authorization(3, {
          permissions: [
            { action: 'write', resource: { type: 'buckets', id: id(9), orgID: acme.id } },
            { action: 'read', resource: { type: 'orgs', id: id(9), orgID: undefined } },
            { action: 'read', resource: { type: 'users', id: undefined, orgID: undefined } },
          ],
          description: 'Zähler 🌡',
          secret: { kind: 'token', tokens: [{ hash: hashOf(3), plainToken: 'plain', createdAtMs: 3 }] },
          endedAtMs: 5,
        });
        await store.transaction((writer) => writer.insertAuthorization(full));
        expect(await store.findAuthorizationByHash(hashOf(3))).toEqual(full);
        expect(await store.findAuthorization(full.id)).toEqual(full);
        expect(await store.findAuthorizationByHash('$influxdb2-sha256$4')).toBeUndefined();
        await expect(
          store.transaction((writer) => writer.insertAuthorization(authorization(4, { secret: full.secret }))),
        ).rejects.toBeInstanceOf(DuplicateError);
      });

      it('may be opened by two tokens for a while, of which each is known by its hash', async () => {
        const tokens = [
          { hash: hashOf(30), createdAtMs: 9, plainToken: undefined, expiresAtMs: undefined },
          { hash: hashOf(3), createdAtMs: 3, plainToken: undefined, expiresAtMs: 20 },
        ];
        const rotated = authorization(3, { secret: { kind: 'token', tokens } });
        await store.transaction((writer) => writer.insertAuthorizations([rotated, authorization(4)]));
        for (const { hash } of tokens) expect(await store.findAuthorizationByHash(hash)).toEqual(rotated);
        expect(await store.countTokens()).toEqual({ plain: 0, hashed: { sha256: 3 }, erased: 0 });
        await store.transaction((writer) => writer.deleteAuthorization(rotated.id));
        for (const { hash } of tokens) expect(await store.findAuthorizationByHash(hash)).toBeUndefined();
        expect(await store.countTokens()).toEqual({ plain: 0, hashed: { sha256: 1 }, erased: 0 });
      });

      it('keep the order of their permissions, one and the same twice, and as many as there may be', async () => {
        const many = Array.from({ length: 10_000 }, (_, i) => ({
          action: i % 3 === 0 ? ('write' as const) : ('read' as const),
          resource: { type: 'buckets' as const, id: id<BucketId>((i * 7919) % 9000), orgID: i % 2 === 0 ? acme.id : undefined },
        }));
        const stated = {
          action: 'read' as const,
          resource: { type: 'users' as const, id: ann.id, orgID: undefined, statedOrgID: acme.id },
        };
        const all = [
          authorization(3, { permissions: many }),
          authorization(4, { permissions: [] }),
          authorization(5, { permissions: [stated, stated] }),
        ];
        await addPeople();
        await store.transaction((writer) => writer.insertAuthorizations(all));
        for (const one of all) expect(await store.findAuthorization(one.id)).toEqual(one);
        const filter = { kind: 'token', readable: EVERYTHING, readableUsers: EVERYTHING } as const;
        expect(await store.listAuthorizations(filter, WHOLE_LIST)).toEqual(all);
        expect(await store.listAuthorizations(filter, { ...WHOLE_LIST, descending: true }, 'createdAt')).toEqual(all.toReversed());
        expect(await store.listAuthorizations(filter, { limit: 2, offset: 1, descending: false }, 'description')).toEqual(all.slice(1));
        expect(await store.listActiveTokensOfUser(ann.id)).toEqual(all);
      });

      it('are left out of many when their id, a hash or a name is taken, in the store or by one before them', async () => {
        const v1 = (n: number, userName: string) => authorization(n, { secret: { kind: 'v1', userName } });
        await store.transaction(async (writer) => {
          await writer.insertAuthorization(authorization(1));
          await writer.insertAuthorization(v1(2, 'agent'));
          const inserted = await writer.insertAuthorizations([
            authorization(1, { secret: { kind: 'token', tokens: [{ hash: hashOf(77), createdAtMs: 1 }] } }),
            authorization(3, { secret: { kind: 'token', tokens: [{ hash: hashOf(1), createdAtMs: 1 }] } }),
            v1(4, 'agent'),
            // What the first one would have taken is free, since that one is left out.
            authorization(5, { secret: { kind: 'token', tokens: [{ hash: hashOf(77), createdAtMs: 1 }] } }),
            authorization(6, { secret: { kind: 'token', tokens: [{ hash: hashOf(77), createdAtMs: 1 }] } }),
            v1(7, 'another'),
            v1(8, 'another'),
            authorization(5, { secret: { kind: 'token', tokens: [{ hash: hashOf(78), createdAtMs: 1 }] } }),
          ]);
          expect(inserted).toEqual([id(5), id(7)]);
        });
        expect((await store.findAuthorizationByHash(hashOf(77)))?.id).toBe(id(5));
        expect(await store.findAuthorizationByHash(hashOf(78))).toBeUndefined();
      });

      it('of the v1-compatible API are given passwords, the same hash for two of them if need be', async () => {
        const v1 = (n: number) => authorization(n, { secret: { kind: 'v1', userName: `agent ${n}`, passwordHash: '$2a$10$same' } });
        await store.transaction(async (writer) => {
          await writer.insertAuthorizations([v1(1), v1(2)]);
          await writer.insertAuthorization(authorization(3));
          expect(await writer.putV1PasswordHash(id<AuthorizationId>(1), '$argon2id$new', 5)).toBe(true);
          expect(await writer.putV1PasswordHash(id<AuthorizationId>(3), '$argon2id$new', 5)).toBe(false);
          expect(await writer.putV1PasswordHash(id<AuthorizationId>(9), '$argon2id$new', 5)).toBe(false);
        });
        const secretOf = async (n: number) => (await store.findAuthorization(id<AuthorizationId>(n)))?.secret;
        expect(await secretOf(1)).toEqual({ kind: 'v1', userName: 'agent 1', passwordHash: '$argon2id$new' });
        expect(await secretOf(2)).toEqual({ kind: 'v1', userName: 'agent 2', passwordHash: '$2a$10$same' });
        // The hash of a password is no token.
        expect(await store.findAuthorizationByHash('$argon2id$new')).toBeUndefined();
      });

      it('are changed in their status and description alone', async () => {
        const before = authorization(3, { description: 'One' });
        await store.transaction((writer) => writer.insertAuthorization(before));
        const update = { status: 'inactive', description: 'Two', updatedAtMs: 8 } as const;
        expect(await store.transaction((writer) => writer.updateAuthorization(before.id, update))).toBe(true);
        expect(await store.transaction((writer) => writer.updateAuthorization(id<AuthorizationId>(4), update))).toBe(false);
        expect(await store.findAuthorization(before.id)).toEqual({ ...before, ...update });
      });

      it('are listed in the order of creation, as far as both scopes reach, without what has gone', async () => {
        await addPeople();
        const unscoped = [{ action: 'read', resource: { type: 'orgs', id: undefined, orgID: undefined } }] as const;
        const gone = id<OrganizationId>(99);
        await store.transaction(async (writer) => {
          await writer.insertAuthorization(authorization(13));
          await writer.insertAuthorization(authorization(11, { userID: bob.id }));
          await writer.insertAuthorization(authorization(12, { orgID: beta.id }));
          await writer.insertAuthorization(authorization(14, { endedAtMs: 1 }));
          await writer.insertAuthorization(authorization(15, { orgID: gone }));
          await writer.insertAuthorization(authorization(16, { orgID: gone, permissions: unscoped }));
        });
        const list = async (...[filter, page]: Parameters<Store['listAuthorizations']>) =>
          (await store.listAuthorizations(filter, page)).map((one) => parseInt(one.id, 16));
        const all = { kind: 'token', readable: EVERYTHING, readableUsers: EVERYTHING } as const;
        expect(await list(all, WHOLE_LIST)).toEqual([11, 12, 13, 16]);
        expect(await list(all, { limit: 2, offset: 1, descending: false })).toEqual([12, 13]);
        expect(await list(all, { limit: 2, offset: 0, descending: false, after: id(12) })).toEqual([13, 16]);
        expect(await list(all, { limit: 2, offset: 0, descending: true, after: id(13) })).toEqual([12, 11]);
        expect(await list({ ...all, orgID: acme.id }, WHOLE_LIST)).toEqual([11, 13]);
        expect(await list({ ...all, userID: bob.id }, WHOLE_LIST)).toEqual([11]);
        expect(await list({ ...all, id: id<AuthorizationId>(12) }, WHOLE_LIST)).toEqual([12]);
        expect(await list({ ...all, readable: scopeOf([acme.id]) }, WHOLE_LIST)).toEqual([11, 13]);
        expect(await list({ ...all, readable: scopeOf([acme.id], [id(12)]), readableUsers: scopeOf([], [ann.id]) }, WHOLE_LIST)).toEqual([
          12, 13,
        ]);
        expect(await list({ ...all, readableUsers: NOTHING }, WHOLE_LIST)).toEqual([]);
      });

      it('are searched, filtered by what they open, sorted and counted', async () => {
        await addPeople();
        const data = id<BucketId>(9);
        const grant = (action: 'read' | 'write', type: 'buckets' | 'tasks', resourceId?: string, orgID?: OrganizationId) => ({
          action,
          resource: { type, id: resourceId, orgID },
        });
        await store.transaction(async (writer) => {
          const insert = (n: number, fields: Partial<Authorization>) => writer.insertAuthorization(authorization(n, fields));
          await insert(21, { description: 'Zähler ॐ', permissions: [grant('read', 'buckets', data, acme.id)] });
          await insert(22, { description: 'ZÄHLER 100%', permissions: [grant('write', 'buckets', data)], updatedAtMs: 90 });
          await insert(23, { description: 'a_b', permissions: [grant('write', 'buckets', undefined, acme.id)], userID: bob.id });
          await insert(24, { description: 'axb', permissions: [grant('write', 'buckets', id(8), acme.id)], status: 'inactive' });
          await insert(25, { description: '', permissions: [grant('read', 'tasks', data, acme.id)], orgID: beta.id });
          await insert(26, { description: 'root', permissions: operatorPermissions() });
        });
        const all = { kind: 'token', readable: EVERYTHING, readableUsers: EVERYTHING } as const;
        const list = async (fields: Partial<AuthorizationFilter>, page = WHOLE_LIST, order?: AuthorizationOrder) =>
          (await store.listAuthorizations({ ...all, ...fields }, page, order)).map((one) => parseInt(one.id, 16));

        expect(await list({ search: 'zähler' })).toEqual([21, 22]);
        expect(await list({ search: 'ॐ' })).toEqual([21]);
        expect(await list({ search: '%' })).toEqual([22]);
        expect(await list({ search: 'A_B' })).toEqual([23]);
        expect(await list({ search: '\\' })).toEqual([]);
        expect(await list({ search: id(24) })).toEqual([24]);

        expect(await list({ tokenKind: 'operator' })).toEqual([26]);
        expect(await list({ tokenKind: 'read-write', status: 'active' })).toEqual([21, 22, 23]);

        const opens = (...actions: ('read' | 'write')[]) => ({ opens: { type: 'buckets', id: data, orgID: acme.id, actions } as const });
        expect(await list(opens('write'))).toEqual([22, 23, 26]);
        expect(await list(opens('read'))).toEqual([21, 26]);
        expect(await list(opens('read', 'write'))).toEqual([21, 22, 23, 26]);

        expect(await list({}, WHOLE_LIST, 'description')).toEqual([25, 23, 24, 26, 22, 21]);
        expect(await list({}, { limit: 2, offset: 1, descending: true }, 'description')).toEqual([22, 26]);
        expect(await list({}, WHOLE_LIST, 'status')).toEqual([21, 22, 23, 25, 26, 24]);
        expect(await list({}, { ...WHOLE_LIST, descending: true }, 'status')).toEqual([24, 21, 22, 23, 25, 26]);
        expect(await list({}, { limit: 1, offset: 0, descending: true }, 'updatedAt')).toEqual([22]);
        expect((await list({}, { ...WHOLE_LIST, descending: true }, 'user'))[0]).toBe(23);
        expect((await list({}, WHOLE_LIST, 'kind'))[0]).toBe(25);

        const active = { tokenKind: 'read-write', status: 'active' } as const;
        expect(await store.countAuthorizations(all)).toEqual([
          { tokenKind: 'custom', status: 'active', count: 1 },
          { tokenKind: 'operator', status: 'active', count: 1 },
          { ...active, count: 3 },
          { ...active, status: 'inactive', count: 1 },
        ]);
        expect(await store.countAuthorizations({ ...all, ...active, search: 'zähler' })).toEqual([{ ...active, count: 2 }]);
        expect(await store.countAuthorizations({ ...all, readable: NOTHING })).toEqual([]);

        // As it takes effect: what an inactive user has is of no use.
        await store.transaction((writer) => writer.updateUser({ ...bob, status: 'inactive' }));
        expect(await list({ ...active })).toEqual([21, 22, 23]);
        expect(await list({ ...active, effectiveAtMs: 1_000 })).toEqual([21, 22]);
        expect(await list({ status: 'inactive', effectiveAtMs: 1_000 })).toEqual([23, 24]);
        expect((await list({ effectiveAtMs: 1_000 }, { ...WHOLE_LIST, descending: true }, 'status')).slice(0, 2)).toEqual([23, 24]);
        expect(await store.countAuthorizations({ ...all, effectiveAtMs: 1_000 })).toEqual([
          { tokenKind: 'custom', status: 'active', count: 1 },
          { tokenKind: 'operator', status: 'active', count: 1 },
          { ...active, count: 2 },
          { ...active, status: 'inactive', count: 2 },
        ]);
      });

      it('tell the active ones of a user', async () => {
        await store.transaction(async (writer) => {
          await writer.insertAuthorization(authorization(1));
          await writer.insertAuthorization(authorization(2, { status: 'inactive' }));
          await writer.insertAuthorization(authorization(3, { endedAtMs: 1 }));
        });
        expect((await store.listActiveTokensOfUser(ann.id)).map((one) => one.id)).toEqual([id(1)]);
        expect(await store.transaction((writer) => writer.deleteAuthorization(id<AuthorizationId>(1)))).toBe(true);
        expect(await store.transaction((writer) => writer.deleteAuthorization(id<AuthorizationId>(1)))).toBe(false);
      });

      it('tell how tokens rest, and forget values and hashes', async () => {
        const wide = `$influxdb2-sha512$${'A'.repeat(86)}==`;
        await store.transaction(async (writer) => {
          for (const n of [1, 2, 3]) await writer.insertAuthorization(authorization(n, {}, `plain ${n}`));
          await writer.insertAuthorization(authorization(4));
          await writer.insertAuthorization({ ...authorization(5), secret: { kind: 'token', tokens: [{ hash: wide, createdAtMs: 5 }] } });
          await writer.insertAuthorization({ ...authorization(6), secret: { kind: 'v1', userName: 'v1' } });
        });
        expect(await store.countTokens()).toEqual({ plain: 3, hashed: { sha256: 1, sha512: 1 }, erased: 0 });
        expect(await store.findFact('has held plain tokens')).toBe('yes');
        expect(await store.transaction((writer) => writer.forgetPlainTokens(2))).toBe(2);
        expect(await store.countTokens()).toEqual({ plain: 1, hashed: { sha256: 3, sha512: 1 }, erased: 0 });
        expect(await store.transaction((writer) => writer.eraseTokenHashes())).toBe(4);
        expect(await store.countTokens()).toEqual({ plain: 1, hashed: {}, erased: 4 });
        expect((await store.findAuthorization(id<AuthorizationId>(4)))?.secret).toEqual({ kind: 'token', tokens: [] });
        expect(await store.findAuthorizationByHash(hashOf(4))).toBeUndefined();
      });
    });

    it('keeps numbers of shards, and forgets them with their bucket', async () => {
      const range = { startNs: -(2n ** 62n), stopNs: 5n };
      const bucket = await aBucket();
      const first = await store.transaction((writer) => writer.putShard(bucket.id, range));
      expect(first).toEqual({ id: 1, bucketId: bucket.id, ...range });
      expect(await store.transaction((writer) => writer.putShard(bucket.id, range))).toEqual(first);
      expect((await store.transaction((writer) => writer.putShard(bucket.id, { ...range, stopNs: 6n }))).id).toBe(2);
      await store.transaction((writer) => writer.insertShard({ ...first, id: 70, startNs: 0n }));
      expect(await store.findShard(70)).toEqual({ ...first, id: 70, startNs: 0n });
      await store.transaction((writer) => writer.resources(bucketKind).delete(bucket.id, 9));
      expect(await store.findShard(1)).toBeUndefined();
    });

    it('leaves a tombstone of a bucket that was deleted, with it and only with it, until the bucket is there again', async () => {
      const bucket = await aBucket();
      const failed = store.transaction(async (writer) => {
        await writer.resources(bucketKind).delete(bucket.id, 9);
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      expect(await store.listTombstones()).toEqual([]);
      expect(await store.transaction((writer) => writer.resources(bucketKind).delete(id<BucketId>(99), 9))).toBe(false);
      expect(await store.listTombstones()).toEqual([]);
      await store.transaction((writer) => writer.resources(bucketKind).delete(bucket.id, 9));
      expect(await store.listTombstones()).toEqual([{ bucketId: bucket.id, deletedAtMs: 9 }]);
      await store.transaction((writer) => writer.resources(bucketKind).insert(bucket));
      expect(await store.listTombstones()).toEqual([]);
      await store.transaction((writer) => writer.putTombstone({ bucketId: bucket.id, deletedAtMs: 1 }));
      await store.transaction((writer) => writer.putTombstone({ bucketId: bucket.id, deletedAtMs: 2 }));
      expect(await store.listTombstones()).toEqual([{ bucketId: bucket.id, deletedAtMs: 2 }]);
      await store.transaction((writer) => writer.deleteTombstone(bucket.id));
      expect(await store.listTombstones()).toEqual([]);
    });
  });
}
