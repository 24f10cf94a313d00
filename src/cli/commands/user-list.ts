/** `user list`. */
import { listUsers } from '../../client/users.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { openSession } from '../session.js';
import { printUsers } from '../user-output.js';

export const command = defineCommand({
  examples: ['sluice user list', 'sluice user list --name bob --json'],
  flags: {
    name: text('only the user with this name', { short: 'n', value: 'name' }),
    id: text('only the user with this id', { short: 'i', value: 'id' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { name, id } = invocation.values;
    const { send } = await openSession(invocation);
    printUsers(invocation.values, await attempt('failed to list users', listUsers(send, { name, id })));
  },
});
