/** `task list`. */
import { findTask, listTasks } from '../../client/tasks.js';
import { defineCommand } from '../command.js';
import { integer, text } from '../flags.js';
import { checkOrganization, openSession, organizationOf } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printTasks } from '../task-output.js';

const LIMIT_DEFAULT = 500;

export const command = defineCommand({
  examples: ['sluice task list', 'sluice task list --id 0a1b2c3d4e5f6071 --json'],
  flags: {
    id: text('only the task with this id', { short: 'i', value: 'id' }),
    'user-id': text('only tasks of this owner', { short: 'n', value: 'id' }),
    limit: integer(`at most so many (default ${LIMIT_DEFAULT})`, LIMIT_DEFAULT),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const { id, limit } = values;
    if (limit < 1) throw new Error(`must specify a positive limit, not ${limit}`);
    const session = await openSession(invocation);
    if (id !== undefined) {
      printTasks(values, [await findTask(session.send, id)]);
      return;
    }
    printTasks(values, await listTasks(session.send, { ...organizationOf(session, values), user: values['user-id'], limit }));
  },
});
