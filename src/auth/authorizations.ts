/**
 * The life of an authorization: create, find, list, change, end. The rules are InfluxDB's (its package `authorization`) but where noted;
 * they are the same for tokens and for the names and passwords of the v1-compatible API, which never mix.
 */
import type { Actor } from '../domain/actor.js';
import { grantedBy, isLeaked, newestToken, unscopedPermissions, type Authorization, type StoredSecret } from '../domain/authorization.js';
import { effectivePermissions, type Constraints } from '../domain/constraints.js';
import { conflict, forbidden, invalid, notFound } from '../domain/errors.js';
import type { AuthorizationId, BucketId, Clock, IdGenerator, OrganizationId, UserId } from '../domain/id.js';
import type { Page } from '../domain/page.js';
import { formatPermission, operatorPermissions, type Permission } from '../domain/permission.js';
import type { AuthorizationCount, AuthorizationFilter, AuthorizationOrder, Store } from '../domain/store.js';
import type { TokenFormat } from '../domain/token-format.js';
import { tokenKindOf, type TokenKind } from '../domain/token-kind.js';
import { isStatus, type Status } from '../domain/user.js';
import { bucketKind } from '../kinds/buckets.js';
import { authorizationEvent, changesOf, recordEvent } from './audit.js';
import { claimName, newNameOf } from './authorization-names.js';
import { authorize, isAllowed, permissionsOf, readableScope } from './authorize.js';
import { checkMatches, constraintsOfNew } from './constraints.js';
import { describeAuthorization, describeUnlessGone, type DescribedAuthorization } from './describe.js';
import { expiryOfChanged, expiryOfNew, type RequestedExpiry } from './expiry.js';
import { findToken } from './find-token.js';
import { checkPermissionCount, checkPlaces, grantPermissions, resolvePermissions, type RequestedPermission } from './grants.js';
import { openedResource, type AskedResource } from './opened-resource.js';
import { storeToken, type TokenStorage } from './plain-tokens.js';
import { authorizationRights } from './resource-rights.js';
import type { Secret } from './secret.js';
import { hasExpired, lifetimeOfToken } from './standing.js';
import { transactionBy } from './transactions.js';
import { userRights } from './tenancy.js';
import { generateTokenIn } from './token.js';

export interface NewAuthorization {
  readonly orgID: OrganizationId;
  /** The owner; undefined: the actor's user. */
  readonly userID?: UserId | undefined;
  readonly status: Status;
  readonly description: string;
  /** Of a token: no other of the organization may have it. */
  readonly name?: string | undefined;
  readonly permissions: readonly RequestedPermission[];
  /** Of a token; undefined: the format that the server prefers. */
  readonly tokenFormat?: TokenFormat | undefined;
  readonly expiry?: RequestedExpiry | undefined;
  readonly constraints?: Constraints | undefined;
}

/** Of the resource: only those that grant access to it. */
export interface AuthorizationQuery extends AskedResource {
  readonly id?: AuthorizationId | undefined;
  readonly orgID?: OrganizationId | undefined;
  readonly org?: string | undefined;
  readonly userID?: UserId | undefined;
  readonly user?: string | undefined;
  readonly name?: string | undefined;
  /** The name of a v1-compatible one. */
  readonly v1User?: string | undefined;
  /** A part of the description, in whatever case, or the whole id. */
  readonly search?: string | undefined;
  readonly tokenKind?: TokenKind | undefined;
  readonly status?: Status | undefined;
  /** Filters by whether the token can be used: one that has expired, or whose user is inactive, counts as inactive. */
  readonly effective?: boolean | undefined;
  /** Only those that expire within this time, in milliseconds. */
  readonly expiringMs?: number | undefined;
  /** Only those that were neither created nor used for this time, in milliseconds. */
  readonly unusedForMs?: number | undefined;
}

export interface AuthorizationChange {
  readonly status?: string | undefined;
  readonly description?: string | undefined;
  /** Empty: it has none any more. */
  readonly name?: string | undefined;
  /** Only nearer. */
  readonly expiry?: RequestedExpiry | undefined;
}

export interface CreatedAuthorization extends DescribedAuthorization {
  /** To be shown in the one response that answers the creation. */
  readonly secret: Secret;
  /** It is an operator token, which the lifetime that its organization allows does not limit. */
  readonly isExemptFromLifetimeMax: boolean;
}

export interface FoundByToken extends DescribedAuthorization {
  /** A rotation has made another one since. */
  readonly isPreviousSecret: boolean;
}

