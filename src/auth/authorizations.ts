/** The life of a token: create, find, list, change, end. The rules are InfluxDB's (its package `authorization`) but where noted. */
import type { Actor } from '../domain/actor.js';
import { unscopedPermissions, type Authorization } from '../domain/authorization.js';
import { forbidden, invalid, notFound } from '../domain/errors.js';
import type { AuthorizationId, BucketId, Clock, IdGenerator, OrganizationId, UserId } from '../domain/id.js';
import type { Page } from '../domain/page.js';
import {
  formatPermission,
  permissionById,
  permissionFor,
  permissionInOrganization,
  type Action,
  type Permission,
  type ResourceType,
} from '../domain/permission.js';
import type { AuthorizationFilter, Store } from '../domain/store.js';
import { isStatus, type Status } from '../domain/user.js';
import { authorize, isAllowed, permissionsOf, readableScope } from './authorize.js';
import type { Secret } from './secret.js';
import { generateToken, hashToken } from './token.js';

/** A permission as it was asked for; buckets, organizations and users may be named instead of given by id. */
export interface RequestedPermission {
  readonly action: Action;
  readonly resource: {
    readonly type: ResourceType;
    readonly id?: string | undefined;
    readonly orgID?: OrganizationId | undefined;
    readonly name?: string | undefined;
  };
}

export interface NewAuthorization {
  readonly orgID: OrganizationId;
  /** Whose it shall be; undefined: the actor's user. */
  readonly userID?: UserId | undefined;
  readonly status: Status;
  readonly description: string;
  readonly permissions: readonly RequestedPermission[];
}

export interface AuthorizationQuery {
  readonly id?: AuthorizationId | undefined;
  readonly orgID?: OrganizationId | undefined;
  readonly org?: string | undefined;
  readonly userID?: UserId | undefined;
  readonly user?: string | undefined;
}

/** An authorization with the names that its ids have at this moment. */
export interface DescribedAuthorization {
  readonly authorization: Authorization;
  /** Undefined when the organization is gone. */
  readonly organizationName: string | undefined;
  readonly userName: string;
  readonly permissions: readonly DescribedPermission[];
}

export interface DescribedPermission {
  readonly permission: Permission;
  readonly name?: string | undefined;
  readonly organizationName?: string | undefined;
}

export interface CreatedAuthorization extends DescribedAuthorization {
  /** To be shown in the one response that answers the creation. */
  readonly secret: Secret;
}

/** Rows that a long list is fetched in. */
const FETCH_ROWS = 500;
/** The most that one token may hold. */
const PERMISSIONS_MAX = 10_000;

export interface AuthorizationDependencies {
  readonly store: Store;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  /** False: tokens rest in the clear and can be read again (`--use-hashed-tokens=false`). */
  readonly hashTokens: boolean;
}

export type Authorizations = ReturnType<typeof createAuthorizations>;

