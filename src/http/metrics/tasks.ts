/** Tasks in InfluxDB's words: `task_scheduler_` and `task_executor_`. */
import { Counter, exponentialBuckets, Gauge, Histogram, Summary, type Registry } from 'prom-client';
import type { TaskGauges, TaskObserver } from '../../domain/task-observer.js';
import type { RunStatus } from '../../domain/task.js';

const MS_PER_SECOND = 1000;
const PERCENTILES = [0.5, 0.9, 0.99];

export class TaskMetrics implements TaskObserver {
  readonly #scheduleCalls: Counter;
  readonly #scheduleFails: Counter;
  readonly #releases: Counter;
  readonly #executions: Counter;
  readonly #executionFails: Counter;
  readonly #scheduleDelay: Summary;
  readonly #ran: Summary;
  readonly #complete: Counter<'status' | 'task_type'>;
  readonly #manual: Counter;
  readonly #resumed: Counter;
  readonly #unrecoverable: Counter;
  readonly #latency: Histogram<'task_type'>;
  #gauges: () => TaskGauges = () => ({ active: 0, workersBusy: 0, queueUsage: 0 });

  constructor(registry: Registry) {
    const registers = [registry];
    const counter = (name: string, help: string): Counter => new Counter({ registers, name, help });
    const summary = (name: string, help: string): Summary => new Summary({ registers, name, help, percentiles: PERCENTILES });
    const gauge = (name: string, help: string, of: (gauges: TaskGauges) => number): void => {
      const read = (): number => of(this.#gauges());
      new Gauge({
        registers,
        name,
        help,
        collect() {
          this.set(read());
        },
      });
    };
    this.#scheduleCalls = counter('task_scheduler_total_schedule_calls', 'Total number of schedule requests.');
    this.#scheduleFails = counter('task_scheduler_total_schedule_fails', 'Total number of schedule requests that fail to schedule.');
    this.#releases = counter('task_scheduler_total_release_calls', 'Total number of release requests.');
    this.#executions = counter('task_scheduler_total_execution_calls', 'Total number of executions across all tasks.');
    this.#executionFails = counter('task_scheduler_total_execute_failure', 'Total number of times an execution has failed.');
    this.#scheduleDelay = summary(
      'task_scheduler_schedule_delay',
      'The duration between when a Item should be scheduled and when it is told to execute.',
    );
    gauge('task_scheduler_current_execution', 'Number of tasks currently being executed', ({ active }) => active);
    this.#ran = summary('task_executor_run_duration', 'The duration in seconds between a run starting and finishing.');
    this.#complete = new Counter({
      registers,
      name: 'task_executor_total_runs_complete',
      help: 'Total number of runs completed across all tasks, split out by success or failure.',
      labelNames: ['task_type', 'status'],
    });
    this.#manual = counter('task_executor_manual_runs_counter', 'Total number of manual runs scheduled to run');
    this.#resumed = counter('task_executor_resume_runs_counter', 'Total number of runs resumed');
    this.#unrecoverable = counter(
      'task_executor_unrecoverable_counter',
      'The number of errors that must be manually resolved or have the task deactivated.',
    );
    this.#latency = new Histogram({
      registers,
      name: 'task_executor_run_latency_seconds',
      help: 'Records the latency between the time the run was due to run and the time the task started execution, by task type',
      labelNames: ['task_type'],
      buckets: exponentialBuckets(0.25, 2.5, 7),
    });
    gauge('task_executor_total_runs_active', 'Total number of workers currently running tasks', ({ active }) => active);
    gauge('task_executor_workers_busy', 'Percent of total available workers that are currently busy', ({ workersBusy }) => workersBusy);
    gauge('task_executor_promise_queue_usage', 'Percent of the promise queue that is currently full', ({ queueUsage }) => queueUsage);
  }

  /** Asked for at each collection. */
  watch(gauges: () => TaskGauges): void {
    this.#gauges = gauges;
  }

  scheduled(succeeded: boolean): void {
    this.#scheduleCalls.inc();
    if (!succeeded) this.#scheduleFails.inc();
  }

  released(): void {
    this.#releases.inc();
  }

  due(delayMs: number): void {
    this.#executions.inc();
    this.#scheduleDelay.observe(delayMs / MS_PER_SECOND);
  }

  requested(): void {
    this.#manual.inc();
  }

  resumed(): void {
    this.#resumed.inc();
  }

  started(delayMs: number): void {
    this.#latency.observe({ task_type: TYPE }, delayMs / MS_PER_SECOND);
  }

  finished(status: RunStatus, ranMs: number): void {
    this.#complete.inc({ task_type: TYPE, status });
    if (status === 'failed') this.#executionFails.inc();
    this.#ran.observe(ranMs / MS_PER_SECOND);
  }

  unrecoverable(): void {
    this.#unrecoverable.inc();
  }
}

const TYPE = 'system';
