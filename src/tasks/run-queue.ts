/**
 * The order in which waiting runs start. A task has no more runs at once than its script says, and runs that take long leave a place for
 * those that do not: what a task has taken before tells which it is.
 */
import type { Id } from '../domain/id.js';
import type { Run } from '../domain/task.js';

export interface QueuedRun {
  readonly run: Run;
  /** How many runs of its task may go on at once. */
  readonly concurrency: number;
}

interface Begun {
  readonly taskID: Id;
  readonly beganAtMs: number;
}

/** Runs of a task that wait; more are not taken. */
export const RUNS_WAITING_PER_TASK_MAX = 100;
/** A run that takes longer is a slow one. */
export const SLOW_MS = 5_000;

export class RunQueue {
  readonly slots: number;
  /** By the time at which they are due. */
  readonly #waiting: QueuedRun[] = [];
  readonly #waitingOf = new Map<Id, number>();
  readonly #begun = new Map<Id, Begun>();
  readonly #runningOf = new Map<Id, number>();
  /** Whether the last run of a task was slow. One of which nothing is known may be. */
  readonly #wasSlow = new Map<Id, boolean>();

  /** @param slots runs that may go on at once, of all tasks together */
  constructor(slots: number) {
    this.slots = slots;
  }

  get running(): number {
    return this.#begun.size;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  waitingOf(taskID: Id): number {
    return this.#waitingOf.get(taskID) ?? 0;
  }

  add(queued: QueuedRun): void {
    const { taskID, dueAtMs } = queued.run;
    let at = this.#waiting.length;
    // Nearly all come in order.
    while (at > 0 && (this.#waiting[at - 1] as QueuedRun).run.dueAtMs > dueAtMs) at--;
    this.#waiting.splice(at, 0, queued);
    this.#waitingOf.set(taskID, this.waitingOf(taskID) + 1);
  }

  /** Takes a waiting run out. */
  remove(runID: Id): Run | undefined {
    const at = this.#waiting.findIndex(({ run }) => run.id === runID);
    return at < 0 ? undefined : this.#takeAt(at);
  }

  removeTask(taskID: Id): void {
    for (let at = this.#waiting.length - 1; at >= 0; at--) if (this.#waiting[at]?.run.taskID === taskID) this.#takeAt(at);
    this.#wasSlow.delete(taskID);
  }

  /** The next run that may start; it is running from now on. */
  begin(nowMs: number): Run | undefined {
    if (this.#begun.size >= this.slots) return undefined;
    const mayBeSlow = this.slots === 1 || this.#slowCount(nowMs) < this.slots - 1;
    const at = this.#waiting.findIndex(({ run: { taskID }, concurrency }) => {
      if ((this.#runningOf.get(taskID) ?? 0) >= concurrency) return false;
      return mayBeSlow || this.#wasSlow.get(taskID) === false;
    });
    if (at < 0) return undefined;
    const run = this.#takeAt(at);
    this.#begun.set(run.id, { taskID: run.taskID, beganAtMs: nowMs });
    this.#runningOf.set(run.taskID, (this.#runningOf.get(run.taskID) ?? 0) + 1);
    return run;
  }

  end({ id, taskID }: Pick<Run, 'id' | 'taskID'>, nowMs: number): void {
    const begun = this.#begun.get(id);
    if (begun === undefined) return;
    this.#begun.delete(id);
    this.#wasSlow.set(taskID, nowMs - begun.beganAtMs > SLOW_MS);
    const left = (this.#runningOf.get(taskID) ?? 1) - 1;
    if (left > 0) this.#runningOf.set(taskID, left);
    else this.#runningOf.delete(taskID);
  }

  #slowCount(nowMs: number): number {
    let count = 0;
    for (const { taskID, beganAtMs } of this.#begun.values()) {
      if (this.#wasSlow.get(taskID) !== false || nowMs - beganAtMs > SLOW_MS) count++;
    }
    return count;
  }

  #takeAt(at: number): Run {
    const [queued] = this.#waiting.splice(at, 1);
    const { run } = queued as QueuedRun;
    const left = this.waitingOf(run.taskID) - 1;
    if (left > 0) this.#waitingOf.set(run.taskID, left);
    else this.#waitingOf.delete(run.taskID);
    return run;
  }
}
