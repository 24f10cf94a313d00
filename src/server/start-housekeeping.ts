/** What a server does at intervals besides answering requests, and what it then logs. */
import type { Logger } from 'pino';
import { repeat } from '../bounded/repeat.js';
import { trimAudit } from '../auth/audit-retention.js';
import type { Expiry } from '../auth/expiry.js';
import type { RefusalLog } from '../auth/refusal-log.js';
import { MINUTE_MS, type TokenUsage } from '../auth/usage.js';
import type { Clock } from '../domain/id.js';
import type { Store } from '../domain/store.js';
import type { Retention } from '../services/retention.js';
import { tellNarrowedPermissions } from './narrowed-permissions.js';
import type { StopSteps } from './stop-steps.js';

const RETENTION_INTERVAL_MS = 10 * 60_000;
const EXPIRED_SESSIONS_INTERVAL_MS = 10 * 60_000;
const EXPIRY_INTERVAL_MS = 10 * 60_000;
const SUMMARY_INTERVAL_MS = 20_000;
const AUDIT_RETENTION_INTERVAL_MS = 60 * 60_000;
const UNKNOWN_BUCKETS_INTERVAL_MS = 24 * 60 * 60_000;
/** Unknown buckets that are named in a line. */
const BUCKETS_TOLD_MAX = 20;

export interface Housekeeping {
  readonly store: Store;
  readonly clock: Clock;
  readonly retention: Retention;
  readonly sessions: { deleteExpired(): Promise<unknown> };
  readonly expiry: Expiry;
  readonly usage: TokenUsage;
  readonly refusals: Pick<RefusalLog, 'summarize'>;
  readonly expiredTokenRetentionMs: number;
  readonly auditRetentionMs: number;
  readonly logger: Logger;
  readonly stopSteps: StopSteps;
}

export async function startHousekeeping(housekeeping: Housekeeping): Promise<void> {
  const { store, clock, retention, sessions, expiry, usage, refusals, expiredTokenRetentionMs, auditRetentionMs, logger, stopSteps } =
    housekeeping;
  stopSteps.add(tellNarrowedPermissions(store, logger));
  const enforceRetention = async (): Promise<void> => {
    const { dropped } = await retention.enforce();
    if (dropped.length > 0) logger.info({ buckets: dropped }, 'points of deleted buckets were removed');
  };
  const tellUnknown = async (): Promise<void> => {
    const unknown = await retention.findUnknown();
    if (unknown.length === 0) return;
    logger.warn(
      { buckets: unknown.slice(0, BUCKETS_TOLD_MAX), count: unknown.length },
      'points of unknown buckets were found and are kept. Stop the server to list them (sluiced series list), ' +
        'to create their bucket again (sluiced series adopt-orphan), or to remove them (sluiced series drop-orphan)',
    );
  };
  const followExpiries = async (): Promise<void> => {
    for (const { id, orgID, description, expiresAtMs, days } of await expiry.takeWarnings()) {
      const expiresAt = new Date(expiresAtMs).toISOString();
      logger.warn(
        { authorizationID: id, orgID, description, expiresAt },
        `a token expires within ${days === 1 ? '1 day' : `${days} days`}`,
      );
    }
    await expiry.noteExpired();
    const count = await expiry.removeExpired(expiredTokenRetentionMs);
    if (count > 0) logger.info({ count }, 'expired tokens were deleted');
  };
  const noteExpiryFailure = (error: unknown): void => {
    logger.error({ err: error }, 'cannot follow the expiry of tokens');
  };
  const trimLog = async (): Promise<void> => {
    const count = await trimAudit({ store, clock, retentionMs: auditRetentionMs });
    if (count > 0) logger.info({ count }, 'old records of the audit log were deleted');
    // Outside of the store: a record that is noted elsewhere proves later that nothing before it was changed.
    const head = await store.findAuditHead();
    if (head !== undefined) logger.info({ sequence: head.sequence, hash: head.hash }, 'the audit log so far');
  };
  await tellUnknown();
  const firstExpiries = followExpiries().catch(noteExpiryFailure);
  stopSteps.add(() => firstExpiries);
  const works = [
    repeat(
      EXPIRED_SESSIONS_INTERVAL_MS,
      () => sessions.deleteExpired(),
      (error) => {
        logger.error({ err: error }, 'cannot delete expired sessions');
      },
    ),
    repeat(
      MINUTE_MS,
      () => usage.flush(),
      (error) => {
        logger.error({ err: error }, 'cannot store when tokens were used');
      },
    ),
    repeat(
      SUMMARY_INTERVAL_MS,
      () => refusals.summarize(),
      (error) => {
        logger.error({ err: error }, 'refusals cannot be recorded in the audit log');
      },
    ),
    repeat(AUDIT_RETENTION_INTERVAL_MS, trimLog, (error) => {
      logger.error({ err: error }, 'old records of the audit log cannot be deleted');
    }),
    repeat(EXPIRY_INTERVAL_MS, followExpiries, noteExpiryFailure),
    repeat(RETENTION_INTERVAL_MS, enforceRetention, (error) => {
      logger.error({ err: error }, 'cannot remove expired points');
    }),
    repeat(UNKNOWN_BUCKETS_INTERVAL_MS, tellUnknown, (error) => {
      logger.error({ err: error }, 'cannot check for points of unknown buckets');
    }),
  ];
  for (const stop of works) stopSteps.add(stop);
}
