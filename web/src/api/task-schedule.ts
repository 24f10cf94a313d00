/** When a task runs next. Apart from `tasks`, so that only pages that tell it load what reads patterns of cron. */
import { offsetMsOf, scheduleOf } from '../../../src/domain/schedule.js';
import type { Task } from './tasks.js';

/** By the rule of the scheduler; undefined for a task that does not run by itself. */
export function nextRunMs({ status, every = '', cron = '', offset = '' }: Task, nowMs: number): number | undefined {
  if (status !== 'active' || (every === '' && cron === '')) return undefined;
  const offsetMs = offsetMsOf(offset);
  try {
    const next = scheduleOf({ every, cron }).next(nowMs - offsetMs);
    return next === undefined ? undefined : next + offsetMs;
  } catch {
    // Of a task that was brought from elsewhere and cannot be scheduled here either.
    return undefined;
  }
}

/** `every 1h`, `cron 0 * * * *`, with its offset. */
export function scheduleInWords({ every = '', cron = '', offset = '' }: Task): string {
  const schedule = every === '' ? `cron ${cron}` : `every ${every}`;
  return offset === '' ? schedule : `${schedule}, ${offset} later`;
}
