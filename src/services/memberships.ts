/** Members and owners of organizations and of resources. */
import { recordEvent, type AuditEvent } from '../auth/audit.js';
import { authorize, filterAllowed } from '../auth/authorize.js';
import { rightsToKind } from '../auth/kind-rights.js';
import { mayListMembers, organizationRights, toChangeMembers, type MemberPlace } from '../auth/tenancy.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { conflict, notFound } from '../domain/errors.js';
import type { Id, OrganizationId, UserId } from '../domain/id.js';
import type { Permission } from '../domain/permission.js';
import { DuplicateError } from '../domain/store.js';
import type { Role, User } from '../domain/user.js';
import type { Kind } from '../kinds/kind.js';

/** Resolves a user: the id has precedence over the name, which InfluxDB does not accept. */
export interface UserReference {
  readonly id?: UserId | undefined;
  readonly name: string;
}

/** The roles in one organization or resource; each operation checks the actor's permissions. */
export interface Members {
  readonly id: Id;
  list(role: Role): Promise<User[]>;
  add(who: UserReference, role: Role): Promise<User>;
  /** Removes this role only; other roles of the user are kept, and removing a missing role is no error. */
  remove(userId: UserId, role: Role): Promise<void>;
}

/** With the permission to read the organization or resource itself. */
type FoundPlace = MemberPlace & { readonly toRead: Permission };

export type Memberships = ReturnType<typeof createMemberships>;

export const createMemberships = (dependencies: TransactionDependencies) => {
  const { store } = dependencies;

  async function findPlace(of: 'organization' | Kind, id: Id): Promise<FoundPlace> {
    if (of === 'organization') {
      const organization = await store.findOrganization(id as OrganizationId);
      if (organization === undefined) throw notFound('organization not found');
      return { type: 'orgs', id, orgID: organization.id, toRead: organizationRights.toRead(organization.id) };
    }
    const resource = await store.resources(of).find(id);
    if (resource === undefined) throw notFound(of.words.notFound(id));
    return { type: of.type, id, orgID: resource.orgID, toRead: rightsToKind(of).toRead(resource) };
  }

  async function listUsers(type: MemberPlace['type'], id: Id, role: Role): Promise<User[]> {
    const users: User[] = [];
    for (const membership of await store.listMembershipsOfResource(type, id)) {
      const user = membership.role === role ? await store.findUser(membership.userId) : undefined;
      if (user !== undefined) users.push(user);
    }
    return users;
  }

  return {
    /** @throws DomainError `not found`, or `unauthorized` for an actor that may not read the organization or resource itself */
    async open(actor: Actor, of: 'organization' | Kind, id: Id): Promise<Members> {
      const place = await findPlace(of, id);
      authorize(actor, place.toRead);
      return membersOf(actor, place);
    },

    /**
     * The same for an actor that may only write it.
     *
     * @throws DomainError `not found`
     */
    async find(actor: Actor, of: Kind, id: Id): Promise<Members> {
      return membersOf(actor, await findPlace(of, id));
    },

    /** Those that the actor may see: nobody, of a resource that does not exist or that the actor may not read. */
    async listShown(actor: Actor, of: Kind, id: Id, role: Role): Promise<User[]> {
      const resource = await store.resources(of).find(id);
      const resources = filterAllowed(actor, of.type, resource === undefined ? [] : [resource], (one) => rightsToKind(of).toRead(one));
      const places = filterAllowed(actor, 'orgs', resources, ({ orgID }) => organizationRights.toRead(orgID));
      return places.length === 0 ? [] : listUsers(of.type, id, role);
    },
  };

  function membersOf(actor: Actor, place: FoundPlace): Members {
    const { id } = place;
    return {
      id,

      async list(role) {
        authorize(actor, place.toRead);
        if (!mayListMembers(actor, place)) throw notFound('not found');
        return listUsers(place.type, id, role);
      },

      async add(who, role) {
        const clearance = authorize(actor, toChangeMembers(place));
        try {
          return await transactionBy(dependencies, clearance, async (writer) => {
            const user = who.id === undefined ? await writer.findUserByName(who.name) : await writer.findUser(who.id);
            if (user === undefined) throw notFound('user not found');
            await writer.insertMembership({ resourceType: place.type, resourceId: id, userId: user.id, role });
            await recordEvent(writer, actor, dependencies.clock(), membershipEvent('membership.created', place, user.id, role));
            return user;
          });
        } catch (error) {
          if (!(error instanceof DuplicateError)) throw error;
          throw conflict(`user ${who.id ?? who.name} already has a role here; remove it first`);
        }
      },

      async remove(userId, role) {
        const clearance = authorize(actor, toChangeMembers(place));
        await transactionBy(dependencies, clearance, async (writer) => {
          if (!(await writer.deleteMembership(place.type, id, userId, role))) return;
          await recordEvent(writer, actor, dependencies.clock(), membershipEvent('membership.deleted', place, userId, role));
        });
      },
    };
  }
};

const membershipEvent = (action: AuditEvent['action'], { type, id, orgID }: MemberPlace, userId: UserId, role: Role): AuditEvent => ({
  action,
  resource: { type, id },
  orgID,
  details: { userID: userId, role },
});
