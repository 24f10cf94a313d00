/** What authorizations are searched, sorted and counted by. */
import { sql, type Kysely } from 'kysely';
import type { OrganizationId } from '../../domain/id.js';
import type { Action, ResourceType } from '../../domain/permission.js';
import { tokenKindOf } from '../../domain/token-kind.js';

interface Schema {
  authorizations: {
    id: string;
    organization_id: string;
    description: string;
    permissions: string;
    description_key: string;
    token_kind: string;
  };
}

export async function up(db: Kysely<Schema>): Promise<void> {
  for (const column of ['description_key', 'token_kind']) {
    await db.schema
      .alterTable('authorizations')
      .addColumn(column, 'text', (c) => c.notNull().defaultTo(sql`''`))
      .execute();
  }
  const rows = await db.selectFrom('authorizations').select(['id', 'organization_id', 'description', 'permissions']).execute();
  for (const { id, organization_id, description, permissions } of rows) {
    const stored = JSON.parse(permissions) as [Action, ResourceType, string | null, OrganizationId | null][];
    const held = stored.map(([action, type, resourceId, orgID]) => ({
      action,
      resource: { type, id: resourceId ?? undefined, orgID: orgID ?? undefined },
    }));
    await db
      .updateTable('authorizations')
      .set({ description_key: description.toLowerCase(), token_kind: tokenKindOf(held, organization_id as OrganizationId) })
      .where('id', '=', id)
      .execute();
  }
}
