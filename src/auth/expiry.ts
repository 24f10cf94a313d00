/** The expiry of authorizations: what may be asked for, who is warned, and when expired ones are deleted. InfluxDB has none. */
import type { Authorization } from '../domain/authorization.js';
import { invalid } from '../domain/errors.js';
import type { AuthorizationId, Clock } from '../domain/id.js';
import type { ExpiringAuthorization, Store } from '../domain/store.js';
import { EXPIRY_WARNING_DAYS, formatLifetime, LIFETIME_MS_MAX } from '../domain/token-lifetime.js';
import { systemActor } from '../domain/actor.js';
import { authorizationEvent, recordEvent } from './audit.js';
import { areOperatorPermissions } from './operator.js';

/** One of the two, or neither. */
export interface RequestedExpiry {
  readonly expiresAtMs?: number | undefined;
  readonly lifetimeMs?: number | undefined;
}

const DAY_MS = 86_400_000;
/** Who finds that something has expired. */
const ACTOR = systemActor('expiry');
/** In the place of the days of a warning: no more is said of it. */
const EXPIRED = 0;
/** Authorizations that are warned of, or deleted, in one transaction. */
const BATCH_ROWS = 500;

/** @throws DomainError `invalid` for a moment that is not in the future */
function momentOf({ expiresAtMs, lifetimeMs }: RequestedExpiry, nowMs: number): number | undefined {
  if (expiresAtMs === undefined && lifetimeMs === undefined) return undefined;
  const moment = expiresAtMs ?? nowMs + (lifetimeMs as number);
  if (moment <= nowMs) throw invalid('expiresAt must be in the future');
  if (moment > nowMs + LIFETIME_MS_MAX) throw invalid('expiresAt must be within the next 100 years');
  return moment;
}

export interface NewExpiry {
  readonly expiresAtMs: number | undefined;
  /** An operator token lives longer than the organization lets other tokens live. */
  readonly isExempt: boolean;
}

/**
 * Operator tokens are exempt from the organization's cap: without one nobody could raise it.
 *
 * @param lifetimeMaxMs the cap of the organization, if any
 * @throws DomainError `invalid` for a moment in the past or beyond the cap
 */
export function expiryOfNew(
  requested: RequestedExpiry,
  permissions: Authorization['permissions'],
  lifetimeMaxMs: number | undefined,
  nowMs: number,
): NewExpiry {
  const moment = momentOf(requested, nowMs);
  if (lifetimeMaxMs === undefined) return { expiresAtMs: moment, isExempt: false };
  const latest = nowMs + lifetimeMaxMs;
  if (moment !== undefined && moment <= latest) return { expiresAtMs: moment, isExempt: false };
  if (areOperatorPermissions(permissions)) return { expiresAtMs: moment, isExempt: true };
  if (moment === undefined) return { expiresAtMs: latest, isExempt: false };
  throw invalid(`the organization allows tokens a lifetime of at most ${formatLifetime(lifetimeMaxMs)}`);
}

/** @throws DomainError `invalid` for a moment in the past, or later than now set */
export function expiryOfChanged(current: number | undefined, requested: RequestedExpiry, nowMs: number): number | undefined {
  const moment = momentOf(requested, nowMs);
  if (moment === undefined) return current;
  if (current !== undefined && moment > current) {
    throw invalid('an expiry can only be brought nearer: create another token, or rotate this one before it expires');
  }
  return moment;
}

export interface ExpiryWarning extends ExpiringAuthorization {
  /** Fewer than so many days are left. */
  readonly days: number;
}

export type Expiry = ReturnType<typeof createExpiry>;

/** What the server does about expiries by itself. */
export const createExpiry = ({ store, clock }: { readonly store: Store; readonly clock: Clock }) => ({
  /** Warns 14, 3 and 1 days before an expiry: each once, also over restarts, and only with the nearest where several are due. */
  async takeWarnings(): Promise<ExpiryWarning[]> {
    const now = clock();
    const warnings: ExpiryWarning[] = [];
    let after: AuthorizationId | undefined;
    for (;;) {
      const page = await store.listExpiring(now, now + EXPIRY_WARNING_DAYS[0] * DAY_MS, BATCH_ROWS, after);
      const due = page.flatMap((expiring): ExpiryWarning[] => {
        const days = EXPIRY_WARNING_DAYS.findLast((each) => expiring.expiresAtMs <= now + each * DAY_MS);
        return days === undefined || (expiring.warnedDays ?? Number.POSITIVE_INFINITY) <= days ? [] : [{ ...expiring, days }];
      });
      if (due.length > 0) {
        await store.transaction(async (writer) => {
          for (const { id, days } of due) await writer.noteExpiryWarning(id, days);
        });
      }
      warnings.push(...due);
      if (page.length < BATCH_ROWS) return warnings;
      after = page.at(-1)?.id;
    }
  },

  /** Records those that have expired, each once. @returns how many */
  async noteExpired(): Promise<number> {
    let count = 0;
    let after: AuthorizationId | undefined;
    for (;;) {
      const now = clock();
      const page = await store.listExpiring(0, now, BATCH_ROWS, after);
      const fresh = page.filter(({ warnedDays }) => warnedDays !== EXPIRED);
      if (fresh.length > 0) {
        await store.transaction(async (writer) => {
          for (const each of fresh) {
            await writer.noteExpiryWarning(each.id, EXPIRED);
            const details = { expiresAt: new Date(each.expiresAtMs).toISOString() };
            await recordEvent(writer, ACTOR, now, authorizationEvent('authorization.expired', each, { details }));
          }
        });
      }
      count += fresh.length;
      if (page.length < BATCH_ROWS) return count;
      after = page.at(-1)?.id;
    }
  },

  /** How many active tokens expire within each of the days that are warned at. */
  async count(): Promise<ReadonlyMap<number, number>> {
    const now = clock();
    const counts = new Map<number, number>();
    for (const days of EXPIRY_WARNING_DAYS) counts.set(days, await store.countExpiring(now, now + days * DAY_MS));
    return counts;
  },

  /** Deletes those that expired longer ago than that. @returns how many */
  async removeExpired(retentionMs: number): Promise<number> {
    let count = 0;
    for (;;) {
      const removed = await store.transaction(async (writer) => {
        const now = clock();
        const deleted = await writer.deleteExpiredAuthorizations(now - retentionMs, BATCH_ROWS);
        for (const each of deleted) {
          await recordEvent(writer, ACTOR, now, authorizationEvent('authorization.deleted', each, { reason: 'it had expired' }));
        }
        return deleted.length;
      });
      count += removed;
      if (removed < BATCH_ROWS) return count;
    }
  },
});
