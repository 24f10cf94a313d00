/** Members and owners of organizations and buckets. */
import { authorize, isAllowed } from '../auth/authorize.js';
import { transactionBy } from '../auth/standing.js';
import type { Actor } from '../domain/actor.js';
import { conflict, notFound } from '../domain/errors.js';
import type { Id, OrganizationId, UserId } from '../domain/id.js';
import { permissionById, permissionFor, type Action, type Permission } from '../domain/permission.js';
import { DuplicateError, type Store } from '../domain/store.js';
import type { Role, User } from '../domain/user.js';

/** What somebody has a role in; the organization of an organization is itself. */
export interface Place {
  readonly type: 'orgs' | 'buckets';
  readonly id: Id;
  readonly orgID: OrganizationId;
}

export type Memberships = ReturnType<typeof createMemberships>;

/** That the actor may read the place itself has been asked before, where the place was found. */
export const createMemberships = ({ store }: { readonly store: Store }) => {
  /** InfluxDB asks for an organization here as if it lay in itself: `write:orgs/O/orgs/O`. */
  const permissionAt = (action: Action, { type, id, orgID }: Place): Permission => permissionFor(action, type, id, orgID);

  return {
    /**
     * The users shown need no permission of their own (InfluxDB's rule): who may read the organization may know who else does. Who reads
     * only a bucket of it is not told who shares it.
     */
    async list(actor: Actor, place: Place, role: Role): Promise<User[]> {
      if (!isAllowed(actor, permissionById('read', 'orgs', place.orgID))) throw notFound('not found');
      const memberships = await store.listMembershipsOfResource(place.type, place.id);
      const users: User[] = [];
      for (const membership of memberships) {
        const user = membership.role === role ? await store.findUser(membership.userId) : undefined;
        if (user !== undefined) users.push(user);
      }
      return users;
    },

    /** @param who the id beats the name, which InfluxDB does not take */
    async add(actor: Actor, place: Place, who: { readonly id?: UserId | undefined; readonly name: string }, role: Role): Promise<User> {
      authorize(actor, permissionAt('write', place));
      try {
        return await transactionBy(store, actor, [permissionAt('write', place)], async (writer) => {
          const user = who.id === undefined ? await writer.findUserByName(who.name) : await writer.findUser(who.id);
          if (user === undefined) throw notFound('user not found');
          await writer.insertMembership({ resourceType: place.type, resourceId: place.id, userId: user.id, role });
          return user;
        });
      } catch (error) {
        throw error instanceof DuplicateError ? conflict(`user ${who.id ?? who.name} already has a role here; remove it first`) : error;
      }
    },

    /** Takes this role away; somebody who has another one keeps it, and one who has none is no error. */
    async remove(actor: Actor, place: Place, userId: UserId, role: Role): Promise<void> {
      authorize(actor, permissionAt('write', place));
      await transactionBy(store, actor, [permissionAt('write', place)], (writer) =>
        writer.deleteMembership(place.type, place.id, userId, role),
      );
    },
  };
};
