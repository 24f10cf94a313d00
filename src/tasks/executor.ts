/** Runs tasks: each run with what its owner and the author of its script may do, in the threads of the queries. */
import type { Logger } from 'pino';
import type { Authenticator } from '../auth/authenticate.js';
import { findLoss, mayEnd } from '../auth/reviews.js';
import { actorOfRun } from '../auth/run-rights.js';
import type { TaskActor } from '../domain/actor.js';
import { DomainError } from '../domain/errors.js';
import type { Clock, Id } from '../domain/id.js';
import type { Change, Store } from '../domain/store.js';
import type { TaskGauges, TaskObserver } from '../domain/task-observer.js';
import type { FinishedRun, Run, RunLogLine, Task } from '../domain/task.js';
import { taskKind } from '../kinds/tasks.js';
import type { Flux } from '../services/flux.js';
import { nowNs } from '../services/now-ns.js';
import type { RunNotes } from './run-notes.js';
import { RUNS_WAITING_PER_TASK_MAX, RunQueue } from './run-queue.js';
import { asksForProgress, scriptRequestOf } from './script-request.js';

export interface ExecutorDependencies {
  readonly store: Store;
  readonly authenticator: Authenticator;
  readonly flux: Flux;
  readonly clock: Clock;
  readonly notes: RunNotes;
  readonly observer: TaskObserver;
  readonly logger: Logger;
  /** Runs that may go on at once. */
  readonly slots: number;
}

/** A run that goes on. */
interface LiveRun {
  readonly task: Task;
  readonly controller: AbortController;
  readonly log: RunLogLine[];
  run: Run;
  actor: TaskActor | undefined;
}

const NS_PER_MS = 1_000_000n;
/** What somebody has to change before a run can succeed, as InfluxDB tells it. */
const UNRECOVERABLE = /could not find bucket/;
const INTERNAL = 'An internal error has occurred - check server logs';

const canceled = new DomainError('unavailable', 'run canceled');

export class Executor {
  readonly #dependencies: ExecutorDependencies;
  readonly #queue: RunQueue;
  readonly #live = new Map<Id, LiveRun>();
  #isClosed = false;

  constructor(dependencies: ExecutorDependencies) {
    this.#dependencies = dependencies;
    this.#queue = new RunQueue(dependencies.slots);
    dependencies.store.onChange((changes) => {
      this.#review(changes);
    });
  }

  gauges(): TaskGauges {
    const { running, waiting, slots } = this.#queue;
    return { active: running, workersBusy: running / slots, queueUsage: Math.min(1, waiting / RUNS_WAITING_PER_TASK_MAX) };
  }

  /** How many more runs of a task may wait. */
  roomFor(taskID: Id): number {
    return RUNS_WAITING_PER_TASK_MAX - this.#queue.waitingOf(taskID);
  }

