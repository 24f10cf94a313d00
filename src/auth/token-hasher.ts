/** How tokens are hashed for the store: plainly, as InfluxDB does, or under keys that are not in the store (`--token-pepper-file`). */
import { createHmac } from 'node:crypto';
import type { StoredHash } from '../domain/store.js';
import { isUnderCurrent, openDerivation, rewrapDerivation, sealDerivation } from './derivations.js';
import { NO_PEPPER, type HashKey, type Pepper } from './pepper.js';
import type { Secret } from './secret.js';
import { digestToken, formatHash, HASH_VARIANTS, hashToken, parseTokenHash, type HashVariant } from './token.js';

/** A form that a token can be found in. */
export interface TokenForm {
  readonly hash: string;
  readonly digest: Buffer;
}

/** `$sluice-hmac$<variant>.<id of a key>...$<digest>`: the digest of the variant, under one key after the other. */
const KEYED_HASH = /^\$sluice-hmac\$((?:sha256|sha512)(?:\.[0-9a-f]{8})+)\$([A-Za-z0-9_-]{43})$/;

/** What a stored hash was made with: `sha256`, `sha512`, or these with the ids of keys behind. */
export function schemeOfHash(hash: string): string {
  const keyed = KEYED_HASH.exec(hash)?.[1];
  return keyed ?? parseTokenHash(hash)?.variant ?? 'sha256';
}

/** The digest in a stored hash, of whatever scheme. */
export function digestOfHash(hash: string): Buffer | undefined {
  const keyed = KEYED_HASH.exec(hash)?.[2];
  return keyed === undefined ? parseTokenHash(hash)?.digest : Buffer.from(keyed, 'base64url');
}

const mac = (key: Buffer, data: Buffer | string): Buffer => createHmac('sha256', key).update(data).digest();

/** One key over a digest. The prefix keeps it apart from everything else that a key is used for. */
const applyKey = ({ key }: HashKey, digest: Buffer): Buffer => mac(key, Buffer.concat([Buffer.from('sluice token\0'), digest]));

const formatKeyed = (scheme: string, digest: Buffer): string => `$sluice-hmac$${scheme}$${digest.toString('base64url')}`;

export class TokenHasher {
  readonly #load: () => Pepper;
  #pepper: Pepper;

  /** @param load called again when something is to be hashed or is not found: the file may have another key by then */
  constructor(load: () => Pepper = () => NO_PEPPER) {
    this.#load = load;
    this.#pepper = load();
  }

  /** @returns whether the keys are others now */
  reload(): boolean {
    const before = this.#pepper;
    this.#pepper = this.#load();
    return before !== this.#pepper;
  }

  get pepper(): Pepper {
    return this.#pepper;
  }

  /** What is stored of a new token. */
  hash(secret: Secret): string {
    this.reload();
    const { current } = this.#pepper;
    return current === undefined ? hashToken(secret) : this.#keyed('sha256', [current], digestToken(secret, 'sha256')).hash;
  }

  /**
   * All that may be stored of a token. Those of the current key are the last: a hash that changes during the look-up changes to what is
   * looked for later.
   */
  forms(secret: Secret): TokenForm[] {
    return this.#formsOf(HASH_VARIANTS, (variant) => digestToken(secret, variant));
  }

  /** The same of a token of which only SHA-256 is known. */
  formsOfDigest(digest: Buffer): TokenForm[] {
    return this.#formsOf(['sha256'], () => digest);
  }

  #formsOf(known: readonly HashVariant[], digestBy: (variant: HashVariant) => Buffer): TokenForm[] {
    const { current, older } = this.#pepper;
    const orders = ordersOf([...older].reverse());
    // A hash moves under the current key, and from there to the current key alone: that one is the last.
    const all = current === undefined ? [...orders].reverse() : [...orders, ...orders.map((keys) => [...keys, current]).reverse()];
    return all.flatMap((keys) => {
      const variants = keys.length === 0 ? known : known.toReversed();
      return variants.map((variant): TokenForm => {
        const digest = digestBy(variant);
        return keys.length === 0 ? { hash: formatHash(variant, digest), digest } : this.#keyed(variant, keys, digest);
      });
    });
  }

  /** Whether tokens of this scheme can be found. */
  knows(scheme: string): boolean {
    const { current, older } = this.#pepper;
    const known = [...older].reverse().concat(current ?? []);
    let at = 0;
    return scheme
      .split('.')
      .slice(1)
      .every((id) => {
        at = known.findIndex((key, index) => index >= at && key.id === id) + 1;
        return at > 0;
      });
  }

  /** What is stored under the current key, made of what is stored: the token need not be seen. Undefined: it cannot, or need not be. */
  wrap({ hash: stored, derivation }: StoredHash): StoredHash | undefined {
    const { current } = this.#pepper;
    const digest = digestOfHash(stored);
    const scheme = schemeOfHash(stored);
    if (current === undefined || digest === undefined || scheme.endsWith(`.${current.id}`)) return undefined;
    const hash = formatKeyed(`${scheme}.${current.id}`, applyKey(current, digest));
    return { hash, derivation: derivation === undefined ? undefined : rewrapDerivation(derivation, this.#pepper) };
  }

  /** What should be stored of a token that was just seen; undefined: what is stored. */
  improve({ hash: stored, derivation }: StoredHash, secret: Secret): StoredHash | undefined {
    const isKept = derivation !== undefined && isUnderCurrent(derivation, this.#pepper);
    // A hash of InfluxDB's may stay as it is.
    if (isKept && !KEYED_HASH.test(stored) && this.#pepper.current === undefined && stored.startsWith('$influxdb2-sha256$'))
      return undefined;
    const hash = this.hash(secret);
    return hash === stored && isKept ? undefined : { hash, derivation: this.derivation(secret) };
  }

  /** What is stored beside the hash, so that tokens that are derived from it can be checked. */
  derivation(secret: Secret): string {
    return sealDerivation(secret, this.#pepper);
  }

  /** The root key of derived tokens; undefined for who does not come with its parent's unlock key. */
  openDerivation(stored: string, unlockKey: Buffer): Buffer | undefined {
    return openDerivation(stored, unlockKey, this.#pepper);
  }

  #keyed(variant: string, keys: readonly HashKey[], digest: Buffer): TokenForm {
    const keyed = keys.reduce((inner, key) => applyKey(key, inner), digest);
    return { hash: formatKeyed([variant, ...keys.map(({ id }) => id)].join('.'), keyed), digest: keyed };
  }
}

/** All parts of a list, each in its order; the empty one is the first. */
const ordersOf = (keys: readonly HashKey[]): HashKey[][] =>
  keys.reduce<HashKey[][]>((orders, key) => [...orders, ...orders.map((each) => [...each, key])], [[]]);
