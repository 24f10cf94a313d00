/** Runs of tasks in the metadata store. */
import { createHash } from 'node:crypto';
import type { Id } from '../domain/id.js';
import {
  isFinished,
  RUN_STATUSES,
  type FinishedRun,
  type Run,
  type RunFilter,
  type RunStatus,
  type RunWriter,
  type TaskProgress,
} from '../domain/task.js';
import type { Database } from './database.js';
import { readJson } from './stored-json.js';
import type { Tables } from './tables.js';

type Row = Tables['runs'] & { readonly flux: string | null };

/** Rows of one statement: SQLite binds few values at once. */
const ROWS_PER_STATEMENT = 500;
const NS_PER_MS = 1_000_000n;

export const runQueries = (db: Database): RunWriter => {
  const rows = () =>
    db
      .selectFrom('runs')
      .leftJoin('run_scripts', (join) =>
        join.onRef('run_scripts.task_id', '=', 'runs.task_id').onRef('run_scripts.digest', '=', 'runs.script_digest'),
      )
      .selectAll('runs')
      .select('run_scripts.flux');

  async function moveForward(taskID: Id, { scheduledForMs }: Pick<Run, 'scheduledForMs'>): Promise<void> {
    await db
      .insertInto('task_progress')
      .values({ ...NO_PROGRESS, task_id: taskID, latest_scheduled_ms: scheduledForMs })
      .onConflict((conflict) =>
        conflict
          .column('task_id')
          .doUpdateSet({ latest_scheduled_ms: scheduledForMs })
          .where((eb) =>
            eb.or([eb('task_progress.latest_scheduled_ms', 'is', null), eb('task_progress.latest_scheduled_ms', '<', scheduledForMs)]),
          ),
      )
      .execute();
  }

  async function findProgress(taskID: Id): Promise<Tables['task_progress'] | undefined> {
    return db.selectFrom('task_progress').selectAll().where('task_id', '=', taskID).executeTakeFirst();
  }

  return {
    async findRun(taskID, id) {
      const row = await rows().where('runs.task_id', '=', taskID).where('runs.id', '=', id).executeTakeFirst();
      return row && decodeRun(row);
    },

    async listRuns({ taskID, afterMs, beforeMs, after, limit }: RunFilter) {
      let query = rows().where('runs.task_id', '=', taskID);
      if (afterMs !== undefined) query = query.where('runs.scheduled_for_ms', '>', afterMs);
      if (beforeMs !== undefined) query = query.where('runs.scheduled_for_ms', '<', beforeMs);
      if (after !== undefined) {
        const last = await db
          .selectFrom('runs')
          .select('scheduled_for_ms')
          .where('task_id', '=', taskID)
          .where('id', '=', after)
          .executeTakeFirst();
        if (last === undefined) return [];
        query = query.where((eb) =>
          eb.or([
            eb('runs.scheduled_for_ms', '<', last.scheduled_for_ms),
            eb.and([eb('runs.scheduled_for_ms', '=', last.scheduled_for_ms), eb('runs.id', '>', after)]),
          ]),
        );
      }
      const found = await query.orderBy('runs.scheduled_for_ms', 'desc').orderBy('runs.id').limit(limit).execute();
      return found.map(decodeRun);
    },

    async listUnfinishedRuns() {
      const found = await rows()
        .where('is_noted', '=', 0)
        .where('finished_at_ms', 'is', null)
        .orderBy('due_at_ms')
        .orderBy('runs.id')
        .execute();
      return found.map(decodeRun);
    },

    async listUnnotedRuns() {
      const found = await rows().where('is_noted', '=', 0).where('finished_at_ms', 'is not', null).orderBy('due_at_ms').execute();
      return found.map(decodeRun).filter(isFinished);
    },

    async listProgress(taskIDs) {
      const found: TaskProgress[] = [];
      for (const ids of slices(taskIDs)) {
        found.push(...(await db.selectFrom('task_progress').selectAll().where('task_id', 'in', ids).execute()).map(decodeProgress));
      }
      return found;
    },

    async insertRuns(runs) {
      const taken: Run[] = [];
      for (const run of runs) {
        const isThere = await db
          .selectFrom('resources')
          .select('id')
          .where('type', '=', 'tasks')
          .where('id', '=', run.taskID)
          .executeTakeFirst();
        if (isThere === undefined) continue;
        const { numInsertedOrUpdatedRows } = await db
          .insertInto('runs')
          .values(encodeRun(run, ''))
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (numInsertedOrUpdatedRows === 0n) continue;
        taken.push(run);
        if (run.requestedAtMs === undefined) await moveForward(run.taskID, run);
      }
      return taken;
    },

    async finishRuns(runs) {
      for (const run of runs) {
        const digest = run.flux === '' ? '' : digestOf(run.flux);
        const { numUpdatedRows } = await db.updateTable('runs').set(encodeRun(run, digest)).where('id', '=', run.id).executeTakeFirst();
        if (numUpdatedRows === 0n) continue;
        if (digest !== '') {
          await db
            .insertInto('run_scripts')
            .values({ task_id: run.taskID, digest, flux: run.flux })
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        }
        const before = (await findProgress(run.taskID)) ?? { ...NO_PROGRESS, task_id: run.taskID };
        const { task_id, ...progress } = advance(before, run);
        await db
          .insertInto('task_progress')
          .values({ task_id, ...progress })
          .onConflict((conflict) => conflict.column('task_id').doUpdateSet(progress))
          .execute();
      }
    },

    async markRunsNoted(ids) {
      for (const some of slices(ids)) await db.updateTable('runs').set({ is_noted: 1 }).where('id', 'in', some).execute();
    },

    async moveProgress(moves) {
      for (const { taskID, scheduledMs, completedMs } of moves) {
        const before = (await findProgress(taskID)) ?? { ...NO_PROGRESS, task_id: taskID };
        const progress = {
          latest_scheduled_ms: Math.max(before.latest_scheduled_ms ?? 0, scheduledMs) || null,
          latest_completed_ms: Math.max(before.latest_completed_ms ?? 0, completedMs) || null,
        };
        await db
          .insertInto('task_progress')
          .values({ ...before, ...progress })
          .onConflict((conflict) => conflict.column('task_id').doUpdateSet(progress))
          .execute();
      }
    },

    async deleteOldRuns(finishedBeforeMs, keptPerTask) {
      await db.deleteFrom('runs').where('finished_at_ms', '<', finishedBeforeMs).where('is_noted', '=', 1).execute();
      const crowded = await db
        .selectFrom('runs')
        .select('task_id')
        .groupBy('task_id')
        .having((eb) => eb.fn.countAll(), '>', keptPerTask)
        .execute();
      for (const { task_id } of crowded) {
        const first = await db
          .selectFrom('runs')
          .select('id')
          .where('task_id', '=', task_id)
          .orderBy('id', 'desc')
          .offset(keptPerTask)
          .limit(1)
          .executeTakeFirst();
        if (first === undefined) continue;
        await db.deleteFrom('runs').where('task_id', '=', task_id).where('id', '<=', first.id).where('is_noted', '=', 1).execute();
      }
      await db
        .deleteFrom('run_scripts')
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('runs')
                .select('runs.id')
                .whereRef('runs.task_id', '=', 'run_scripts.task_id')
                .whereRef('runs.script_digest', '=', 'run_scripts.digest'),
            ),
          ),
        )
        .execute();
    },
  };
};

