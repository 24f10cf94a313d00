/** Signing in and out. */
import type { RequestOrigin } from '../domain/actor.js';
import { DomainError, TryAgainLaterError, unauthorized } from '../domain/errors.js';
import type { Clock, UserId } from '../domain/id.js';
import type { Session, Store } from '../domain/store.js';
import type { User } from '../domain/user.js';
import { entryOf } from './audit.js';
import type { AuditKey } from './audit-key.js';
import type { PasswordChecks } from './password-checks.js';
import { isForeignHash, isStrong, STRENGTH_RULE } from './passwords.js';
import type { RefusalLog } from './refusal-log.js';
import type { Secret } from './secret.js';
import type { SessionRules } from './session-rules.js';
import { generateToken, hashToken } from './token.js';

export interface SessionDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly rules: SessionRules;
  readonly passwords: PasswordChecks;
  readonly strongPasswords: boolean;
  /** Is told of sign-ins that failed. */
  readonly refusals: Pick<RefusalLog, 'note'>;
  readonly auditKey: Pick<AuditKey, 'digest'>;
}

/** A user with a verified password, and the hash it matched: valid only while that hash is stored. */
export interface Verified {
  readonly user: User;
  readonly passwordHash: string;
}

/** Checks of one request, when each is overtaken by a change of the password. */
const OVERTAKEN_MAX = 3;
/** A placeholder user for unknown names, so that they cost the same queries. */
const NOBODY = '0000000000000000' as UserId;

export interface SignedIn {
  /** Only for the cookie. */
  readonly key: Secret;
  readonly cookieExpiresAtMs: number;
}

export type Sessions = ReturnType<typeof createSessions>;

export const createSessions = (dependencies: SessionDependencies) => {
  const { store, clock, rules, passwords, strongPasswords, refusals, auditKey } = dependencies;

  /**
   * Checks a password, and is as slow and as silent about a user that does not exist as about a wrong password.
   *
   * @returns undefined when name or password are wrong
   * @throws TryAgainLaterError after several failures in a row from this address
   */
  async function verifyPassword(address: string, name: string, password: Secret, user: User | undefined): Promise<Verified | undefined> {
    for (let round = 0; round < OVERTAKEN_MAX; round++) {
      const hash = await store.findPasswordHash(user?.id ?? NOBODY);
      const right = await passwords.check({ address, kind: 'user', name, hash, password });
      if (!right || user === undefined || hash === undefined) return undefined;
      const passwordHash = isForeignHash(hash) ? await replaceForeignHash(user.id, hash, password) : hash;
      if (passwordHash !== undefined) return { user, passwordHash };
    }
    return undefined;
  }

  /** @returns the hash that is stored now; undefined if another change has replaced it */
  async function replaceForeignHash(userId: UserId, foreign: string, password: Secret): Promise<string | undefined> {
    const own = await passwords.hash(userId, password);
    return store.transaction(async (writer) => {
      if ((await writer.findPasswordHash(userId)) !== foreign) return undefined;
      await writer.putPasswordHash(userId, own);
      return own;
    });
  }

  /** A name that nobody has may be a password in the wrong field: it can be recognised, and not be read. */
  function noteFailure(origin: RequestOrigin, userName: string, user: User | undefined, reason: string): void {
    const digest = auditKey.digest(userName);
    const event = {
      action: 'session.created',
      outcome: 'failure',
      resource: user === undefined ? { type: 'users' } : userResource(user),
      reason,
      ...(user === undefined ? { details: { nameDigest: digest } } : {}),
    } as const;
    const entry = entryOf({ kind: 'unknown', userId: user?.id }, origin, clock(), event);
    refusals.note({ kind: `sign-in ${user?.id ?? digest}`, isKnown: user !== undefined, entry });
  }

  return {
    verifyPassword,

    /** @throws DomainError `unauthorized` for a wrong name or password; `forbidden` for a weak password if strong ones are required */
    async signIn(origin: RequestOrigin, userName: string, password: Secret): Promise<SignedIn> {
      const user = await store.findUserByName(userName);
      const verified = await verifyPassword(origin.address, userName, password, user).catch((error: unknown) => {
        if (error instanceof TryAgainLaterError) noteFailure(origin, userName, user, 'too many failed attempts');
        throw error;
      });
      if (verified === undefined) {
        noteFailure(origin, userName, user, 'wrong name or password');
        throw unauthorized('unauthorized access');
      }
      if (strongPasswords && !isStrong(password)) {
        noteFailure(origin, userName, user, 'the password is weak');
        throw new DomainError('forbidden', `password change required\n${STRENGTH_RULE}`);
      }
      const key = generateToken();
      const now = clock();
      const userId = verified.user.id;
      const session: Session = { hash: hashToken(key), userId, createdAtMs: now, expiresAtMs: rules.expiryOfNew(now) };
      await store.transaction(async (writer) => {
        // A change of the password ends the sessions that are there: none may be born of the old one behind it.
        if ((await writer.findPasswordHash(userId)) !== verified.passwordHash) throw unauthorized('unauthorized access');
        await writer.insertSession(session);
        const event = { action: 'session.created', resource: userResource(verified.user) } as const;
        await writer.appendAudit(entryOf({ kind: 'session', userId }, origin, now, event));
      });
      return { key, cookieExpiresAtMs: rules.cookieExpiry(now) };
    },

    /** @throws DomainError `unauthorized` when there is no such session */
    async signOut(origin: RequestOrigin, key: Secret): Promise<void> {
      const ended = await store.transaction(async (writer) => {
        const session = await writer.findSession(hashToken(key));
        if (session === undefined) return false;
        const { userId } = session;
        const event = { action: 'session.ended', resource: { type: 'users', id: userId } } as const;
        await writer.appendAudit(entryOf({ kind: 'session', userId }, origin, clock(), event));
        return writer.deleteSession(session.hash);
      });
      if (!ended) throw unauthorized('unauthorized access');
    },

    deleteExpired: (): Promise<number> => store.transaction((writer) => writer.deleteExpiredSessions(clock())),
  };
};

const userResource = ({ id, name }: User) => ({ type: 'users', id, name });
