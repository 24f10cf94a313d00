/** Stores with tokens in plain text: how a token is written, and how all of them are hashed. */
import type { StoredSecret, TokenSecret } from '../domain/authorization.js';
import type { FileStore } from '../domain/store-file.js';
import type { Secret } from './secret.js';
import type { TokenHasher } from './token-hasher.js';

/** Tokens that are hashed in one transaction: each of them waits for the disk. */
const BATCH_ROWS = 20_000;

export interface TokenStorage {
  /** False: tokens are stored in plain text and can be read again (`--use-hashed-tokens=false`). */
  readonly hashTokens: boolean;
  readonly hasher: TokenHasher;
}

/** What is stored of a token: its hash, and the token itself only if hashing is off. */
export const storedToken = (token: Secret, { hashTokens, hasher }: TokenStorage, createdAtMs: number): TokenSecret => ({
  hash: hasher.hash(token),
  derivation: hasher.derivation(token),
  plainToken: hashTokens ? undefined : token.reveal(),
  createdAtMs,
});

export const storeToken = (token: Secret, storage: TokenStorage, createdAtMs: number): StoredSecret => ({
  kind: 'token',
  tokens: [storedToken(token, storage, createdAtMs)],
});

/**
 * Removes the values of all tokens, whose hashes are already stored, in atomic batches. It leaves no trace of a value in any file, even if
 * an earlier run was interrupted.
 *
 * @param onProgress is called with the number of tokens so far
 * @returns the number of tokens
 */
export async function hashPlainTokens(store: FileStore, onProgress: (count: number) => void = () => undefined): Promise<number> {
  let count = 0;
  for (;;) {
    const forgotten = await store.transaction((writer) => writer.forgetPlainTokens(BATCH_ROWS));
    if (forgotten === 0) break;
    count += forgotten;
    onProgress(count);
  }
  if ((await store.findFact('has held plain tokens')) !== undefined) {
    await store.purge();
    await store.transaction((writer) => writer.putFact('has held plain tokens', undefined));
  }
  return count;
}
