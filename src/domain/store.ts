/**
 * The interface of the metadata store. It holds records and hashes; it does not know actors, makes no decisions,
 * and only sees secrets if hashing of tokens is off.
 */
import type { AuditReader, AuditWriter } from './audit.js';
import type { Authorization, StoredSecret, TokenSecret } from './authorization.js';
import type { AuthorizationId, BucketId, Id, LabelId, OrganizationId, UserId } from './id.js';
import { KIND_TYPES, type KindType, type Owned, type ResourceReader, type ResourceWriter, type StoredKind } from './kind.js';
import type { Organization } from './organization.js';
import type { Page } from './page.js';
import type { Action, Scope } from './permission.js';
import type { TimeRange } from './series.js';
import type { RunReader, RunWriter } from './task.js';
import type { TokenKind } from './token-kind.js';
import type { Membership, MembershipResource, Role, Status, User } from './user.js';

/** The session of a signed-in user; the key in its cookie is stored as a hash. */
export interface Session {
  readonly hash: string;
  readonly userId: UserId;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface OrganizationFilter {
  readonly readable: Scope;
  readonly id?: OrganizationId | undefined;
  /** Compared by `organizationNameKey`. */
  readonly name?: string | undefined;
  /** Only those in which the user has a role. */
  readonly memberId?: UserId | undefined;
}

export interface UserFilter {
  readonly readable: Scope;
  readonly id?: UserId | undefined;
  readonly name?: string | undefined;
}

/** A label that is on a resource. */
export interface LabelMapping {
  readonly labelId: LabelId;
  readonly resourceType: KindType;
  readonly resourceId: Id;
}

export interface AuthorizationFilter {
  readonly kind: StoredSecret['kind'];
  readonly readable: Scope;
  readonly readableUsers: Scope;
  readonly id?: AuthorizationId | undefined;
  readonly orgID?: OrganizationId | undefined;
  readonly userID?: UserId | undefined;
  readonly name?: string | undefined;
  /** A part of the description, in whatever case, or the whole id. */
  readonly search?: string | undefined;
  readonly tokenKind?: TokenKind | undefined;
  readonly status?: Status | undefined;
  /** At this moment status counts as inactive, in filters, orders and counts, for those that have expired or whose user is inactive. */
  readonly effectiveAtMs?: number | undefined;
  /** Only those that expire in this time. */
  readonly expires?: { readonly afterMs: number; readonly untilMs: number } | undefined;
  readonly opens?: OpenedResource | undefined;
  /** Only those that were neither created nor used since. */
  readonly unusedSinceMs?: number | undefined;
}

/** A resource that an authorization must grant: by its id, through all of its type in its organization, or through all of its type. */
export interface OpenedResource {
  readonly type: KindType;
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly actions: readonly Action[];
}

/** Sort orders for lists of authorizations; equal entries are in the order of creation. */
export const AUTHORIZATION_ORDERS = ['createdAt', 'updatedAt', 'description', 'kind', 'status', 'user'] as const;
export type AuthorizationOrder = (typeof AUTHORIZATION_ORDERS)[number];

/** A stretch of a bucket's time that is backed up and restored as one, under a number (InfluxDB's word; its files are cut that way). */
export interface Shard extends TimeRange {
  readonly id: number;
  readonly bucketId: BucketId;
}

/**
 * `series directory`: the folder of the points next to the store, `series` if missing. `identity`: shared by the store and that folder,
 * to prove that they belong together. `narrowed permissions`: it has been logged which permissions grant less than when they were
 * granted.
 */
export type Fact =
  'has held plain tokens' | 'identity' | 'series directory' | 'narrowed permissions' | 'permission uses since' | 'follows a file of keys';

/** A deleted bucket whose points must still be deleted. Points of an unknown bucket without a tombstone are kept. */
export interface Tombstone {
  readonly bucketId: BucketId;
  readonly deletedAtMs: number;
}

/** How the tokens of a store are kept; an authorization may have several. */
export interface TokenCounts {
  /** In plain text, with their hash. */
  readonly plain: number;
  /** As nothing but a hash, by its variant. */
  readonly hashed: Readonly<Record<string, number>>;
  /** Authorizations without any: a downgrade erased their hashes. */
  readonly erased: number;
}

/** By the type that permissions name, how many there are where there are any; v1 authorizations do not count. */
export type ResourceCounts = ReadonlyMap<string, number>;

/** The properties of an authorization that can change, except its secrets. */
export type AuthorizationUpdate = Pick<Authorization, 'status' | 'description' | 'name' | 'expiresAtMs' | 'updatedAtMs'>;

/** An authorization that is going to expire. */
export interface ExpiringAuthorization extends Pick<Authorization, 'id' | 'orgID' | 'description'> {
  readonly expiresAtMs: number;
  /** The warning that was given last, in days before; undefined: none. */
  readonly warnedDays: number | undefined;
}

/** What of a token depends on the keys of `--token-pepper-file`. */
export type StoredHash = Pick<TokenSecret, 'hash' | 'derivation'>;

/** The last use of one secret of an authorization. */
export interface TokenUse {
  readonly authorizationId: AuthorizationId;
  /** Empty for the password of an authorization of the v1-compatible API. */
  readonly secretId: string;
  /** To the minute. */
  readonly usedAtMs: number;
  readonly address: string;
  /** Method and template of the path, such as `POST /api/v2/write`. */
  readonly operation: string;
}

/** The last day on which a permission of an authorization was needed. */
export interface PermissionUse {
  readonly authorizationId: AuthorizationId;
  /** From 0, in the order in which they were granted. */
  readonly position: number;
  /** The beginning of the day. */
  readonly neededAtMs: number;
}

/** How many there are of a kind and status. */
export interface AuthorizationCount {
  readonly tokenKind: TokenKind;
  readonly status: Status;
  readonly count: number;
}

/**
 * Reads of committed data, possible at any time. Names and keys are compared, found and sorted by the bytes of their
 * UTF-8, in every engine.
 */
export interface StoreReader extends RunReader, AuditReader {
  findOrganization(id: OrganizationId): Promise<Organization | undefined>;
  findOrganizationByName(name: string): Promise<Organization | undefined>;
  listOrganizations(filter: OrganizationFilter, page: Page): Promise<Organization[]>;

