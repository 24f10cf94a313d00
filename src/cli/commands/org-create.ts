/** `org create`. */
import { createOrganization } from '../../client/organizations.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { requiredText, text } from '../flags.js';
import { printOrganization } from '../organization-output.js';
import { openSession } from '../session.js';

export const command = defineCommand({
  examples: ['sluice org create --name acme'],
  flags: {
    name: requiredText('name of the organization', { short: 'n', value: 'name' }),
    description: text('description of the organization', { short: 'd' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { name, description } = invocation.values;
    const { send } = await openSession(invocation);
    const created = await attempt(`failed to create org ${JSON.stringify(name)}`, createOrganization(send, { name, description }));
    printOrganization(invocation.values, created);
  },
});
