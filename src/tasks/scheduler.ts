/** Has tasks run when they are due. It follows the changes of the store, so that whoever makes or changes a task has to tell nobody. */
import type { Logger } from 'pino';
import { repeat } from '../bounded/repeat.js';
import type { Clock, Id, IdGenerator } from '../domain/id.js';
import { WHOLE_LIST } from '../domain/page.js';
import { EVERYTHING } from '../domain/permission.js';
import { offsetMsOf, scheduleOf, type Schedule } from '../domain/schedule.js';
import type { Change, Store } from '../domain/store.js';
import type { TaskObserver } from '../domain/task-observer.js';
import { newRun, type FinishedRun, type ProgressMove, type Run, type Task } from '../domain/task.js';
import { taskKind } from '../kinds/tasks.js';
import type { RunDesk } from '../services/runs.js';
import { withoutStart, type Executor } from './executor.js';
import type { RunNotes } from './run-notes.js';

export interface SchedulerDependencies {
  readonly store: Store;
  readonly executor: Executor;
  readonly notes: RunNotes;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly observer: TaskObserver;
  readonly logger: Logger;
}

interface Entry {
  readonly taskID: Id;
  /** What the schedule was made from. */
  readonly source: string;
  readonly schedule: Schedule;
  readonly offsetMs: number;
  readonly concurrency: number;
  /** The next time that it is scheduled for. */
  nextMs: number;
}

/** The longest time without a look at the clock, which can be set. */
const LOOK_MS_MAX = 1_000;
/** Times of one schedule that are made up for after the clock or the processor stood still. */
const LATE_TIMES_MAX = 100;
/** Runs of one transaction. */
const RUNS_PER_COMMIT_MAX = 50;
/** Times that are counted in a gap. */
const COUNTED_MAX = 1_000;
const RUNS_KEPT_PER_TASK = 500;
const RUNS_KEPT_MS = 3 * 24 * 60 * 60_000;
const CLEANING_MS = 60_000;
const RETRY_MS = 1_000;

