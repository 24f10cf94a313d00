/** `telegrafs create`. */
import { telegrafs } from '../../client/telegrafs.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';
import { printTelegraf, readTelegrafConfig } from '../telegraf-output.js';

export const command = defineCommand({
  description: 'Without --file, the configuration is read from standard input.',
  examples: ['sluice telegrafs create --name edge --file telegraf.conf', 'sluice telegrafs create --name edge < telegraf.conf'],
  flags: {
    name: text('name of the configuration', { short: 'n', value: 'name' }),
    description: text('description of the configuration', { short: 'd' }),
    file: text('file with the configuration', { short: 'f', value: 'path' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const config = readTelegrafConfig(values.file);
    const session = await openSession(invocation);
    const orgID = await findOrganizationId(session, values);
    const { name = '', description = '' } = values;
    const what = `failed to create telegraf config ${JSON.stringify(name)}`;
    printTelegraf(values, await attempt(what, telegrafs.create(session.send, { orgID, name, description, config })));
  },
});
