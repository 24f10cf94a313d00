/** Secret -> the authorization that it opens. */
import { timingSafeEqual } from 'node:crypto';
import type { Authorization } from '../domain/authorization.js';
import type { StoreReader } from '../domain/store.js';
import type { Secret } from './secret.js';
import { digestToken, HASH_VARIANTS, hashToken, isHashLike, parseTokenHash } from './token.js';

/** Looked up by its hash, and compared in constant time. A stored hash is no token, and the name of a v1-compatible one is none either. */
export async function findAuthorizationOfToken(store: StoreReader, secret: Secret): Promise<Authorization | undefined> {
  if (isHashLike(secret.reveal())) return undefined;
  for (const variant of HASH_VARIANTS) {
    const authorization = await store.findAuthorizationByHash(hashToken(secret, variant));
    const stored = authorization?.secret.kind === 'token' ? parseTokenHash(authorization.secret.hash ?? '') : undefined;
    if (stored !== undefined && timingSafeEqual(stored.digest, digestToken(secret, variant))) return authorization;
  }
  return undefined;
}
