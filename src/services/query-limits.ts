/** What one query may use, and how long it may take. */
import { DomainError } from '../domain/errors.js';
import type { MemoryPool } from '../query/flux/execute/memory.js';

export interface QueryLimits {
  /** Of one query; 0 for no limit. */
  readonly memoryBytesMax: number;
  /** Shared by all that run at the same time; undefined for no limit. */
  readonly memoryPool: MemoryPool | undefined;
  /** Of one query; 0 for no limit. */
  readonly timeoutMs: number;
}

/** Zero means no limit where it is given, and nowhere else. */
export const memoryLimitOf = ({ memoryBytesMax }: QueryLimits): number => (memoryBytesMax === 0 ? Number.MAX_SAFE_INTEGER : memoryBytesMax);

/** Fires when the caller goes away or the time is over. */
export function withTimeout(signal: AbortSignal, { timeoutMs }: QueryLimits): AbortSignal {
  if (timeoutMs === 0) return signal;
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new DomainError('unavailable', `the query took longer than the ${timeoutMs} ms of --query-timeout`));
  }, timeoutMs);
  timer.unref();
  return AbortSignal.any([signal, controller.signal]);
}
