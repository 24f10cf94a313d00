/** Secret -> Actor, or why not. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { Identity, SessionIdentity, TokenIdentity } from '../domain/actor.js';
import type { AuthorizationId, Clock, UserId } from '../domain/id.js';
import { PermissionSet } from '../domain/permission.js';
import { grantedBy, secretIdOf, type Authorization } from '../domain/authorization.js';
import type { Change, Store } from '../domain/store.js';
import { isDerivedLike, parseDerivedToken } from './derived-tokens.js';
import { narrowRights } from './derived-rights.js';
import { findParent, findToken } from './find-token.js';
import { isDamagedToken } from './prefixed-tokens.js';
import { PermissionNeeds } from './permission-needs.js';
import { permissionsOfUser, type TimedPermissions } from './roles.js';
import type { Secret } from './secret.js';
import type { SessionRules } from './session-rules.js';
import { lifetimeOfSession, lifetimeOfToken, standingOf, type Standing } from './standing.js';
import { hashToken, isHashLike } from './token.js';
import { TokenHasher } from './token-hasher.js';
import { TokenCache, type KnownToken } from './token-cache.js';

/** The reason for a refusal. For the log; the client is told less. */
export type Refusal =
  | 'no credentials'
  | 'unknown token'
  | 'stored hash as token'
  | 'wrong checksum'
  | 'unknown session'
  | 'expired'
  | 'user inactive or deleted'
  | 'inactive token'
  | 'wrong name or password'
  | 'rights were taken away'
  | 'address not allowed';

/** Why credentials are refused, and which authorization they belong to if it is known. */
export interface RefusedCredentials {
  readonly refusal: Refusal;
  readonly authorizationId?: AuthorizationId | undefined;
}

export type Verdict<I extends Identity = Identity> =
  | {
      readonly identity: I;
      /** The moment from which time alone makes the verdict an old one; undefined: never. */
      readonly validUntilMs: number | undefined;
    }
  | RefusedCredentials;

const UNKNOWN_TOKEN: Verdict<TokenIdentity> = { refusal: 'unknown token' };
const HASH_AS_TOKEN: Verdict<TokenIdentity> = { refusal: 'stored hash as token' };
const WRONG_CHECKSUM: Verdict<TokenIdentity> = { refusal: 'wrong checksum' };
const UNKNOWN_SESSION: Verdict<SessionIdentity> = { refusal: 'unknown session' };

const REFUSALS: Readonly<Record<Standing, Refusal | undefined>> = {
  active: undefined,
  inactive: 'inactive token',
  'user inactive': 'user inactive or deleted',
  ended: 'user inactive or deleted',
  expired: 'expired',
};

/** Why credentials of this standing do not count; undefined where they do. */
export const refusalOf = (standing: Standing): Refusal | undefined => REFUSALS[standing];

export class Authenticator {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #rules: SessionRules;
  readonly #hasher: TokenHasher;
  readonly #tokens = new TokenCache();
  /** Derived ones: what they grant depends on names of buckets, so that any commit removes them. */
  readonly #derived = new TokenCache();
  readonly #sessionPermissions = new Map<UserId, Promise<TimedPermissions>>();
  readonly #listeners: ((changes: readonly Change[]) => void)[] = [];
  #generation = 0;

