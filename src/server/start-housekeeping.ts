/** What a server does at intervals besides answering requests, and what it then logs. */
import type { Logger } from 'pino';
import { repeat } from '../bounded/repeat.js';
import type { Store } from '../domain/store.js';
import type { Retention } from '../services/retention.js';
import { tellNarrowedPermissions } from './narrowed-permissions.js';
import type { StopSteps } from './stop-steps.js';

const RETENTION_INTERVAL_MS = 10 * 60_000;
const EXPIRED_SESSIONS_INTERVAL_MS = 10 * 60_000;
const UNKNOWN_BUCKETS_INTERVAL_MS = 24 * 60 * 60_000;
/** Unknown buckets that are named in a line. */
const BUCKETS_TOLD_MAX = 20;

export interface Housekeeping {
  readonly store: Store;
  readonly retention: Retention;
  readonly sessions: { deleteExpired(): Promise<unknown> };
  readonly logger: Logger;
  readonly stopSteps: StopSteps;
}

export async function startHousekeeping({ store, retention, sessions, logger, stopSteps }: Housekeeping): Promise<void> {
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
  await tellUnknown();
  const works = [
    repeat(
      EXPIRED_SESSIONS_INTERVAL_MS,
      () => sessions.deleteExpired(),
      (error) => {
        logger.error({ err: error }, 'cannot delete expired sessions');
      },
    ),
    repeat(RETENTION_INTERVAL_MS, enforceRetention, (error) => {
      logger.error({ err: error }, 'cannot remove expired points');
    }),
    repeat(UNKNOWN_BUCKETS_INTERVAL_MS, tellUnknown, (error) => {
      logger.error({ err: error }, 'cannot check for points of unknown buckets');
    }),
  ];
  for (const stop of works) stopSteps.add(stop);
}
