/** `replication list`. */
import { replications } from '../../client/replications.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { printReplications } from '../replication-output.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';

export const command = defineCommand({
  examples: ['sluice replication list', 'sluice replication list --remote-id 0a1b2c3d4e5f6071 --json'],
  flags: {
    name: text('only the replication with this name', { short: 'n', value: 'name' }),
    'remote-id': text('only replications to this remote', { value: 'id' }),
    'local-bucket-id': text('only replications of this bucket', { value: 'id' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    const { name, 'remote-id': remoteID, 'local-bucket-id': localBucketID } = values;
    const filter = { orgID: await findOrganizationId(session, values), name, remoteID, localBucketID };
    const found = await attempt('failed to get replication streams', replications.list(session.send, filter));
    if (found.length === 0) throw new Error('no replication streams found for specified parameters');
    printReplications(values, found);
  },
});