export class Scheduler implements RunDesk {
  readonly #dependencies: SchedulerDependencies;
  readonly #entries = new Map<Id, Entry>();
  /** Runs by hand that are scheduled for a time to come. */
  readonly #later = new Map<Id, Run>();
  #timer: NodeJS.Timeout | undefined;
  #stopCleaning: (() => Promise<void>) | undefined;
  /** One thing after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(dependencies: SchedulerDependencies) {
    this.#dependencies = dependencies;
  }

  /** Resumes what was interrupted, notes what was missed, and schedules all active tasks. */
  async start(): Promise<void> {
    const { store, clock } = this.#dependencies;
    // Before anything is read, so that no change in between is missed.
    store.onChange((changes) => {
      this.#follow(changes);
    });
    await this.#inTurn(async () => {
      await this.#dependencies.notes.resume();
      await this.#resume();
      const tasks = await this.#listActive();
      await this.#scheduleAll(tasks);
    });
    const clean = (): Promise<unknown> => store.transaction((writer) => writer.deleteOldRuns(clock() - RUNS_KEPT_MS, RUNS_KEPT_PER_TASK));
    // Its failures are told where all of the scheduler's are.
    this.#stopCleaning = repeat(
      CLEANING_MS,
      () => this.#inTurn(clean),
      () => undefined,
    );
    this.#wake();
  }

  /** The state of a run that is not stored yet as it is. */
  find(run: Run): Run {
    return this.#dependencies.executor.find(run.id) ?? this.#dependencies.notes.find(run.id) ?? run;
  }

  roomFor(taskID: Id): number {
    let later = 0;
    for (const run of this.#later.values()) if (run.taskID === taskID) later++;
    return this.#dependencies.executor.roomFor(taskID) - later;
  }

  /** Takes a run by hand, which is stored. */
  add(run: Run, task: Task): void {
    this.#dependencies.observer.requested();
    this.#take(run, task);
  }

  #take(run: Run, task: Task): void {
    if (run.dueAtMs > this.#dependencies.clock()) {
      this.#later.set(run.id, run);
      this.#wake();
    } else this.#dependencies.executor.add(run, task);
  }

  /** @returns whether the run was waiting or going on */
  cancel(runID: Id): boolean {
    const { executor, notes, clock } = this.#dependencies;
    const later = this.#later.get(runID);
    if (later === undefined) return executor.cancel(runID);
    this.#later.delete(runID);
    notes.add(withoutStart(later, 'canceled', 'Run canceled', clock()));
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#stopCleaning?.();
    await this.#turn;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch((error: unknown) => {
      if (!this.#isClosed) this.#dependencies.logger.error({ err: error }, 'the scheduler of tasks failed');
    });
    return done;
  }

  #listActive(): Promise<Task[]> {
    const { store } = this.#dependencies;
    return store
      .resources(taskKind)
      .list({ readable: EVERYTHING }, WHOLE_LIST)
      .then((tasks) => tasks.filter(({ status }) => status === 'active'));
  }

  /** What was stored and is not over: a stop or a crash came in between. */
  async #resume(): Promise<void> {
    const { store, notes, observer, clock } = this.#dependencies;
    for (const run of await store.listUnfinishedRuns()) {
      const task = await store.resources(taskKind).find(run.taskID);
      if (task === undefined) continue;
      const nowMs = clock();
      if (task.status !== 'active') notes.add(withoutStart(run, 'canceled', 'Run canceled: the task is inactive', nowMs));
      else {
        observer.resumed();
        const isDue = run.dueAtMs <= nowMs;
        this.#take(isDue ? { ...run, log: [...run.log, { atMs: nowMs, message: 'Run resumed: the server was stopped' }] } : run, task);
      }
    }
  }

  /** As InfluxDB, the server makes up for nothing that was due while it did not run; the log says so. What is due later is not lost. */
  async #scheduleAll(tasks: readonly Task[]): Promise<void> {
    const { store, ids, clock, observer } = this.#dependencies;
    const nowMs = clock();
    const progress = new Map((await store.listProgress(tasks.map(({ id }) => id))).map((each) => [each.taskID, each]));
    const gaps: Run[] = [];
    const moves: ProgressMove[] = [];
    for (const task of tasks) {
      const entry = entryOf(task, Math.max(task.activeSinceMs, progress.get(task.id)?.latestScheduledMs ?? 0));
      observer.scheduled(entry !== undefined);
      if (entry === undefined) continue;
      let scheduledMs = 0;
      if (entry.nextMs + entry.offsetMs <= nowMs) {
        const gap = takeGap(entry, nowMs, ids(), 'the server was not running');
        gaps.push(gap.run);
        scheduledMs = gap.lastMs;
      }
      moves.push({ taskID: task.id, scheduledMs, completedMs: nowMs });
      this.#entries.set(task.id, entry);
    }
    await store.transaction(async (writer) => {
      await writer.insertRuns(gaps);
      await writer.moveProgress(moves);
    });
  }

  #follow(changes: readonly Change[]): void {
    const about = changes.filter(({ noun }) => noun === 'tasks');
    if (about.length === 0 || this.#isClosed) return;
    const ids = new Set(about.map(({ id }) => id));
    void this.#inTurn(async () => {
      if (ids.has('')) await this.#followAll();
      else for (const id of ids) await this.#followOne(id);
      this.#wake();
    });
  }

  async #followAll(): Promise<void> {
    const tasks = await this.#listActive();
    const active = new Set(tasks.map(({ id }) => id));
    for (const id of [...this.#entries.keys()]) if (!active.has(id)) this.#release(id);
    for (const task of tasks) this.#schedule(task, this.#dependencies.clock());
  }

  async #followOne(id: Id): Promise<void> {
    const task = await this.#dependencies.store.resources(taskKind).find(id);
    if (task?.status === 'active') this.#schedule(task, task.updatedAtMs || task.activeSinceMs);
    else this.#release(id);
    if (task === undefined) for (const run of this.#later.values()) if (run.taskID === id) this.#later.delete(run.id);
  }

  #release(id: Id): void {
    if (this.#entries.delete(id)) this.#dependencies.observer.released();
  }

  /** A schedule that stays the same goes on as it was. */
  #schedule(task: Task, fromMs: number): void {
    const known = this.#entries.get(task.id);
    const entry = entryOf(task, fromMs);
    this.#dependencies.observer.scheduled(entry !== undefined);
    if (entry === undefined) {
      this.#entries.delete(task.id);
      return;
    }
    if (known?.source === entry.source) entry.nextMs = known.nextMs;
    this.#entries.set(task.id, entry);
  }

  #wake(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    const nowMs = this.#dependencies.clock();
    let dueMs = nowMs + LOOK_MS_MAX;
    for (const { nextMs, offsetMs } of this.#entries.values()) dueMs = Math.min(dueMs, nextMs + offsetMs);
    for (const { dueAtMs } of this.#later.values()) dueMs = Math.min(dueMs, dueAtMs);
    this.#timer = setTimeout(
      () => {
        this.#inTurn(() => this.#look()).then(
          () => {
            this.#wake();
          },
          () => {
            this.#timer = setTimeout(() => {
              this.#wake();
            }, RETRY_MS);
          },
        );
      },
      Math.max(0, dueMs - nowMs),
    );
  }

  /** Stores and starts what is due. A run is stored before it is started, so that a crash forgets none. */
  async #look(): Promise<void> {
    const { store, executor, observer, clock } = this.#dependencies;
    if (this.#isClosed) return;
    const nowMs = clock();
    for (const run of this.#later.values()) {
      if (run.dueAtMs > nowMs) continue;
      this.#later.delete(run.id);
      executor.add(run, (await store.resources(taskKind).find(run.taskID)) ?? { concurrency: 1 });
    }
    const due: Run[] = [];
    const moves: ProgressMove[] = [];
    // What a failed transaction did not take is due at the next look.
    const before: [Entry, number][] = [];
    for (const entry of this.#entries.values()) {
      if (entry.nextMs + entry.offsetMs > nowMs) continue;
      before.push([entry, entry.nextMs]);
      due.push(...this.#timesOf(entry, nowMs, moves));
    }
    if (due.length === 0) return;
    try {
      // In small transactions: what is stored at once is what requests wait for.
      for (let at = 0; at < due.length; at += RUNS_PER_COMMIT_MAX) {
        const runs = due.slice(at, at + RUNS_PER_COMMIT_MAX);
        for (const run of await store.transaction((writer) => writer.insertRuns(runs))) {
          const entry = this.#entries.get(run.taskID);
          if (run.status !== 'scheduled' || entry === undefined) continue;
          observer.due(clock() - run.dueAtMs);
          executor.add(run, entry);
        }
      }
      if (moves.length > 0) await store.transaction((writer) => writer.moveProgress(moves));
    } catch (error) {
      for (const [entry, nextMs] of before) entry.nextMs = nextMs;
      throw error;
    }
  }

  #timesOf(entry: Entry, nowMs: number, moves: ProgressMove[]): Run[] {
    const { executor, ids } = this.#dependencies;
    const runs: Run[] = [];
    const room = Math.min(LATE_TIMES_MAX, executor.roomFor(entry.taskID));
    while (entry.nextMs + entry.offsetMs <= nowMs) {
      if (runs.length >= room) {
        const gap = takeGap(entry, nowMs, ids(), 'too many runs of the task are waiting');
        moves.push({ taskID: entry.taskID, scheduledMs: gap.lastMs, completedMs: 0 });
        return [...runs, gap.run];
      }
      runs.push(newRun(ids(), entry.taskID, entry.nextMs, entry.nextMs + entry.offsetMs, undefined));
      entry.nextMs = entry.schedule.next(entry.nextMs) ?? Infinity;
    }
    return runs;
  }
}

