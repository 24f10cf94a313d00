/** Secret -> Actor, or why not. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { Actor, SessionActor, TokenActor } from '../domain/actor.js';
import type { AuthorizationId, Clock, UserId } from '../domain/id.js';
import { PermissionSet } from '../domain/permission.js';
import type { Change, Store } from '../domain/store.js';
import { findAuthorizationOfToken } from './find-token.js';
import { permissionsOfUser } from './roles.js';
import type { Secret } from './secret.js';
import type { SessionRules } from './session-rules.js';
import { hashToken, isHashLike } from './token.js';
import { TokenCache, type KnownToken } from './token-cache.js';

/** Why somebody is not let in. For the log; the caller of the server is told less. */
export type Refusal =
  | 'no credentials'
  | 'unknown token'
  | 'stored hash as token'
  | 'unknown session'
  | 'user inactive or deleted'
  | 'inactive token'
  | 'wrong name or password'
  | 'rights were taken away';

export type Verdict<A extends Actor = Actor> = { readonly actor: A } | { readonly refusal: Refusal };

const UNKNOWN_TOKEN: Verdict<TokenActor> = { refusal: 'unknown token' };
const USER_INACTIVE: { readonly refusal: Refusal } = { refusal: 'user inactive or deleted' };
const HASH_AS_TOKEN: Verdict<TokenActor> = { refusal: 'stored hash as token' };
const UNKNOWN_SESSION: Verdict<SessionActor> = { refusal: 'unknown session' };

export class Authenticator {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #rules: SessionRules;
  readonly #tokens = new TokenCache();
  readonly #sessionPermissions = new Map<UserId, Promise<PermissionSet>>();
  readonly #listeners: ((changes: readonly Change[]) => void)[] = [];
  #generation = 0;

  constructor(store: Store, clock: Clock, rules: SessionRules) {
    this.#store = store;
    this.#clock = clock;
    this.#rules = rules;
    store.onCommit((changes) => {
      this.#forget(changes);
      // When all who remember anything of actors have forgotten, and before the change is answered.
      queueMicrotask(() => {
        for (const listener of this.#listeners) listener(changes);
      });
    });
  }

  /** Another number after each commit: a verdict of the same generation is the verdict of this moment. */
  get generation(): number {
    return this.#generation;
  }

  /** Calls the listener with what was changed, when whoever is judged now is judged by it. */
  onChange(listener: (changes: readonly Change[]) => void): void {
    this.#listeners.push(listener);
  }

  /** Synchronous for a token that was seen lately: a check is a hash, a look-up and a comparison, however many tokens there are. */
  authenticateToken(secret: Secret): Verdict<TokenActor> | Promise<Verdict<TokenActor>> {
    const text = secret.reveal();
    const digest = hash('sha256', text, 'binary');
    const known = this.#tokens.get(digest);
    if (known === undefined) return isHashLike(text) ? HASH_AS_TOKEN : this.#lookUp(secret, digest);
    return timingSafeEqual(known.digest, Buffer.from(digest, 'binary')) ? verdictOf(known) : UNKNOWN_TOKEN;
  }

  async #lookUp(secret: Secret, digest: string): Promise<Verdict<TokenActor>> {
    const before = this.#generation;
    const authorization = await findAuthorizationOfToken(this.#store, secret);
    if (authorization === undefined) return UNKNOWN_TOKEN;
    const user = await this.#store.findUser(authorization.userID);
    const known: KnownToken = {
      digest: Buffer.from(digest, 'binary'),
      userActive: user?.status === 'active' && authorization.endedAtMs === undefined,
      actor: {
        kind: 'token',
        userId: authorization.userID,
        orgId: authorization.orgID,
        authorizationId: authorization.id,
        permissions: new PermissionSet(authorization.permissions),
        inactive: authorization.status !== 'active',
      },
    };
    // What a commit has overtaken in the meantime must not be remembered.
    if (before === this.#generation) this.#tokens.put(digest, known);
    return verdictOf(known);
  }

  /** What a user's session may do is what his roles and his active tokens allow at this moment. */
  async authenticateSession(key: Secret): Promise<Verdict<SessionActor>> {
    const sessionHash = hashToken(key);
    const session = await this.#store.findSession(sessionHash);
    const now = this.#clock();
    if (session === undefined || session.expiresAtMs <= now) return UNKNOWN_SESSION;
    const user = await this.#store.findUser(session.userId);
    if (user?.status !== 'active') return USER_INACTIVE;
    const extendedMs = this.#rules.extendedExpiry(session, now);
    if (extendedMs !== undefined) await this.#store.transaction((writer) => writer.extendSession(sessionHash, extendedMs));
    return { actor: { kind: 'session', userId: user.id, sessionHash, permissions: await this.#permissionsOf(user.id) } };
  }

  #permissionsOf(userId: UserId): Promise<PermissionSet> {
    const known = this.#sessionPermissions.get(userId);
    if (known !== undefined) return known;
    const asked = permissionsOfUser(this.#store, userId);
    const before = this.#generation;
    this.#sessionPermissions.set(userId, asked);
    const forget = (): void => {
      if (this.#sessionPermissions.get(userId) === asked) this.#sessionPermissions.delete(userId);
    };
    asked.then(() => {
      if (before !== this.#generation) forget();
    }, forget);
    return asked;
  }

  #forget(changes: readonly Change[]): void {
    this.#generation++;
    for (const { noun, kind, id } of changes) {
      if (noun === 'authorization' && kind !== 'insert') this.#tokens.forget(id as AuthorizationId);
      if (noun === 'user' && kind !== 'insert') this.#tokens.clear();
      if (noun === 'authorization' || noun === 'user' || noun === 'membership') this.#sessionPermissions.clear();
    }
  }
}

const verdictOf = (known: KnownToken): Verdict<TokenActor> => (known.userActive ? { actor: known.actor } : USER_INACTIVE);
