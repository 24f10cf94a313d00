/** What is remembered is never older than the last commit, whatever was under way when it came. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PausingStore } from '../../test/support/pausing-store.js';
import type { Bucket } from '../domain/bucket.js';
import type { BucketId, LabelId, OrganizationId, UserId } from '../domain/id.js';
import type { Organization } from '../domain/organization.js';
import type { Store, StoreWriter } from '../domain/store.js';
import type { User } from '../domain/user.js';
import { bucketKind } from '../kinds/buckets.js';
import { rememberReads } from './remembered.js';
import { openSqliteStore } from './sqlite.js';

const organization: Organization = { id: 'o1' as OrganizationId, name: 'acme', description: '', createdAtMs: 0, updatedAtMs: 0 };
const ann: User = { id: 'u1' as UserId, name: 'ann', status: 'active' };
const bucket: Bucket = {
  id: 'b1' as BucketId,
  orgID: organization.id,
  type: 'user',
  name: 'data',
  description: '',
  retentionPolicyName: '',
  retentionSeconds: 0,
  shardGroupDurationSeconds: 3600,
  createdAtMs: 0,
  updatedAtMs: 0,
};
const label = { labelId: 'l1' as LabelId, resourceType: 'buckets', resourceId: bucket.id } as const;

interface Read {
  readonly what: string;
  /** As `PausingStore` names it. */
  readonly method: string;
  readonly ask: (store: Store) => Promise<unknown>;
  readonly before: unknown;
  readonly change: (writer: StoreWriter) => Promise<unknown>;
  readonly after: unknown;
}

const renamed = { ...organization, name: 'acme2' };
const longer = { ...bucket, retentionSeconds: 7200 };
const membership = { resourceType: 'orgs', resourceId: organization.id, userId: ann.id, role: 'owner' } as const;

const READS: readonly Read[] = [
  {
    what: 'an organization',
    method: 'findOrganization',
    ask: (store) => store.findOrganization(organization.id),
    before: organization,
    change: (writer) => writer.updateOrganization(renamed),
    after: renamed,
  },
  {
    what: 'an organization by name, which is deleted',
    method: 'findOrganizationByName',
    ask: (store) => store.findOrganizationByName('acme'),
    before: organization,
    change: (writer) => writer.deleteOrganization(organization.id, 1),
    after: undefined,
  },
  {
    what: 'a user',
    method: 'findUser',
    ask: (store) => store.findUser(ann.id),
    before: ann,
    change: (writer) => writer.updateUser({ ...ann, status: 'inactive' }),
    after: { ...ann, status: 'inactive' },
  },
  {
    what: 'a bucket',
    method: 'resources.find',
    ask: (store) => store.resources(bucketKind).find(bucket.id),
    before: bucket,
    change: (writer) => writer.resources(bucketKind).update(longer),
    after: longer,
  },
  {
    what: 'a bucket by name, whose organization is deleted',
    method: 'resources.findByName',
    ask: (store) => store.resources(bucketKind).findByName(organization.id, 'data'),
    before: bucket,
    change: (writer) => writer.deleteOrganization(organization.id, 1),
    after: undefined,
  },
  {
    what: 'the buckets of an organization',
    method: 'resources.listOf',
    ask: (store) => store.resources(bucketKind).listOf(organization.id),
    before: [bucket],
    change: (writer) => writer.resources(bucketKind).update(longer),
    after: [longer],
  },
  {
    what: 'the labels of a resource',
    method: 'listLabelIdsOn',
    ask: (store) => store.listLabelIdsOn('buckets', bucket.id),
    before: [label.labelId],
    change: (writer) => writer.deleteLabelMapping(label),
    after: [],
  },
  {
    what: 'the memberships of a user',
    method: 'listMembershipsOfUser',
    ask: (store) => store.listMembershipsOfUser(ann.id),
    before: [membership],
    change: (writer) => writer.deleteMembership('orgs', organization.id, ann.id, 'owner'),
    after: [],
  },
];

describe('what a store remembers', () => {
  let directory: string;
  let pausing: PausingStore;
  let store: Store;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'remembered-'));
    pausing = new PausingStore(await openSqliteStore(directory));
    store = rememberReads(pausing.store);
    await store.transaction(async (writer) => {
      await writer.insertOrganization(organization);
      await writer.insertUser(ann);
      await writer.resources(bucketKind).insert(bucket);
      await writer.insertMembership(membership);
      await writer.insertLabelMapping(label);
    });
  });
  afterEach(async () => {
    await store.close();
    rmSync(directory, { recursive: true });
  });

  it.each(READS)('of $what is not what a commit has overtaken', async ({ method, ask, before, change, after }) => {
    const held = pausing.hold(method);
    const overtaken = ask(store);
    await held.read;
    await store.transaction(change);
    // Asked behind the commit, while the old answer has not arrived: nobody is given it.
    expect(await ask(store)).toEqual(after);
    held.release();
    expect(await overtaken).toEqual(before);
    expect(await ask(store)).toEqual(after);
  });

  it.each(READS)('of $what is asked once, and again behind a commit', async ({ method, ask, before, change, after }) => {
    expect(await ask(store)).toEqual(before);
    // Were the store asked, its answer would be held back for ever.
    pausing.hold(method);
    expect(await ask(store)).toEqual(before);
    const held = pausing.hold(method);
    await store.transaction(change);
    const asked = ask(store);
    await held.read;
    held.release();
    expect(await asked).toEqual(after);
  });
});