export const createAuthorizations = ({ store, ids, clock, hashTokens }: AuthorizationDependencies) => {
  /** The record of a new token, and the secret that nobody will see again. */
  function mint(fields: Pick<Authorization, 'orgID' | 'userID' | 'status' | 'description' | 'permissions'>, secret: Secret): Authorization {
    const now = clock();
    return {
      id: ids<AuthorizationId>(),
      ...fields,
      hash: hashToken(secret),
      plainToken: hashTokens ? undefined : secret.reveal(),
      createdAtMs: now,
      updatedAtMs: now,
    };
  }

  /** What a request names, by its id. InfluxDB drops such a name, and so grants all resources of the type. */
  async function resolveName({ action, resource }: RequestedPermission, orgID: OrganizationId): Promise<Permission> {
    const { type, id, name } = resource;
    if (name === undefined || name === '' || id !== undefined) return { action, resource: { type, id, orgID: resource.orgID } };
    const found = await findIdByName(type, name, resource.orgID ?? orgID);
    return { action, resource: { type, id: found, orgID: resource.orgID } };
  }

  async function findIdByName(type: ResourceType, name: string, orgID: OrganizationId): Promise<string> {
    switch (type) {
      case 'buckets': {
        const bucket = await store.findBucketByName(orgID, name);
        if (bucket === undefined) throw notFound(`bucket "${name}" not found`);
        return bucket.id;
      }
      case 'orgs': {
        const organization = await store.findOrganizationByName(name);
        if (organization === undefined) throw notFound(`organization name "${name}" not found`);
        return organization.id;
      }
      case 'users': {
        const user = await store.findUserByName(name);
        if (user === undefined) throw notFound('user not found');
        return user.id;
      }
      default:
        throw invalid(`a permission for ${type} cannot name its resource; give the id, or leave the name out for all of them`);
    }
  }

  function checkGrants(actor: Actor, permissions: readonly Permission[], orgID: OrganizationId): void {
    for (const permission of permissions) {
      // No token may hold `instance`, whoever asks: it would be an operator for all that will ever come.
      if (permission.resource.type === 'instance' || !isAllowed(actor, permission)) {
        const text = formatPermission(permission);
        throw forbidden(`permission ${text} is not allowed: ${text} is unauthorized`);
      }
    }
    for (const permission of permissions) {
      const given = permission.resource.orgID;
      if (given !== undefined && given !== orgID) {
        throw invalid(`permission ${formatPermission(permission)} is not for org id ${orgID}`);
      }
    }
  }

  function authorizeFor(actor: Actor, action: Action, { id, orgID, userID }: Authorization): void {
    authorize(actor, permissionFor(action, 'authorizations', id, orgID));
    authorize(actor, permissionById(action, 'users', userID));
  }

  /** What reaches beyond its organization is only for those to touch who reach as far. InfluxDB does not ask for this. */
  function guardUnscoped(actor: Actor, { permissions }: Authorization): void {
    const missing = permissionsOf(actor).firstMissing(unscopedPermissions(permissions));
    if (missing !== undefined) {
      throw forbidden(
        `this authorization holds ${formatPermission(missing)} for every organization, which yours does not: ask an operator`,
      );
    }
  }

  async function describePermission(permission: Permission): Promise<DescribedPermission> {
    const { type, id, orgID } = permission.resource;
    let name: string | undefined;
    if (id !== undefined && (type === 'buckets' || type === 'orgs' || type === 'users')) {
      if (type === 'buckets') name = (await store.findBucket(id as BucketId))?.name;
      else if (type === 'orgs') name = (await store.findOrganization(id as OrganizationId))?.name;
      else name = (await store.findUser(id as UserId))?.name;
      // InfluxDB leaves both names out when the one is gone.
      if (name === undefined) return { permission };
    }
    const organizationName = orgID === undefined ? undefined : (await store.findOrganization(orgID))?.name;
    return { permission, name, organizationName };
  }

  async function describe(authorization: Authorization): Promise<DescribedAuthorization> {
    const { userID, orgID, permissions, endedAtMs } = authorization;
    const user = endedAtMs === undefined ? await store.findUser(userID) : undefined;
    if (user === undefined) throw notFound('user not found');
    const organization = await store.findOrganization(orgID);
    if (organization === undefined && unscopedPermissions(permissions).length === 0) throw notFound('organization not found');
    const described: DescribedPermission[] = [];
    for (const permission of permissions) described.push(await describePermission(permission));
    return { authorization, organizationName: organization?.name, userName: user.name, permissions: described };
  }

  async function findOrRefuse(id: AuthorizationId): Promise<Authorization> {
    const authorization = await store.findAuthorization(id);
    if (authorization === undefined) throw notFound('authorization not found');
    return authorization;
  }

  async function* describePages(filter: AuthorizationFilter, page: Page): AsyncGenerator<DescribedAuthorization> {
    let { after, offset } = page;
    let left = page.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const limit = Math.min(left, FETCH_ROWS);
      const rows = await store.listAuthorizations(filter, { ...page, after, offset, limit });
      for (const row of rows) yield await describe(row);
      if (rows.length < limit) return;
      left -= rows.length;
      after = rows.at(-1)?.id;
      offset = 0;
    }
  }

  return {
    mint,

    /** @throws DomainError in the order and words of facts that InfluxDB was seen to follow */
    async create(actor: Actor, input: NewAuthorization): Promise<CreatedAuthorization> {
      const { orgID, status, description } = input;
      if (input.permissions.length > PERMISSIONS_MAX) throw invalid(`an authorization can hold ${PERMISSIONS_MAX} permissions at the most`);
      authorize(actor, permissionInOrganization('write', 'authorizations', orgID));
      const userID = input.userID ?? (actor.kind === 'system' ? undefined : actor.userId);
      if (userID === undefined) throw invalid('an authorization needs a user');
      authorize(actor, permissionById('write', 'users', userID));

      const permissions: Permission[] = [];
      for (const requested of input.permissions) permissions.push(await resolveName(requested, orgID));
      checkGrants(actor, permissions, orgID);

      const secret = generateToken();
      const authorization = mint({ orgID, userID, status, description, permissions }, secret);
      await store.transaction(async (writer) => {
        // Inside, so that no token is born to a user or an organization that goes in the same moment.
        if ((await writer.findUser(userID)) === undefined || (await writer.findOrganization(orgID)) === undefined) {
          throw invalid('unable to create token');
        }
        await writer.insertAuthorization(authorization);
      });
      return { ...(await describe(authorization)), secret };
    },

    /** @throws DomainError `not found`, or `unauthorized` for who may not read it or its user */
    async find(actor: Actor, id: AuthorizationId): Promise<DescribedAuthorization> {
      const authorization = await findOrRefuse(id);
      authorizeFor(actor, 'read', authorization);
      return describe(authorization);
    },

    /**
     * Those that the actor may read, with users that he may read, in the order of creation. An unknown id or name is `not found` even to
     * those who could not read it.
     */
    async list(actor: Actor, query: AuthorizationQuery, page: Page): Promise<AsyncIterable<DescribedAuthorization>> {
      let { userID, orgID } = query;
      if (userID === undefined && query.user !== undefined) {
        userID = (await store.findUserByName(query.user))?.id;
        if (userID === undefined) throw notFound('user not found');
      }
      if (orgID === undefined && query.org !== undefined) {
        orgID = (await store.findOrganizationByName(query.org))?.id;
        if (orgID === undefined) throw notFound(`organization name "${query.org}" not found`);
      }
      const visible = { readable: readableScope(actor, 'authorizations'), readableUsers: readableScope(actor, 'users') };
      if (query.id === undefined) return describePages({ ...visible, orgID, userID }, page);
      await findOrRefuse(query.id);
      return describePages({ ...visible, id: query.id }, page);
    },

    /** Changes status and description, and never anything else. */
    async update(
      actor: Actor,
      id: AuthorizationId,
      change: { readonly status?: string | undefined; readonly description?: string | undefined },
    ): Promise<DescribedAuthorization> {
      const authorization = await findOrRefuse(id);
      authorizeFor(actor, 'read', authorization);
      authorizeFor(actor, 'write', authorization);
      guardUnscoped(actor, authorization);
      const status = change.status === '' ? 'active' : change.status;
      if (status !== undefined && !isStatus(status)) throw invalid('encodeAuthorization: unknown authorization status');
      const updated = await store.transaction(async (writer) => {
        const current = await writer.findAuthorization(id);
        if (current === undefined) throw notFound('authorization not found');
        const next: Authorization = {
          ...current,
          status: status ?? current.status,
          description: change.description ?? current.description,
          updatedAtMs: clock(),
        };
        await writer.updateAuthorization(next);
        return next;
      });
      return describe(updated);
    },

    /** Ends a token: from the moment at which this is fulfilled it is unknown. */
    async remove(actor: Actor, id: AuthorizationId): Promise<void> {
      const authorization = await findOrRefuse(id);
      authorizeFor(actor, 'write', authorization);
      guardUnscoped(actor, authorization);
      const removed = await store.transaction((writer) => writer.deleteAuthorization(id));
      if (!removed) throw notFound('authorization not found');
    },

    /**
     * Hashes what rests in the clear, in batches that are each done or not done, and leaves no trace of it in any file.
     *
     * @returns how many there were
     */
    async hashPlainTokens(): Promise<number> {
      let count = 0;
      for (;;) {
        const hashed = await store.transaction(async (writer) => {
          const plain = await writer.listPlainAuthorizations(FETCH_ROWS);
          for (const authorization of plain) await writer.updateAuthorization({ ...authorization, plainToken: undefined });
          return plain.length;
        });
        if (hashed === 0) break;
        count += hashed;
      }
      if (count > 0) await store.purge();
      return count;
    },
  };
};
