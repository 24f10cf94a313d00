/** DBRP mappings: reading and changing them, and resolving a database of the v1-compatible API. */
import { authorize } from '../auth/authorize.js';
import { authorizeToReadBucket, readableAmong, toBucketOfMapping } from '../auth/bucket-rights.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import type { Bucket } from '../domain/bucket.js';
import { allMappings, checkMappingNames, findMapping, virtualMapping, type DbrpMapping } from '../domain/dbrp.js';
import { conflict, notFound } from '../domain/errors.js';
import type { BucketId, Id, IdGenerator, OrganizationId } from '../domain/id.js';
import { DuplicateError, type StoreReader, type StoreWriter } from '../domain/store.js';
import { compareUtf8 } from '../domain/utf8-order.js';
import { bucketKind } from '../kinds/buckets.js';
import { mappingKind } from '../kinds/dbrps.js';

export interface DbrpQuery {
  readonly id?: Id | undefined;
  readonly bucketID?: BucketId | undefined;
  readonly database?: string | undefined;
  readonly retentionPolicy?: string | undefined;
  readonly isDefault?: boolean | undefined;
}

export type NewDbrpMapping = Pick<DbrpMapping, 'orgID' | 'bucketID' | 'database' | 'retentionPolicy' | 'isDefault'>;

export type Dbrps = ReturnType<typeof createDbrps>;

const unknown = () => notFound('unable to find DBRP');

export interface AllMappings {
  readonly mappings: readonly DbrpMapping[];
  /** By name. */
  readonly buckets: readonly Bucket[];
}

/** What follows from lists that a store remembers, for as long as it does: every write and query of the v1-compatible API asks. */
const known = new WeakMap<readonly Bucket[], AllMappings & { readonly stored: readonly DbrpMapping[] }>();

/** All mappings of an organization, stored and virtual. */
export async function listAllMappings(store: StoreReader, orgID: OrganizationId): Promise<AllMappings> {
  const listed = await store.resources(bucketKind).listOf(orgID);
  const stored = await store.resources(mappingKind).listOf(orgID);
  const before = known.get(listed);
  if (before?.stored === stored) return before;
  const buckets = [...listed].sort((a, b) => compareUtf8(a.name, b.name));
  const all = { mappings: allMappings(stored, buckets), buckets, stored };
  known.set(listed, all);
  return all;
}

/** Resolves a database, with its bucket; undefined if there is no mapping. */
export async function resolveMapping(
  store: StoreReader,
  orgID: OrganizationId,
  database: string,
  retentionPolicy: string | undefined,
): Promise<{ readonly mapping: DbrpMapping; readonly bucket: Bucket } | undefined> {
  const { mappings, buckets } = await listAllMappings(store, orgID);
  const mapping = findMapping(mappings, database, retentionPolicy);
  const bucket = mapping && buckets.find(({ id }) => id === mapping.bucketID);
  return mapping && bucket && { mapping, bucket };
}

