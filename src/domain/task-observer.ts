/** Events of the scheduler and of runs, for metrics. */
import type { RunStatus } from './task.js';

export interface TaskObserver {
  /** A task is scheduled, or anew; `false`: it could not be. */
  scheduled(succeeded: boolean): void;
  /** A task is scheduled no more. */
  released(): void;
  /** A run of the schedule is due, and how late it was noticed. */
  due(delayMs: number): void;
  requested(): void;
  resumed(): void;
  started(delayMs: number): void;
  finished(status: RunStatus, ranMs: number): void;
  /** What needs somebody who changes something. */
  unrecoverable(): void;
}

/** What there is at this moment. */
export interface TaskGauges {
  readonly active: number;
  /** From 0 to 1. */
  readonly workersBusy: number;
  readonly queueUsage: number;
}
