/** Puts together what runs tasks. It starts when the server has opened everything else. */
import type { Logger } from 'pino';
import type { Authenticator } from '../auth/authenticate.js';
import type { Clock, IdGenerator } from '../domain/id.js';
import type { SeriesEngine } from '../domain/series.js';
import type { Store } from '../domain/store.js';
import type { TaskMetrics } from '../http/metrics/tasks.js';
import type { Flux } from '../services/flux.js';
import { Executor } from '../tasks/executor.js';
import { RunNotes } from '../tasks/run-notes.js';
import { Scheduler } from '../tasks/scheduler.js';
import type { StopSteps } from './stop-steps.js';

export interface SchedulerParts {
  readonly store: Store;
  readonly engine: Pick<SeriesEngine, 'write'>;
  readonly authenticator: Authenticator;
  readonly flux: Flux;
  readonly ids: IdGenerator;
  readonly clock: Clock;
  readonly metrics: TaskMetrics;
  readonly logger: Logger;
  readonly queryThreads: number;
  readonly stopSteps: StopSteps;
}

export function createScheduler({ metrics, queryThreads, stopSteps, ...parts }: SchedulerParts): Scheduler {
  const notes = new RunNotes(parts);
  stopSteps.add(() => notes.close());
  // One thread is always left for requests.
  const executor = new Executor({ ...parts, notes, observer: metrics, slots: Math.max(1, queryThreads - 1) });
  metrics.watch(() => executor.gauges());
  stopSteps.add(() => executor.close());
  const scheduler = new Scheduler({ ...parts, executor, notes, observer: metrics });
  stopSteps.add(() => scheduler.close());
  return scheduler;
}
