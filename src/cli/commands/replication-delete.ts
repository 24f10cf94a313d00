/** `replication delete`. */
import { replications } from '../../client/replications.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { requiredText } from '../flags.js';
import { printDeletedReplication } from '../replication-output.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';

export const command = defineCommand({
  description: 'What waits to be sent is dropped.',
  examples: ['sluice replication delete --id 0a1b2c3d4e5f6071'],
  flags: {
    id: requiredText('id of the replication', { short: 'i', value: 'id' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { id } = values;
    const { send } = await openSession(invocation);
    const found = await attempt(`could not find replication stream with ID ${JSON.stringify(id)}`, replications.find(send, id));
    await attempt(`failed to delete replication stream ${JSON.stringify(id)}`, replications.remove(send, id));
    printDeletedReplication(values, found);
  },
});
