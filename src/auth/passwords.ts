/** Passwords: what they must be, how they are hashed, and a check that takes as long for an unknown user as for a known one. */
import { hash as hashArgon2, verify as verifyArgon2 } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { DomainError, invalid } from '../domain/errors.js';
import type { Secret } from './secret.js';

/** InfluxDB's bounds, in bytes (72 is what bcrypt looks at). */
const PASSWORD_BYTES_MIN = 8;
const PASSWORD_BYTES_MAX = 72;
const SPECIAL_CHARACTERS = '!@#$%^&*()_+';
const LENGTH_RULE = `passwords must be between ${PASSWORD_BYTES_MIN} and ${PASSWORD_BYTES_MAX} characters long`;
/** What `--strong-passwords` asks for, in InfluxDB's words. */
export const STRENGTH_RULE =
  'passwords must contain at least three of the following character types: uppercase, lowercase, numbers, and special characters: ' +
  SPECIAL_CHARACTERS;

/** The second of OWASP's equivalent settings for argon2id: 19 MiB, two passes. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Checks wait for each other; more than this many waiting are turned away, so that guessing cannot take all memory and time. */
const CHECKS_MAX = 64;

/** @throws DomainError `invalid`, in InfluxDB's words; both faults in two lines */
export function checkPasswordRules(password: Secret, strong: boolean): void {
  const text = password.reveal();
  const faults = [];
  const length = Buffer.byteLength(text);
  if (length < PASSWORD_BYTES_MIN || length > PASSWORD_BYTES_MAX) faults.push(LENGTH_RULE);
  if (strong && !isStrong(password)) faults.push(STRENGTH_RULE);
  if (faults.length > 0) throw invalid(faults.join('\n'));
}

export function isStrong(password: Secret): boolean {
  const text = password.reveal();
  const kinds = [/[A-Z]/, /[a-z]/, /[0-9]/, /[!@#$%^&*()_+]/];
  return kinds.filter((kind) => kind.test(text)).length >= 3;
}

export const hashPassword = (password: Secret): Promise<string> => hashArgon2(password.reveal(), ARGON2ID);

const isBcrypt = (hash: string): boolean => /^\$2[abxy]?\$/.test(hash);

/** True for hashes that came from elsewhere: they are replaced at the next sign-in. */
export const isForeignHash = (hash: string): boolean => isBcrypt(hash);

/** Compares passwords with hashes. One of it serves the whole process, for the sake of its bound. */
export class PasswordVerifier {
  #checkCount = 0;
  /** The hash of nothing that anybody could type: what unknown users are compared with. */
  readonly #decoy: Promise<string>;

  constructor(decoy: Secret) {
    this.#decoy = hashPassword(decoy);
  }

  /**
   * @param hash what rests of the password; undefined when there is no such user or he has none, and then the answer is false, as late
   *   as it would be otherwise
   * @throws DomainError `too many requests` when too many checks are waiting
   */
  async verify(hash: string | undefined, password: Secret): Promise<boolean> {
    if (this.#checkCount >= CHECKS_MAX) throw new DomainError('too many requests', 'too many sign-ins at once; try again in a moment');
    this.#checkCount++;
    try {
      const text = password.reveal();
      if (hash === undefined) {
        await verifyArgon2(await this.#decoy, text);
        return false;
      }
      return isBcrypt(hash) ? await verifyBcrypt(text, hash) : await verifyArgon2(hash, text);
    } finally {
      this.#checkCount--;
    }
  }
}
