/** `task retry-failed`. */
import { listRuns, listTasks, retryRun, type RunJson } from '../../client/tasks.js';
import { defineCommand } from '../command.js';
import { integer, text, toggle } from '../flags.js';
import { checkOrganization, openSession, organizationOf } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { writeOut } from '../terminal.js';

const LIMIT_DEFAULT = 100;

export const command = defineCommand({
  examples: ['sluice task retry-failed --dry-run', 'sluice task retry-failed --id 0a1b2c3d4e5f6071'],
  flags: {
    id: text('only of the task with this id', { short: 'i', value: 'id' }),
    before: text('only runs that were scheduled for a time before this one', { value: 'time' }),
    after: text('only runs that were scheduled for a time after this one', { value: 'time' }),
    'dry-run': toggle('print which runs would be retried'),
    'task-limit': integer(`look at so many tasks at most (default ${LIMIT_DEFAULT})`, LIMIT_DEFAULT),
    'run-limit': integer(`look at so many runs of each task at most (default ${LIMIT_DEFAULT})`, LIMIT_DEFAULT),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const { id, after, before, 'task-limit': taskLimit, 'run-limit': limit } = values;
    if (taskLimit < 1) throw new Error(`must specify a positive task limit, not ${taskLimit}`);
    if (limit < 1) throw new Error(`must specify a positive run limit, not ${limit}`);
    const session = await openSession(invocation);
    const { send } = session;
    const taskIDs =
      id === undefined ? (await listTasks(send, { ...organizationOf(session, values), limit: taskLimit })).map((task) => task.id) : [id];
    const failed: RunJson[] = [];
    for (const taskID of taskIDs) {
      const runs = await listRuns(send, taskID, { limit, afterTime: after, beforeTime: before });
      failed.push(...runs.filter(({ status }) => status === 'failed'));
    }
    for (const run of failed) {
      if (values['dry-run']) writeOut(`Would retry for ${run.id} run for Task ${run.taskID}.\n`);
      else writeOut(`Retry for task ${run.taskID}'s run ${run.id} queued as run ${(await retryRun(send, run.taskID, run.id)).id}.\n`);
    }
    if (!values['dry-run']) return;
    writeOut(`Dry run complete. Found ${taskIDs.length} tasks with a total of ${failed.length} runs to be retried\n`);
    writeOut("Rerun without '--dry-run' to execute\n");
  },
});
