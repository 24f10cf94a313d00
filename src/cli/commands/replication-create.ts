/** `replication create`. */
import { replications } from '../../client/replications.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { integer, requiredText, text, toggle } from '../flags.js';
import { dropOf, printReplication } from '../replication-output.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';

const QUEUE_BYTES_DEFAULT = 67_108_860;
const MAX_AGE_SECONDS_DEFAULT = 604_800;

export const command = defineCommand({
  description: 'Sends what is written to a bucket from now on to a bucket of another server.',
  examples: ['sluice replication create --name copy --remote-id 0a1b2c3d4e5f6071 --local-bucket-id 1a2b3c4d5e6f7081 --remote-bucket data'],
  flags: {
    name: requiredText('name of the replication', { short: 'n', value: 'name' }),
    description: text('description of the replication', { short: 'd' }),
    'remote-id': requiredText('id of the remote to send to', { value: 'id' }),
    'local-bucket-id': requiredText('id of the bucket to send from', { value: 'id' }),
    'remote-bucket-id': text('id of the bucket on the other server', { value: 'id' }),
    'remote-bucket': text('name of the bucket on the other server', { value: 'name' }),
    'max-queue-bytes': integer(`size of the queue in bytes (default ${QUEUE_BYTES_DEFAULT})`, QUEUE_BYTES_DEFAULT),
    'drop-non-retryable-data': toggle('drop what the other server refuses for good'),
    'no-drop-non-retryable-data': toggle('send what the other server refuses for good again and again'),
    'max-age': integer(`seconds after which what waits is dropped (default ${MAX_AGE_SECONDS_DEFAULT})`, MAX_AGE_SECONDS_DEFAULT),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const { 'remote-bucket-id': remoteBucketID, 'remote-bucket': remoteBucketName } = values;
    if (remoteBucketID === undefined && remoteBucketName === undefined) {
      throw new Error('please supply one of: remote-bucket-id, remote-bucket-name');
    }
    const dropNonRetryableData = dropOf(values);
    const session = await openSession(invocation);
    const replication = {
      orgID: await findOrganizationId(session, values),
      name: values.name,
      description: values.description,
      remoteID: values['remote-id'],
      localBucketID: values['local-bucket-id'],
      ...(remoteBucketID === undefined ? { remoteBucketName } : { remoteBucketID }),
      maxQueueSizeBytes: values['max-queue-bytes'],
      maxAgeSeconds: values['max-age'],
      dropNonRetryableData,
    };
    const what = `failed to create replication stream ${JSON.stringify(values.name)}`;
    printReplication(values, await attempt(what, replications.create(session.send, replication)));
  },
});
