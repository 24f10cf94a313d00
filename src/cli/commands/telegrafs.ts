/** `telegrafs`: lists Telegraf configurations. */
import { telegrafs } from '../../client/telegrafs.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printTelegraf, printTelegrafs } from '../telegraf-output.js';

export const command = defineCommand({
  description: 'An agent loads one by its address: telegraf --config http://HOST:8086/api/v2/telegrafs/ID, with its token in INFLUX_TOKEN.',
  examples: ['sluice telegrafs', 'sluice telegrafs --id 0a1b2c3d4e5f6071 --json'],
  flags: {
    id: text('only the configuration with this id', { short: 'i', value: 'id' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    if (values.id !== undefined) {
      const what = `failed to get telegraf config with ID ${JSON.stringify(values.id)}`;
      printTelegraf(values, await attempt(what, telegrafs.find(session.send, values.id)));
      return;
    }
    const orgID = await findOrganizationId(session, values);
    const what = `failed to get telegraf configs from org ${JSON.stringify(orgID)}`;
    printTelegrafs(values, await attempt(what, telegrafs.list(session.send, { orgID })));
  },
});
