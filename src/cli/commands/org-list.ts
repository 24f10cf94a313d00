/** `org list`. */
import { listOrganizations } from '../../client/organizations.js';
import { defineCommand } from '../command.js';
import { commonFlags } from '../standard-flags.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { printOrganizations } from '../organization-output.js';
import { openSession } from '../session.js';

export const command = defineCommand({
  examples: ['sluice org list', 'sluice org list --name acme --json'],
  flags: {
    name: text('only the organization with this name', { short: 'n', variable: 'INFLUX_ORG', value: 'name' }),
    id: text('only the organization with this id', { short: 'i', variable: 'INFLUX_ORG_ID', value: 'id' }),
    ...commonFlags,
  },
  async run(invocation) {
    const { name: org, id: orgID } = invocation.values;
    const { send } = await openSession(invocation);
    printOrganizations(invocation.values, await attempt('failed to list orgs', listOrganizations(send, { org, orgID })));
  },
});
