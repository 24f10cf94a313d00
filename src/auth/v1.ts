/** Who asks at the v1-compatible API: names and passwords of v1 authorizations, or tokens in the place of a password. */
import { timingSafeEqual } from 'node:crypto';
import type { TokenActor } from '../domain/actor.js';
import type { Authorization } from '../domain/authorization.js';
import type { AuthorizationId } from '../domain/id.js';
import { PermissionSet } from '../domain/permission.js';
import type { Store } from '../domain/store.js';
import { addressGroup } from './address-group.js';
import type { Authenticator, Refusal, Verdict } from './authenticate.js';
import type { PasswordChecks } from './password-checks.js';
import { isForeignHash } from './passwords.js';
import type { Secret } from './secret.js';

export type V1Credentials =
  | { readonly kind: 'token'; readonly secret: Secret }
  | { readonly kind: 'password'; readonly userName: string; readonly password: Secret }
  | { readonly kind: 'none' };

export type V1Verdict = Verdict<TokenActor>;

const WRONG: V1Verdict = { refusal: 'wrong name or password' };

/** What an authorization amounts to at this moment; forgotten when any authorization or user changes, which costs a question each. */
interface Standing {
  readonly id: AuthorizationId;
  readonly passwordHash: string | undefined;
  readonly verdict: { readonly actor: TokenActor } | { readonly refusal: Refusal };
}

/**
 * A password that was right, kept so that an agent that writes every second costs no slow hash every second, and is let in while somebody
 * else guesses. It holds as long as the hash that it was right for is the authorization's, whatever else changes.
 */
interface RightPassword {
  readonly passwordHash: string;
  readonly digest: Buffer;
  /** From where it came. From anywhere else it is a guess, which counts: comparing without counting would be guessing without limits. */
  readonly addresses: Set<string>;
}

/** Standings, and right passwords, that are remembered; the one that came first makes room, which costs a slow hash. */
const REMEMBERED_MAX = 10_000;
/** Checks of one request, when each is overtaken by a change of the password. */
const OVERTAKEN_MAX = 3;
/** Addresses from which one password is known to be right. */
const ADDRESSES_MAX = 100;

export interface V1Dependencies {
  readonly store: Store;
  readonly authenticator: Authenticator;
  readonly passwords: PasswordChecks;
}

export class V1Authenticator {
  readonly #dependencies: V1Dependencies;
  readonly #standings = new Map<string, Standing>();
  readonly #right = new Map<AuthorizationId, RightPassword>();
  #generation = 0;

  constructor(dependencies: V1Dependencies) {
    this.#dependencies = dependencies;
    dependencies.store.onCommit((changes) => {
      const matters = changes.some(({ noun, kind }) => (noun === 'authorization' || noun === 'user') && kind !== 'insert');
      if (!matters) return;
      this.#generation++;
      this.#standings.clear();
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
    return verdict.actor.inactive ? { refusal: 'inactive token' } : { actor: verdict.actor };
  }

  async #checkPassword(userName: string, password: Secret, address: string, rounds = OVERTAKEN_MAX): Promise<V1Verdict> {
    const { passwords } = this.#dependencies;
    const standing = await this.#standingOf(userName);
    if (standing === undefined) {
      // Any name goes with a token for its password.
      const verdict = await this.#checkToken(password);
      if ('actor' in verdict) return verdict;
    } else if (this.#isKnownRight(standing, password, address)) {
      return standing.verdict;
    }
    const hash = standing?.passwordHash;
    const right = await passwords.check({ address, kind: 'v1', name: userName, hash, password });
    if (!right || standing === undefined || hash === undefined) return WRONG;
    const resting = isForeignHash(hash) ? await this.#replaceForeignHash(standing.id, hash, password) : hash;
    if (resting !== undefined) this.#remember(standing.id, resting, password, address);
    const now = await this.#standingOf(userName);
    if (now?.id === standing.id && now.passwordHash === resting) return now.verdict;
    // A commit has overtaken the slow hash: what was right for the hash of then is asked of that of now.
    return rounds > 1 ? this.#checkPassword(userName, password, address, rounds - 1) : WRONG;
  }

  async #standingOf(userName: string): Promise<Standing | undefined> {
    const known = this.#standings.get(userName);
    if (known !== undefined) return known;
    const before = this.#generation;
    const { store } = this.#dependencies;
    const authorization = await store.findAuthorizationByV1User(userName);
    if (authorization === undefined) return undefined;
    const user = await store.findUser(authorization.userID);
    const standing: Standing = {
      id: authorization.id,
      passwordHash: authorization.secret.kind === 'v1' ? authorization.secret.passwordHash : undefined,
      verdict: judge(authorization, user?.status === 'active'),
    };
    // What a commit has overtaken in the meantime must not be remembered.
    if (before === this.#generation) putBounded(this.#standings, userName, standing);
    return standing;
  }

  #isKnownRight({ id, passwordHash }: Standing, password: Secret, address: string): boolean {
    const right = this.#right.get(id);
    if (right === undefined || right.passwordHash !== passwordHash || !right.addresses.has(addressGroup(address))) return false;
    return timingSafeEqual(right.digest, this.#dependencies.passwords.digest(id, password));
  }

  #remember(id: AuthorizationId, passwordHash: string, password: Secret, address: string): void {
    const known = this.#right.get(id);
    const addresses = known?.passwordHash === passwordHash ? known.addresses : new Set<string>();
    addresses.add(addressGroup(address));
    if (addresses.size > ADDRESSES_MAX) dropFirst(addresses);
    putBounded(this.#right, id, { passwordHash, digest: this.#dependencies.passwords.digest(id, password), addresses });
  }

  /** So that no hash stays that others make differently. @returns the hash that rests now; undefined when it is of somebody else's making */
  async #replaceForeignHash(id: AuthorizationId, foreign: string, password: Secret): Promise<string | undefined> {
    const { store, passwords } = this.#dependencies;
    const own = await passwords.hash(id, password);
    return store.transaction(async (writer) => {
      const current = await writer.findAuthorization(id);
      if (current?.secret.kind !== 'v1' || current.secret.passwordHash !== foreign) return undefined;
      await writer.updateAuthorization({ ...current, secret: { ...current.secret, passwordHash: own } });
      return own;
    });
  }
}

function judge(authorization: Authorization, userActive: boolean): Standing['verdict'] {
  if (!userActive || authorization.endedAtMs !== undefined) return { refusal: 'user inactive or deleted' };
  if (authorization.status !== 'active') return { refusal: 'inactive token' };
  return {
    actor: {
      kind: 'token',
      userId: authorization.userID,
      orgId: authorization.orgID,
      authorizationId: authorization.id,
      permissions: new PermissionSet(authorization.permissions),
      inactive: false,
    },
  };
}

function putBounded<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (map.size >= REMEMBERED_MAX && !map.has(key)) dropFirst(map);
  map.set(key, value);
}

function dropFirst<K>(kept: Map<K, unknown> | Set<K>): void {
  for (const key of kept.keys()) {
    kept.delete(key);
    return;
  }
}
