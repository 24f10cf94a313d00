/** Rows of a measurement that could not be stored: they stay in memory and in the log, are retried later, and block no other rows. */
import { DomainError } from '../domain/errors.js';
import type { PendingRows } from './pending-rows.js';

const FIRST_DELAY_MS = 10_000;
const DELAY_MAX_MS = 10 * 60_000;
/** Rows of one measurement that may wait so; what comes beyond that is refused. */
export const asideBytesMax = 16 * 1024 * 1024;

export interface SetAside {
  /** In the order of writing; older than what is pending. */
  readonly rows: readonly PendingRows[];
  readonly cause: unknown;
  readonly retryAtMs: number;
  readonly delayMs: number;
}

export function setAside(before: SetAside | undefined, rows: readonly PendingRows[], cause: unknown, nowMs: number): SetAside {
  const delayMs = before === undefined ? FIRST_DELAY_MS : Math.min(before.delayMs * 2, DELAY_MAX_MS);
  return { rows, cause, retryAtMs: nowMs + delayMs, delayMs };
}

export function asideError(name: string, { cause }: SetAside): DomainError {
  return new DomainError(
    'unavailable',
    `the measurement ${JSON.stringify(name)} cannot be read for now: points of it cannot be stored, see the server's log; others are not concerned`,
    { cause },
  );
}
