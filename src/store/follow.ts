/** Polls for changes that other servers made in the store, and reports them. */
import { repeat } from '../bounded/repeat.js';
import { ALL_CHANGED, OTHERS_CHANGES_MS_MAX, type Change } from '../domain/store.js';
import type { ChangeLog } from './change-log.js';

/** Much shorter than what is promised: a thread that is busy may be late. */
const INTERVAL_MS = OTHERS_CHANGES_MS_MAX / 10;

/**
 * If the changes cannot be read, everything counts as changed, so that no revoked token stays in a cache.
 *
 * @returns a function that stops it
 */
export function followChanges(log: Pick<ChangeLog, 'readOthers'>, tell: (changes: readonly Change[]) => void): () => Promise<void> {
  return repeat(
    INTERVAL_MS,
    async () => {
      const changes = await log.readOthers();
      if (changes.length > 0) tell(changes);
    },
    () => {
      tell(ALL_CHANGED);
    },
  );
}
