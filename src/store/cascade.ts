/** What is deleted together with a resource of any kind, or with an organization. This is the only list. */
import type { SelectQueryBuilder } from 'kysely';
import type { Id, OrganizationId } from '../domain/id.js';
import type { StoredType } from '../domain/kind.js';
import type { Database, RecordChange } from './database.js';
import type { Tables } from './tables.js';

/** The resource, or all of an organization. */
type Doomed = { readonly type: StoredType; readonly id: Id } | { readonly orgID: OrganizationId };

/**
 * Deletes with them: the resources of which they are the parent, their labels, the places where they are labels, their members and owners,
 * of buckets the numbers of their shards, and of tasks their runs. Buckets leave tombstones, by which their points are deleted.
 *
 * @returns whether there was any
 */
export async function deleteResources(db: Database, record: RecordChange, doomed: Doomed, deletedAtMs: number): Promise<boolean> {
  const rows = (): SelectQueryBuilder<Tables, 'resources', object> =>
    'orgID' in doomed
      ? db.selectFrom('resources').where('resources.organization_id', '=', doomed.orgID)
      : db.selectFrom('resources').where('resources.type', '=', doomed.type).where('resources.id', '=', doomed.id);
  const found = await rows().select(['type', 'id']).execute();
  if (found.length === 0) return false;
  if (!('orgID' in doomed)) await deleteChildren(db, record, doomed.id, deletedAtMs);

  const idsOf = (type: StoredType) => rows().select('resources.id').where('resources.type', '=', type);
  let mappingCount = (await db.deleteFrom('label_mappings').where('label_id', 'in', idsOf('labels')).executeTakeFirst()).numDeletedRows;
  let membershipCount = 0n;
  for (const type of new Set(found.map((row) => row.type as StoredType))) {
    for (const table of ['label_mappings', 'memberships'] as const) {
      const { numDeletedRows } = await db
        .deleteFrom(table)
        .where('resource_type', '=', type)
        .where('resource_id', 'in', idsOf(type))
        .executeTakeFirst();
      if (table === 'memberships') membershipCount += numDeletedRows;
      else mappingCount += numDeletedRows;
    }
  }
  for (const table of ['runs', 'run_scripts', 'task_progress'] as const) {
    await db.deleteFrom(table).where('task_id', 'in', idsOf('tasks')).execute();
  }
  await db.deleteFrom('shards').where('bucket_id', 'in', idsOf('buckets')).execute();
  for (const { type, id } of found) {
    if (type === 'buckets') await db.insertInto('tombstones').values({ bucket_id: id, deleted_at_ms: deletedAtMs }).execute();
  }
  await (
    'orgID' in doomed
      ? db.deleteFrom('resources').where('organization_id', '=', doomed.orgID)
      : db.deleteFrom('resources').where('type', '=', doomed.type).where('id', '=', doomed.id)
  ).execute();

  for (const { type, id } of found) record({ noun: type as StoredType, kind: 'delete', id });
  if (mappingCount > 0n) record({ noun: 'label mapping', kind: 'delete', id: '' });
  if (membershipCount > 0n) record({ noun: 'membership', kind: 'delete', id: '' });
  return true;
}

/** Ids are unique across kinds as they are made; a kind that names a parent names it by the id alone. */
async function deleteChildren(db: Database, record: RecordChange, parentId: Id, deletedAtMs: number): Promise<void> {
  const children = await db.selectFrom('resources').select(['type', 'id']).where('parent_id', '=', parentId).execute();
  for (const { type, id } of children) await deleteResources(db, record, { type: type as StoredType, id }, deletedAtMs);
}
