/** Keys of token hashes that are not in the store (`--token-pepper-file`). */
import { createHmac } from 'node:crypto';

export interface HashKey {
  /** Computed from the key; stands in the stored hash. */
  readonly id: string;
  readonly key: Buffer;
}

export interface Pepper {
  /** Of new hashes; undefined: they are plain. */
  readonly current: HashKey | undefined;
  /** That are still accepted: the newest first. */
  readonly older: readonly HashKey[];
}

export const NO_PEPPER: Pepper = { current: undefined, older: [] };
/** More keys would make the look-up of an unknown token expensive: it tries each order in which they can have been used. */
export const PEPPER_KEYS_MAX = 4;
export const PEPPER_KEY_BYTES = 32;

export const hashKeyOf = (key: Buffer): HashKey => ({
  id: createHmac('sha256', key).update('sluice pepper id').digest('hex').slice(0, 8),
  key,
});
