/** Tasks and their runs. */
import { callJson } from './call.js';
import type { ClientRequest, Send } from './request.js';
import { resourceCalls } from './resources.js';

export interface TaskJson {
  readonly id: string;
  readonly name: string;
  readonly orgID: string;
  readonly org: string;
  readonly status: string;
  readonly every?: string | undefined;
  readonly cron?: string | undefined;
}

export interface TaskFilter {
  readonly org?: string | undefined;
  readonly orgID?: string | undefined;
  readonly user?: string | undefined;
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

export interface NewTaskJson {
  readonly flux: string;
  readonly org?: string | undefined;
  readonly orgID?: string | undefined;
}

export interface TaskChangeJson {
  readonly flux?: string | undefined;
  readonly status?: string | undefined;
}

export interface RunLogJson {
  readonly runID: string;
  readonly time: string;
  readonly message: string;
}

export interface RunJson {
  readonly id: string;
  readonly taskID: string;
  readonly status: string;
  readonly scheduledFor: string;
  readonly startedAt?: string | undefined;
  readonly finishedAt?: string | undefined;
  readonly requestedAt?: string | undefined;
  readonly links: Readonly<Record<string, string>>;
  readonly log?: readonly RunLogJson[] | undefined;
}

export interface RunFilter {
  readonly limit: number;
  readonly afterTime?: string | undefined;
  readonly beforeTime?: string | undefined;
}

const PATH = '/api/v2/tasks';

const calls = resourceCalls<TaskJson, NewTaskJson, TaskChangeJson, TaskFilter>({ path: PATH, list: { name: 'tasks' } });

export const { create: createTask, find: findTask, list: listTasks, update: updateTask, remove: deleteTask } = calls;

const runsOf = (taskID: string): string => `${PATH}/${encodeURIComponent(taskID)}/runs`;
const runPath = (taskID: string, runID: string): string => `${runsOf(taskID)}/${encodeURIComponent(runID)}`;

export async function listRuns(send: Send, taskID: string, filter: RunFilter): Promise<readonly RunJson[]> {
  const query = { ...filter } as ClientRequest['query'];
  return (await callJson<{ readonly runs: readonly RunJson[] }>(send, { method: 'GET', path: runsOf(taskID), query })).runs;
}

export const findRun = (send: Send, taskID: string, runID: string): Promise<RunJson> =>
  callJson<RunJson>(send, { method: 'GET', path: runPath(taskID, runID) });

export const retryRun = (send: Send, taskID: string, runID: string): Promise<RunJson> =>
  callJson<RunJson>(send, { method: 'POST', path: `${runPath(taskID, runID)}/retry` }, {});

/** @param runID undefined: of the last runs of the task */
export async function listRunLogs(send: Send, taskID: string, runID: string | undefined): Promise<readonly RunLogJson[]> {
  const path = `${runID === undefined ? `${PATH}/${encodeURIComponent(taskID)}` : runPath(taskID, runID)}/logs`;
  return (await callJson<{ readonly events: readonly RunLogJson[] | null }>(send, { method: 'GET', path })).events ?? [];
}
