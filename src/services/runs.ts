/** Runs of tasks: what there were, and by hand. A run shows what its task shows, and is started and ended with the right to change it. */
import { authorize } from '../auth/authorize.js';
import { rightsToKind } from '../auth/kind-rights.js';
import { transactionBy, type TransactionDependencies } from '../auth/transactions.js';
import type { Actor } from '../domain/actor.js';
import { invalid, notFound, TryAgainLaterError } from '../domain/errors.js';
import type { Id, IdGenerator } from '../domain/id.js';
import { newRun, type Run, type RunFilter, type Task, type TaskProgress } from '../domain/task.js';
import { taskKind } from '../kinds/tasks.js';
import { prefixed } from './tasks.js';

/** What executes runs. */
export interface RunDesk {
  /** The state of a run that is not stored yet as it is. */
  find(run: Run): Run;
  /** How many more runs of a task may wait. */
  roomFor(taskID: Id): number;
  add(run: Run, task: Task): void;
  /** @returns whether it was waiting or going on */
  cancel(runID: Id): boolean;
}

export interface RunDependencies extends TransactionDependencies {
  readonly ids: IdGenerator;
  readonly desk: RunDesk;
}

export type Runs = ReturnType<typeof createRuns>;

const rights = rightsToKind(taskKind);
const SECOND_MS = 1000;
/** Runs whose logs are the log of a task. */
const LOGGED_RUNS_MAX = 100;

export const createRuns = (dependencies: RunDependencies) => {
  const { store, desk, ids, clock } = dependencies;

  async function findTask(actor: Actor, taskID: Id, action: 'read' | 'write'): Promise<Task> {
    const task = await store.resources(taskKind).find(taskID);
    if (task === undefined) throw notFound('task not found');
    authorize(actor, rights.to(action, task));
    return task;
  }

  async function findRun(taskID: Id, id: Id): Promise<Run> {
    const run = await store.findRun(taskID, id);
    if (run === undefined) throw notFound('run not found');
    return desk.find(run);
  }

  /** Stores a run and has it start when it is due. */
  async function start(actor: Actor, task: Task, scheduledForMs: number): Promise<Run> {
    if (desk.roomFor(task.id) <= 0) throw new TryAgainLaterError('too many runs of the task are waiting: try again later', 1);
    const nowMs = clock();
    const run = newRun(ids(), task.id, scheduledForMs, Math.max(nowMs, scheduledForMs), nowMs);
    const clearance = authorize(actor, rights.toWrite(task));
    const [stored] = await transactionBy(dependencies, clearance, (writer) => writer.insertRuns([run]));
    if (stored === undefined) throw notFound('task not found');
    desk.add(stored, task);
    return stored;
  }

  return {
    list: (actor: Actor, filter: RunFilter): Promise<Run[]> =>
      prefixed('failed to find runs', async () => {
        await findTask(actor, filter.taskID, 'read');
        return (await store.listRuns(filter)).map((run) => desk.find(run));
      }),

    find: (actor: Actor, taskID: Id, id: Id): Promise<Run> =>
      prefixed('failed to find run', async () => {
        await findTask(actor, taskID, 'read');
        return findRun(taskID, id);
      }),

    /** @param id of one run; undefined: of the last runs of the task */
    listLogged: (actor: Actor, taskID: Id, id: Id | undefined): Promise<Run[]> =>
      prefixed('failed to find task logs', async () => {
        await findTask(actor, taskID, 'read');
        if (id !== undefined) return [await findRun(taskID, id)];
        return (await store.listRuns({ taskID, limit: LOGGED_RUNS_MAX })).map((run) => desk.find(run));
      }),

    /** @param scheduledForMs undefined: now */
    force: (actor: Actor, taskID: Id, scheduledForMs: number | undefined): Promise<Run> =>
      prefixed('failed to force run', async () => {
        const task = await findTask(actor, taskID, 'write');
        refuseInactive(task);
        const atMs = Math.floor((scheduledForMs ?? clock()) / SECOND_MS) * SECOND_MS;
        return start(actor, task, atMs);
      }),

    /** A new run for the time of another. */
    retry: (actor: Actor, taskID: Id, id: Id): Promise<Run> =>
      prefixed('failed to retry run', async () => {
        const task = await findTask(actor, taskID, 'write');
        refuseInactive(task);
        return start(actor, task, (await findRun(taskID, id)).scheduledForMs);
      }),

    cancel: (actor: Actor, taskID: Id, id: Id): Promise<void> =>
      prefixed('failed to cancel run', async () => {
        await findTask(actor, taskID, 'write');
        await findRun(taskID, id);
        if (!desk.cancel(id)) throw notFound('run not found');
      }),

    /** Of tasks that the actor was found to be allowed to read. */
    async listProgress(tasks: readonly Task[]): Promise<ReadonlyMap<Id, TaskProgress>> {
      const found = await store.listProgress(tasks.map(({ id }) => id));
      return new Map(found.map((progress) => [progress.taskID, progress]));
    },
  };
};

function refuseInactive({ status }: Task): void {
  if (status !== 'active') throw invalid('inactive task');
}
