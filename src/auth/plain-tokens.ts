/** Stores that hold tokens in the clear: how one is written, and how all of them are hashed. */
import type { StoredSecret } from '../domain/authorization.js';
import type { FileStore } from '../domain/store-file.js';
import type { Secret } from './secret.js';
import { hashToken } from './token.js';

/** Tokens that are hashed in one transaction: each of them waits for the disk. */
const BATCH_ROWS = 20_000;

/** What is kept of a token: its hash, and the token itself only in stores that are run with hashing switched off. */
export const storeToken = (token: Secret, hashTokens: boolean, createdAtMs: number): StoredSecret => ({
  kind: 'token',
  tokens: [{ hash: hashToken(token), plainToken: hashTokens ? undefined : token.reveal(), createdAtMs }],
});

/**
 * Leaves of all tokens nothing but their hashes, which rest beside them already, in batches that are each done or not done; and no trace of
 * a value in any file, also when an earlier run was cut off at whatever point.
 *
 * @param onProgress told how many there have been
 * @returns how many there were
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