  constructor(store: Store, clock: Clock, rules: SessionRules, hasher: TokenHasher = new TokenHasher()) {
    this.#hasher = hasher;
    this.#store = store;
    this.#clock = clock;
    this.#rules = rules;
    store.onChange((changes) => {
      this.#forget(changes);
      // When all who remember anything of actors have forgotten, and before the change is answered.
      queueMicrotask(() => {
        for (const listener of this.#listeners) listener(changes);
      });
    });
  }

  /** Another number after each commit. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether a verdict of this generation would be the same at this moment. */
  isCurrent(generation: number, validUntilMs: number | undefined): boolean {
    return generation === this.#generation && (validUntilMs === undefined || this.#clock() < validUntilMs);
  }

  /** Calls the listener with the change, when it can affect how current actors are authenticated. */
  onChange(listener: (changes: readonly Change[]) => void): void {
    this.#listeners.push(listener);
  }

  /** Synchronous for a token that was seen lately: a check is a hash, a look-up and a comparison, however many tokens there are. */
  authenticateToken(secret: Secret): Verdict<TokenIdentity> | Promise<Verdict<TokenIdentity>> {
    const text = secret.reveal();
    const digest = hash('sha256', text, 'binary');
    const known = this.#tokens.get(digest) ?? this.#derived.get(digest);
    if (known === undefined) {
      if (isDamagedToken(text)) return WRONG_CHECKSUM;
      if (isDerivedLike(text)) return this.#lookUpDerived(text, digest);
      return isHashLike(text) ? HASH_AS_TOKEN : this.#lookUp(secret, digest);
    }
    return timingSafeEqual(known.digest, Buffer.from(digest, 'binary')) ? judge(known, this.#clock()) : UNKNOWN_TOKEN;
  }

  async #lookUp(secret: Secret, digest: string): Promise<Verdict<TokenIdentity>> {
    const before = this.#generation;
    const found = await findToken(this.#store, secret, this.#hasher);
    if (found === undefined) return UNKNOWN_TOKEN;
    const { authorization, token } = found;
    const better = this.#hasher.improve(token, secret);
    // If it is not stored, the next one tries again.
    if (better !== undefined) this.#store.transaction((writer) => writer.rehashToken(token.hash, better)).catch(() => undefined);
    const user = await this.#store.findUser(authorization.userID);
    const known: KnownToken = {
      digest: Buffer.from(digest, 'binary'),
      identity: { ...identityOf(authorization), secretId: secretIdOf(token) },
      lifetime: lifetimeOfToken(authorization, token),
      userStatus: user?.status,
    };
    // A result that a commit has made stale meanwhile must not be cached.
    if (before === this.#generation) this.#tokens.put(digest, known);
    return judge(known, this.#clock());
  }

  async #lookUpDerived(text: string, digest: string): Promise<Verdict<TokenIdentity>> {
    const derived = parseDerivedToken(text);
    if (derived === undefined) return WRONG_CHECKSUM;
    const before = this.#generation;
    const found = await findParent(this.#store, derived, this.#hasher);
    if (found === undefined) return UNKNOWN_TOKEN;
    const { authorization, token } = found;
    const { expiresAtMs = Number.POSITIVE_INFINITY, ...narrowed } = await narrowRights(this.#store, authorization, derived.caveats);
    const user = await this.#store.findUser(authorization.userID);
    const lifetime = lifetimeOfToken(authorization, token);
    const earliest = Math.min(lifetime.expiresAtMs ?? Number.POSITIVE_INFINITY, expiresAtMs);
    const end = Number.isFinite(earliest) ? earliest : undefined;
    const known: KnownToken = {
      digest: Buffer.from(digest, 'binary'),
      identity: { ...identityOf(authorization), ...narrowed, secretId: secretIdOf(token), derived: { expiresAtMs: end } },
      lifetime: { ...lifetime, expiresAtMs: end },
      userStatus: user?.status,
    };
    if (before === this.#generation) this.#derived.put(digest, known);
    return judge(known, this.#clock());
  }

  /** A session has the current permissions of its user's roles and active tokens. */
  async authenticateSession(key: Secret): Promise<Verdict<SessionIdentity>> {
    const sessionHash = hashToken(key);
    const session = await this.#store.findSession(sessionHash);
    if (session === undefined) return UNKNOWN_SESSION;
    const user = await this.#store.findUser(session.userId);
    const now = this.#clock();
    const refusal = refusalOf(standingOf(lifetimeOfSession(session), user?.status, now));
    if (refusal !== undefined) return { refusal };
    const { userId } = session;
    const extendedMs = this.#rules.extendedExpiry(session, now);
    if (extendedMs !== undefined) await this.#store.transaction((writer) => writer.extendSession(sessionHash, extendedMs));
    const { permissions, validUntilMs = Number.POSITIVE_INFINITY } = await this.#permissionsOf(userId);
    return {
      identity: { kind: 'session', userId, sessionHash, permissions },
      validUntilMs: Math.min(validUntilMs, extendedMs ?? session.expiresAtMs),
    };
  }

  /** What the user may do at this moment: by roles and active tokens. */
  async permissionsOfUser(userId: UserId): Promise<PermissionSet> {
    return (await this.#permissionsOf(userId)).permissions;
  }

  async #permissionsOf(userId: UserId): Promise<TimedPermissions> {
    const known = this.#sessionPermissions.get(userId);
    if (known !== undefined) {
      const permissions = await known;
      if (permissions.validUntilMs === undefined || this.#clock() < permissions.validUntilMs) return permissions;
    }
    const asked = permissionsOfUser(this.#store, userId, this.#clock());
    // Cached from the moment of the query: a commit also removes an entry whose answer is still pending.
    this.#sessionPermissions.set(userId, asked);
    asked.catch(() => {
      if (this.#sessionPermissions.get(userId) === asked) this.#sessionPermissions.delete(userId);
    });
    return asked;
  }

  #forget(changes: readonly Change[]): void {
    this.#generation++;
    this.#derived.clear();
    for (const { noun, kind, id } of changes) {
      if (noun === 'authorization' && kind !== 'insert' && id !== '') this.#tokens.forget(id as AuthorizationId);
      if ((noun === 'user' || (noun === 'authorization' && id === '')) && kind !== 'insert') this.#tokens.clear();
      if (noun === 'authorization' || noun === 'user' || noun === 'membership') this.#sessionPermissions.clear();
    }
  }
}

export const identityOf = (authorization: Authorization): TokenIdentity => {
  const permissions = grantedBy(authorization);
  return {
    kind: 'token',
    userId: authorization.userID,
    orgId: authorization.orgID,
    authorizationId: authorization.id,
    permissions: new PermissionSet(permissions),
    ...(authorization.constraints !== undefined && { constraints: authorization.constraints }),
    needs: new PermissionNeeds(permissions),
    status: authorization.status,
  };
};

/** An inactive token is authenticated; the operation it requests then refuses it. */
function judge({ identity, lifetime, userStatus }: KnownToken, nowMs: number): Verdict<TokenIdentity> {
  const standing = standingOf(lifetime, userStatus, nowMs);
  const refusal = standing === 'inactive' ? undefined : refusalOf(standing);
  const { authorizationId } = identity;
  return refusal === undefined ? { identity, validUntilMs: lifetime.expiresAtMs } : { refusal, authorizationId };
}