export const createDbrps = (dependencies: TransactionDependencies & { readonly ids: IdGenerator }) => {
  const { store, ids, clock } = dependencies;

  async function findStored(orgID: OrganizationId, id: Id): Promise<DbrpMapping> {
    const mapping = await store.resources(mappingKind).find(id);
    if (mapping?.orgID !== orgID) throw unknown();
    return mapping;
  }

  return {
    async create(actor: Actor, input: NewDbrpMapping): Promise<DbrpMapping> {
      const clearance = authorize(actor, toBucketOfMapping('write', input));
      checkMappingNames(input.database, input.retentionPolicy);
      const bucket = await store.resources(bucketKind).find(input.bucketID);
      if (bucket?.orgID !== input.orgID) throw notFound('bucket not found');
      // As InfluxDB, which looks the bucket up as the caller.
      authorizeToReadBucket(actor, bucket);
      try {
        return await transactionBy(dependencies, clearance, async (writer) => {
          const others = (await writer.resources(mappingKind).listOf(input.orgID)).filter(({ database }) => database === input.database);
          // The first of a database is its default, asked or not.
          const mapping: DbrpMapping = { ...input, id: ids(), isDefault: input.isDefault || others.length === 0, isVirtual: false };
          await writer.resources(mappingKind).insert(mapping);
          if (mapping.isDefault) await makeOnlyDefault(writer, mapping, others);
          return mapping;
        });
      } catch (error) {
        throw error instanceof DuplicateError ? conflict('another DBRP mapping with same orgID, db, and rp exists') : error;
      }
    },

    async find(actor: Actor, orgID: OrganizationId, id: Id): Promise<DbrpMapping> {
      const stored = await store.resources(mappingKind).find(id);
      const bucket = stored === undefined ? await store.resources(bucketKind).find(id) : undefined;
      const mapping = stored ?? (bucket && virtualMapping(bucket));
      if (mapping?.orgID !== orgID) throw unknown();
      authorize(actor, toBucketOfMapping('read', mapping));
      return mapping;
    },

    /** Those of an organization whose buckets the actor may read. */
    async list(actor: Actor, orgID: OrganizationId, query: DbrpQuery): Promise<DbrpMapping[]> {
      const { mappings, buckets } = await listAllMappings(store, orgID);
      const readable = new Set(readableAmong(actor, buckets).map(({ id }) => id));
      return mappings.filter(
        (mapping) =>
          readable.has(mapping.bucketID) &&
          (query.id === undefined || mapping.id === query.id) &&
          (query.bucketID === undefined || mapping.bucketID === query.bucketID) &&
          (query.database === undefined || mapping.database === query.database) &&
          (query.retentionPolicy === undefined || mapping.retentionPolicy === query.retentionPolicy) &&
          (query.isDefault === undefined || mapping.isDefault === query.isDefault),
      );
    },

    /** A database always keeps a default: the one that has it loses it only to another. */
    async update(
      actor: Actor,
      orgID: OrganizationId,
      id: Id,
      change: { readonly retentionPolicy?: string | undefined; readonly isDefault?: boolean | undefined },
    ): Promise<DbrpMapping> {
      const found = await findStored(orgID, id);
      const clearance = authorize(actor, toBucketOfMapping('write', found));
      if (change.retentionPolicy !== undefined) checkMappingNames('any', change.retentionPolicy);
      try {
        return await transactionBy(dependencies, clearance, async (writer) => {
          const current = await writer.resources(mappingKind).find(id);
          if (current === undefined) throw unknown();
          const others = (await writer.resources(mappingKind).listOf(orgID)).filter(
            (other) => other.database === current.database && other.id !== id,
          );
          const heir = change.isDefault === false && current.isDefault ? others[0] : undefined;
          const isDefault = heir === undefined && (change.isDefault === true || current.isDefault);
          const mapping: DbrpMapping = { ...current, retentionPolicy: change.retentionPolicy ?? current.retentionPolicy, isDefault };
          await writer.resources(mappingKind).update(mapping);
          if (isDefault) await makeOnlyDefault(writer, mapping, others);
          if (heir !== undefined) await writer.resources(mappingKind).update({ ...heir, isDefault: true });
          return mapping;
        });
      } catch (error) {
        throw error instanceof DuplicateError ? conflict('another DBRP mapping with same orgID, db, and rp exists') : error;
      }
    },

    /** When the default goes, the oldest that is left becomes it. */
    async remove(actor: Actor, orgID: OrganizationId, id: Id): Promise<void> {
      const found = await findStored(orgID, id);
      const clearance = authorize(actor, toBucketOfMapping('write', found));
      await transactionBy(dependencies, clearance, async (writer) => {
        const current = await writer.resources(mappingKind).find(id);
        if (current === undefined || !(await writer.resources(mappingKind).delete(id, clock()))) throw unknown();
        if (!current.isDefault) return;
        const heir = (await writer.resources(mappingKind).listOf(orgID)).find(({ database }) => database === current.database);
        if (heir !== undefined) await writer.resources(mappingKind).update({ ...heir, isDefault: true });
      });
    },
  };
};

async function makeOnlyDefault(writer: StoreWriter, mapping: DbrpMapping, others: readonly DbrpMapping[]): Promise<void> {
  for (const other of others) {
    if (other.isDefault && other.id !== mapping.id) await writer.resources(mappingKind).update({ ...other, isDefault: false });
  }
}
