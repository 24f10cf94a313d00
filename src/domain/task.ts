/** Tasks: scripts that the server runs on a schedule, and their runs. */
import type { Id, OrganizationId, UserId } from './id.js';
import type { Permission } from './permission.js';

/** What a script says about itself in `option task`. Durations are as written: `1h30m`. */
export interface TaskOptions {
  readonly name: string;
  /** Empty where there is a `cron`. */
  readonly every: string;
  readonly cron: string;
  readonly offset: string;
  /** How many of its runs may go on at the same time. */
  readonly concurrency: number;
  /** Checked and kept; InfluxDB repeats no run either. */
  readonly retry: number;
}

/** Changes of the options, to be written into the script. Undefined: as it is. */
export interface TaskOptionEdits {
  readonly name?: string | undefined;
  readonly every?: string | undefined;
  readonly cron?: string | undefined;
  /** Zero removes it. */
  readonly offset?: string | undefined;
  readonly concurrency?: number | undefined;
  readonly retry?: number | undefined;
}

/** A script and what it says about itself. */
export interface TaskScript extends TaskOptions {
  readonly flux: string;
}

/** Of tasks that were made as tasks. Those of checks and notification rules have the type of the check or endpoint, and are not listed. */
export const SYSTEM_TASK = 'system';

export type TaskStatus = 'active' | 'inactive';

export interface Task extends TaskScript {
  readonly id: Id;
  readonly orgID: OrganizationId;
  readonly ownerID: UserId;
  readonly type: string;
  /** The check or rule that it belongs to, and is deleted with; empty for none. */
  readonly parentID: string;
  readonly description: string;
  readonly status: TaskStatus;
  /** What the last user who changed the script was allowed to do then. A run may do no more, and no more than its owner may. */
  readonly scriptRights: readonly Permission[];
  readonly createdAtMs: number;
  /** 0: never. */
  readonly updatedAtMs: number;
  /** When it was made or activated: it is scheduled from then on. */
  readonly activeSinceMs: number;
}

export const RUN_STATUSES = ['scheduled', 'started', 'success', 'failed', 'canceled'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export interface RunLogLine {
  readonly atMs: number;
  readonly message: string;
}

export interface Run {
  readonly id: Id;
  readonly taskID: Id;
  readonly status: RunStatus;
  /** The present of the script. */
  readonly scheduledForMs: number;
  /** From when on it may start. */
  readonly dueAtMs: number;
  /** Undefined for those of the schedule. */
  readonly requestedAtMs: number | undefined;
  readonly startedAtNs: bigint | undefined;
  readonly finishedAtNs: bigint | undefined;
  readonly log: readonly RunLogLine[];
}

/** What the runs of a task have come to. Times are undefined before the first. */
export interface TaskProgress {
  readonly taskID: Id;
  readonly latestCompletedMs: number | undefined;
  readonly latestScheduledMs: number | undefined;
  readonly latestSuccessMs: number | undefined;
  readonly lastRunStatus: RunStatus | undefined;
  readonly lastRunError: string;
}

/** Which runs of a task: the newest by the time that they were scheduled for come first. */
export interface RunFilter {
  readonly taskID: Id;
  readonly afterMs?: number | undefined;
  readonly beforeMs?: number | undefined;
  /** Those behind this run. */
  readonly afterID?: Id | undefined;
  readonly limit: number;
}
