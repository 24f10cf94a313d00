/** `task log list`. */
import { listRunLogs } from '../../client/tasks.js';
import { defineCommand } from '../command.js';
import { requiredText, text } from '../flags.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { printRunLogs } from '../task-output.js';

export const command = defineCommand({
  examples: ['sluice task log list --task-id 0a1b2c3d4e5f6071'],
  flags: {
    'task-id': requiredText('id of the task', { value: 'id' }),
    'run-id': text('only of the run with this id', { value: 'id' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { send } = await openSession(invocation);
    printRunLogs(values, await listRunLogs(send, values['task-id'], values['run-id']));
  },
});
