/** Buckets: who may see and change which. */
import { authorize } from '../auth/authorize.js';
import { authorizeToReadBucket, bucketRights, readableBuckets } from '../auth/bucket-rights.js';
import { transactionBy } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import {
  checkNewBucketName,
  retentionAfterUpdate,
  retentionOfNewBucket,
  singleRetentionRule,
  type Bucket,
  type RetentionRule,
} from '../domain/bucket.js';
import { conflict, invalid, notFound } from '../domain/errors.js';
import type { BucketId, Clock, IdGenerator, OrganizationId } from '../domain/id.js';
import type { Page } from '../domain/page.js';
import type { SeriesEngine } from '../domain/series.js';
import { DuplicateError, type Store } from '../domain/store.js';

export interface NewBucket {
  readonly orgID: OrganizationId;
  readonly name: string;
  readonly description: string;
  readonly retentionPolicyName: string;
  readonly retentionRules: readonly RetentionRule[] | undefined;
}

export interface BucketChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly retentionRules?: readonly RetentionRule[] | undefined;
}

export interface BucketQuery {
  readonly id?: BucketId | undefined;
  readonly name?: string | undefined;
  readonly orgID?: OrganizationId | undefined;
  readonly org?: string | undefined;
}

export interface BucketDependencies {
  readonly store: Store;
  readonly engine: SeriesEngine;
  readonly ids: IdGenerator;
  readonly clock: Clock;
}

/**
 * The record of a bucket to be made.
 *
 * @throws DomainError `invalid` or `unprocessable entity`
 */
export function buildBucket(input: NewBucket, id: BucketId, nowMs: number): Bucket {
  checkNewBucketName(input.name);
  return {
    id,
    orgID: input.orgID,
    type: 'user',
    name: input.name,
    description: input.description,
    retentionPolicyName: input.retentionPolicyName,
    ...retentionOfNewBucket(singleRetentionRule(input.retentionRules)),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}

export type Buckets = ReturnType<typeof createBuckets>;

export const createBuckets = (dependencies: BucketDependencies) => {
  const { store, engine, ids, clock } = dependencies;

  async function findOrRefuse(id: BucketId): Promise<Bucket> {
    const bucket = await store.findBucket(id);
    if (bucket === undefined) throw notFound('bucket not found');
    return bucket;
  }

  return {
    async create(actor: Actor, input: NewBucket): Promise<Bucket> {
      singleRetentionRule(input.retentionRules);
      const clearance = authorize(actor, bucketRights.toCreateIn(input.orgID));
      const bucket = buildBucket(input, ids<BucketId>(), clock());
      try {
        await transactionBy(dependencies, clearance, async (writer) => {
          if ((await writer.findOrganization(input.orgID)) === undefined) throw notFound('organization not found');
          await writer.insertBucket(bucket);
        });
      } catch (error) {
        throw error instanceof DuplicateError ? conflict(`bucket with name ${bucket.name} already exists`) : error;
      }
      return bucket;
    },

    async find(actor: Actor, id: BucketId): Promise<Bucket> {
      const bucket = await findOrRefuse(id);
      authorizeToReadBucket(actor, bucket);
      return bucket;
    },

    /**
     * The id beats all, the organization's id its name. What is named within an organization, or by id, is `not found` when there is
     * none, even to those who could not read it.
     */
    async list(actor: Actor, query: BucketQuery, page: Page): Promise<Bucket[]> {
      const visible = readableBuckets(actor);
      if (query.id !== undefined) {
        await findOrRefuse(query.id);
        return store.listBuckets({ ...visible, id: query.id }, { ...page, offset: 0, after: undefined });
      }
      let orgID = query.orgID;
      if (orgID === undefined && query.org !== undefined) {
        orgID = (await store.findOrganizationByName(query.org))?.id;
        if (orgID === undefined) throw notFound(`organization name "${query.org}" not found`);
      }
      const { name } = query;
      if (name !== undefined && orgID !== undefined && (await store.findBucketByName(orgID, name)) === undefined) {
        throw notFound(`bucket "${name}" not found`);
      }
      return store.listBuckets({ ...visible, orgID, name }, page);
    },

    async update(actor: Actor, id: BucketId, change: BucketChange): Promise<Bucket> {
      const rule = singleRetentionRule(change.retentionRules);
      const bucket = await findOrRefuse(id);
      const clearance = authorize(actor, bucketRights.toWrite(bucket));
      const { name } = change;
      if (name !== undefined && name !== bucket.name) {
        if (bucket.type === 'system') throw invalid('system buckets cannot be renamed');
        // InfluxDB looks the bucket up as the caller before it renames it.
        authorizeToReadBucket(actor, bucket);
        checkNewBucketName(name);
      }
      try {
        return await transactionBy(dependencies, clearance, async (writer) => {
          const current = await writer.findBucket(id);
          if (current === undefined) throw notFound('bucket not found');
          const next: Bucket = {
            ...current,
            name: name ?? current.name,
            description: change.description ?? current.description,
            ...retentionAfterUpdate(current, rule),
            updatedAtMs: clock(),
          };
          await writer.updateBucket(next);
          return next;
        });
      } catch (error) {
        throw error instanceof DuplicateError ? conflict('bucket name is not unique') : error;
      }
    },

    /** With all its points. */
    async remove(actor: Actor, id: BucketId): Promise<void> {
      const bucket = await findOrRefuse(id);
      const clearance = authorize(actor, bucketRights.toWrite(bucket));
      if (bucket.type === 'system') throw invalid('system buckets cannot be deleted');
      const removed = await transactionBy(dependencies, clearance, (writer) => writer.deleteBucket(id, clock()));
      if (!removed) throw notFound('bucket not found');
      await engine.dropBucket(id);
    },
  };
};
