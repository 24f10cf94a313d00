/** Puts the hashes of all tokens under the current key of `--token-pepper-file`, in batches, while servers use the store. */
import { systemActor } from '../domain/actor.js';
import type { Clock } from '../domain/id.js';
import type { Store } from '../domain/store.js';
import { recordEvent } from './audit.js';
import type { TokenHasher } from './token-hasher.js';

/** Tokens of one transaction: other changes wait for it. */
const BATCH_ROWS = 500;
const ACTOR = systemActor('rekey of tokens');

export interface Rekeying {
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: TokenHasher;
  /** Told of the number of tokens so far. */
  readonly onProgress: (count: number) => void;
}

export interface RekeyReport {
  readonly rekeyedCount: number;
  /** Under an older key as well, or only, by the ids of the older keys: these must be kept until the tokens have been used. */
  readonly countByOlderKey: Readonly<Record<string, number>>;
}

/**
 * Wraps each hash: no token needs to be seen. It can be interrupted at any moment and run again; each token is found under its old or its
 * new hash, and in between a server knows both.
 *
 * @throws Error, before anything is changed, when tokens are under a key that is not there, or in another order
 */
export async function rekeyTokens({ store, clock, hasher, onProgress }: Rekeying): Promise<RekeyReport> {
  const { current } = hasher.pepper;
  let rekeyedCount = 0;
  for (;;) {
    const schemes = Object.keys((await store.countTokens()).hashed);
    const lost = schemes.filter((scheme) => !hasher.knows(scheme));
    if (lost.length > 0)
      throw new Error(`tokens are stored under keys that the file does not have, or in another order: ${lost.join(', ')}`);
    const outside = current === undefined ? [] : schemes.filter((scheme) => !scheme.endsWith(`.${current.id}`));
    if (current === undefined || outside.length === 0) break;
    const count = await store.transaction(async (writer) => {
      const changed = await writer.rehashTokens(outside, BATCH_ROWS, (stored) => hasher.wrap(stored) ?? stored);
      if (changed > 0)
        await recordEvent(writer, ACTOR, clock(), { action: 'tokens.rekeyed', details: { key: current.id, count: changed } });
      return changed;
    });
    if (count === 0) break;
    rekeyedCount += count;
    onProgress(rekeyedCount);
  }
  const countByOlderKey: Record<string, number> = {};
  for (const [scheme, count] of Object.entries((await store.countTokens()).hashed)) {
    for (const id of scheme.split('.').slice(1)) if (id !== current?.id) countByOlderKey[id] = (countByOlderKey[id] ?? 0) + count;
  }
  return { rekeyedCount, countByOlderKey };
}