  findUser(id: UserId): Promise<User | undefined>;
  findUserByName(name: string): Promise<User | undefined>;
  listUsers(filter: UserFilter, page: Page): Promise<User[]>;
  findPasswordHash(userId: UserId): Promise<string | undefined>;
  /** The distinct prefixes of password hashes, of users and v1 authorizations: algorithm and cost. */
  listPasswordHashForms(): Promise<string[]>;

  findSession(hash: string): Promise<Session | undefined>;

  /** In the order in which they were made. */
  listMembershipsOfUser(userId: UserId): Promise<Membership[]>;
  listMembershipsOfResource(type: MembershipResource, id: Id): Promise<Membership[]>;

  /** All that can be read of the resources of one kind. */
  resources<T extends Owned>(kind: StoredKind<T>): ResourceReader<T>;
  /** The organization of a resource of any kind. */
  findOrganizationOf(type: KindType, id: Id): Promise<OrganizationId | undefined>;

  /** By id. */
  listLabelIdsOn(type: KindType, resourceId: Id): Promise<LabelId[]>;

  listSecretKeys(orgID: OrganizationId): Promise<string[]>;
  /** The value as it was sealed by `putSecret`'s caller. */
  findSealedSecret(orgID: OrganizationId, key: string): Promise<Uint8Array | undefined>;