/** Rows that a long list is fetched in. */
const FETCH_ROWS = 500;
/** A long list lets others have their turn after so much work. */
const TURN_MS = 5;

export interface AuthorizationDependencies extends TokenStorage {
  readonly store: Store;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  /** Of new tokens, where no other is asked for (`--token-format`). */
  readonly tokenFormat: TokenFormat;
}

export type Authorizations = ReturnType<typeof createAuthorizations>;

/** Authorizations that are used with a token. */
export const createAuthorizations = (dependencies: AuthorizationDependencies) => {
  const { tokenFormat, store } = dependencies;
  return {
    ...createKind('token', dependencies),

    /**
     * Finds the authorization of a token, for example of a leaked one. InfluxDB has no such operation.
     *
     * @throws DomainError `not found`, both for an unknown token and for one that the actor cannot read
     */
    async findByToken(actor: Actor, token: Secret): Promise<FoundByToken> {
      const found = await findToken(store, token, dependencies.hasher);
      const described =
        found !== undefined &&
        !hasExpired(lifetimeOfToken(found.authorization, found.token), dependencies.clock()) &&
        mayReadAuthorization(actor, found.authorization)
          ? await describeUnlessGone(store, found.authorization)
          : undefined;
      if (found === undefined || described === undefined) throw notFound('authorization not found');
      return { ...described, isPreviousSecret: newestToken(found.authorization.secret)?.hash !== found.token.hash };
    },

    /** The record of an operator token, for setup and recovery: no actor is authorized. */
    mintOperator(fields: Pick<Authorization, 'orgID' | 'userID' | 'description'>, chosen?: Secret) {
      const secret = chosen ?? generateTokenIn(tokenFormat, 'operator');
      const operator: AuthorizationFields = { ...fields, status: 'active', permissions: operatorPermissions() };
      return { authorization: buildAuthorization(dependencies, operator, storeToken(secret, dependencies, dependencies.clock())), secret };
    },

    /** @throws DomainError in the order and words that InfluxDB was seen to follow */
    async create(actor: Actor, input: NewAuthorization): Promise<CreatedAuthorization> {
      return createChecked(dependencies, actor, input, 'token', (permissions) => {
        const secret = generateTokenIn(input.tokenFormat ?? tokenFormat, tokenKindOf(permissions, input.orgID));
        return { stored: storeToken(secret, dependencies, dependencies.clock()), secret };
      });
    },
  };
};

type AuthorizationFields = Pick<Authorization, 'orgID' | 'userID' | 'status' | 'description' | 'permissions'>;

function buildAuthorization({ ids, clock }: AuthorizationDependencies, fields: AuthorizationFields, secret: StoredSecret): Authorization {
  const now = clock();
  return { id: ids<AuthorizationId>(), ...fields, secret, createdAtMs: now, updatedAtMs: now };
}

/** @param mint is given what is granted */
export async function createChecked<S>(
  dependencies: AuthorizationDependencies,
  actor: Actor,
  input: NewAuthorization,
  kind: StoredSecret['kind'],
  mint: (permissions: readonly Permission[]) => { readonly stored: StoredSecret; readonly secret: S },
): Promise<DescribedAuthorization & Pick<CreatedAuthorization, 'isExemptFromLifetimeMax'> & { readonly secret: S }> {
  const { store, clock } = dependencies;
  const { orgID, status, description, expiry = {} } = input;
  checkPermissionCount(input.permissions);
  checkMatches(input.permissions);
  const name = kind === 'token' ? newNameOf(input.name) : undefined;
  const toCreate = authorizationRights.toCreateIn(orgID);
  authorize(actor, toCreate);
  const userID = input.userID ?? (actor.kind === 'system' ? undefined : actor.userId);
  if (userID === undefined) throw invalid('an authorization needs a user');
  const forUser = userRights.toWrite(userID);
  authorize(actor, forUser);

  const constraints = constraintsOfNew(actor, input.constraints);
  const resolved = await resolvePermissions(store, input.permissions, orgID);
  const permissions = grantPermissions(actor, resolved, { requested: input.permissions, constraints }, orgID);
  await checkPlaces(store, permissions);

  const { stored, secret } = mint(permissions);
  const fresh = buildAuthorization(dependencies, { orgID, userID, status, description, permissions }, stored);
  const { authorization, isExempt } = await transactionBy(
    dependencies,
    authorize(actor, toCreate, forUser, ...effectivePermissions(permissions, constraints)),
    async (writer) => {
      // Inside, so that none is born to a user or an organization that goes in the same moment.
      const organization = await writer.findOrganization(orgID);
      if (organization === undefined || (await writer.findUser(userID)) === undefined) throw invalid('unable to create token');
      const { expiresAtMs, isExempt } = expiryOfNew(expiry, permissions, organization.tokenLifetimeMaxMs, fresh.createdAtMs);
      // InfluxDB only requires this for v1-compatible authorizations.
      if (kind === 'v1') {
        for (const id of bucketsIn(permissions)) {
          if ((await writer.resources(bucketKind).find(id)) === undefined) throw notFound('bucket not found when creating auth');
        }
      }
      await claimName(writer, orgID, name);
      const authorization: Authorization = { ...fresh, name, expiresAtMs, constraints };
      await writer.insertAuthorization(authorization);
      await recordEvent(writer, actor, clock(), authorizationEvent('authorization.created', authorization));
      return { authorization, isExempt };
    },
  );
  return { ...(await describeAuthorization(store, authorization)), isExemptFromLifetimeMax: isExempt, secret };
}

