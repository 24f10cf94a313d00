/** Who asks at the v1-compatible API: names and passwords of v1 authorizations, or tokens in the place of a password. */
import { timingSafeEqual } from 'node:crypto';
import { BoundedMap } from '../bounded/bounded-map.js';
import type { TokenIdentity } from '../domain/actor.js';
import type { AuthorizationId, Clock } from '../domain/id.js';
import type { Store } from '../domain/store.js';
import type { Status } from '../domain/user.js';
import { addressGroup } from './address-group.js';
import { identityOf, refusalOf, type Authenticator, type Verdict } from './authenticate.js';
import type { PasswordChecks } from './password-checks.js';
import { isForeignHash } from './passwords.js';
import type { Secret } from './secret.js';
import { lifetimeOfAuthorization, standingOf, type Lifetime } from './standing.js';

export type V1Credentials =
  | { readonly kind: 'token'; readonly secret: Secret }
  | { readonly kind: 'password'; readonly userName: string; readonly password: Secret }
  | { readonly kind: 'none' };

export type V1Verdict = Verdict<TokenIdentity>;

const WRONG: V1Verdict = { refusal: 'wrong name or password' };

/** An authorization as it is stored; forgotten when any authorization or user changes, which costs a question each. */
interface KnownName {
  readonly identity: TokenIdentity;
  readonly passwordHash: string | undefined;
  readonly lifetime: Lifetime;
  /** Undefined when the user is gone. */
  readonly userStatus: Status | undefined;
}

/**
 * A password that was right, kept so that an agent that writes every second costs no slow hash every second, and is let in while somebody
 * else guesses. It holds as long as the hash that it was right for is the authorization's, whatever else changes.
 */
interface RightPassword {
  readonly passwordHash: string;
  readonly digest: Buffer;
  /** From where it came. From anywhere else it is a guess, which counts: comparing without counting would be guessing without limits. */
  readonly addresses: BoundedMap<string, true>;
}

/** Names, and right passwords, that are remembered; the one that came first makes room, which costs a slow hash. */
const REMEMBERED_MAX = 10_000;
/** Checks of one request, when each is overtaken by a change of the password. */
const OVERTAKEN_MAX = 3;
/** Addresses from which one password is known to be right. */
const ADDRESSES_MAX = 100;

export interface V1Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly authenticator: Authenticator;
  readonly passwords: PasswordChecks;
}

export class V1Authenticator {
  readonly #dependencies: V1Dependencies;
  readonly #names = new BoundedMap<string, KnownName>(REMEMBERED_MAX);
  readonly #right = new BoundedMap<AuthorizationId, RightPassword>(REMEMBERED_MAX);
  #generation = 0;

  constructor(dependencies: V1Dependencies) {
    this.#dependencies = dependencies;
    dependencies.store.onChange((changes) => {
      const matters = changes.some(({ noun, kind }) => (noun === 'authorization' || noun === 'user') && kind !== 'insert');
      if (!matters) return;
      this.#generation++;
      this.#names.clear();
    });
  }

  /**
   * @param address where the request comes from: guessing is slowed down per address and name
   * @throws TryAgainLaterError after several failures in a row
   */
  async authenticate(credentials: V1Credentials, address: string): Promise<V1Verdict> {
    switch (credentials.kind) {
      case 'none':
        return { refusal: 'no credentials' };
      case 'token':
        return this.#checkToken(credentials.secret);
      case 'password':
        return this.#checkPassword(credentials.userName, credentials.password, address);
    }
  }

  async #checkToken(secret: Secret): Promise<V1Verdict> {
    const verdict = await this.#dependencies.authenticator.authenticateToken(secret);
    if ('refusal' in verdict) return verdict;
    // Elsewhere an inactive token may look at empty lists; here it is refused as if it were unknown (InfluxDB's rule).
    return verdict.identity.status === 'inactive' ? { refusal: 'inactive token' } : verdict;
  }

  async #checkPassword(userName: string, password: Secret, address: string, rounds = OVERTAKEN_MAX): Promise<V1Verdict> {
    const { passwords } = this.#dependencies;
    const known = await this.#find(userName);
    if (known === undefined) {
      // Any name goes with a token for its password.
      const verdict = await this.#checkToken(password);
      if ('identity' in verdict) return verdict;
    } else if (this.#isKnownRight(known, password, address)) {
      return this.#judge(known);
    }
    const hash = known?.passwordHash;
    const right = await passwords.check({ address, kind: 'v1', name: userName, hash, password });
    if (!right || known === undefined || hash === undefined) return WRONG;
    const id = known.identity.authorizationId;
    const stored = isForeignHash(hash) ? await this.#replaceForeignHash(id, hash, password) : hash;
    if (stored !== undefined) this.#remember(id, stored, password, address);
    const now = await this.#find(userName);
    if (now?.identity.authorizationId === id && now.passwordHash === stored) return this.#judge(now);
    // A commit has overtaken the slow hash: what was right for the hash of then is asked of that of now.
    return rounds > 1 ? this.#checkPassword(userName, password, address, rounds - 1) : WRONG;
  }

  #judge({ identity, lifetime, userStatus }: KnownName): V1Verdict {
    const refusal = refusalOf(standingOf(lifetime, userStatus, this.#dependencies.clock()));
    const { authorizationId } = identity;
    return refusal === undefined ? { identity, validUntilMs: lifetime.expiresAtMs } : { refusal, authorizationId };
  }

  async #find(userName: string): Promise<KnownName | undefined> {
    const remembered = this.#names.get(userName);
    if (remembered !== undefined) return remembered;
    const before = this.#generation;
    const { store } = this.#dependencies;
    const authorization = await store.findAuthorizationByV1User(userName);
    if (authorization === undefined) return undefined;
    const user = await store.findUser(authorization.userID);
    const known: KnownName = {
      identity: identityOf(authorization),
      passwordHash: authorization.secret.kind === 'v1' ? authorization.secret.passwordHash : undefined,
      lifetime: lifetimeOfAuthorization(authorization),
      userStatus: user?.status,
    };
    // What a commit has overtaken in the meantime must not be remembered.
    if (before === this.#generation) this.#names.set(userName, known);
    return known;
  }

  #isKnownRight({ identity: { authorizationId: id }, passwordHash }: KnownName, password: Secret, address: string): boolean {
    const right = this.#right.get(id);
    if (right === undefined || right.passwordHash !== passwordHash || !right.addresses.has(addressGroup(address))) return false;
    return timingSafeEqual(right.digest, this.#dependencies.passwords.digest(id, password));
  }

  #remember(id: AuthorizationId, passwordHash: string, password: Secret, address: string): void {
    const known = this.#right.get(id);
    const addresses = known?.passwordHash === passwordHash ? known.addresses : new BoundedMap<string, true>(ADDRESSES_MAX);
    addresses.set(addressGroup(address), true);
    this.#right.set(id, { passwordHash, digest: this.#dependencies.passwords.digest(id, password), addresses });
  }

  /** So that no hash stays that others make differently. @returns the hash that is stored now; undefined when somebody else stored another */
  async #replaceForeignHash(id: AuthorizationId, foreign: string, password: Secret): Promise<string | undefined> {
    const { store, clock, passwords } = this.#dependencies;
    const own = await passwords.hash(id, password);
    return store.transaction(async (writer) => {
      const current = await writer.findAuthorization(id);
      if (current?.secret.kind !== 'v1' || current.secret.passwordHash !== foreign) return undefined;
      await writer.putV1PasswordHash(id, own, clock());
      return own;
    });
  }
}
