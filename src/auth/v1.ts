/** Who asks at the v1-compatible API: names and passwords of v1 authorizations, or tokens in the place of a password. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { TokenActor } from '../domain/actor.js';
import { PermissionSet } from '../domain/permission.js';
import type { Store } from '../domain/store.js';
import type { Attempts } from './attempts.js';
import type { Authenticator, Verdict } from './authenticate.js';
import type { PasswordVerifier } from './passwords.js';
import type { Secret } from './secret.js';

export type V1Credentials =
  | { readonly kind: 'token'; readonly secret: Secret }
  | { readonly kind: 'password'; readonly userName: string; readonly password: Secret }
  | { readonly kind: 'none' };

export type V1Verdict = Verdict<TokenActor>;

const WRONG: V1Verdict = { refusal: 'wrong name or password' };

/** A password that was right, kept so that an agent that writes every second does not cost a slow hash every second. */
interface KnownPassword {
  readonly digest: Buffer;
  readonly actor: TokenActor;
}

/** Names that are remembered; beyond it all are forgotten, which costs a slow hash each. */
const KNOWN_PASSWORDS_MAX = 10_000;

export interface V1Dependencies {
  readonly store: Store;
  readonly authenticator: Authenticator;
  readonly passwords: PasswordVerifier;
  readonly attempts: Attempts;
}

export class V1Authenticator {
  readonly #dependencies: V1Dependencies;
  readonly #known = new Map<string, KnownPassword>();
  /** Makes what is remembered of passwords worthless outside of this process. */
  readonly #key = randomBytes(32);
  #generation = 0;

  constructor(dependencies: V1Dependencies) {
    this.#dependencies = dependencies;
    dependencies.store.onCommit((changes) => {
      const matters = changes.some(({ noun, kind }) => (noun === 'authorization' || noun === 'user') && kind !== 'insert');
      if (!matters) return;
      this.#generation++;
      this.#known.clear();
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

  async #checkPassword(userName: string, password: Secret, address: string): Promise<V1Verdict> {
    const { store, passwords, attempts } = this.#dependencies;
    const digest = createHmac('sha256', this.#key).update(password.reveal(), 'utf8').digest();
    const known = this.#known.get(userName);
    if (known !== undefined && timingSafeEqual(known.digest, digest)) return { actor: known.actor };

    const before = this.#generation;
    const authorization = await store.findAuthorizationByV1User(userName);
    if (authorization === undefined) {
      // Any name goes with a token for its password.
      const verdict = await this.#checkToken(password);
      if ('actor' in verdict) return verdict;
    }
    attempts.check(address, userName);
    const hash = authorization?.secret.kind === 'v1' ? authorization.secret.passwordHash : undefined;
    if (!(await passwords.verify(hash, password)) || authorization === undefined) {
      attempts.recordFailure(address, userName);
      return WRONG;
    }
    attempts.recordSuccess(address, userName);
    const user = await store.findUser(authorization.userID);
    if (user?.status !== 'active' || authorization.endedAtMs !== undefined) return { refusal: 'user inactive or deleted' };
    if (authorization.status !== 'active') return { refusal: 'inactive token' };
    const actor: TokenActor = {
      kind: 'token',
      userId: authorization.userID,
      orgId: authorization.orgID,
      authorizationId: authorization.id,
      permissions: new PermissionSet(authorization.permissions),
      inactive: false,
    };
    // What a commit has overtaken in the meantime must not be remembered.
    if (before === this.#generation) this.#remember(userName, { digest, actor });
    return { actor };
  }

  #remember(userName: string, known: KnownPassword): void {
    if (this.#known.size >= KNOWN_PASSWORDS_MAX) this.#known.clear();
    this.#known.set(userName, known);
  }
}
