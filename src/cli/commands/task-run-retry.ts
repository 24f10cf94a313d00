/** `task run retry`. */
import { retryRun } from '../../client/tasks.js';
import { defineCommand } from '../command.js';
import { requiredText } from '../flags.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { writeOut } from '../terminal.js';

export const command = defineCommand({
  examples: ['sluice task run retry --task-id 0a1b2c3d4e5f6071 --run-id 0a1b2c3d4e5f6072'],
  flags: {
    'task-id': requiredText('id of the task', { short: 'i', value: 'id' }),
    'run-id': requiredText('id of the run', { short: 'r', value: 'id' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { 'task-id': taskID, 'run-id': runID } = invocation.values;
    const { send } = await openSession(invocation);
    const { id } = await retryRun(send, taskID, runID);
    writeOut(`Retry for task ${taskID}'s run ${runID} queued as run ${id}.\n`);
  },
});
