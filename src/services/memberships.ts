/** Members and owners of organizations and buckets. */
import { authorize } from '../auth/authorize.js';
import { mayListMembers, toChangeMembers, type MemberPlace } from '../auth/tenancy.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { conflict, notFound } from '../domain/errors.js';
import type { UserId } from '../domain/id.js';
import { DuplicateError } from '../domain/store.js';
import type { Role, User } from '../domain/user.js';

export type Place = MemberPlace;

export type Memberships = ReturnType<typeof createMemberships>;

/** That the actor may read the place itself has been asked before, where the place was found. */
export const createMemberships = (dependencies: TransactionDependencies) => {
  const { store } = dependencies;

  return {
    async list(actor: Actor, place: Place, role: Role): Promise<User[]> {
      if (!mayListMembers(actor, place)) throw notFound('not found');
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
      const clearance = authorize(actor, toChangeMembers(place));
      try {
        return await transactionBy(dependencies, clearance, async (writer) => {
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
      const clearance = authorize(actor, toChangeMembers(place));
      await transactionBy(dependencies, clearance, (writer) => writer.deleteMembership(place.type, place.id, userId, role));
    },
  };
};
