/** `replication update`. */
import { replications } from '../../client/replications.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { integer, requiredText, text, toggle } from '../flags.js';
import { dropOf, printReplication } from '../replication-output.js';
import { openSession } from '../session.js';
import { commonFlags } from '../standard-flags.js';

export const command = defineCommand({
  examples: ['sluice replication update --id 0a1b2c3d4e5f6071 --max-queue-bytes 134217720'],
  flags: {
    id: requiredText('id of the replication', { short: 'i', value: 'id' }),
    name: text('new name', { short: 'n', value: 'name' }),
    description: text('new description', { short: 'd' }),
    'remote-id': text('id of another remote to send to', { value: 'id' }),
    'remote-bucket-id': text('id of another bucket on the other server', { value: 'id' }),
    'max-queue-bytes': integer('new size of the queue in bytes', 0),
    'drop-non-retryable-data': toggle('drop what the other server refuses for good'),
    'no-drop-non-retryable-data': toggle('send what the other server refuses for good again and again'),
    'max-age': integer('seconds after which what waits is dropped', 0),
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    const { id, name, description, 'remote-id': remoteID, 'remote-bucket-id': remoteBucketID } = values;
    const maxQueueSizeBytes = values['max-queue-bytes'] || undefined;
    const maxAgeSeconds = values['max-age'] || undefined;
    const change = { name, description, remoteID, remoteBucketID, maxQueueSizeBytes, maxAgeSeconds, dropNonRetryableData: dropOf(values) };
    const { send } = await openSession(invocation);
    const what = `failed to update replication stream ${JSON.stringify(id)}`;
    printReplication(values, await attempt(what, replications.update(send, id, change)));
  },
});
