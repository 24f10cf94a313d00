/** The retention of the audit log: the oldest records go, and an anchor takes note of the hash that the rest follows. */
import { systemActor } from '../domain/actor.js';
import { anchorDetails } from '../domain/audit-chain.js';
import type { Clock } from '../domain/id.js';
import type { Store } from '../domain/store.js';
import { recordEvent } from './audit.js';

/** Records that one anchor takes note of. */
const BATCH_ROWS = 10_000;
/** Not more than one anchor a day where few records go. */
const DAY_MS = 86_400_000;
const ACTOR = systemActor('audit retention');

export interface AuditRetention {
  readonly store: Store;
  readonly clock: Clock;
  /** 0: they are kept for ever. */
  readonly retentionMs: number;
}

/** Deletes what is older, once it is worth an anchor. @returns how many records */
export async function trimAudit({ store, clock, retentionMs }: AuditRetention): Promise<number> {
  if (retentionMs <= 0) return 0;
  let deleted = 0;
  for (;;) {
    const now = clock();
    const [oldest] = await store.listAudit({}, { limit: 1 });
    const slackMs = deleted > 0 ? 0 : Math.min(DAY_MS, retentionMs / 16);
    if (oldest === undefined || oldest.timeMs >= now - retentionMs - slackMs) return deleted;
    const newest = await store.transaction(async (writer) => {
      const last = await writer.deleteOldAudit(now - retentionMs, BATCH_ROWS);
      if (last !== undefined) {
        await recordEvent(writer, ACTOR, now, { action: 'audit.trimmed', resource: { type: 'audit' }, details: anchorDetails(last) });
      }
      return last;
    });
    if (newest === undefined) return deleted;
    deleted += newest.sequence - oldest.sequence + 1;
  }
}
