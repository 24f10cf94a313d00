/** What can be asked of the runs of tasks. The tasks of the world are inactive, so that nothing of them runs. */
import type { Answered } from './client.js';
import type { Chances, Opened } from './asks.js';

const ABSENT_RUN = '0123456789abcdef';
const YES: Opened = new Set(['yes']);
const NO: Opened = new Set();

/** The task is there: whoever may is told that the run is not, or that the task is inactive. */
const opened = ({ status }: Answered): Opened => ([401, 403].includes(status) ? NO : YES);

const ask = (method: string, below: string) => (chances: Chances) => {
  const id = chances.random.pick(chances.world.places).others.tasks?.id ?? '';
  return { sent: { method, path: `/api/v2/tasks/${id}${below}`, ...(method === 'POST' ? { json: {} } : {}) }, opened };
};

export const TASK_ASKS = {
  // Without an organization it shows what the asker's own user owns.
  'GET /api/v2/tasks': ({ random, world }: Chances) => ({
    sent: { method: 'GET', path: `/api/v2/tasks?orgID=${random.pick(world.places).id}` },
    opened: ({ json }: Answered): Opened => new Set(((json?.tasks ?? []) as { id: string }[]).map(({ id }) => id)),
  }),
  'GET /api/v2/tasks/:id/runs': ask('GET', '/runs'),
  'POST /api/v2/tasks/:id/runs': ask('POST', '/runs'),
  'GET /api/v2/tasks/:id/logs': ask('GET', '/logs'),
  'GET /api/v2/tasks/:id/runs/:runID': ask('GET', `/runs/${ABSENT_RUN}`),
  'DELETE /api/v2/tasks/:id/runs/:runID': ask('DELETE', `/runs/${ABSENT_RUN}`),
  'POST /api/v2/tasks/:id/runs/:runID/retry': ask('POST', `/runs/${ABSENT_RUN}/retry`),
  'GET /api/v2/tasks/:id/runs/:runID/logs': ask('GET', `/runs/${ABSENT_RUN}/logs`),
};
