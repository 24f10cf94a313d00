/** `org update`. */
import { updateOrganization } from '../../client/organizations.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { requiredText, text } from '../flags.js';
import { printOrganization } from '../organization-output.js';
import { openSession } from '../session.js';

export const command = defineCommand({
  examples: [
    'sluice org update --id 0a1b2c3d4e5f6071 --name acme-north',
    'sluice org update --id 0a1b2c3d4e5f6071 --token-lifetime-max 90d',
  ],
  flags: {
    id: requiredText('id of the organization', { short: 'i', variable: 'INFLUX_ORG_ID', value: 'id' }),
    name: text('new name', { short: 'n', variable: 'INFLUX_ORG', value: 'name' }),
    description: text('description of the organization', { short: 'd', variable: 'INFLUX_ORG_DESCRIPTION' }),
    'token-lifetime-max': text('longest lifetime of new tokens, such as 90d; none for no limit', { value: 'duration' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { id, name, description, 'token-lifetime-max': lifetime } = invocation.values;
    const tokenLifetimeMax = lifetime === 'none' ? null : lifetime;
    const { send } = await openSession(invocation);
    const updated = await attempt(
      `failed to update org ${JSON.stringify(id)}`,
      updateOrganization(send, id, { name, description, tokenLifetimeMax }),
    );
    printOrganization(invocation.values, updated);
  },
});
