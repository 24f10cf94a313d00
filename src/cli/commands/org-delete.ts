/** `org delete`. */
import { deleteOrganization, findOrganization } from '../../client/organizations.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { requiredText } from '../flags.js';
import { printDeletedOrganization } from '../organization-output.js';
import { openSession } from '../session.js';

export const command = defineCommand({
  description: 'Its buckets, points and tokens go with it.',
  examples: ['sluice org delete --id 0a1b2c3d4e5f6071'],
  flags: {
    id: requiredText('id of the organization', { short: 'i', variable: 'INFLUX_ORG_ID', value: 'id' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { id } = invocation.values;
    const { send } = await openSession(invocation);
    const quoted = JSON.stringify(id);
    const found = await attempt(`org ${quoted} not found`, findOrganization(send, id));
    await attempt(`failed to delete org ${quoted}`, deleteOrganization(send, id));
    printDeletedOrganization(invocation.values, found);
  },
});
