/** Hashes tokens that an earlier run with `--use-hashed-tokens=false` stored in plain text: in the store, and in its copies. */
import type { Logger } from 'pino';
import { hashPlainTokens } from '../auth/plain-tokens.js';
import { hashCopies } from '../data-directory/plain-copies.js';
import type { FileStore } from '../domain/store-file.js';

export async function hashStoredTokens(store: FileStore, directory: string, logger: Logger): Promise<void> {
  const count = await hashPlainTokens(store, (done) => {
    logger.info({ count: done }, 'hashing tokens that were stored in plain text');
  });
  if (count > 0) logger.info({ count }, 'tokens that were stored in plain text are now hashed');
  for (const { file, outcome } of await hashCopies(directory)) {
    if (typeof outcome === 'number') logger.info({ file, count: outcome }, 'tokens in a copy of the store are now hashed');
    else logger.warn({ file, err: outcome }, 'a copy of the store cannot be opened; it may contain tokens in plain text');
  }
}
