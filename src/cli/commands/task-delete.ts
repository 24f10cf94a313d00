/** `task delete`. */
import { deleteTask, findTask } from '../../client/tasks.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { requiredText } from '../flags.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';
import { printTask } from '../task-output.js';

export const command = defineCommand({
  description: 'Its runs go with it.',
  examples: ['sluice task delete --id 0a1b2c3d4e5f6071'],
  flags: { id: requiredText('id of the task', { short: 'i', value: 'id' }), ...commonFlags },
  async run(invocation) {
    const { values } = invocation;
    const { send } = await openSession(invocation);
    const task = await attempt('while finding task', findTask(send, values.id));
    await attempt('while deleting', deleteTask(send, values.id));
    printTask(values, task);
  },
});