  /** Takes a run that is stored and due. */
  add(run: Run, { concurrency }: Pick<Task, 'concurrency'>): void {
    if (this.#isClosed) return;
    this.#queue.add({ run, concurrency });
    this.#startNext();
  }

  /** The state of a run that waits or goes on; undefined for others. */
  find(runID: Id): Run | undefined {
    const live = this.#live.get(runID);
    return live && { ...live.run, log: live.log };
  }

  /** @returns whether it was waiting or going on */
  cancel(runID: Id): boolean {
    const live = this.#live.get(runID);
    if (live !== undefined) {
      live.controller.abort(canceled);
      return true;
    }
    const waiting = this.#queue.remove(runID);
    if (waiting === undefined) return false;
    this.#dependencies.notes.add(withoutStart(waiting, 'canceled', 'Run canceled', this.#dependencies.clock()));
    return true;
  }

  /** Ends what goes on; it is resumed at the next start. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const stopping = new DomainError('unavailable', 'the server is stopping');
    for (const { controller } of this.#live.values()) controller.abort(stopping);
    while (this.#live.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  #startNext(): void {
    for (;;) {
      if (this.#isClosed) return;
      const run = this.#queue.begin(this.#dependencies.clock());
      if (run === undefined) return;
      void this.#execute(run);
    }
  }

  async #execute(run: Run): Promise<void> {
    const { store, clock, notes, observer } = this.#dependencies;
    const beganAtMs = clock();
    try {
      const task = await store.resources(taskKind).find(run.taskID);
      if (task === undefined) return;
      const finished = await this.#run(task, run);
      // What a stop has ended is resumed at the next start.
      if (this.#isClosed && finished.status !== 'success') return;
      observer.finished(finished.status, clock() - beganAtMs);
      notes.add(finished);
    } catch (error) {
      this.#dependencies.logger.error({ err: error, taskID: run.taskID }, 'a run of a task failed');
      notes.add(withoutStart(run, 'failed', INTERNAL, clock()));
    } finally {
      this.#live.delete(run.id);
      this.#queue.end(run, clock());
      this.#startNext();
    }
  }

  async #run(task: Task, run: Run): Promise<FinishedRun> {
    const { store, clock, flux, observer } = this.#dependencies;
    if (task.status !== 'active') return withoutStart(run, 'canceled', 'Run canceled: the task is inactive', clock());
    const actor = await this.#actorOf(task, run.id);
    if ('reason' in actor) return withoutStart(run, 'failed', actor.reason, clock());

    const startedAtNs = nowNs(clock);
    const started: Run = { ...run, status: 'started', startedAtNs, flux: task.flux };
    const live: LiveRun = { task, run: started, actor, controller: new AbortController(), log: [...run.log] };
    this.#live.set(run.id, live);
    observer.started(Math.max(0, clock() - run.dueAtMs));
    const [progress] = asksForProgress(task.flux) ? await store.listProgress([task.id]) : [];
    const failure = await this.#evaluate(flux, live, progress?.latestSuccessMs);
    const say = (message: string): void => {
      live.log.push({ atMs: clock(), message });
    };
    const status = failure === undefined ? 'success' : failure === canceled ? 'canceled' : 'failed';
    say(status === 'canceled' ? 'Run canceled' : `Completed(${status})`);
    if (status === 'failed') {
      const message = this.#describe(failure, task);
      say(message);
      if (UNRECOVERABLE.test(message)) {
        observer.unrecoverable();
        say(`Task encountered unrecoverable error, requires admin action: ${message}`);
      }
    }
    return { ...started, status, finishedAtNs: nowNs(clock), log: live.log };
  }

  /** @returns what went wrong */
  async #evaluate(flux: Flux, live: LiveRun, latestSuccessMs: number | undefined): Promise<unknown> {
    const { task, run, actor, controller } = live;
    if (actor === undefined) return new Error('a run has no actor');
    try {
      let late: Error | undefined;
      const { bytes } = await flux.run(actor, task.orgID, {
        ...scriptRequestOf(task.flux, latestSuccessMs),
        wanted: 'nothing',
        signal: controller.signal,
        nowNs: BigInt(run.scheduledForMs) * NS_PER_MS,
        onLateError: (error) => {
          late = error;
        },
      });
      const reader = bytes[Symbol.asyncIterator]();
      while ((await reader.next()).done !== true);
      return late;
    } catch (error) {
      return error ?? new Error('a run failed without a reason');
    }
  }

  #describe(failure: unknown, { id }: Task): string {
    if (failure instanceof DomainError) return `error exhausting result iterator: ${failure.message}`;
    this.#dependencies.logger.error({ err: failure, taskID: id }, 'a run of a task failed');
    return INTERNAL;
  }

  async #actorOf(task: Task, runID: Id) {
    const { store, authenticator } = this.#dependencies;
    const owner = await store.findUser(task.ownerID);
    return actorOfRun(task, runID, owner, await authenticator.permissionsOfUser(task.ownerID));
  }

  /** Ends runs whose task was deleted, or whose owner has lost what they run with. */
  #review(changes: readonly Change[]): void {
    for (const { noun, kind, id } of changes) {
      if (noun !== 'tasks' || kind !== 'delete') continue;
      this.#queue.removeTask(id);
      for (const { task, controller } of this.#live.values()) if (task.id === id) controller.abort(canceled);
    }
    for (const live of this.#live.values()) {
      const { actor } = live;
      if (actor !== undefined && changes.some((change) => mayEnd(actor, change))) void this.#judgeAgain(live, actor);
    }
  }

  async #judgeAgain({ task, run, controller }: LiveRun, before: TaskActor): Promise<void> {
    const now = await this.#actorOf(task, run.id);
    const reason = 'reason' in now ? now.reason : findLoss(before, now);
    if (reason !== undefined) controller.abort(new DomainError('forbidden', reason));
  }
}

/** A run that is over before its script was started. What failed has a time at which it did; what was canceled is as if it had not been. */
export const withoutStart = (run: Run, status: 'failed' | 'canceled', reason: string, nowMs: number): FinishedRun => ({
  ...run,
  status,
  startedAtNs: status === 'failed' ? BigInt(nowMs) * NS_PER_MS : undefined,
  finishedAtNs: BigInt(nowMs) * NS_PER_MS,
  log: [...run.log, ...(status === 'failed' ? [{ atMs: nowMs, message: 'Completed(failed)' }] : []), { atMs: nowMs, message: reason }],
});
