/** `remote list`. */
import { remotes } from '../../client/replications.js';
import { defineCommand } from '../command.js';
import { attempt } from '../failure.js';
import { text } from '../flags.js';
import { printRemotes } from '../remote-output.js';
import { checkOrganization, findOrganizationId, openSession } from '../session.js';
import { commonFlags, organizationFlags } from '../standard-flags.js';

export const command = defineCommand({
  examples: ['sluice remote list', 'sluice remote list --name far --json'],
  flags: {
    name: text('only the remote with this name', { short: 'n', value: 'name' }),
    'remote-url': text('only remotes with this address', { value: 'url' }),
    ...organizationFlags,
    ...commonFlags,
  },
  async run(invocation) {
    const { values } = invocation;
    checkOrganization(values);
    const session = await openSession(invocation);
    const filter = { orgID: await findOrganizationId(session, values), name: values.name, remoteURL: values['remote-url'] };
    const found = await attempt('failed to get remote connections', remotes.list(session.send, filter));
    if (found.length === 0) throw new Error('no remote connections found for specified parameters');
    printRemotes(values, found);
  },
});
