/** `user update`. */
import { updateUser } from '../../client/users.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { requiredText, text } from '../flags.js';
import { openSession } from '../session.js';
import { printUser } from '../user-output.js';

export const command = defineCommand({
  examples: ['sluice user update --id 0a1b2c3d4e5f6071 --name robert'],
  flags: {
    id: requiredText('id of the user', { short: 'i', value: 'id' }),
    name: text('new name of the user', { short: 'n', value: 'name' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { id, name } = invocation.values;
    const { send } = await openSession(invocation);
    printUser(invocation.values, await attempt(`failed to update user ${JSON.stringify(id)}`, updateUser(send, id, { name })));
  },
});
