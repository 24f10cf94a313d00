/** Tokens that were seen lately, ready to be checked without a question to the store. */
import { BoundedMap } from '../bounded/bounded-map.js';
import type { TokenIdentity } from '../domain/actor.js';
import type { AuthorizationId } from '../domain/id.js';
import type { Status } from '../domain/user.js';
import type { Lifetime } from './standing.js';

export interface KnownToken {
  readonly digest: Buffer;
  readonly identity: TokenIdentity;
  readonly lifetime: Lifetime;
  /** Undefined when the user is gone. */
  readonly userStatus: Status | undefined;
}

/** Tokens that are kept; the one that came first makes room. At about 1 kB each this bounds the memory. */
const KNOWN_TOKENS_MAX = 50_000;

/** Keyed by the digest as a binary string. Absent tokens are not kept, or strangers could drive the known ones out. */
export class TokenCache {
  readonly #byDigest = new BoundedMap<string, KnownToken>(KNOWN_TOKENS_MAX, (digest, { identity }) => {
    const digests = this.#digestsOf.get(identity.authorizationId);
    digests?.delete(digest);
    if (digests?.size === 0) this.#digestsOf.delete(identity.authorizationId);
  });
  /** An authorization may have several tokens. */
  readonly #digestsOf = new Map<AuthorizationId, Set<string>>();

  get(digest: string): KnownToken | undefined {
    return this.#byDigest.get(digest);
  }

  put(digest: string, token: KnownToken): void {
    this.#byDigest.set(digest, token);
    const id = token.identity.authorizationId;
    const digests = this.#digestsOf.get(id);
    if (digests === undefined) this.#digestsOf.set(id, new Set([digest]));
    else digests.add(digest);
  }

  forget(id: AuthorizationId): void {
    for (const digest of this.#digestsOf.get(id) ?? []) this.#byDigest.delete(digest);
    this.#digestsOf.delete(id);
  }

  clear(): void {
    this.#byDigest.clear();
    this.#digestsOf.clear();
  }
}
