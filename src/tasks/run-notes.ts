/** What becomes of finished runs: their record in the store, then a point in the bucket `_tasks` of their organization. */
import type { Logger } from 'pino';
import type { Clock, Id, OrganizationId } from '../domain/id.js';
import { compareUtf8 } from '../domain/utf8-order.js';
import type { FieldColumn, MeasurementBatch, PointBatch, SeriesEngine } from '../domain/series.js';
import type { Store } from '../domain/store.js';
import type { FinishedRun, RunLogLine, Task } from '../domain/task.js';
import { bucketKind } from '../kinds/buckets.js';
import { taskKind } from '../kinds/tasks.js';
import { startedLine } from '../domain/run-log.js';

export interface NoteDependencies {
  readonly store: Store;
  readonly engine: Pick<SeriesEngine, 'write'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Runs in one transaction: what is stored at once is what requests wait for. */
const RUNS_PER_COMMIT_MAX = 50;
/** Runs that wait for a store that does not take them; the oldest are then resumed at the next start. */
const RUNS_WAITING_MAX = 20_000;
const RETRY_MS = 1_000;
const TASKS_BUCKET = '_tasks';

export class RunNotes {
  readonly #dependencies: NoteDependencies;
  #waiting: FinishedRun[] = [];
  #working: Promise<void> | undefined;
  #isClosed = false;

  constructor(dependencies: NoteDependencies) {
    this.#dependencies = dependencies;
  }

  add(run: FinishedRun): void {
    this.#waiting.push(run);
    if (this.#waiting.length > RUNS_WAITING_MAX) this.#waiting.shift();
    this.#working ??= this.#drain();
  }

  /** A run that is over, but not stored yet. */
  find(runID: Id): FinishedRun | undefined {
    return this.#waiting.find(({ id }) => id === runID);
  }

  /** What a crash left between the record of a run and its point. */
  async resume(): Promise<void> {
    await this.#note(await this.#dependencies.store.listUnnotedRuns());
  }

  /** Waits until everything that is over is stored. */
  async settle(): Promise<void> {
    while (this.#working !== undefined) await this.#working;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.settle();
  }

  async #drain(): Promise<void> {
    const { store, logger } = this.#dependencies;
    while (this.#waiting.length > 0) {
      const runs = this.#waiting.slice(0, RUNS_PER_COMMIT_MAX);
      try {
        await store.transaction((writer) => writer.finishRuns(runs));
        this.#waiting = this.#waiting.filter((run) => !runs.includes(run));
        await this.#note(runs.filter(({ startedAtNs }) => startedAtNs !== undefined));
      } catch (error) {
        logger.error({ err: error }, 'finished runs of tasks cannot be stored');
        if (this.#isClosed) break;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    this.#working = undefined;
  }

  /** The points first: a crash before the mark writes the same points again. */
  async #note(runs: readonly FinishedRun[]): Promise<void> {
    const { store, engine, logger } = this.#dependencies;
    const byOrganization = new Map<OrganizationId, { readonly task: Task; readonly run: FinishedRun }[]>();
    for (const run of runs) {
      const task = await store.resources(taskKind).find(run.taskID);
      if (task === undefined) continue;
      const group = byOrganization.get(task.orgID);
      if (group === undefined) byOrganization.set(task.orgID, [{ task, run }]);
      else group.push({ task, run });
    }
    for (const [orgID, noted] of byOrganization) {
      const bucket = await store.resources(bucketKind).findByName(orgID, TASKS_BUCKET);
      try {
        if (bucket !== undefined) await engine.write(bucket.id, batchOf(noted));
      } catch (error) {
        // They are told at the next start.
        logger.error({ err: error, orgID }, 'finished runs of tasks cannot be written into the bucket _tasks');
        continue;
      }
      await store.transaction((writer) => writer.markRunsNoted(noted.map(({ run }) => run.id)));
    }
  }
}

const formatNs = (ns: bigint | undefined): string => {
  if (ns === undefined) return '0001-01-01T00:00:00Z';
  const fraction = (ns % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return formatMs(Number(ns / 1_000_000n)).replace('Z', fraction === '' ? 'Z' : `.${fraction}Z`);
};

const formatMs = (ms: number | undefined): string =>
  ms === undefined ? '0001-01-01T00:00:00Z' : new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

const logOf = ({ id, log, ...run }: FinishedRun): string =>
  JSON.stringify(
    [...startedLine(run), ...log].map(({ atMs, message }: RunLogLine) => ({ runID: id, time: new Date(atMs).toISOString(), message })),
  );

/** As InfluxDB records runs. */
function batchOf(noted: readonly { readonly task: Task; readonly run: FinishedRun }[]): PointBatch {
  const text = (key: string, of: (task: Task, run: FinishedRun) => string): FieldColumn => ({
    key,
    column: { type: 'string', values: noted.map(({ task, run }) => of(task, run)), valid: undefined },
  });
  const fields: FieldColumn[] = [
    text('finishedAt', (_, run) => formatNs(run.finishedAtNs)),
    text('flux', () => ''),
    text('logs', (_, run) => logOf(run)),
    text('name', (task) => task.name),
    text('ot_trace_id', () => ''),
    { key: 'ot_trace_sampled', column: { type: 'boolean', values: new Uint8Array(noted.length), valid: undefined } },
    text('requestedAt', (_, run) => formatMs(run.requestedAtMs)),
    text('runID', (_, run) => run.id),
    text('scheduledFor', (_, run) => formatMs(run.scheduledForMs)),
    text('startedAt', (_, run) => formatNs(run.startedAtNs)),
  ];
  const keys = noted.map(({ run }) => `${run.status} ${run.taskID}`);
  const distinct = [...new Set(keys)];
  const measurement: MeasurementBatch = {
    measurement: 'runs',
    rowCount: noted.length,
    times: BigInt64Array.from(noted, ({ run }) => run.startedAtNs ?? run.finishedAtNs),
    tagSetOf: Int32Array.from(keys, (key) => distinct.indexOf(key)),
    tagSets: distinct.map((key) => {
      const [status = '', taskID = ''] = key.split(' ');
      return [
        ['status', status],
        ['taskID', taskID],
      ] as const;
    }),
    fields: fields.sort((a, b) => compareUtf8(a.key, b.key)),
    positions: Int32Array.from(noted, (_, index) => index),
  };
  return { measurements: [measurement], rowCount: noted.length };
}
