/** Tasks and their runs. */
import { queryOptions } from '@tanstack/react-query';
import type { RunJson } from '../../../src/client/tasks.js';
import { getJson, queryOf, send, sendJson } from './http.js';

export interface Task {
  readonly id: string;
  readonly name: string;
  readonly orgID: string;
  readonly ownerID: string;
  readonly description?: string;
  readonly status: 'active' | 'inactive';
  readonly flux: string;
  readonly every?: string;
  readonly cron?: string;
  readonly offset?: string;
  readonly createdAt: string;
  readonly updatedAt?: string;
  /** The time of the last run that is over, where there was one. */
  readonly latestCompleted: string;
  readonly lastRunStatus?: Run['status'];
  readonly lastRunError?: string;
}

export type Run = Omit<RunJson, 'status'> & { readonly status: 'scheduled' | 'started' | 'success' | 'failed' | 'canceled' };

const PATH = '/api/v2/tasks';
/** Tasks of a page, and the most that is fetched. */
const PAGE_ROWS = 500;
const TASKS_MAX = 5000;

export async function listTasks(orgID: string, signal: AbortSignal): Promise<Task[]> {
  const found: Task[] = [];
  for (let after: string | undefined; found.length < TASKS_MAX; after = found.at(-1)?.id) {
    const { tasks } = await getJson<{ tasks: Task[] }>(`${PATH}?${queryOf({ orgID, limit: PAGE_ROWS, after })}`, signal);
    found.push(...tasks);
    if (tasks.length < PAGE_ROWS) break;
  }
  return found;
}

export const tasksQuery = (orgID: string) =>
  queryOptions({ queryKey: ['tasks', orgID], queryFn: ({ signal }) => listTasks(orgID, signal) });

export const taskQuery = (id: string) =>
  queryOptions({ queryKey: ['task', id], queryFn: ({ signal }) => getJson<Task>(`${PATH}/${id}`, signal) });

/** The newest come first. */
export const runsQuery = (taskID: string, limit: number) =>
  queryOptions({
    queryKey: ['runs', taskID, limit],
    queryFn: async ({ signal }) => (await getJson<{ runs: Run[] }>(`${PATH}/${taskID}/runs?${queryOf({ limit })}`, signal)).runs,
  });

export const createTask = (orgID: string, flux: string, status: Task['status']): Promise<Task> =>
  sendJson('POST', PATH, { orgID, flux, status });

export const changeTask = (id: string, change: Partial<Pick<Task, 'flux' | 'description' | 'status'>>): Promise<Task> =>
  sendJson('PATCH', `${PATH}/${id}`, change);

export const deleteTask = (id: string): Promise<void> => sendJson('DELETE', `${PATH}/${id}`);
export const startRun = (taskID: string): Promise<Run> => sendJson('POST', `${PATH}/${taskID}/runs`, {});
export const retryRun = ({ taskID, id }: Run): Promise<Run> => sendJson('POST', `${PATH}/${taskID}/runs/${id}/retry`, {});
/** Answers nothing. */
export async function cancelRun({ taskID, id }: Run): Promise<void> {
  await send('DELETE', `${PATH}/${taskID}/runs/${id}`);
}

export const isOver = ({ status }: Run): boolean => status !== 'scheduled' && status !== 'started';
