/** Buckets in the metadata store. */
import type { Bucket } from '../domain/bucket.js';
import type { BucketId, OrganizationId } from '../domain/id.js';
import type { StoreWriter } from '../domain/store.js';
import { pageBy, within } from './paging.js';
import type { Database, RecordChange } from './database.js';
import type { Tables } from './tables.js';

type Methods = Pick<StoreWriter, 'findBucket' | 'findBucketByName' | 'listBuckets' | 'insertBucket' | 'updateBucket' | 'deleteBucket'>;

export const bucketQueries = (db: Database, record: RecordChange): Methods => ({
  async findBucket(id) {
    return decode(await db.selectFrom('buckets').selectAll().where('id', '=', id).executeTakeFirst());
  },

  async findBucketByName(orgID, name) {
    return decode(
      await db.selectFrom('buckets').selectAll().where('organization_id', '=', orgID).where('name', '=', name).executeTakeFirst(),
    );
  },

  async listBuckets(filter, page) {
    const { id, orgID, name, readable, readableOrganizations } = filter;
    let query = db
      .selectFrom('buckets')
      .selectAll()
      .where((eb) =>
        eb.or([
          eb.and([eb('type', '=', 'user'), within(eb, readable, 'buckets.id', 'buckets.organization_id')]),
          eb.and([eb('type', '=', 'system'), within(eb, readableOrganizations, 'buckets.organization_id', undefined)]),
        ]),
      );
    if (id !== undefined) query = query.where('id', '=', id);
    if (name !== undefined) query = query.where('name', '=', name);
    if (orgID === undefined) {
      const rows = await pageBy(query, 'buckets.id', page, page.after).execute();
      return rows.map(decodeRow);
    }
    query = query.where('organization_id', '=', orgID);
    // Within an organization names are unique, so that the page behind a bucket is the one behind its name.
    const behind = page.after && (await db.selectFrom('buckets').select('name').where('id', '=', page.after).executeTakeFirst())?.name;
    const rows = await pageBy(query, 'buckets.name', page, behind).execute();
    return rows.map(decodeRow);
  },

  async insertBucket(bucket) {
    await db.insertInto('buckets').values(encode(bucket)).execute();
    await db.deleteFrom('tombstones').where('bucket_id', '=', bucket.id).execute();
    record({ noun: 'bucket', kind: 'insert', id: bucket.id });
  },

  async updateBucket(bucket) {
    const { id, ...columns } = encode(bucket);
    const { numUpdatedRows } = await db.updateTable('buckets').set(columns).where('id', '=', id).executeTakeFirst();
    if (numUpdatedRows > 0n) record({ noun: 'bucket', kind: 'update', id });
    return numUpdatedRows > 0n;
  },

  async deleteBucket(id, deletedAtMs) {
    const { numDeletedRows } = await db.deleteFrom('buckets').where('id', '=', id).executeTakeFirst();
    if (numDeletedRows === 0n) return false;
    await db.insertInto('tombstones').values({ bucket_id: id, deleted_at_ms: deletedAtMs }).execute();
    await db.deleteFrom('label_attachments').where('resource_id', '=', id).execute();
    await db.deleteFrom('shards').where('bucket_id', '=', id).execute();
    await db.deleteFrom('dbrp_mappings').where('bucket_id', '=', id).execute();
    await db.deleteFrom('memberships').where('resource_type', '=', 'buckets').where('resource_id', '=', id).execute();
    for (const noun of ['bucket', 'label', 'mapping', 'membership'] as const) record({ noun, kind: 'delete', id });
    return true;
  },
});

const encode = (bucket: Bucket): Tables['buckets'] => ({
  id: bucket.id,
  organization_id: bucket.orgID,
  type: bucket.type,
  name: bucket.name,
  description: bucket.description,
  retention_policy_name: bucket.retentionPolicyName,
  retention_seconds: bucket.retentionSeconds,
  shard_group_duration_seconds: bucket.shardGroupDurationSeconds,
  created_at_ms: bucket.createdAtMs,
  updated_at_ms: bucket.updatedAtMs,
});

const decodeRow = (row: Tables['buckets']): Bucket => ({
  id: row.id as BucketId,
  orgID: row.organization_id as OrganizationId,
  type: row.type as Bucket['type'],
  name: row.name,
  description: row.description,
  retentionPolicyName: row.retention_policy_name,
  retentionSeconds: row.retention_seconds,
  shardGroupDurationSeconds: row.shard_group_duration_seconds,
  createdAtMs: row.created_at_ms,
  updatedAtMs: row.updated_at_ms,
});

const decode = (row: Tables['buckets'] | undefined): Bucket | undefined => row && decodeRow(row);
