/**
 * The one way to find out whether a password is right: guesses are counted, wait in a fair line, and cost the same whatever they meet.
 * Sign-ins, changes of passwords and the v1-compatible API all come here.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { addressGroup } from './address-group.js';
import type { Attempts } from './attempts.js';
import { FairWork } from './fair-work.js';
import { hashPassword, type PasswordVerifier } from './passwords.js';
import type { Secret } from './secret.js';

/** Concurrent slow hashes, so that other work keeps its processors. Two, so that one client cannot block all others. */
const HASHES_AT_ONCE_MAX = 2;
/** Checks of one address that wait; as many agents behind one address may start at the same moment. */
const WAITING_PER_ADDRESS_MAX = 256;
/** Checks that wait altogether. */
const WAITING_MAX = 1024;

export interface PasswordCheck {
  readonly address: string;
  /** Passwords of users and of v1 authorizations are guessed apart. */
  readonly kind: 'user' | 'v1';
  readonly name: string;
  /** The stored hash of the right password; undefined if there is no such user, or if the user has no password. */
  readonly hash: string | undefined;
  readonly password: Secret;
}

export class PasswordChecks {
  readonly #attempts: Attempts;
  readonly #verifier: PasswordVerifier;
  readonly #work: FairWork;
  /** Makes cached password data useless outside this process. */
  readonly #key = randomBytes(32);
  readonly #underWay = new Map<string, Promise<boolean>>();

  constructor(attempts: Attempts, verifier: PasswordVerifier) {
    this.#attempts = attempts;
    this.#verifier = verifier;
    const limits = { atOnceMax: HASHES_AT_ONCE_MAX, waitingPerKeyMax: WAITING_PER_ADDRESS_MAX, waitingMax: WAITING_MAX };
    // Addresses that guess wait for those that do not: to take a turn from others costs an address a guess.
    this.#work = new FairWork(limits, (address) => attempts.failuresOf(address));
  }

  /**
   * Whether the password is right. The same guess at the same time is one guess: agents with many connections start as they like.
   *
   * @throws TryAgainLaterError after too many failures, and when too many checks of this address are waiting
   */
  check(check: PasswordCheck): Promise<boolean> {
    const group = addressGroup(check.address);
    const key = this.digest(`${group}\u0000${check.kind}\u0000${check.hash ?? ''}\u0000${check.name}`, check.password).toString('base64');
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const checked = this.#check(group, check).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, checked);
    return checked;
  }

  /** Hashes a new password. @param key who requests it: each key waits only for its own hashes */
  hash(key: string, password: Secret): Promise<string> {
    return this.#work.run(`new ${key}`, () => hashPassword(password));
  }

  /** The password as something that can be kept in memory and compared fast, and is worth nothing elsewhere. */
  digest(context: string, password: Secret): Buffer {
    return createHmac('sha256', this.#key)
      .update(`${Buffer.byteLength(context)}\u0000${context}`, 'utf8')
      .update(password.reveal(), 'utf8')
      .digest();
  }

  async #check(group: string, { kind, name, hash, password }: PasswordCheck): Promise<boolean> {
    const who = `${kind} ${name}`;
    // A request that has to wait anyway takes no place in the queue.
    this.#attempts.check(group, who);
    return this.#work.run(group, async () => {
      const attempt = this.#attempts.begin(group, who);
      let right: boolean;
      try {
        right = await this.#verifier.verify(hash, password);
      } catch (error) {
        attempt.cancel();
        throw error;
      }
      if (right) attempt.succeed();
      else attempt.fail();
      return right;
    });
  }
}