const NO_PROGRESS = {
  latest_scheduled_ms: null,
  latest_completed_ms: null,
  latest_success_ms: null,
  last_run_status: null,
  last_run_error: '',
};

/** Times go forward; what the last run has come to is what finished last. */
function advance(before: Tables['task_progress'], { scheduledForMs, status, log, startedAtNs }: FinishedRun): Tables['task_progress'] {
  // What was not started has nothing to say about the task.
  if (startedAtNs === undefined && status === 'canceled') return before;
  return {
    ...before,
    latest_completed_ms: Math.max(before.latest_completed_ms ?? 0, scheduledForMs),
    latest_success_ms: status === 'success' ? Math.max(before.latest_success_ms ?? 0, scheduledForMs) : before.latest_success_ms,
    last_run_status: status,
    last_run_error: status === 'failed' ? (log[1]?.message ?? log[0]?.message ?? '') : '',
  };
}

const digestOf = (flux: string): string => createHash('sha256').update(flux).digest('base64url').slice(0, 22);

function* slices<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += ROWS_PER_STATEMENT) yield items.slice(at, at + ROWS_PER_STATEMENT);
}

function encodeRun(run: Run, digest: string): Tables['runs'] {
  const { id, taskID, status, scheduledForMs, dueAtMs, requestedAtMs, startedAtNs, finishedAtNs, log } = run;
  return {
    id,
    task_id: taskID,
    status,
    scheduled_for_ms: scheduledForMs,
    due_at_ms: dueAtMs,
    requested_at_ms: requestedAtMs ?? null,
    started_at_ns: startedAtNs?.toString() ?? null,
    finished_at_ns: finishedAtNs?.toString() ?? null,
    finished_at_ms: finishedAtNs === undefined ? null : Number(finishedAtNs / NS_PER_MS),
    script_digest: digest,
    log: JSON.stringify(log.map(({ atMs, message }) => [atMs, message])),
    // What was not started is not told in the bucket of runs.
    is_noted: finishedAtNs !== undefined && startedAtNs === undefined ? 1 : 0,
  };
}

const isLog = (value: unknown): value is [number, string][] =>
  Array.isArray(value) && value.every((line) => Array.isArray(line) && typeof line[0] === 'number' && typeof line[1] === 'string');

const statusOf = (text: string): RunStatus => RUN_STATUSES.find((status) => status === text) ?? 'failed';

const decodeRun = (row: Row): Run => ({
  id: row.id,
  taskID: row.task_id,
  status: statusOf(row.status),
  scheduledForMs: row.scheduled_for_ms,
  dueAtMs: row.due_at_ms,
  requestedAtMs: row.requested_at_ms ?? undefined,
  startedAtNs: row.started_at_ns === null ? undefined : BigInt(row.started_at_ns),
  finishedAtNs: row.finished_at_ns === null ? undefined : BigInt(row.finished_at_ns),
  flux: row.flux ?? '',
  log: (readJson(row.log, isLog) ?? []).map(([atMs, message]) => ({ atMs, message })),
});

const decodeProgress = (row: Tables['task_progress']): TaskProgress => ({
  taskID: row.task_id,
  latestScheduledMs: row.latest_scheduled_ms ?? undefined,
  latestCompletedMs: row.latest_completed_ms ?? undefined,
  latestSuccessMs: row.latest_success_ms ?? undefined,
  lastRunStatus: row.last_run_status === null ? undefined : statusOf(row.last_run_status),
  lastRunError: row.last_run_error,
});
