/** Secret -> its authorization. */
import { timingSafeEqual } from 'node:crypto';
import type { Authorization, TokenSecret } from '../domain/authorization.js';
import type { StoreReader } from '../domain/store.js';
import { isDerivedFrom, type DerivedToken } from './derived-tokens.js';
import { isDamagedToken } from './prefixed-tokens.js';
import type { Secret } from './secret.js';
import { isHashLike } from './token.js';
import { digestOfHash, type TokenForm, type TokenHasher } from './token-hasher.js';

export interface FoundToken {
  readonly authorization: Authorization;
  /** Which of its secrets was shown; it may have expired. */
  readonly token: TokenSecret;
}

/** Looked up by its hash, and compared in constant time. A stored hash is no token, and the name of a v1-compatible one is none either. */
export async function findToken(store: StoreReader, secret: Secret, hasher: TokenHasher): Promise<FoundToken | undefined> {
  if (isHashLike(secret.reveal()) || isDamagedToken(secret.reveal())) return undefined;
  const found = await findByForms(store, hasher.forms(secret));
  if (found !== undefined || !hasher.reload()) return found;
  // Somebody has put another key into the file.
  return findByForms(store, hasher.forms(secret));
}

async function findByForms(store: StoreReader, forms: readonly TokenForm[]): Promise<FoundToken | undefined> {
  for (const { hash, digest } of forms) {
    const authorization = await store.findAuthorizationByHash(hash);
    if (authorization?.secret.kind !== 'token') continue;
    const token = authorization.secret.tokens.find((one) => one.hash === hash);
    const stored = token && digestOfHash(token.hash);
    if (token !== undefined && stored?.length === digest.length && timingSafeEqual(stored, digest)) return { authorization, token };
  }
  return undefined;
}

/** The parent that a derived token was made from, found and compared as the parent itself is. */
export async function findParent(store: StoreReader, derived: DerivedToken, hasher: TokenHasher): Promise<FoundToken | undefined> {
  const find = async (): Promise<FoundToken | undefined> => {
    const found = await findByForms(store, hasher.formsOfDigest(derived.parentDigest));
    const { derivation } = found?.token ?? {};
    const rootKey = derivation === undefined ? undefined : hasher.openDerivation(derivation, derived.unlockKey);
    return rootKey !== undefined && isDerivedFrom(rootKey, derived) ? found : undefined;
  };
  return (await find()) ?? (hasher.reload() ? find() : undefined);
}
