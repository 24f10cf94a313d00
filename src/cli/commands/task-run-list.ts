/** `task run list`. */
import { findRun, listRuns } from '../../client/tasks.js';
import { defineCommand } from '../command.js';
import { integer, requiredText, text } from '../flags.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { printRuns } from '../task-output.js';

const LIMIT_DEFAULT = 100;

export const command = defineCommand({
  examples: ['sluice task run list --task-id 0a1b2c3d4e5f6071 --limit 10'],
  flags: {
    'task-id': requiredText('id of the task', { value: 'id' }),
    'run-id': text('only the run with this id', { value: 'id' }),
    before: text('only runs that were scheduled for a time before this one', { value: 'time' }),
    after: text('only runs that were scheduled for a time after this one', { value: 'time' }),
    limit: integer(`at most so many (default ${LIMIT_DEFAULT})`, LIMIT_DEFAULT),
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { 'task-id': taskID, 'run-id': runID, limit, after, before } = values;
    if (limit < 1) throw new Error(`must specify a positive run limit, not ${limit}`);
    const { send } = await openSession(invocation);
    const runs =
      runID === undefined
        ? await listRuns(send, taskID, { limit, afterTime: after, beforeTime: before })
        : [await findRun(send, taskID, runID)];
    printRuns(values, runs);
  },
});
