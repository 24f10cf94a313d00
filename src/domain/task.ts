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
  /** The script with which it was started; empty: it was not. */
  readonly flux: string;
  /** Without the line that says that it was started. */
  readonly log: readonly RunLogLine[];
}

export const newRun = (id: Id, taskID: Id, scheduledForMs: number, dueAtMs: number, requestedAtMs: number | undefined): Run => ({
  id,
  taskID,
  status: 'scheduled',
  scheduledForMs,
  dueAtMs,
  requestedAtMs,
  startedAtNs: undefined,
  finishedAtNs: undefined,
  flux: '',
  log: [],
});

/** A run that is over. */
export type FinishedRun = Run & { readonly status: 'success' | 'failed' | 'canceled'; readonly finishedAtNs: bigint };

export const isFinished = (run: Run): run is FinishedRun => run.status !== 'scheduled' && run.status !== 'started';

/** What the runs of a task have come to. Times are undefined before the first. */
export interface TaskProgress {
  readonly taskID: Id;
  /** Up to when there were runs, and up to when they are over. */
  readonly latestScheduledMs: number | undefined;
  readonly latestCompletedMs: number | undefined;
  readonly latestSuccessMs: number | undefined;
  readonly lastRunStatus: RunStatus | undefined;
  readonly lastRunError: string;
}

/** Which runs of a task: the newest by the time that they were scheduled for come first. */
export interface RunFilter {
  readonly taskID: Id;
  readonly afterMs?: number | undefined;
  readonly beforeMs?: number | undefined;
  /** Those that are listed behind this run. */
  readonly after?: Id | undefined;
  readonly limit: number;
}

/** Reads of runs. Their changes are not reported: there are too many. */
export interface RunReader {
  findRun(taskID: Id, id: Id): Promise<Run | undefined>;
  listRuns(filter: RunFilter): Promise<Run[]>;
  /** Of all tasks, by the time at which they are due. */
  listUnfinishedRuns(): Promise<Run[]>;
  /** Finished ones that are not noted in the bucket of their organization yet. */
  listUnnotedRuns(): Promise<FinishedRun[]>;
  listProgress(taskIDs: readonly Id[]): Promise<TaskProgress[]>;
}

/** 0: not moved. */
export interface ProgressMove {
  readonly taskID: Id;
  readonly scheduledMs: number;
  readonly completedMs: number;
}

export interface RunWriter extends RunReader {
  /**
   * Stores runs before they are started. Of the schedule, each time is taken once, also by several servers.
   *
   * @returns those that were taken here
   */
  insertRuns(runs: readonly Run[]): Promise<Run[]>;
  /** A missing run is no error: its task was deleted. Progress is moved forward only. */
  finishRuns(runs: readonly FinishedRun[]): Promise<void>;
  markRunsNoted(ids: readonly Id[]): Promise<void>;
  /** Up to where tasks are scheduled and done with, beside what their runs say. Moved forward only. */
  moveProgress(moves: readonly ProgressMove[]): Promise<void>;
  /** Deletes those that finished before a moment, and all but the newest of each task. */
  deleteOldRuns(finishedBeforeMs: number, keptPerTask: number): Promise<void>;
}
