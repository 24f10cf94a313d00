/** Stores that hold tokens in the clear: how one is written, and how all of them are hashed. */
import type { StoredSecret } from '../domain/authorization.js';
import type { Store } from '../domain/store.js';
import type { Secret } from './secret.js';
import { hashToken } from './token.js';

/** Tokens that are hashed in one transaction. */
const BATCH_ROWS = 500;

/** What rests of a token: its hash, and the token itself only in stores that are run with hashing switched off. */
export const storeToken = (token: Secret, hashTokens: boolean): StoredSecret => ({
  kind: 'token',
  hash: hashToken(token),
  plainToken: hashTokens ? undefined : token.reveal(),
});

/**
 * Hashes what rests in the clear, in batches that are each done or not done, and leaves no trace of it in any file.
 *
 * @returns how many there were
 */
export async function hashPlainTokens(store: Store): Promise<number> {
  let count = 0;
  for (;;) {
    const hashed = await store.transaction(async (writer) => {
      const plain = await writer.listPlainAuthorizations(BATCH_ROWS);
      for (const authorization of plain) {
        if (authorization.secret.kind !== 'token') continue;
        await writer.updateAuthorization({ ...authorization, secret: { ...authorization.secret, plainToken: undefined } });
      }
      return plain.length;
    });
    if (hashed === 0) break;
    count += hashed;
  }
  if (count > 0) await store.purge();
  return count;
}
