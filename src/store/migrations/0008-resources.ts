/** One table for all kinds of resources of an organization: buckets, labels and DBRP mappings move into it. */
import { sql, type Kysely } from 'kysely';

interface Schema {
  buckets: {
    id: string;
    organization_id: string;
    type: string;
    name: string;
    description: string;
    retention_policy_name: string;
    retention_seconds: number;
    shard_group_duration_seconds: number;
    created_at_ms: number;
    updated_at_ms: number;
  };
  labels: { id: string; organization_id: string; name: string; name_key: string; properties: string };
  label_attachments: { label_id: string; resource_id: string };
  dbrp_mappings: {
    id: string;
    organization_id: string;
    bucket_id: string;
    database: string;
    retention_policy: string;
    is_default: number;
  };
  resources: {
    type: string;
    id: string;
    organization_id: string;
    name: string;
    name_key: string | null;
    parent_id: string | null;
    is_read_with_organization: number;
    created_at_ms: number;
    updated_at_ms: number;
    document: string;
  };
  label_mappings: { resource_type: string; resource_id: string; label_id: string };
}

export async function up(db: Kysely<Schema>): Promise<void> {
  await db.schema
    .createTable('resources')
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('organization_id', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('name_key', 'text')
    .addColumn('parent_id', 'text')
    .addColumn('is_read_with_organization', 'integer', (c) => c.notNull())
    .addColumn('created_at_ms', 'bigint', (c) => c.notNull())
    .addColumn('updated_at_ms', 'bigint', (c) => c.notNull())
    .addColumn('document', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('resources_key', ['type', 'id'])
    .addUniqueConstraint('resources_name', ['type', 'organization_id', 'name_key'])
    .execute();
  await db.schema.createIndex('resources_by_organization').on('resources').columns(['organization_id', 'type', 'name', 'id']).execute();
  await db.schema
    .createIndex('resources_by_parent')
    .on('resources')
    .column('parent_id')
    .where(sql.ref('parent_id'), 'is not', null)
    .execute();

  await db.schema
    .createTable('label_mappings')
    .addColumn('resource_type', 'text', (c) => c.notNull())
    .addColumn('resource_id', 'text', (c) => c.notNull())
    .addColumn('label_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('label_mappings_key', ['resource_type', 'resource_id', 'label_id'])
    .execute();
  await db.schema.createIndex('label_mappings_by_label').on('label_mappings').column('label_id').execute();

  await moveBuckets(db);
  await moveLabels(db);
  await moveMappings(db);
  for (const table of ['buckets', 'labels', 'label_attachments', 'dbrp_mappings']) await db.schema.dropTable(table).execute();
}

async function moveBuckets(db: Kysely<Schema>): Promise<void> {
  for (const bucket of await db.selectFrom('buckets').selectAll().execute()) {
    const document = {
      type: bucket.type,
      description: bucket.description,
      retentionPolicyName: bucket.retention_policy_name,
      retentionSeconds: bucket.retention_seconds,
      shardGroupDurationSeconds: bucket.shard_group_duration_seconds,
    };
    const { id, organization_id, name, created_at_ms, updated_at_ms } = bucket;
    await db
      .insertInto('resources')
      .values({
        type: 'buckets',
        ...{ id, organization_id, name, created_at_ms, updated_at_ms },
        name_key: name,
        parent_id: null,
        is_read_with_organization: bucket.type === 'system' ? 1 : 0,
        document: JSON.stringify(document),
      })
      .execute();
  }
}

/** The properties are put in as they are: damaged ones stay damaged, and are reported when they are read. */
async function moveLabels(db: Kysely<Schema>): Promise<void> {
  for (const { properties, ...label } of await db.selectFrom('labels').selectAll().execute()) {
    await db
      .insertInto('resources')
      .values({
        type: 'labels',
        ...label,
        parent_id: null,
        is_read_with_organization: 0,
        created_at_ms: 0,
        updated_at_ms: 0,
        document: `{"properties":${properties}}`,
      })
      .execute();
  }
  await db
    .insertInto('label_mappings')
    .columns(['resource_type', 'resource_id', 'label_id'])
    .expression((eb) => eb.selectFrom('label_attachments').select([sql.lit('buckets').as('type'), 'resource_id', 'label_id']))
    .execute();
}

async function moveMappings(db: Kysely<Schema>): Promise<void> {
  for (const mapping of await db.selectFrom('dbrp_mappings').selectAll().execute()) {
    const { id, organization_id, bucket_id, database, retention_policy } = mapping;
    const name = `${database}/${retention_policy}`;
    await db
      .insertInto('resources')
      .values({
        type: 'dbrp',
        id,
        organization_id,
        name,
        name_key: name,
        parent_id: bucket_id,
        is_read_with_organization: 0,
        created_at_ms: 0,
        updated_at_ms: 0,
        document: JSON.stringify({
          bucketID: bucket_id,
          database,
          retentionPolicy: retention_policy,
          isDefault: mapping.is_default === 1,
          isVirtual: false,
        }),
      })
      .execute();
  }
}