  findAuthorization(id: AuthorizationId): Promise<Authorization | undefined>;
  /**
   * The properties of an authorization that can change; permissions cannot.
   *
   * @param secretId of its token that is in use: undefined is returned when it no longer has this one, and else the earlier expiry
   */
  findAuthorizationStanding(
    id: AuthorizationId,
    secretId?: string,
  ): Promise<Pick<Authorization, 'status' | 'endedAtMs' | 'expiresAtMs'> | undefined>;
  findAuthorizationByHash(hash: string): Promise<Authorization | undefined>;
  findAuthorizationByV1User(userName: string): Promise<Authorization | undefined>;
  findAuthorizationByName(orgID: OrganizationId, name: string): Promise<Authorization | undefined>;
  /**
   * By id, which is the order of creation, or by another order, which has no `after`. Excludes those of deleted users, and those
   * of deleted organizations unless they cover more than the organization.
   */
  listAuthorizations(filter: AuthorizationFilter, page: Page, order?: AuthorizationOrder): Promise<Authorization[]>;
  /** Those that `listAuthorizations` would list without its filters of kind and status. */
  countAuthorizations(filter: AuthorizationFilter): Promise<AuthorizationCount[]>;
  /** The active tokens of a user, for the permissions of sessions. */
  listActiveTokensOfUser(userId: UserId): Promise<Authorization[]>;
  countTokens(): Promise<TokenCounts>;
  /** The latest first. */
  listUses(id: AuthorizationId): Promise<TokenUse[]>;
  listPermissionUses(id: AuthorizationId): Promise<PermissionUse[]>;
  /** The active ones that expire in this time, by id. */
  listExpiring(afterMs: number, untilMs: number, limit: number, afterId?: AuthorizationId): Promise<ExpiringAuthorization[]>;
  /** How many of them are tokens. */
  countExpiring(afterMs: number, untilMs: number): Promise<number>;
  countResources(): Promise<ResourceCounts>;

  findShard(id: number): Promise<Shard | undefined>;

  /** Facts about the store itself. */
  findFact(name: Fact): Promise<string | undefined>;

  listTombstones(): Promise<Tombstone[]>;

  hasAnyUserOrOrganization(): Promise<boolean>;
}

/**
 * Changes, only inside a transaction. Names must be unique: a clash throws `DuplicateError`.
 * Updates and deletions return whether the record existed.
 */
export interface StoreWriter extends StoreReader, RunWriter, AuditWriter {
  /** A part that leaves nothing behind when it fails, for what is a transaction elsewhere. Fails as `Store.transaction` does. */
  part<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T>;

  insertOrganization(organization: Organization): Promise<void>;
  updateOrganization(organization: Organization): Promise<boolean>;
  /** With its resources of every kind, its secrets and memberships; its authorizations stay (see `listAuthorizations`). */
  deleteOrganization(id: OrganizationId, deletedAtMs: number): Promise<boolean>;

  insertUser(user: User): Promise<void>;
  updateUser(user: User): Promise<boolean>;
  /** Deletes the password and memberships, too; the user's authorizations end at `endedAtMs`. */
  deleteUser(id: UserId, endedAtMs: number): Promise<boolean>;
  putPasswordHash(userId: UserId, hash: string): Promise<void>;

  insertSession(session: Session): Promise<void>;
  extendSession(hash: string, expiresAtMs: number): Promise<boolean>;
  deleteSession(hash: string): Promise<boolean>;
  /** @param exceptHash the session that may stay, if any */
  deleteSessionsOfUser(userId: UserId, exceptHash: string | undefined): Promise<void>;
  deleteExpiredSessions(nowMs: number): Promise<number>;

  insertMembership(membership: Membership): Promise<void>;
  deleteMembership(type: MembershipResource, id: Id, userId: UserId, role: Role): Promise<boolean>;

  /** The same, to be changed. A bucket that is inserted takes a tombstone of its id away; one that is deleted leaves one. */
  resources<T extends Owned>(kind: StoredKind<T>): ResourceWriter<T>;

  /** Returns whether the label was added. */
  insertLabelMapping(mapping: LabelMapping): Promise<boolean>;
  deleteLabelMapping(mapping: LabelMapping): Promise<boolean>;

  putSecret(orgID: OrganizationId, key: string, sealed: Uint8Array): Promise<void>;
  deleteSecret(orgID: OrganizationId, key: string): Promise<boolean>;