/** Marks the times of an entry up to now as not run, in one record, and moves the entry behind them. */
function takeGap(entry: Entry, nowMs: number, id: Id, reason: string): { readonly run: FinishedRun; readonly lastMs: number } {
  const { taskID, nextMs: firstMs, offsetMs, schedule } = entry;
  let lastMs = firstMs;
  let count = 0;
  let next: number | undefined = firstMs;
  while (next !== undefined && next + offsetMs <= nowMs && count < COUNTED_MAX) {
    lastMs = next;
    count++;
    next = schedule.next(next);
  }
  const isCounted = next === undefined || next + offsetMs > nowMs;
  entry.nextMs = (isCounted ? next : schedule.next(nowMs - offsetMs)) ?? Infinity;
  const endMs = isCounted ? lastMs : nowMs - offsetMs;
  const times = count === 1 ? '1 time' : `${count}${isCounted ? '' : ' or more'} times, up to ${formatSecond(endMs)}`;
  const run = newRun(id, taskID, firstMs, firstMs + offsetMs, undefined);
  return { run: withoutStart(run, 'canceled', `Not run, ${times}: ${reason}`, nowMs), lastMs: endMs };
}

/** @param fromMs the next time is behind it; undefined: there is none */
function entryOf(task: Task, fromMs: number): Entry | undefined {
  const { id: taskID, every, cron, offset, concurrency } = task;
  const source = JSON.stringify([every, cron, offset, task.activeSinceMs]);
  try {
    const schedule = scheduleOf(task);
    const nextMs = schedule.next(fromMs);
    return nextMs === undefined ? undefined : { taskID, source, schedule, offsetMs: offsetMsOf(offset), concurrency, nextMs };
  } catch {
    return undefined;
  }
}

const formatSecond = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
