/** `telegrafs rm`. */
import { telegrafs } from '../../client/telegrafs.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { texts } from '../flags.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';

export const command = defineCommand({
  examples: ['sluice telegrafs rm --id 0a1b2c3d4e5f6071'],
  flags: {
    id: texts('id of a configuration; may be repeated', { short: 'i', value: 'id' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { send } = await openSession(invocation);
    for (const id of invocation.values.id) {
      await attempt(`failed to delete telegraf config with ID ${JSON.stringify(id)}`, telegrafs.remove(send, id));
    }
  },
});