  insertAuthorization(authorization: Authorization): Promise<void>;
  /** Inserts many. Those with a taken id, hash or v1 name are left out; returns those that were inserted. */
  insertAuthorizations(authorizations: readonly Authorization[]): Promise<AuthorizationId[]>;
  /** All else of an authorization stays as it was made. */
  updateAuthorization(id: AuthorizationId, update: AuthorizationUpdate): Promise<boolean>;
  /** In the place of the one that is there, if any; false where there is no such authorization of the v1-compatible API. */
  putV1PasswordHash(id: AuthorizationId, hash: string, createdAtMs: number): Promise<boolean>;
  /** In the place of all tokens that it has; the newest first. */
  replaceTokens(id: AuthorizationId, tokens: readonly TokenSecret[]): Promise<void>;
  deleteAuthorization(id: AuthorizationId): Promise<boolean>;
  /** Deletes up to so many that expired before; returns them. */
  deleteExpiredAuthorizations(beforeMs: number, limit: number): Promise<Pick<Authorization, 'id' | 'orgID' | 'description'>[]>;
  /** In the place of what is stored of these secrets. */
  putUses(uses: readonly TokenUse[]): Promise<void>;
  /**
   * Sets bytes aside for an authorization to write on a day (days since 1970): `wish`, or what is left of `max` then.
   *
   * @returns how many; 0, and none are set aside, where that would be fewer than `need`
   */
  takeWriteBytes(
    id: AuthorizationId,
    bytes: { readonly day: number; readonly need: number; readonly wish: number; readonly max: number },
  ): Promise<number>;
  /** In the place of what is stored of these permissions. */
  putPermissionUses(uses: readonly PermissionUse[]): Promise<void>;
  /** It has been warned of its expiry, so many days before. */
  noteExpiryWarning(id: AuthorizationId, days: number): Promise<void>;
  /** Erases up to so many plain-text tokens and keeps their hashes; returns the count. */
  forgetPlainTokens(limit: number): Promise<number>;
  /** Makes other hashes of up to so many of these schemes. Returns the count. */
  rehashTokens(schemes: readonly string[], limit: number, rehash: (stored: StoredHash) => StoredHash): Promise<number>;
  /** Stores another hash of the same token. It changes nothing that anybody remembers. */
  rehashToken(hash: string, next: StoredHash): Promise<void>;
  /** Erases the hashes of tokens without plain text, which can no longer be used. Returns the count. */
  eraseTokenHashes(): Promise<number>;

  /** The shard of this time range; its number is assigned on first use and never changes. */
  putShard(bucketId: BucketId, range: TimeRange): Promise<Shard>;
  /** A shard with a number that is already known. */
  insertShard(shard: Shard): Promise<void>;

  putTombstone(tombstone: Tombstone): Promise<void>;
  deleteTombstone(bucketId: BucketId): Promise<void>;

  /** @param value undefined: it is known no more */
  putFact(name: Fact, value: string | undefined): Promise<void>;
}

/** A name or hash that must be unique is taken. The caller knows which and says so in its own words. */
export class DuplicateError extends Error {
  override readonly name = 'DuplicateError';
}

/** The kinds of records whose changes caches follow. */
export const NOUNS = [
  'organization',
  'user',
  'password',
  'session',
  'membership',
  'label mapping',
  'secret',
  'authorization',
  ...KIND_TYPES,
  'stacks',
] as const;
export type Noun = (typeof NOUNS)[number];

export interface Change {
  readonly noun: Noun;
  readonly kind: 'insert' | 'update' | 'delete';
  /** Empty: any of them may have changed. */
  readonly id: string;
}

/** Reported when the changes are unknown. */
export const ALL_CHANGED: readonly Change[] = NOUNS.map((noun) => ({ noun, kind: 'update', id: '' }));

/** The maximum time until a server sees another server's changes. */
export const OTHERS_CHANGES_MS_MAX = 1000;

/** Something in the store is not as it was written. */
export interface StoreDamage {
  /** The record, where it is known which. */
  readonly noun?: Noun | undefined;
  readonly id?: string | undefined;
  /** The problem, without any content of the store. */
  readonly problem: string;
}

export interface Store extends StoreReader {
  /**
   * Runs the work in one transaction: all of it is durable when the promise is fulfilled, nothing of it remains when it is rejected.
   * The work may only wait for the writer. Concurrent transactions can share one commit.
   */
  transaction<T>(work: (writer: StoreWriter) => Promise<T>): Promise<T>;

  /**
   * Calls the listener with what a transaction changed: after its commit and before its promise is fulfilled, or within
   * `OTHERS_CHANGES_MS_MAX` when another server made it.
   */
  onChange(listener: (changes: readonly Change[]) => void): void;

  /**
   * Calls the listener with damage, once for each record: with existing damage, and with damage that is found later. A damaged
   * record does not fail a list: permissions that cannot be read grant nothing.
   */
  onDamage(listener: (damage: StoreDamage) => void): void;

  close(): Promise<void>;
}
