/** Signing in and out. */
import { DomainError, unauthorized } from '../domain/errors.js';
import type { Clock } from '../domain/id.js';
import type { Session, Store } from '../domain/store.js';
import type { User } from '../domain/user.js';
import type { Attempts } from './attempts.js';
import { hashPassword, isForeignHash, isStrong, STRENGTH_RULE, type PasswordVerifier } from './passwords.js';
import type { Secret } from './secret.js';
import type { SessionRules } from './session-rules.js';
import { generateToken, hashToken } from './token.js';

export interface SessionDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly rules: SessionRules;
  readonly attempts: Attempts;
  readonly passwords: PasswordVerifier;
  readonly strongPasswords: boolean;
}

export interface SignedIn {
  /** For the cookie, and nowhere else. */
  readonly key: Secret;
  readonly cookieExpiresAtMs: number;
}

export type Sessions = ReturnType<typeof createSessions>;

export const createSessions = (dependencies: SessionDependencies) => {
  const { store, clock, rules, attempts, passwords, strongPasswords } = dependencies;

  /**
   * Checks a password, and is as slow and as silent about a user that does not exist as about a wrong password.
   *
   * @returns the user, or undefined when name or password are wrong
   * @throws TryAgainLaterError after several failures in a row from this address for this user
   */
  async function verifyPassword(address: string, userName: string, password: Secret, user: User | undefined): Promise<User | undefined> {
    attempts.check(address, userName);
    const hash = user && (await store.findPasswordHash(user.id));
    if (!(await passwords.verify(hash, password)) || user === undefined || hash === undefined) {
      attempts.recordFailure(address, userName);
      return undefined;
    }
    attempts.recordSuccess(address, userName);
    if (isForeignHash(hash)) {
      const own = await hashPassword(password);
      await store.transaction((writer) => writer.putPasswordHash(user.id, own));
    }
    return user;
  }

  return {
    verifyPassword,

    /** @throws DomainError `unauthorized` for a wrong name or password; `forbidden` for a right but weak one where strong ones are asked for */
    async signIn(address: string, userName: string, password: Secret): Promise<SignedIn> {
      const user = await verifyPassword(address, userName, password, await store.findUserByName(userName));
      if (user === undefined) throw unauthorized('unauthorized access');
      if (strongPasswords && !isStrong(password)) throw new DomainError('forbidden', `password change required\n${STRENGTH_RULE}`);
      const key = generateToken();
      const now = clock();
      const session: Session = { hash: hashToken(key), userId: user.id, createdAtMs: now, expiresAtMs: rules.expiryOfNew(now) };
      await store.transaction((writer) => writer.insertSession(session));
      return { key, cookieExpiresAtMs: rules.cookieExpiry(now) };
    },

    /** @throws DomainError `unauthorized` when there is no such session */
    async signOut(key: Secret): Promise<void> {
      const ended = await store.transaction((writer) => writer.deleteSession(hashToken(key)));
      if (!ended) throw unauthorized('unauthorized access');
    },

    deleteExpired: (): Promise<number> => store.transaction((writer) => writer.deleteExpiredSessions(clock())),
  };
};
