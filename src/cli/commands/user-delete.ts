/** `user delete`. */
import { deleteUser, findUser } from '../../client/users.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { requiredText } from '../flags.js';
import { openSession } from '../session.js';
import { printDeletedUser } from '../user-output.js';

export const command = defineCommand({
  description: 'His tokens end with him.',
  examples: ['sluice user delete --id 0a1b2c3d4e5f6071'],
  flags: { id: requiredText('id of the user', { short: 'i', value: 'id' }), ...commonFlags },
  async run(invocation) {
    const { id } = invocation.values;
    const { send } = await openSession(invocation);
    const quoted = JSON.stringify(id);
    const found = await attempt(`user ${quoted} not found`, findUser(send, id));
    await attempt(`failed to delete user ${quoted}`, deleteUser(send, id));
    printDeletedUser(invocation.values, found);
  },
});
