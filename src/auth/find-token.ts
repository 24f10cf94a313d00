/** Secret -> its authorization. */
import { timingSafeEqual } from 'node:crypto';
import type { Authorization, TokenSecret } from '../domain/authorization.js';
import type { StoreReader } from '../domain/store.js';
import { isDamagedToken } from './prefixed-tokens.js';
import type { Secret } from './secret.js';
import { digestToken, HASH_VARIANTS, hashToken, isHashLike, parseTokenHash } from './token.js';

export interface FoundToken {
  readonly authorization: Authorization;
  /** Which of its secrets was shown; it may have expired. */
  readonly token: TokenSecret;
}

/** Looked up by its hash, and compared in constant time. A stored hash is no token, and the name of a v1-compatible one is none either. */
export async function findToken(store: StoreReader, secret: Secret): Promise<FoundToken | undefined> {
  if (isHashLike(secret.reveal()) || isDamagedToken(secret.reveal())) return undefined;
  for (const variant of HASH_VARIANTS) {
    const hash = hashToken(secret, variant);
    const authorization = await store.findAuthorizationByHash(hash);
    if (authorization?.secret.kind !== 'token') continue;
    const token = authorization.secret.tokens.find((one) => one.hash === hash);
    const stored = token && parseTokenHash(token.hash);
    if (token !== undefined && stored !== undefined && timingSafeEqual(stored.digest, digestToken(secret, variant))) {
      return { authorization, token };
    }
  }
  return undefined;
}
