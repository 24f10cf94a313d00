/** Passwords: the rules for them, hashing, and a check that takes as long for an unknown user as for a known one. */
import { randomBytes } from 'node:crypto';
import { hash as hashArgon2, verify as verifyArgon2 } from '@node-rs/argon2';
import { hash as hashBcrypt, verify as verifyBcrypt } from '@node-rs/bcrypt';
import { invalid } from '../domain/errors.js';
import type { Store, StoreReader } from '../domain/store.js';
import type { Secret } from './secret.js';

/** InfluxDB's limits, in bytes (bcrypt uses the first 72). */
const PASSWORD_BYTES_MIN = 8;
const PASSWORD_BYTES_MAX = 72;
const SPECIAL_CHARACTERS = '!@#$%^&*()_+';
const LENGTH_RULE = `passwords must be between ${PASSWORD_BYTES_MIN} and ${PASSWORD_BYTES_MAX} characters long`;
/** The requirements of `--strong-passwords`, in InfluxDB's words. */
export const STRENGTH_RULE =
  'passwords must contain at least three of the following character types: uppercase, lowercase, numbers, and special characters: ' +
  SPECIAL_CHARACTERS;

/** The second of OWASP's equivalent settings for argon2id: 19 MiB, two passes. */
const ARGON2ID = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

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

/** For offline commands; the server uses `PasswordWork`, which has a queue. */
export const hashPassword = (password: Secret): Promise<string> => hashArgon2(password.reveal(), ARGON2ID);

/** The cost in a bcrypt hash; undefined for any other hash. */
const bcryptCost = (hash: string): number | undefined => {
  const cost = /^\$2[abxy]?\$(\d\d)/.exec(hash)?.[1];
  return cost === undefined ? undefined : Number(cost);
};

/** True for hashes that came from elsewhere: they are replaced as soon as their password is known. */
export const isForeignHash = (hash: string): boolean => bcryptCost(hash) !== undefined;

/** One comparison: of argon2id with our settings, or of bcrypt with this cost. */
export type Comparison = 'argon2' | number;

interface Foreign {
  readonly cost: number;
  readonly decoy: string;
}

/**
 * Compares passwords with hashes in constant work, so that timing reveals nothing: a wrong password costs one comparison of each hash form
 * in the store, whether its user is unknown, has no password, was imported, or was created here.
 */
export class PasswordVerifier {
  readonly #store: Pick<StoreReader, 'listPasswordHashForms'>;
  /** The hash of nothing that anybody could type. */
  readonly #argon2Decoy: Promise<string>;
  readonly #bcryptDecoys = new Map<number, Promise<string>>();
  readonly #onComparison: (kind: Comparison) => void;
  /** A decoy hash for each bcrypt cost in the store. */
  #foreign: Promise<readonly Foreign[]> | undefined;

  /** @param onComparison is called for each comparison, for the tests */
  constructor(
    store: Pick<Store, 'listPasswordHashForms' | 'onChange'>,
    decoy: Secret,
    onComparison: (kind: Comparison) => void = () => undefined,
  ) {
    this.#store = store;
    this.#argon2Decoy = hashPassword(decoy);
    this.#onComparison = onComparison;
    store.onChange((changes) => {
      if (changes.some(({ noun }) => noun === 'password' || noun === 'authorization')) this.#foreign = undefined;
    });
  }

  /** @param hash the stored hash; undefined if there is no such user or no password, and then the answer is false */
  async verify(hash: string | undefined, password: Secret): Promise<boolean> {
    const own: Comparison | undefined = hash === undefined ? undefined : (bcryptCost(hash) ?? 'argon2');
    if (hash !== undefined && own !== undefined && (await this.#compare(own, hash, password))) return true;
    for (const { cost, decoy } of await this.#foreignAtRest()) if (cost !== own) await this.#compare(cost, decoy, password);
    if (own !== 'argon2') await this.#compare('argon2', await this.#argon2Decoy, password);
    return false;
  }

  async #compare(kind: Comparison, hash: string, password: Secret): Promise<boolean> {
    this.#onComparison(kind);
    const text = password.reveal();
    if (kind === 'argon2') return verifyArgon2(hash, text);
    // bcrypt ignores further bytes.
    return (await verifyBcrypt(text, hash)) && Buffer.byteLength(text) <= PASSWORD_BYTES_MAX;
  }

  #foreignAtRest(): Promise<readonly Foreign[]> {
    if (this.#foreign !== undefined) return this.#foreign;
    const asked = this.#findForeign();
    this.#foreign = asked;
    asked.catch(() => {
      if (this.#foreign === asked) this.#foreign = undefined;
    });
    return asked;
  }

  async #findForeign(): Promise<readonly Foreign[]> {
    const costs = (await this.#store.listPasswordHashForms()).map(bcryptCost).filter((cost) => cost !== undefined);
    const distinct = [...new Set(costs)].sort((a, b) => a - b);
    return Promise.all(distinct.map(async (cost) => ({ cost, decoy: await this.#bcryptDecoy(cost) })));
  }

  /** Made once for each cost, which takes as long as a comparison. */
  #bcryptDecoy(cost: number): Promise<string> {
    let decoy = this.#bcryptDecoys.get(cost);
    if (decoy === undefined) this.#bcryptDecoys.set(cost, (decoy = hashBcrypt(randomBytes(32).toString('base64'), cost)));
    return decoy;
  }
}
