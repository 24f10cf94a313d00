/** The keys that token hashes are under, and what the log should say about them at a start. */
import type { Logger } from 'pino';
import { TokenHasher } from '../auth/token-hasher.js';
import type { Config } from '../config/config.js';
import { followPepperFile } from '../data-directory/token-pepper.js';
import type { Store } from '../domain/store.js';

export async function openTokenHasher({ tokenPepperFile }: Config, store: Store, logger: Logger): Promise<TokenHasher> {
  const load = followPepperFile(tokenPepperFile, (error) => {
    logger.error({ err: error }, 'the file of token keys cannot be read again; the keys stay as they were');
  });
  const hasher = new TokenHasher(load);
  // `sluiced tokens rekey` looks at it: a server that follows no file would refuse every token afterwards.
  const follows = tokenPepperFile === '' ? undefined : 'yes';
  if ((await store.findFact('follows a file of keys')) !== follows) {
    await store.transaction((writer) => writer.putFact('follows a file of keys', follows));
  }
  const schemes = Object.entries((await store.countTokens()).hashed);
  const countOf = (matches: (scheme: string) => boolean): number =>
    schemes.filter(([scheme]) => matches(scheme)).reduce((sum, [, count]) => sum + count, 0);
  const lost = countOf((scheme) => !hasher.knows(scheme));
  if (lost > 0) logger.error({ count: lost }, 'tokens are refused: they are stored under a key that --token-pepper-file does not have');
  const { current } = hasher.pepper;
  const outside = current === undefined ? 0 : countOf((scheme) => !scheme.endsWith(`.${current.id}`));
  if (outside > 0) logger.warn({ count: outside }, 'tokens are not stored under the current key: run sluiced tokens rekey');
  return hasher;
}
