/** Roles of users in organizations, buckets and the server itself. */
import { sql } from 'kysely';
import type { UserId } from '../domain/id.js';
import type { StoreWriter } from '../domain/store.js';
import type { Membership, MembershipResource, Role } from '../domain/user.js';
import type { Database, RecordChange } from './database.js';
import type { Tables } from './tables.js';

type Methods = Pick<StoreWriter, 'listMembershipsOfUser' | 'listMembershipsOfResource' | 'insertMembership' | 'deleteMembership'>;

export const membershipQueries = (db: Database, record: RecordChange): Methods => ({
  async listMembershipsOfUser(userId) {
    const rows = await db.selectFrom('memberships').selectAll().where('user_id', '=', userId).orderBy('position').execute();
    return rows.map(decodeRow);
  },

  async listMembershipsOfResource(type, id) {
    const rows = await db
      .selectFrom('memberships')
      .selectAll()
      .where('resource_type', '=', type)
      .where('resource_id', '=', id)
      .orderBy('position')
      .execute();
    return rows.map(decodeRow);
  },

  async insertMembership({ resourceType, resourceId, userId, role }) {
    const position = sql<number>`(select coalesce(max(position), 0) + 1 from memberships)`;
    await db
      .insertInto('memberships')
      .values({ resource_type: resourceType, resource_id: resourceId, user_id: userId, role, position })
      .execute();
    record({ noun: 'membership', kind: 'insert', id: userId });
  },

  async deleteMembership(type, id, userId, role) {
    const { numDeletedRows } = await db
      .deleteFrom('memberships')
      .where('resource_type', '=', type)
      .where('resource_id', '=', id)
      .where('user_id', '=', userId)
      .where('role', '=', role)
      .executeTakeFirst();
    if (numDeletedRows > 0n) record({ noun: 'membership', kind: 'delete', id: userId });
    return numDeletedRows > 0n;
  },
});

const decodeRow = (row: Tables['memberships']): Membership => ({
  resourceType: row.resource_type as MembershipResource,
  resourceId: row.resource_id,
  userId: row.user_id as UserId,
  role: row.role as Role,
});