const bucketsIn = (permissions: readonly Permission[]): BucketId[] =>
  permissions.flatMap(({ resource: { type, id } }) => (type === 'buckets' && id !== undefined ? [id as BucketId] : []));

const toRead = (authorization: Authorization): Permission[] => [
  authorizationRights.toRead(authorization),
  userRights.toRead(authorization.userID),
];
/** What changing or ending an authorization requires. */
export const rightsToWrite = (authorization: Authorization): Permission[] => [
  authorizationRights.toWrite(authorization),
  userRights.toWrite(authorization.userID),
];

export const mayReadAuthorization = (actor: Actor, authorization: Authorization): boolean =>
  toRead(authorization).every((permission) => isAllowed(actor, permission));

/** An authorization that covers more than its organization can only be changed by actors with the same permissions. InfluxDB allows it. */
export function guardUnscoped(actor: Actor, authorization: Authorization): void {
  const missing = permissionsOf(actor).firstMissing(unscopedPermissions(grantedBy(authorization)));
  if (missing !== undefined) {
    throw forbidden(`this authorization holds ${formatPermission(missing)} for every organization, which yours does not: ask an operator`);
  }
}

/** The operations that both kinds have in common. */
export function createKind(kind: StoredSecret['kind'], dependencies: AuthorizationDependencies) {
  const { store, clock } = dependencies;
  const isOfKind = (authorization: Authorization | undefined): authorization is Authorization => authorization?.secret.kind === kind;

  async function findRecord(id: AuthorizationId): Promise<Authorization> {
    const authorization = await store.findAuthorization(id);
    if (!isOfKind(authorization)) throw notFound('authorization not found');
    return authorization;
  }

  async function* describePages(
    filter: AuthorizationFilter,
    page: Page,
    order?: AuthorizationOrder,
  ): AsyncGenerator<DescribedAuthorization> {
    let { after, offset } = page;
    let turnEndsAtMs = performance.now() + TURN_MS;
    let left = page.limit ?? Number.POSITIVE_INFINITY;
    while (left > 0) {
      const limit = Math.min(left, FETCH_ROWS);
      const rows = await store.listAuthorizations(filter, { ...page, after, offset, limit }, order);
      for (const row of rows) {
        const described = await describeUnlessGone(store, row);
        if (described !== undefined) yield described;
        if (performance.now() < turnEndsAtMs) continue;
        // All of this may be answered from memory, and would never let others have their turn.
        await new Promise((resolve) => setImmediate(resolve));
        turnEndsAtMs = performance.now() + TURN_MS;
      }
      if (rows.length < limit) return;
      left -= rows.length;
      if (order === undefined || order === 'createdAt') [after, offset] = [rows.at(-1)?.id, 0];
      else offset += rows.length;
    }
  }

  async function filterFor(actor: Actor, query: AuthorizationQuery): Promise<AuthorizationFilter> {
    let { id, userID, orgID } = query;
    if (userID === undefined && query.user !== undefined) {
      userID = (await store.findUserByName(query.user))?.id;
      if (userID === undefined) throw notFound('user not found');
    }
    if (orgID === undefined && query.org !== undefined) {
      orgID = (await store.findOrganizationByName(query.org))?.id;
      if (orgID === undefined) throw notFound(`organization name "${query.org}" not found`);
    }
    if (id === undefined && query.v1User !== undefined) {
      id = (await store.findAuthorizationByV1User(query.v1User))?.id;
      if (id === undefined) throw notFound('authorization not found');
    }
    const visible = { kind, readable: readableScope(actor, 'authorizations'), readableUsers: readableScope(actor, 'users') };
    if (id !== undefined) {
      await findRecord(id);
      return { ...visible, id };
    }
    const { name, search, tokenKind, status, effective, expiringMs, unusedForMs } = query;
    const now = clock();
    const effectiveAtMs = effective === true ? now : undefined;
    const expires = expiringMs === undefined ? undefined : { afterMs: now, untilMs: now + expiringMs };
    const unusedSinceMs = unusedForMs === undefined ? undefined : now - unusedForMs;
    return {
      ...visible,
      orgID,
      userID,
      name,
      search,
      tokenKind,
      status,
      effectiveAtMs,
      expires,
      unusedSinceMs,
      opens: await openedResource(store, query),
    };
  }

  return {
    findRecord,

    /** @throws DomainError `not found`, or `unauthorized` if the actor cannot read it or its user */
    async find(actor: Actor, id: AuthorizationId): Promise<DescribedAuthorization> {
      const authorization = await findRecord(id);
      authorize(actor, ...toRead(authorization));
      return describeAuthorization(store, authorization);
    },

    /**
     * The actor's own authorization, also if it is inactive. InfluxDB has no such operation.
     *
     * @throws DomainError `not found` for who did not come with one
     */
    async findOwn(actor: Actor): Promise<DescribedAuthorization> {
      if (actor.kind !== 'token') throw notFound('you did not ask with a token');
      const record = await findRecord(actor.authorizationId);
      const { derived, permissions, constraints } = actor;
      return describeAuthorization(
        store,
        derived === undefined ? record : { ...record, ...derived, permissions: permissions.permissions, constraints },
      );
    },

    /**
     * The authorizations that the actor can read, of users that the actor can read, by creation unless another order is set. An unknown id
     * or name is `not found` for all actors.
     */
    async list(
      actor: Actor,
      query: AuthorizationQuery,
      page: Page,
      order?: AuthorizationOrder,
    ): Promise<AsyncIterable<DescribedAuthorization>> {
      return describePages(await filterFor(actor, query), page, order);
    },

    /** How many of them there are, by kind and status, were they not filtered by these two. */
    async count(actor: Actor, query: AuthorizationQuery): Promise<AuthorizationCount[]> {
      return store.countAuthorizations(await filterFor(actor, query));
    },

    /** Changes status and description, and brings an expiry nearer; never anything else. */
    async update(actor: Actor, id: AuthorizationId, change: AuthorizationChange): Promise<DescribedAuthorization> {
      const authorization = await findRecord(id);
      authorize(actor, ...toRead(authorization));
      const clearance = authorize(actor, ...rightsToWrite(authorization));
      guardUnscoped(actor, authorization);
      const status = change.status === '' ? 'active' : change.status;
      if (status !== undefined && !isStatus(status)) {
        throw invalid(kind === 'token' ? 'encodeAuthorization: unknown authorization status' : 'unknown authorization status');
      }
      const name = kind === 'token' ? newNameOf(change.name) : undefined;
      const updated = await transactionBy(dependencies, clearance, async (writer) => {
        const current = await writer.findAuthorization(id);
        if (current === undefined) throw notFound('authorization not found');
        if (status === 'active' && isLeaked(current)) throw conflict('its secret was reported as leaked: rotate it first');
        if (name !== current.name) await claimName(writer, current.orgID, name);
        const next: Authorization = {
          ...current,
          name: change.name === undefined ? current.name : name,
          status: status ?? current.status,
          description: change.description ?? current.description,
          expiresAtMs: expiryOfChanged(current.expiresAtMs, change.expiry ?? {}, clock()),
          updatedAtMs: clock(),
        };
        await writer.updateAuthorization(id, next);
        await recordEvent(writer, actor, clock(), authorizationEvent('authorization.changed', next, changesOf(current, next)));
        return next;
      });
      return describeAuthorization(store, updated);
    },

    /** Revokes it: it grants nothing once the promise is fulfilled. */
    async remove(actor: Actor, id: AuthorizationId): Promise<void> {
      const authorization = await findRecord(id);
      const clearance = authorize(actor, ...rightsToWrite(authorization));
      guardUnscoped(actor, authorization);
      const removed = await transactionBy(dependencies, clearance, async (writer) => {
        const isThere = await writer.deleteAuthorization(id);
        if (isThere) await recordEvent(writer, actor, clock(), authorizationEvent('authorization.deleted', authorization));
        return isThere;
      });
      if (!removed) throw notFound('authorization not found');
    },
  };
}
